from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from desktop.core.errors import ErrorCode
from desktop.core.types import EngineKind, EngineOptions, InstalledModel
from desktop.engine.api import EngineFailed, ModelLoaded, ModelLoading
from desktop.gui.model_pill import ModelPill
from desktop.gui.model_state import ModelState
from desktop.gui.theme import DARK, LIGHT, theme


class Client:
    """Takes commands; the tests speak for the engine."""

    def __init__(self) -> None:
        self.loads: list[InstalledModel] = []

    def load(self, model: InstalledModel, options: EngineOptions) -> None:
        self.loads.append(model)


class Bridge(QObject):
    event_received = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.client = Client()


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
def pill(qtbot: QtBot, state: ModelState) -> ModelPill:
    pill = ModelPill(state)
    qtbot.addWidget(pill)
    return pill


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
    assert pill._info.text().startswith(name)


def test_that_the_dot_follows_the_theme(bridge: Bridge, state: ModelState, pill: ModelPill) -> None:
    state.load(MINI, EngineOptions())
    bridge.event_received.emit(ModelLoading(0.9))
    theme().set_appearance("dark")
    assert DARK.accent in dot_colors(pill)


def test_that_the_menu_leads_to_the_settings(qtbot: QtBot, pill: ModelPill) -> None:
    with qtbot.waitSignal(pill.settings_requested):
        pill._settings.trigger()
    assert pill._settings in pill.menu().actions()
