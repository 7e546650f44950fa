"""Under an answer with boxes: its pictures in small, with the boxes on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from desktop.core.geometry import Mapping
from desktop.gui.box_layer import box_at, explanation, paint_boxes, shown_boxes
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop.core.box_places import PlacedBox
    from desktop.core.types import ImageAttachment
    from desktop.gui.thumbnails import ThumbnailCache

HEIGHT_PX = 200
_LEAST_PX, _THUMBNAIL_PX = 48, 512
_RADIUS_PX = 12


class BoxPreview(QWidget):
    """One picture. A click, Enter or Space opens it; the pointer on a box tells which."""

    activated = Signal()
    box_hovered = Signal(object)  # number of a box, None

    def __init__(
        self,
        picture: ImageAttachment,
        boxes: Sequence[PlacedBox],
        thumbnails: ThumbnailCache,
        path: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("boxPreview")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        self._size = picture.width, picture.height
        self._boxes = shown_boxes(boxes, self._size, Mapping())
        self._thumbnails = thumbnails
        self._path = path
        self._lit: int | None = None
        names = ", ".join(dict.fromkeys(box.caption for box in self._boxes))
        self.setAccessibleName(self.tr("Boxes on the picture: {names}").format(names=names))
        thumbnails.loaded.connect(self._repaint_if_mine)
        theme().changed.connect(self.update)

    def size_in(self, width: int) -> QSize:
        """How large it is in a column of this width; the picture's shape is kept."""
        across, down = self._size
        scale = min(HEIGHT_PX / down, width / across, 1.0 if down > _LEAST_PX else HEIGHT_PX / down)
        return QSize(max(_LEAST_PX, round(across * scale)), max(_LEAST_PX, round(down * scale)))

    def light_box(self, number: int | None) -> None:
        """Let a box stand out."""
        if number != self._lit:
            self._lit = number
            self.update()

    def _transform(self) -> QTransform:
        return QTransform.fromScale(self.width() / self._size[0], self.height() / self._size[1])

    @Slot(str)
    def _repaint_if_mine(self, path: str) -> None:
        if path == str(self._path):
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect())
        clip = QPainterPath()
        clip.addRoundedRect(frame, _RADIUS_PX, _RADIUS_PX)
        painter.setClipPath(clip)
        pixmap = self._thumbnails.pixmap(self._path, _THUMBNAIL_PX)
        if pixmap is None:
            painter.fillRect(frame, QColor(theme().colors.hover))
        else:
            painter.drawPixmap(frame, pixmap, QRectF(pixmap.rect()))
        paint_boxes(
            painter,
            self._boxes,
            self._transform(),
            frame,
            lit=self._lit,
            line_px=1.5,
            font_px=11.0,
            labels_give_way=True,
        )
        painter.setClipping(False)
        is_focused = self.hasFocus()
        color = theme().colors.accent if is_focused else theme().colors.line
        painter.setPen(QPen(QColor(color), 2 if is_focused else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS_PX, _RADIUS_PX)
        painter.end()

    def _box_under(self, point: QPointF) -> int | None:
        found = box_at(self._boxes, self._transform(), point)
        return None if found is None else found.number

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._box_under(event.position()))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def _hover(self, number: int | None) -> None:
        if number != self._lit:
            self.light_box(number)
            self.box_hovered.emit(number)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.activated.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.activated.emit()
        else:
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            box = box_at(self._boxes, self._transform(), QPointF(event.pos()))
            words = "" if box is None else explanation(box)
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)
