"""Help for bad pictures: what is wrong with one, and a better one made from it.

On Pillow and numpy alone. OpenCV's wheels add 125 to 153 MB, carry encoders under the GPL on macOS
and a network-capable FFmpeg everywhere; scikit-image with SciPy adds 151 MB. The five changes made
here are too little for either.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from PIL import Image, ImageFilter

from desktop.core.errors import ErrorCode, ImageError
from desktop.core.skew import straight_size
from desktop.intake.small_print import find_print, find_skew

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from desktop.intake.small_print import Print

    _Floats = npt.NDArray[np.float32]
    _Bytes = npt.NDArray[np.uint8]


class Fault(StrEnum):
    """What makes a picture hard to look at."""

    DIM = "dim"
    FAINT = "faint"  # low contrast
    BLURRED = "blurred"
    SKEWED = "skewed"


class Look(Struct, frozen=True):
    """What was seen in a page picture.

    Attributes:
        faults: The worst first.
        letter_share: Height of its small print, as a share of the page's; None where none is seen.
        skew_degrees: How far its lines go down to the right; 0 unless that is a fault.
    """

    faults: tuple[Fault, ...] = ()
    letter_share: float | None = None
    skew_degrees: float = 0.0


class Changes(Struct, frozen=True):
    """What to change.

    Attributes:
        is_lit: Brighten, darks more than lights.
        has_contrast: Even out the contrast, place by place (CLAHE).
        is_balanced: Take the colour of the light away.
        is_sharpened: Make edges clearer.
        turn_degrees: Clockwise, about the middle; the canvas grows.
    """

    is_lit: bool = False
    has_contrast: bool = False
    is_balanced: bool = False
    is_sharpened: bool = False
    turn_degrees: float = 0.0

    @property
    def is_any(self) -> bool:
        """Whether anything is changed."""
        return self != Changes()


# Judged on scans, phone photos in the evening, screenshots and night scenes.
_DIM_BRIGHTEST = 130  # of 255: the hundredth brightest pixel
_DIM_BRIGHT_SPOTS, _DIM_MEAN = 150, 85  # a little brighter in spots, but dark in the mean
_FAINT_SPAN = 80  # between the hundredth darkest and the hundredth brightest
_EMPTY_SPAN = 12  # below it there is nothing to see at all
_BLURRED = 0.5  # of `_blur`: sharp pictures have 0.1 to 0.4
_LEAST_SKEW = 0.5  # degrees; below it nobody sees it, and turning costs sharpness
_BLUR_SIDE = 1024

_CLAHE_TILES, _CLAHE_CLIP = 8, 2.0
_LIGHT_MIDDLE = 0.55  # where the median comes to
_MOST_GAIN = 1.8


def open_page(path: Path) -> Image.Image:
    """A page picture from the disk as RGB; raises `ImageError` when it is not there any more."""
    try:
        with Image.open(path) as picture:
            return picture.convert("RGB")
    except OSError as error:
        raise ImageError(
            "The picture is no longer on the disk.", ErrorCode.PICTURE_MISSING, name=""
        ) from error


def look_at(page: Image.Image) -> Look:
    """What is wrong with a page picture; takes a quarter of a second for four megapixels."""
    grey = page.convert("L")
    values = np.asarray(grey)
    dark, bright = (float(value) for value in np.percentile(values[::2, ::2], (1, 99)))
    print_found = find_print(grey)
    faults = []
    is_empty = bright - dark < _EMPTY_SPAN
    is_dim = bright < _DIM_BRIGHTEST or (
        bright < _DIM_BRIGHT_SPOTS and float(values.mean()) < _DIM_MEAN
    )
    if is_dim and not is_empty:
        faults.append(Fault.DIM)
    elif bright - dark < _FAINT_SPAN and not is_empty and not _is_mostly_blank(values):
        faults.append(Fault.FAINT)
    skew = _skew(grey, print_found)
    if skew:
        faults.append(Fault.SKEWED)
    if not is_empty and _blur(grey) > _BLURRED:
        faults.append(Fault.BLURRED)
    letters = print_found.height / page.height if print_found else None
    return Look(tuple(faults), letters, skew)


def proposed(look: Look) -> Changes:
    """The changes that help against what was seen."""
    return Changes(
        is_lit=Fault.DIM in look.faults,
        has_contrast=Fault.FAINT in look.faults,
        is_balanced=False,
        is_sharpened=Fault.BLURRED in look.faults,
        turn_degrees=-look.skew_degrees,
    )


def improve(page: Image.Image, changes: Changes) -> Image.Image:
    """A new RGB picture with these changes; one of four megapixels takes about a second."""
    result = page.convert("RGB")
    if changes.is_balanced:
        result = _balanced(result)
    if changes.is_lit:
        result = _lit(result)
    if changes.has_contrast:
        result = _with_contrast(result)
    if changes.turn_degrees:
        result = _turned(result, changes.turn_degrees)
    if changes.is_sharpened:
        result = result.filter(ImageFilter.UnsharpMask(radius=2.0, percent=140, threshold=2))
    return result


# --- what is wrong --------------------------------------------------------------------------------


def _is_mostly_blank(values: _Bytes) -> bool:
    """A clean page with a few dark words has hardly any pixel that is not paper."""
    low, high = np.percentile(values[::2, ::2], (0.02, 50))
    return bool(high - low > 2 * _FAINT_SPAN)


def _skew(grey: Image.Image, found: Print | None) -> float:
    if found is None:
        return 0.0
    degrees = find_skew(grey)
    return degrees if abs(degrees) >= _LEAST_SKEW else 0.0


def _blur(grey: Image.Image) -> float:
    """How little another blur would change it, 0..1.

    Crété-Roffet, Dolmière, Ladret, Nicolas: The blur effect: perception and estimation with a new
    no-reference perceptual blur metric, SPIE 2007.
    """
    scale = _BLUR_SIDE / max(grey.size)
    if scale < 1:
        grey = grey.reduce(max(1, int(1 / scale)))
    values = np.asarray(grey, dtype=np.float32)
    kernel = np.full(9, 1 / 9, np.float32)
    results = []
    for axis in (0, 1):
        if values.shape[axis] < 16:
            return 0.0
        blurred = _smoothed(values, kernel, axis)
        own = np.abs(np.diff(values, axis=axis))
        lost = np.maximum(0, own - np.abs(np.diff(blurred, axis=axis)))
        total = float(own.sum())
        results.append((total - float(lost.sum())) / total if total else 0.0)
    return max(results)


def _smoothed(values: _Floats, kernel: _Floats, axis: int) -> _Floats:
    half = len(kernel) // 2
    padding = [(0, 0), (0, 0)]
    padding[axis] = (half + 1, half)
    sums = np.cumsum(np.pad(values, padding, mode="edge"), axis=axis, dtype=np.float64)
    count = values.shape[axis]
    ahead = np.take(sums, np.arange(len(kernel), len(kernel) + count), axis=axis)
    behind = np.take(sums, np.arange(count), axis=axis)
    return ((ahead - behind) / len(kernel)).astype(np.float32)


# --- what is done about it ------------------------------------------------------------------------


def _balanced(page: Image.Image) -> Image.Image:
    """Take the brightest parts that are not burnt out for white, as paper and walls are."""
    values = np.asarray(page)
    luma = values[::4, ::4].mean(axis=2)
    sample = values[::4, ::4].reshape(-1, 3)[(luma >= np.percentile(luma, 90)).ravel()]
    unburnt = sample[sample.max(axis=1) < 250]
    white = (unburnt if len(unburnt) > len(sample) // 10 else sample).mean(axis=0).clip(min=1)
    gains = (float(white.max()) / white).clip(max=_MOST_GAIN)
    tables = [np.clip(np.arange(256) * gain, 0, 255).round().astype(int) for gain in gains]
    return page.point([int(value) for table in tables for value in table])


def _lit(page: Image.Image) -> Image.Image:
    """Stretch to black and white, then bring the median to the middle."""
    values = np.asarray(page.convert("L"))[::2, ::2]
    low, high = np.percentile(values, (0.5, 99.5))
    span = max(float(high - low), 16.0)
    middle = min(max((float(np.median(values)) - float(low)) / span, 0.05), 0.95)
    gamma = min(1.0, max(0.35, float(np.log(_LIGHT_MIDDLE) / np.log(middle))))
    levels = ((np.arange(256) - float(low)) / span).clip(0, 1) ** gamma
    table = [int(value) for value in (levels * 255).round()]
    return page.point(table * 3)


def _with_contrast(page: Image.Image) -> Image.Image:
    """Stretch, then contrast-limited adaptive histogram equalisation of the lightness.

    Zuiderveld: Contrast limited adaptive histogram equalization, Graphics Gems IV, 1994.
    """
    luma, blue, red = page.convert("YCbCr").split()
    plain = np.asarray(luma)
    low, high = (float(value) for value in np.percentile(plain[::2, ::2], (0.5, 99.5)))
    stretched = (np.arange(256) - low) * (255 / max(high - low, 16.0))
    values = stretched.clip(0, 255).astype(np.uint8)[plain]
    height, width = values.shape
    tiles = min(_CLAHE_TILES, max(1, height // 32)), min(_CLAHE_TILES, max(1, width // 32))
    tables = _tile_tables(values, tiles)
    row, row_share = _between(height, tiles[0])
    column, column_share = _between(width, tiles[1])
    result = np.empty_like(values)
    for top in range(0, height, 256):  # in bands: the shares of a large page take much memory
        band = slice(top, min(height, top + 256))
        part = values[band]
        rows, share = row[band, None], row_share[band, None]
        left, right = column[None, :], np.minimum(column + 1, tiles[1] - 1)[None, :]
        below = np.minimum(rows + 1, tiles[0] - 1)
        upper = tables[rows, left, part] * (1 - column_share) + (
            tables[rows, right, part] * column_share
        )
        lower = tables[below, left, part] * (1 - column_share) + (
            tables[below, right, part] * column_share
        )
        result[band] = (upper * (1 - share) + lower * share + 0.5).astype(np.uint8)
    return Image.merge("YCbCr", (Image.fromarray(result), blue, red)).convert("RGB")


def _tile_tables(values: _Bytes, tiles: tuple[int, int]) -> _Floats:
    """The grey that each grey becomes in the middle of each tile."""
    height, width = values.shape
    tables = np.empty((*tiles, 256), np.float32)
    for row in range(tiles[0]):
        for column in range(tiles[1]):
            tile = values[
                height * row // tiles[0] : height * (row + 1) // tiles[0],
                width * column // tiles[1] : width * (column + 1) // tiles[1],
            ]
            counts = np.bincount(tile.ravel(), minlength=256).astype(np.float32)
            limit = max(1.0, _CLAHE_CLIP * tile.size / 256)
            excess = float(np.maximum(counts - limit, 0).sum())
            shared = np.minimum(counts, limit) + excess / 256
            tables[row, column] = np.cumsum(shared) * (255 / tile.size)
    return tables.clip(0, 255)


def _between(length: int, tiles: int) -> tuple[npt.NDArray[np.intp], _Floats]:
    """For each pixel the tile before it, and how far it is on the way to the next one's middle."""
    place = ((np.arange(length, dtype=np.float32) + 0.5) * tiles / length - 0.5).clip(0, tiles - 1)
    before = place.astype(np.intp)
    return before, (place - before).astype(np.float32)


def _turned(page: Image.Image, degrees: float) -> Image.Image:
    """Turn clockwise on a canvas with room for every corner, the new corners as the page's edge."""
    width, height = straight_size(*page.size, degrees)
    edge = np.concatenate(
        [np.asarray(page)[[0, -1]].reshape(-1, 3), np.asarray(page)[:, [0, -1]].reshape(-1, 3)]
    )
    paper = tuple(int(value) for value in np.median(edge, axis=0))
    angle = np.radians(degrees)
    cosine, sine = float(np.cos(angle)), float(np.sin(angle))
    old_x, old_y, new_x, new_y = page.width / 2, page.height / 2, width / 2, height / 2
    back = (
        *(cosine, sine, old_x - cosine * new_x - sine * new_y),
        *(-sine, cosine, old_y + sine * new_x - cosine * new_y),
    )
    method, resampling = Image.Transform.AFFINE, Image.Resampling.BICUBIC
    return page.transform((width, height), method, back, resampling, fillcolor=paper)
