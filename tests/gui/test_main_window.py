"""The window's commands, drops and memory; the worker is scripted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QSize, Qt
from PySide6.QtGui import QDragLeaveEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from desktop.core import paths
from desktop.core.types import PictureBudget
from desktop.gui.chat_session import SendState
from desktop.gui.main_window import MainWindow
from desktop.gui.settings_dialog import SettingsDialog
from desktop.gui.shortcuts_dialog import ShortcutsDialog
from desktop.store.settings import load_settings
from tests.gui.asking import WAIT_MS, Bench, dragged, drop, enter, taken_down

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

LONG = "one two three four five six seven eight nine ten"

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    with taken_down(Bench(qtbot, tmp_path)) as opened:
        yield opened


@pytest.fixture
def window(bench: Bench, qtbot: QtBot) -> MainWindow:
    return open_window(bench, qtbot)


def open_window(bench: Bench, qtbot: QtBot) -> MainWindow:
    window = MainWindow(bench.services)
    bench.session = window.session
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    return window


def test_that_a_drop_adds_the_pictures_as_chips(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    data = dragged(bench.picture("a.png", "red"), bench.picture("b.png", "blue"))
    assert enter(window, data).isAccepted()
    assert window.overlay.isVisible()
    assert window.overlay.offer is not None
    assert window.overlay.offer.title == "Add 2 pictures"
    assert drop(window, data).isAccepted()
    assert len(window.pane.composer.chips.chips) == 2
    qtbot.waitUntil(window.overlay.isHidden)
    qtbot.waitUntil(lambda: len(window.session.draft.pictures.ready) == 2, timeout=WAIT_MS)


def test_that_a_refused_drag_says_why_and_adds_nothing(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    data = dragged(bench.folder)
    event = enter(window, data)
    assert event.dropAction() is Qt.DropAction.IgnoreAction
    assert window.overlay.offer is not None
    assert window.overlay.offer.title == "Folders cannot be added"
    assert not drop(window, data).isAccepted()
    assert window.session.pictures == ()


def test_that_leaving_takes_the_overlay_away(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    enter(window, dragged(bench.picture()))
    QApplication.sendEvent(window, QDragLeaveEvent())
    qtbot.waitUntil(window.overlay.isHidden)


def test_that_dragged_text_is_left_alone(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("words")
    assert not enter(window, data).isAccepted()
    assert window.overlay.isHidden()


def test_that_no_part_of_the_window_keeps_drops_to_itself(window: MainWindow) -> None:
    takers = [child for child in window.findChildren(QWidget) if child.acceptDrops()]
    assert takers == []


def test_that_files_from_outside_become_chips_of_the_open_chat(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    window.open_files([bench.picture()])
    qtbot.waitUntil(lambda: len(window.session.draft.pictures.ready) == 1, timeout=WAIT_MS)
    assert window.pane.composer.edit.hasFocus()


def test_that_it_starts_with_the_welcome_and_the_cursor_in_the_question(
    window: MainWindow,
) -> None:
    assert window.pane.pages.currentWidget() is window.pane.welcome
    assert window.pane.composer.edit.hasFocus()
    assert window.windowTitle() == "Groundglass"


def test_that_a_sample_asks_its_question_at_once(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    bench.load(reply="A star and a square.")
    with qtbot.waitSignal(window.session.answer_finished, timeout=WAIT_MS):
        QTest.mouseClick(window.pane.welcome.cards[0], Qt.MouseButton.LeftButton)
    question, answer = bench.stored()
    assert question.message.text == "Describe this image."
    assert len(question.message.attachments) == 1
    assert answer.message.text == "A star and a square."
    assert window.pane.pages.currentWidget() is window.pane.view
    assert window.conversations.rowCount() == 1
    assert window.header.title.accessibleName() == "Describe this image."


def test_that_escape_stops_the_answer(window: MainWindow, bench: Bench, qtbot: QtBot) -> None:
    bench.load(reply=LONG, tokens_per_s=20)
    QTest.keyClicks(window.pane.composer.edit, "Count.")
    QTest.keyClick(window.pane.composer.edit, Qt.Key.Key_Return)
    assert window.pane.composer.text == ""
    bench.wait_for_text()
    with qtbot.waitSignal(window.session.answer_finished, timeout=WAIT_MS):
        QTest.keyClick(window.pane.composer.edit, Qt.Key.Key_Escape)
    assert window.session.send_state is SendState.EMPTY


def test_that_up_in_the_empty_field_edits_and_escape_leaves_it(
    window: MainWindow, bench: Bench
) -> None:
    bench.load(reply="Yes.")
    bench.ask("Is it?")
    edit = window.pane.composer.edit
    QTest.keyClick(edit, Qt.Key.Key_Up)
    assert window.pane.composer.text == "Is it?"
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert window.pane.composer.text == ""
    assert len(bench.stored()) == 2


def test_that_each_command_has_its_key(window: MainWindow) -> None:
    actions = window.actions_of_window
    keys = {
        actions.new_chat: "Ctrl+N",
        actions.open: "Ctrl+O",
        actions.find: "Ctrl+K",
        actions.settings: "Ctrl+,",
        actions.sidebar: "Ctrl+\\",
        actions.models: "Ctrl+Shift+M",
        actions.stop: "Esc",
        actions.shortcuts: "F1",
        actions.quit: "Ctrl+Q",
    }
    for action, key in keys.items():
        assert QKeySequence(key) in action.shortcuts(), action.text()


def test_that_the_sidebar_folds_and_search_unfolds_it(window: MainWindow) -> None:
    edit = window.pane.composer.edit
    QTest.keyClick(edit, Qt.Key.Key_Backslash, modifier=Qt.KeyboardModifier.ControlModifier)
    assert window.sidebar.isHidden()
    assert window.header.new_button.isVisible()
    QTest.keyClick(edit, Qt.Key.Key_K, modifier=Qt.KeyboardModifier.ControlModifier)
    assert window.sidebar.isVisible()
    assert window.sidebar.search.hasFocus()


def test_that_a_new_chat_keeps_the_old_one_in_the_list(window: MainWindow, bench: Bench) -> None:
    bench.load(reply="Yes.")
    bench.ask("First?")
    first = window.session.conversation_id
    window.actions_of_window.new_chat.trigger()
    assert window.session.conversation_id is None
    assert window.pane.pages.currentWidget() is window.pane.welcome
    assert not window.sidebar.view.selectionModel().hasSelection()
    window.sidebar.open_requested.emit(first)
    assert window.session.conversation_id == first
    assert window.header.title.accessibleName() == "First?"
    assert window.sidebar.view.currentIndex().row() == 0


def test_that_renaming_in_the_list_renames_the_open_chat(window: MainWindow, bench: Bench) -> None:
    bench.load(reply="Yes.")
    bench.ask("First?")
    window.conversations.setData(window.conversations.index(0), "Receipt from Lisbon")
    assert window.header.title.accessibleName() == "Receipt from Lisbon"
    assert window.windowTitle() == "Receipt from Lisbon - Groundglass"


def test_that_deleting_the_open_chat_shows_an_empty_one_and_undo_brings_it_back(
    window: MainWindow, bench: Bench
) -> None:
    bench.load(reply="Yes.")
    bench.ask("First?")
    first = window.session.conversation_id
    window.sidebar._delete_action.trigger()
    assert window.session.conversation_id is None
    window.sidebar.notice._button.click()
    assert window.session.conversation_id == first
    assert len(window.session.messages) == 2


def test_that_closing_makes_a_deletion_final_and_keeps_a_streaming_answer(
    window: MainWindow, bench: Bench
) -> None:
    bench.load(reply=LONG, tokens_per_s=20)
    history = bench.services.history
    doomed = history.create_conversation("Doomed")
    window.sidebar.refresh()
    window.sidebar.set_current(doomed)
    window.sidebar._delete_action.trigger()
    window.session.set_text("Count.")
    window.session.send()
    bench.wait_for_text()
    window.close()
    assert [c.title for c in history.conversations()] == ["Count."]
    kept = bench.stored()[-1].message.text
    assert kept
    assert LONG.startswith(kept)


def test_that_the_window_remembers_its_shape(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    window.resize(QSize(760, 560))
    window.actions_of_window.sidebar.setChecked(False)
    window.close()
    again = open_window(bench, qtbot)
    assert again.size() == QSize(760, 560)
    assert again.sidebar.isHidden()
    assert again.minimumSize() == QSize(720, 520)


def test_that_the_budget_is_chosen_in_the_composer_and_saved(
    window: MainWindow, bench: Bench, groundglass_home: Path
) -> None:
    assert window.pane.composer.budget.text() == "Fast"
    window.pane.composer.budget.menu().actions()[-1].trigger()
    assert window.pane.composer.budget.text() == "Detail"
    assert load_settings(paths.settings_file()).picture_budget is PictureBudget.DETAIL


def test_that_what_was_not_kept_is_said_in_the_window(
    window: MainWindow, bench: Bench, groundglass_home: Path
) -> None:
    config = paths.config_dir()
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("a file where the folder should be", encoding="utf-8")
    window.pane.composer.budget.chosen.emit(PictureBudget.NORMAL)
    assert window.pane.notice.isVisible()


def test_that_settings_and_the_list_of_keys_open(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_of_window.settings.trigger()
    settings = window.findChild(SettingsDialog)
    assert settings is not None
    assert settings.isVisible()
    settings.reject()
    window.actions_of_window.shortcuts.trigger()
    shortcuts = window.findChild(ShortcutsDialog)
    assert shortcuts is not None
    assert shortcuts.isVisible()
    shortcuts.reject()


def test_that_the_composer_follows_another_chat_being_answered(
    window: MainWindow, bench: Bench, qtbot: QtBot
) -> None:
    bench.load(reply=LONG, tokens_per_s=20)
    window.session.set_text("Count.")
    window.session.send()
    bench.wait_for_text()
    window.actions_of_window.new_chat.trigger()
    QTest.keyClicks(window.pane.composer.edit, "And here?")
    assert window.pane.composer.hint.isVisible()
    qtbot.waitUntil(window.pane.composer.send_button.isEnabled, timeout=WAIT_MS)
    assert window.pane.composer.hint.isHidden()


def test_that_every_control_without_words_has_a_name(window: MainWindow) -> None:
    nameless = [
        button
        for button in window.findChildren(QAbstractButton)
        if button.isVisible() and not button.text() and not button.accessibleName()
    ]
    assert [b.objectName() or b.metaObject().className() for b in nameless] == []


def test_that_the_arrow_keys_keep_the_list_in_focus_and_a_click_goes_to_the_question(
    window: MainWindow, bench: Bench
) -> None:
    for title in ("First", "Second"):
        bench.services.history.create_conversation(title)
    window.sidebar.refresh()
    view = window.sidebar.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert window.session.title == "First"
    assert view.hasFocus()
    place = view.visualRect(window.conversations.index(0)).bottomLeft() + QPoint(80, -16)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.session.title == "Second"
    assert window.pane.composer.edit.hasFocus()


def test_that_a_double_click_renames(window: MainWindow, bench: Bench) -> None:
    bench.services.history.create_conversation("First")
    window.sidebar.refresh()
    view = window.sidebar.view
    place = view.visualRect(window.conversations.index(0)).bottomLeft() + QPoint(80, -16)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    editor = view.viewport().findChild(QLineEdit)
    assert editor is not None
    assert editor.hasFocus()
    assert editor.text() == "First"


def test_that_a_picture_is_pasted_wherever_the_focus_is(window: MainWindow, bench: Bench) -> None:
    data = dragged(bench.picture())
    QApplication.clipboard().setMimeData(data)
    window.sidebar.view.setFocus()
    QTest.keyClick(window.sidebar.view, Qt.Key.Key_V, modifier=Qt.KeyboardModifier.ControlModifier)
    assert len(window.session.pictures) == 1
    window.pane.composer.edit.setFocus()
    QApplication.clipboard().setText("words")
    QTest.keyClick(
        window.pane.composer.edit, Qt.Key.Key_V, modifier=Qt.KeyboardModifier.ControlModifier
    )
    assert window.pane.composer.text == "words"
