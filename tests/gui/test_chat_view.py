"""The conversation as it is read: what is shown, what a person can do, and what stays in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProgressBar, QPushButton, QWidget

from desktop.core.adapters import ADAPTER_CODES
from desktop.core.errors import ErrorCode
from desktop.core.types import (
    Figures,
    StopReason,
    Timings,
    Usage,
)
from desktop.gui.answer_parts import ProblemCard, WaitingLine
from desktop.gui.answer_text import AnswerText
from desktop.gui.answer_words import figures_text, stop_text, waiting_text
from desktop.gui.chat_view import ChatView, Waiting
from desktop.gui.link_prompt import LinkPrompt
from desktop.gui.message_item import QuietButton
from desktop.gui.thumbnails import ThumbnailLabel
from desktop.store.history import AnswerError
from tests.gui.conversations import (
    FIGURES,
    answer,
    column,
    item,
    open_view,
    question,
    shown_text,
    the,
    visible_labels,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def view(qtbot: QtBot, tmp_path: Path) -> ChatView:
    return open_view(qtbot, tmp_path)


# --- an answer from the first wait to the last word -----------------------------------------------


def test_that_an_answer_is_waited_for_then_grows_then_ends(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages([question(1)])
    view.add_message(answer(2, "", None))
    view.set_waiting(2, Waiting.PICTURE, 0.6)
    line = the(view, WaitingLine)
    assert visible_labels(line) == ["Looking at the picture 60 %"]
    assert the(line, QProgressBar).value() == 600
    view.append_text(2, "A **fer")
    view.append_text(2, "ry** on")
    qtbot.waitUntil(lambda: shown_text(view, 2) == "A ferry on")
    assert not [x for x in view.findChildren(WaitingLine) if x.isVisible()]
    view.finish(answer(2, "A **ferry** on the *Tejo*.", StopReason.END, FIGURES))
    assert shown_text(view, 2) == "A ferry on the Tejo."
    button = view.findChild(QPushButton, "figuresLine")
    assert isinstance(button, QPushButton)
    assert button.text() == "0.3 s · 41 tokens/s"
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
        with qtbot.waitSignal(view.figures_requested) as asked:
            QTest.keyClick(button, key)
        assert asked.args == [answer(2, "A **ferry** on the *Tejo*.", StopReason.END, FIGURES)]


def test_that_text_is_painted_in_batches(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages([question(1)])
    view.add_message(answer(2, "", None))
    heights: list[None] = []
    item(view, 2).height_changed.connect(lambda: heights.append(None))
    for number in range(200):
        view.append_text(2, f"word{number} ")
    assert not heights
    qtbot.waitUntil(lambda: "word199" in shown_text(view, 2))
    assert len(heights) == 1


def test_that_waiting_is_not_shown_again_once_there_are_words(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages([question(1)])
    view.add_message(answer(2, "", None))
    view.append_text(2, "Words")
    view.set_waiting(2, Waiting.QUESTION, None)
    qtbot.waitUntil(lambda: shown_text(view, 2) == "Words")
    view.set_waiting(2, Waiting.QUESTION, None)
    assert not view.findChildren(WaitingLine)


def test_that_finishing_shows_text_which_was_never_streamed(view: ChatView) -> None:
    view.set_messages([question(1)])
    view.add_message(answer(2, "", None))
    view.finish(answer(2, "All at once."))
    assert shown_text(view, 2) == "All at once."


def test_that_words_for_an_unknown_message_do_no_harm(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages([question(1)])
    view.append_text(99, "lost")
    view.set_waiting(98, Waiting.MODEL, 0.5)
    view.finish(answer(97))
    qtbot.wait(60)
    assert column(view).message_ids == [1]


@pytest.mark.parametrize(
    ("waiting", "fraction", "words"),
    [
        (Waiting.MODEL, 0.4, "Loading the model 40 %"),
        (Waiting.MODEL, None, "Loading the model"),
        (Waiting.PREPARING, None, "Waiting for the picture …"),
        (Waiting.PICTURE, 1.7, "Looking at the picture 100 %"),
        (Waiting.PICTURES, 0.5, "Looking at the pictures 50 %"),
        (Waiting.QUESTION, 0.5, "Reading the question"),
    ],
)
def test_what_is_said_while_waiting(waiting: Waiting, fraction: float | None, words: str) -> None:
    assert waiting_text(waiting, fraction) == words


@pytest.mark.parametrize(
    ("reason", "text", "words"),
    [
        (StopReason.END, "x", []),
        (StopReason.END, "", ["The answer is empty"]),
        (StopReason.CANCELLED, "x", ["Stopped"]),
        (StopReason.CANCELLED, "", ["Stopped"]),
        (StopReason.INTERRUPTED, "x", ["Interrupted: the text so far was kept"]),
        (StopReason.INTERRUPTED, "", ["Interrupted before the first word"]),
        (StopReason.CONTEXT, "x", ["The context is full"]),
        (StopReason.LENGTH, "x", ["The answer reached its maximum length"]),
        (StopReason.LOOP, "x", ["Stopped: the model began to repeat itself"]),
    ],
)
def test_what_is_said_of_an_end(
    view: ChatView, reason: StopReason, text: str, words: list[str]
) -> None:
    view.set_messages([question(1), answer(2, text, reason)])
    assert visible_labels(item(view, 2)) == words


def test_that_every_stop_reason_has_its_words() -> None:
    for reason in StopReason:
        assert isinstance(stop_text(reason, has_text=True), str)


def test_what_is_said_of_the_making() -> None:
    assert figures_text(FIGURES) == "0.3 s · 41 tokens/s"
    slow = Figures("m", Usage(answer_tokens=3), Timings(first_token_s=61.24, decode_s=4))
    assert figures_text(slow) == "61.2 s · 0.5 tokens/s"
    one_word = Figures("m", Usage(answer_tokens=1), Timings(first_token_s=0.1))
    assert figures_text(one_word) == "0.1 s"
    again = replace(FIGURES, usage=replace(FIGURES.usage, retries=1))
    assert figures_text(again) == "0.3 s · 41 tokens/s · begun anew"


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "label"),
    [
        (ErrorCode.WORKER_CRASHED, "Try again"),
        (ErrorCode.ENGINE_FAILED, "Try again"),
        (ErrorCode.MODEL_FILE_MISSING, "Choose a model…"),
        (ErrorCode.NO_MODEL, "Choose a model…"),
        (ErrorCode.OUT_OF_MEMORY, "Open settings"),
        (ErrorCode.ADAPTER_MISSING, "Open settings"),
        (ErrorCode.ADAPTER_UNUSABLE, "Open settings"),
        (ErrorCode.ADAPTER_MISMATCH, "Open settings"),
        (ErrorCode.CONTEXT_FULL, "New chat"),
    ],
)
def test_that_an_error_is_a_sentence_with_one_button(
    qtbot: QtBot, view: ChatView, code: ErrorCode, label: str
) -> None:
    failed = answer(2, "", StopReason.FAILED, error=AnswerError(code, "The fallback.", {}))
    view.set_messages([question(1), answer(2, "", None)])
    view.finish(failed)
    card = the(item(view, 2), ProblemCard)
    assert len(visible_labels(card)) == 1
    buttons = card.findChildren(QPushButton)
    assert [button.text() for button in buttons] == [label]
    wanted = {
        "Try again": view.again_requested,
        "Choose a model…": view.models_requested,
        "Open settings": view.settings_requested,
        "New chat": view.new_chat_requested,
    }[label]
    if code in ADAPTER_CODES:
        wanted = view.adapters_requested
    with qtbot.waitSignal(wanted) as heard:
        QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert heard.args == ([2] if label == "Try again" else [])


def card_button(view: ChatView, message_id: int) -> QPushButton:
    return the(the(item(view, message_id), ProblemCard), QPushButton)


@pytest.mark.parametrize(
    ("code", "is_of_load", "before", "then"),
    [
        (ErrorCode.MODEL_LOAD_FAILED, True, "Choose a model…", "Try again"),
        (ErrorCode.MODEL_LOAD_FAILED, False, "Choose a model…", "Try again"),  # of an older version
        (ErrorCode.ADAPTER_MISSING, True, "Open settings", "Try again"),
        (ErrorCode.OUT_OF_MEMORY, True, "Open settings", "Try again"),
        (ErrorCode.OUT_OF_MEMORY, False, "Open settings", "Open settings"),
        (ErrorCode.CONTEXT_FULL, False, "New chat", "New chat"),
    ],
)
def test_that_what_failed_for_want_of_a_model_can_be_tried_once_there_is_one(
    qtbot: QtBot,
    view: ChatView,
    code: ErrorCode,
    is_of_load: bool,
    before: str,
    then: str,
) -> None:
    failed = answer(2, "", StopReason.FAILED, error=AnswerError(code, "x", {}, is_of_load))
    view.set_messages([question(1), failed])
    button = card_button(view, 2)
    assert button.text() == before
    view.set_has_model(has_model=True)
    assert button.text() == then
    assert button.width() == button.sizeHint().width()
    view.set_messages([question(1), failed])  # built anew, it knows as well
    assert card_button(view, 2).text() == then
    if then == "Try again":
        with qtbot.waitSignal(view.again_requested) as heard:
            QTest.keyClick(card_button(view, 2), Qt.Key.Key_Return)
        assert heard.args == [2]
    view.set_has_model(has_model=False)
    assert card_button(view, 2).text() == before


def test_that_an_error_keeps_the_words_before_it(view: ChatView) -> None:
    error = AnswerError(ErrorCode.WORKER_CRASHED, "It crashed.", {})
    view.set_messages([question(1), answer(2, "Half a", StopReason.FAILED, error=error)])
    assert shown_text(view, 2) == "Half a"
    assert the(item(view, 2), ProblemCard).isVisible()


def test_that_an_error_is_said_once(view: ChatView) -> None:
    error = AnswerError(ErrorCode.WORKER_CRASHED, "It crashed.", {})
    view.set_messages([question(1), answer(2, "Half a", StopReason.INTERRUPTED, error=error)])
    assert visible_labels(item(view, 2)) == visible_labels(the(item(view, 2), ProblemCard))


# --- what a person can do -------------------------------------------------------------------------


def _button(parent: QWidget, name: str) -> QuietButton:
    return next(b for b in parent.findChildren(QuietButton) if b.accessibleName() == name)


def test_that_copy_gives_the_markdown_of_the_answer(view: ChatView) -> None:
    view.set_messages([question(1), answer(2, "A **ferry**.")])
    QTest.mouseClick(_button(item(view, 2), "Copy answer"), Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "A **ferry**."


def test_that_again_and_edit_name_their_message(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages([question(1), answer(2)])
    with qtbot.waitSignal(view.again_requested) as again:
        QTest.mouseClick(_button(view, "Answer again"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(view.edit_requested) as edit:
        QTest.mouseClick(_button(view, "Edit question"), Qt.MouseButton.LeftButton)
    assert (again.args, edit.args) == ([2], [1])


def test_that_quiet_buttons_show_themselves_to_the_pointer_and_the_keyboard(
    view: ChatView,
) -> None:
    view.set_messages([question(1), answer(2)])
    button = _button(item(view, 2), "Copy answer")
    empty = button.grab().toImage()
    button.reveal(is_revealed=True)
    revealed = button.grab().toImage()
    button.reveal(is_revealed=False)
    assert button.grab().toImage() == empty != revealed
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button.grab().toImage() != empty


def test_that_an_answer_in_progress_offers_no_buttons(view: ChatView) -> None:
    view.set_messages([question(1), answer(2, "Half", None)])
    assert not [b for b in item(view, 2).findChildren(QuietButton) if b.isVisible()]


def test_that_the_keyboard_reaches_everything_in_reading_order(
    qtbot: QtBot, view: ChatView
) -> None:
    view.set_messages([question(1, pictures=1), answer(2), question(3), answer(4)])
    qtbot.waitUntil(lambda: column(view).is_complete)
    qtbot.wait(20)
    names = []
    widget = view.findChildren(ThumbnailLabel)[0]
    widget.setFocus()
    for _ in range(11):
        focused = QApplication.focusWidget()
        assert focused is not None
        names.append(focused.accessibleName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    asked = ["Question", "Edit question", "Copy question"]
    told = ["Answer", "Copy answer", "Answer again"]
    assert names == ["IMG_0.jpg", *asked, *told, *asked, "Answer"]


def test_that_a_link_asks_before_it_opens(view: ChatView) -> None:
    view.set_messages([question(1), answer(2, "[page](https://example.org)")])
    the(item(view, 2), AnswerText).link_activated.emit("https://example.org")
    prompt = the(view, LinkPrompt)
    assert prompt.isVisible()
    prompt.reject()


# --- pictures -------------------------------------------------------------------------------------
