"""A question in the conversation: its pictures, its text, the form that it asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from desktop.gui.flowing_text import FlowingText
from desktop.gui.question_item import FormLine, QuestionItem, picture_sizes, rows_of
from desktop.gui.thumbnails import ThumbnailLabel
from tests.gui.conversations import column, open_view, picture, question, the

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.gui.chat_view import ChatView
    from desktop.gui.theme import Theme


@pytest.fixture
def view(qtbot: QtBot, tmp_path: Path) -> ChatView:
    return open_view(qtbot, tmp_path)


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


def form_line(view: ChatView) -> tuple[FormLine, QLabel]:
    line = the(view, FormLine)
    label = next(each for each in line.findChildren(QLabel) if each.text())
    return line, label


@pytest.mark.parametrize("width", [320, 900])
@pytest.mark.parametrize("text", ["", "Why?", "All of it, please. " * 20])
@pytest.mark.parametrize("pictures", [0, 3])
def test_that_a_question_says_which_form_it_asked_for(
    view: ChatView, width: int, text: str, pictures: int
) -> None:
    view.resize(width, 600)
    name = "A receipt & all that was paid, line by line"
    asked = question(1, text, pictures)
    view.set_messages([replace(asked, json_schema=json.dumps({"title": name}))])
    line, label = form_line(view)
    assert line.isVisible()
    assert label.accessibleName() == f"Answer as a form: {name}"
    if width == 900:
        assert label.text() == name
    else:
        assert label.text().endswith("…")
        assert name.startswith(label.text()[:-1])
    assert label.textFormat() is Qt.TextFormat.PlainText
    bubble = view.findChild(QWidget, "questionBubble")
    words = the(view, FlowingText)
    assert isinstance(bubble, QWidget)
    assert bubble.isVisible()
    assert bubble.rect().contains(line.geometry())
    assert line.rect().contains(label.geometry())
    assert label.width() >= label.sizeHint().width()
    assert words.isVisible() is bool(text)
    if text:
        assert words.geometry().bottom() < line.geometry().top()
    pictured = [each.geometry().bottom() for each in view.findChildren(ThumbnailLabel)]
    assert all(bottom < bubble.geometry().top() for bottom in pictured)


def test_that_a_question_without_a_form_says_nothing_of_one(view: ChatView) -> None:
    view.set_messages([question(1)])
    assert view.findChild(FormLine) is None


def test_that_a_forms_mark_follows_the_theme(view: ChatView, installed_theme: Theme) -> None:
    view.set_messages([replace(question(1), json_schema="{}")])
    line, _label = form_line(view)
    light = line.grab().toImage()
    installed_theme.set_appearance("dark")
    assert line.grab().toImage() != light


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
