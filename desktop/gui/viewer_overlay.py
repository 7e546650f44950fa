"""What lies over the picture: marks, boxes, the region, and the focus ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from desktop.core.types import Region
from desktop.gui.box_layer import ShownBox, paint_boxes
from desktop.gui.theme import theme
from desktop.gui.viewer_region import paint_mark, paint_region

if TYPE_CHECKING:
    from desktop.gui.viewer_view import ViewerView


class Overlay(Struct):
    """What to paint, in pixels of the root.

    Attributes:
        boxes: Of an answer.
        lit: The number of the box that stands out.
        marks: Places that are asked about already.
        cut: The place that is meant, of a picture that was cut out.
        is_focus_shown: Whether the keyboard is here, and was used to come here.
    """

    boxes: tuple[ShownBox, ...] = ()
    lit: int | None = None
    marks: tuple[Region, ...] = ()
    cut: Region | None = None
    is_focus_shown: bool = False


def paint_overlay(
    painter: QPainter, overlay: Overlay, region: QRectF | None, view: ViewerView, area: QRectF
) -> None:
    """Paint it into the viewport, `area`; `region` is the rectangle that is being drawn."""
    transform = view.transform()
    picture = transform.mapRect(QRectF(QPointF(), view.picture))
    accent = QColor(theme().colors.accent)
    for mark in overlay.marks:
        paint_mark(painter, transform.mapRect(qrect(mark)), accent, is_strong=False)
    if overlay.cut is not None:
        paint_mark(painter, transform.mapRect(qrect(overlay.cut)), accent, is_strong=True)
    paint_boxes(painter, overlay.boxes, transform, area.intersected(picture), lit=overlay.lit)
    if region is not None:
        paint_region(painter, transform.mapRect(region), picture.intersected(area), accent)
    if overlay.is_focus_shown:
        painter.setPen(QPen(accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(1, 1, -1, -1))


def qrect(region: Region) -> QRectF:
    """The same for Qt."""
    return QRectF(region.left, region.top, region.width, region.height)
