"""The first-run state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest

from desktop.core import paths
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.types import EngineOptions
from desktop.gui.samples import load_samples
from desktop.gui.settings_holder import SettingsHolder
from desktop.gui.thumbnails import ThumbnailCache
from desktop.gui.welcome import Welcome
from desktop.store.model_store import builtin_model
from desktop.store.settings import Settings
from tests.gui.asking import Bench, scripted_model, taken_down
from tests.gui.shelf import Shelf, catalog_entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.gui.model_state import ModelState


@pytest.fixture
def model_state(qtbot: QtBot, tmp_path: Path) -> Iterator[ModelState]:
    with taken_down(Bench(qtbot, tmp_path)) as bench:
        yield bench.services.model_state


@pytest.fixture
def library(qtbot: QtBot) -> Shelf:
    """Nothing but the built-in model, and nothing to recommend."""
    return Shelf()


@pytest.fixture
def settings(qtbot: QtBot) -> SettingsHolder:
    return SettingsHolder(Settings(), paths.settings_file())


@pytest.fixture
def welcome(
    qtbot: QtBot, model_state: ModelState, library: Any, settings: SettingsHolder
) -> Welcome:
    welcome = Welcome(model_state, library, settings, ThumbnailCache())
    qtbot.addWidget(welcome)
    welcome.resize(QSize(652, 440))
    welcome.show()
    return welcome


def test_that_there_are_three_samples_with_a_question_in_both_languages() -> None:
    english, chinese = load_samples("en"), load_samples("zh_CN")
    assert len(english) == len(chinese) == 3
    assert all(sample.path.is_file() for sample in english)
    assert english[0].question == "Describe this image."
    assert chinese[0].question == "请用中文描述这张图片"
    assert load_samples("fr") == english


def test_that_a_click_and_enter_choose_a_sample(welcome: Welcome, qtbot: QtBot) -> None:
    card = welcome.cards[1]
    with qtbot.waitSignal(welcome.sample_chosen) as caught:
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    assert caught.args == [card.sample]
    with qtbot.waitSignal(welcome.sample_chosen) as caught:
        QTest.keyClick(welcome.cards[2], Qt.Key.Key_Return)
    assert caught.args == [welcome.cards[2].sample]


def test_that_cards_are_named_for_screen_readers(welcome: Welcome) -> None:
    assert all(card.accessibleName() and card.accessibleDescription() for card in welcome.cards)


def test_that_the_built_in_model_is_introduced(
    welcome: Welcome, model_state: ModelState, qtbot: QtBot
) -> None:
    model_state.load(builtin_model(), EngineOptions())
    assert welcome.model_line.text().startswith("Groundglass Mini is a demonstration model")
    with qtbot.waitSignal(welcome.models_requested):
        welcome.models_button.click()


def test_that_a_model_to_get_stands_in_the_place_of_that_line(
    welcome: Welcome, model_state: ModelState, library: Shelf
) -> None:
    model_state.load(builtin_model(), EngineOptions())
    assert welcome.offer.isHidden()
    library.put(catalog_entry(is_recommended=True))
    assert welcome.offer.isVisible()
    assert welcome.model_line.isHidden()
    assert welcome.models_button.isHidden()


def test_that_a_problem_comes_before_an_offer(
    welcome: Welcome, model_state: ModelState, library: Shelf
) -> None:
    library.put(catalog_entry(is_recommended=True))
    model_state.fail(ModelError("Not now.", ErrorCode.MODEL_FILE_MISSING, name="big.gguf"))
    assert welcome.offer.isHidden()
    assert "big.gguf" in welcome.model_line.text()
    model_state.load(builtin_model(), EngineOptions())
    assert welcome.offer.isVisible()


def test_that_the_promise_leads_to_the_connections(welcome: Welcome, qtbot: QtBot) -> None:
    with qtbot.waitSignal(welcome.connections_requested):
        welcome.promise.click()


def test_that_another_model_needs_no_words(
    welcome: Welcome, model_state: ModelState, tmp_path: Path
) -> None:
    model_state.load(scripted_model(tmp_path), EngineOptions())
    assert welcome.model_line.isHidden()


def test_that_a_model_that_cannot_be_used_says_why(
    welcome: Welcome, model_state: ModelState
) -> None:
    model_state.fail(ModelError("Not now.", ErrorCode.MODEL_FILE_MISSING, name="big.gguf"))
    assert "big.gguf" in welcome.model_line.text()
    assert welcome.models_button.isVisible()


def test_that_the_samples_give_way_to_pictures_of_ones_own(welcome: Welcome) -> None:
    welcome.set_pictures(1)
    assert all(card.isHidden() for card in welcome.cards)
    assert welcome.title.text() == "What do you want to know?"
    welcome.set_pictures(0)
    assert welcome.title.text() == "Drop a photo or a document"
    assert not any(card.isHidden() for card in welcome.cards)


def test_that_the_cards_fit_into_a_narrow_window(welcome: Welcome, qtbot: QtBot) -> None:
    welcome.resize(QSize(472, 360))
    qtbot.waitUntil(lambda: welcome.horizontalScrollBar().maximum() == 0)
