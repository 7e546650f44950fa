"""Which part of a picture the viewer shows, how large, and which way up. No widget."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

MOST_ZOOM = 16.0
_MARGIN_PX = 16  # around a picture that is fitted in
# Where the steps of + and - come to rest, beside the fitting size.
_STOPS = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, MOST_ZOOM)


class ViewerView:
    """Zoom, middle and turning of an upright picture in a viewport.

    `zoom` 1 shows one pixel of the picture on one pixel of the screen. Points of the viewport are
    in Qt's pixels, of which the screen may have several each (`pixel_ratio`); points of the picture
    are in its own.
    """

    def __init__(self) -> None:
        self.picture = QSizeF(1, 1)
        self.viewport = QSizeF(1, 1)
        self.pixel_ratio = 1.0
        self.quarter_turns = 0
        self.zoom = 1.0
        self.is_fitted = True  # and stays so when the viewport changes
        self.middle_point = QPointF(0.5, 0.5)  # of the picture, in the viewport's middle

    # --- where things are -------------------------------------------------------------------------

    def transform(self) -> QTransform:
        """From the picture to the viewport."""
        scale = self.zoom / self.pixel_ratio
        transform = QTransform()
        transform.translate(self.viewport.width() / 2, self.viewport.height() / 2)
        transform.scale(scale, scale)
        transform.rotate(90 * self.quarter_turns)
        return transform.translate(-self.middle_point.x(), -self.middle_point.y())

    def to_picture(self, point: QPointF) -> QPointF:
        """From the viewport to the picture."""
        return self.transform().inverted()[0].map(point)

    def visible(self) -> QRectF:
        """The part of the picture that can be seen, in its pixels."""
        area = QRectF(QPointF(), self.viewport)
        seen = self.transform().inverted()[0].mapRect(area)
        return seen.intersected(QRectF(QPointF(), self.picture))

    def middle(self) -> QRectF:
        """The inner half of what can be seen."""
        seen = self.visible()
        return seen.adjusted(
            seen.width() / 4, seen.height() / 4, -seen.width() / 4, -seen.height() / 4
        )

    @property
    def can_pan(self) -> bool:
        """Whether some of the picture is out of sight."""
        return self.zoom > self.fit_zoom() * 1.001

    def fit_zoom(self) -> float:
        """The zoom at which all of it can be seen; a small picture is not enlarged for that."""
        across, down = self.picture.width(), self.picture.height()
        if self.quarter_turns % 2:
            across, down = down, across
        room_x = max(1.0, self.viewport.width() - 2 * _MARGIN_PX)
        room_y = max(1.0, self.viewport.height() - 2 * _MARGIN_PX)
        return min(min(room_x / across, room_y / down) * self.pixel_ratio, self.pixel_ratio)

    # --- what a person does -----------------------------------------------------------------------

    def show(self, width: int, height: int) -> None:
        """Another picture, all of it, upright."""
        self.picture = QSizeF(width, height)
        self.quarter_turns = 0
        self.fit()

    def resize(self, viewport: QSizeF, pixel_ratio: float) -> None:
        """Another viewport; what was in the middle stays there."""
        self.viewport, self.pixel_ratio = viewport, pixel_ratio
        if self.is_fitted:
            self.fit()
        else:
            self._settle()

    def fit(self) -> None:
        """Show all of it."""
        self.zoom = self.fit_zoom()
        self.is_fitted = True
        self._settle()

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that the point of the viewport keeps what it shows; the middle by default."""
        if at is None:
            at = QPointF(self.viewport.width() / 2, self.viewport.height() / 2)
        held = self.to_picture(at)
        self.zoom = min(max(zoom, min(self.fit_zoom(), 1.0)), MOST_ZOOM)
        self.middle_point = self.middle_point + (held - self.to_picture(at))
        self.is_fitted = abs(self.zoom - self.fit_zoom()) < 1e-9
        self._settle()

    def step(self, direction: int, at: QPointF | None = None) -> None:
        """One step of + (1) or - (-1)."""
        stops = sorted({*_STOPS, self.fit_zoom()})
        if direction > 0:
            wanted = next((s for s in stops if s > self.zoom * 1.01), MOST_ZOOM)
        else:
            wanted = next((s for s in reversed(stops) if s < self.zoom * 0.99), stops[0])
        self.zoom_to(wanted, at)

    def pan(self, across: float, down: float) -> None:
        """Move the picture by so many pixels of the viewport."""
        turned = QTransform().rotate(-90 * self.quarter_turns).map(QPointF(across, down))
        self.middle_point = self.middle_point - turned * (self.pixel_ratio / self.zoom)
        self._settle()

    def turn(self, quarter_turns: int) -> None:
        """Turn clockwise by so many times 90 degrees."""
        self.quarter_turns = (self.quarter_turns + quarter_turns) % 4
        if self.is_fitted:
            self.fit()
        else:
            self.zoom_to(self.zoom)

    def reveal(self, rect: QRectF) -> None:
        """Bring a part of the picture into sight: whole, with something around it, and readable."""
        if self.visible().contains(rect) and rect.width() * self.zoom > 24:
            return
        turned = QTransform().rotate(90 * self.quarter_turns).mapRect(rect)
        room = min(
            self.viewport.width() / max(turned.width(), 1.0),
            self.viewport.height() / max(turned.height(), 1.0),
        )
        zoom = min(room * self.pixel_ratio * 0.5, 4.0)
        self.zoom = min(max(zoom, self.fit_zoom()), MOST_ZOOM)
        self.is_fitted = False
        self.middle_point = rect.center()
        self._settle()

    def _settle(self) -> None:
        """Keep the picture in the viewport, and in its middle where there is room."""
        scale = self.zoom / self.pixel_ratio
        across, down = self.viewport.width() / scale, self.viewport.height() / scale
        if self.quarter_turns % 2:
            across, down = down, across
        self.middle_point = QPointF(
            _kept(self.middle_point.x(), across, self.picture.width()),
            _kept(self.middle_point.y(), down, self.picture.height()),
        )


def _kept(middle: float, shown: float, length: float) -> float:
    if shown >= length:
        return length / 2
    return min(max(middle, shown / 2), length - shown / 2)
