"""A canvas several times the finished picture's size: grounds, shapes and print in many manners."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from recipe import fonts
from recipe.scene import Glyph, Shape
from recipe.vocabulary import COLORS, RGB

if TYPE_CHECKING:
    import random

PALE = ((235, 235, 235), (250, 245, 228), (225, 238, 248), (240, 250, 238), (250, 235, 235))
DARK = ((45, 45, 50), (60, 62, 70), (20, 22, 26), (28, 40, 66), (30, 52, 40))
INKS = ((0, 0, 0), (15, 15, 15), (40, 40, 45), (20, 30, 120), (130, 15, 15), (10, 80, 40))
LARGEST_CANVAS = 512
RESAMPLERS = (
    Image.Resampling.BICUBIC,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BILINEAR,
    Image.Resampling.BOX,
)


def distance(first: RGB, second: RGB) -> float:
    """How far two colours are apart; 0 to about 440."""
    return sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5


def jittered(rng: random.Random, color: RGB, by: int = 14) -> RGB:
    """A colour close to this one."""
    red, green, blue = (min(255, max(0, part + rng.randint(-by, by))) for part in color)
    return red, green, blue


class Canvas:
    """Drawing in coordinates of the finished picture; notes where each character lands."""

    def __init__(self, rng: random.Random, width: int, height: int) -> None:
        self.rng = rng
        self.width, self.height = width, height
        largest = LARGEST_CANVAS / max(width, height)
        self.scale = min(rng.choice((1.0, 1.0, 1.5, 2.0, 2.0, 2.5, 3.0, 4.0)), largest)
        self.size = (round(width * self.scale), round(height * self.scale))
        self.glyphs: list[Glyph] = []
        self.grounds: list[RGB] = []
        self.image = self._ground()
        self.draw = ImageDraw.Draw(self.image)

    # --- grounds -------------------------------------------------------------------------

    def _plain(self) -> RGB:
        choice = self.rng.random()
        if choice < 0.5:
            return (255, 255, 255)
        if choice < 0.75:
            return jittered(self.rng, self.rng.choice(PALE), 8)
        if choice < 0.9:
            return jittered(self.rng, self.rng.choice(DARK), 10)
        level = self.rng.randint(90, 210)
        return jittered(self.rng, (level, level, level), 25)

    def _ground(self) -> Image.Image:
        base = self._plain()
        self.grounds = [base]
        manner = self.rng.random()
        if manner < 0.6:
            return Image.new("RGB", self.size, base)
        width, height = self.size
        noise = np.random.default_rng(self.rng.getrandbits(32))
        field = np.broadcast_to(np.array(base, np.float32), (height, width, 3)).copy()
        if manner < 0.75:
            other = jittered(self.rng, base, 45)
            self.grounds.append(other)
            angle = self.rng.random() * 6.283
            ys, xs = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
            ramp = np.clip(0.5 + 0.5 * (xs * np.cos(angle) + ys * np.sin(angle)), 0, 1)
            field += ramp[..., None].astype(np.float32) * np.subtract(other, base)
        elif manner < 0.85:
            field += noise.normal(0, self.rng.uniform(2, 12), (height, width, 1))
        elif manner < 0.93:
            coarse = noise.normal(0, self.rng.uniform(4, 16), (8, 8)).astype(np.float32)
            cloud = Image.fromarray(coarse).resize(self.size, Image.Resampling.BICUBIC)
            field += np.asarray(cloud)[..., None]
        else:
            every = self.rng.randint(8, 24)
            tint = self.rng.choice((-22, -14, 14, 22))
            field[:: round(every * self.scale)] += tint
            if self.rng.random() < 0.5:
                field[:, :: round(every * self.scale)] += tint
        return Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))

    def clear_colors(self, nearest: float = 105.0) -> list[str]:
        """The named colours that stand out from the ground in most of their tones."""
        return [
            name
            for name, tones in COLORS.items()
            if 5 * len(self._clear(tones, nearest)) >= 3 * len(tones)
        ]

    def _clear(self, tones: tuple[RGB, ...], nearest: float) -> list[RGB]:
        grounds = self.grounds
        return [t for t in tones if all(distance(t, ground) > nearest for ground in grounds)]

    def ink(self) -> RGB:
        """A colour for print that can be read on the ground."""
        if sum(self.grounds[0]) < 330:
            return jittered(self.rng, (242, 242, 242), 12)
        inks = [ink for ink in INKS if distance(ink, self.grounds[0]) > 150]
        return self.rng.choice(inks or [INKS[0]])

    # --- shapes --------------------------------------------------------------------------

    def shape(self, shape: Shape) -> None:
        """Draws a shape: mostly filled, sometimes with an edge, sometimes only the edge."""
        rng = self.rng
        tones = COLORS[shape.color]
        clear = self._clear(tones, 105.0) or self._clear(tones, 60.0)
        color = jittered(rng, rng.choice(clear or tones))
        corners = [(x * self.scale, y * self.scale) for x, y in shape.corners()]
        line = max(2, round(max(2.5, shape.half * rng.uniform(0.16, 0.3)) * self.scale))
        manner = rng.random()
        if manner < 0.10 and shape.kind != "star":
            closed = [*corners, corners[0], corners[1]]
            self.draw.line(closed, fill=color, width=line, joint="curve")
            return
        if shape.kind == "circle":
            left, top, right, bottom = (v * self.scale for v in shape.box)
            self.draw.ellipse((left, top, right, bottom), fill=color)
        else:
            self.draw.polygon(corners, fill=color)
        if manner > 0.85:
            edge = rng.choice(((0, 0, 0), (70, 70, 70), tuple(part // 2 for part in color)))
            thin = max(1, round(rng.uniform(0.7, 2.0) * self.scale))
            self.draw.line([*corners, corners[0]], fill=edge, width=thin)

    # --- print ---------------------------------------------------------------------------

    def measure(self, text: str, font: str, size: float) -> tuple[float, float]:
        """Width and height of a printed line in pixels of the finished picture."""
        loaded = fonts.load(font, max(6, round(size * self.scale)))
        ascent, descent = loaded.getmetrics()
        return loaded.getlength(text) / self.scale, (ascent + descent) / self.scale

    def advance(self, char: str, font: str, size: float) -> float:
        """How far one character moves the pen, in pixels of the finished picture."""
        return fonts.advance(font, max(6, round(size * self.scale)), char) / self.scale

    def print_line(
        self,
        text: str,
        at: tuple[float, float],
        font: str,
        size: float,
        ink: RGB,
        line: int = 0,
    ) -> None:
        """Prints a line with its top left corner here; `line` is its number among those read."""
        loaded = fonts.load(font, max(6, round(size * self.scale)))
        x, y = at[0] * self.scale, at[1] * self.scale
        self.draw.text((x, y), text, font=loaded, fill=ink)
        middle = (y + loaded.getmetrics()[0] - 0.36 * loaded.size) / self.scale
        for index, char in enumerate(text, 1):
            step = fonts.advance(font, int(loaded.size), char)
            if char != " ":
                where = (x + step / 2) / self.scale
                self.glyphs.append(Glyph(char, where, middle, line, index if line else 0))
            x += step

    def panel(self, box: tuple[float, float, float, float], color: RGB) -> None:
        """A sign's plate; print on it is measured against its colour."""
        corners = tuple(v * self.scale for v in box)
        radius = self.rng.choice((0, 0, 4, 8)) * self.scale
        self.draw.rounded_rectangle(corners, radius=radius, fill=color)
        self.grounds = [color]

    # --- finishing -----------------------------------------------------------------------

    def turn(self, degrees: float) -> None:
        """Turns the whole picture a little; the noted characters go with it."""
        fill = self.image.getpixel((0, 0))
        self.image = self.image.rotate(degrees, Image.Resampling.BILINEAR, fillcolor=fill)
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        middle_x, middle_y = self.width / 2, self.height / 2
        turned = []
        for glyph in self.glyphs:
            x, y = glyph.x - middle_x, glyph.y - middle_y
            here = (middle_x + cos * x + sin * y, middle_y - sin * x + cos * y)
            turned.append(replace(glyph, x=float(here[0]), y=float(here[1])))
        self.glyphs = turned

    def finish(self, width: int, height: int) -> np.ndarray:
        """The picture at this size, with the marks of cameras and files on some."""
        rng = self.rng
        image = self.image
        if rng.random() < 0.06:
            image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.9) * self.scale))
        if image.size != (width, height):
            image = image.resize((width, height), rng.choice(RESAMPLERS))
        if rng.random() < 0.2:
            packed = io.BytesIO()
            image.save(packed, "JPEG", quality=rng.randint(45, 95))
            image = Image.open(packed).convert("RGB")
        pixels = np.asarray(image)
        if rng.random() < 0.2:
            noise = np.random.default_rng(rng.getrandbits(32))
            grain = noise.normal(0, rng.uniform(1, 7), pixels.shape[:2])[..., None]
            pixels = np.clip(pixels + grain, 0, 255).astype(np.uint8)
        return pixels
