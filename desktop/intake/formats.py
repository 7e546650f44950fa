"""Which kind of picture a file is, by its first bytes; file names are not believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from msgspec import Struct
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import PREFIXES as TIFF_PREFIXES
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from desktop.intake.heif import HeifImageFile

HEAD_BYTES = 4096  # enough for every signature here, and for a PDF's, which may come late

SUPPORTED_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib"}
    | {".tif", ".tiff", ".heic", ".heif", ".hif", ".avif"}
)
DOCUMENT_SUFFIXES = frozenset({".pdf"})  # pictures of one or more pages; a TIFF counts as a picture

_DIB_HEADER_SIZES = frozenset((12, 16, 40, 52, 56, 64, 108, 124))
_HEIF_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
)
_AVIF_BRANDS = frozenset((b"avif", b"avis"))


class PictureFormat(Struct, frozen=True):
    """A kind of picture.

    Attributes:
        media_type: Such as `image/jpeg`.
        suffix: Of the kept original, with its dot.
        open: Reads the header. Called directly instead of through `Image.open`, so that no other
            plugin (some start programs) gets to see the bytes, and the size limits are ours alone.
    """

    media_type: str
    suffix: str
    open: Callable[[IO[bytes]], Image]


JPEG = PictureFormat("image/jpeg", ".jpg", JpegImageFile)
PNG = PictureFormat("image/png", ".png", PngImageFile)
GIF = PictureFormat("image/gif", ".gif", GifImageFile)
WEBP = PictureFormat("image/webp", ".webp", WebPImageFile)
BMP = PictureFormat("image/bmp", ".bmp", BmpImageFile)
TIFF = PictureFormat("image/tiff", ".tif", TiffImageFile)
HEIF = PictureFormat("image/heic", ".heic", HeifImageFile)
AVIF = PictureFormat("image/avif", ".avif", AvifImageFile)


def recognise(head: bytes) -> PictureFormat | None:
    """The kind of picture that begins with these bytes (up to `HEAD_BYTES`), if any."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head[:2] == b"BM":
        # Two letters are little to go by: a text may begin with them too.
        size = int.from_bytes(head[14:18], "little")
        return BMP if len(head) >= 18 and size in _DIB_HEADER_SIZES else None
    signatures = (
        ((b"\xff\xd8\xff",), JPEG),
        ((b"\x89PNG\r\n\x1a\n",), PNG),
        ((b"GIF87a", b"GIF89a"), GIF),
        (tuple(TIFF_PREFIXES), TIFF),
    )
    return next((kind for prefixes, kind in signatures if head.startswith(prefixes)), None)


def is_pdf(head: bytes) -> bool:
    """Whether these are the first bytes of a PDF; some have a few others in front."""
    return b"%PDF-" in head[:1024]


def _iso_media(head: bytes) -> PictureFormat | None:
    """HEIF and AVIF share their container: the brands of its first box tell them apart."""
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if brands & _AVIF_BRANDS:
        return AVIF
    return HEIF if head[8:12] in _HEIF_BRANDS else None
