"""Documents of several pages: opened without rendering, then page by page as pictures.

document = open_document(path)              # or the stored original; any thread
document.page_size(6)                       # its own pixels: regions are measured in these
document.render(6)                          # the page picture, at most PAGE_PIXELS
document.render(6, Region(...), scale=3.0)  # a cut of it, drawn anew at three times the size
take_page(document, 6, keeper)              # as an attachment of a message
document.close()
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.intake import refusals
from desktop.intake.decode import thumbnail
from desktop.intake.document import Document
from desktop.intake.documents_pdf import PdfDocument, end_pdfium
from desktop.intake.documents_tiff import TiffDocument
from desktop.intake.formats import HEAD_BYTES, TIFF, is_pdf, recognise
from desktop.intake.sources import as_png, open_source, reading

if TYPE_CHECKING:
    from desktop.core.types import ImageAttachment
    from desktop.intake.keeper import PictureKeeper

__all__ = ["Document", "end_pdfium", "open_document", "take_page"]


def open_document(
    source: Path | bytes, password: str | None = None, *, source_name: str = ""
) -> Document:
    """Open a PDF or a TIFF, of any number of pages above none. Any thread may call it.

    Nothing is rendered yet. The file stays open until `close`, so that it may be moved or deleted
    meanwhile. The password is used for opening and not kept.

    Raises:
        DocumentError: It needs a password (`DOCUMENT_LOCKED`), another one
            (`DOCUMENT_PASSWORD_WRONG`), is protected in an unknown way, damaged or without pages.
        ImageError: The file cannot be read, or is no document.
    """
    name = source_name or (source.name if isinstance(source, Path) else "")
    stream = open_source(source, name)
    try:
        with reading(name):
            head = stream.read(HEAD_BYTES)
            stream.seek(0)
        if is_pdf(head):
            return PdfDocument(stream, name, password)
        if recognise(head) is TIFF:
            return TiffDocument(stream, name)
        raise refusals.not_picture(name)
    except BaseException:
        stream.close()
        raise


def take_page(
    document: Document, page: int, keeper: PictureKeeper, *, is_text_wanted: bool = True
) -> ImageAttachment:
    """Keep one page, counted from zero, with the original it belongs to.

    A page that is kept already is not rendered again. Any thread may call it; it blocks until the
    page is on disk. `is_text_wanted` puts what the page's own text layer says beside it.

    Raises:
        DocumentError: The page is damaged, or the file has changed since it was opened.
        ImageError: The file cannot be read on.
        StoreError: The disk does not take it.
    """
    sha256 = document.sha256()
    kept = keeper.find(sha256, page)
    if kept is None:
        width, height = document.page_size(page)
        picture = document.render(page)
        kept = keeper.keep(
            sha256=sha256,
            page=page,
            media_type=document.media_type,
            suffix=document.suffix,
            width=width,
            height=height,
            original=document.pieces(),
            page_png=as_png(picture, compress_level=1),
            thumbnail_png=as_png(thumbnail(picture), compress_level=6),
        )
    return replace(
        kept,
        source_name=document.name,
        page_count=document.page_count,
        text=document.text(page) if is_text_wanted else "",
    )
