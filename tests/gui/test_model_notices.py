"""What the window offers below the conversation when a model does not load."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton

from desktop.core.errors import ErrorCode
from desktop.core.model_choices import ModelChoices
from desktop.core.types import EngineKind, EngineOptions
from desktop.gui.main_window import MainWindow
from desktop.gui.model_choice import ModelChoice
from desktop.gui.model_state import ModelStatus
from desktop.store.settings import Settings
from tests.gui.asking import WAIT_MS, Bench, scripted_model

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.engines import Engines

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Scene:
    """A window whose model, by its id, does not load for a reason."""

    def __init__(self, bench: Bench, qtbot: QtBot) -> None:
        self.bench, self.qtbot = bench, qtbot
        self.state = bench.services.model_state
        self.window = MainWindow(bench.services)
        bench.session = self.window.session
        qtbot.addWidget(self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()
        bench.bridge.start()

    def fail(self, code: ErrorCode, model_id: str = "builtin") -> None:
        script = scripted_model(self.bench.folder, fail={"phase": "load", "code": code.value})
        self.state.load(replace(script, id=model_id, name="Mini"), EngineOptions())
        self.qtbot.waitUntil(lambda: self.state.status is ModelStatus.FAILED, timeout=WAIT_MS)

    @property
    def offers(self) -> dict[str, QPushButton]:
        buttons = self.window.pane.notice.findChildren(QPushButton, "noticeAction")
        return {button.text(): button for button in buttons if button.isVisible()}


@pytest.fixture
def scene(bench: Bench, qtbot: QtBot, engines: Engines) -> Scene:
    engines.on_a_pc()
    bench.services.library.refresh()
    return Scene(bench, qtbot)


def test_that_the_other_engine_is_offered_and_goes_with_success(scene: Scene) -> None:
    scene.fail(ErrorCode.MODEL_LOAD_FAILED)
    assert list(scene.offers) == ["Try with llama.cpp"]
    assert "Mini could not be loaded" in scene.window.pane.notice.accessibleName()
    scene.state.load(scripted_model(scene.bench.folder), EngineOptions())
    scene.bench.wait_for_model()
    assert scene.offers == {}


def test_that_the_offer_sets_the_choice(scene: Scene, qtbot: QtBot) -> None:
    services = scene.bench.services
    services.settings.set(Settings(models={"builtin": ModelChoices(engine=EngineKind.MLX)}))
    choice = ModelChoice(
        services.settings, scene.state, services.library, parent=scene.bench.bridge
    )
    scene.fail(ErrorCode.ENGINE_UNAVAILABLE)
    scene.offers["Try with llama.cpp"].click()
    assert services.settings.value.choices("builtin").engine is EngineKind.LLAMA_CPP
    assert scene.offers == {}
    assert choice is not None


def test_that_without_memory_a_smaller_model_comes_first(scene: Scene) -> None:
    used: list[str] = []
    scene.bench.services.library.used.connect(used.append)
    scene.fail(ErrorCode.OUT_OF_MEMORY, "large:q8_0")
    assert list(scene.offers) == ["Use Groundglass Mini instead"]
    scene.offers["Use Groundglass Mini instead"].click()
    assert used == ["builtin"]
    scene.state.load(scripted_model(scene.bench.folder), EngineOptions())
    scene.bench.wait_for_model()
    scene.fail(ErrorCode.OUT_OF_MEMORY)  # nothing is smaller than this one
    assert list(scene.offers) == ["Try with llama.cpp"]


def test_that_two_ways_stand_side_by_side(scene: Scene) -> None:
    pressed: list[str] = []
    pane = scene.window.pane
    for name in ("Second", "First"):
        pane.tell(
            "Choose.",
            "First",
            lambda: pressed.append("First"),
            "x",
            ("Second", lambda: pressed.append("Second")),
        )
        assert list(scene.offers) == ["First", "Second"]
        scene.offers[name].click()
        assert scene.offers == {}
    assert pressed == ["Second", "First"]
    pane.tell("Choose.", "First", lambda: pressed.append("First"))
    assert list(scene.offers) == ["First"]


@pytest.mark.parametrize("code", [ErrorCode.LOAD_CANCELLED, ErrorCode.WORKER_START_FAILED])
def test_that_what_no_engine_can_help_offers_none(scene: Scene, code: ErrorCode) -> None:
    scene.fail(code)
    assert scene.offers == {}


def test_that_a_model_that_is_here_once_offers_nothing(scene: Scene) -> None:
    scene.fail(ErrorCode.MODEL_LOAD_FAILED, "own-file")
    assert scene.offers == {}
