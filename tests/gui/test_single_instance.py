"""With real processes: who is first, what is handed over, and what a kill leaves behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from desktop.gui.single_instance import SingleInstance, StartRequest, absolute, server_name

ROOT = Path(__file__).resolve().parents[2]

START = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from desktop.gui.single_instance import SingleInstance, StartRequest

app = QCoreApplication(sys.argv)
instance = SingleInstance()
instance.requested.connect(
    lambda request: print(json.dumps([str(path) for path in request.files]), flush=True)
)
is_first = instance.claim(StartRequest(tuple(map(Path, sys.argv[1:]))))
print("first" if is_first else "handed over", flush=True)
sys.exit(app.exec() if is_first else 0)
"""


class Starts:
    """Starts processes in one home and ends them all."""

    def __init__(self, home: Path) -> None:
        self.environment = dict(os.environ, GROUNDGLASS_HOME=str(home))
        self.processes: list[subprocess.Popen[str]] = []

    def __call__(self, *files: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", START, *files],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starts]:
    starts = Starts(tmp_path)
    yield starts
    starts.close()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_that_a_second_start_hands_its_files_over_and_ends(start: Starts) -> None:
    first = start()
    assert line(first) == "first"
    second = start("/pictures/fähre 渡船.jpg", "/pictures/b.png")
    assert line(second) == "handed over"
    assert second.wait(10) == 0
    assert json.loads(line(first)) == ["/pictures/fähre 渡船.jpg", "/pictures/b.png"]
    assert first.poll() is None


def test_that_a_start_after_a_kill_takes_over_and_listens(start: Starts) -> None:
    first = start()
    assert line(first) == "first"
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    second = start()
    assert line(second) == "first"
    third = start("/pictures/c.png")
    assert line(third) == "handed over"
    assert json.loads(line(second)) == ["/pictures/c.png"]


def test_that_of_several_starts_at_once_exactly_one_is_first(start: Starts) -> None:
    first = start()
    assert line(first) == "first"
    first.send_signal(signal.SIGKILL)  # all of them find its leavings
    first.wait(10)
    racers = [start(f"/pictures/{number}.png") for number in range(4)]
    said = [line(racer) for racer in racers]
    assert sorted(said) == ["first", "handed over", "handed over", "handed over"]
    winner = racers[said.index("first")]
    files = sorted(json.loads(line(winner))[0] for _ in range(3))
    assert f"/pictures/{said.index('first')}.png" not in files


def test_that_another_home_is_another_instance(start: Starts, tmp_path: Path) -> None:
    assert line(start()) == "first"
    start.environment["GROUNDGLASS_HOME"] = str(tmp_path / "other")
    assert line(start()) == "first"


@pytest.fixture
def instance(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SingleInstance]:
    monkeypatch.setenv("GROUNDGLASS_HOME", str(tmp_path))
    instance = SingleInstance()
    assert instance.claim(StartRequest())
    yield instance
    instance.release()


def connect(qtbot: QtBot) -> QLocalSocket:
    connection = QLocalSocket()
    with qtbot.waitSignal(connection.connected):
        connection.connectToServer(server_name())
    return connection


@pytest.mark.parametrize(
    "noise", [b"\n", b"[]\n", b'{"files": 7}\n', b"\xff\xfe\n", b"x" * 1_100_000]
)
def test_that_noise_on_the_socket_is_cut_off(
    qtbot: QtBot, instance: SingleInstance, noise: bytes
) -> None:
    requests: list[object] = []
    instance.requested.connect(requests.append)
    connection = connect(qtbot)
    with qtbot.waitSignal(connection.disconnected):
        connection.write(noise)
    assert requests == []


def test_that_a_request_in_pieces_arrives_whole(qtbot: QtBot, instance: SingleInstance) -> None:
    request = StartRequest((Path("/a b.png"),), "local:m", Path("/mmproj.gguf"))
    connection = connect(qtbot)
    with qtbot.waitSignal(instance.requested) as received:
        message = request.encode()
        connection.write(message[:7])
        connection.flush()
        connection.write(message[7:])
    assert received.args == [request]


def test_that_paths_do_not_depend_on_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute(["a.png", "/b.png"]) == (tmp_path / "a.png", Path("/b.png"))
