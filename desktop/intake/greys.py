"""Greys of more than 8 bits (16-bit, integers, floats) brought to 8 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    import numpy.typing as npt

_WHITE_IS_ZERO = 0
_PHOTOMETRIC_TAG = 262


def is_deep(picture: Image.Image) -> bool:
    """Whether the picture's mode is one of those that Pillow clips instead of scaling."""
    return picture.mode in {"I", "F"} or picture.mode.startswith("I;16")


def to_8_bits(picture: Image.Image) -> Image.Image:
    """The picture as `L`, or as `LA` where one grey is declared transparent."""
    values: npt.NDArray[Any] = np.asarray(picture)
    key = picture.info.get("transparency")
    grey = _scaled(values)
    if getattr(picture, "tag_v2", {}).get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO:
        np.subtract(255, grey, out=grey)
    result = Image.fromarray(grey)
    if isinstance(key, int):
        result.putalpha(Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8)))
    return result


def _scaled(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Scaled by what the numbers mean, as far as they show it.

    Integers within 16 bits run to 65,535; when none is above 4,095 they are taken for the 12 bits
    that cameras and microscopes store in 16, which would be black otherwise. Floats from 0 to 1 are
    taken as they are. Everything else runs from its darkest to its brightest value.
    """
    is_float = values.dtype.kind == "f"
    finite = values[np.isfinite(values)] if is_float else values
    if finite.size == 0:
        return np.zeros(values.shape, np.uint8)
    low, high = float(finite.min()), float(finite.max())
    if not is_float and low >= 0 and high <= 65535:
        white = 4095 if high <= 4095 else 65535
        table = ((np.arange(65536, dtype=np.uint32) * 255 + white // 2) // white).clip(max=255)
        return np.asarray(table.astype(np.uint8)[values])
    if is_float and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    span = high - low or 1.0
    spread = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) * (255 / span)
    return np.asarray(np.rint(spread).clip(0, 255).astype(np.uint8))
