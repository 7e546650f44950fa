"""What all kinds of documents can do: pages, their sizes, their pictures and their text."""

from __future__ import annotations

import hashlib
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from desktop.intake import refusals
from desktop.intake.decode import PAGE_PIXELS
from desktop.intake.sources import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

    from desktop.core.types import Region
    from desktop.intake.sources import Stream

_CHUNK_BYTES = 1 << 20


class Document(ABC):
    """An open document. Any thread may use it; what it does takes turns.

    Pages are counted from zero. After `close` every method raises `DocumentError`.
    """

    media_type: str
    suffix: str  # of the kept original, with its dot

    def __init__(self, stream: Stream, name: str) -> None:
        self.name = name
        self._stream = stream
        self._stream_lock = threading.RLock()  # the stream has one position
        self._sha256: str | None = None

    @property
    @abstractmethod
    def page_count(self) -> int:
        """At least one."""

    @abstractmethod
    def page_size(self, page: int) -> tuple[int, int]:
        """Width and height of the upright page in its own pixels.

        Of a scan the pixels that it has; of a drawn page those of its page picture, since it has
        none of its own.
        """

    @abstractmethod
    def render(
        self,
        page: int,
        region: Region | None = None,
        *,
        scale: float = 1.0,
        most_pixels: int = PAGE_PIXELS,
    ) -> Image.Image:
        """The upright page or a region of it, RGB, at most `most_pixels` large.

        `region` is in the page's own pixels and lies within them. `scale` is the wanted size in
        relation to those: above 1 a drawn page is drawn anew, finer; a scan has no more to give.
        """

    @abstractmethod
    def text(self, page: int) -> str:
        """What the page's text layer says, in the order of the file; empty without one."""

    def sha256(self) -> str:
        """Of the original's bytes; read the first time it is asked for."""
        if self._sha256 is None:
            digest = hashlib.sha256()
            for piece in self._read():
                digest.update(piece)
            self._sha256 = digest.hexdigest()
        return self._sha256

    def pieces(self) -> Iterator[bytes]:
        """The original's bytes; raises `DocumentError` at the end if their hash is another."""
        digest = hashlib.sha256()
        for piece in self._read():
            digest.update(piece)
            yield piece
        if digest.hexdigest() != self.sha256():
            raise refusals.changed_document(self.name)

    @abstractmethod
    def close(self) -> None:
        """Let go of the file; twice is once."""

    def _read(self) -> Iterator[bytes]:
        """In pieces, so that pages can be rendered between them."""
        at = 0
        while True:
            with self._stream_lock, reading(self.name):
                self._check_open()
                self._stream.seek(at)
                piece = self._stream.read(_CHUNK_BYTES)
            if not piece:
                return
            at += len(piece)
            yield piece

    def _check_open(self) -> None:
        if self._stream.closed:
            raise refusals.damaged_document(self.name)

    def __enter__(self) -> Document:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()
