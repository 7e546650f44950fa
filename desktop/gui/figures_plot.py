"""A small plot of a model's last answers: how soon the first word came, and how fast they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from desktop.gui.figures_texts import pace_text, time_text, when_text
from desktop.gui.theme import SMALL_PX, theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QPaintEvent

    from desktop.store.history import Run

translate = QCoreApplication.translate

_CAPTION_PX = 20
_LANE_PX = 44
_GAP_PX = 10
_READOUT_PX = 22
SIDE_PX = 10  # so that the first and the last dot are whole, and the focus ring has room
_MOST_STEP_PX = 28.0  # between two answers while there are few
_DOT, _CHOSEN_DOT = 2.0, 4.0  # radii


class _Lane(Struct, frozen=True):
    """One of the lines: its name, a value for each run (None: not measured), and the highest."""

    title: str
    values: list[float | None]
    highest: float
    highest_text: str


class RunsPlot(QWidget):
    """Shows runs from left to right, the newest at the right end; one of them is chosen.

    The pointer reads a run, a click or the arrow keys choose it.
    """

    run_chosen = Signal(object)  # Run

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsPlot")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("Figures", "Last answers of this model"))
        self._runs: list[Run] = []
        self._lanes: list[_Lane] = []
        self._chosen: int | None = None
        self._hovered: int | None = None
        theme().changed.connect(self.update)

    def show_runs(self, runs: Sequence[Run], chosen_id: int | None) -> None:
        """Show these, the oldest first; `chosen_id` is the message of one of them, or of none."""
        self._runs, self._hovered = list(runs), None
        ids = [run.message_id for run in runs]
        self._chosen = ids.index(chosen_id) if chosen_id in ids else None
        self._lanes = _lanes(runs)
        self._describe()

    @property
    def readout(self) -> str:
        """What is said of the run under the pointer, else of the chosen one."""
        index = self._chosen if self._hovered is None else self._hovered
        return "" if index is None else run_text(self._runs[index])

    @override
    def sizeHint(self) -> QSize:
        return QSize(420, 2 * (_CAPTION_PX + _LANE_PX) + _GAP_PX + _READOUT_PX + 4)

    # --- a person ---------------------------------------------------------------------------------

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._nearest(event.position().x())
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._choose(self._nearest(event.position().x()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._runs) - 1
        here = last if self._chosen is None else self._chosen
        places = {
            Qt.Key.Key_Left: max(0, here - 1),
            Qt.Key.Key_Right: min(last, here + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if not self._runs or event.key() not in places:
            super().keyPressEvent(event)
            return
        self._hovered = None
        self._choose(places[Qt.Key(event.key())])

    def _choose(self, index: int | None) -> None:
        if index is not None and index != self._chosen:
            self._chosen = index
            self._describe()
            self.run_chosen.emit(self._runs[index])

    def _describe(self) -> None:
        self.setAccessibleDescription(self.readout)
        self.update()

    # --- painting ---------------------------------------------------------------------------------

    def x_of(self, index: int) -> float:
        """Where a run stands, in pixels from the left."""
        room = self.width() - 2 * SIDE_PX
        step = min(_MOST_STEP_PX, room / max(1, len(self._runs) - 1))
        return self.width() - SIDE_PX - (len(self._runs) - 1 - index) * step

    def _nearest(self, x: float) -> int | None:
        indices = range(len(self._runs))
        return min(indices, key=lambda index: abs(self.x_of(index) - x), default=None)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        top = 0
        for lane in self._lanes:
            self._paint_lane(painter, lane, top)
            top += _CAPTION_PX + _LANE_PX + _GAP_PX
        if self._hovered is not None:
            painter.setPen(QPen(QColor(theme().colors.secondary), 1, Qt.PenStyle.DotLine))
            x = round(self.x_of(self._hovered)) + 0.5
            painter.drawLine(QPointF(x, _CAPTION_PX), QPointF(x, top - _GAP_PX))
        painter.setPen(QColor(theme().colors.text))
        place = QRect(SIDE_PX, top - 2, self.width() - 2 * SIDE_PX, _READOUT_PX)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | middle, self.readout)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme().colors.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()

    def _paint_lane(self, painter: QPainter, lane: _Lane, top: int) -> None:
        colors = theme().colors
        caption = QRect(SIDE_PX, top, self.width() - 2 * SIDE_PX, _CAPTION_PX)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(colors.secondary))
        painter.drawText(caption, Qt.AlignmentFlag.AlignLeft | middle, lane.title)
        painter.drawText(caption, Qt.AlignmentFlag.AlignRight | middle, lane.highest_text)
        bottom = top + _CAPTION_PX + _LANE_PX
        painter.setPen(QPen(QColor(colors.line), 1))
        for y in (top + _CAPTION_PX + 0.5, bottom - 0.5):
            painter.drawLine(QPointF(SIDE_PX, y), QPointF(self.width() - SIDE_PX, y))
        accent = QColor(colors.accent)
        painter.setPen(QPen(accent, 1.5))
        for stretch in self._stretches(lane, bottom):
            painter.drawPolyline(stretch)
        for index, value in enumerate(lane.values):
            if value is not None:
                is_large = index in {self._chosen, self._hovered}
                radius = _CHOSEN_DOT if is_large else _DOT
                painter.setBrush(accent if index == self._chosen else QColor(colors.canvas))
                point = QPointF(self.x_of(index), _y_of(value, lane, bottom))
                painter.drawEllipse(point, radius, radius)

    def _stretches(self, lane: _Lane, bottom: int) -> list[QPolygonF]:
        """The line, in pieces where a run was not measured."""
        pieces = [QPolygonF()]
        for index, value in enumerate(lane.values):
            if value is not None:
                pieces[-1].append(QPointF(self.x_of(index), _y_of(value, lane, bottom)))
            elif not pieces[-1].isEmpty():
                pieces.append(QPolygonF())
        return pieces


def run_text(run: Run) -> str:
    """When a run was and its two figures, in one line."""
    figures = run.figures
    parts = [when_text(run.answered_at), time_text(figures.timings.first_token_s)]
    pace = figures.timings.tokens_per_second(figures.usage)
    return " · ".join(parts if pace is None else [*parts, pace_text(pace)])


def _lanes(runs: Sequence[Run]) -> list[_Lane]:
    if not runs:
        return []
    firsts: list[float | None] = [run.figures.timings.first_token_s for run in runs]
    paces = [run.figures.timings.tokens_per_second(run.figures.usage) for run in runs]
    return [
        _lane(translate("Figures", "First word"), firsts, time_text),
        _lane(translate("Figures", "Speed"), paces, pace_text),
    ]


def _lane(title: str, values: list[float | None], text: Callable[[float], str]) -> _Lane:
    highest = max((value for value in values if value is not None), default=0.0)
    return _Lane(title, values, highest, text(highest) if highest else "")


def _y_of(value: float, lane: _Lane, bottom: int) -> float:
    """From nothing at the lane's bottom to its highest value at the top."""
    share = value / lane.highest if lane.highest else 0.0
    return bottom - 0.5 - share * (_LANE_PX - 1)
