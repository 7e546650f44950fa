"""Where a point goes when a picture is turned by a few degrees to be straight: pure arithmetic.

The canvas grows, so that no corner is cut; the middle stays the middle. Angles are in degrees,
clockwise as seen; x runs to the right and y downwards.
"""

from __future__ import annotations

import math


def straight_size(width: int, height: int, degrees: float) -> tuple[int, int]:
    """The canvas that a picture of this size needs when it is turned."""
    if not degrees:
        return width, height
    cosine, sine = _parts(degrees)
    sine = abs(sine)
    # The tiny amount keeps what is whole up to the arithmetic's last digit from growing by one.
    return (
        math.ceil(width * cosine + height * sine - 1e-6),
        math.ceil(width * sine + height * cosine - 1e-6),
    )


def to_straight(
    point: tuple[float, float], size: tuple[int, int], degrees: float
) -> tuple[float, float]:
    """Where a point of a picture of this size is on the turned canvas."""
    cosine, sine = _parts(degrees)
    new_width, new_height = straight_size(*size, degrees)
    x, y = point[0] - size[0] / 2, point[1] - size[1] / 2
    return x * cosine - y * sine + new_width / 2, x * sine + y * cosine + new_height / 2


def from_straight(
    point: tuple[float, float], size: tuple[int, int], degrees: float
) -> tuple[float, float]:
    """The other way round; `size` is still that of the picture before it was turned."""
    cosine, sine = _parts(degrees)
    new_width, new_height = straight_size(*size, degrees)
    x, y = point[0] - new_width / 2, point[1] - new_height / 2
    return x * cosine + y * sine + size[0] / 2, y * cosine - x * sine + size[1] / 2


def _parts(degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return math.cos(angle), math.sin(angle)
