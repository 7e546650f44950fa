"""Deletes what nothing shows any more, off the main thread: pictures, and what the engine kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop.core import cache_files, paths
from desktop.gui.jobs import run_job
from desktop.store.files import unwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

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

    def forget_conversations(self) -> None:
        """Delete all attention caches on the disk: one of them may hold what was deleted.

        It is only a cache: the others are computed again when they are needed.
        """
        run_job(_forget_conversations, _ignore, self.failed.emit, owner=self)


def _remove(attachments: AttachmentStore, sha256s: Sequence[str]) -> None:
    for sha256 in sha256s:
        attachments.remove(sha256)
    _from_cache(lambda folder: cache_files.forget_pictures(folder, sha256s))


def _forget_conversations() -> None:
    _from_cache(cache_files.forget_conversations)


def _from_cache(forget: Callable[[Path], None]) -> None:
    folder = paths.engine_cache_dir()
    try:
        forget(folder)
    except OSError as error:
        raise unwritable(folder) from error


def _ignore(_result: None) -> None:
    """There is nothing to show when files are gone."""
