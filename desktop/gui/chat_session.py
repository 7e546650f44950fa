"""The open conversation: its messages, its draft, and what can be done with them. No widgets."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from typing_extensions import override

from desktop.core.errors import StoreError
from desktop.core.reading_plan import pages_to_read
from desktop.core.types import InAdvance, Message, Role
from desktop.gui.answering import Answering
from desktop.gui.cleanup import PictureCleanup
from desktop.gui.draft_desk import DraftDesk
from desktop.gui.preparation import Preparation
from desktop.gui.prompts import last_question, prompt_of, title_of, with_system_prompt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.core.types import ImageAttachment
    from desktop.gui.drafts import Draft
    from desktop.gui.running_answer import AnswerFinished, AnswerText, RunningAnswer
    from desktop.gui.services import Services
    from desktop.store.history import StoredMessage


class SendState(StrEnum):
    """What the one button does."""

    EMPTY = "empty"  # nothing to send
    READY = "ready"
    WAITING = "waiting"  # sent, waits for a picture to be imported; can be stopped
    ANSWERING = "answering"  # can be stopped
    ELSEWHERE = "elsewhere"  # another conversation is being answered: one at a time


class ChatSession(DraftDesk):
    """What the window shows and does. It changes with its methods and with the engine's events.

    One answer is made at a time. It goes on in its own row when another conversation is opened;
    until it is over, nothing can be sent elsewhere.
    """

    opened = Signal()  # read `messages` again
    message_added = Signal(object)  # StoredMessage
    removed_from = Signal(object)  # id of the first message that is gone
    waiting_changed = Signal(object)  # RunningAnswer of the open conversation
    text_received = Signal(object)  # AnswerText of the open conversation
    answer_restarted = Signal(object)  # id of the message whose text is void
    answer_finished = Signal(object)  # StoredMessage of the open conversation
    conversations_changed = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(services, parent)
        self._history = services.history
        self._title = ""
        self._messages: list[StoredMessage] = []
        self._is_send_waiting = False
        self._cleanup = PictureCleanup(services.attachments, self._drafts, self)
        self._cleanup.failed.connect(self.failed)
        self._preparation = Preparation(services.bridge, services.model_state, self)
        self._preparation.changed.connect(self._on_preparation)
        self._answering = Answering(
            services.bridge, services.model_state, self._history, services.settings, self
        )
        self._answering.waiting_changed.connect(self._on_waiting)
        self._answering.text_received.connect(self._on_text)
        self._answering.restarted.connect(self._on_restarted)
        self._answering.finished.connect(self._on_finished)
        self._answering.busy_changed.connect(self.state_changed)
        self._answering.store_failed.connect(self.failed)
        services.settings.changed.connect(self._prepare)
        services.model_state.state_changed.connect(self._prepare)

    # --- what is shown ----------------------------------------------------------------------------

    @property
    def conversation_id(self) -> int | None:
        """The open conversation; None before its first question."""
        return self._conversation_id

    @property
    def title(self) -> str:
        """Of the open conversation; empty before its first question."""
        return self._title

    @property
    def messages(self) -> tuple[StoredMessage, ...]:
        """Of the open conversation, an answer in progress with its text so far."""
        running = self.running
        if running is None:
            return tuple(self._messages)
        return tuple(
            running.as_stored() if message.id == running.message_id else message
            for message in self._messages
        )

    @property
    def running(self) -> RunningAnswer | None:
        """The answer in progress, if it belongs to the open conversation."""
        running = self._answering.running
        return running if running and running.conversation_id == self._conversation_id else None

    @property
    def prepared_pages(self) -> float | None:
        """How far the engine has looked at the documents' pages in advance, 0..1."""
        fraction, pages = self._preparation.fraction, len(self.draft.documents.ready)
        if fraction is None or pages == 0:
            return None
        return min(1.0, fraction * len(self.draft.ready) / pages)

    @property
    def holds_model(self) -> bool:
        """Whether the loaded model is writing an answer, in whichever conversation."""
        running = self._answering.running
        return running is not None and running.is_begun

    @property
    def send_state(self) -> SendState:
        """What the send button does now."""
        if self._answering.running is not None:
            return SendState.ANSWERING if self.running else SendState.ELSEWHERE
        if self._is_send_waiting:
            return SendState.WAITING
        return SendState.EMPTY if self.draft.is_empty else SendState.READY

    # --- opening ----------------------------------------------------------------------------------

    def open(self, conversation_id: int, title: str) -> None:
        """Show a stored conversation."""
        if conversation_id != self._conversation_id:
            self._show(conversation_id, title)

    def open_new(self) -> None:
        """Show an empty conversation; it is stored with its first question."""
        if self._conversation_id is not None:
            self._show(None, "")

    def _show(self, conversation_id: int | None, title: str) -> None:
        try:
            messages = [] if conversation_id is None else self._history.messages(conversation_id)
        except StoreError as error:
            self.failed.emit(error)
            return
        self._is_send_waiting = self._is_typing = False
        self._conversation_id, self._title = conversation_id, title
        self._messages = messages
        self.opened.emit()
        self.draft_replaced.emit()
        self.state_changed.emit()
        self._prepare()

    def set_title(self, title: str) -> None:
        """The open conversation was renamed."""
        self._title = title
        self.state_changed.emit()

    # --- the draft --------------------------------------------------------------------------------

    def edit(self, message_id: int) -> None:
        """Write a stored question anew; sending it replaces it and all that follows."""
        found = next((m for m in self._messages if m.id == message_id), None)
        if found is None or found.message.role is not Role.USER or self.running is not None:
            return
        self.draft.begin_edit(found, self._services.attachments)
        self._is_typing = True
        self.draft_replaced.emit()
        self._services.model_state.wake()
        self._on_pictures_changed()

    def edit_last(self) -> None:
        """Write the last question anew."""
        question = last_question(self._messages)
        if question is not None:
            self.edit(question.id)

    # --- asking -----------------------------------------------------------------------------------

    def send(self) -> None:
        """Ask the draft. With a picture still on its way, it is asked when that has arrived."""
        if self.send_state is not SendState.READY:
            return
        if self.draft.documents.is_locked:
            self.password_wanted.emit()
            return
        if self.draft.is_importing:
            self._is_send_waiting = True
            self.state_changed.emit()
            return
        draft = self.draft
        attachments = draft.ready
        #: In Chinese exactly 请用中文描述这张图片: the built-in model was trained on these words.
        usual = self.tr("Describe this image.")
        schema = draft.json_schema
        text = draft.text.strip() or (self.tr("Fill in the form.") if schema else usual)
        question = Message(Role.USER, text, attachments, self.budget)
        self._is_send_waiting = self._is_typing = False
        preparing_id, done = self._preparation.hand_over()
        try:
            conversation_id = self._begin(draft, attachments)
            self._add(self._history.add_message(conversation_id, question, schema))
            self._cleanup.note_sent(attachment.sha256 for attachment in attachments)
            self._answer(conversation_id, preparing_id, done)
        except StoreError as error:
            self.failed.emit(error)
        else:
            draft.clear()
            self.draft_replaced.emit()
        self.conversations_changed.emit()
        self.state_changed.emit()

    def stop(self) -> None:
        """End the answer of the open conversation, or the wait for a picture."""
        if self._is_send_waiting:
            self._is_send_waiting = False
            self.state_changed.emit()
        elif self.running is not None:
            self._answering.stop()

    def again(self, message_id: int) -> None:
        """Make the last answer anew; for an earlier one its question is put up for editing.

        Asking that again replaces all that follows, which should not happen at one click.
        """
        found = next((m for m in self._messages if m.id == message_id), None)
        if found is None or found.message.role is not Role.ASSISTANT:
            return
        if self._answering.running is not None or self._conversation_id is None:
            return
        if found is not self._messages[-1]:
            question = last_question(m for m in self._messages if m.id < message_id)
            if question is not None:
                self.edit(question.id)
            return
        self._preparation.aim(None)  # it was for the next question
        try:
            self._cut(message_id, kept=())
            self._answer(self._conversation_id)
        except StoreError as error:
            self.failed.emit(error)

    def delete(self, conversation_id: int) -> None:
        """Delete a conversation for good, with the pictures that nothing else refers to."""
        running = self._answering.running
        if running is not None and running.conversation_id == conversation_id:
            self._answering.abandon()
        if conversation_id == self._conversation_id:
            self._show(None, "")
        try:
            orphans = self._history.delete_conversation(conversation_id)
        except StoreError as error:
            self.failed.emit(error)
            return
        self._cleanup.remove(orphans)
        self._cleanup.forget_conversations()
        self._drafts.forget(conversation_id)
        self.conversations_changed.emit()

    def close(self) -> None:
        """Keep what an answer in progress has said so far; the app is about to end."""
        self._answering.save_text()
        self._drafts.close()

    def _begin(self, draft: Draft, attachments: Sequence[ImageAttachment]) -> int:
        """The conversation that the draft belongs to, cut before the question it replaces."""
        if self._conversation_id is None:
            title = title_of(draft.text, attachments, self.tr("Picture"))
            self._conversation_id = self._history.create_conversation(title)
            self._title = title
        elif draft.editing is not None:
            self._cut(draft.editing, kept=attachments)
        return self._conversation_id

    def _cut(self, message_id: int, kept: Sequence[ImageAttachment]) -> None:
        if self._conversation_id is None:
            return
        orphans = self._history.delete_from(self._conversation_id, message_id)
        self._messages = [m for m in self._messages if m.id < message_id]
        self.removed_from.emit(message_id)
        still_used = {attachment.sha256 for attachment in kept}
        self._cleanup.remove([sha256 for sha256 in orphans if sha256 not in still_used])

    def _answer(
        self,
        conversation_id: int,
        preparing_id: str | None = None,
        in_advance: InAdvance = InAdvance(),
    ) -> None:
        prompt, question = prompt_of(self._messages), last_question(self._messages)
        row = self._history.begin_answer(conversation_id)
        self._add(row)
        schema = question.json_schema if question is not None else None
        self._answering.start(conversation_id, prompt, row, preparing_id, schema, in_advance)

    def _add(self, message: StoredMessage) -> None:
        self._messages.append(message)
        self.message_added.emit(message)

    # --- what happens -----------------------------------------------------------------------------

    @Slot()
    @override
    def _on_pictures_changed(self) -> None:
        if self._is_send_waiting and not self.draft.is_importing:
            self._is_send_waiting = False
            # A refused picture stops the question: it may well have been about that one.
            if not self.draft.pictures.has_refused:
                self.send()
                return
        self._prepare()
        self.state_changed.emit()

    @Slot()
    @override
    def _prepare(self) -> None:
        """Let the engine work in advance on what is known of the next prompt."""
        draft = self.draft
        if not draft.is_importing:
            earlier = prompt_of(self._messages, before=draft.editing)
            pictures = draft.ready
            is_free = self._answering.running is None
            told = self._services.settings.system_prompt(self._services.model_state.model)
            turns = (*earlier, Message(Role.USER, "", pictures, self.budget))
            prompt = with_system_prompt(turns, told)
            is_wanted = bool(pictures) or (self._is_typing and len(prompt) > 1)
            is_useful = is_wanted and is_free and not self._is_read_by_page(prompt)
            self._preparation.aim(prompt if is_useful else None)
        self._on_preparation()

    def _is_read_by_page(self, prompt: tuple[Message, ...]) -> bool:
        """Whether the pages will go to the engine one by one, not as this prompt."""
        state = self._services.model_state
        if state.loaded is None or state.model is None:
            return False
        return bool(pages_to_read(prompt, state.model.pictures, state.loaded.context_length))

    @Slot()
    def _on_preparation(self) -> None:
        before = len(self.draft.documents.ready)
        self.draft.pictures.show_preparation(self._preparation.fraction, before=before)
        self.pictures_changed.emit()

    @Slot(object)
    def _on_waiting(self, running: RunningAnswer) -> None:
        if running.conversation_id == self._conversation_id:
            self.waiting_changed.emit(running)

    @Slot(object)
    def _on_text(self, piece: AnswerText) -> None:
        if piece.conversation_id == self._conversation_id:
            self.text_received.emit(piece)

    @Slot(object)
    def _on_restarted(self, running: RunningAnswer) -> None:
        if running.conversation_id == self._conversation_id:
            self.answer_restarted.emit(running.message_id)

    @Slot(object)
    def _on_finished(self, event: AnswerFinished) -> None:
        if event.conversation_id == self._conversation_id:
            self._messages = [
                event.message if message.id == event.message.id else message
                for message in self._messages
            ]
            self.answer_finished.emit(event.message)
        self.conversations_changed.emit()
        self._prepare()
