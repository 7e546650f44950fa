"""A scrolling column of messages, built where it is looked at first, and steady under the eye."""

from __future__ import annotations

import time
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget
from typing_extensions import override

from desktop.gui.message_item import MessageItem
from desktop.store.history import StoredMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from PySide6.QtGui import QResizeEvent, QShowEvent

COLUMN_PX = 760
_SIDE_PX = 16  # as beside the composer; the scroll bar has room in it
_TOP_PX, _BOTTOM_PX = 24, 24
# Building in the background: so long at a time, then the event loop has its turn.
_SLICE_S, _PAUSE_MS = 0.006, 10
_AT_END_PX = 24  # so close to the end counts as being there


class _Slot(Struct):
    message: StoredMessage
    item: MessageItem | None
    width: int  # for which `height` holds; 0 while it is a guess
    height: int
    gap: int


class MessageColumn(QScrollArea):
    """Messages under each other, at most 760 px wide and centred.

    Only what can be seen is built at once; the rest follows in slices of a few milliseconds. While
    the end is in view, it stays in view as the column grows; anywhere else, what a person is
    reading stays where it is, whatever changes above or below.
    """

    left_end = Signal(bool)  # whether the person has scrolled away from the end

    def __init__(
        self, make_item: Callable[[StoredMessage], MessageItem], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._make_item = make_item
        self._slots: list[_Slot] = []
        self._follows = True
        self._is_moving_itself = False
        self._sheet = QWidget()
        self._sheet.setObjectName("messageSheet")
        self.setWidget(self._sheet)
        self.setObjectName("messageColumn")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self._note_scroll)
        self.verticalScrollBar().setSingleStep(40)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE_MS)
        self._later.timeout.connect(self._work)

    # --- messages ---------------------------------------------------------------------------------

    @property
    def message_ids(self) -> list[int]:
        """In order, from the top."""
        return [slot.message.id for slot in self._slots]

    @property
    def is_complete(self) -> bool:
        """Whether every message has been built for the present width."""
        width = self._column_width()
        return all(slot.item is not None and slot.width == width for slot in self._slots)

    def set_messages(self, messages: Sequence[StoredMessage]) -> None:
        """Show these messages from their end."""
        self._remove(0)
        width = self._column_width()
        self._slots = [_Slot(message, None, 0, _guess(message, width), 0) for message in messages]
        self._follows = True
        self._settle()

    def add(self, message: StoredMessage) -> None:
        """Append a message."""
        with self._steady():
            self._slots.append(_Slot(message, None, 0, 0, 0))
            self._build(self._slots[-1])
            self._place()

    def remove_from(self, message_id: int) -> None:
        """Take this message and all after it away."""
        ids = self.message_ids
        if message_id in ids:
            with self._steady():
                self._remove(ids.index(message_id))
                self._place()

    def item(self, message_id: int) -> MessageItem | None:
        """The message's widget, built now if need be; None for an unknown message."""
        for slot in reversed(self._slots):
            if slot.message.id == message_id:
                if slot.item is None:
                    with self._steady():
                        self._build(slot)
                        self._place()
                return slot.item
        return None

    def built(self) -> list[MessageItem]:
        """The widgets that are there already."""
        return [slot.item for slot in self._slots if slot.item is not None]

    def update_message(self, message: StoredMessage) -> None:
        """Remember a newer state of a message whose widget may not be built yet."""
        for slot in self._slots:
            if slot.message.id == message.id:
                slot.message = message

    def _remove(self, first: int) -> None:
        for slot in self._slots[first:]:
            if slot.item is not None:
                slot.item.hide()
                slot.item.deleteLater()
        del self._slots[first:]

    # --- scrolling --------------------------------------------------------------------------------

    def scroll_to_end(self) -> None:
        """Go to the end and stay there while the column grows."""
        self._set_following(follows=True)
        self._scroll(self.verticalScrollBar().maximum())

    @Slot(int)
    def _note_scroll(self, value: int) -> None:
        if not self._is_moving_itself:
            self._set_following(follows=value >= self.verticalScrollBar().maximum() - _AT_END_PX)
            if not self.is_complete:
                self._settle()

    def _set_following(self, *, follows: bool) -> None:
        if follows != self._follows:
            self._follows = follows
            self.left_end.emit(not follows)

    def _scroll(self, value: int) -> None:
        self._is_moving_itself = True
        self.verticalScrollBar().setValue(value)
        self._is_moving_itself = False

    @contextmanager
    def _steady(self) -> Iterator[None]:
        """Changes within the block move neither the end nor what a person is reading."""
        top = self.verticalScrollBar().value()
        anchor, offset = None, 0
        if not self._follows:
            # What is not built yet cannot be read, and its height is about to change.
            visible = self._visible()
            built = [slot for slot in visible if slot.item is not None]
            anchor = next(iter(built or visible), None)
            offset = self._top(anchor) - top if anchor is not None else 0
        self._is_moving_itself = True
        yield
        self._is_moving_itself = False
        if self._follows:
            self._scroll(self.verticalScrollBar().maximum())
        elif anchor is not None and anchor in self._slots:
            self._scroll(self._top(anchor) - offset)

    # --- building and placing ---------------------------------------------------------------------

    def _column_width(self) -> int:
        return max(200, min(COLUMN_PX, self.width() - 2 * _SIDE_PX))

    def _build(self, slot: _Slot) -> None:
        width = self._column_width()
        if slot.item is None:
            item = slot.item = self._make_item(slot.message)
            item.setParent(self._sheet)
            item.height_changed.connect(self._follow_height)
            slot.gap = item.gap_above
            item.show()
        if slot.width != width:
            slot.height = slot.item.arrange(width)
            slot.width = width

    @Slot()
    def _follow_height(self) -> None:
        sender = self.sender()
        for slot in reversed(self._slots):
            if slot.item is sender and slot.item is not None:
                with self._steady():
                    slot.width = self._column_width()
                    slot.height = slot.item.arrange(slot.width)
                    self._place()
                return

    def _place(self) -> None:
        """Give every message its place, and the sheet its height."""
        # Centred in the whole width: the column must not move when the scroll bar shows.
        width, full = self._column_width(), self.viewport().width()
        x, y = (self.width() - width) // 2, _TOP_PX
        for number, slot in enumerate(self._slots):
            y += slot.gap if number else 0
            if slot.item is not None:
                slot.item.setGeometry(x, y, width, slot.height)
            y += slot.height
        self._sheet.resize(full, max(y + _BOTTOM_PX, 1))

    def _top(self, wanted: _Slot) -> int:
        y = _TOP_PX
        for number, slot in enumerate(self._slots):
            y += slot.gap if number else 0
            if slot is wanted:
                break
            y += slot.height
        return y

    def _visible(self) -> list[_Slot]:
        """What the viewport shows, going by the heights known or guessed now."""
        top = self.verticalScrollBar().value()
        bottom = top + self.viewport().height()
        y, found = _TOP_PX, []
        for number, slot in enumerate(self._slots):
            y += slot.gap if number else 0
            if y < bottom and y + slot.height > top:
                found.append(slot)
            y += slot.height
        return found

    def _settle(self) -> None:
        """Build what can be seen now; the rest is left to `_work`."""
        with self._steady():
            self._place()
        for _attempt in range(len(self._slots)):
            width = self._column_width()
            open_slots = [s for s in self._visible() if s.item is None or s.width != width]
            if not open_slots:
                break
            with self._steady():
                self._build(open_slots[-1] if self._follows else open_slots[0])
                self._place()
        self._later.start()

    @Slot()
    def _work(self) -> None:
        """Build or lay out what is left, nearest to the viewport first, for one slice of time."""
        width = self._column_width()
        visible = self._visible()
        middle = self._slots.index(visible[len(visible) // 2]) if visible else 0
        left = [
            (abs(number - middle), number)
            for number, slot in enumerate(self._slots)
            if slot.item is None or slot.width != width
        ]
        if not left:
            self.chain_focus()
            return
        end = time.perf_counter() + _SLICE_S
        with self._steady():
            for _distance, number in sorted(left):
                self._build(self._slots[number])
                if time.perf_counter() > end:
                    break
            self._place()
        self._later.start()

    def chain_focus(self) -> None:
        """Let Tab go through the messages that are built from top to bottom."""
        chain = [w for slot in self._slots if slot.item for w in slot.item.focus_chain()]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    # --- the viewport -----------------------------------------------------------------------------

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._is_moving_itself = True
        super().resizeEvent(event)
        self._is_moving_itself = False
        self._settle()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._settle()

    @override
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        # QScrollArea watches its widget: when the sheet's resize moves the bar, no person did.
        was_moving, self._is_moving_itself = self._is_moving_itself, True
        result = super().eventFilter(watched, event)  # type: ignore[arg-type]
        self._is_moving_itself = was_moving
        return result

    def reveal(self, widget: QWidget) -> None:
        """Scroll so that a widget that got the focus can be seen."""
        top = widget.mapTo(self._sheet, QPoint(0, 0)).y()
        value, height = self.verticalScrollBar().value(), self.viewport().height()
        if top < value or top + min(widget.height(), height) > value + height:
            self.ensureWidgetVisible(widget, 0, _TOP_PX)


def _guess(message: StoredMessage, width: int) -> int:
    """A height to begin with, until the message is built."""
    text = message.message.text
    lines = sum(1 + len(line) * 7 // width for line in text.split("\n"))
    return 60 + 22 * lines + (230 if message.message.attachments else 0)
