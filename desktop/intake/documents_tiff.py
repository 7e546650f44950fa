"""TIFF files of several pages, as scanners and fax machines write them."""

from __future__ import annotations

import math
import struct
from typing import IO, TYPE_CHECKING

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile
from typing_extensions import override

from desktop.intake import refusals
from desktop.intake.decode import PAGE_PIXELS, decode, decode_upright, page_size
from desktop.intake.document import Document
from desktop.intake.formats import TIFF, PictureFormat
from desktop.intake.quiet import quiet_pillow

if TYPE_CHECKING:
    from desktop.core.types import Region
    from desktop.intake.sources import Stream

# What the directories of a broken TIFF make its reader say.
_NONSENSE = (SyntaxError, ValueError, EOFError, LookupError, ArithmeticError, TypeError, OSError)
_BROKEN = (*_NONSENSE, RuntimeError, struct.error, AttributeError, Image.DecompressionBombError)


class TiffDocument(Document):
    """A TIFF; one page is a document of one page. Every frame is read anew, none stays decoded."""

    media_type = TIFF.media_type
    suffix = TIFF.suffix

    def __init__(self, stream: Stream, name: str) -> None:
        """Take over the stream; reads the directories. Raises `DocumentError`."""
        super().__init__(stream, name)
        self._sizes: dict[int, tuple[int, int]] = {}
        try:
            with quiet_pillow:
                self._page_count = TiffImageFile(stream).n_frames
        except _BROKEN as error:
            raise refusals.damaged_document(name) from error

    @property
    @override
    def page_count(self) -> int:
        return self._page_count

    @override
    def page_size(self, page: int) -> tuple[int, int]:
        if page not in self._sizes:
            with self._stream_lock:
                self._sizes[page] = self._frame(page).size  # Pillow counts it upright
        return self._sizes[page]

    @override
    def render(
        self,
        page: int,
        region: Region | None = None,
        *,
        scale: float = 1.0,
        most_pixels: int = PAGE_PIXELS,
    ) -> Image.Image:
        if region is not None:
            return self._cut(page, region, scale, most_pixels)

        def at_page(stream: IO[bytes]) -> Image.Image:
            return self._frame(page, stream)

        with self._stream_lock:
            self._check_open()
            self._stream.seek(0)
            whole = PictureFormat(self.media_type, self.suffix, at_page)
            picture = decode(self._stream, whole, self.name).page
        return _reduced(picture, scale, most_pixels)

    @override
    def text(self, page: int) -> str:
        return ""

    @override
    def close(self) -> None:
        with self._stream_lock:
            self._stream.close()

    def _frame(self, page: int, stream: IO[bytes] | None = None) -> TiffImageFile:
        """A frame whose pixels are not read yet."""
        if not 0 <= page < self._page_count:
            raise IndexError(page)
        self._check_open()
        try:
            with quiet_pillow:
                source = stream or self._stream
                source.seek(0)
                picture = TiffImageFile(source)
                picture.seek(page)
        except _BROKEN as error:
            raise refusals.damaged_page(self.name, page) from error
        return picture

    def _cut(self, page: int, region: Region, scale: float, most_pixels: int) -> Image.Image:
        """From the frame's full resolution."""
        with self._stream_lock:
            self._check_open()
            self._stream.seek(0)
            cut = decode_upright(self._stream, TIFF, self.name, page=page, region=region)
        return _reduced(cut, scale, most_pixels)


def _reduced(picture: Image.Image, scale: float, most_pixels: int) -> Image.Image:
    """Never enlarged: there are no more pixels than these."""
    wanted = max(1, math.floor(picture.width * picture.height * min(1.0, scale) ** 2))
    size = page_size(*picture.size, min(most_pixels, wanted))
    if size == picture.size:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
