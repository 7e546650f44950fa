"""Pictures drawn for the tests, and how to look at them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image

from desktop.core.types import ImageAttachment

FIXTURES = Path(__file__).parent.parent / "fixtures"
PageOf: TypeAlias = Callable[[Path | bytes], Image.Image]
Take: TypeAlias = Callable[[Path | bytes], ImageAttachment]

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 150, 50), (30, 70, 220), (245, 215, 20)
CORNERS = (
    RED,
    GREEN,
    BLUE,
    YELLOW,
)  # of `quarters`: top left, top right, bottom left, bottom right


def quarters(width: int = 96, height: int = 64) -> Image.Image:
    """Four coloured quarters: shows every way of turning and flipping."""
    small = Image.new("RGB", (2, 2))
    small.putdata(CORNERS)
    return small.resize((width, height), Image.Resampling.NEAREST)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    width, height = picture.size
    spots = ((3, 3), (width - 4, 3), (3, height - 4), (width - 4, height - 4))
    return [pixel(picture, spot) for spot in spots]


def pixel(picture: Image.Image, spot: tuple[int, int] = (3, 3)) -> tuple[int, ...]:
    value = picture.getpixel(spot)
    assert isinstance(value, tuple)
    return tuple(map(int, value))


def is_close(left: Any, right: Any, tolerance: int = 6) -> bool:
    """Whether two colours, or two lists of colours, are the same up to the codec's noise."""
    if isinstance(left, int):
        return bool(abs(left - right) <= tolerance)
    return len(left) == len(right) and all(
        is_close(a, b, tolerance) for a, b in zip(left, right, strict=True)
    )
