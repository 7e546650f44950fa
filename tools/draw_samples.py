"""Draws the sample pictures of the first-run screen: `python -m tools.draw_samples`.

The built-in model knows flat shapes in plain colours on a light ground, seen at 128 x 128; the
samples keep to that world. The same code always draws the same pixels.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

SIDE = 512
SUPERSAMPLING = 4
SAMPLES_DIR = Path(__file__).resolve().parent.parent / "resources" / "samples"

COLORS = {
    "red": (220, 36, 36),
    "green": (30, 150, 60),
    "blue": (32, 76, 220),
    "yellow": (245, 212, 24),
    "orange": (250, 140, 16),
    "purple": (132, 44, 172),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A solid shape; its centre and half its width as fractions of the picture's side."""

    kind: str
    color: str
    x: float
    y: float
    half: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture: its file name, its ground and what stands on it."""

    name: str
    ground: tuple[int, int, int]
    shapes: tuple[Shape, ...]


SAMPLES = (
    Sample(
        "star-and-square.png",
        (250, 245, 228),
        (
            Shape("star", "orange", 0.22, 0.23, 0.145),
            Shape("square", "blue", 0.80, 0.80, 0.115),
        ),
    ),
    Sample(
        "circle-and-triangle.png",
        (225, 238, 248),
        (
            Shape("circle", "red", 0.50, 0.27, 0.145),
            Shape("triangle", "green", 0.22, 0.78, 0.130),
        ),
    ),
    Sample(
        "four-shapes.png",
        (240, 250, 238),
        (
            Shape("circle", "purple", 0.18, 0.20, 0.130),
            Shape("square", "red", 0.80, 0.20, 0.125),
            Shape("triangle", "green", 0.50, 0.52, 0.135),
            Shape("star", "yellow", 0.20, 0.82, 0.140),
        ),
    ),
)


def _corners(shape: Shape, side: int) -> list[tuple[float, float]]:
    x, y, half = shape.x * side, shape.y * side, shape.half * side
    match shape.kind:
        case "square":
            return [
                (x - half, y - half),
                (x + half, y - half),
                (x + half, y + half),
                (x - half, y + half),
            ]
        case "triangle":
            return [(x, y - half), (x + half, y + half), (x - half, y + half)]
        case "star":
            inner = half * 0.42
            turns = [(-math.pi / 2 + i * math.pi / 5, inner if i % 2 else half) for i in range(10)]
            return [(x + r * math.cos(a), y + r * math.sin(a)) for a, r in turns]
        case _:
            raise ValueError(shape.kind)


def draw(sample: Sample) -> Image.Image:
    """The picture of a sample, drawn larger and reduced, so that its edges are smooth."""
    side = SIDE * SUPERSAMPLING
    picture = Image.new("RGB", (side, side), sample.ground)
    pen = ImageDraw.Draw(picture)
    for shape in sample.shapes:
        color = COLORS[shape.color]
        if shape.kind == "circle":
            pen.circle((shape.x * side, shape.y * side), shape.half * side, fill=color)
        else:
            pen.polygon(_corners(shape, side), fill=color)
    return picture.reduce(SUPERSAMPLING)


def main(folder: Path = SAMPLES_DIR) -> None:
    """Write every sample into a folder."""
    for sample in SAMPLES:
        draw(sample).save(folder / sample.name, optimize=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
