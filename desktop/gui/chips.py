"""One picture beside a question: what it is, how far it is, and the way to take it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QToolButton, QWidget
from typing_extensions import override

from desktop.gui.error_texts import error_text
from desktop.gui.icons import icon
from desktop.gui.pending import PendingState
from desktop.gui.theme import theme
from desktop.gui.thumbnails import ThumbnailLabel

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.gui.pending import PendingPicture
    from desktop.gui.thumbnails import ThumbnailCache

CHIP_HEIGHT_PX = 56
_WIDTH_PX = 200
_REFUSED_WIDTH_PX = 384
_PICTURE_PX = 40
_GAP_PX = 8
_BUTTON_PX = 24
_BAR_PX = 3


class Chip(QFrame):
    """One picture. It takes the focus; Delete removes it, Alt with an arrow moves it."""

    remove_requested = Signal(object)  # key
    step_requested = Signal(object, int)  # key, -1 or 1
    drag_moved = Signal(object, object)  # key, the chip's wanted position in the strip
    drag_ended = Signal(object)  # key

    def __init__(self, thumbnails: ThumbnailCache, item: PendingPicture, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.key = item.key
        self._item = item
        self._grip: QPoint | None = None
        self._is_dragged = False
        self._picture = ThumbnailLabel(thumbnails, radius=6, parent=self)
        self._picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture.setGeometry(8, 8, _PICTURE_PX, _PICTURE_PX)
        self._name = self._label("chipName")
        self._note = self._label("chipNote")
        self.remove_button = QToolButton(self)
        self.remove_button.setObjectName("chipRemove")
        self.remove_button.setIconSize(QSize(16, 16))
        self.remove_button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        self.remove_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Delete does it by keyboard
        self.remove_button.clicked.connect(self._ask_removal)
        theme().changed.connect(self._refresh_icon)
        self._refresh_icon()

    def show_item(
        self, item: PendingPicture, path: Path | None, seen_size: tuple[int, int] | None
    ) -> None:
        """Show the picture as it is now; `seen_size` is what the model will look at, in pixels."""
        self._item = item
        is_refused = item.state is PendingState.REFUSED
        self.setProperty("refused", is_refused)
        self.style().unpolish(self)
        self.style().polish(self)
        self._picture.set_path(path)
        self._picture.setVisible(not is_refused)
        self._fit(is_refused=is_refused)
        name = item.name or self.tr("Pasted picture")
        note = self._note_text(seen_size)
        self._place_labels(name, note, is_refused=is_refused)
        self.setToolTip(f"{name}\n{note}" if note else name)
        self.setAccessibleName(self.tr("Picture {name}").format(name=name))
        self.setAccessibleDescription(note)
        self.remove_button.setAccessibleName(self.tr("Remove {name}").format(name=name))
        self.remove_button.setToolTip(self.tr("Remove"))
        self._show_button()
        self.update()

    def _fit(self, *, is_refused: bool) -> None:
        wanted = _REFUSED_WIDTH_PX if is_refused else _WIDTH_PX
        strip = self.parentWidget()
        self.resize(min(wanted, strip.width()) if strip is not None else wanted, CHIP_HEIGHT_PX)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return label

    def _note_text(self, seen_size: tuple[int, int] | None) -> str:
        match self._item.state:
            case PendingState.IMPORTING:
                return self.tr("Adding…")
            case PendingState.REFUSED:
                error = self._item.error
                return error_text(error.code, error.details, error.message) if error else ""
            case PendingState.READY:
                if seen_size is None:
                    return ""
                return self.tr("{width} × {height} px").format(
                    width=seen_size[0], height=seen_size[1]
                )

    def _place_labels(self, name: str, note: str, *, is_refused: bool) -> None:
        left = 40 if is_refused else 8 + _PICTURE_PX + 8
        if is_refused:
            room = self.width() - left - _BUTTON_PX - 12
            self._name.hide()
            self._note.setWordWrap(True)
            self._note.setText(note)
            self._note.setGeometry(left, 4, room, CHIP_HEIGHT_PX - 8)
            self._note.setAlignment(Qt.AlignmentFlag.AlignVCenter)
            return
        room = self.width() - left - 10
        self._name.show()
        self._name.ensurePolished()
        elide = Qt.TextElideMode.ElideMiddle
        self._name.setText(self._name.fontMetrics().elidedText(name, elide, room))
        self._name.setGeometry(left, 9, room, 19)
        self._note.setWordWrap(False)
        self._note.setText(note)
        self._note.setGeometry(left, 28, room, 18)

    @Slot()
    def _refresh_icon(self) -> None:
        self.remove_button.setIcon(icon("x", "secondary"))
        self.update()

    @Slot()
    def _ask_removal(self) -> None:
        self.remove_requested.emit(self.key)

    def _show_button(self) -> None:
        is_refused = self._item.state is PendingState.REFUSED
        self.remove_button.setVisible(is_refused or self.underMouse() or self.hasFocus())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.remove_button.move(self.width() - _BUTTON_PX - 4, 4)

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.remove_button.show()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_button()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.EnabledChange:
            self._show_button()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            handled = super().event(event)
            self._show_button()
            self.update()
            return handled
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        has_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        match event.key():
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.remove_requested.emit(self.key)
            case Qt.Key.Key_Left if has_alt:
                self.step_requested.emit(self.key, -1)
            case Qt.Key.Key_Right if has_alt:
                self.step_requested.emit(self.key, 1)
            case Qt.Key.Key_Left:
                self.focusPreviousChild()
            case Qt.Key.Key_Right:
                self.focusNextChild()
            case _:
                super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._grip = event.position().toPoint()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            return
        way = event.position().toPoint() - self._grip
        if not self._is_dragged and way.manhattanLength() < QApplication.startDragDistance():
            return
        self._is_dragged = True
        self.raise_()
        self.drag_moved.emit(self.key, self.pos() + way)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_dragged, self._is_dragged, self._grip = self._is_dragged, False, None
        if was_dragged:
            self.drag_ended.emit(self.key)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colors = theme().colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._item.state is PendingState.REFUSED:
            icon("triangle-alert", "danger").paint(painter, QRect(12, 18, 20, 20))
        fraction = self._item.prepared
        if fraction is not None and fraction < 1:
            bar = QRectF(56, CHIP_HEIGHT_PX - 8, self.width() - 56 - 12, _BAR_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.line))
            painter.drawRoundedRect(bar, _BAR_PX / 2, _BAR_PX / 2)
            bar.setWidth(max(_BAR_PX, bar.width() * fraction))
            painter.setBrush(QColor(colors.accent))
            painter.drawRoundedRect(bar, _BAR_PX / 2, _BAR_PX / 2)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 9, 9)
        painter.end()
