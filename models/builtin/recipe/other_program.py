"""Pictures from another program: Qt's painter, with shapes, layout and scaling of their own.

Nothing here is used in training, and nothing of the training's drawing is used here. They show how
the model does on pictures that come from elsewhere, scaled as the app scales what people drop.
"""

from __future__ import annotations

import functools
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from recipe import fonts
from recipe import vocabulary as voc
from recipe.scene import Scene, Shape, composition

if TYPE_CHECKING:
    import random

    from PySide6.QtGui import QFont, QGuiApplication, QImage, QPainter

SIZES = ((400, 400), (640, 480), (480, 640), (600, 400), (800, 450))
TOKEN_SIDE = 32
APP_TOKENS = 25  # `best_tokens` in entry.toml
GROUNDS = ("white", "white", "whitesmoke", "aliceblue", "honeydew", "#fff8e1", "#eceff1")
# Named colours of the web and those of a common palette for charts.
TONES = {
    "red": ("red", "crimson", "#f44336"),
    "green": ("green", "forestgreen", "#4caf50"),
    "blue": ("blue", "royalblue", "#2196f3"),
    "yellow": ("yellow", "gold", "#ffeb3b"),
    "orange": ("orange", "darkorange", "#ff9800"),
    "purple": ("purple", "darkviolet", "#9c27b0"),
    "black": ("black", "#212121"),
    "pink": ("hotpink", "lightpink", "#f48fb1"),
}
WIDEST = {1: 0.5, 2: 0.36, 3: 0.3, 4: 0.26, 5: 0.23, 6: 0.21}


@dataclass(frozen=True, slots=True)
class Painted(Shape):
    """A shape whose box Qt has measured."""

    outline: tuple[float, float, float, float] = (0, 0, 0, 0)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in the finished picture."""
        return self.outline


@functools.cache
def _qt() -> QGuiApplication:
    """Qt without a screen; must live as long as fonts are used."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415

    return QGuiApplication.instance() or QGuiApplication([])


@functools.cache
def _families() -> tuple[str, ...]:
    """The held-out fonts as Qt knows them."""
    from PySide6.QtGui import QFontDatabase  # noqa: PLC0415

    _qt()
    found = set()
    for path in fonts.paths(held_out=True):
        number = QFontDatabase.addApplicationFont(str(path))
        found.update(QFontDatabase.applicationFontFamilies(number))
    return tuple(sorted(found))


def app_size(width: int, height: int) -> tuple[int, int]:
    """The size at which the app shows a picture to this model; see `target_size` of the app."""
    scale = math.sqrt(APP_TOKENS * TOKEN_SIDE**2 / (width * height))
    columns, rows = (max(1, round(side * scale / TOKEN_SIDE)) for side in (width, height))
    return columns * TOKEN_SIDE, rows * TOKEN_SIDE


def _paper(rng: random.Random, width: int, height: int) -> tuple[QImage, QPainter]:
    from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter  # noqa: PLC0415

    image = QImage(width, height, QImage.Format.Format_RGB888)
    ground = QColor(rng.choice(GROUNDS))
    image.fill(ground)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, rng.random() < 0.85)
    if rng.random() < 0.25:
        shade = QLinearGradient(0, 0, width * rng.random(), height)
        shade.setColorAt(0, ground)
        shade.setColorAt(1, ground.darker(rng.randint(102, 112)))
        painter.fillRect(0, 0, width, height, shade)
    return image, painter


def _finish(image: QImage, painter: QPainter) -> np.ndarray:
    from PySide6.QtCore import Qt  # noqa: PLC0415

    painter.end()
    small = image.scaled(
        *app_size(image.width(), image.height()),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    ).convertToFormat(image.format())
    raw = np.frombuffer(small.constBits(), np.uint8).reshape(small.height(), -1)
    return raw[:, : small.width() * 3].reshape(small.height(), small.width(), 3).copy()


def _outline(painter: QPainter, kind: str, x: float, y: float, side: float) -> tuple[float, ...]:
    """Paints one shape into a square of this side around the point; gives its bounds."""
    from PySide6.QtCore import QPointF, QRectF  # noqa: PLC0415
    from PySide6.QtGui import QPolygonF  # noqa: PLC0415

    frame = QRectF(x - side / 2, y - side / 2, side, side)
    if kind == "circle":
        painter.drawEllipse(frame)
    elif kind == "square":
        painter.drawRect(frame)
    else:
        if kind == "triangle":  # all sides alike
            low = side * math.sqrt(3) / 2
            points = [(x, y - low / 2), (x + side / 2, y + low / 2), (x - side / 2, y + low / 2)]
        else:  # a pentagram
            inner = side / 2 * math.sin(math.radians(18)) / math.sin(math.radians(54))
            points = []
            for index in range(10):
                reach, turn = (inner if index % 2 else side / 2), math.radians(36 * index - 90)
                points.append((x + reach * math.cos(turn), y + reach * math.sin(turn)))
        polygon = QPolygonF([QPointF(*point) for point in points])
        painter.drawPolygon(polygon)
        frame = polygon.boundingRect()
    return frame.left(), frame.top(), frame.right(), frame.bottom()


def _spots(
    rng: random.Random, width: int, height: int, count: int
) -> list[tuple[float, float, float]]:
    """Places and sides for shapes that do not touch; no middle near the border of two places."""
    found: list[tuple[float, float, float]] = []
    tries = 0
    while len(found) < count:
        tries += 1
        if tries % 400 == 0:
            found.clear()
        side = rng.uniform(0.55, 1.0) * WIDEST[count] * min(width, height)
        x, y = (rng.uniform(side / 2 + 4, edge - side / 2 - 4) for edge in (width, height))
        thirds = (x / width, y / height)
        if any(abs(part - border) < 0.045 for part in thirds for border in (1 / 3, 2 / 3)):
            continue
        if all(math.hypot(x - u, y - v) > (side + s) * 0.72 for u, v, s in found):
            found.append((x, y, side))
    return found


def shapes(rng: random.Random) -> Scene:
    """One to six shapes."""
    while True:
        count = rng.randint(1, 6)
        what = [(rng.choice(list(TONES)), rng.choice(voc.SHAPES)) for _ in range(count)]
        size = rng.choice(SIZES)
        scene = _paint_shapes(rng, size, what)
        if count == 1 or voc.is_held_out(composition(scene.shapes), 8):
            return scene


def _paint_shapes(rng: random.Random, size: tuple[int, int], what: list[tuple[str, str]]) -> Scene:
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtGui import QColor, QPen  # noqa: PLC0415

    image, painter = _paper(rng, *size)
    scene = Scene("shapes", *app_size(*size))
    edged = rng.random() < 0.2
    for (color, kind), (x, y, side) in zip(what, _spots(rng, *size, len(what)), strict=True):
        painter.setBrush(QColor(rng.choice(TONES[color])))
        painter.setPen(QPen(QColor("#333333"), 3) if edged else Qt.PenStyle.NoPen)
        bounds = _outline(painter, kind, x, y, side)
        ratio = (scene.width / size[0], scene.height / size[1]) * 2
        box = tuple(bound * part for bound, part in zip(bounds, ratio, strict=True))
        cell = (int(3 * y / size[1]), int(3 * x / size[0]))
        scene.shapes.append(
            Painted(color, kind, x * ratio[0], y * ratio[1], side / 2, 0.0, cell, outline=box)
        )
    scene.shapes = [
        Painted(s.color, s.kind, s.x, s.y, s.half, s.tilt, s.cell, outline=s.box)
        for s in sorted(scene.shapes, key=lambda shape: (shape.cell, shape.x))
    ]
    scene.pixels = _finish(image, painter)
    return scene


def _font(rng: random.Random, size_px: int) -> QFont:
    from PySide6.QtGui import QFont  # noqa: PLC0415

    font = QFont(rng.choice(_families()))
    font.setPixelSize(size_px)
    font.setBold(rng.random() < 0.4)
    return font


def _ink(rng: random.Random) -> str:
    return rng.choice(("black", "black", "#222222", "navy", "darkred"))


def sign(rng: random.Random) -> Scene:
    """One printed word of up to eight letters."""
    return _print(rng, voc.word(rng, held_out=True))


def price_tag(rng: random.Random) -> Scene:
    """One printed price."""
    return _print(rng, voc.price(rng, held_out=True))


def _print(rng: random.Random, text: str) -> Scene:
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtGui import QColor, QFontMetricsF  # noqa: PLC0415

    size = rng.choice(SIZES)
    image, painter = _paper(rng, *size)
    font = _font(rng, 100)
    width = QFontMetricsF(font).horizontalAdvance(text)
    most = min(100 * (size[0] * 0.9) / width, size[1] * 0.35)
    font.setPixelSize(round(most * rng.uniform(0.75, 1.0)))
    painter.setFont(font)
    if rng.random() < 0.25:
        painter.fillRect(0, 0, *size, QColor(rng.choice(("darkgreen", "navy", "#b71c1c", "black"))))
        painter.setPen(QColor("white"))
    else:
        painter.setPen(QColor(_ink(rng)))
    across = rng.choice((Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignLeft))
    down = rng.choice((Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignTop))
    edge = round(size[0] * 0.04)
    painter.drawText(edge, edge, size[0] - 2 * edge, size[1] - 2 * edge, across | down, text)
    scene = Scene("text", *app_size(*size))
    scene.lines = [text]
    scene.pixels = _finish(image, painter)
    return scene


def receipt(rng: random.Random) -> Scene:
    """Two or three goods and their total."""
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtGui import QColor, QFontMetricsF  # noqa: PLC0415

    names = [name for name in voc.GOODS if voc.is_held_out(name, 6)]
    goods = [(name, rng.randint(50, 999)) for name in rng.sample(names, rng.randint(2, 3))]
    scene = Scene("receipt", *app_size(480, 480))
    scene.goods = [(name, voc.money(cents)) for name, cents in goods]
    scene.total = voc.money(sum(cents for _, cents in goods))
    rows = [*scene.goods, ("TOTAL", scene.total)]
    scene.lines = [f"{name} {price}" for name, price in rows]
    image, painter = _paper(rng, 480, 480)
    font = _font(rng, 100)
    widest = max(QFontMetricsF(font).horizontalAdvance(f"{name}  {price}") for name, price in rows)
    font.setPixelSize(round(min(100 * 440 / widest, 62) * rng.uniform(0.88, 1.0)))
    painter.setFont(font)
    painter.setPen(QColor(_ink(rng)))
    step = rng.uniform(90, 110)
    top = rng.uniform(10, 470 - step * len(rows)) if step * len(rows) < 460 else 8
    for index, (name, price) in enumerate(rows):
        where = (18, round(top + index * step), 444, round(step))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(*where, Qt.AlignmentFlag.AlignLeft | middle, name)
        painter.drawText(*where, Qt.AlignmentFlag.AlignRight | middle, price)
    scene.pixels = _finish(image, painter)
    return scene


def photograph(name: str) -> Scene:
    """One of scikit-image's photographs, as the app would show it."""
    from skimage import data  # noqa: PLC0415

    path = Path(data.__file__).with_name(name)
    with Image.open(path) as opened:
        size = app_size(*opened.size)
        small = opened.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    return Scene("clutter", *size, pixels=np.asarray(small))
