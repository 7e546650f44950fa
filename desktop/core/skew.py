"""How much room a picture needs that is turned by a few degrees to be straight.

The canvas grows, so that no corner is cut; the middle stays the middle.
"""

from __future__ import annotations

import math


def straight_size(width: int, height: int, degrees: float) -> tuple[int, int]:
    """The canvas that a picture of this size needs when it is turned."""
    if not degrees:
        return width, height
    angle = math.radians(degrees)
    cosine, sine = math.cos(angle), abs(math.sin(angle))
    # The tiny amount keeps what is whole up to the arithmetic's last digit from growing by one.
    return (
        math.ceil(width * cosine + height * sine - 1e-6),
        math.ceil(width * sine + height * cosine - 1e-6),
    )
