"""Any still picture a person owns, as an upright attachment."""

from __future__ import annotations

import hashlib
import io
import stat
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from desktop.intake import refusals
from desktop.intake.decode import decode, thumbnail
from desktop.intake.formats import HEAD_BYTES, SUPPORTED_SUFFIXES, PictureFormat, is_pdf, recognise
from desktop.intake.keeper import PictureKeeper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

    from desktop.core.types import ImageAttachment

__all__ = ["SUPPORTED_SUFFIXES", "PictureKeeper", "take_picture"]

_CHUNK_BYTES = 1 << 20

_Stream: TypeAlias = io.BufferedReader | io.BytesIO


def take_picture(
    source: Path | bytes, keeper: PictureKeeper, *, source_name: str = ""
) -> ImageAttachment:
    """Take in a picture file, or the bytes of a pasted one.

    The first page or frame only. A picture that is kept already is not decoded again. Any thread
    may call it; it blocks until the picture is on disk.

    Raises:
        ImageError: The source cannot become a picture; its `details` hold `name`.
        StoreError: The disk does not take it.
    """
    name = source_name or (source.name if isinstance(source, Path) else "")
    with _opened(source, name) as stream:
        with _reading(name):
            kind = _kind(stream, name)
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
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
                original=_pieces(stream, sha256, name),
                page_png=_png(picture.page, compress_level=1),
                thumbnail_png=_png(thumbnail(picture.page), compress_level=6),
            )
    return replace(kept, source_name=name)


@contextmanager
def _opened(source: Path | bytes, name: str) -> Iterator[_Stream]:
    if isinstance(source, bytes):
        if not source:
            raise refusals.empty(name)
        yield io.BytesIO(source)  # shares the bytes
        return
    with _reading(name):
        _check_is_file(source, name)
        stream = source.open("rb")
    with stream:
        yield stream


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turns what the file system says into a sentence."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise refusals.not_found(name) from error
    except OSError as error:
        raise refusals.unreadable(name) from error


def _check_is_file(path: Path, name: str) -> None:
    try:
        status = path.stat()
    except ValueError as error:  # a null character in the path
        raise refusals.not_found(name) from error
    if stat.S_ISDIR(status.st_mode):
        raise refusals.is_folder(name)
    if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
        raise refusals.unreadable(name)
    if status.st_size == 0:
        raise refusals.empty(name)


def _kind(stream: _Stream, name: str) -> PictureFormat:
    """The kind of picture; leaves the stream at its beginning."""
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    kind = recognise(head)
    if kind is None:
        raise refusals.is_document(name) if is_pdf(head) else refusals.not_picture(name)
    return kind


def _pieces(stream: _Stream, sha256: str, name: str) -> Iterator[bytes]:
    """The original's bytes; raises `ImageError` at the end if their hash is another by now."""
    digest = hashlib.sha256()
    with _reading(name):
        stream.seek(0)
        while piece := stream.read(_CHUNK_BYTES):
            digest.update(piece)
            yield piece
    if digest.hexdigest() != sha256:
        raise refusals.changed(name)


def _png(picture: Image.Image, *, compress_level: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=compress_level)
    return buffer.getvalue()
