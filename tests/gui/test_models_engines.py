"""The model manager with MLX beside llama.cpp."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog, QRadioButton

from desktop.core.types import EngineKind
from desktop.gui import model_library
from desktop.gui.model_library import EntryState
from desktop.gui.models_window import ModelsWindow
from desktop.store.local_models import Keep
from tests.gui.models import WAIT_MS
from tests.gui.models_stage import Stage, texts
from tests.hub import Hub
from tests.store.ggufs import MLX as FOLDER
from tests.store.mlx_models import GGUF_KEY, MLX_FILES, MLX_KEY, SPEC, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.engines import Engines

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LLAMA, MLX = EngineKind.LLAMA_CPP, EngineKind.MLX


@pytest.fixture
def stage(
    qtbot: QtBot, tmp_path: Path, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    engines.on_a_pc()
    monkeypatch.setattr(model_library, "find_models", lambda *_: ())
    with Hub() as hub:
        serve(hub)
        stage = Stage(qtbot, tmp_path, hub, SPEC)
        stage.show()
        yield stage
        stage.library.close()


def choose(stage: Stage, label: str) -> None:
    def found() -> list[QRadioButton]:
        buttons = stage.window.details.findChildren(QRadioButton)
        return [button for button in buttons if button.isVisible() and button.text() == label]

    stage.qtbot.waitUntil(lambda: bool(found()), timeout=WAIT_MS)
    found()[0].click()


def test_that_a_form_for_mlx_is_chosen_got_and_used(stage: Stage) -> None:
    used: list[str] = []
    stage.library.used.connect(used.append)
    stage.window.show_entry(GGUF_KEY)
    choose(stage, "4-bit for MLX")
    stage.qtbot.waitUntil(lambda: "size not known yet" in texts(stage.window.details))
    stage.row("mini").button.click()
    stage.wait(EntryState.READY, MLX_KEY)
    assert set(MLX_FILES) <= set(stage.left())
    stage.qtbot.waitUntil(lambda: "safetensors" in texts(stage.window.details))
    assert "Runs with" in texts(stage.window.details)
    assert stage.row("mini").button.text() == "Use"
    stage.row("mini").button.click()
    assert used == [MLX_KEY]


def test_that_a_download_of_a_repository_is_given_up_whole(stage: Stage) -> None:
    stage.get(MLX_KEY)
    stage.library.remove(MLX_KEY)
    stage.wait(EntryState.AVAILABLE, MLX_KEY)
    assert stage.left() == []


def test_that_the_built_in_models_engine_is_chosen_in_its_details(stage: Stage) -> None:
    chosen: list[tuple[str, EngineKind]] = []
    stage.library.engine_chosen.connect(lambda key, engine: chosen.append((key, engine)))
    stage.window.show_entry("builtin")
    choose(stage, "MLX")
    assert "Runs with" in texts(stage.window.details)
    assert chosen == [("builtin", MLX)]


def test_that_without_mlx_engines_are_not_spoken_of(stage: Stage, engines: Engines) -> None:
    engines.are_here(LLAMA)
    stage.library.refresh()
    for key in (GGUF_KEY, "builtin"):
        stage.window.show_entry(key)
        shown = texts(stage.window.details)
        assert "Runs with" not in shown
        assert "MLX" not in shown
    other = ModelsWindow(stage.library, stage.settings)
    stage.qtbot.addWidget(other)
    assert other.add_button.menu() is None


def test_that_a_folder_is_chosen_and_added(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "我的 模型"
    shutil.copytree(FOLDER, folder)
    menu = stage.window.add_button.menu()
    assert [action.text() for action in menu.actions()] == [
        "A GGUF file…",
        "A folder with an MLX model…",
    ]
    menu.actions()[1].trigger()
    (dialog,) = stage.window.findChildren(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    dialog.filesSelected.emit([str(folder)])
    dialog.close()
    importing = stage.dialog()
    stage.qtbot.waitUntil(importing.add_button.isEnabled, timeout=WAIT_MS)
    assert "MLX" in texts(importing)
    assert importing.keep is Keep.REFERENCE
    importing.choice(Keep.REFERENCE).click()
    importing.add_button.click()
    stage.qtbot.waitUntil(
        lambda: any(entry.local is not None for entry in stage.library.ready()), timeout=WAIT_MS
    )
    (entry,) = [entry for entry in stage.library.ready() if entry.local is not None]
    assert (entry.engine, entry.forms, entry.name) == (MLX, (MLX,), folder.name)
