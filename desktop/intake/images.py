"""Any still picture or page a person owns, as an upright attachment."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.intake import refusals
from desktop.intake.decode import decode, thumbnail
from desktop.intake.documents import Document, open_document, take_page
from desktop.intake.formats import (
    DOCUMENT_SUFFIXES,
    HEAD_BYTES,
    SUPPORTED_SUFFIXES,
    TIFF,
    PictureFormat,
    is_pdf,
    recognise,
)
from desktop.intake.keeper import PictureKeeper
from desktop.intake.sources import as_png, open_source, pieces, reading

if TYPE_CHECKING:
    from desktop.core.types import ImageAttachment
    from desktop.intake.sources import Stream

__all__ = ["DOCUMENT_SUFFIXES", "SUPPORTED_SUFFIXES", "PictureKeeper", "take_file", "take_picture"]


def take_file(
    source: Path | bytes,
    keeper: PictureKeeper,
    *,
    source_name: str = "",
    password: str | None = None,
) -> ImageAttachment | Document:
    """Take in a picture or a document of one page; a longer one comes back open, for choosing.

    Any thread may call it; it blocks until a picture is on disk.

    Raises:
        ImageError: The source cannot become a picture; its `details` hold `name`.
        DocumentError: The document cannot be opened (see `open_document`).
        StoreError: The disk does not take it.
    """
    name = source_name or (source.name if isinstance(source, Path) else "")
    if not _may_have_pages(source, name):
        return take_picture(source, keeper, source_name=name)
    document = open_document(source, password, source_name=name)
    if document.page_count > 1:
        return document
    with document:
        if document.media_type != TIFF.media_type:
            return take_page(document, 0, keeper)
    return take_picture(source, keeper, source_name=name)


def take_picture(
    source: Path | bytes, keeper: PictureKeeper, *, source_name: str = ""
) -> ImageAttachment:
    """Take in a picture file, or the bytes of a pasted one.

    The first page or frame only. A picture that is kept already is not decoded again. Any thread
    may call it; it blocks until the picture is on disk.

    Raises:
        ImageError: The source cannot become a picture; its `details` hold `name`.
        DocumentError: It is a document that cannot be opened (see `open_document`).
        StoreError: The disk does not take it.
    """
    name = source_name or (source.name if isinstance(source, Path) else "")
    with open_source(source, name) as stream:
        with reading(name):
            kind = _kind(stream, name)
            sha256 = "" if kind is None else hashlib.file_digest(stream, "sha256").hexdigest()
        if kind is None:
            with open_document(source, source_name=name) as document:
                return take_page(document, 0, keeper)
        kept = keeper.find(sha256, 0)
        if kept is None:
            stream.seek(0)
            picture = decode(stream, kind, name)
            kept = keeper.keep(
                sha256=sha256,
                page=0,
                media_type=kind.media_type,
                suffix=kind.suffix,
                width=picture.width,
                height=picture.height,
                original=pieces(stream, sha256, name),
                page_png=as_png(picture.page, compress_level=1),
                thumbnail_png=as_png(thumbnail(picture.page), compress_level=6),
            )
    return replace(kept, source_name=name)


def _may_have_pages(source: Path | bytes, name: str) -> bool:
    with open_source(source, name) as stream, reading(name):
        head = stream.read(HEAD_BYTES)
    return is_pdf(head) or recognise(head) is TIFF


def _kind(stream: Stream, name: str) -> PictureFormat | None:
    """The kind of picture, None for a PDF; leaves the stream at its beginning."""
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    kind = recognise(head)
    if kind is None and not is_pdf(head):
        raise refusals.not_picture(name)
    return kind
