"""Painting a picture from its tiles: sharp where they are there, coarser until then."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from desktop.intake import pyramid as pyramids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.gui.viewer_picture import TileName, ViewerPicture
    from desktop.gui.viewer_view import ViewerView
    from desktop.intake.pyramid import Pyramid, TileKey

_PIXELS_SEEN_AT = 4.0  # from this zoom on pixels are squares, not a blur


class TilePainter:
    """Paints what can be seen of a `ViewerPicture`, and asks it for the tiles that are missing."""

    def __init__(self, picture: ViewerPicture) -> None:
        self._picture = picture

    def paint(self, painter: QPainter, view: ViewerView) -> None:
        """Paint into the viewport; nothing while no picture is there."""
        found = self._picture.pyramid(view.zoom)
        if found is None:
            return
        number, pyramid = found
        level = _level(pyramid, self._picture.size, view.zoom)
        wanted = list(self._names(number, pyramid, level, view.visible()))
        missing = [name for name in wanted if self._picture.tile(name) is None]
        # The smallest level is one tile: what is wanted first, and what lies under the others.
        base: TileName = (number, (pyramid.level_count - 1, 0, 0))
        first = [] if self._picture.tile(base) is not None else [base]
        painter.save()
        painter.setTransform(view.transform())
        is_smooth = view.zoom < _PIXELS_SEEN_AT
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=is_smooth)
        if missing or first:
            self._picture.want([*first, *missing])
            self._paint_coarser(painter, number, level, view.visible())
        for name in wanted:
            self._paint_tile(painter, name, pyramid)
        painter.restore()

    def _paint_coarser(self, painter: QPainter, number: int, level: int, visible: QRectF) -> None:
        """Whatever there is of coarser levels, the page picture's too, from coarse to fine."""
        for each in range(number + 1):
            pyramid = self._picture.pyramid_at(each)
            if pyramid is None:
                continue
            finest = level if each == number else -1
            for coarse in range(pyramid.level_count - 1, finest, -1):
                for name in self._names(each, pyramid, coarse, visible):
                    self._paint_tile(painter, name, pyramid)

    def _paint_tile(self, painter: QPainter, name: TileName, pyramid: Pyramid) -> None:
        image = self._picture.tile(name)
        if image is not None:
            painter.drawImage(_place(name[1], pyramid, self._picture.size), image)

    def _names(
        self, number: int, pyramid: Pyramid, level: int, visible: QRectF
    ) -> Iterator[TileName]:
        """The tiles of a level that can be seen, from the middle outwards."""
        width, height = pyramid.level_size(level)
        across, down = width / self._picture.size[0], height / self._picture.size[1]
        columns, rows = pyramid.grid(level)
        first_x = max(0, int(visible.left() * across // pyramids.TILE_PX))
        first_y = max(0, int(visible.top() * down // pyramids.TILE_PX))
        last_x = min(columns - 1, int(visible.right() * across // pyramids.TILE_PX))
        last_y = min(rows - 1, int(visible.bottom() * down // pyramids.TILE_PX))
        middle = (first_x + last_x) / 2, (first_y + last_y) / 2
        keys = [
            (math.hypot(column - middle[0], row - middle[1]), (level, column, row))
            for row in range(first_y, last_y + 1)
            for column in range(first_x, last_x + 1)
        ]
        yield from ((number, key) for _, key in sorted(keys))


def _level(pyramid: Pyramid, size: tuple[int, int], zoom: float) -> int:
    """The coarsest level that still has a pixel for every pixel of the screen."""
    per_pixel = pyramid.size[0] / size[0] / zoom
    level = math.floor(math.log2(per_pixel) + 1e-6) if per_pixel >= 1 else 0
    return min(level, pyramid.level_count - 1)


def _place(key: TileKey, pyramid: Pyramid, size: tuple[int, int]) -> QRectF:
    """Where a tile lies on the picture, in the picture's pixels."""
    level, column, row = key
    width, height = pyramid.level_size(level)
    across, down = size[0] / width, size[1] / height
    left, top = column * pyramids.TILE_PX, row * pyramids.TILE_PX
    right, bottom = min(left + pyramids.TILE_PX, width), min(top + pyramids.TILE_PX, height)
    return QRectF(left * across, top * down, (right - left) * across, (bottom - top) * down)
