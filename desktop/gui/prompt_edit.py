"""The field in which a question is written: it grows, sends on Enter, takes pasted pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QImage, QInputMethodEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from desktop.gui.pending import PictureSource

_MOST_LINES = 8
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_KEYBOARD_REASONS = frozenset({Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason})
_PICTURE_FORMATS = ("image/png", "image/jpeg", "image/webp", "image/tiff", "image/bmp", "image/gif")


class PromptEdit(QTextEdit):
    """Plain text of one to eight lines.

    Enter sends, Shift+Enter breaks the line; while an input method composes, Enter is its own.

    Attributes:
        has_keyboard_focus: Whether the focus came by Tab, so that its ring should be seen.
    """

    send_requested = Signal()
    focus_changed = Signal()
    edit_last_requested = Signal()  # Up in the empty field
    pictures_pasted = Signal(object)  # list[PictureSource]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("promptEdit")
        self.setAcceptRichText(False)
        self.setAcceptDrops(False)  # the window takes drops, wherever they fall
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self._is_composing = False
        self.has_keyboard_focus = False
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._grow()

    def _line_height(self) -> int:
        return self.fontMetrics().lineSpacing()

    @Slot()
    def _grow(self) -> None:
        margins = self.contentsMargins()
        around = margins.top() + margins.bottom() + self.viewportMargins().top() * 2 + 2
        line = self._line_height()
        wanted = max(line, round(self.document().size().height()))
        most = line * _MOST_LINES
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded
            if wanted > most
            else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        height = min(wanted, most) + around
        if self.height() != height:
            self.setFixedHeight(height)
            self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grow()

    @override
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in _ENTER and not has_shift:
            if not self._is_composing:
                self.send_requested.emit()
            event.accept()
        elif event.key() == Qt.Key.Key_Up and not self.toPlainText() and not self._is_composing:
            self.edit_last_requested.emit()
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.has_keyboard_focus = event.reason() in _KEYBOARD_REASONS
        self.focus_changed.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.has_keyboard_focus = False
        self.focus_changed.emit()

    @override
    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasImage() or source.hasUrls() or super().canInsertFromMimeData(source)

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        pictures = pictures_in(source)
        if pictures:
            self.pictures_pasted.emit(pictures)
        else:
            super().insertFromMimeData(source)


def pictures_in(source: QMimeData, *, is_text_wanted: bool = True) -> list[PictureSource]:
    """Local files, or else the picture itself.

    Word processors put a picture of the copied text beside it: text wins where it is wanted.
    """
    files = [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
    if files:
        return list(files)
    if not source.hasImage() or (is_text_wanted and source.hasText() and source.text().strip()):
        return []
    for kind in _PICTURE_FORMATS:
        if source.hasFormat(kind):
            encoded = source.data(kind).data()
            if encoded:
                return [bytes(encoded)]
    image = source.imageData()
    return [image] if isinstance(image, QImage) and not image.isNull() else []
