"""What intake needs of the disk: a place that keeps pictures by the hash of their original."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.core.types import ImageAttachment


class PictureKeeper(Protocol):
    """Keeps originals and their page pictures. Any thread may call it.

    Attachments come back without a `source_name`: what a person calls a picture is not kept here.
    """

    def find(self, sha256: str, page: int) -> ImageAttachment | None:
        """A kept page, checked to be whole; None when it is unknown or damaged on disk."""

    def keep(
        self,
        *,
        sha256: str,
        page: int,
        media_type: str,
        suffix: str,
        width: int,
        height: int,
        original: Iterable[bytes],
        page_png: bytes,
        thumbnail_png: bytes,
    ) -> ImageAttachment:
        """Keep a page and its original, all or nothing.

        `original` gives the original's bytes in pieces. It is read at most once, and not at all
        when the original is kept already; if it raises, nothing is left behind.

        Raises:
            StoreError: The disk is full or cannot be written.
        """
