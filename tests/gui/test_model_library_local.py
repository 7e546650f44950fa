"""The library with models that a person adds: copied, linked, referenced, gone."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode
from desktop.core.paths import builtin_model_dir
from desktop.gui import model_library
from desktop.gui.model_library import EntryState
from desktop.store.import_model import inspect_paths
from desktop.store.local_models import Keep
from tests.gui.models import WAIT_MS, LibraryDesk
from tests.hub import Hub
from tests.store.downloads import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.store.local_models import Candidate


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(FILES) as hub:
        yield hub


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, hub: Hub) -> Iterator[LibraryDesk]:
    desk = LibraryDesk(qtbot, tmp_path / "家 home", hub)
    yield desk
    desk.library.close()


def candidate(folder: Path) -> Candidate:
    """The built-in model's files as a person's own, somewhere else."""
    folder.mkdir(parents=True)
    for path in builtin_model_dir().glob("*.gguf"):
        shutil.copy(path, folder / path.name)
    return inspect_paths([folder / "groundglass-mini-f16.gguf"])


def added(desk: LibraryDesk, keep: Keep) -> str:
    offered = candidate(desk.folder / "我的 模型")
    with desk.qtbot.waitSignal(desk.library.finished, timeout=WAIT_MS) as caught:
        desk.library.add_local(offered, keep)
    assert caught.args is not None
    return str(caught.args[0])


@pytest.mark.parametrize("keep", list(Keep))
def test_that_an_added_model_can_be_found_used_and_removed(desk: LibraryDesk, keep: Keep) -> None:
    key = added(desk, keep)
    assert key.startswith("local:")
    assert desk.state(key) is EntryState.READY
    assert desk.library.find(key).id == key
    assert desk.library.place(key) is not None
    assert bool(desk.library.disk_bytes()) is (keep is Keep.COPY)
    desk.open_again()
    assert desk.state(key) is EntryState.READY
    desk.library.remove(key)
    desk.qtbot.waitUntil(lambda: desk.library.entry(key) is None, timeout=WAIT_MS)
    assert (desk.folder / "我的 模型" / "groundglass-mini-f16.gguf").is_file()
    assert desk.left() == []


def test_that_a_referenced_file_that_goes_away_is_missing(desk: LibraryDesk) -> None:
    key = added(desk, Keep.REFERENCE)
    shutil.rmtree(desk.folder / "我的 模型")
    desk.library.refresh()
    entry = desk.entry(key)
    assert entry.state is EntryState.MISSING
    assert entry.problem is not None
    assert entry.problem.details["name"] == "groundglass-mini-f16.gguf"


def test_that_a_copy_that_fails_is_told_and_leaves_no_row(
    desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = candidate(desk.folder / "own")
    shutil.rmtree(desk.folder / "own")
    with desk.qtbot.waitSignal(desk.library.failed, timeout=WAIT_MS) as caught:
        desk.library.add_local(offered, Keep.COPY)
        assert any(entry.key.startswith("adding:") for entry in desk.library.entries())
    assert caught.args is not None
    assert caught.args[0].code is ErrorCode.MODEL_FILE_MISSING
    assert not any(entry.key.startswith("adding:") for entry in desk.library.entries())


def test_that_other_programs_models_are_offered_until_they_are_added(
    desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = candidate(desk.folder / "other")
    monkeypatch.setattr(model_library, "find_models", lambda *_: (offered,))
    with desk.qtbot.waitSignal(desk.library.found_changed, timeout=WAIT_MS):
        desk.library.look_around()
        assert desk.library.is_looking
    assert desk.library.found == (offered,)
    with desk.qtbot.waitSignal(desk.library.finished, timeout=WAIT_MS):
        desk.library.add_local(offered, Keep.REFERENCE)
    assert len(desk.library.found) == 0
