"""The conversation as it is read: what is shown, what a person can do, and what stays in place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProgressBar, QPushButton, QWidget

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
from desktop.gui.question_item import QuestionItem, picture_sizes, rows_of
from desktop.gui.thumbnails import ThumbnailCache, ThumbnailLabel
from desktop.store.history import AnswerError
from tests.gui.conversations import (
    FIGURES,
    answer,
    column,
    item,
    picture,
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
    widget = ChatView(ThumbnailCache(), lambda sha256, _page: tmp_path / sha256)
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    return widget


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
    with qtbot.waitSignal(view.figures_requested) as asked:
        button.click()
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
    with qtbot.waitSignal(wanted) as heard:
        QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert heard.args == ([2] if label == "Try again" else [])


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


def test_that_a_picture_can_be_opened(qtbot: QtBot, view: ChatView) -> None:
    asked = question(1, pictures=2)
    view.set_messages([asked])
    labels = view.findChildren(ThumbnailLabel)
    with qtbot.waitSignal(view.picture_activated) as activated:
        QTest.mouseClick(labels[1], Qt.MouseButton.LeftButton)
    assert activated.args == [asked.message.attachments[1]]


def test_that_pictures_come_before_the_text_and_end_at_the_right(
    qtbot: QtBot, tmp_path: Path, view: ChatView
) -> None:
    red = QImage(80, 60, QImage.Format.Format_RGB32)
    red.fill(0xC00000)
    assert red.save(str(tmp_path / "picture-0.png"))
    view.set_messages([question(1, pictures=1)])
    label = view.findChildren(ThumbnailLabel)[0]
    bubble = view.findChild(QWidget, "questionBubble")
    asked = column(view).item(1)
    assert isinstance(asked, QuestionItem)
    assert isinstance(bubble, QWidget)
    assert label.geometry().bottom() < bubble.geometry().top()
    assert label.geometry().right() == bubble.geometry().right() == asked.width() - 1
    assert label.height() == 220
    qtbot.waitUntil(lambda: label.grab().toImage().pixel(100, 100) == 0xFFC00000)


def test_that_a_question_may_be_a_picture_alone(view: ChatView) -> None:
    view.set_messages([question(1, "", pictures=1)])
    bubble = view.findChild(QWidget, "questionBubble")
    assert isinstance(bubble, QWidget)
    assert not bubble.isVisible()


@pytest.mark.parametrize("width", [200, 500, 760])
@pytest.mark.parametrize("count", [1, 2, 3, 8, 40])
def test_that_pictures_fit_the_column(width: int, count: int) -> None:
    shapes = [(800, 600), (600, 800), (10_000, 100), (100, 10_000), (16, 16)]
    pictures = [picture(n, *shapes[n % len(shapes)]) for n in range(count)]
    sizes = picture_sizes(pictures, width)
    assert all(0 < size.height() <= 220 and 0 < size.width() <= width for size in sizes)
    rows = rows_of(sizes, width)
    assert [number for row in rows for number in row] == list(range(count))
    for row in rows:
        assert sum(sizes[n].width() for n in row) + 8 * (len(row) - 1) <= width


def test_that_a_small_picture_alone_is_not_enlarged() -> None:
    (size,) = picture_sizes([picture(0, 120, 90)], 760)
    assert (size.width(), size.height()) == (120, 90)


def test_that_a_question_is_shown_as_it_was_typed(view: ChatView) -> None:
    typed = "**not bold** <b>x</b>\n\n    ![x](file:///etc/hostname) " + "long" * 80
    view.set_messages([question(1, typed)])
    asked = column(view).item(1)
    assert isinstance(asked, QuestionItem)
    bubble = view.findChild(QWidget, "questionBubble")
    assert isinstance(bubble, QWidget)
    text = bubble.findChildren(QWidget)[0]
    assert text.toPlainText() == typed  # type: ignore[attr-defined]
    assert bubble.width() <= asked.width()
