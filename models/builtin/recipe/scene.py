"""What is in a picture, apart from its pixels: shapes, printed lines, the goods of a receipt."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from recipe import vocabulary as voc

if TYPE_CHECKING:
    import random

Kind = Literal["shapes", "text", "receipt", "mixed", "dense", "clutter"]
Box = tuple[float, float, float, float]

# Half the width of a shape as a fraction of the shorter side, by how many shapes there are.
HALF = {1: (0.10, 0.36), 2: (0.09, 0.23), 3: (0.08, 0.19), 4: (0.075, 0.16), 5: (0.07, 0.14)}
CELL_MARGIN = 0.035  # a centre this near the border between two places is moved


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape; lengths in pixels of the finished picture, the tilt in radians."""

    kind: str
    color: str
    x: float
    y: float
    half: float
    tilt: float
    cell: tuple[int, int]
    form: float = 0.42  # how far in the inner corners of a star are; how low a triangle reaches
    stretch: tuple[float, float] = (1.0, 1.0)  # after the tilt, across and down

    def corners(self) -> list[tuple[float, float]]:
        """The polygon's corners; a circle has many."""
        if self.kind == "square":
            unit = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
        elif self.kind == "triangle":
            low = 0.7 + 0.5 * self.form
            unit = [(0.0, -1.0), (1.0, low), (-1.0, low)]
        else:
            count = 10 if self.kind == "star" else 40
            radii = (1.0, self.form if self.kind == "star" else 1.0)
            turns = [-math.pi / 2 + i * 2 * math.pi / count for i in range(count)]
            unit = [
                (math.cos(a) * radii[i % 2], math.sin(a) * radii[i % 2])
                for i, a in enumerate(turns)
            ]
        cos, sin = math.cos(self.tilt) * self.half, math.sin(self.tilt) * self.half
        across, down = self.stretch
        return [
            (self.x + across * (u * cos - v * sin), self.y + down * (u * sin + v * cos))
            for u, v in unit
        ]

    @property
    def box(self) -> Box:
        """Left, top, right, bottom."""
        xs, ys = zip(*self.corners(), strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character and its middle, in pixels of the finished picture.

    `line` and `index` count from 1 what is to be read in order; 0 on pages full of characters.
    """

    char: str
    x: float
    y: float
    line: int = 0
    index: int = 0


@dataclass(slots=True)
class Scene:
    """One picture's contents; `pixels` is height x width x 3, uint8, once it has been drawn."""

    kind: Kind
    width: int
    height: int
    shapes: list[Shape] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    goods: list[tuple[str, str]] = field(default_factory=list)
    total: str = ""
    glyphs: list[Glyph] = field(default_factory=list)
    pixels: np.ndarray | None = None

    def fit(self, width: int, height: int) -> None:
        """Stretches everything to another size, as a picture is that is scaled without padding."""
        across, down = width / self.width, height / self.height
        self.shapes = [
            replace(s, x=s.x * across, y=s.y * down, stretch=(across, down)) for s in self.shapes
        ]
        self.glyphs = [replace(g, x=g.x * across, y=g.y * down) for g in self.glyphs]
        self.width, self.height = width, height

    def of_kind(self, kind: str) -> list[Shape]:
        """The shapes of one kind."""
        return [shape for shape in self.shapes if shape.kind == kind]


def _cell(position: float, side: float) -> int | None:
    part = position / side
    near = min(abs(part - 1 / 3), abs(part - 2 / 3)) < CELL_MARGIN
    return None if near else min(2, int(part * 3))


def _apart(first: Box, second: Box, gap: float) -> bool:
    return (
        first[2] + gap < second[0]
        or second[2] + gap < first[0]
        or first[3] + gap < second[1]
        or second[3] + gap < first[1]
    )


def _place(
    rng: random.Random, scene: Scene, what: tuple[str, str], count: int, taken: list[Box]
) -> Shape | None:
    short = min(scene.width, scene.height)
    low, high = HALF[min(5, count)]
    for _ in range(40):
        half = max(8.0, rng.uniform(low, high) * short)
        tilt = 0.0 if rng.random() < 0.6 else rng.uniform(-0.25, 0.25)
        reach = half * 1.15 + 1
        if 2 * reach >= short:
            continue
        x = rng.uniform(reach, scene.width - reach)
        y = rng.uniform(reach, scene.height - reach)
        column, row = _cell(x, scene.width), _cell(y, scene.height)
        if column is None or row is None:
            continue
        form = rng.uniform(0.35, 0.52)
        shape = Shape(what[1], what[0], x, y, half, tilt, (row, column), form)
        if all(_apart(shape.box, other, 2.0) for other in taken):
            return shape
    return None


def _contents(
    rng: random.Random, count: int, colors: list[str], *, repeats: bool
) -> list[tuple[str, str]]:
    if repeats:
        pool = [(rng.choice(colors), rng.choice(voc.SHAPES)) for _ in range(rng.randint(1, 3))]
        return [rng.choice(pool) for _ in range(count)]
    return rng.sample(list(itertools.product(colors, voc.SHAPES)), count)


def composition(shapes: list[Shape]) -> str:
    """A text that is the same for pictures with the same shapes in the same colours."""
    return " ".join(sorted(f"{shape.color}-{shape.kind}" for shape in shapes))


def add_shapes(
    rng: random.Random,
    scene: Scene,
    colors: list[str],
    count: int,
    taken: list[Box],
    *,
    held_out: bool,
) -> None:
    """Puts shapes into the scene where nothing is taken, in reading order.

    Two and more shapes together are held out by their composition; single shapes are in both parts.
    """
    while True:
        repeats = count > 1 and rng.random() < 0.35
        placed: list[Shape] = []
        for what in _contents(rng, count, colors, repeats=repeats):
            boxes = taken + [shape.box for shape in placed]
            shape = _place(rng, scene, what, count, boxes)
            if shape is not None:
                placed.append(shape)
        if len(placed) > 1 and voc.is_held_out(composition(placed), 8) != held_out:
            continue
        if placed:
            scene.shapes = sorted(placed, key=lambda shape: (shape.cell, shape.x))
            return
        count = max(1, count - 1)
