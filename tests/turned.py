"""Where a point goes when a picture is turned about its middle: worked out apart from the app."""

from __future__ import annotations

import math

from desktop.core.skew import straight_size


def to_straight(
    point: tuple[float, float], size: tuple[int, int], degrees: float
) -> tuple[float, float]:
    """A point of a picture of this size, on the canvas that is turned clockwise and has grown."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    new_width, new_height = straight_size(*size, degrees)
    x, y = point[0] - size[0] / 2, point[1] - size[1] / 2
    return x * cosine - y * sine + new_width / 2, x * sine + y * cosine + new_height / 2
