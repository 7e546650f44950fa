from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import msgspec
import psutil
import pytest

from desktop.core.errors import DownloadError, ErrorCode
from desktop.store.pausing import is_running, pausable, pause_elsewhere
from desktop.store.stopping import StopFlag, StoppedError
from tests.hub import Hub, Trouble
from tests.store.downloads import NAME, Setup, installed, request

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "qwen/q4"


def marks(models_dir: Path) -> list[str]:
    return [path.name for path in models_dir.rglob("*") if path.is_file()]


def test_that_a_pause_from_elsewhere_raises_the_flag(tmp_path: Path) -> None:
    stop = StopFlag()
    entered = threading.Event()

    def work() -> None:
        with pausable(tmp_path, FOLDER, stop):
            entered.set()
            with pytest.raises(StoppedError):
                stop.wait(60)

    worker = threading.Thread(target=work)
    worker.start()
    assert entered.wait(10)
    assert is_running(tmp_path, FOLDER)
    assert not is_running(tmp_path, "qwen/q8")
    assert pause_elsewhere(tmp_path, FOLDER)
    worker.join(10)
    assert stop.is_raised
    assert not is_running(tmp_path, FOLDER)
    assert list(tmp_path.iterdir()) == []


def test_that_a_download_that_was_paused_goes_on_where_it_stopped(setup: Setup, hub: Hub) -> None:
    hub.troubles.append(Trouble(stall_after=100_000))
    outcome: list[str] = []

    def get() -> None:
        try:
            setup.get(request(NAME))
        except StoppedError:
            outcome.append("stopped")

    getting = threading.Thread(target=get)
    getting.start()
    assert hub.served.wait(10)
    assert pause_elsewhere(setup.folder, "tiny")
    getting.join(10)
    assert outcome == ["stopped"]
    assert f"{NAME}.part" in marks(setup.folder)
    setup.get(request(NAME))
    assert setup.left() == installed({NAME})


def test_that_nothing_is_paused_where_nothing_runs(tmp_path: Path) -> None:
    assert not pause_elsewhere(tmp_path, FOLDER)
    assert marks(tmp_path) == []


def test_that_a_request_left_over_does_not_pause_the_next_download(tmp_path: Path) -> None:
    left = tmp_path / ".running" / "qwen~q4.pause"
    left.parent.mkdir()
    left.touch()
    stop = StopFlag()
    with pausable(tmp_path, FOLDER, stop):
        assert not left.exists()
    assert not stop.is_raised


def test_that_the_mark_of_a_killed_process_counts_for_nothing(tmp_path: Path) -> None:
    killed = subprocess.Popen([sys.executable, "-c", "pass"])
    killed.wait()
    mark = tmp_path / ".running" / "qwen~q4"
    for content in (
        msgspec.json.encode({"pid": killed.pid, "began": 1.0}),
        msgspec.json.encode({"pid": psutil.Process().pid, "began": 1.0}),  # its number came again
        b"",
        b"[]",
    ):
        mark.parent.mkdir(exist_ok=True)
        mark.write_bytes(content)
        assert not is_running(tmp_path, FOLDER)
        assert not pause_elsewhere(tmp_path, FOLDER)
        with pausable(tmp_path, FOLDER, StopFlag()):
            assert is_running(tmp_path, FOLDER)
        assert marks(tmp_path) == []


def test_that_a_second_download_leaves_the_first_ones_mark(tmp_path: Path) -> None:
    with pausable(tmp_path, FOLDER, StopFlag()):
        with pausable(tmp_path, FOLDER, StopFlag()):
            pass
        assert is_running(tmp_path, FOLDER)


def test_that_a_process_that_does_not_answer_is_a_sentence(tmp_path: Path) -> None:
    mark = tmp_path / ".running" / "qwen~q4"
    mark.parent.mkdir()
    own = psutil.Process()
    mark.write_bytes(msgspec.json.encode({"pid": own.pid, "began": own.create_time()}))
    with pytest.raises(DownloadError) as caught:
        pause_elsewhere(tmp_path, FOLDER, patience_s=0.1)
    assert caught.value.code is ErrorCode.DOWNLOAD_BUSY
    assert marks(tmp_path) == ["qwen~q4"]


def test_that_a_disk_that_takes_no_mark_stops_no_download(tmp_path: Path) -> None:
    (tmp_path / ".running").write_text("in the way")
    done = False
    with pausable(tmp_path, FOLDER, StopFlag()):
        done = True
    assert done
