"""The rectangle that a person draws on a picture: made, moved, and changed at its handles."""

from __future__ import annotations

from enum import Flag, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from desktop.core.geometry import Rect

if TYPE_CHECKING:
    from desktop.core.types import Region

_HANDLE_PX = 9.0
_GRIP_PX = 8.0  # so near an edge counts as on it
_LEAST_PX = 6.0  # a smaller drag was a click


class Edge(Flag):
    """What is being dragged; none of them is the whole rectangle."""

    NONE = 0
    LEFT = auto()
    TOP = auto()
    RIGHT = auto()
    BOTTOM = auto()


_CLOCKWISE = (Edge.LEFT, Edge.TOP, Edge.RIGHT, Edge.BOTTOM)


class RegionEditor:
    """Holds the rectangle, in pixels of the picture, and knows what a drag does to it."""

    def __init__(self) -> None:
        self.rect: QRectF | None = None
        self.bounds = QRectF()
        self._edge: Edge | None = None
        self._is_new = False
        self._start = QPointF()
        self._before: QRectF | None = None

    @property
    def is_dragged(self) -> bool:
        """Whether a drag is going on."""
        return self._edge is not None

    def whole_pixels(self, size: tuple[int, int]) -> Region | None:
        """What is chosen, on a picture of this size."""
        if self.rect is None:
            return None
        rect = self.rect
        return Rect(rect.left(), rect.top(), rect.right(), rect.bottom()).to_region(size)

    def begin_new(self, point: QPointF) -> None:
        """Draw a new rectangle from this point of the picture."""
        corner = self._held(point)
        self._before, self._start = self.rect, corner
        self.rect = QRectF(corner, corner)
        self._edge, self._is_new = Edge.NONE, True

    def begin_change(self, edge: Edge, point: QPointF) -> None:
        """Drag an edge, a corner, or (with `Edge.NONE`) all of it."""
        self._edge, self._is_new = edge, False
        self._start, self._before = point, self.rect

    def drag(self, point: QPointF) -> None:
        """The pointer is here now, in the picture's pixels."""
        before, edge = self._before, self._edge
        if edge is None:
            return
        if self._is_new:
            self.rect = QRectF(self._start, self._held(point)).normalized()
        elif before is None:
            return
        elif edge is Edge.NONE:
            self.rect = self._inside(before.translated(point - self._start))
        else:
            self.rect = self._with_edge(before, edge, self._held(point))

    def end(self, transform: QTransform) -> None:
        """Let go; a click takes the rectangle away."""
        self._edge = None
        shown = transform.mapRect(self.rect) if self.rect is not None else QRectF()
        if min(shown.width(), shown.height()) < _LEAST_PX:
            self.rect = None

    def cancel(self) -> None:
        """As if the drag had never begun."""
        if self._edge is not None:
            self._edge, self.rect = None, self._before

    def nudge(self, across: float, down: float, *, is_resizing: bool) -> None:
        """Move it, or its right and bottom edges, by so many pixels of the picture."""
        if self.rect is None:
            return
        if is_resizing:
            corner = self._held(self.rect.bottomRight() + QPointF(across, down))
            size = corner - self.rect.topLeft()
            size = QPointF(max(1.0, size.x()), max(1.0, size.y()))
            self.rect = QRectF(self.rect.topLeft(), self.rect.topLeft() + size)
        else:
            self.rect = self._inside(self.rect.translated(across, down))

    def edge_at(self, point: QPointF, transform: QTransform) -> Edge | None:
        """What of the rectangle is under this point of the viewport; None outside of it."""
        if self.rect is None:
            return None
        shown = transform.mapRect(self.rect)
        if not shown.adjusted(-_GRIP_PX, -_GRIP_PX, _GRIP_PX, _GRIP_PX).contains(point):
            return None
        edge = Edge.NONE
        if abs(point.x() - shown.left()) <= _GRIP_PX:
            edge |= Edge.LEFT
        elif abs(point.x() - shown.right()) <= _GRIP_PX:
            edge |= Edge.RIGHT
        if abs(point.y() - shown.top()) <= _GRIP_PX:
            edge |= Edge.TOP
        elif abs(point.y() - shown.bottom()) <= _GRIP_PX:
            edge |= Edge.BOTTOM
        return edge

    def _with_edge(self, before: QRectF, edge: Edge, point: QPointF) -> QRectF:
        rect = QRectF(before)
        if Edge.LEFT in edge:
            rect.setLeft(point.x())
        if Edge.RIGHT in edge:
            rect.setRight(point.x())
        if Edge.TOP in edge:
            rect.setTop(point.y())
        if Edge.BOTTOM in edge:
            rect.setBottom(point.y())
        return rect.normalized()

    def _held(self, point: QPointF) -> QPointF:
        return QPointF(
            min(max(point.x(), self.bounds.left()), self.bounds.right()),
            min(max(point.y(), self.bounds.top()), self.bounds.bottom()),
        )

    def _inside(self, rect: QRectF) -> QRectF:
        x = min(max(rect.left(), self.bounds.left()), self.bounds.right() - rect.width())
        y = min(max(rect.top(), self.bounds.top()), self.bounds.bottom() - rect.height())
        return QRectF(x, y, rect.width(), rect.height())


def on_picture(edge: Edge, quarter_turns: int) -> Edge:
    """The edge of the picture's own rectangle that stands here after turning clockwise."""
    found = Edge.NONE
    for number, each in enumerate(_CLOCKWISE):
        if each in edge:
            found |= _CLOCKWISE[(number - quarter_turns) % 4]
    return found


def cursor_of(edge: Edge) -> Qt.CursorShape:
    """The pointer over an edge or a corner, as it stands on the screen."""
    if edge in {Edge.LEFT | Edge.TOP, Edge.RIGHT | Edge.BOTTOM}:
        return Qt.CursorShape.SizeFDiagCursor
    if edge in {Edge.RIGHT | Edge.TOP, Edge.LEFT | Edge.BOTTOM}:
        return Qt.CursorShape.SizeBDiagCursor
    if edge in {Edge.LEFT, Edge.RIGHT}:
        return Qt.CursorShape.SizeHorCursor
    if edge in {Edge.TOP, Edge.BOTTOM}:
        return Qt.CursorShape.SizeVerCursor
    return Qt.CursorShape.SizeAllCursor


def paint_region(painter: QPainter, shown: QRectF, picture: QRectF, accent: QColor) -> None:
    """Dim what is around the rectangle, and draw it with its handles; all in the viewport."""
    around = QPainterPath()
    around.addRect(picture)
    inner = QPainterPath()
    inner.addRect(shown)
    painter.fillPath(around.subtracted(inner), QColor(0, 0, 0, 110))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(255, 255, 255, 220), 3.5))
    painter.drawRect(shown)
    painter.setPen(QPen(accent, 2))
    painter.drawRect(shown)
    painter.setPen(QPen(accent, 1.5))
    painter.setBrush(QColor("white"))
    for x in (shown.left(), shown.center().x(), shown.right()):
        for y in (shown.top(), shown.center().y(), shown.bottom()):
            if QPointF(x, y) != shown.center():
                side = _HANDLE_PX
                painter.drawRoundedRect(QRectF(x - side / 2, y - side / 2, side, side), 2, 2)


def paint_mark(painter: QPainter, shown: QRectF, accent: QColor, *, is_strong: bool) -> None:
    """Where a picture was cut from: a quiet outline, a stronger one for what is looked at now."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(255, 255, 255, 200), 3.5 if is_strong else 2.5))
    painter.drawRect(shown)
    pen = QPen(accent, 2 if is_strong else 1.25)
    if not is_strong:
        pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.drawRect(shown)
