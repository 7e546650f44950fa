"""Boxes painted over a picture, on the screen and into an exported file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainter, QPen

from desktop.core.boxes import Doubt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QTransform

    from desktop.core.box_places import PlacedBox
    from desktop.core.geometry import Mapping

translate = QCoreApplication.translate

# White words stand on each of these at 5:1 or better; one label keeps one colour.
BOX_COLORS = ("#a84e12", "#0f6b66", "#1d4ed8", "#7c3aed", "#be123c", "#3f6212")
_LEAST_PX = 8.0  # a box without width or height is drawn this large, or nobody would see it
_FADED = 0.3
_HIT_PX = 4.0
_MOST_LABELS = 60  # more would hide the picture, and cost time at every movement
_MOST_COVERED = 0.2  # of a label's plate


class ShownBox(Struct, frozen=True):
    """A box as it is drawn.

    Attributes:
        number: Its place among the boxes of the answer.
        rect: In pixels of the picture, cut to what lies on it.
        label: What is there; may be empty.
        doubt: Set when the box can hardly be right; drawn with dashes.
        color: One of `BOX_COLORS`.
    """

    number: int
    rect: QRectF
    label: str
    doubt: Doubt | None
    color: str

    @property
    def caption(self) -> str:
        """The label, or the number of a box that has none."""
        name = self.label or str(self.number + 1)
        return f"{name} ?" if self.doubt is not None else name


def shown_boxes(
    boxes: Sequence[PlacedBox], size: tuple[int, int], way: Mapping
) -> tuple[ShownBox, ...]:
    """Boxes moved to a picture of this size, and cut to what lies on it."""
    colors: dict[str, str] = {}
    shown = []
    for box in boxes:
        key = box.label.casefold()
        color = colors.setdefault(key, BOX_COLORS[len(colors) % len(BOX_COLORS)])
        inside = way.rect(box.rect).within(size)
        rect = QRectF(inside.left, inside.top, inside.width, inside.height)
        shown.append(ShownBox(box.number, rect, box.label, box.doubt, color))
    return tuple(shown)


def doubt_text(doubt: Doubt) -> str:
    """Why a box can hardly be right, as a sentence."""
    return {
        Doubt.OUTSIDE: translate("Boxes", "Doubtful: some of this box lies outside the picture."),
        Doubt.EMPTY: translate("Boxes", "Doubtful: this box has no width or no height."),
        Doubt.INVERTED: translate("Boxes", "Doubtful: the corners of this box are swapped."),
    }[doubt]


def explanation(box: ShownBox) -> str:
    """What the pointer on a box tells."""
    return box.caption if box.doubt is None else f"{box.caption}\n{doubt_text(box.doubt)}"


def drawn_rect(box: ShownBox, transform: QTransform) -> QRectF:
    """Where a box is drawn: never too small to be seen."""
    rect = transform.mapRect(box.rect)
    across, down = max(0.0, _LEAST_PX - rect.width()), max(0.0, _LEAST_PX - rect.height())
    return rect.adjusted(-across / 2, -down / 2, across / 2, down / 2)


def box_at(boxes: Sequence[ShownBox], transform: QTransform, point: QPointF) -> ShownBox | None:
    """The smallest box under a point of the viewport."""
    near = QRectF(point - QPointF(_HIT_PX, _HIT_PX), point + QPointF(_HIT_PX, _HIT_PX))
    hit = [box for box in boxes if drawn_rect(box, transform).intersects(near)]
    return min(hit, key=lambda box: box.rect.width() * box.rect.height(), default=None)


def paint_boxes(
    painter: QPainter,
    boxes: Sequence[ShownBox],
    transform: QTransform,
    area: QRectF,
    *,
    lit: int | None = None,
    line_px: float = 2.0,
    font_px: float = 12.0,
    labels_give_way: bool = False,
) -> None:
    """Paint boxes; the one with the number `lit` stands out. Labels stay within `area`.

    `labels_give_way` leaves those out that would cover others.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    in_order = sorted(boxes, key=lambda box: (box.number == lit, -box.rect.width()))
    for box in in_order:
        painter.setOpacity(_FADED if lit not in {None, box.number} else 1.0)
        _paint_frame(painter, box, drawn_rect(box, transform), line_px, is_lit=box.number == lit)
    painter.setOpacity(1.0)
    named = [box for box in in_order if lit in {None, box.number}]
    if len(named) > _MOST_LABELS:
        return
    font = QFont(QGuiApplication.font())
    font.setPixelSize(max(1, round(font_px)))
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    taken = [drawn_rect(box, transform) for box in boxes]
    for box in named:
        rect = drawn_rect(box, transform)
        plate, words = _plate(painter, box, rect, area, line_px, taken)
        covered = _covered(plate, [each for each in taken if each != rect])
        is_crowded = covered > _MOST_COVERED * plate.width() * plate.height()
        if is_crowded and labels_give_way and lit is None:
            continue
        _paint_label(painter, box, plate, words)
        taken.append(plate)


def _paint_frame(
    painter: QPainter, box: ShownBox, rect: QRectF, line_px: float, *, is_lit: bool
) -> None:
    color = QColor(box.color)
    if is_lit:
        fill = QColor(color)
        fill.setAlpha(48)
        painter.fillRect(rect, fill)
    width = line_px * (1.5 if is_lit else 1.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(255, 255, 255, 200), width + 2))  # seen on any picture
    painter.drawRoundedRect(rect, 2, 2)
    pen = QPen(color, width)
    if box.doubt is not None:
        pen.setDashPattern([3, 2])
    painter.setPen(pen)
    painter.drawRoundedRect(rect, 2, 2)


def _plate(
    painter: QPainter,
    box: ShownBox,
    rect: QRectF,
    area: QRectF,
    line_px: float,
    taken: Sequence[QRectF],
) -> tuple[QRectF, str]:
    """Where a label goes, so that it covers as little as possible of what is there, and its words.

    First choice: above the box, at its left.
    """
    metrics = QFontMetricsF(painter.font())
    padding = painter.font().pixelSize() * 0.5
    most = max(5 * painter.font().pixelSize(), min(area.width() * 0.6, 140 * line_px))
    words = metrics.elidedText(box.caption, Qt.TextElideMode.ElideRight, most - 2 * padding)
    width = metrics.horizontalAdvance(words) + 2 * padding
    height = metrics.height() + padding * 0.5
    half = line_px / 2
    corners = (
        (rect.left() - half, rect.top() - height),
        (rect.right() + half, rect.top() - half),
        (rect.right() + half - width, rect.top() - height),
        (rect.left() - half - width, rect.top() - half),
        (rect.left() - half, rect.bottom()),
        (rect.left() - half, rect.top() - half),
    )
    others = [each for each in taken if each != rect]
    best: tuple[float, QRectF] | None = None
    for left, top in corners:
        plate = QRectF(
            max(area.left(), min(left, area.right() - width)),
            max(area.top(), min(top, area.bottom() - height)),
            width,
            height,
        )
        cost = _covered(plate, others) + 0.5 * _covered(plate, [rect])
        if best is None or cost < best[0] - 1:
            best = cost, plate
    return (QRectF() if best is None else best[1]), words


def _covered(plate: QRectF, rects: Sequence[QRectF]) -> float:
    """How much of what is there a plate would cover, in square pixels."""
    parts = (plate.intersected(rect) for rect in rects if plate.intersects(rect))
    return sum(part.width() * part.height() for part in parts)


def _paint_label(painter: QPainter, box: ShownBox, plate: QRectF, words: str) -> None:
    corner = painter.font().pixelSize() * 0.25
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(box.color))
    painter.drawRoundedRect(plate, corner, corner)
    painter.setPen(QColor("white"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)
