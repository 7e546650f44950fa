"""The list widget of the conversations: what is clicked or reached by the arrow keys is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget
from typing_extensions import override

from desktop.gui.theme import theme

if TYPE_CHECKING:
    from desktop.gui.conversation_delegate import ConversationDelegate

_MOVING_KEYS = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)


class ConversationView(QListView):
    """A list that opens what is clicked or reached by the arrow keys."""

    opened = Signal(object)  # the index
    picked = Signal()  # what was opened was meant to be gone on with: a click, or Enter

    def __init__(self, delegate: ConversationDelegate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = delegate
        self.setObjectName("conversationList")
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Chats"))
        self.empty_text = ""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        is_editing = self.state() is QAbstractItemView.State.EditingState
        if is_editing or not self.currentIndex().isValid():
            return
        if is_enter or event.key() in _MOVING_KEYS:
            self.opened.emit(self.currentIndex())
        if is_enter:
            self.picked.emit()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        position = event.position().toPoint()
        index = self.indexAt(position)
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid():
            return
        if self.state() is QAbstractItemView.State.EditingState:
            return
        if not self._delegate.is_on_menu(position, self.visualRect(index), index):
            self.opened.emit(index)
            self.picked.emit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.model() is None or self.model().rowCount() > 0 or not self.empty_text:
            return
        painter = QPainter(self.viewport())
        painter.setPen(QColor(theme().colors.secondary))
        place = self.viewport().rect().adjusted(16, 24, -16, -16)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(place, int(flags), self.empty_text)
        painter.end()
