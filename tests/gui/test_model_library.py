"""The library: every model's state, from the catalogue to the disk and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, GroundglassError, ModelError
from desktop.core.fit import Fit, Machine
from desktop.core.model_spec import RecommendedFor
from desktop.gui import model_library
from desktop.gui.model_commands import Command, command_text
from desktop.gui.model_library import EntryState, ModelLibrary
from desktop.store.catalog import load_catalog
from desktop.store.download_list import (
    DownloadFailure,
    DownloadState,
    DownloadStatus,
    save_downloads,
)
from desktop.store.installed import request_for
from desktop.store.network import Network
from desktop.store.progress import DownloadProgress
from tests.gui.models import WAIT_MS, LibraryDesk, model_spec
from tests.hub import Hub, Trouble
from tests.store.downloads import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


KEY = "tiny:q4_k_m"
TOTAL = sum(len(content) for content in FILES.values())
GIB = 1 << 30


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(FILES) as hub:
        yield hub


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, hub: Hub) -> Iterator[LibraryDesk]:
    desk = LibraryDesk(qtbot, tmp_path / "家 home", hub)
    yield desk
    desk.library.close()


# --- downloads ------------------------------------------------------------------------------------


def test_that_a_fresh_start_offers_the_catalogue_and_uses_the_builtin_model(
    desk: LibraryDesk,
) -> None:
    entry, builtin = desk.library.entries()
    assert (entry.key, entry.state, entry.size_bytes) == (KEY, EntryState.AVAILABLE, TOTAL)
    assert (builtin.key, builtin.state, builtin.is_in_use) == ("builtin", EntryState.READY, True)
    assert [ready.key for ready in desk.library.ready()] == ["builtin"]
    assert desk.library.disk_bytes() == 0
    assert desk.library.measured_bytes_per_second() is None


def test_that_a_download_ends_as_a_model_that_is_ready_and_stays_so(desk: LibraryDesk) -> None:
    with desk.qtbot.waitSignal(desk.library.finished, timeout=WAIT_MS) as caught:
        desk.library.get(KEY)
    assert caught.args == [KEY]
    entry = desk.entry()
    assert (entry.state, entry.download, entry.problem) == (EntryState.READY, None, None)
    assert desk.library.disk_bytes() == TOTAL
    library = desk.open_again()
    assert [ready.key for ready in library.ready()] == [KEY, "builtin"]
    assert [(file.name, file.size_bytes) for file in library.files(KEY)] == [
        (name, len(content)) for name, content in FILES.items()
    ]


def test_that_progress_comes_on_the_main_thread_without_a_change_of_the_list(
    desk: LibraryDesk, hub: Hub
) -> None:
    hub.troubles.append(Trouble(stall_after=60_000))
    changes: list[EntryState] = []
    desk.library.changed.connect(lambda: changes.append(desk.state()))
    keys: list[str] = []
    desk.library.progressed.connect(keys.append)
    desk.library.get(KEY)
    desk.qtbot.waitUntil(lambda: bool(keys), timeout=WAIT_MS)
    assert set(keys) == {KEY}
    assert changes == [EntryState.QUEUED, EntryState.RUNNING]
    download = desk.entry().download
    assert download is not None
    assert download.progress is not None
    assert desk.library.disk_bytes() == download.progress.done_bytes


def test_that_a_paused_download_is_there_after_a_restart_with_what_came_and_goes_on(
    desk: LibraryDesk, hub: Hub
) -> None:
    hub.troubles.append(Trouble(stall_after=200_000))
    desk.library.get(KEY)
    desk.wait_for_bytes(least=150_000)
    desk.library.pause(KEY)
    desk.wait(EntryState.PAUSED)
    desk.open_again()
    entry = desk.entry()
    assert entry.state is EntryState.PAUSED
    assert entry.download is not None
    assert entry.download.progress is not None
    assert entry.download.progress.done_bytes >= 150_000
    assert entry.download.progress.total_bytes == TOTAL
    desk.library.resume(KEY)
    desk.wait(EntryState.READY)


def test_that_closing_pauses_what_runs(desk: LibraryDesk, hub: Hub) -> None:
    hub.troubles.append(Trouble(stall_after=60_000))
    desk.library.get(KEY)
    desk.wait_for_bytes(least=50_000)
    desk.open_again()
    assert desk.state() is EntryState.PAUSED


def test_that_a_failed_download_says_why_and_can_be_tried_again(
    desk: LibraryDesk, hub: Hub
) -> None:
    hub.troubles.append(Trouble(status=403))
    desk.library.get(KEY)
    entry = desk.wait(EntryState.FAILED)
    assert entry.problem is not None
    assert entry.problem.code is ErrorCode.DOWNLOAD_REFUSED
    desk.library.resume(KEY)
    assert desk.wait(EntryState.READY).problem is None


def test_that_a_download_of_another_process_is_paused_there_and_goes_on_here(
    desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Path, str]] = []

    def pause(models_dir: Path, folder: str) -> bool:
        asked.append((models_dir, folder))
        return True

    monkeypatch.setattr(model_library, "pause_elsewhere", pause)
    request = request_for(desk.specs[0], desk.specs[0].variants[0])
    failure = DownloadFailure("x", ErrorCode.DOWNLOAD_BUSY, {})
    desk.library._downloads._hear(
        DownloadStatus(request, DownloadState.FAILED, None, failure)  # as the manager tells it
    )
    busy = desk.wait(EntryState.FAILED)
    assert command_text(Command.RESUME, busy) == "Continue here"
    desk.library.resume(KEY)
    desk.wait(EntryState.READY)
    assert asked == [(desk.library.models_dir, "tiny/q4_k_m")]


def test_that_removing_a_half_finished_download_frees_its_room(desk: LibraryDesk, hub: Hub) -> None:
    hub.troubles.append(Trouble(stall_after=60_000))
    desk.library.get(KEY)
    desk.wait_for_bytes(least=50_000)
    desk.library.remove(KEY)
    desk.wait(EntryState.AVAILABLE)
    assert desk.left() == []
    assert desk.library.disk_bytes() == 0


def test_that_removing_the_model_in_use_goes_back_to_the_builtin_one(desk: LibraryDesk) -> None:
    desk.get()
    desk.settings.set(replace(desk.settings.value, model_id=KEY))
    assert desk.entry().is_in_use
    used: list[str] = []
    desk.library.used.connect(used.append)
    desk.library.remove(KEY)
    desk.wait(EntryState.AVAILABLE)
    assert used == ["builtin"]
    assert desk.left() == []


def test_that_a_finished_download_that_was_never_noted_is_noted_at_the_next_start(
    desk: LibraryDesk,
) -> None:
    desk.get()
    (record,) = desk.library.models_dir.rglob("installed.json")
    done = (desk.folder / "config" / "downloads.json").read_text(encoding="utf-8")
    assert done.strip() == "[]", "what is done is not a download any more"
    desk.library.close()
    request = request_for(desk.specs[0], desk.specs[0].variants[0])
    save_downloads(
        desk.folder / "config" / "downloads.json", [DownloadStatus(request, DownloadState.DONE)]
    )
    record.unlink()
    desk.open_again()
    assert desk.state() is EntryState.READY


def test_that_vanished_files_are_shown_as_missing_and_can_be_got_again(desk: LibraryDesk) -> None:
    desk.get()
    next(desk.library.models_dir.rglob("mmproj.gguf")).unlink()
    desk.library.refresh()
    entry = desk.entry()
    assert entry.state is EntryState.MISSING
    assert entry.problem is not None
    assert entry.problem.code is ErrorCode.MODEL_FILE_MISSING
    with pytest.raises(ModelError):
        desk.library.find(KEY)
    desk.get()


def test_that_a_missing_model_can_be_taken_off_the_list(desk: LibraryDesk) -> None:
    desk.get()
    next(desk.library.models_dir.rglob("mmproj.gguf")).unlink()
    desk.library.refresh()
    desk.library.remove(KEY)
    desk.wait(EntryState.AVAILABLE)
    assert desk.left() == []


def test_that_staying_offline_is_a_sentence_on_the_row(desk: LibraryDesk) -> None:
    desk.network.set_offline(True)
    desk.library.get(KEY)
    entry = desk.wait(EntryState.FAILED)
    assert entry.problem is not None
    assert entry.problem.code is ErrorCode.OFFLINE


def test_that_the_measured_speed_is_kept_between_starts(
    qtbot: QtBot, tmp_path: Path, hub: Hub
) -> None:
    desk = LibraryDesk(qtbot, tmp_path, hub)
    request = request_for(desk.specs[0], desk.specs[0].variants[0])

    def hear(state: DownloadState, done: int, speed: float, *, is_checking: bool = False) -> None:
        progress = DownloadProgress(done, 9 << 20, speed, None, "m.gguf", is_checking)
        desk.library._downloads._hear(DownloadStatus(request, state, progress))

    hear(DownloadState.RUNNING, 8 << 20, 9e9, is_checking=True)  # of the disk: does not count
    hear(DownloadState.RUNNING, 0, 5e8)  # too little has come to say anything
    hear(DownloadState.RUNNING, 3 << 20, 12_500_000.0)
    hear(DownloadState.PAUSED, 3 << 20, 0.0)
    speed = desk.library.measured_bytes_per_second
    qtbot.waitUntil(lambda: speed() == 12_500_000.0, timeout=WAIT_MS)
    desk.wait(EntryState.PAUSED)
    assert desk.open_again().measured_bytes_per_second() == 12_500_000.0
    desk.library.close()


# --- verify ---------------------------------------------------------------------------------------


def test_that_verify_names_the_damaged_file(desk: LibraryDesk) -> None:
    desk.get()
    outcomes: list[object] = []
    desk.library.verify(KEY, outcomes.append)
    desk.qtbot.waitUntil(lambda: outcomes == [()], timeout=WAIT_MS)
    path = next(desk.library.models_dir.rglob("mmproj.gguf"))
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    desk.library.verify(KEY, outcomes.append)
    desk.qtbot.waitUntil(lambda: len(outcomes) == 2, timeout=WAIT_MS)
    assert outcomes[1] == ("vision/mmproj.gguf",)
    desk.library.verify("tiny:unknown", outcomes.append)
    desk.qtbot.waitUntil(lambda: len(outcomes) == 3, timeout=WAIT_MS)
    assert isinstance(outcomes[2], GroundglassError)


def test_that_the_builtin_model_can_be_verified_and_is_never_removed(desk: LibraryDesk) -> None:
    outcomes: list[object] = []
    desk.library.verify("builtin", outcomes.append)
    desk.qtbot.waitUntil(lambda: outcomes == [()], timeout=WAIT_MS)
    desk.library.remove("builtin")
    assert desk.library.find("builtin").is_builtin


# --- fit and order --------------------------------------------------------------------------------


def test_that_the_recommended_model_comes_first_and_follows_the_machine(
    qtbot: QtBot, tmp_path: Path, hub: Hub
) -> None:
    small = replace(model_spec("a", "Small"), recommended=RecommendedFor(0))
    large = replace(model_spec("b", "Large"), recommended=RecommendedFor(16))
    desk = LibraryDesk(qtbot, tmp_path, hub, small, large)
    desk.library.set_machine(Machine(32 * GIB, 20 * GIB))
    assert desk.library.entries()[0].key == "b:q4_k_m"
    with qtbot.waitSignal(desk.library.changed):
        desk.library.set_machine(Machine(8 * GIB, 4 * GIB))
    best = desk.library.recommended()
    assert best is not None
    assert best.key == "a:q4_k_m"
    assert desk.library.entries()[0] == best
    desk.library.set_machine(Machine(1 * GIB, 1 * GIB))
    assert desk.library.recommended() is None
    assert all(e.fit is None or e.fit.fit is Fit.TOO_BIG for e in desk.library.entries())
    desk.library.close()


def test_that_only_a_ready_model_can_be_used(desk: LibraryDesk) -> None:
    used: list[str] = []
    desk.library.used.connect(used.append)
    desk.library.use(KEY)
    assert used == []
    desk.get()
    desk.library.use(KEY)
    assert used == [KEY]


def test_that_a_damaged_catalogue_is_an_error_to_show_not_a_crash(
    desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "catalog"
    broken.mkdir()
    (broken / "x.toml").write_text("nonsense", encoding="utf-8")
    monkeypatch.setattr(model_library, "load_catalog", lambda: load_catalog(broken))
    library = ModelLibrary(
        desk.settings,
        Network(desk.network.log),
        models_dir=tmp_path / "m",
        downloads_file=tmp_path / "d.json",
        local_models_file=tmp_path / "l.json",
    )
    assert library.catalog_problem is not None
    assert [entry.key for entry in library.entries()] == ["builtin"]
    library.close()
