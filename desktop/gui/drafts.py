"""Questions that are still being written: one per conversation, kept while another one is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.gui.pending import PendingPicture, PendingPictures, PendingState, as_pending

if TYPE_CHECKING:
    from desktop.core.types import Message
    from desktop.store.attachments import AttachmentStore


@dataclass(slots=True)
class Draft:
    """Text and pictures of one question.

    `editing` is the stored question that this one will replace; `set_aside` is what was being
    written before that one came to be edited.
    """

    pictures: PendingPictures
    text: str = ""
    editing: int | None = None
    set_aside: tuple[str, tuple[PendingPicture, ...]] = ("", ())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that could be sent."""
        return not self.text.strip() and not self.pictures.ready and not self.pictures.is_importing

    def begin_edit(self, message_id: int, question: Message) -> None:
        """Write a stored question anew."""
        if self.editing is None:
            ready = (i for i in self.pictures.items if i.state is PendingState.READY)
            self.set_aside = (self.text, tuple(ready))
        self.editing = message_id
        self.text = question.text
        self.pictures.put(as_pending(question.attachments))

    def end_edit(self) -> None:
        """Go back to what was being written before."""
        if self.editing is None:
            return
        self.editing = None
        self.text, pictures = self.set_aside
        self.pictures.put(pictures)
        self.set_aside = ("", ())

    def clear(self) -> None:
        """The question was sent; what had been set aside comes back."""
        self.text = ""
        self.pictures.clear()
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
            found = self._drafts[conversation_id] = Draft(pictures)
        return found

    def forget(self, conversation_id: int) -> None:
        """Drop the draft of a conversation that is gone."""
        draft = self._drafts.pop(conversation_id, None)
        if draft is None:
            return
        for item in draft.pictures.items:
            draft.pictures.remove(item.key)
        draft.pictures.deleteLater()

    def holds(self, sha256: str) -> bool:
        """Whether any draft shows this picture."""
        return any(
            item.attachment is not None and item.attachment.sha256 == sha256
            for draft in self._drafts.values()
            for item in (*draft.pictures.items, *draft.set_aside[1])
        )
