"""The picture itself: painted from tiles, zoomed and moved by hand, with region and boxes on it."""

from __future__ import annotations

import math
from copy import copy
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from desktop.gui.box_layer import box_at, explanation
from desktop.gui.motion import fade_ms
from desktop.gui.theme import theme
from desktop.gui.viewer_glide import Glide
from desktop.gui.viewer_keys import KeyCommand, command_of, direction_of
from desktop.gui.viewer_overlay import Overlay, paint_overlay, qrect
from desktop.gui.viewer_region import (
    RegionEditor,
    cursor_of,
    on_picture,
)
from desktop.gui.viewer_tiles import TilePainter
from desktop.gui.viewer_view import ViewerView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.core.types import Region
    from desktop.gui.box_layer import ShownBox
    from desktop.gui.viewer_picture import ViewerPicture

_WHEEL_BASE = 1.0015  # per eighth of a degree: a notch of 120 is a factor of 1.2
_PAN_STEP_PX = 60


class ViewerCanvas(QWidget):
    """Shows a `ViewerPicture`. What a person draws on it is in the pixels of the upright root."""

    zoom_changed = Signal()
    region_changed = Signal()
    box_hovered = Signal(object)  # number of a box, None
    box_clicked = Signal(object)  # number of a box
    command_given = Signal(object)  # KeyCommand that the panel carries out

    def __init__(self, picture: ViewerPicture, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewerCanvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 120)
        self.view = ViewerView()
        self.region = RegionEditor()
        self._picture = picture
        self._tiles = TilePainter(picture)
        self._over = Overlay()
        self._is_selecting = False
        self._is_space_down = False
        self._pan_from: QPointF | None = None
        self._press = QPointF()
        self.glide = Glide(self)
        self.glide.moved.connect(self.update)
        self.glide_ms: int | None = None  # None: as the system moves things
        self._own_commands: dict[KeyCommand, Callable[[], None]] = {
            KeyCommand.FIT: self.fit,
            KeyCommand.ACTUAL_SIZE: partial(self.zoom_to, 1.0),
            KeyCommand.CLOSER: partial(self.step, 1),
            KeyCommand.FARTHER: partial(self.step, -1),
            KeyCommand.TURN_RIGHT: partial(self.turn, 1),
            KeyCommand.TURN_LEFT: partial(self.turn, -1),
            KeyCommand.SELECT: self.begin_region,
        }
        picture.changed.connect(self.update)
        theme().changed.connect(self.update)

    # --- what is shown ----------------------------------------------------------------------------

    def show_picture(self, cut: Region | None) -> None:
        """The `ViewerPicture` has another subject; `cut` is the part of it that is meant."""
        self.glide.stop()
        width, height = self._picture.size
        self._over.cut = cut
        self._over.boxes, self._over.lit = (), None
        self.region.cancel()
        self.region.rect = None
        self.region.bounds = QRectF(0, 0, width, height)
        self.view.show(width, height)
        if cut is not None and cut.width * cut.height * 9 < width * height:
            self.view.reveal(qrect(cut))
        self._moved()
        self.region_changed.emit()

    def set_boxes(self, boxes: Sequence[ShownBox]) -> None:
        """Boxes to draw, in pixels of the root."""
        self._over.boxes, self._over.lit = tuple(boxes), None
        self.update()

    @property
    def lit_box(self) -> int | None:
        """The number of the box that stands out."""
        return self._over.lit

    def set_marks(self, regions: Sequence[Region]) -> None:
        """Places that are asked about already."""
        self._over.marks = tuple(regions)
        self.update()

    def light_box(self, number: int | None, *, is_revealed: bool = False) -> None:
        """Let a box stand out, and bring it into sight if wanted."""
        self._over.lit = number
        found = next((box for box in self._over.boxes if box.number == number), None)
        if found is not None and is_revealed and not self.view.visible().contains(found.rect):
            self._glide(partial(self.view.reveal, found.rect))
        self.update()

    def set_selecting(self, *, is_selecting: bool) -> None:
        """Whether a drag draws a region also where the picture could be moved."""
        self._is_selecting = is_selecting
        self._show_cursor(self._press)

    def chosen_region(self) -> Region | None:
        """What was drawn, in whole pixels of the root."""
        return self.region.whole_pixels(self._picture.size)

    def clear_region(self) -> None:
        """Take the drawn rectangle away."""
        self.region.cancel()
        self.region.rect = None
        self._region_moved()

    def begin_region(self) -> None:
        """Draw one in the middle of what can be seen, for the keyboard."""
        self.choose(self.view.middle())

    def choose(self, rect: QRectF) -> None:
        """Choose this part of the picture, in its pixels."""
        self.region.rect = rect.intersected(self.region.bounds)
        self._region_moved()

    # --- moving -----------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show all of the picture."""
        self._glide(self.view.fit)

    def zoom_to(self, zoom: float) -> None:
        """Zoom about the middle."""
        self._glide(partial(self.view.zoom_to, zoom))

    def step(self, direction: int) -> None:
        """One step nearer (1) or farther (-1)."""
        self._glide(partial(self.view.step, direction))

    def turn(self, quarter_turns: int) -> None:
        """Turn the picture clockwise."""
        self.view.turn(quarter_turns)
        self._moved()

    def _glide(self, change: Callable[[], None]) -> None:
        before = copy(self.glide.shown(self.view))
        change()
        duration_ms = fade_ms(self) if self.glide_ms is None else self.glide_ms
        self.glide.begin(before, self.view, duration_ms)
        self._moved()

    def _moved(self) -> None:
        self.zoom_changed.emit()
        self.update()

    def _region_moved(self) -> None:
        self.region_changed.emit()
        self.update()

    # --- painting ---------------------------------------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme().colors.bubble))
        view = self.glide.shown(self.view)
        self._tiles.paint(painter, view)
        paint_overlay(painter, self._over, self.region.rect, view, QRectF(self.rect()))
        painter.end()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        by_keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._over.is_focus_shown = event.reason() in by_keys
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._over.is_focus_shown = self._is_space_down = False
        self.update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.view.resize(QSizeF(self.size()), self.devicePixelRatioF())
        self._moved()

    # --- the pointer ------------------------------------------------------------------------------

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.glide.stop()
        point = self._press = event.position()
        button = event.button()
        is_pan = button == Qt.MouseButton.MiddleButton or self._is_space_down
        if button not in {Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton}:
            super().mousePressEvent(event)
            return
        edge = self.region.edge_at(point, self.view.transform())
        if is_pan or not self._picture.is_loaded:
            self._pan_from = point
        elif edge is not None:
            turned = on_picture(edge, self.view.quarter_turns)
            self.region.begin_change(turned, self.view.to_picture(point))
        elif self._draws(event.modifiers()):
            self.region.begin_new(self.view.to_picture(point))
        else:
            self._pan_from = point
        self._show_cursor(point)

    def _draws(self, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether a drag draws a region: where there is nothing to move it need not be asked."""
        is_asked = bool(modifiers & Qt.KeyboardModifier.ShiftModifier) or self._is_selecting
        return is_asked or not self.view.can_pan

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pan_from is not None:
            self.view.pan(point.x() - self._pan_from.x(), point.y() - self._pan_from.y())
            self._pan_from = point
            self._moved()
        elif self.region.is_dragged:
            self.region.drag(self.view.to_picture(point))
            self._region_moved()
        else:
            self._show_cursor(point)
            self._hover(point)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        was_click = (point - self._press).manhattanLength() < 4
        self._pan_from = None
        if self.region.is_dragged:
            self.region.end(self.view.transform())
            self._region_moved()
        box = box_at(self._over.boxes, self.view.transform(), point) if was_click else None
        if box is not None:
            self.box_clicked.emit(box.number)
        self._show_cursor(point)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            near = max(1.0, 2 * self.view.zoom)
            closer = partial(self.view.zoom_to, near, event.position())
            self._glide(closer if self.view.is_fitted else self.view.fit)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self.glide.stop()
        pixels, degrees = event.pixelDelta(), event.angleDelta()
        is_zoom = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        # A touchpad tells pixels: two fingers move the picture. A wheel zooms.
        is_touchpad = not pixels.isNull() or event.phase() != Qt.ScrollPhase.NoScrollPhase
        if is_touchpad and not is_zoom:
            moved = pixels if not pixels.isNull() else degrees / 8
            self.view.pan(moved.x(), moved.y())
        else:
            turned = degrees.y() or pixels.y()
            self.view.zoom_to(self.view.zoom * _WHEEL_BASE**turned, event.position())
        self._moved()
        event.accept()

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            return self._pinch(event)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if command_of(event, has_region=self.region.rect is not None) is not None:
                event.accept()  # the window's shortcuts wait while the picture has the keyboard
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._explain(event)
            return True
        return super().event(event)

    # --- the keyboard -----------------------------------------------------------------------------

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._is_space_down = True
            self._show_cursor(self._press)
            return
        command = command_of(event, has_region=self.region.rect is not None)
        if command is None:
            super().keyPressEvent(event)
        elif command in {KeyCommand.MOVE, KeyCommand.RESIZE}:
            self._push(event, is_resizing=command is KeyCommand.RESIZE)
        elif command in self._own_commands:
            self._own_commands[command]()
        else:
            self.command_given.emit(command)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._is_space_down = False
            self._show_cursor(self._press)

    def _push(self, event: QKeyEvent, *, is_resizing: bool) -> None:
        """An arrow: the region goes where it points, or the eye does."""
        across, down = direction_of(event)
        if self.region.rect is None:
            self.view.pan(-across * _PAN_STEP_PX, -down * _PAN_STEP_PX)
            self._moved()
            return
        transform = self.view.transform().inverted()[0]
        step = transform.map(QPointF(8 * across, 8 * down)) - transform.map(QPointF())
        self.region.nudge(step.x(), step.y(), is_resizing=is_resizing)
        self._region_moved()

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        match event.gestureType():
            case Qt.NativeGestureType.ZoomNativeGesture:
                factor = math.exp(event.value())
                self.view.zoom_to(self.view.zoom * factor, event.position())
                self._moved()
            case Qt.NativeGestureType.SmartZoomNativeGesture:
                self.fit() if not self.view.is_fitted else self.zoom_to(1.0)
            case _:
                return False
        return True

    def _explain(self, event: QHelpEvent) -> None:
        box = box_at(self._over.boxes, self.view.transform(), QPointF(event.pos()))
        words = "" if box is None else explanation(box)
        QToolTip.showText(event.globalPos(), words, self)

    def _hover(self, point: QPointF | None) -> None:
        box = None if point is None else box_at(self._over.boxes, self.view.transform(), point)
        number = None if box is None else box.number
        if number != self._over.lit:
            self._over.lit = number
            self.box_hovered.emit(number)
            self.update()

    def _show_cursor(self, point: QPointF) -> None:
        edge = self.region.edge_at(point, self.view.transform())
        if self._pan_from is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._is_space_down:
            shape = Qt.CursorShape.OpenHandCursor
        elif edge is not None:
            shape = cursor_of(edge)
        elif self._draws(Qt.KeyboardModifier.NoModifier):
            shape = Qt.CursorShape.CrossCursor
        else:
            shape = Qt.CursorShape.OpenHandCursor
        self.setCursor(shape)
