"""The question that is being written in the open conversation, and what can be done to it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.core.types import PictureBudget
from desktop.gui.drafts import Drafts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from desktop.core.types import ImageAttachment
    from desktop.gui.document_draft import DraftDocument
    from desktop.gui.drafts import Draft
    from desktop.gui.pending import PendingPicture, PictureSource
    from desktop.gui.services import Services
    from desktop.intake.keeper import PictureKeeper


class DraftDesk(QObject):
    """The draft's side of `ChatSession`, which says what follows from a change."""

    draft_replaced = Signal()  # the text is another one, not by typing
    pictures_changed = Signal()  # documents and their pages, too
    state_changed = Signal()
    password_wanted = Signal()  # the question cannot go before its document is opened
    failed = Signal(object)  # GroundglassError: something was not kept

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._conversation_id: int | None = None
        self._is_typing = False
        self._drafts = Drafts(services.attachments, self)
        self._drafts.pictures_changed.connect(self._on_pictures_changed)

    @property
    def draft(self) -> Draft:
        """The question being written in the open conversation."""
        return self._drafts.of(self._conversation_id)

    @property
    def pictures(self) -> tuple[PendingPicture, ...]:
        """The pictures of the draft."""
        return self.draft.pictures.items

    @property
    def documents(self) -> tuple[DraftDocument, ...]:
        """The documents of the draft."""
        return self.draft.documents.items

    @property
    def budget(self) -> PictureBudget:
        """How closely the next question's pictures are looked at."""
        chosen = self.draft.budget or self._services.settings.value.picture_budget
        if chosen is not None:
            return chosen
        has_gpu = self._services.model_state.has_gpu
        return PictureBudget.NORMAL if has_gpu else PictureBudget.FAST

    def set_text(self, text: str) -> None:
        """Follow what is being typed."""
        self.draft.text = text
        if text:
            self._services.model_state.wake()
        if text and not self._is_typing:
            # From the first letter on it is worth having the older pictures in the engine's cache.
            self._is_typing = True
            self._prepare()
        self.state_changed.emit()

    def set_draft_budget(self, budget: PictureBudget | None) -> None:
        """Look at this question's pictures so closely; None: as the settings say."""
        if budget is not self.draft.budget:
            self.draft.budget = budget
            self._on_pictures_changed()

    def set_schema(self, schema: str | None) -> None:
        """Hold the answer to this question to a schema; None: the model answers as it likes."""
        self.draft.json_schema = schema
        self.state_changed.emit()

    def add_pictures(self, sources: Iterable[PictureSource]) -> None:
        """Import these beside the question; documents, too."""
        self._services.model_state.wake()  # it is loaded by the time they are here
        self.draft.pictures.add(sources)

    def add_made(self, name: str, make: Callable[[PictureKeeper], ImageAttachment]) -> None:
        """Add a picture that `make` gives on a pool thread, such as a part of another one."""
        self._services.model_state.wake()
        self.draft.pictures.add_made(name, make)

    def remove_picture(self, key: int) -> None:
        """Take a picture out of the draft."""
        self.draft.pictures.remove(key)

    def remove_document(self, key: int) -> None:
        """Take a document out of the draft."""
        self.draft.documents.remove(key)

    def move_picture(self, key: int, index: int) -> None:
        """Change the order; the index is counted without the picture itself."""
        self.draft.pictures.move(key, index)

    def replace_picture(self, key: int, attachment: ImageAttachment, is_new: bool) -> None:
        """Let another picture stand in this one's place, such as an improved one."""
        self.draft.pictures.put_in_place(key, attachment, is_new=is_new)

    def restore_picture(self, key: int) -> None:
        """Put the picture back that was improved."""
        self.draft.pictures.put_back(key)

    def cancel_edit(self) -> None:
        """Leave the stored question as it is."""
        self.draft.end_edit()
        self.draft_replaced.emit()
        self._on_pictures_changed()

    @abstractmethod
    def _on_pictures_changed(self) -> None:
        """Pictures or documents, or how closely they are looked at."""

    @abstractmethod
    def _prepare(self) -> None:
        """Let the engine work in advance on what is known of the next prompt."""
