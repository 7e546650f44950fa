"""One picture beside a question: what it is, how far it is, and the way to take it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    SignalInstance,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QMenu, QToolButton, QWidget
from typing_extensions import override

from desktop.gui.error_texts import error_text
from desktop.gui.icons import icon
from desktop.gui.pending import PendingState
from desktop.gui.preflight_texts import cost_lines, note_text
from desktop.gui.theme import theme
from desktop.gui.thumbnails import ThumbnailLabel

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.gui.pending import PendingPicture
    from desktop.gui.preflight import Check, Seeing
    from desktop.gui.thumbnails import ThumbnailCache

CHIP_HEIGHT_PX = 56
_WIDTH_PX = 224
_REFUSED_WIDTH_PX = 384
_PICTURE_PX = 40
_TEXT_LEFT_PX = 8 + _PICTURE_PX + 8
_GAP_PX = 8
_BUTTON_PX = 24
_BAR_PX = 3
_MARK_PX = 16
_BADGE_PX = 20
_ACTIVATING = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})


class Chip(QFrame):
    """One picture. With the focus, Enter opens it, Delete removes it, Alt and an arrow move it."""

    activated = Signal(object)  # key
    region_requested = Signal(object)  # key
    improve_requested = Signal(object)  # key
    restore_requested = Signal(object)  # key
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
        self._check: Check | None = None
        self._shown: object = None
        self._picture = ThumbnailLabel(thumbnails, radius=6, parent=self)
        self._picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture.setGeometry(8, 8, _PICTURE_PX, _PICTURE_PX)
        self._badge: QLabel | None = None
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
        self, item: PendingPicture, path: Path | None, check: Check | None, seeing: Seeing
    ) -> None:
        """Show the picture as it is now; `check` says what the model will see of it."""
        strip = self.parentWidget()
        shown = item, path, check, seeing, strip.width() if strip is not None else 0
        if shown == self._shown:
            return  # with fifty chips, laying all of them out for a change in one would be felt
        self._shown = shown
        self._item, self._check = item, check
        is_refused = item.state is PendingState.REFUSED
        if self.property("refused") != is_refused:
            self.setProperty("refused", is_refused)
            self.style().unpolish(self)
            self.style().polish(self)
        self._picture.set_path(path)
        self._picture.setVisible(not is_refused)
        name = self._name_text()
        note = self._note_text()
        self._fit(note, is_refused=is_refused)
        self._place_labels(name, note, is_refused=is_refused)
        lines = [] if is_refused or not note else [note]
        if check is not None and item.attachment is not None:
            lines = cost_lines(item.attachment, check, seeing)
        self.setToolTip("\n".join([name, *self._origin_lines(), *lines]))
        self.setAccessibleName(self.tr("Picture {name}").format(name=name))
        self.setAccessibleDescription("; ".join([*self._origin_lines(), note]))
        self.remove_button.setAccessibleName(self.tr("Remove {name}").format(name=name))
        self.remove_button.setToolTip(self.tr("Remove"))
        self._show_badge()
        self._show_button()
        self.update()

    def _fit(self, note: str, *, is_refused: bool) -> None:
        """As wide as the others, unless a warning would cover the note's end."""
        wanted = _REFUSED_WIDTH_PX if is_refused else _WIDTH_PX
        if self._is_warning() and not is_refused:
            self._note.ensurePolished()
            words = self._note.fontMetrics().horizontalAdvance(note)
            wanted = max(wanted, _TEXT_LEFT_PX + words + 4 + _MARK_PX + 10)
        strip = self.parentWidget()
        self.resize(min(wanted, strip.width()) if strip is not None else wanted, CHIP_HEIGHT_PX)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return label

    def _name_text(self) -> str:
        name = self._item.name or self.tr("Pasted picture")
        picture = self._item.attachment
        if picture is None or picture.page_count < 2:
            return name
        page = self.locale().toString(picture.page + 1)
        return self.tr("{name} · p. {page}").format(name=name, page=page)

    def _origin_lines(self) -> list[str]:
        """What the picture was made from, in words."""
        origin = self._item.attachment.origin if self._item.attachment else None
        if origin is None:
            return []
        lines = []
        if origin.region is not None:
            lines.append(self.tr("A region of the picture"))
        if origin.is_improved:
            lines.append(self.tr("Improved; the original is kept"))
        return lines

    def _note_text(self) -> str:
        match self._item.state:
            case PendingState.IMPORTING:
                return self.tr("Adding…")
            case PendingState.REFUSED:
                error = self._item.error
                return error_text(error.code, error.details, error.message) if error else ""
            case PendingState.READY:
                return note_text(self._check) if self._check is not None else ""

    def _place_labels(self, name: str, note: str, *, is_refused: bool) -> None:
        left = 40 if is_refused else _TEXT_LEFT_PX
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
        if self._is_warning():
            room -= _MARK_PX + 4
        self._note.setText(note)
        self._note.setGeometry(left, 28, room, 18)

    def _is_warning(self) -> bool:
        return self._check is not None and self._check.remedy is not None

    def _show_badge(self) -> None:
        """At the thumbnail's corner: whether this is a region, or an improved picture."""
        origin = self._item.attachment.origin if self._item.attachment else None
        is_crop = origin is not None and origin.region is not None
        is_improved = origin is not None and origin.is_improved
        is_wanted = is_crop or is_improved
        if self._badge is None and is_wanted:
            self._badge = self._label("chipBadge")
            self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
            corner = 8 + _PICTURE_PX + 4 - _BADGE_PX
            self._badge.setGeometry(corner, corner, _BADGE_PX, _BADGE_PX)
        if self._badge is not None:
            self._badge.setVisible(is_wanted)
        if self._badge is not None and is_wanted:
            sign = icon("wand-sparkles" if is_improved else "crop", "text")
            side = QSize(_BADGE_PX - 6, _BADGE_PX - 6)
            self._badge.setPixmap(sign.pixmap(side, self.devicePixelRatioF()))

    def make_menu(self) -> QMenu:
        """What can be done with the picture, each once."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._item.state is PendingState.READY:
            origin = self._item.attachment.origin if self._item.attachment else None
            self._add(menu, self.tr("Open"), self.activated)
            self._add(menu, self.tr("Choose a region…"), self.region_requested)
            if self._item.before is not None:
                self._add(menu, self.tr("Put the original back"), self.restore_requested)
            elif origin is None or not origin.is_improved:
                self._add(menu, self.tr("Improve…"), self.improve_requested)
            menu.addSeparator()
        self._add(menu, self.tr("Remove"), self.remove_requested)
        return menu

    def _add(self, menu: QMenu, text: str, signal: SignalInstance) -> None:
        action = QAction(text, menu)
        key = self.key
        action.triggered.connect(lambda: signal.emit(key))
        menu.addAction(action)

    @Slot()
    def _refresh_icon(self) -> None:
        self.remove_button.setIcon(icon("x", "secondary"))
        self._show_badge()
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

    # Not `event`: with fifty chips, every event's way through Python would be felt.
    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_button()
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_button()
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        has_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() in _ACTIVATING:
            self._activate()
            return
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
        was_dragged, was_held = self._is_dragged, self._grip is not None
        self._is_dragged, self._grip = False, None
        if was_dragged:
            self.drag_ended.emit(self.key)
        elif was_held and self.rect().contains(event.position().toPoint()):
            self._activate()

    def _activate(self) -> None:
        if self._item.state is PendingState.READY:
            self.activated.emit(self.key)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.make_menu().popup(event.globalPos())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colors = theme().colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._item.state is PendingState.REFUSED:
            icon("triangle-alert", "danger").paint(painter, QRect(12, 18, 20, 20))
        if self._is_warning():
            place = QRect(self.width() - _MARK_PX - 8, 29, _MARK_PX, _MARK_PX)
            icon("triangle-alert", "accent").paint(painter, place)
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
