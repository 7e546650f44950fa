"""How high the letters of a page are, and how far its lines are from level.

No text is read: dark and light marks are told from their surroundings, and what stands in rows with
gaps between them, broken up as letters break up a line, counts as a line of text. Photos without
text have no such rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    _Bits = npt.NDArray[np.bool_]
    _Floats = npt.NDArray[np.float64]

_STRIP_PX = 64  # lines are looked for in strips, so that a slight slope does not blur them
_BACKGROUND_PX = 20  # radius of what counts as a mark's surroundings
_CONTRAST = 28  # of 255: fainter than this it is texture, or the noise of a camera
_GAP, _INK = 0.015, 0.05  # shares of a strip's row: what is empty, and what is written on
_LOWEST_PX, _HIGHEST_PX = 4, 160
_FEWEST = 10  # pieces of lines; fewer may be chance
_SMALL_SHARE = 0.2  # the height below which this share of all pieces lies is that of small print

_MOST_DEGREES, _STEP_DEGREES = 12.0, 0.25
_SKEW_SIDE = 900
_SKEW_POINTS = 60_000
_LEAST_GAIN = 1.25  # how much clearer the lines must be when level


class Print(Struct, frozen=True):
    """What is written on a page.

    Attributes:
        height: Of the small letters' lines, from the top of an l to the foot of a p, in pixels.
        pieces: How many pieces of lines were seen.
    """

    height: float
    pieces: int


def find_print(grey: Image.Image) -> Print | None:
    """The small print of a page of mode `L`; None where no lines of text are seen."""
    values = np.asarray(grey, dtype=np.int16)
    around = np.asarray(grey.filter(ImageFilter.BoxBlur(_BACKGROUND_PX)), dtype=np.int16)
    found = [
        np.array(sorted(_piece_heights(marks)))
        for marks in (around - values > _CONTRAST, values - around > _CONTRAST)
    ]
    heights = max(found, key=len)
    if len(heights) < _FEWEST:
        return None
    small = float(np.quantile(heights, _SMALL_SHARE))
    # Lines of one text are of one height; what is of every height is a picture's own pattern.
    alike = int(np.count_nonzero((heights >= small * 0.75) & (heights <= small * 1.6)))
    if alike < max(_FEWEST, len(heights) * 0.4):
        return None
    return Print(small, len(heights))


def _piece_heights(marks: _Bits) -> Iterator[int]:
    """Heights in pixels of what looks like a piece of a line, strip by strip."""
    height, width = marks.shape
    count = width // _STRIP_PX
    if count == 0:
        return
    strips = marks[:, : count * _STRIP_PX].reshape(height, count, _STRIP_PX)
    ink = strips.mean(axis=2)
    edges = (strips[:, :, 1:] != strips[:, :, :-1]).sum(axis=2)
    for strip in range(count):
        yield from _runs(ink[:, strip], edges[:, strip].astype(np.float64))


def _runs(ink: _Floats, edges: _Floats) -> Iterator[int]:
    is_written = ink > _GAP
    steps = np.flatnonzero(np.diff(is_written.astype(np.int8), prepend=0, append=0))
    starts, ends = steps[::2], steps[1::2]
    for index, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        height = end - start
        if not _LOWEST_PX <= height <= _HIGHEST_PX:
            continue
        above = start - (ends[index - 1] if index else 0)
        below = (starts[index + 1] if index + 1 < len(starts) else len(ink)) - end
        # Single-spaced lines are a fifth of their height apart; edges of things are not parted.
        if min(above, below) < max(1, height * 0.1) or max(above, below) > 12 * height:
            continue
        density = float(ink[start:end].mean())
        if not _INK < density < 0.6:
            continue
        # Strokes a line's height: letters have between one and six where the line is densest.
        busiest = float(np.sort(edges[start:end])[-max(1, height // 3) :].mean())
        if 1.0 <= busiest * height / _STRIP_PX <= 12.0 and busiest >= 4:
            yield height


def find_skew(grey: Image.Image) -> float:
    """How many degrees the lines of text go down to the right; 0 where that is not clear.

    Turning the page counter-clockwise by this makes it level.
    """
    scale = _SKEW_SIDE / max(grey.size)
    if scale < 1:
        size = max(1, round(grey.width * scale)), max(1, round(grey.height * scale))
        grey = grey.resize(size, Image.Resampling.BOX)
    values = np.asarray(grey, dtype=np.int16)
    around = np.asarray(grey.filter(ImageFilter.BoxBlur(_BACKGROUND_PX // 2)), dtype=np.int16)
    ys, xs = np.nonzero(around - values > _CONTRAST // 2)
    if len(ys) < 500:
        return 0.0
    step = max(1, len(ys) // _SKEW_POINTS)
    rows, columns = ys[::step].astype(np.float64), xs[::step].astype(np.float64)
    angles = np.arange(-_MOST_DEGREES, _MOST_DEGREES + _STEP_DEGREES / 2, _STEP_DEGREES)
    scores = np.array([_sharpness(rows, columns, float(angle)) for angle in angles])
    best = int(scores.argmax())
    level = int(np.abs(angles).argmin())
    is_clear = scores[best] > _LEAST_GAIN * max(scores[level], float(np.median(scores)))
    return float(angles[best]) if is_clear and 0 < best < len(angles) - 1 else 0.0


def _sharpness(rows: _Floats, columns: _Floats, degrees: float) -> float:
    """How sharply the marks fall into rows when lines of this slope are taken for level."""
    turned = rows - columns * np.tan(np.radians(degrees))
    counts = np.bincount((turned - turned.min()).astype(np.intp)).astype(np.float64)
    return float(np.square(np.diff(counts)).sum())
