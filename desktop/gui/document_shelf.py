"""The documents beside a question, one card under the other; one shows its pages at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.core.reading_plan import attachment_tokens, pages_to_read, picture_tokens
from desktop.core.types import Message, PictureLimits, Role
from desktop.gui import document_card
from desktop.gui.document_draft import DocumentStatus
from desktop.gui.document_texts import pages_text, tokens_text
from desktop.gui.prompts import with_system_prompt

if TYPE_CHECKING:
    from desktop.gui.chat_session import ChatSession
    from desktop.gui.document_card import DocumentCard
    from desktop.gui.document_draft import DraftDocument
    from desktop.gui.services import Services

_MOST_PX = 360  # one with its pages and three that are folded; more are scrolled
_GAP_PX = 8
_SEVERAL = 5  # fewer pages are there in a moment
_A4 = (1721, 2435)  # a page that was not looked at yet is likely to be one


class DocumentShelf(QScrollArea):
    """Shows the documents of a session's draft; hidden while there are none."""

    page_activated = Signal(object)  # ImageAttachment

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentShelf")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        contents = QWidget()
        contents.setObjectName("documentShelfContents")
        self._column = QVBoxLayout(contents)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_GAP_PX)
        self.setWidget(contents)
        self._cards: dict[int, DocumentCard] = {}
        self._unfolded: int | None = None  # key
        self._session: ChatSession | None = None
        self._services: Services | None = None
        self.hide()

    @property
    def cards(self) -> tuple[DocumentCard, ...]:
        """In the order in which they are shown."""
        return tuple(self._cards.values())

    def follow(self, session: ChatSession, services: Services) -> None:
        """Show this session's documents from now on. Called once."""
        self._session, self._services = session, services
        session.pictures_changed.connect(self.refresh)
        session.opened.connect(self.refresh)
        session.password_wanted.connect(self._focus_password)
        services.model_state.state_changed.connect(self.refresh)
        services.settings.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the documents as they are now."""
        documents = self._session.documents if self._session is not None else ()
        wanted = {document.key: document for document in documents}
        for key in [key for key in self._cards if key not in wanted]:
            card = self._cards.pop(key)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        is_changed = False
        for key, document in wanted.items():
            if key not in self._cards:
                self._cards[key] = self._make(document)
                self._unfolded, is_changed = key, True
            self._cards[key].show_note(self._note(document))
            self._cards[key].show_prepared(self._session.prepared_pages if self._session else None)
        is_gone = self._unfolded is not None and self._unfolded not in self._cards
        if is_gone:
            self._unfolded, is_changed = next(reversed(self._cards), None), True
        if is_changed:
            self._show_folds()
        self.setVisible(bool(self._cards))
        self._fit()

    def _make(self, document: DraftDocument) -> DocumentCard:
        card = document_card.DocumentCard(document)
        card.remove_requested.connect(self._remove)
        card.page_activated.connect(self.page_activated)
        card.fold_requested.connect(self._fold)
        card.height_changed.connect(self._fit)
        self._column.addWidget(card)
        card.focus_password()
        return card

    @Slot(object)
    def _fold(self, key: int) -> None:
        self._unfolded = None if self._unfolded == key else key
        self._show_folds()

    def _show_folds(self) -> None:
        is_foldable = len(self._cards) > 1
        for key, card in self._cards.items():
            card.set_folded(
                is_folded=is_foldable and key != self._unfolded, is_foldable=is_foldable
            )

    @Slot()
    def _fit(self) -> None:
        self._column.activate()
        height = min(_MOST_PX, self._column.sizeHint().height())
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def _note(self, document: DraftDocument) -> str:
        if document.status in {DocumentStatus.LOCKED, DocumentStatus.UNLOCKING}:
            return self.tr("Protected; its password is not kept")
        if document.status is not DocumentStatus.OPEN or self._session is None:
            return ""
        words = [pages_text(len(document.pages), document.page_count)]
        if document.pages:
            words.append(tokens_text(self._tokens(document), is_rough=self._is_rough(document)))
        if self._is_long():
            words.append(self.tr("read page by page"))
        ready = len(document.ready)
        if len(document.pages) - ready >= _SEVERAL:
            words.append(self.tr("{count} ready").format(count=ready))
        return " · ".join(words)

    def _tokens(self, document: DraftDocument) -> int:
        """Of all chosen pages; those that were not read yet count as the average."""
        if self._session is None:
            return 0
        budget, limits = self._session.budget, self._limits()
        ready = document.ready
        known = sum(attachment_tokens(page, budget, limits) for page in ready)
        missing = len(document.pages) - len(ready)
        one = known / len(ready) if ready else picture_tokens(*_A4, budget, limits)
        return round(known + missing * one)

    @staticmethod
    def _is_rough(document: DraftDocument) -> bool:
        ready = document.ready
        return len(ready) < len(document.pages) or any(page.text for page in ready)

    def _is_long(self) -> bool:
        if self._session is None or self._services is None:
            return False
        loaded = self._services.model_state.loaded
        if loaded is None:
            return False
        question = Message(Role.USER, "", self._session.draft.ready, self._session.budget)
        told = self._services.settings.system_prompt(self._services.model_state.model)
        prompt = with_system_prompt((question,), told)
        return bool(pages_to_read(prompt, self._limits(), loaded.context_length))

    def _limits(self) -> PictureLimits:
        loaded = self._services.model_state.model if self._services is not None else None
        return loaded.pictures if loaded is not None else PictureLimits()

    @Slot(object)
    def _remove(self, key: int) -> None:
        if self._session is not None:
            self._session.remove_document(key)

    @Slot()
    def _focus_password(self) -> None:
        for card in self._cards.values():
            card.focus_password()
