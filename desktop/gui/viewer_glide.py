"""A short glide from what was seen to what is seen now, so that the eye does not lose its place."""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal, Slot

if TYPE_CHECKING:
    from desktop.gui.viewer_view import ViewerView


class Glide(QObject):
    """Only for painting: the view itself is at its goal from the beginning."""

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start: ViewerView | None = None
        self._goal: ViewerView | None = None
        self._now: ViewerView | None = None
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._move)
        self._animation.finished.connect(self.stop)

    def begin(self, start: ViewerView, goal: ViewerView, duration_ms: int) -> None:
        """Go from one view to another of the same picture."""
        self.stop()
        if duration_ms > 0 and start.quarter_turns == goal.quarter_turns:
            self._start, self._goal, self._now = start, goal, start
            self._animation.setDuration(duration_ms)
            self._animation.start()

    @Slot()
    def stop(self) -> None:
        """Be there."""
        self._start = self._goal = self._now = None
        self._animation.stop()
        self.moved.emit()

    def shown(self, view: ViewerView) -> ViewerView:
        """What to paint in place of a view."""
        return view if self._now is None else self._now

    @Slot(object)
    def _move(self, fraction: float) -> None:
        if self._start is None or self._goal is None:
            return
        self._now = between(self._start, self._goal, fraction)
        self.moved.emit()


def between(start: ViewerView, goal: ViewerView, fraction: float) -> ViewerView:
    """A view on the way. What stands still in the viewport between the two does so all the way."""
    now = copy.copy(goal)
    log_start, log_goal = math.log(start.zoom), math.log(goal.zoom)
    now.zoom = math.exp(log_start + (log_goal - log_start) * fraction)
    way = fraction
    if abs(log_goal - log_start) > 1e-6:
        way = (1 / start.zoom - 1 / now.zoom) / (1 / start.zoom - 1 / goal.zoom)
    now.middle_point = start.middle_point + (goal.middle_point - start.middle_point) * way
    return now
