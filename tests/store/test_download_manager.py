"""The queue of downloads: two at a time, paused, resumed, removed, back after a crash."""

from __future__ import annotations

import json
import queue
import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode, StoreError
from desktop.store import hubs as sources
from desktop.store.download import Downloader, DownloadRequest, WantedFile
from desktop.store.download_list import DownloadState, DownloadStatus
from desktop.store.download_manager import DownloadManager
from tests.hub import Hub, Trouble
from tests.store.downloads import FILES, SOURCES, Setup, installed, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "模型 Q4.gguf"


class Desk:
    """A manager whose changes can be waited for."""

    def __init__(self, setup: Setup, list_file: Path) -> None:
        self.setup = setup
        self.list_file = list_file
        self.changes: queue.Queue[DownloadStatus] = queue.Queue()
        self.seen: list[tuple[str, DownloadState]] = []
        self.manager = DownloadManager(self._downloader, setup.folder, list_file, self.changes.put)

    def _downloader(self) -> Downloader:
        return self.setup.downloader()

    def wait(self, model_id: str, state: DownloadState) -> DownloadStatus:
        """The next change of this download to this state."""
        return self.wait_for(lambda s: s.request.model_id == model_id and s.state is state)

    def wait_for(self, is_it: Callable[[DownloadStatus], bool]) -> DownloadStatus:
        while True:
            status = self.changes.get(timeout=20)
            if not self.seen or self.seen[-1] != (status.request.model_id, status.state):
                self.seen.append((status.request.model_id, status.state))
            if is_it(status):
                return status

    def begun(self, model_id: str, done_bytes: int = 50_000) -> None:
        """Wait until bytes have come."""
        self.wait_for(
            lambda s: (
                s.request.model_id == model_id
                and s.progress is not None
                and s.progress.done_bytes >= done_bytes
            )
        )

    def states(self) -> dict[str, DownloadState]:
        return {status.request.model_id: status.state for status in self.manager.statuses()}


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(FILES) as hub:
        yield hub


@pytest.fixture
def desk(tmp_path: Path, hub: Hub) -> Iterator[Desk]:
    setup = Setup(tmp_path / "models", (sources.hugging_face(base_url=hub.base_url),))
    desk = Desk(setup, tmp_path / "config" / "downloads.json")
    yield desk
    desk.manager.close()


def again(desk: Desk) -> Desk:
    """The next start of the app."""
    return Desk(desk.setup, desk.list_file)


def test_that_a_model_is_queued_fetched_and_done(desk: Desk) -> None:
    desk.manager.add(request(knows=False))
    status = desk.wait("tiny", DownloadState.DONE)
    assert desk.seen == [
        ("tiny", DownloadState.QUEUED),
        ("tiny", DownloadState.RUNNING),
        ("tiny", DownloadState.DONE),
    ]
    assert status.progress is not None
    assert status.progress.done_bytes == status.progress.total_bytes
    assert desk.setup.left() == installed()
    assert [file.size_bytes for file in status.request.files] == [len(c) for c in FILES.values()]
    assert again(desk).manager.statuses()[0].request == status.request


def test_that_two_run_at_a_time_and_the_third_waits(desk: Desk, hub: Hub) -> None:
    hub.troubles.extend([Trouble(stall_after=60_000)] * 2)
    for name in ("a", "b", "c"):
        desk.manager.add(request(NAME, model_id=name))
    desk.begun("a")
    assert desk.states() == {
        "a": DownloadState.RUNNING,
        "b": DownloadState.RUNNING,
        "c": DownloadState.QUEUED,
    }
    desk.manager.pause("a")
    desk.wait("c", DownloadState.DONE)
    assert desk.states()["a"] is DownloadState.PAUSED
    desk.manager.pause("b")
    desk.wait("b", DownloadState.PAUSED)


def test_that_pause_and_resume_go_on_where_it_stopped(desk: Desk, hub: Hub) -> None:
    hub.troubles.append(Trouble(stall_after=60_000))
    desk.manager.add(request(NAME))
    desk.begun("tiny")
    desk.manager.pause("tiny")
    desk.wait("tiny", DownloadState.PAUSED)
    size = (desk.setup.folder / "tiny" / f"{NAME}.part").stat().st_size
    assert 0 < size <= 60_000
    desk.manager.add(request(NAME))  # the same as resume
    desk.wait("tiny", DownloadState.DONE)
    assert hub.requests[-1].headers["range"] == f"bytes={size}-"
    assert desk.setup.left() == installed({NAME})


def test_that_resume_right_after_pause_is_not_lost(desk: Desk, hub: Hub) -> None:
    hub.troubles.append(Trouble(stall_after=60_000))
    desk.manager.add(request(NAME))
    desk.begun("tiny")
    desk.manager.pause("tiny")
    desk.manager.resume("tiny")
    desk.wait("tiny", DownloadState.DONE)


def test_that_a_waiting_one_can_be_paused(desk: Desk, hub: Hub) -> None:
    hub.troubles.extend([Trouble(stall_after=60_000)] * 2)
    for name in ("a", "b", "c"):
        desk.manager.add(request(NAME, model_id=name))
    desk.manager.pause("c")
    desk.wait("c", DownloadState.PAUSED)
    assert not (desk.setup.folder / "c").exists()


@pytest.mark.parametrize("when", ["running", "paused", "done", "waiting"])
def test_that_removing_leaves_nothing(desk: Desk, hub: Hub, when: str) -> None:
    if when != "done":
        hub.troubles.extend([Trouble(stall_after=60_000)] * 2)
    if when == "waiting":
        for name in ("a", "b"):
            desk.manager.add(request(NAME, model_id=name))
    desk.manager.add(request())
    if when == "done":
        desk.wait("tiny", DownloadState.DONE)
    elif when != "waiting":
        desk.begun("tiny")
    if when == "paused":
        desk.manager.pause("tiny")
        desk.wait("tiny", DownloadState.PAUSED)
    desk.manager.remove("tiny")
    desk.wait("tiny", DownloadState.REMOVED)
    assert not (desk.setup.folder / "tiny").exists()
    assert "tiny" not in desk.states()
    assert "tiny" not in {status.request.model_id for status in again(desk).manager.statuses()}


def test_that_forgetting_keeps_the_files(desk: Desk) -> None:
    desk.manager.add(request())
    desk.wait("tiny", DownloadState.DONE)
    desk.manager.close()  # its thread has ended
    desk.manager.forget("tiny")
    assert desk.manager.statuses() == ()
    assert desk.setup.left() == installed()


def test_that_a_failure_is_kept_and_can_be_resumed(desk: Desk, hub: Hub) -> None:
    hub.troubles.append(Trouble(status=403))
    desk.manager.add(request())
    status = desk.wait("tiny", DownloadState.FAILED)
    assert status.failure is not None
    assert status.failure.code is ErrorCode.DOWNLOAD_REFUSED
    assert status.failure.details == {"host": hub.host, "status": "403"}
    later = again(desk)
    (kept,) = later.manager.statuses()
    assert kept.failure == status.failure
    assert status.failure.error().code is ErrorCode.DOWNLOAD_REFUSED
    later.manager.resume("tiny")
    assert later.wait("tiny", DownloadState.DONE).failure is None
    later.manager.close()
    assert desk.setup.left() == installed()


def test_that_what_ran_at_a_crash_comes_back_paused(desk: Desk, hub: Hub) -> None:
    hub.troubles.extend([Trouble(stall_after=60_000)] * 2)
    for name in ("a", "b", "c"):
        desk.manager.add(request(NAME, model_id=name))
    desk.begun("a")
    list_at_crash = desk.list_file.read_bytes()
    assert json.loads(list_at_crash)[0]["state"] == "running"
    desk.manager.close()
    desk.list_file.write_bytes(list_at_crash)
    hub.troubles.clear()
    later = again(desk)
    assert later.states() == dict.fromkeys("abc", DownloadState.PAUSED)
    for name in ("a", "b", "c"):
        later.manager.resume(name)
    done = Counter(later.wait_for(lambda s: s.state is DownloadState.DONE).state for _ in "abc")
    assert done == {DownloadState.DONE: 3}
    later.manager.close()


def test_that_closing_pauses_and_starts_nothing_more(desk: Desk, hub: Hub) -> None:
    hub.troubles.extend([Trouble(stall_after=60_000)] * 2)
    for name in ("a", "b", "c"):
        desk.manager.add(request(NAME, model_id=name))
    desk.begun("a")
    before = threading.active_count()
    desk.manager.close()
    assert threading.active_count() < before
    assert DownloadState.RUNNING not in desk.states().values()
    assert again(desk).states() == dict.fromkeys("abc", DownloadState.PAUSED)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b"[" * 100_000])
def test_that_a_damaged_list_is_an_empty_one(desk: Desk, content: bytes) -> None:
    desk.list_file.parent.mkdir(parents=True)
    desk.list_file.write_bytes(content)
    assert again(desk).manager.statuses() == ()


def test_that_a_list_with_evil_names_loses_them(desk: Desk) -> None:
    desk.manager.add(request())
    desk.wait("tiny", DownloadState.DONE)
    text = desk.list_file.read_text(encoding="utf-8")
    desk.list_file.write_text(text.replace('"folder": "tiny"', '"folder": "../tiny"'), "utf-8")
    assert again(desk).manager.statuses() == ()


def test_that_a_request_that_would_leave_the_folder_is_not_queued(desk: Desk) -> None:
    with pytest.raises(ValueError, match="path"):
        desk.manager.add(DownloadRequest("x", "../x", (WantedFile("a"),), SOURCES))
    assert desk.manager.statuses() == ()


def test_that_a_list_that_cannot_be_saved_is_said(desk: Desk) -> None:
    desk.list_file.parent.write_bytes(b"a file in the folder's place")
    with pytest.raises(StoreError):
        desk.manager.add(request())
    assert desk.manager.statuses() == ()
    assert not desk.setup.folder.exists()


def test_that_unknown_downloads_are_nobodys_business(desk: Desk) -> None:
    for action in (desk.manager.pause, desk.manager.resume, desk.manager.remove):
        action("unknown")
    desk.manager.forget("unknown")
    assert desk.changes.empty()
