"""What the window offers below the conversation when a model does not load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QPushButton

from desktop.core.errors import ErrorCode
from desktop.core.model_choices import ModelChoices
from desktop.core.types import EngineKind, EngineOptions
from desktop.gui.answer_parts import ProblemCard
from desktop.gui.main_window import MainWindow
from desktop.gui.model_choice import ModelChoice
from desktop.gui.model_state import ModelStatus
from desktop.gui.setting_rows import Choice
from desktop.gui.settings_dialog import Page, SettingsDialog
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


def test_that_a_context_above_the_models_own_is_said_once(scene: Scene, qtbot: QtBot) -> None:
    notice = scene.window.pane.notice
    limited = scripted_model(scene.bench.folder, context_limit=4096)
    long = EngineOptions(context_length=16_384)
    scene.state.load(limited, long)
    scene.bench.wait_for_model()
    said = "This model reads at most 4096 tokens at once; that is used."
    assert notice.accessibleName() == said
    assert said in scene.window.pill.toolTip() or said in scene.window.pill._info_text()
    scene.offers["Settings"].click()
    settings = scene.window.findChild(SettingsDialog)
    assert isinstance(settings, SettingsDialog)
    length = next(
        c for c in settings.findChildren(Choice) if c.accessibleName() == "Context length"
    )
    note = next(label for label in settings.findChildren(QLabel) if label.text() == said)
    for words, is_shown in [("4096 tokens", False), ("32768 tokens", True), ("Automatic", False)]:
        length.setCurrentText(words)
        assert note.isVisible() is is_shown
    settings.reject()
    scene.state.load(limited, long)  # as when it wakes
    scene.bench.wait_for_model()
    assert not notice.isVisible()
    scene.state.load(limited, EngineOptions(context_length=2048))
    scene.bench.wait_for_model()
    assert not notice.isVisible()


def test_that_a_card_leads_to_where_adapters_are(scene: Scene) -> None:
    scene.fail(ErrorCode.ADAPTER_MISSING)
    failed = scene.bench.ask("what is this")
    card = scene.window.pane.view.findChild(ProblemCard)
    assert isinstance(card, ProblemCard)
    assert failed.error is not None
    assert failed.error.is_of_load
    assert card.button.text() == "Open settings"
    card.button.click()
    settings = scene.window.findChild(SettingsDialog)
    assert isinstance(settings, SettingsDialog)
    assert settings._list.currentRow() == Page.ANSWERS
    settings.reject()


def test_that_an_answer_can_be_tried_once_another_model_is_there(scene: Scene) -> None:
    scene.fail(ErrorCode.MODEL_LOAD_FAILED)
    failed = scene.bench.ask("what is this")
    card = scene.window.pane.view.findChild(ProblemCard)
    assert isinstance(card, ProblemCard)
    assert card.button.text() == "Choose a model…"
    scene.state.load(scripted_model(scene.bench.folder, reply="a red circle"), EngineOptions())
    scene.bench.wait_for_model()
    assert card.button.text() == "Try again"
    card.button.click()
    scene.bench.wait_for_answer()
    last = scene.bench.session.messages[-1]
    assert (last.message.text, last.error) == ("a red circle", None)
    assert failed.id not in {message.id for message in scene.bench.session.messages}


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
