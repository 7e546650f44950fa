from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.errors import ErrorCode
from desktop.core.types import EngineKind, EngineOptions, InstalledModel
from desktop.engine.api import EngineFailed, ModelLoaded, ModelLoading
from desktop.gui.model_entries import EntryState, ModelEntry
from desktop.gui.model_pill import ModelPill
from desktop.gui.model_state import ModelState
from desktop.gui.theme import DARK, LIGHT, theme
from tests.gui.bridges import Bridge
from tests.gui.shelf import BUILTIN, Shelf, catalog_entry

pytestmark = pytest.mark.usefixtures("american_numbers")


MINI = InstalledModel(
    "builtin", "Groundglass Mini", EngineKind.FAKE, Path("m"), None, is_builtin=True
)
LOADED = ModelLoaded("builtin", 8192, has_gpu=False, can_see=True, threads=2, load_s=0.1)


@pytest.fixture
def bridge(qtbot: QtBot) -> Bridge:
    return Bridge()


@pytest.fixture
def state(bridge: Bridge) -> ModelState:
    return ModelState(bridge, bridge)  # type: ignore[arg-type]


@pytest.fixture
def library(qtbot: QtBot) -> Shelf:
    return Shelf(
        catalog_entry(state=EntryState.READY),
        catalog_entry("qwen3-vl-8b"),
        ModelEntry("local:a", "R&D", EntryState.READY, 640_000_000),
    )


@pytest.fixture
def more(qapp: QApplication) -> QAction:
    return QAction("Get models…", qapp)


@pytest.fixture
def pill(qtbot: QtBot, state: ModelState, library: Any, more: QAction) -> ModelPill:
    pill = ModelPill(state, library, more)
    qtbot.addWidget(pill)
    return pill


def choices(pill: ModelPill) -> list[QAction]:
    """The models in the menu, as it opens."""
    pill.menu().aboutToShow.emit()
    return [action for action in pill.menu().actions() if action.isCheckable()]


def dot_colors(pill: ModelPill) -> set[str]:
    image = pill.icon().pixmap(pill.iconSize()).toImage()
    points = [(x, y) for x in range(image.width()) for y in range(image.height())]
    solid = (image.pixelColor(*point) for point in points)
    return {QColor(color).name() for color in solid if color.alpha() == 255}


def test_that_no_model_is_said(pill: ModelPill) -> None:
    assert pill.text() == "No model"


def test_that_loading_shows_the_percentage_and_ready_only_the_name(
    bridge: Bridge, state: ModelState, pill: ModelPill
) -> None:
    state.load(MINI, EngineOptions())
    bridge.event_received.emit(ModelLoading(0.42))
    assert pill.text() == "Groundglass Mini · 42 %"
    assert LIGHT.accent in dot_colors(pill)
    bridge.event_received.emit(LOADED)
    assert pill.text() == "Groundglass Mini"
    assert LIGHT.accent not in dot_colors(pill)
    assert "demonstration model" in pill._info.text()
    assert "2 threads" in pill._info.text()
    assert pill.accessibleName() == "Model: Groundglass Mini"


def test_that_a_failure_says_why_and_offers_to_load_again(
    bridge: Bridge, state: ModelState, pill: ModelPill
) -> None:
    state.load(MINI, EngineOptions())
    bridge.event_received.emit(
        EngineFailed(None, ErrorCode.MODEL_FILE_MISSING, "Gone.", {"name": "m.gguf"})
    )
    assert "“m.gguf” is not there" in pill.toolTip()
    assert LIGHT.danger in dot_colors(pill)
    assert pill._reload.isVisible()
    pill._reload.trigger()
    assert bridge.client.loads == [MINI, MINI]
    assert not pill._reload.isVisible()


def test_that_a_name_is_shown_as_it_is(state: ModelState, pill: ModelPill) -> None:
    name = "<b>Q&A</b> 模型"
    state.load(InstalledModel("x", name, EngineKind.FAKE, Path("m"), None), EngineOptions())
    assert pill.text().startswith("<b>Q&&A</b> 模型")
    assert pill.accessibleName() == f"Model: {name}"


def test_that_the_dot_follows_the_theme(bridge: Bridge, state: ModelState, pill: ModelPill) -> None:
    state.load(MINI, EngineOptions())
    bridge.event_received.emit(ModelLoading(0.9))
    theme().set_appearance("dark")
    assert DARK.accent in dot_colors(pill)


def test_that_the_menu_lists_what_is_ready_with_its_size(
    pill: ModelPill, library: Shelf, more: QAction
) -> None:
    library.put(BUILTIN, is_in_use=True)
    found = choices(pill)
    assert [action.text() for action in found] == [
        "Qwen3-VL 4B\t3.0 GB",
        "R&&D\t640 MB",
        "Groundglass Mini\t12 MB",
    ]
    assert [action.isChecked() for action in found] == [False, False, True]
    assert more in pill.menu().actions()
    assert len(choices(pill)) == 3  # opened again


def test_that_a_model_is_used_by_choosing_it(pill: ModelPill, library: Shelf) -> None:
    choices(pill)[0].trigger()
    assert library.asked == [("use", "qwen3-vl-4b:q4_k_m")]


def test_that_a_model_in_use_whose_files_are_gone_is_listed_but_cannot_be_chosen(
    pill: ModelPill, library: Shelf
) -> None:
    library.put(catalog_entry(), state=EntryState.MISSING, is_in_use=True)
    gone = choices(pill)[0]
    assert gone.text() == "Qwen3-VL 4B\tcannot be found"
    assert not gone.isEnabled()


def test_that_the_model_can_be_unloaded_and_sleeps(
    bridge: Bridge, state: ModelState, pill: ModelPill
) -> None:
    assert not pill._unload.isVisible()
    state.load(MINI, EngineOptions())
    assert not pill._unload.isVisible()
    bridge.event_received.emit(LOADED)
    pill._unload.trigger()
    assert pill.text() == "Groundglass Mini · asleep"
    assert "memory is free" in pill.toolTip()
    assert LIGHT.good not in dot_colors(pill)
    assert not pill._unload.isVisible()
    assert pill._reload.text() == "Load now"
    pill._reload.trigger()
    assert bridge.client.loads == [MINI, MINI]


def test_that_a_model_that_writes_cannot_be_unloaded(
    bridge: Bridge, state: ModelState, pill: ModelPill
) -> None:
    state.load(MINI, EngineOptions())
    bridge.event_received.emit(LOADED)
    pill.set_held(is_held=True)
    assert not pill._unload.isEnabled()
    assert not pill._reload.isEnabled()
    pill.set_held(is_held=False)
    assert pill._unload.isEnabled()


def test_that_the_model_that_takes_over_is_said(
    bridge: Bridge, state: ModelState, pill: ModelPill, library: Shelf
) -> None:
    state.load(MINI, EngineOptions())
    bridge.event_received.emit(LOADED)
    library.put(catalog_entry(), state=EntryState.READY, is_in_use=True)
    pill.set_next("Qwen3-VL 4B")
    assert choices(pill)[0].text() == "Qwen3-VL 4B\tafter this answer"
    assert "Qwen3-VL 4B takes over when this answer is finished." in pill._info.text()
