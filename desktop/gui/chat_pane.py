"""The part beside the sidebar: conversation or welcome, notices, composer; bound to the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.core.errors import GroundglassError, StoreError
from desktop.core.types import PictureLimits
from desktop.gui.chat_view import ChatView
from desktop.gui.composer import Composer
from desktop.gui.error_texts import error_text
from desktop.gui.notice_bar import NoticeBar
from desktop.gui.translations import language_of
from desktop.gui.welcome import Welcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.core.types import PictureBudget
    from desktop.gui.chat_session import ChatSession
    from desktop.gui.running_answer import AnswerText, RunningAnswer
    from desktop.gui.samples import Sample
    from desktop.gui.services import Services
    from desktop.store.history import StoredMessage

_COLUMN_PX = 760


class ChatPane(QWidget):
    """Passes on what the session says, and what a person does."""

    open_requested = Signal()
    models_requested = Signal()
    settings_requested = Signal()
    adapters_requested = Signal()
    connections_requested = Signal()

    def __init__(
        self, services: Services, session: ChatSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("chatPane")
        self._services = services
        self._session = session
        self.view = ChatView(services.thumbnails, services.attachments.thumbnail_path)
        language = language_of(services.settings.value.language)
        self.welcome = Welcome(
            services.model_state,
            services.library,
            services.settings,
            services.thumbnails,
            language,
        )
        self.composer = Composer(services.thumbnails, services.attachments.thumbnail_path)
        self.notice = NoticeBar()
        self._notice_act: Callable[[], None] | None = None
        self._notice_second: Callable[[], None] | None = None
        self._notice_topic = ""
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.view)
        self._lay_out()
        self._connect_session()
        self._connect_widgets()
        self._follow_model()
        self._show_conversation()
        self._show_state()
        self._show_pictures()

    @Slot(object)
    def show_problem(self, error: GroundglassError) -> None:
        """Say what was not kept, until it is dismissed."""
        self.tell(error_text(error.code, error.details, error.message))

    def tell(
        self,
        text: str,
        action: str = "",
        act: Callable[[], None] | None = None,
        topic: str = "",
        second: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Say something until it is dismissed, with at most two things to do about it."""
        self.notice.announce(text, action, second="" if second is None else second[0])
        self._notice_act, self._notice_topic = act, topic
        self._notice_second = None if second is None else second[1]

    def withdraw_notice(self, topic: str) -> None:
        """Take back what was said about this, if it still stands there."""
        if topic == self._notice_topic:
            self.notice.settle()

    @Slot()
    def _act_on_notice(self) -> None:
        act = self._notice_act
        self._forget_notice()
        if act is not None:
            act()

    @Slot()
    def _act_second_on_notice(self) -> None:
        act = self._notice_second
        self._forget_notice()
        if act is not None:
            act()

    @Slot()
    def _forget_notice(self) -> None:
        self._notice_act, self._notice_second, self._notice_topic = None, None, ""

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.notice)
        column.addWidget(self.composer)
        holder = QWidget()
        holder.setLayout(column)
        holder.setMaximumWidth(_COLUMN_PX)
        centred = QHBoxLayout()
        centred.setContentsMargins(16, 0, 16, 16)
        centred.addStretch(1)
        centred.addWidget(holder, 1000)
        centred.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.pages, 1)
        layout.addLayout(centred)

    def _connect_session(self) -> None:
        session = self._session
        session.opened.connect(self._show_conversation)
        session.message_added.connect(self._on_message_added)
        session.removed_from.connect(self._on_removed_from)
        session.waiting_changed.connect(self._on_waiting)
        session.text_received.connect(self._on_text)
        session.answer_restarted.connect(self.view.restart)
        session.answer_finished.connect(self._on_finished)
        session.draft_replaced.connect(self._show_draft)
        session.pictures_changed.connect(self._show_pictures)
        session.state_changed.connect(self._show_state)
        session.failed.connect(self._on_failed)
        self._services.settings.changed.connect(self._show_state)
        self._services.model_state.state_changed.connect(self._show_pictures)
        self._services.model_state.state_changed.connect(self._follow_model)

    def _connect_widgets(self) -> None:
        session, composer = self._session, self.composer
        composer.edit.textChanged.connect(self._on_text_edited)
        composer.edit.pictures_pasted.connect(session.add_pictures)
        composer.edit.edit_last_requested.connect(session.edit_last)
        composer.send_requested.connect(session.send)
        composer.stop_requested.connect(session.stop)
        composer.open_requested.connect(self.open_requested)
        composer.edit_cancelled.connect(session.cancel_edit)
        composer.follow(session, self._services)
        composer.chips.remove_requested.connect(session.remove_picture)
        composer.chips.move_requested.connect(session.move_picture)
        composer.budget.chosen.connect(self._on_budget_chosen)
        self.notice.activated.connect(self._act_on_notice)
        self.notice.second_activated.connect(self._act_second_on_notice)
        self.notice.settled.connect(self._forget_notice)
        self.view.again_requested.connect(session.again)
        self.view.edit_requested.connect(session.edit)
        self.view.models_requested.connect(self.models_requested)
        self.view.settings_requested.connect(self.settings_requested)
        self.view.adapters_requested.connect(self.adapters_requested)
        self.view.new_chat_requested.connect(session.open_new)
        self.welcome.sample_chosen.connect(self._on_sample)
        self.welcome.models_requested.connect(self.models_requested)
        self.welcome.connections_requested.connect(self.connections_requested)

    # --- from the session -------------------------------------------------------------------------

    @Slot()
    def _show_conversation(self) -> None:
        messages = self._session.messages
        self.view.set_messages(messages)
        running = self._session.running
        if running is not None:
            self._on_waiting(running)
        self.pages.setCurrentWidget(self.view if messages else self.welcome)
        self._show_draft()

    @Slot(object)
    def _on_message_added(self, message: StoredMessage) -> None:
        self.pages.setCurrentWidget(self.view)
        self.view.add_message(message)
        self.view.scroll_to_end()

    @Slot(object)
    def _on_removed_from(self, message_id: int) -> None:
        self.view.remove_from(message_id)

    @Slot(object)
    def _on_waiting(self, running: RunningAnswer) -> None:
        if running.waiting is not None:
            self.view.set_waiting(
                running.message_id, running.waiting, running.fraction, running.step
            )

    @Slot(object)
    def _on_text(self, piece: AnswerText) -> None:
        self.view.append_text(piece.message_id, piece.text)

    @Slot(object)
    def _on_finished(self, message: StoredMessage) -> None:
        self.view.finish(message)

    @Slot()
    def _show_draft(self) -> None:
        self.composer.set_text(self._session.draft.text)
        is_editing = self._session.draft.editing is not None
        self.composer.set_editing(is_editing=is_editing)
        if is_editing:
            self.composer.edit.setFocus()

    @Slot()
    def _show_pictures(self) -> None:
        loaded = self._services.model_state.model
        limits = loaded.pictures if loaded is not None else PictureLimits()
        pictures = self._session.pictures
        self.composer.chips.show_items(pictures, self._session.budget, limits)
        self.welcome.set_pictures(len(pictures) + len(self._session.documents))

    @Slot()
    def _follow_model(self) -> None:
        self.view.set_has_model(has_model=self._services.model_state.has_model)

    @Slot()
    def _show_state(self) -> None:
        self.composer.set_state(self._session.send_state)
        chosen = self._services.settings.value.picture_budget
        self.composer.budget.show_budget(chosen, self._session.budget)

    @Slot(object)
    def _on_failed(self, error: GroundglassError) -> None:
        self.show_problem(error)

    # --- from the person --------------------------------------------------------------------------

    @Slot()
    def _on_text_edited(self) -> None:
        if self.composer.text != self._session.draft.text:
            self._session.set_text(self.composer.text)

    @Slot(object)
    def _on_budget_chosen(self, budget: PictureBudget | None) -> None:
        self._services.settings.set_picture_budget(budget)
        try:
            self._services.settings.save()
        except StoreError as error:
            self.show_problem(error)

    @Slot(object)
    def _on_sample(self, sample: Sample) -> None:
        self._session.set_text(sample.question)
        self._session.add_pictures([sample.path])
        self._session.send()
