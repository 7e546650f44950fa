"""The attachment store, remembering whether what it was given was new to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.core.types import ImageAttachment
    from desktop.store.attachments import AttachmentStore


class NotingKeeper:
    """A `PictureKeeper` for one import; nobody else's work with the store is noted.

    Attributes:
        is_new: Whether an original was written: then nothing else refers to the picture yet. A new
            page of a known document does not count.
    """

    def __init__(self, store: AttachmentStore) -> None:
        self._store = store
        self.is_new = False

    def find(self, sha256: str, page: int) -> ImageAttachment | None:
        """See `AttachmentStore.find`."""
        return self._store.find(sha256, page)

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
        """See `AttachmentStore.keep`."""
        self.is_new = self.is_new or self._store.original_path(sha256) is None
        return self._store.keep(
            sha256=sha256,
            page=page,
            media_type=media_type,
            suffix=suffix,
            width=width,
            height=height,
            original=original,
            page_png=page_png,
            thumbnail_png=thumbnail_png,
        )
