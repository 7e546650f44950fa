"""Pages of print, and what looks like a photo, drawn for the tests."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_SENTENCE = "We paid 12.40 for the ferry and 3.20 for two cups of tea on Monday morning"
_WORDS = _SENTENCE.split(" ")


def printed(
    type_px: int,
    size: tuple[int, int] = (900, 1200),
    *,
    tilt: float = 0.0,
    ink: int = 30,
    paper: int = 240,
    lines: int = 200,
) -> Image.Image:
    """Lines of words; `tilt` in degrees, clockwise."""
    page = Image.new("L", size, paper)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(type_px)
    count = 0
    for line in range(lines):
        x, y = 80.0, 80 + line * type_px * 1.4
        if y > size[1] - 80 - type_px:
            break
        while True:
            word = _WORDS[count % len(_WORDS)]
            width = draw.textlength(f"{word} ", font)
            if x + width > size[0] - 80:
                break
            draw.text((x, y), word, ink, font)
            x += width
            count += 1
    if tilt:
        page = page.rotate(-tilt, Image.Resampling.BICUBIC, fillcolor=paper)
    return page.convert("RGB")


def scene(size: tuple[int, int] = (800, 600)) -> Image.Image:
    """Something like a photo: soft light, edges, all greys, no print."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    light = 70 + 90 * x / size[0] + 60 * np.sin(y / 90.0)
    values = np.stack([light, light * 0.9 + 10, light * 0.8 + 20], axis=2).clip(0, 255)
    picture = Image.fromarray(values.astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for step in range(24):
        left, top = 37 * step % 700, 53 * step % 500
        fill = ((step * 41) % 256, (step * 83) % 256, (step * 29) % 256)
        draw.polygon([(left, top), (left + 90, top + 20), (left + 30, top + 80)], fill)
    return picture
