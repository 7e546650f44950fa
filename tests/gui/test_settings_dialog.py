from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.core import paths
from desktop.core.types import EngineOptions, FlashAttention, KvType, PictureBudget
from desktop.gui.setting_rows import Choice
from desktop.gui.settings_dialog import Page, SettingsDialog
from desktop.gui.settings_holder import SettingsHolder
from desktop.store.settings import Settings, Source, load_settings
from tests.gui.asking import Bench

if TYPE_CHECKING:
    from collections.abc import Callable

CHOSEN = Settings(
    language="zh_CN",
    appearance="dark",
    picture_budget=PictureBudget.DETAIL,
    model_id="qwen3-vl-4b:q4_k_m",
    idle_minutes=30,
    is_offline=True,
    sources=(Source.MODELSCOPE, Source.HF_MIRROR),
    endpoint="https://hub.example",
    hub_token="hf_secret",  # noqa: S106
    engine=EngineOptions(
        context_length=12_345, gpu_layers=17, threads=1, kv_type=KvType.Q8_0, cache_bytes=7
    ),
)


@pytest.fixture
def holder(bench: Bench) -> SettingsHolder:
    return bench.services.settings


def opened(qtbot: QtBot, bench: Bench, page: Page = Page.GENERAL) -> SettingsDialog:
    dialog = SettingsDialog(bench.services, None, page)
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


def test_that_choices_are_in_force_and_on_the_disk_after_ok(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    dialog = opened(qtbot, bench)
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


def test_that_cancel_changes_nothing(qtbot: QtBot, bench: Bench, holder: SettingsHolder) -> None:
    dialog = opened(qtbot, bench)
    choose(dialog, "Appearance", "Dark")
    with qtbot.waitSignal(dialog.rejected):
        press(dialog, "Cancel")
    assert holder.value == Settings()
    assert not paths.settings_file().exists()


def test_that_ok_without_a_change_keeps_every_setting(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    holder.set(CHOSEN)
    dialog = opened(qtbot, bench)
    press(dialog, "OK")
    assert holder.value == CHOSEN


def test_that_the_defaults_take_effect_with_ok_only(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    holder.set(CHOSEN)
    dialog = opened(qtbot, bench)
    press(dialog, "Reset this page to defaults")
    assert holder.value == CHOSEN
    press(dialog, "OK")
    assert holder.value == replace(
        CHOSEN, language="system", appearance="system", picture_budget=None
    )


def test_that_each_page_is_reset_alone(qtbot: QtBot, bench: Bench, holder: SettingsHolder) -> None:
    holder.set(CHOSEN)
    dialog = opened(qtbot, bench, Page.ENGINE)
    press(dialog, "Reset this page to defaults")
    dialog._list.setCurrentRow(Page.MODELS)
    press(dialog, "Reset this page to defaults")
    press(dialog, "OK")
    kept = EngineOptions(cache_bytes=CHOSEN.engine.cache_bytes)
    assert holder.value == replace(
        Settings(model_id=CHOSEN.model_id, engine=kept),
        language="zh_CN",
        appearance="dark",
        picture_budget=PictureBudget.DETAIL,
    )


def test_that_the_model_in_use_is_no_choice_of_this_window(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    holder.set(CHOSEN)
    dialog = opened(qtbot, bench)
    choose(dialog, "Appearance", "Light")
    holder.set(replace(CHOSEN, model_id="local:other"))  # chosen while the window was open
    press(dialog, "OK")
    assert holder.value == replace(CHOSEN, appearance="light", model_id="local:other")


def test_that_what_is_said_of_models_is_kept(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    dialog = opened(qtbot, bench, Page.MODELS)
    page = dialog._models
    choose(dialog, "Unload when idle", "Never")
    page._offline.click()
    page._sources.list.setCurrentRow(2)
    page._sources.up.click()
    page._sources.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    page._endpoint.setText(" https://hub.example/hf ")
    page._token.setText("hf_secret")
    press(dialog, "OK")
    assert holder.value == Settings(
        idle_minutes=None,
        is_offline=True,
        sources=(Source.MODELSCOPE, Source.HF_MIRROR),
        endpoint="https://hub.example/hf",
        hub_token="hf_secret",  # noqa: S106
    )


def test_that_sources_move_up_and_down_and_stop_at_the_ends(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    dialog = opened(qtbot, bench, Page.MODELS)
    order = dialog._models._sources
    assert order.value() == tuple(Source)
    assert not order.up.isEnabled()
    order.down.click()
    order.down.click()
    assert order.value() == (Source.HF_MIRROR, Source.MODELSCOPE, Source.HUGGING_FACE)
    assert not order.down.isEnabled()
    order.up.click()
    assert order.value() == (Source.HF_MIRROR, Source.HUGGING_FACE, Source.MODELSCOPE)


def test_that_a_choice_that_cannot_be_used_says_why_and_is_not_taken(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    dialog = opened(qtbot, bench, Page.MODELS)
    page = dialog._models
    wrong: list[tuple[Callable[[], object], Callable[[], object], str]] = [
        (
            lambda: page._endpoint.setText("hub.example"),
            page._endpoint.clear,
            "begins with https://",
        ),
        (lambda: page._token.setText("two words"), page._token.clear, "The token has characters"),
        (
            lambda: page._sources.set_value(()),
            lambda: page._sources.set_value(tuple(Source)),
            "Tick at least one place",
        ),
    ]
    for spoil, mend, sentence in wrong:
        spoil()
        assert sentence in shown_texts(dialog)
        assert not button(dialog, "OK").isEnabled()
        mend()
        assert sentence not in shown_texts(dialog)
        assert button(dialog, "OK").isEnabled()


def test_that_a_token_is_hidden_until_a_person_wants_to_see_it(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    dialog = opened(qtbot, bench, Page.MODELS)
    page = dialog._models
    assert page._token.echoMode() is QLineEdit.EchoMode.Password
    page._reveal.trigger()
    assert page._token.echoMode() is QLineEdit.EchoMode.Normal


def test_that_a_time_that_is_not_offered_survives(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    holder.set(replace(CHOSEN, idle_minutes=7))
    dialog = opened(qtbot, bench, Page.MODELS)
    assert dialog._models._idle.currentText() == "After 7 minutes"
    press(dialog, "OK")
    assert holder.value.idle_minutes == 7


def test_that_a_disk_that_refuses_is_said_and_keeps_the_window_open(
    qtbot: QtBot, bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "in the way").write_text("a file, not a folder", encoding="utf-8")
    holder = SettingsHolder(Settings(), tmp_path / "in the way" / "settings.json")
    dialog = SettingsDialog(replace(bench.services, settings=holder))
    qtbot.addWidget(dialog)
    dialog.show()
    choose(dialog, "Appearance", "Dark")
    press(dialog, "OK")
    assert dialog.isVisible()
    assert "nothing was saved" in shown_texts(dialog)


def test_that_every_engine_choice_survives_a_round_trip(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    for layers in (None, -1, 0, 1, 33):
        holder.set(replace(CHOSEN, engine=EngineOptions(gpu_layers=layers)))
        dialog = opened(qtbot, bench, Page.ENGINE)
        press(dialog, "OK")
        assert holder.value.engine.gpu_layers == layers
    for flash in FlashAttention:
        holder.set(replace(CHOSEN, engine=EngineOptions(flash_attention=flash)))
        dialog = opened(qtbot, bench, Page.ENGINE)
        press(dialog, "OK")
        assert holder.value.engine.flash_attention is flash


def test_that_a_smaller_conversation_memory_leaves_no_choice_of_flash_attention(
    qtbot: QtBot, bench: Bench, holder: SettingsHolder
) -> None:
    dialog = opened(qtbot, bench, Page.ENGINE)
    choose(dialog, "Flash attention", "Off")
    choose(dialog, "Conversation memory", "Half (Q8)")
    assert not dialog._engine._flash.isEnabled()
    choose(dialog, "Conversation memory", "Full (F16)")
    assert dialog._engine._flash.isEnabled()
    press(dialog, "OK")
    assert holder.value.engine == EngineOptions(flash_attention=FlashAttention.OFF)


def test_that_the_wheel_scrolls_the_page_and_changes_no_choice(qtbot: QtBot, bench: Bench) -> None:
    dialog = opened(qtbot, bench, Page.ENGINE)
    for control in (dialog._engine._context, dialog._answers._fields["temperature"].box):
        place = QPointF(control.rect().center())
        wheel = QWheelEvent(
            place,
            control.mapToGlobal(place),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        control.wheelEvent(wheel)
        assert not wheel.isAccepted()
    assert dialog._engine._context.value() is None
