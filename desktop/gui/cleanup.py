"""Deletes pictures that nothing shows any more, off the main thread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop.gui.jobs import run_job

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.gui.drafts import Drafts
    from desktop.store.attachments import AttachmentStore


class PictureCleanup(QObject):
    """Knows which pictures must stay although the history does not name them, or not yet."""

    failed = Signal(object)  # a StoreError

    def __init__(
        self, attachments: AttachmentStore, drafts: Drafts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._attachments = attachments
        self._drafts = drafts
        self._sent: set[str] = set()
        drafts.picture_dropped.connect(self.drop)

    def note_sent(self, sha256s: Iterable[str]) -> None:
        """A message refers to these now: only `remove` may take them away."""
        self._sent.update(sha256s)

    @Slot(object)
    def drop(self, sha256: str) -> None:
        """A picture that a draft brought in was taken out of it again."""
        if sha256 not in self._sent:
            self.remove([sha256])

    def remove(self, sha256s: Sequence[str]) -> None:
        """Delete these, which no message refers to any more; a draft that shows one keeps it."""
        unused = [sha256 for sha256 in sha256s if not self._drafts.holds(sha256)]
        self._sent.difference_update(unused)
        if unused:
            work = partial(_remove, self._attachments, unused)
            run_job(work, _ignore, self.failed.emit, owner=self)


def _remove(attachments: AttachmentStore, sha256s: Sequence[str]) -> None:
    for sha256 in sha256s:
        attachments.remove(sha256)


def _ignore(_result: None) -> None:
    """There is nothing to show when files are gone."""
