"""PDF documents, through pdfium."""

from __future__ import annotations

import atexit
import logging
import math
import re
import threading
import unicodedata
import weakref
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium
from pypdfium2.internal import get_bufreader
from typing_extensions import override

from desktop.core.types import Region
from desktop.intake import refusals
from desktop.intake.decode import PAGE_PIXELS, page_size
from desktop.intake.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

    from desktop.intake.sources import Stream

# pdfium is not made for threads: not even two documents may be worked on at the same time. Python
# may collect a forgotten document on any thread in the middle of a call, so the lock lets its own
# thread in again.
_pdfium = threading.RLock()
_open: weakref.WeakSet[PdfDocument] = weakref.WeakSet()
_is_ended = threading.Event()  # the program is ending

_POINTS_PER_INCH = 72
_MOST_DPI = 300  # finer than that only when a region asks for it
_MOST_TEXT = 20_000  # characters of one page; a full page of a newspaper has about 15,000
_MOST_STRANGE = 0.3  # share of characters without a meaning, above which a text is none
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_BLANKS = re.compile(r"\n{3,}")

logging.getLogger("pypdfium2").setLevel(logging.ERROR)  # it would name files in the log


class PdfDocument(Document):
    """A PDF; forms are drawn with what is filled in."""

    media_type = "application/pdf"
    suffix = ".pdf"

    def __init__(self, stream: Stream, name: str, password: str | None) -> None:
        """Take over the stream. Raises `DocumentError`."""
        super().__init__(stream, name)
        self._pdf: Any = None
        self._stream_lock = _pdfium  # pdfium reads from it inside its own calls
        self._sizes: dict[int, tuple[float, float]] = {}
        with _pdfium:
            if _is_ended.is_set():
                raise refusals.damaged_document(name)
            self._pdf, self._held = _opened(stream, name, password)
            self._page_count = len(self._pdf)
            _open.add(self)

    @property
    @override
    def page_count(self) -> int:
        return self._page_count

    @override
    def page_size(self, page: int) -> tuple[int, int]:
        width, height, _scale = self._extent(page)
        return width, height

    @override
    def render(
        self,
        page: int,
        region: Region | None = None,
        *,
        scale: float = 1.0,
        most_pixels: int = PAGE_PIXELS,
    ) -> Image.Image:
        width, height, _ = self._extent(page)
        cut = region or Region(0, 0, width, height)
        if region is None:
            scale = min(scale, 1.0)
        scale = min(scale, math.sqrt(most_pixels / (cut.width * cut.height)))
        whole = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = round(cut.left * scale), round(cut.top * scale)
        size = page_size(
            max(1, min(round(cut.right * scale), whole[0]) - left),
            max(1, min(round(cut.bottom * scale), whole[1]) - top),
            most_pixels,
        )
        with self._page(page) as opened:
            return _drawn(opened, self._pdf.formenv, whole, (left, top), size)

    @override
    def text(self, page: int) -> str:
        with self._page(page) as opened:
            try:
                layer = opened.get_textpage()
            except pypdfium2.PdfiumError:
                return ""  # the page can be looked at all the same
            with closing(layer):
                return _cleaned(layer.get_text_bounded())

    @override
    def close(self) -> None:
        with _pdfium:
            if self._pdf is not None:
                self._pdf.close()
            self._stream.close()

    def _extent(self, page: int) -> tuple[int, int, float]:
        """Width and height in pixels, and how many pixels a point has."""
        points = self._sizes.get(page)
        if points is None:
            with self._page(page) as opened:
                points = opened.get_size()
            self._sizes[page] = points
        width, height = (max(side, 1.0) for side in points)
        scale = min(_MOST_DPI / _POINTS_PER_INCH, math.sqrt(PAGE_PIXELS / (width * height)))
        size = page_size(max(1, round(width * scale)), max(1, round(height * scale)))
        return *size, scale

    @contextmanager
    def _page(self, page: int) -> Iterator[Any]:
        if not 0 <= page < self._page_count:
            raise IndexError(page)
        with _pdfium:
            self._check_open()
            try:
                opened = self._pdf.get_page(page)
            except pypdfium2.PdfiumError as error:
                raise refusals.damaged_page(self.name, page) from error
            with closing(opened):
                try:
                    yield opened
                except pypdfium2.PdfiumError as error:
                    raise refusals.damaged_page(self.name, page) from error


def _opened(stream: Stream, name: str, password: str | None) -> tuple[Any, object]:
    """The document, and what must live as long as it."""
    reader, held = get_bufreader(stream)
    key = None if password is None else password.encode() + b"\0"
    raw = pdfium.FPDF_LoadCustomDocument(reader, key)
    if not raw:
        code = pdfium.FPDF_GetLastError()
        raise _refusal(code, name, is_password_given=password is not None)
    pdf = pypdfium2.PdfDocument(raw)
    if len(pdf) < 1:
        pdf.close()
        raise refusals.without_pages(name)
    with suppress(pypdfium2.PdfiumError):  # then its fields are drawn empty
        pdf.init_forms()  # must come before any page is opened
    return pdf, (reader, held)


def _refusal(code: int, name: str, *, is_password_given: bool) -> Exception:
    if code == pdfium.FPDF_ERR_PASSWORD:
        return refusals.wrong_password(name) if is_password_given else refusals.locked(name)
    if code == pdfium.FPDF_ERR_SECURITY:
        return refusals.unknown_protection(name)
    return refusals.damaged_document(name)


def _drawn(
    page: Any,  # noqa: ANN401  # pypdfium2 has no types
    forms: Any,  # noqa: ANN401
    whole: tuple[int, int],
    corner: tuple[int, int],
    size: tuple[int, int],
) -> Image.Image:
    """The part of this size at this corner of the page, drawn `whole` large, on white."""
    bitmap = pypdfium2.PdfBitmap.new_native(*size, pdfium.FPDFBitmap_BGRx, rev_byteorder=True)
    with closing(bitmap):
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
        flags = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
        place = (-corner[0], -corner[1], *whole, 0, flags)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, *place)
        if forms:
            pdfium.FPDF_FFLDraw(forms, bitmap, page, *place)
        picture: Image.Image = bitmap.to_pil()
        return picture.convert("RGB")  # a copy: the bitmap's memory goes


def _cleaned(text: str) -> str:
    """A text layer as it can be read; empty when it is only noise, as of some scans and fonts."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()
    letters = [character for character in text if not character.isspace()]
    strange = sum(_is_strange(character) for character in letters)
    if not letters or strange > _MOST_STRANGE * len(letters):
        return ""
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT].rstrip() + "…"


def _is_strange(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in {"Co", "Cn", "Cs"}


def end_pdfium() -> None:
    """Before the program ends and pdfium's library with it: nobody may be inside, or come again.

    A thread that draws a page is waited for; the next one finds its document closed. Called at the
    end in any case; may be called before.
    """
    with _pdfium:
        _is_ended.set()
        for document in tuple(_open):
            document.close()


class _Anchor:
    """Something to finalize."""


# What is registered last runs first: before pypdfium2 gives up its library, and before `weakref`
# ends what is left; that registers itself with the first finalizer ever made, which is this one
# at the latest.
weakref.finalize(_Anchor(), _Anchor)
atexit.register(end_pdfium)
