"""Models that are on this computer already: dropped, found in other programs, vanished."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.paths import builtin_model_dir
from desktop.gui import model_actions, model_library
from desktop.gui.found_row import FoundRow
from desktop.gui.model_library import EntryState
from desktop.store.import_model import inspect_paths
from desktop.store.local_models import Keep, Origin
from tests.gui.models import WAIT_MS
from tests.gui.models_stage import Stage, stage_over, texts
from tests.hub import Hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.gui.import_dialog import ImportDialog
    from desktop.store.local_models import Candidate

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as hub:
        yield hub


@pytest.fixture
def stage(
    qtbot: QtBot, tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    monkeypatch.setattr(model_library, "find_models", lambda *_: ())
    with stage_over(hub, qtbot, tmp_path) as stage:
        yield stage


def pair(folder: Path, names: str = "*.gguf") -> list[Path]:
    """The built-in model's files as a person's own, somewhere else."""
    folder.mkdir(parents=True)
    for path in builtin_model_dir().glob(names):
        shutil.copy(path, folder / path.name)
    return sorted(folder.iterdir())


def wait_for_reading(stage: Stage) -> ImportDialog:
    dialog = stage.dialog()
    stage.qtbot.waitUntil(lambda: "Reading what it is" not in texts(dialog), timeout=WAIT_MS)
    return dialog


def test_that_dropped_files_are_read_and_added_as_chosen(stage: Stage) -> None:
    paths = pair(stage.folder / "我的 模型")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place = QPointF(50, 50)
    enter = QDragEnterEvent(
        place.toPoint(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    stage.window.dragEnterEvent(enter)
    assert enter.isAccepted()
    stage.window.dropEvent(
        QDropEvent(
            place,
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    dialog = wait_for_reading(stage)
    assert dialog.keep is Keep.REFERENCE
    assert "12 MB more" in texts(dialog)
    wrapped = [label for label in dialog.findChildren(QLabel) if label.wordWrap()]
    shown = [label for label in wrapped if label.isVisible()]
    stage.qtbot.waitUntil(
        lambda: all(label.height() >= label.heightForWidth(label.width()) for label in shown)
    )
    dialog.choice(Keep.COPY).click()
    with stage.qtbot.waitSignal(stage.library.finished, timeout=WAIT_MS) as caught:
        dialog.add_button.click()
    assert caught.args is not None
    assert stage.names()[1] == caught.args[0]
    assert stage.window.details.entry == stage.entry(caught.args[0])
    assert "Your own file · copied" in texts(stage.window.details)


def test_that_a_picture_is_no_model_to_drop(stage: Stage) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/somewhere/photo.jpg")])
    assert model_actions.dropped_models(data) == ()


def test_that_what_is_missing_is_said_and_nothing_can_be_added(stage: Stage) -> None:
    paths = pair(stage.folder / "alone", "groundglass*.gguf")
    stage.window.offer_import(paths)
    dialog = wait_for_reading(stage)
    assert "groundglass-mini-f16.gguf" in texts(dialog)
    assert "vision" in texts(dialog)
    assert not dialog.add_button.isVisible()
    dialog.reject()


def found(folder: Path, problem: ModelError | None = None) -> Candidate:
    candidate = inspect_paths(pair(folder)[:1])
    return replace(candidate, origin=Origin.LM_STUDIO, problem=problem)


def test_that_other_programs_models_are_listed_with_the_way_to_use_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = found(stage.folder / "lmstudio")
    monkeypatch.setattr(model_library, "find_models", lambda *_: (offered,))
    stage.window.shelf.look()
    stage.qtbot.waitUntil(lambda: len(stage.names()) == 5, timeout=WAIT_MS)
    (row,) = [row for row in stage.window.list.rows if isinstance(row, FoundRow)]
    assert "LM Studio" in texts(row)
    row.button.click()
    dialog = stage.dialog()
    with stage.qtbot.waitSignal(stage.library.finished, timeout=WAIT_MS):
        dialog.add_button.click()
    assert not any(isinstance(row, FoundRow) for row in stage.window.list.rows)
    key = stage.names()[1]
    assert stage.entry(key).local is not None
    stage.library.remove(key)
    stage.qtbot.waitUntil(
        lambda: any(isinstance(row, FoundRow) for row in stage.window.list.rows), timeout=WAIT_MS
    )


def test_that_a_model_of_another_program_that_cannot_be_used_says_why(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = ModelError("x", ErrorCode.PROJECTOR_MISSING, name="model.gguf")
    offered = found(stage.folder / "lmstudio", problem)
    monkeypatch.setattr(model_library, "find_models", lambda *_: (offered,))
    stage.window.shelf.look()
    stage.qtbot.waitUntil(lambda: len(stage.names()) == 5, timeout=WAIT_MS)
    (row,) = [row for row in stage.window.list.rows if isinstance(row, FoundRow)]
    assert not row.button.isVisible()
    assert "without it the model cannot see" in texts(row)


def test_that_a_referenced_model_that_vanished_is_shown_and_can_be_removed(stage: Stage) -> None:
    offered = found(stage.folder / "own")
    with stage.qtbot.waitSignal(stage.library.finished, timeout=WAIT_MS) as caught:
        stage.library.add_local(offered, Keep.REFERENCE)
    assert caught.args is not None
    key = caught.args[0]
    shutil.rmtree(stage.folder / "own")
    stage.library.refresh()
    assert stage.state(key) is EntryState.MISSING
    assert stage.row(key).button.text() == "Remove"
    assert "not there" in texts(stage.window.details)
    assert "not there any more" in texts(stage.row(key))
    stage.row(key).button.click()
    stage.answer("Remove")
    stage.qtbot.waitUntil(lambda: stage.library.entry(key) is None, timeout=WAIT_MS)
    assert key not in stage.names()
