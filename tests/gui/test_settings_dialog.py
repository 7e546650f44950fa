import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from desktop.core import paths
from desktop.core.types import EngineOptions, KvType, PictureBudget
from desktop.gui.services import SettingsHolder
from desktop.gui.setting_rows import Choice
from desktop.gui.settings_dialog import Page, SettingsDialog
from desktop.store.settings import Settings, load_settings

CHOSEN = Settings(
    language="zh_CN",
    appearance="dark",
    picture_budget=PictureBudget.DETAIL,
    engine=EngineOptions(
        context_length=12_345, gpu_layers=17, threads=1, kv_type=KvType.Q8_0, cache_bytes=7
    ),
)


@pytest.fixture
def holder(qtbot: QtBot) -> SettingsHolder:
    return SettingsHolder(Settings(), paths.settings_file())


def opened(qtbot: QtBot, holder: SettingsHolder, page: Page = Page.GENERAL) -> SettingsDialog:
    dialog = SettingsDialog(holder, None, page)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def button(dialog: SettingsDialog, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == text)


def press(dialog: SettingsDialog, text: str) -> None:
    button(dialog, text).click()


def choose(dialog: SettingsDialog, name: str, text: str) -> None:
    combo = next(each for each in dialog.findChildren(Choice) if each.accessibleName() == name)
    combo.setCurrentText(text)
    assert combo.currentText() == text


def shown_texts(dialog: SettingsDialog) -> str:
    return "\n".join(each.text() for each in dialog.findChildren(QLabel) if each.isVisible())


def choose_own_model(dialog: SettingsDialog, path: Path) -> None:
    own = next(
        each for each in dialog.findChildren(QRadioButton) if each.text().startswith("A model")
    )
    own.setChecked(True)
    dialog._model._model.line.setText(str(path))


def test_that_choices_are_in_force_and_on_the_disk_after_ok(
    qtbot: QtBot, holder: SettingsHolder
) -> None:
    dialog = opened(qtbot, holder)
    choose(dialog, "Appearance", "Dark")
    choose(dialog, "Looking at pictures", "Fast")
    choose(dialog, "Context length", "16384 tokens")
    with qtbot.waitSignals([holder.changed, dialog.accepted]):
        press(dialog, "OK")
    wanted = Settings(
        appearance="dark",
        picture_budget=PictureBudget.FAST,
        engine=EngineOptions(context_length=16_384),
    )
    assert holder.value == wanted
    assert load_settings(paths.settings_file()) == wanted


def test_that_cancel_changes_nothing(qtbot: QtBot, holder: SettingsHolder) -> None:
    dialog = opened(qtbot, holder)
    choose(dialog, "Appearance", "Dark")
    with qtbot.waitSignal(dialog.rejected):
        press(dialog, "Cancel")
    assert holder.value == Settings()
    assert not paths.settings_file().exists()


def test_that_ok_without_a_change_keeps_every_setting(qtbot: QtBot, holder: SettingsHolder) -> None:
    holder.set(CHOSEN)
    dialog = opened(qtbot, holder)
    press(dialog, "OK")
    assert holder.value == CHOSEN


def test_that_the_defaults_take_effect_with_ok_only(qtbot: QtBot, holder: SettingsHolder) -> None:
    holder.set(CHOSEN)
    dialog = opened(qtbot, holder)
    press(dialog, "Reset to defaults")
    assert holder.value == CHOSEN
    press(dialog, "OK")
    assert holder.value == Settings()


def test_that_a_gguf_is_looked_at_and_its_vision_file_found(
    qtbot: QtBot, holder: SettingsHolder, tmp_path: Path
) -> None:
    folder = tmp_path / "模型 models"
    folder.mkdir()
    for file in paths.builtin_model_dir().glob("*.gguf"):
        shutil.copy(file, folder)
    dialog = opened(qtbot, holder, Page.MODEL)
    choose_own_model(dialog, folder / "groundglass-mini-f16.gguf")
    assert not button(dialog, "OK").isEnabled()
    qtbot.waitUntil(button(dialog, "OK").isEnabled)
    assert "with mmproj-groundglass-mini-f16.gguf" in shown_texts(dialog)
    press(dialog, "OK")
    assert holder.value.model_path == folder / "groundglass-mini-f16.gguf"
    assert holder.value.projector_path is None


def test_that_a_file_that_is_no_model_gets_a_sentence_in_its_place(
    qtbot: QtBot, holder: SettingsHolder, tmp_path: Path
) -> None:
    (tmp_path / "notes.gguf").write_text("no model at all", encoding="utf-8")
    dialog = opened(qtbot, holder, Page.MODEL)
    choose_own_model(dialog, tmp_path / "notes.gguf")
    qtbot.waitUntil(lambda: "“notes.gguf” is not a model" in shown_texts(dialog))
    assert not button(dialog, "OK").isEnabled()
    dialog._model._model.line.setText(str(tmp_path / "gone.gguf"))
    qtbot.waitUntil(lambda: "“gone.gguf” is not there" in shown_texts(dialog))
    dialog._model._builtin.setChecked(True)
    assert button(dialog, "OK").isEnabled()
    press(dialog, "OK")
    assert holder.value.model_path is None


def test_that_an_answer_on_files_typed_over_is_not_shown(
    qtbot: QtBot, holder: SettingsHolder, tmp_path: Path
) -> None:
    dialog = opened(qtbot, holder, Page.MODEL)
    choose_own_model(dialog, tmp_path / "first.gguf")
    qtbot.waitUntil(lambda: dialog._model._looked_at is not None)
    dialog._model._model.line.setText(str(tmp_path / "second.gguf"))
    qtbot.waitUntil(lambda: "is not there" in shown_texts(dialog))
    assert "second.gguf" in shown_texts(dialog)
    assert "first.gguf" not in shown_texts(dialog)


def test_that_a_disk_that_refuses_is_said_and_keeps_the_window_open(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "in the way").write_text("a file, not a folder", encoding="utf-8")
    holder = SettingsHolder(Settings(), tmp_path / "in the way" / "settings.json")
    dialog = opened(qtbot, holder)
    choose(dialog, "Appearance", "Dark")
    press(dialog, "OK")
    assert dialog.isVisible()
    assert "nothing was saved" in shown_texts(dialog)


def test_that_every_engine_choice_survives_a_round_trip(
    qtbot: QtBot, holder: SettingsHolder
) -> None:
    for layers in (None, -1, 0, 1, 33):
        holder.set(replace(CHOSEN, engine=EngineOptions(gpu_layers=layers)))
        dialog = opened(qtbot, holder, Page.ENGINE)
        press(dialog, "OK")
        assert holder.value.engine.gpu_layers == layers
