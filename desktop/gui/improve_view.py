"""A picture before and after, with a line between them that can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from desktop.gui.theme import theme

_GRIP_PX = 14
_INSET_PX = 8
_STEP, _LONG_STEP = 0.02, 0.1
_LABEL_PX, _LABEL_GAP_PX = 22, 10


class BeforeAfterView(QWidget):
    """The old picture at the left of the line, the new one at its right, on each other.

    Left and Right move the line; Home and End show one of the two whole.
    """

    fraction_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = QImage()
        self._after = QImage()
        self._fraction = 0.5
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(280, 220))
        self.setAccessibleName(self.tr("Before and after"))
        theme().changed.connect(self.update)

    @property
    def fraction(self) -> float:
        """Where the line is: 0 shows the new picture only, 1 the old one only."""
        return self._fraction

    @property
    def after(self) -> QImage:
        """The new picture; a null image before there is one."""
        return self._after

    def show_before(self, image: QImage) -> None:
        """The picture as it is; it stands for the new one too until there is one."""
        self._before = image
        if self._after.isNull():
            self._after = image
        self.update()

    def show_after(self, image: QImage) -> None:
        """The picture as it would be; in pixels of the same size as the old one's."""
        self._after = image
        self.update()

    def set_fraction(self, fraction: float) -> None:
        """Move the line."""
        fraction = min(1.0, max(0.0, fraction))
        if fraction != self._fraction:
            self._fraction = fraction
            self.fraction_changed.emit(fraction)
            self.update()

    def _places(self) -> tuple[QRectF, QRectF]:
        """Where the old and the new picture are drawn, at one scale, middle on middle."""
        frame = QRectF(self.rect()).adjusted(_INSET_PX, _INSET_PX, -_INSET_PX, -_INSET_PX)
        width = max(self._before.width(), self._after.width(), 1)
        height = max(self._before.height(), self._after.height(), 1)
        scale = min(frame.width() / width, frame.height() / height)
        places = []
        for image in (self._before, self._after):
            place = QRectF(0, 0, image.width() * scale, image.height() * scale)
            place.moveCenter(frame.center())
            places.append(place)
        return places[0], places[1]

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._follow(event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event.position())

    def _follow(self, position: QPointF) -> None:
        both = self._places()[0].united(self._places()[1])
        if both.width() > 0:
            self.set_fraction((position.x() - both.left()) / both.width())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_long = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = _LONG_STEP if is_long else _STEP
        match event.key():
            case Qt.Key.Key_Left:
                self.set_fraction(self._fraction - step)
            case Qt.Key.Key_Right:
                self.set_fraction(self._fraction + step)
            case Qt.Key.Key_Home:
                self.set_fraction(0.0)
            case Qt.Key.Key_End:
                self.set_fraction(1.0)
            case _:
                super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme().colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.hover))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        before, after = self._places()
        both = before.united(after)
        line = both.left() + both.width() * self._fraction
        left = QRectF(0, 0, line, self.height())
        right = QRectF(line, 0, self.width() - line, self.height())
        for image, place, part in (
            (self._before, before, left),
            (self._after, after, right),
        ):
            if not image.isNull():
                painter.setClipRect(part)
                painter.drawImage(place, image)
        painter.setClipping(False)
        if not self._before.isNull():
            self._paint_line(painter, line, both)
            self._paint_label(painter, self.tr("Before"), before, line, -1)
            self._paint_label(painter, self.tr("After"), after, line, 1)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()

    def _paint_line(self, painter: QPainter, line: float, both: QRectF) -> None:
        colors = theme().colors
        painter.setPen(QPen(QColor(colors.accent), 2))
        painter.drawLine(QPointF(line, both.top()), QPointF(line, both.bottom()))
        painter.setBrush(QColor(colors.surface))
        grip = QPointF(line, both.center().y())
        painter.drawEllipse(grip, _GRIP_PX, _GRIP_PX)
        painter.setPen(QPen(QColor(colors.accent), 2))
        for side in (-1, 1):  # two small arrow heads
            tip = grip + QPointF(side * 8, 0)
            painter.drawLine(tip, tip + QPointF(-side * 4, -4))
            painter.drawLine(tip, tip + QPointF(-side * 4, 4))

    def _paint_label(
        self, painter: QPainter, text: str, picture: QRectF, line: float, side: int
    ) -> None:
        """A name in its picture's corner, while there is room for it on its side of the line."""
        colors = theme().colors
        width = self.fontMetrics().horizontalAdvance(text) + 16
        gap = _LABEL_GAP_PX
        left = picture.left() + gap if side < 0 else picture.right() - gap - width
        place = QRectF(left, picture.top() + gap, width, _LABEL_PX)
        if (side < 0 and place.right() > line - 4) or (side > 0 and place.left() < line + 4):
            return
        back = QColor(colors.surface)
        back.setAlpha(225)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(back)
        painter.drawRoundedRect(place, _LABEL_PX / 2, _LABEL_PX / 2)
        painter.setPen(QColor(colors.text))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)
