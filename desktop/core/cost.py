"""What looking at a picture takes, and what of it is too small to be read afterwards."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from desktop.core.sizing import TOKEN_SIDE, target_size
from desktop.core.types import PictureBudget, PictureLimits

# Letters are measured from the top of an l to the foot of a p, about 0.7 of the type size. At 11
# pixels of type size people begin to guess, and so do models of 32 pixels a token. A judgement.
LEGIBLE_PX = 8.0


class PictureCost(Struct, frozen=True):
    """What a model is shown of one picture.

    Attributes:
        width: In pixels, as shown.
        height: In pixels, as shown.
        tokens: Of the context.
        scale: Pixels shown for each of the original's, along a side.
    """

    width: int
    height: int
    tokens: int
    scale: float

    @property
    def is_reduced(self) -> bool:
        """Whether detail of the original is lost."""
        return self.scale < 0.99


class Remedy(StrEnum):
    """What helps when small print would be lost."""

    CLOSER = "closer"  # the largest budget shows it large enough
    REGION = "region"  # only a part of the picture at a time does


def cost_of(width: int, height: int, budget: PictureBudget, limits: PictureLimits) -> PictureCost:
    """The cost of an original of this size, in pixels."""
    seen_width, seen_height = target_size(width, height, budget, limits)
    tokens = seen_width * seen_height // TOKEN_SIDE**2
    scale = (seen_width * seen_height / (width * height)) ** 0.5
    return PictureCost(seen_width, seen_height, tokens, scale)


def letters_seen(letter_share: float, cost: PictureCost) -> float:
    """How high letters are shown, in pixels; `letter_share` is of the picture's height."""
    return letter_share * cost.height


def remedy_for(
    letter_share: float,
    size: tuple[int, int],
    budget: PictureBudget,
    limits: PictureLimits,
) -> Remedy | None:
    """What to do so that the letters can be read; None when they can.

    Letters that are too small on the original itself have no remedy.
    """
    cost = cost_of(*size, budget, limits)
    if letters_seen(letter_share, cost) >= LEGIBLE_PX or letter_share * size[1] < LEGIBLE_PX:
        return None
    closest = cost_of(*size, PictureBudget.DETAIL, limits)
    is_enough = letters_seen(letter_share, closest) >= LEGIBLE_PX
    return Remedy.CLOSER if is_enough and budget is not PictureBudget.DETAIL else Remedy.REGION
