"""The scrolling column: lazily built, steady under the eye."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.gui.answer_item import AnswerItem
from desktop.gui.chat_view import ChatView
from desktop.gui.message_column import COLUMN_PX
from desktop.gui.thumbnails import ThumbnailCache
from tests.gui.conversations import (
    answer,
    column,
    conversation,
    item,
    question,
    shown_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def view(qtbot: QtBot, tmp_path: Path) -> ChatView:
    widget = ChatView(ThumbnailCache(), lambda sha256, _page: tmp_path / sha256)
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    return widget


def is_at_end(view: ChatView) -> bool:
    bar = column(view).verticalScrollBar()
    return bar.value() == bar.maximum()


def wheel(view: ChatView, steps: int) -> None:
    viewport = column(view).viewport()
    where = QPointF(viewport.rect().center())
    event = QWheelEvent(
        where,
        viewport.mapToGlobal(where),
        QPoint(),
        QPoint(0, steps * 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


@pytest.mark.parametrize(("width", "column_width"), [(1280, COLUMN_PX), (600, 568)])
def test_that_the_column_is_centred_and_bounded(
    view: ChatView, width: int, column_width: int
) -> None:
    view.resize(width, 600)
    view.set_messages(conversation(2))
    answered = item(view, 3)
    assert answered.width() == column_width
    assert abs((width - answered.width()) // 2 - answered.x()) <= 1


def test_that_the_scroll_bar_does_not_move_the_column(view: ChatView) -> None:
    view.set_messages(conversation(1))
    before = item(view, 1).x(), item(view, 1).width()
    view.set_messages(conversation(40))
    assert column(view).verticalScrollBar().maximum() > 0
    assert (item(view, 1).x(), item(view, 1).width()) == before


def test_that_a_conversation_opens_at_its_end(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages(conversation(30))
    assert is_at_end(view)
    qtbot.waitUntil(lambda: column(view).is_complete)
    assert is_at_end(view)


def test_that_the_view_follows_the_stream(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages(conversation(5))
    view.add_message(question(100))
    view.add_message(answer(101, "", None))
    for number in range(10):
        view.append_text(101, f"Paragraph {number}.\n\n" * 3)
        qtbot.waitUntil(lambda number=number: f"Paragraph {number}" in shown_text(view, 101))  # type: ignore[misc]
        assert is_at_end(view)


def test_that_the_view_stays_where_a_person_scrolled_to(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages(conversation(10))
    qtbot.waitUntil(lambda: column(view).is_complete)
    view.add_message(answer(101, "", None))
    wheel(view, 3)
    assert not is_at_end(view)
    here = column(view).verticalScrollBar().value()
    for number in range(5):
        view.append_text(101, f"Paragraph {number}.\n\n" * 3)
        qtbot.waitUntil(lambda number=number: f"Paragraph {number}" in shown_text(view, 101))  # type: ignore[misc]
        assert column(view).verticalScrollBar().value() == here
    view.finish(answer(101, "Paragraph 0."))
    assert column(view).verticalScrollBar().value() <= here


def test_that_scrolling_back_to_the_end_follows_again(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages(conversation(10))
    view.add_message(answer(101, "", None))
    wheel(view, 3)
    wheel(view, -30)
    view.append_text(101, "Paragraph.\n\n" * 20)
    qtbot.waitUntil(lambda: "Paragraph" in shown_text(view, 101))
    assert is_at_end(view)


def test_that_a_button_leads_back_to_the_end(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages(conversation(10))
    button = view.findChild(QWidget, "toTheEnd")
    assert isinstance(button, QWidget)
    assert not button.isVisible()
    wheel(view, 3)
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert is_at_end(view)
    assert not button.isVisible()


def test_that_a_new_question_goes_to_the_end(view: ChatView) -> None:
    view.set_messages(conversation(10))
    wheel(view, 5)
    view.add_message(question(100))
    assert is_at_end(view)


def test_that_building_what_is_above_does_not_move_what_is_read(
    qtbot: QtBot, view: ChatView
) -> None:
    view.set_messages(conversation(60))
    wheel(view, 4)
    last = item(view, 119)
    before = last.mapTo(view, QPoint(0, 0)).y()
    qtbot.waitUntil(lambda: column(view).is_complete)
    assert abs(last.mapTo(view, QPoint(0, 0)).y() - before) <= 1


def test_that_a_narrower_window_keeps_the_end_in_view(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages(conversation(20))
    qtbot.waitUntil(lambda: column(view).is_complete)
    view.resize(500, 600)
    qtbot.waitUntil(lambda: column(view).is_complete)
    assert is_at_end(view)
    tops = [item_.y() for item_ in _items(view)]
    assert tops == sorted(tops)


def _items(view: ChatView) -> Sequence[QWidget]:
    found = [column(view).item(number) for number in column(view).message_ids]
    return [widget for widget in found if widget is not None]


def test_that_messages_do_not_overlap(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages([question(1000, pictures=5), *conversation(10)])
    qtbot.waitUntil(lambda: column(view).is_complete)
    items = _items(view)
    for above, below in pairwise(items):
        assert above.geometry().bottom() < below.geometry().top()


def test_that_removing_takes_the_message_and_all_after_it(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages(conversation(4))
    view.append_text(7, "late words")
    view.remove_from(5)
    assert column(view).message_ids == [0, 1, 2, 3, 4]
    view.remove_from(999)
    assert column(view).message_ids == [0, 1, 2, 3, 4]
    view.add_message(answer(50, "New"))
    assert column(view).message_ids == [0, 1, 2, 3, 4, 50]
    qtbot.wait(60)


def test_that_another_conversation_replaces_this_one(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages(conversation(20))
    view.set_messages([question(500), answer(501, "Only this.")])
    assert column(view).message_ids == [500, 501]
    qtbot.waitUntil(lambda: column(view).is_complete)
    qtbot.waitUntil(lambda: len(view.findChildren(AnswerItem)) == 1)
    view.set_messages([])
    assert column(view).message_ids == []


def test_that_two_hundred_messages_open_fast(qtbot: QtBot, view: ChatView) -> None:
    messages = conversation(100)
    started = time.process_time()
    view.set_messages(messages)
    assert time.process_time() - started < 0.15
    assert sum(widget.isVisible() for widget in view.findChildren(AnswerItem)) < 20
    qtbot.waitUntil(lambda: column(view).is_complete, timeout=10_000)
    assert len(view.findChildren(AnswerItem)) == 100
