"""Draws whole pictures: shapes, signs, receipts, pages full of characters, clutter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from recipe import fonts
from recipe import vocabulary as voc
from recipe.canvas import Canvas
from recipe.scene import Kind, Scene, add_shapes

if TYPE_CHECKING:
    import random

SMALLEST_PRINT = 13.0
SIGN_COLORS = (
    (200, 30, 30),
    (20, 90, 170),
    (20, 120, 60),
    (240, 200, 30),
    (40, 40, 40),
    (255, 255, 255),
)


def _shape_count(rng: random.Random, most: int) -> int:
    counts = (1, 2, 3, 4, 5, 6)
    return min(most, rng.choices(counts, (24, 24, 19, 14, 10, 9))[0])


def _font(rng: random.Random, *, held_out: bool, mono: bool = False) -> str:
    names = fonts.names(held_out=held_out)
    fixed = [name for name in names if "Mono" in name or "Hack" in name]
    return rng.choice(fixed if mono and fixed else names)


def _fitting_size(
    rng: random.Random, canvas: Canvas, text: str, font: str, tallest: float
) -> float:
    width, _ = canvas.measure(text, font, 20)
    largest = min(20 * (canvas.width - 8) / width, tallest)
    if largest <= SMALLEST_PRINT:
        return largest
    return rng.uniform(max(SMALLEST_PRINT, largest * 0.55), largest)


def _draw_shapes(
    rng: random.Random, canvas: Canvas, scene: Scene, most: int, *, held_out: bool
) -> None:
    colors = canvas.clear_colors()
    if len(colors) < 3:
        canvas.image.paste((255, 255, 255), (0, 0, *canvas.size))
        canvas.grounds = [(255, 255, 255)]
        colors = canvas.clear_colors(60)
    taken = []
    if scene.kind == "mixed":
        taken.append(_one_line(rng, canvas, scene, 0.24 * scene.height, held_out=held_out))
    count = _shape_count(rng, 3 if scene.kind == "mixed" else most)
    add_shapes(rng, scene, colors, count, taken, held_out=held_out)
    for shape in scene.shapes:
        canvas.shape(shape)


def _one_line(
    rng: random.Random, canvas: Canvas, scene: Scene, tallest: float, *, held_out: bool
) -> tuple[float, float, float, float]:
    font = _font(rng, held_out=held_out)
    text = voc.printed_word(rng, 6, held_out=held_out)
    size = _fitting_size(rng, canvas, text, font, max(16.0, tallest))
    width, height = canvas.measure(text, font, size)
    x = rng.uniform(3, max(3, canvas.width - width - 3))
    y = rng.choice((rng.uniform(0, 6), canvas.height - height - rng.uniform(0, 6)))
    canvas.print_line(text, (x, y), font, size, canvas.ink())
    scene.lines = [text]
    return x, y, x + width, y + height


def _draw_text(rng: random.Random, canvas: Canvas, scene: Scene, *, held_out: bool) -> None:
    font = _font(rng, held_out=held_out)
    roomy = scene.height >= 128
    lines = 1 if rng.random() < 0.72 or not roomy else 2
    longest = 8 if scene.width >= 128 else 6
    scene.lines = [voc.printed_word(rng, longest, held_out=held_out) for _ in range(lines)]
    size = min(_fitting_size(rng, canvas, text, font, 0.34 * scene.height) for text in scene.lines)
    boxes = [canvas.measure(text, font, size) for text in scene.lines]
    width, height = max(box[0] for box in boxes), boxes[0][1]
    step = height * rng.uniform(0.95, 1.4)
    block = height + step * (lines - 1)
    x = rng.uniform(3, max(3, scene.width - width - 3))
    y = rng.uniform(0, max(0, scene.height - block))
    if rng.random() < 0.25:
        canvas.panel((x - 4, y - 2, x + width + 4, y + block + 2), rng.choice(SIGN_COLORS))
    ink = canvas.ink()
    centred = rng.random() < 0.4
    for index, text in enumerate(scene.lines):
        indent = (width - boxes[index][0]) / 2 if centred else 0
        canvas.print_line(text, (x + indent, y + index * step), font, size, ink)


def _draw_dense(rng: random.Random, canvas: Canvas, *, held_out: bool) -> None:
    """A page full of random characters: the most letters to learn from in one picture."""
    y = rng.uniform(0, 8)
    pools = (voc.UPPER, voc.DIGITS, ".:$-%¥€£,/!&'", voc.UPPER.lower())
    while True:
        font = _font(rng, held_out=held_out)
        size = rng.choice((rng.uniform(14, 22), rng.uniform(18, 34)))
        height = canvas.measure("A", font, size)[1]
        if y + height > canvas.height:
            return
        text = ""
        edge = rng.uniform(1, 10)
        weights = (58, 27, 5, 10) if rng.random() < 0.5 else (75, 25, 0, 0)
        pen = edge
        while True:
            char = " " if text[-1:] not in {"", " "} and rng.random() < 0.06 else ""
            char = char or rng.choice(rng.choices(pools, weights)[0])
            pen += canvas.advance(char, font, size)
            if pen > canvas.width - 2:
                break
            text += char
        canvas.print_line(text, (edge, y), font, size, canvas.ink())
        y += height * rng.uniform(0.85, 1.15)


def _goods(rng: random.Random, count: int, *, held_out: bool) -> list[tuple[str, int]]:
    bought: dict[str, int] = {}
    while len(bought) < count:
        invented = rng.random() < 0.25
        name = "".join(rng.choice(voc.UPPER) for _ in range(rng.randint(3, 5)))
        name = name if invented else rng.choice(voc.GOODS)
        if voc.is_held_out(name, 6) == held_out:
            end = rng.choice((rng.randint(0, 99), rng.randint(0, 19) * 5))
            bought[name] = rng.randint(1, 9) * 100 + end
    return list(bought.items())


def _draw_receipt(rng: random.Random, canvas: Canvas, scene: Scene, *, held_out: bool) -> None:
    font = _font(rng, held_out=held_out, mono=rng.random() < 0.6)
    most = max(1, min(4, int((scene.height - 8) / 24) - 1))
    goods = _goods(rng, rng.randint(1, most), held_out=held_out)
    scene.goods = [(name, voc.money(cents)) for name, cents in goods]
    scene.total = voc.money(sum(cents for _, cents in goods))
    rows = [*scene.goods, ("TOTAL", scene.total)]
    scene.lines = [f"{name} {price}" for name, price in rows]
    widest = max((f"{name}  {price}" for name, price in rows), key=len)
    largest = min(20 * (scene.width - 8) / canvas.measure(widest, font, 20)[0], 26.0)
    largest = min(largest, (scene.height - 6) / len(rows) / 1.2)
    size = rng.uniform(max(12.0, largest * 0.75), max(12.0, largest))
    height = canvas.measure("A", font, size)[1]
    step = min(height * rng.uniform(1.0, 1.25), (scene.height - 4) / len(rows))
    block = step * len(rows)
    width = min(scene.width - 6, canvas.measure(widest, font, size)[0] * rng.uniform(1.0, 1.3))
    x = rng.uniform(3, max(3, scene.width - width - 3))
    y = rng.uniform(0, max(0, scene.height - block - 2))
    ink = canvas.ink()
    for index, (name, price) in enumerate(rows):
        top = y + index * step
        canvas.print_line(name, (x, top), font, size, ink)
        right = x + width - canvas.measure(price, font, size)[0]
        canvas.print_line(price, (right, top), font, size, ink)
    if rng.random() < 0.6:
        rule = (y + len(scene.goods) * step) * canvas.scale
        canvas.draw.line((x * canvas.scale, rule, (x + width) * canvas.scale, rule), fill=ink)


def _draw_clutter(rng: random.Random, canvas: Canvas) -> None:
    """Soft waves, blots and strokes: what a photograph is to this model."""
    noise = np.random.default_rng(rng.getrandbits(32))
    width, height = canvas.size
    coarse = noise.uniform(0, 255, (rng.randint(4, 14), rng.randint(4, 14), 3)).astype(np.uint8)
    field = Image.fromarray(coarse).resize(canvas.size, Image.Resampling.BICUBIC)
    canvas.image.paste(field)
    for _ in range(rng.randint(0, 40)):
        tone = tuple(int(v) for v in noise.integers(0, 255, 3))
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        angle, reach = rng.random() * math.tau, rng.uniform(4, width / 3)
        end = (x + reach * math.cos(angle), y + reach * math.sin(angle))
        canvas.draw.line((x, y, *end), fill=tone, width=rng.randint(1, 10))


def draw(
    rng: random.Random,
    kind: Kind,
    width: int,
    height: int,
    most: int = 6,
    *,
    held_out: bool = False,
) -> Scene:
    """A finished picture of this kind; sides in pixels, multiples of 32."""
    canvas = Canvas(rng, width, height)
    scene = Scene(kind, width, height)
    match kind:
        case "shapes" | "mixed":
            _draw_shapes(rng, canvas, scene, most, held_out=held_out)
        case "text":
            _draw_text(rng, canvas, scene, held_out=held_out)
        case "receipt":
            _draw_receipt(rng, canvas, scene, held_out=held_out)
        case "dense":
            _draw_dense(rng, canvas, held_out=held_out)
        case "clutter":
            _draw_clutter(rng, canvas)
    if kind in {"text", "dense", "receipt"} and rng.random() < 0.3:
        canvas.turn(rng.uniform(-5, 5) if kind == "text" else rng.uniform(-2, 2))
    scene.glyphs = canvas.glyphs
    scene.pixels = canvas.finish()
    return scene
