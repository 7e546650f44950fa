"""From an open picture file to its upright sRGB page, decoding no more pixels than are needed."""

from __future__ import annotations

import math
import re
import struct
import threading
import zlib
from contextlib import contextmanager, nullcontext
from typing import IO, TYPE_CHECKING

from msgspec import Struct
from PIL import Image
from PIL.ExifTags import Base
from PIL.JpegImagePlugin import JpegImageFile

from desktop.core.geometry import rect_of, scaling, upright_to_file
from desktop.intake import greys, refusals
from desktop.intake.colour import to_plain_mode, to_srgb_on_white
from desktop.intake.quiet import quiet_pillow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.core.types import Region
    from desktop.intake.formats import PictureFormat

PAGE_PIXELS = 4_194_304  # the most that any model is shown of one picture
THUMBNAIL_SIDE = 512

# A declared size costs nothing to write and four bytes a pixel to decode. 200 megapixels (the
# largest that phones take: 16,320 x 12,240) are 0.8 GB for a moment, which a desktop machine has.
# A baseline JPEG is decoded at an eighth of its side, so that a stitched panorama can be larger; a
# progressive one needs all its coefficients at once.
MOST_PIXELS = 200_000_000
MOST_PIXELS_REDUCING = 300_000_000

# The C library takes blocks above 32 MB from the system and gives them back as soon as they are
# free; with Pillow's usual 16 MB a 108-megapixel picture left 500 MB with the process.
Image.core.set_block_size(128 * 1024 * 1024)  # type: ignore[attr-defined]

# Above this size pictures are decoded one after the other, so that dropping a folder of scans on
# the window does not need the memory of all of them together.
_LARGE_PIXELS = 32_000_000
_large_picture = threading.Lock()

# What decoders raise for bytes that make no sense. OSError is told apart by its errno.
NONSENSE = (
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    AssertionError,
    RuntimeError,
    struct.error,
    zlib.error,
)

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class DecodedPicture(Struct, frozen=True):
    """An upright page.

    Attributes:
        page: RGB, sRGB, at most `PAGE_PIXELS`, without metadata.
        width: Of the upright original, in pixels.
        height: Of the upright original, in pixels.
    """

    page: Image.Image
    width: int
    height: int


def decode(stream: IO[bytes], kind: PictureFormat, name: str) -> DecodedPicture:
    """Decode the first page of a stream that stands at its beginning.

    Raises `ImageError` for a damaged or too large picture, naming it `name`.
    """
    with quiet_pillow, _as_sentences(name):
        picture = kind.open(stream)
        _check_size(picture, name)
        try:
            return _decode(picture)
        except MemoryError:
            raise refusals.out_of_memory(name, math.prod(picture.size)) from None


def decode_upright(
    stream: IO[bytes],
    kind: PictureFormat,
    name: str,
    *,
    page: int = 0,
    region: Region | None = None,
) -> Image.Image:
    """A page at all its pixels, upright and sRGB, or what a region of it holds.

    The region is in pixels of the upright page. Only a JPEG of more than `MOST_PIXELS` comes at
    half its size. Raises `ImageError` as `decode` does.
    """
    with quiet_pillow, _as_sentences(name):
        picture = kind.open(stream)
        _check_size(picture, name)
        if page:
            picture.seek(page)
            _check_size(picture, name)
        try:
            return _upright(picture, region)
        except MemoryError:
            raise refusals.out_of_memory(name, math.prod(picture.size)) from None


def page_size(width: int, height: int, most_pixels: int = PAGE_PIXELS) -> tuple[int, int]:
    """The largest size of the same shape with at most `most_pixels`; never larger than given."""
    if width * height <= most_pixels:
        return width, height
    scale = math.sqrt(most_pixels / (width * height))
    # A side that cannot be less than one pixel takes its share from the other.
    new_height = min(max(1, int(height * scale)), most_pixels)
    new_width = min(max(1, int(width * scale)), most_pixels // new_height)
    return new_width, min(new_height, most_pixels // new_width)


def thumbnail(page: Image.Image) -> Image.Image:
    """A copy whose long side is at most `THUMBNAIL_SIDE`."""
    scale = THUMBNAIL_SIDE / max(page.size)
    if scale >= 1:
        return page
    size = max(1, round(page.width * scale)), max(1, round(page.height * scale))
    return page.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _decode(picture: Image.Image) -> DecodedPicture:
    declared = picture.size
    if isinstance(picture, JpegImageFile):
        # The smallest of 1/1, 1/2, 1/4, 1/8 that is not smaller than the page: done in the DCT,
        # the full-size pixels never exist.
        picture.draft(None, page_size(*declared))
    is_drafted = picture.size != declared
    is_large = math.prod(picture.size) > _LARGE_PIXELS
    with _large_picture if is_large else nullcontext():
        picture.load()
        # Only known now: HEIF may correct its size, PNG may carry EXIF behind the pixels.
        width, height = declared if is_drafted else picture.size
        turn = _UPRIGHT.get(_orientation(picture))
        profile = picture.info.get("icc_profile")
        plain = to_plain_mode(picture)
        size = page_size(*plain.size)
        if size != plain.size:
            plain = plain.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    page = to_srgb_on_white(plain, profile)
    if turn is not None:
        page = page.transpose(turn)
        if turn not in {
            Image.Transpose.FLIP_LEFT_RIGHT,
            Image.Transpose.FLIP_TOP_BOTTOM,
            Image.Transpose.ROTATE_180,
        }:
            width, height = height, width
    page.info = {}  # else Pillow would write the old profile into the new file
    return DecodedPicture(page, width, height)


def _upright(picture: Image.Image, region: Region | None) -> Image.Image:
    declared = picture.size
    if isinstance(picture, JpegImageFile) and math.prod(declared) > MOST_PIXELS:
        picture.draft(None, (declared[0] // 2, declared[1] // 2))
    is_drafted = picture.size != declared
    is_large = math.prod(picture.size) > _LARGE_PIXELS
    with _large_picture if is_large else nullcontext():
        picture.load()
        stored = declared if is_drafted else picture.size
        orientation = _orientation(picture)
        profile = picture.info.get("icc_profile")
        # What a deep grey means shows only in the whole picture.
        plain = to_plain_mode(picture) if greys.is_deep(picture) else picture
        if region is not None:
            way = upright_to_file(orientation, stored).then(scaling(stored, plain.size))
            cut = way.rect(rect_of(region)).to_region(plain.size)
            plain = plain.crop((cut.left, cut.top, cut.right, cut.bottom))
        upright = to_srgb_on_white(to_plain_mode(plain), profile)
    turn = _UPRIGHT.get(orientation)
    if turn is not None:
        upright = upright.transpose(turn)
    upright.info = {}
    return upright


def _orientation(picture: Image.Image) -> int:
    """What is left to turn after loading, as EXIF counts it; 1 for nothing.

    The TIFF and HEIF decoders turn by themselves and clear the tag; the AVIF decoder puts the
    container's own rotation into it.
    """
    try:
        value = picture.getexif().get(Base.Orientation, 1)
    except (OSError, *NONSENSE):
        return 1
    return value if isinstance(value, int) else 1


def _check_size(picture: Image.Image, name: str) -> None:
    pixels = math.prod(picture.size)
    is_reducing = isinstance(picture, JpegImageFile) and "progressive" not in picture.info
    limit = MOST_PIXELS_REDUCING if is_reducing else MOST_PIXELS
    if pixels > limit:
        raise refusals.too_large(name, pixels, limit)


@contextmanager
def _as_sentences(name: str) -> Iterator[None]:
    try:
        yield
    except Image.DecompressionBombError as error:
        # Pillow's own check inside a codec: frames or tiles larger than the picture, huge WebP.
        match = re.search(r"\d+", str(error))
        raise refusals.too_large(name, int(match[0]) if match else 0, MOST_PIXELS) from error
    except OSError as error:
        # Decoders raise it without a number; with one it is the system that could not read on.
        raise (refusals.damaged if error.errno is None else refusals.unreadable)(name) from error
    except NONSENSE as error:
        raise refusals.damaged(name) from error
