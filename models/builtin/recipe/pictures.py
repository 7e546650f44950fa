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

SMALLEST_PRINT = 15.0
PAGE_PRINT = ((14, 22), (18, 34), (28, 56))  # px, of pages full of characters
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
    return min(most, rng.choices(counts, (18, 20, 18, 16, 14, 14))[0])


def _font(rng: random.Random, *, held_out: bool, mono: bool = False) -> str:
    names = fonts.names(held_out=held_out, common=not held_out and rng.random() < 0.4)
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
    canvas.print_line(text, (x, y), font, size, canvas.ink(), 1)
    scene.lines = [text]
    return x, y, x + width, y + height


def _draw_text(rng: random.Random, canvas: Canvas, scene: Scene, *, held_out: bool) -> None:
    font = _font(rng, held_out=held_out)
    roomy = scene.height >= 112
    lines = 1 if rng.random() < 0.72 or not roomy else 2
    longest = 8 if scene.width >= 112 else 6
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
        canvas.print_line(text, (x + indent, y + index * step), font, size, ink, index + 1)


def _draw_dense(rng: random.Random, canvas: Canvas, *, held_out: bool) -> None:
    """A page full of random characters: the most letters to learn from in one picture."""
    y = rng.uniform(0, 8)
    pools = (voc.UPPER, voc.DIGITS, ".:$-%¥€£,/!&'", voc.UPPER.lower())
    while True:
        font = _font(rng, held_out=held_out)
        size = rng.uniform(*rng.choice(PAGE_PRINT))
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
    sign = rng.choice("$€£¥") if rng.random() < 0.2 else ""
    scene.goods = [(name, sign + voc.money(cents)) for name, cents in goods]
    scene.total = sign + voc.money(sum(cents for _, cents in goods))
    rows = [*scene.goods, (rng.choice(("TOTAL", "TOTAL", "TOTAL", "Total", "TOTAL:")), scene.total)]
    if len(rows) < most + 1 and rng.random() < 0.3:
        rows.insert(0, (rng.choice(("SHOP", "RECEIPT", "MARKET", "CAFE", "STORE", "BILL")), ""))
    scene.lines = [f"{name} {price}".strip() for name, price in rows]
    widest = max((f"{name}  {price}" for name, price in rows), key=len)
    largest = min(20 * (scene.width - 8) / canvas.measure(widest, font, 20)[0], 26.0)
    largest = min(largest, (scene.height - 6) / len(rows) / 1.2)
    size = max(13.0, rng.uniform(largest * 0.75, largest))
    height = canvas.measure("A", font, size)[1]
    step = min(height * rng.uniform(1.0, 1.25), (scene.height - 4) / len(rows))
    block = step * len(rows)
    width = min(scene.width - 6, canvas.measure(widest, font, size)[0] * rng.uniform(1.0, 1.3))
    x = rng.uniform(3, max(3, scene.width - width - 3))
    y = rng.uniform(0, max(0, scene.height - block - 2))
    ink = canvas.ink()
    for index, (name, price) in enumerate(rows):
        top = y + index * step
        canvas.print_line(name, (x, top), font, size, ink, index + 1)
        right = x + width - canvas.measure(price, font, size)[0]
        canvas.print_line(price, (right, top), font, size, ink, index + 1)
    if rng.random() < 0.6:
        rule = (y + (len(rows) - 1) * step) * canvas.scale
        canvas.draw.line((x * canvas.scale, rule, (x + width) * canvas.scale, rule), fill=ink)


def _fractal(rng: random.Random, noise: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Noise in several octaves, in a palette of its own, lighter or darker towards the top."""
    width, height = size
    channels = rng.choice((1, 3))
    field = np.zeros((height, width, channels), np.float32)
    cells, strength = rng.randint(2, 5), 1.0
    roughness = rng.uniform(0.35, 0.85)
    while cells < min(size):
        for channel in range(channels):
            coarse = noise.normal(0, 1, (cells, cells)).astype(np.float32)
            grown = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
            field[..., channel] += strength * np.asarray(grown)
        cells, strength = cells * rng.randint(2, 3), strength * roughness
    dark, light = np.sort(noise.uniform(0, 255, (2, 3)), axis=0)
    part = 1 / (1 + np.exp(-field * rng.uniform(0.6, 2.0)))
    slope = rng.choice((0.0, 0.0, rng.uniform(-0.6, 0.6)))
    part = part + slope * (np.linspace(1, -1, height, dtype=np.float32)[:, None, None])
    if rng.random() < 0.3:  # a horizon
        row = rng.randrange(height // 4, height)
        part[row:] = 1 - part[row:] if rng.random() < 0.5 else part[row:] * rng.uniform(0.2, 0.8)
    return Image.fromarray(np.clip(dark + part * (light - dark), 0, 255).astype(np.uint8))


def _draw_clutter(rng: random.Random, canvas: Canvas) -> None:
    """Soft waves, blots and strokes: what a photograph is to this model."""
    noise = np.random.default_rng(rng.getrandbits(32))
    width, height = canvas.size
    canvas.image.paste(_fractal(rng, noise, canvas.size))
    for _ in range(rng.choice((0, 0, 3, 12, 30))):
        tone = tuple(int(v) for v in noise.integers(0, 255, 3))
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        reach, flat = rng.uniform(3, width / 5), rng.uniform(0.4, 1.6)
        canvas.draw.ellipse((x - reach, y - reach * flat, x + reach, y + reach * flat), fill=tone)
    for _ in range(rng.choice((0, 0, 5, 20, 40))):
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
    stretch = rng.uniform(0.87, 1.15) if rng.random() < 0.5 else 1.0
    scene = Scene(kind, round(width * stretch**0.5), round(height / stretch**0.5))
    canvas = Canvas(rng, scene.width, scene.height)
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
    scene.fit(width, height)
    scene.pixels = canvas.finish(width, height)
    return scene
