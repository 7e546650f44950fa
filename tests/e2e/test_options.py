"""From the settings window over the disk to a real engine: what is chosen for the model in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QPlainTextEdit, QPushButton

from desktop.core import paths
from desktop.core.model_choices import ModelChoices, SamplingChoices
from desktop.core.types import StopReason
from desktop.gui.number_field import NumberField
from desktop.gui.settings_dialog import SettingsDialog
from desktop.gui.theme import install_theme
from desktop.store.settings import BUILTIN_MODEL, load_settings
from tests.e2e.test_window import Stage
from tests.gui.asking import taken_down

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

TOLD = "You look at shapes. 请只用一个词回答。"

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    install_theme(qapp).set_appearance("light")
    with taken_down(Stage(qtbot, tmp_path)) as stage:
        stage.show()
        yield stage


def settings_of(stage: Stage) -> SettingsDialog:
    """The settings window, opened from the menu on its page on answers."""
    stage.window.actions_of_window.settings.trigger()
    (dialog,) = stage.window.findChildren(SettingsDialog)
    pages = dialog.findChild(QListWidget, "settingsList")
    assert pages is not None
    (row,) = pages.findItems("Answers", Qt.MatchFlag.MatchExactly)
    pages.setCurrentItem(row)
    return dialog


def press(dialog: SettingsDialog, text: str) -> None:
    button = next(each for each in dialog.findChildren(QPushButton) if each.text() == text)
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_what_is_chosen_is_kept_and_in_force_until_it_is_reset(stage: Stage) -> None:
    stage.load_builtin()
    before = stage.ask_in_window("What is a circle?")
    dialog = settings_of(stage)
    longest = next(
        field.box
        for field in dialog.findChildren(NumberField)
        if field.box.accessibleName() == "Longest answer"
    )
    longest.setFocus()
    longest.selectAll()
    QTest.keyClicks(longest, "2")
    (told,) = (edit for edit in dialog.findChildren(QPlainTextEdit) if edit.isVisible())
    told.insertPlainText(TOLD)
    press(dialog, "OK")
    kept = load_settings(paths.settings_file()).choices(BUILTIN_MODEL)
    assert kept == ModelChoices(sampling=SamplingChoices(max_tokens=2), system_prompt=TOLD)
    stage.window.actions_of_window.new_chat.trigger()
    chosen = stage.ask_in_window("What is a circle?")
    assert chosen.stop_reason is StopReason.LENGTH
    assert before.figures is not None
    assert chosen.figures is not None
    assert chosen.figures.usage.answer_tokens == 2
    assert chosen.figures.usage.prompt_tokens > before.figures.usage.prompt_tokens + 10
    dialog = settings_of(stage)
    press(dialog, "Reset to the model's defaults")
    press(dialog, "OK")
    assert load_settings(paths.settings_file()).models == {}
    stage.window.actions_of_window.new_chat.trigger()
    after = stage.ask_in_window("What is a circle?")
    assert after.message.text == before.message.text
