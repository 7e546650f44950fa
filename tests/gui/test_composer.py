"""The composer: keys, paste, input methods, the one button."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.core.types import PictureBudget
from desktop.gui.chat_session import SendState
from desktop.gui.composer import Composer
from desktop.gui.prompt_edit import pictures_in
from desktop.gui.thumbnails import ThumbnailCache

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    composer = Composer(ThumbnailCache(), lambda sha256, page: Path(sha256))
    qtbot.addWidget(composer)
    composer.resize(600, 200)
    composer.show()
    composer.edit.setFocus()
    return composer


def compose(composer: Composer, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(composer.edit, event)


def test_that_enter_sends_what_can_be_sent(composer: Composer, qtbot: QtBot) -> None:
    composer.set_state(SendState.READY)
    with qtbot.waitSignal(composer.send_requested):
        QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    assert composer.text == ""


@pytest.mark.parametrize("state", [SendState.EMPTY, SendState.ELSEWHERE, SendState.ANSWERING])
def test_that_enter_does_nothing_when_nothing_can_be_sent(
    composer: Composer, qtbot: QtBot, state: SendState
) -> None:
    composer.set_state(state)
    with qtbot.assertNotEmitted(composer.send_requested):
        QTest.keyClick(composer.edit, Qt.Key.Key_Enter)
    assert composer.text == ""


def test_that_shift_enter_breaks_the_line(composer: Composer, qtbot: QtBot) -> None:
    composer.set_state(SendState.READY)
    with qtbot.assertNotEmitted(composer.send_requested):
        QTest.keyClicks(composer.edit, "a")
        QTest.keyClick(composer.edit, Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClicks(composer.edit, "b")
    assert composer.text == "a\nb"


def test_that_enter_never_sends_while_an_input_method_composes(
    composer: Composer, qtbot: QtBot
) -> None:
    composer.set_state(SendState.READY)
    compose(composer, "nihao")
    with qtbot.assertNotEmitted(composer.send_requested):
        QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    compose(composer, "", "你好")
    assert composer.text == "你好"
    with qtbot.waitSignal(composer.send_requested):
        QTest.keyClick(composer.edit, Qt.Key.Key_Return)


def test_that_up_edits_the_last_question_only_in_the_empty_field(
    composer: Composer, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(composer.edit.edit_last_requested):
        QTest.keyClick(composer.edit, Qt.Key.Key_Up)
    composer.set_text("half")
    with qtbot.assertNotEmitted(composer.edit.edit_last_requested):
        QTest.keyClick(composer.edit, Qt.Key.Key_Up)


def test_that_the_field_grows_to_eight_lines_and_then_scrolls(composer: Composer) -> None:
    one = composer.edit.height()
    composer.set_text("\n".join("abc"))
    three = composer.edit.height()
    composer.set_text("\n".join("abcdefgh"))
    eight = composer.edit.height()
    composer.set_text("\n".join("abcdefghijklmnop"))
    assert one < three < eight
    assert composer.edit.height() == eight
    line = composer.edit.fontMetrics().lineSpacing()
    assert eight - one == pytest.approx(7 * line, abs=8)


def test_that_send_and_stop_share_one_place(composer: Composer, qtbot: QtBot) -> None:
    composer.set_state(SendState.READY)
    assert composer.send_button.accessibleName() == "Send"
    with qtbot.waitSignal(composer.send_requested):
        composer.send_button.click()
    composer.set_state(SendState.ANSWERING)
    assert composer.send_button.accessibleName() == "Stop"
    with qtbot.waitSignal(composer.stop_requested):
        composer.send_button.click()
    composer.set_state(SendState.EMPTY)
    assert not composer.send_button.isEnabled()


def test_that_it_says_when_another_chat_is_being_answered(composer: Composer) -> None:
    composer.set_state(SendState.ELSEWHERE)
    assert composer.hint.text() == "Another chat is being answered"
    assert not composer.send_button.isEnabled()
    composer.set_state(SendState.READY)
    assert composer.hint.isHidden()


def test_that_pasted_files_and_pictures_are_passed_on_and_text_is_inserted(
    composer: Composer, qtbot: QtBot, tmp_path: Path
) -> None:
    clipboard = QApplication.clipboard()
    file = tmp_path / "图 片.png"
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(file))])
    clipboard.setMimeData(files)
    with qtbot.waitSignal(composer.edit.pictures_pasted) as caught:
        composer.edit.paste()
    assert caught.args == [[file]]

    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    clipboard.setImage(image)
    with qtbot.waitSignal(composer.edit.pictures_pasted) as caught:
        composer.edit.paste()
    assert caught.args is not None
    (pasted,) = caught.args[0]
    assert isinstance(pasted, QImage | bytes)

    clipboard.setText("plain words")
    composer.edit.paste()
    assert composer.text == "plain words"


def test_that_an_encoded_picture_is_taken_as_it_is() -> None:
    data = QMimeData()
    data.setData("image/png", b"\x89PNG and so on")
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    assert pictures_in(data) == [b"\x89PNG and so on"]


def test_that_text_wins_over_the_picture_of_it() -> None:
    data = QMimeData()
    data.setText("a cell")
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    assert pictures_in(data) == []
    assert len(pictures_in(data, is_text_wanted=False)) == 1


def test_that_the_budget_menu_says_what_each_costs_and_passes_the_choice_on(
    composer: Composer, qtbot: QtBot
) -> None:
    composer.budget.show_budget(None, PictureBudget.FAST)
    assert composer.budget.text() == "Fast"
    lines = [action.text() for action in composer.budget.menu().actions() if action.text()]
    assert len(lines) == 4
    assert all(str(n) in "".join(lines).replace(",", "") for n in (256, 1024, 2048))
    with qtbot.waitSignal(composer.budget.chosen) as caught:
        composer.budget.menu().actions()[-1].trigger()
    assert caught.args == [PictureBudget.DETAIL]
    with qtbot.waitSignal(composer.budget.chosen) as caught:
        composer.budget.menu().actions()[0].trigger()
    assert caught.args == [None]


def test_that_an_edit_is_announced_and_can_be_left(composer: Composer, qtbot: QtBot) -> None:
    composer.set_editing(is_editing=True)
    cancel = composer._banner.findChild(QPushButton)
    assert cancel is not None
    assert cancel.isVisible()
    with qtbot.waitSignal(composer.edit_cancelled):
        cancel.click()


def test_that_every_control_has_a_name_for_screen_readers(composer: Composer) -> None:
    composer.budget.show_budget(None, PictureBudget.FAST)
    for control in (composer.edit, composer.add_button, composer.send_button, composer.budget):
        assert control.accessibleName()
