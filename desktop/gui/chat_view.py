"""The conversation as it is read: questions, answers, and the answer that is being written."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from desktop.core.types import Role
from desktop.gui import answer_item
from desktop.gui.answer_context import Surroundings, context_of, unknown_ways
from desktop.gui.answer_words import Waiting
from desktop.gui.icons import icon
from desktop.gui.message_column import MessageColumn
from desktop.gui.question_item import QuestionItem
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent

    from desktop.gui.answer_context import BoxSheet, WaysOf
    from desktop.gui.message_item import MessageItem
    from desktop.gui.thumbnails import ThumbnailCache
    from desktop.store.history import StoredMessage

__all__ = ["ChatView", "Waiting"]

_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
PAINT_MS = 33
# An update may take at most a quarter of the time; on a slow machine there are fewer of them.
_BREATH = 3


class ChatView(QWidget):
    """Shows messages and says what a person wants of them; it holds no truth.

    Text that arrives is shown at most every 33 ms. The view follows it as long as its end is in
    sight, and stays where a person has scrolled to otherwise.
    """

    again_requested = Signal(object)  # message id of an answer: generate it again
    edit_requested = Signal(object)  # message id of a question: edit and ask again
    models_requested = Signal()
    settings_requested = Signal()
    adapters_requested = Signal()
    new_chat_requested = Signal()
    picture_activated = Signal(object)  # ImageAttachment
    boxes_requested = Signal(object, int)  # BoxSheet, index of the picture to begin with
    box_hovered = Signal(object, object)  # message id, number of a box or None
    figures_requested = Signal(object)  # StoredMessage: an answer with its figures
    failed = Signal(object)  # GroundglassError

    def __init__(
        self,
        thumbnails: ThumbnailCache,
        thumbnail_path: Callable[[str, int], Path],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._thumbnail_path = thumbnail_path
        self._ways_of: WaysOf = unknown_ways
        self._has_model = False
        self._messages: list[StoredMessage] = []
        self._arrived: dict[int, list[str]] = {}  # text by message id, not shown yet
        self._column = MessageColumn(self._make_item, self)
        self._column.setAccessibleName(self.tr("Conversation"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._column)
        self._to_the_end = self._make_end_button()
        self._column.left_end.connect(self._to_the_end.setVisible)
        self._painter = QTimer(self)
        self._painter.setSingleShot(True)
        self._painter.timeout.connect(self._show_arrived)
        theme().changed.connect(self._tint)

    # --- what is shown ----------------------------------------------------------------------------

    def set_ways(self, ways_of: WaysOf) -> None:
        """Ask this how the models of answers write boxes."""
        self._ways_of = ways_of

    def set_has_model(self, *, has_model: bool) -> None:
        """Say whether there is a model to answer: what failed for want of one can be tried."""
        if has_model == self._has_model:
            return
        self._has_model = has_model
        for item in self._column.built():
            if isinstance(item, answer_item.AnswerItem):
                item.set_has_model(has_model=has_model)

    def set_messages(self, messages: Sequence[StoredMessage]) -> None:
        """Show a conversation, from its end."""
        self._messages = list(messages)
        self._arrived.clear()
        self._column.set_messages(messages)
        self._column.scroll_to_end()

    def add_message(self, message: StoredMessage) -> None:
        """Append a question, or an answer in progress (its `stop_reason` is None)."""
        self._messages.append(message)
        self._column.add(message)
        if message.message.role is Role.USER:
            self._column.scroll_to_end()

    def set_waiting(
        self,
        message_id: int,
        waiting: Waiting,
        fraction: float | None,
        step: tuple[int, int] | None = None,
    ) -> None:
        """Say in the answer's place what is being waited for; text ends it."""
        item = self._column.item(message_id)
        if isinstance(item, answer_item.AnswerItem) and message_id not in self._arrived:
            item.set_waiting(waiting, fraction, step)

    def append_text(self, message_id: int, text: str) -> None:
        """Let an answer grow; it is painted a little later, with all that arrived until then."""
        self._arrived.setdefault(message_id, []).append(text)
        if not self._painter.isActive():
            self._painter.start(PAINT_MS)

    @Slot(object)
    def restart(self, message_id: int) -> None:
        """Take an answer's text away: it is begun anew."""
        self._arrived.pop(message_id, None)
        item = self._column.item(message_id)
        if isinstance(item, answer_item.AnswerItem):
            item.restart()

    def finish(self, message: StoredMessage) -> None:
        """Show an answer's whole text, its figures, and how it ended."""
        self._arrived.pop(message.id, None)
        self._column.update_message(message)
        item = self._column.item(message.id)
        if isinstance(item, answer_item.AnswerItem):
            item.finish(message)
            self._watch_focus(item)
            self._column.chain_focus()

    def light_box(self, message_id: int, number: int | None) -> None:
        """Let a box of an answer stand out in its words."""
        item = self._column.item(message_id)
        if isinstance(item, answer_item.AnswerItem):
            item.light_box(number)

    def reveal(self, message_id: int) -> None:
        """Scroll to a message."""
        item = self._column.item(message_id)
        if item is not None:
            self._column.reveal(item)

    def sheet_of(self, message_id: int) -> BoxSheet | None:
        """The boxes of an answer."""
        item = self._column.item(message_id)
        return item.sheet if isinstance(item, answer_item.AnswerItem) else None

    def remove_from(self, message_id: int) -> None:
        """Take this message and all after it away."""
        self._column.remove_from(message_id)
        kept = set(self._column.message_ids)
        self._messages = [message for message in self._messages if message.id in kept]
        self._arrived = {key: parts for key, parts in self._arrived.items() if key in kept}

    def scroll_to_end(self) -> None:
        """Go to the end and follow it, until the person scrolls up."""
        self._column.scroll_to_end()

    @Slot()
    def _show_arrived(self) -> None:
        started = time.perf_counter()
        arrived, self._arrived = self._arrived, {}
        for message_id, parts in arrived.items():
            item = self._column.item(message_id)
            if isinstance(item, answer_item.AnswerItem):
                item.grow("".join(parts))
        pause_ms = round((time.perf_counter() - started) * 1000 * _BREATH)
        if pause_ms > PAINT_MS:
            self._painter.start(pause_ms)

    # --- the parts --------------------------------------------------------------------------------

    def _make_item(self, message: StoredMessage) -> MessageItem:
        if message.message.role is Role.USER:
            question = QuestionItem(message, self._thumbnails, self._thumbnail_path)
            question.edit_requested.connect(self.edit_requested)
            question.picture_activated.connect(self.picture_activated)
            self._watch_focus(question)
            return question
        context = context_of(self._messages, message.id)
        surroundings = Surroundings(context, self._ways_of, self._thumbnails, self._thumbnail_path)
        answer = answer_item.AnswerItem(message, surroundings=surroundings)
        answer.set_has_model(has_model=self._has_model)
        answer.boxes_requested.connect(self.boxes_requested)
        answer.box_hovered.connect(partial(self.box_hovered.emit, message.id))
        answer.page_activated.connect(self.picture_activated)
        answer.failed.connect(self.failed)
        answer.figures_requested.connect(self.figures_requested)
        answer.again_requested.connect(self.again_requested)
        answer.models_requested.connect(self.models_requested)
        answer.settings_requested.connect(self.settings_requested)
        answer.adapters_requested.connect(self.adapters_requested)
        answer.new_chat_requested.connect(self.new_chat_requested)
        self._watch_focus(answer)
        return answer

    def _watch_focus(self, item: MessageItem) -> None:
        for widget in item.focus_chain():
            widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_by_key = isinstance(event, QFocusEvent) and event.gotFocus() and event.reason() in _KEYS
        if is_by_key and isinstance(watched, QWidget):
            self._column.reveal(watched)
        return super().eventFilter(watched, event)

    def _make_end_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("toTheEnd")
        button.setFixedSize(32, 32)
        button.setIconSize(QSize(16, 16))
        button.setIcon(icon("arrow-down"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(self.tr("Go to the end"))
        button.setToolTip(self.tr("Go to the end"))
        button.clicked.connect(self._column.scroll_to_end)
        button.hide()
        return button

    @Slot()
    def _tint(self) -> None:
        self._to_the_end.setIcon(icon("arrow-down"))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self._to_the_end.width()
        self._to_the_end.move((self.width() - side) // 2, self.height() - side - 12)
        self._to_the_end.raise_()
