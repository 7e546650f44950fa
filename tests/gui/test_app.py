"""The app as real processes: its start, what is handed to it, and its end."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from desktop.core import paths
from desktop.gui.app import parse_arguments
from desktop.gui.single_instance import StartRequest, hand_over
from desktop.gui.start_up import open_history

ROOT = Path(__file__).resolve().parents[2]
WAIT_MS = 30_000


class Apps:
    """Starts the app with the home of this test, and ends whatever it started."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self._started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "desktop", *arguments],
            cwd=ROOT,
            env=dict(os.environ, QT_QPA_PLATFORM="offscreen"),
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def until_running(self) -> None:
        self._qtbot.waitUntil(lambda: hand_over(StartRequest()), timeout=WAIT_MS)

    def close(self) -> None:
        for process in self._started:
            process.kill()
            process.communicate()


@pytest.fixture
def apps(qtbot: QtBot) -> Iterator[Apps]:
    apps = Apps(qtbot)
    yield apps
    apps.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "圆 circle.png"
    Image.new("RGB", (40, 30), "red").save(path)
    return path


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return list(psutil.Process(process.pid).children())


def kept_pictures() -> list[Path]:
    return [path for path in paths.attachments_dir().rglob("*") if path.is_file()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_a_signal_ends_the_app_and_its_worker_cleanly(
    qtbot: QtBot, apps: Apps, number: signal.Signals
) -> None:
    app = apps.start()
    apps.until_running()
    qtbot.waitUntil(lambda: len(workers_of(app)) == 1, timeout=WAIT_MS)
    (worker,) = workers_of(app)
    app.send_signal(number)
    _, said = app.communicate(timeout=20)
    assert app.returncode == 0
    assert [line for line in said.splitlines() if "This plugin does not" not in line] == []
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
    assert paths.window_state_file().exists()


def test_that_a_second_start_hands_its_picture_to_the_first(
    qtbot: QtBot, apps: Apps, picture: Path
) -> None:
    first = apps.start()
    apps.until_running()
    second = apps.start(str(picture))
    assert second.wait(20) == 0
    qtbot.waitUntil(lambda: bool(kept_pictures()), timeout=WAIT_MS)
    assert first.poll() is None


def test_that_a_picture_on_the_command_line_is_opened(
    qtbot: QtBot, apps: Apps, picture: Path
) -> None:
    apps.start(str(picture))
    qtbot.waitUntil(lambda: bool(kept_pictures()), timeout=WAIT_MS)


def test_that_a_killed_app_leaves_no_worker_and_the_next_start_is_first(
    qtbot: QtBot, apps: Apps
) -> None:
    first = apps.start()
    apps.until_running()
    qtbot.waitUntil(lambda: len(workers_of(first)) == 1, timeout=WAIT_MS)
    (worker,) = workers_of(first)
    first.kill()
    first.wait()
    qtbot.waitUntil(lambda: not worker.is_running(), timeout=WAIT_MS)
    second = apps.start()
    apps.until_running()
    assert second.poll() is None


def test_that_files_from_the_system_reach_the_application(tmp_path: Path) -> None:
    script = """
import sys
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from desktop.gui.app import GroundglassApplication

app = GroundglassApplication(sys.argv)
app.files_opened.connect(print)
app.sendEvent(app, QFileOpenEvent("/pictures/one.png"))
app.sendEvent(app, QFileOpenEvent(QUrl.fromLocalFile("/pictures/zwei 二.png")))
app.sendEvent(app, QFileOpenEvent(QUrl("https://example.org/three.png")))
assert not app.windowIcon().isNull()
"""
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines() == [
        "[PosixPath('/pictures/one.png')]",
        "[PosixPath('/pictures/zwei 二.png')]",
    ]


def test_that_the_log_names_places_but_not_what_was_said() -> None:
    script = """
from PySide6.QtCore import QCoreApplication, QTimer, qWarning
from desktop.gui.app_log import start_logging

def fail():
    try:
        raise KeyError("secret question")
    except KeyError as error:
        raise ValueError("secret answer") from error

start_logging()
app = QCoreApplication([])
QTimer.singleShot(0, fail)
QTimer.singleShot(0, lambda: qWarning("a warning of Qt"))
QTimer.singleShot(0, app.quit)
app.exec()
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    log = (paths.log_dir() / "groundglass.log").read_text(encoding="utf-8")
    assert "ValueError" in log
    assert "KeyError" in log
    assert "in fail" in log
    assert "a warning of Qt" in log
    assert "secret" not in log
    assert (paths.log_dir() / "crash.log").exists()


def test_that_arguments_become_a_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    request = parse_arguments(["a.png", "--model", "m.gguf", "--mmproj", "v.gguf"])
    model, projector = str(tmp_path / "m.gguf"), tmp_path / "v.gguf"
    assert request == StartRequest((tmp_path / "a.png",), model, projector)
    with pytest.raises(SystemExit) as left:
        parse_arguments(["--mmproj", "v.gguf"])
    assert left.value.code == 2
    assert "--mmproj goes with --model" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["qwen3-vl-4b", "qwen3-vl-4b:q4_k_m", "local:mine", "builtin"])
def test_that_a_model_may_be_named_by_its_id(name: str) -> None:
    request = parse_arguments(["--model", name])
    assert request.model == name
    assert StartRequest.decode(request.encode()) == request


def test_that_whatever_looks_like_a_file_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights").touch()
    for name in ("weights", "gone.gguf", "./gone"):
        assert parse_arguments(["--model", name]).model == str((tmp_path / name).absolute())


def page_path(sha256: str, page: int) -> Path:
    return Path(sha256) / str(page)


@pytest.fixture
def answer_box(qtbot: QtBot) -> Callable[[str], list[str]]:
    """Presses a button of the next message box; what the box said is in the list afterwards."""

    def answer(label: str) -> list[str]:
        said: list[str] = []

        def press() -> None:
            box = QApplication.activeModalWidget()
            assert isinstance(box, QMessageBox)
            said.append(box.informativeText())
            next(button for button in box.buttons() if button.text() == label).click()

        QTimer.singleShot(0, press)
        return said

    return answer


def test_that_a_damaged_history_can_be_put_aside(answer_box: Callable[[str], list[str]]) -> None:
    path = paths.history_file()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database at all" * 100)
    said = answer_box("Start with an empty history")
    history = open_history(path, page_path)
    assert "damaged" in said[0]
    assert history is not None
    assert history.conversations() == []
    history.create_conversation("New")
    history.close()
    (aside,) = path.parent.glob("*.damaged-1")
    assert aside.read_bytes().startswith(b"this is no database")


def test_that_a_person_may_quit_and_nothing_is_touched(
    answer_box: Callable[[str], list[str]],
) -> None:
    path = paths.history_file()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database at all" * 100)
    answer_box("Quit")
    assert open_history(path, page_path) is None
    assert path.read_bytes() == b"this is no database at all" * 100


def test_that_a_place_that_cannot_be_written_leaves_a_history_in_memory(
    answer_box: Callable[[str], list[str]], tmp_path: Path
) -> None:
    (tmp_path / "in the way").write_text("a file", encoding="utf-8")
    said = answer_box("Go on without saving")
    history = open_history(tmp_path / "in the way" / "history.sqlite3", page_path)
    assert "may not write" in said[0]
    assert history is not None
    assert history.create_conversation("Kept until the end")
    history.close()
