"""A document beside a question that is still being written: its pages, and which are chosen."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from desktop.core.errors import ErrorCode, GroundglassError
from desktop.core.types import ImageAttachment
from desktop.gui.jobs import run_job
from desktop.gui.noting_keeper import NotingKeeper
from desktop.gui.page_jobs import close_document
from desktop.intake import documents, images

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from desktop.gui.pending import LockedSource
    from desktop.intake.documents import Document
    from desktop.store.attachments import AttachmentStore

MOST_PAGES_CHOSEN_AT_FIRST = 10  # a longer document is likely to be asked about in parts
_keys = count(1)


class DocumentStatus(StrEnum):
    """What can be done with it."""

    OPENING = "opening"  # again, from what an older question kept
    LOCKED = "locked"  # its password is asked for
    UNLOCKING = "unlocking"
    OPEN = "open"


class KeptPages(Struct, frozen=True):
    """The pages of one document that an older question holds, and where its original is."""

    name: str
    original: Path
    attachments: tuple[ImageAttachment, ...]


class DraftDocument(QObject):
    """One document. The pages that are chosen are made into pictures one after the other.

    Attributes:
        key: Its identity while it is beside the question; unique within the process.
        name: The file name.
        status: What can be done with it.
        document: Open; None while it is locked.
        error: Why the last password did not open it, or why a page cannot be shown.
        is_new: Whether it was brought onto the disk here; nothing else refers to it.
    """

    changed = Signal()  # anything but a page that has become ready
    page_taken = Signal()
    unlocked = Signal(object)  # the ImageAttachment of a document of one page; it is over then
    settled = Signal()  # closed, and no page is being made any more

    def __init__(
        self,
        opened: Document | LockedSource | KeptPages,
        store: AttachmentStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = next(_keys)
        self.name = opened.name
        self.error: GroundglassError | None = None
        self.is_new = False
        self.document: Document | None = None
        self.status = DocumentStatus.LOCKED
        self._locked: LockedSource | None = None
        self._store = store
        self._pages: tuple[int, ...] = ()
        self._is_text_wanted = True
        self._has_text = False
        self._taken: dict[int, ImageAttachment] = {}
        self._failed: set[int] = set()
        self._taking: int | None = None
        self._is_closed = False
        if isinstance(opened, documents.Document):
            self._open(opened)
        elif isinstance(opened, KeptPages):
            self._reopen(opened)
        else:
            self._locked = opened

    # --- what is shown ----------------------------------------------------------------------------

    @property
    def page_count(self) -> int:
        """Zero while it is locked."""
        if self.document is not None:
            return self.document.page_count
        return next((attachment.page_count for attachment in self._taken.values()), 0)

    @property
    def pages(self) -> tuple[int, ...]:
        """The chosen ones, counted from zero, sorted."""
        return self._pages

    @property
    def has_text(self) -> bool:
        """Whether a page that was read has a text layer."""
        return self._has_text

    @property
    def is_text_wanted(self) -> bool:
        """Whether the model is given the text layer beside the pictures."""
        return self._is_text_wanted

    @property
    def taken(self) -> Mapping[int, ImageAttachment]:
        """The pages that are pictures already, chosen or not, with their text."""
        return self._taken

    @property
    def sha256(self) -> str | None:
        """Of the original, once a page of it is kept."""
        return next((attachment.sha256 for attachment in self._taken.values()), None)

    @property
    def ready(self) -> tuple[ImageAttachment, ...]:
        """The chosen pages that can be asked about, in their order."""
        taken = (self._taken[page] for page in self._pages if page in self._taken)
        if self._is_text_wanted:
            return tuple(taken)
        return tuple(replace(attachment, text="") for attachment in taken)

    @property
    def is_preparing(self) -> bool:
        """Whether a chosen page is still on its way."""
        return self._next() is not None

    # --- what a person does -----------------------------------------------------------------------

    def choose(self, pages: Iterable[int]) -> None:
        """Choose exactly these; pages that are not there are ignored."""
        chosen = tuple(sorted({page for page in pages if 0 <= page < self.page_count}))
        if chosen != self._pages:
            self._pages = chosen
            self.changed.emit()
            self._take_next()

    def set_text_wanted(self, *, is_wanted: bool) -> None:
        """Give the model the text layer too, or the pictures alone."""
        if is_wanted != self._is_text_wanted:
            self._is_text_wanted = is_wanted
            self.changed.emit()

    def unlock(self, password: str) -> None:
        """Try to open it with this password, which is not kept."""
        if self._locked is None or self.status is not DocumentStatus.LOCKED:
            return
        self.status, self.error = DocumentStatus.UNLOCKING, None
        keeper = NotingKeeper(self._store)
        locked = self._locked
        run_job(
            lambda: images.take_file(
                locked.source, keeper, source_name=locked.name, password=password
            ),
            partial(self._on_unlocked, keeper),
            self._on_still_locked,
            owner=self,
        )
        self.changed.emit()

    def close(self) -> None:
        """Let go of the file. A page that is being made is finished, and dropped."""
        self._is_closed = True
        if self.document is not None:
            close_document(self.document, self)
        if self._taking is None:
            self.settled.emit()

    # --- making pages -----------------------------------------------------------------------------

    def _open(self, document: Document) -> None:
        self.document, self.name = document, document.name
        self.status, self.error, self._locked = DocumentStatus.OPEN, None, None
        is_short = document.page_count <= MOST_PAGES_CHOSEN_AT_FIRST
        self._pages = tuple(range(document.page_count)) if is_short else (0,)
        self._take_next()

    def _reopen(self, kept: KeptPages) -> None:
        self.status = DocumentStatus.OPENING
        self._taken = {attachment.page: attachment for attachment in kept.attachments}
        self._pages = tuple(sorted(self._taken))
        self._has_text = any(attachment.text for attachment in kept.attachments)
        self._is_text_wanted = self._has_text or not kept.attachments
        run_job(
            lambda: documents.open_document(kept.original, source_name=kept.name),
            self._on_reopened,
            self._on_not_reopened,
            owner=self,
        )

    def _on_reopened(self, document: Document) -> None:
        if self._is_closed:
            close_document(document, self)
            return
        self.document, self.status = document, DocumentStatus.OPEN
        self.changed.emit()
        self._take_next()

    def _on_not_reopened(self, _error: GroundglassError) -> None:
        # Its pages are kept, so the question can be asked again; only no other page can be chosen.
        self.status = DocumentStatus.OPEN
        self._pages = tuple(page for page in self._pages if page in self._taken)
        self.changed.emit()

    def _on_unlocked(self, keeper: NotingKeeper, taken: Document | ImageAttachment) -> None:
        if isinstance(taken, documents.Document):
            if self._is_closed:
                close_document(taken, self)
                return
            self._open(taken)
            self.changed.emit()
        else:
            self.is_new = keeper.is_new
            self.unlocked.emit(taken)

    def _on_still_locked(self, error: GroundglassError) -> None:
        self.status, self.error = DocumentStatus.LOCKED, error
        self.changed.emit()

    def _next(self) -> int | None:
        done = self._taken.keys() | self._failed
        return next((page for page in self._pages if page not in done), None)

    def _take_next(self) -> None:
        page = self._next()
        if self._taking is not None or page is None or self.document is None or self._is_closed:
            return
        self._taking = page
        keeper = NotingKeeper(self._store)
        run_job(
            partial(documents.take_page, self.document, page, keeper),
            partial(self._on_taken, keeper),
            partial(self._on_failed, page),
            owner=self,
        )

    def _on_taken(self, keeper: NotingKeeper, attachment: ImageAttachment) -> None:
        self._taking = None
        self.is_new = self.is_new or keeper.is_new
        self._taken[attachment.page] = attachment
        self._has_text = self._has_text or bool(attachment.text)
        if self._is_closed:
            self.settled.emit()
            return
        self.page_taken.emit()
        self._take_next()

    def _on_failed(self, page: int, error: GroundglassError) -> None:
        self._taking = None
        if self._is_closed:
            self.settled.emit()
            return
        self._failed.add(page)
        self._pages = tuple(chosen for chosen in self._pages if chosen != page)
        self.error = error
        if error.code is not ErrorCode.DOCUMENT_DAMAGED:
            # The disk is full, or the file is gone: it would be the same for every page.
            self._pages = tuple(chosen for chosen in self._pages if chosen in self._taken)
        self.changed.emit()
        self._take_next()


class DraftDocuments(QObject):
    """The documents beside one question, in the order in which they came."""

    changed = Signal()  # documents, their pages, or what is chosen
    page_taken = Signal()
    dropped = Signal(object)  # the sha256 of a new document that was not wanted after all
    single_opened = Signal(object, bool)  # ImageAttachment of an unlocked single page, is_new

    def __init__(self, store: AttachmentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._items: list[DraftDocument] = []

    @property
    def items(self) -> tuple[DraftDocument, ...]:
        """All of them."""
        return tuple(self._items)

    @property
    def ready(self) -> tuple[ImageAttachment, ...]:
        """The chosen pages that can be asked about."""
        return tuple(page for item in self._items for page in item.ready)

    @property
    def is_preparing(self) -> bool:
        """Whether a chosen page is still on its way."""
        return any(item.is_preparing for item in self._items)

    @property
    def is_locked(self) -> bool:
        """Whether one waits for its password."""
        locked = {DocumentStatus.LOCKED, DocumentStatus.UNLOCKING}
        return any(item.status in locked for item in self._items)

    def add(self, opened: Document | LockedSource | KeptPages) -> None:
        """Take over an open document, one that needs its password, or one that is kept."""
        item = DraftDocument(opened, self._store, self)
        self._items.append(item)
        item.changed.connect(self.changed)
        item.page_taken.connect(self.page_taken)
        item.unlocked.connect(partial(self._on_single, item))
        self.changed.emit()

    def remove(self, key: int) -> None:
        """Take one out; an unknown key is ignored."""
        for item in [item for item in self._items if item.key == key]:
            self._items.remove(item)
            self._let_go(item, is_wanted=False)
            self.changed.emit()

    def take_all(self) -> tuple[DraftDocument, ...]:
        """Empty the list; what was in it stays open, for `put_all`."""
        items, self._items = tuple(self._items), []
        if items:
            self.changed.emit()
        return items

    def put_all(self, items: Sequence[DraftDocument]) -> None:
        """Let these take the place of what is in the list."""
        for item in self._items:
            self._let_go(item, is_wanted=False)
        self._items = list(items)
        self.changed.emit()

    def clear(self) -> None:
        """Empty the list: the chosen pages belong to a message now."""
        if self._items:
            items, self._items = self._items, []
            for item in items:
                self._let_go(item, is_wanted=True)
            self.changed.emit()

    def _let_go(self, item: DraftDocument, *, is_wanted: bool) -> None:
        item.settled.connect(partial(self._forget, item, is_wanted=is_wanted))
        item.close()

    def _forget(self, item: DraftDocument, *, is_wanted: bool) -> None:
        sha256 = item.sha256
        if item.is_new and sha256 is not None and not is_wanted:
            self.dropped.emit(sha256)
        item.deleteLater()

    def _on_single(self, item: DraftDocument, attachment: ImageAttachment) -> None:
        self._items.remove(item)
        self.single_opened.emit(attachment, item.is_new)
        self._let_go(item, is_wanted=True)
        self.changed.emit()
