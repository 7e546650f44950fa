"""Reading what a person gave: a file that may vanish, change or be no file at all."""

from __future__ import annotations

import hashlib
import io
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from desktop.intake import refusals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image

_CHUNK_BYTES = 1 << 20

Stream: TypeAlias = io.BufferedReader | io.BytesIO


def open_source(source: Path | bytes, name: str) -> Stream:
    """A stream over a file or over pasted bytes; the caller closes it.

    Raises `ImageError` for what is not there, not a file, empty or not to be read.
    """
    if isinstance(source, bytes):
        if not source:
            raise refusals.empty(name)
        return io.BytesIO(source)  # shares the bytes
    with reading(name):
        _check_is_file(source, name)
        return source.open("rb")


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turns what the file system says into a sentence."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise refusals.not_found(name) from error
    except OSError as error:
        raise refusals.unreadable(name) from error


def pieces(stream: Stream, sha256: str, name: str) -> Iterator[bytes]:
    """The original's bytes; raises `ImageError` at the end if their hash is another by now."""
    digest = hashlib.sha256()
    with reading(name):
        stream.seek(0)
        while piece := stream.read(_CHUNK_BYTES):
            digest.update(piece)
            yield piece
    if digest.hexdigest() != sha256:
        raise refusals.changed(name)


def as_png(picture: Image.Image, *, compress_level: int) -> bytes:
    """The picture as the bytes of a PNG file."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=compress_level)
    return buffer.getvalue()


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
