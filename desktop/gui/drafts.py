"""Questions that are still being written: one per conversation, kept while another one is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from desktop.core.types import PictureBudget
from desktop.gui.document_draft import DraftDocument, DraftDocuments, KeptPages
from desktop.gui.pending import PendingPicture, PendingPictures, PendingState, as_pending

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop.core.types import ImageAttachment
    from desktop.store.attachments import AttachmentStore
    from desktop.store.history import StoredMessage


class _SetAside(Struct, frozen=True):
    """What was being written before a stored question came to be edited."""

    text: str = ""
    pictures: tuple[PendingPicture, ...] = ()
    documents: tuple[DraftDocument, ...] = ()
    json_schema: str | None = None


class Draft(Struct):
    """Text, documents and pictures of one question.

    `editing` is the stored question that this one will replace; `set_aside` is what was being
    written before that one came to be edited. `budget` is for this question alone, and so is
    `json_schema`, which its answer has to follow.
    """

    pictures: PendingPictures
    documents: DraftDocuments
    text: str = ""
    editing: int | None = None
    budget: PictureBudget | None = None
    json_schema: str | None = None
    set_aside: _SetAside = _SetAside()

    @property
    def ready(self) -> tuple[ImageAttachment, ...]:
        """All that can be asked about: the chosen pages, then the pictures, in their order."""
        return (*self.documents.ready, *self.pictures.ready)

    @property
    def is_importing(self) -> bool:
        """Whether a picture or a chosen page is still on its way."""
        return self.pictures.is_importing or self.documents.is_preparing

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that could be sent."""
        return not self.text.strip() and not self.ready and not self.is_importing

    def begin_edit(self, stored: StoredMessage, store: AttachmentStore) -> None:
        """Write a stored question anew; pages of a document become that document again."""
        question = stored.message
        if self.editing is None:
            ready = (i for i in self.pictures.items if i.state is PendingState.READY)
            self.set_aside = _SetAside(
                self.text, tuple(ready), self.documents.take_all(), self.json_schema
            )
        self.editing = stored.id
        self.text = question.text
        self.json_schema = stored.json_schema
        documents, pictures = _parted(question.attachments, store)
        self.documents.put_all(())
        for kept in documents:
            self.documents.add(kept)
        self.pictures.put(as_pending(pictures))

    def end_edit(self) -> None:
        """Go back to what was being written before."""
        if self.editing is None:
            return
        self.editing = None
        self.text = self.set_aside.text
        self.json_schema = self.set_aside.json_schema
        self.documents.put_all(self.set_aside.documents)
        self.pictures.put(self.set_aside.pictures)
        self.set_aside = _SetAside()

    def clear(self) -> None:
        """The question was sent; what had been set aside comes back."""
        self.text = ""
        self.budget = self.json_schema = None
        self.pictures.clear()
        self.documents.clear()
        self.end_edit()


class Drafts(QObject):
    """All drafts of this run of the app; None is the key of the conversation not yet begun."""

    pictures_changed = Signal()
    picture_dropped = Signal(object)  # sha256 of a picture that left a draft without being sent

    def __init__(self, attachments: AttachmentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._attachments = attachments
        self._drafts: dict[int | None, Draft] = {}

    def of(self, conversation_id: int | None) -> Draft:
        """The draft of this conversation, made when first asked for."""
        found = self._drafts.get(conversation_id)
        if found is None:
            pictures = PendingPictures(self._attachments, self)
            pictures.changed.connect(self.pictures_changed)
            pictures.dropped.connect(self.picture_dropped)
            documents = DraftDocuments(self._attachments, self)
            documents.changed.connect(self.pictures_changed)
            documents.page_taken.connect(self.pictures_changed)
            documents.dropped.connect(self.picture_dropped)
            documents.single_opened.connect(pictures.add_ready)
            pictures.document_opened.connect(documents.add)
            pictures.document_locked.connect(documents.add)
            found = self._drafts[conversation_id] = Draft(pictures, documents)
        return found

    def forget(self, conversation_id: int) -> None:
        """Drop the draft of a conversation that is gone."""
        draft = self._drafts.pop(conversation_id, None)
        if draft is None:
            return
        for item in draft.pictures.items:
            draft.pictures.remove(item.key)
        draft.documents.put_all(())
        draft.pictures.deleteLater()

    def close(self) -> None:
        """Let go of all open files; the app is about to end."""
        for draft in self._drafts.values():
            for document in (*draft.documents.items, *draft.set_aside.documents):
                document.close()

    def holds(self, sha256: str) -> bool:
        """Whether any draft shows this picture, a part of it, or what it was improved to."""
        return any(_holds(draft, sha256) for draft in self._drafts.values())


def _holds(draft: Draft, sha256: str) -> bool:
    documents = (*draft.documents.items, *draft.set_aside.documents)
    if any(document.sha256 == sha256 for document in documents):
        return True
    for item in (*draft.pictures.items, *draft.set_aside.pictures):
        for attachment in (item.attachment, item.before):
            if attachment is None:
                continue
            origin = attachment.origin
            if attachment.sha256 == sha256 or (origin is not None and origin.sha256 == sha256):
                return True
    return False


def _parted(
    attachments: Iterable[ImageAttachment], store: AttachmentStore
) -> tuple[list[KeptPages], list[ImageAttachment]]:
    """Pages by document, and what is a picture by itself."""
    pages: dict[str, list[ImageAttachment]] = {}
    pictures: list[ImageAttachment] = []
    originals: dict[str, Path | None] = {}
    for attachment in attachments:
        sha256 = attachment.sha256
        if attachment.page_count > 1 and attachment.origin is None:
            if sha256 not in originals:
                originals[sha256] = store.original_path(sha256)
            if originals[sha256] is not None:
                pages.setdefault(sha256, []).append(attachment)
                continue
        pictures.append(attachment)
    documents = []
    for sha256, kept in pages.items():
        original = originals[sha256]
        if original is not None:
            documents.append(KeptPages(kept[0].source_name, original, tuple(kept)))
    return documents, pictures
