"""The one answer that is being made: from the request to the finished row in the history."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop.core.errors import ErrorCode, StoreError
from desktop.core.form_request import held_to
from desktop.core.reading_plan import pages_to_read, with_fitting_texts
from desktop.core.types import ImageAttachment, InAdvance, InstalledModel, Message, StopReason
from desktop.engine.api import (
    AnswerRestarted,
    EngineFailed,
    GenerationFinished,
    Phase,
    PromptPrepared,
    PromptProgress,
    TextDelta,
)
from desktop.gui.chat_view import Waiting
from desktop.gui.figures_made import made_figures
from desktop.gui.model_state import ModelStatus
from desktop.gui.prompts import answer_prompt, question_of, with_system_prompt
from desktop.gui.reading import Reading, ReadingResult
from desktop.gui.running_answer import AnswerFinished, AnswerText, RunningAnswer
from desktop.store.history import AnswerError, StoredMessage

if TYPE_CHECKING:
    from desktop.core.types import Figures
    from desktop.engine.api import EngineEvent
    from desktop.gui.engine_bridge import EngineBridge
    from desktop.gui.model_state import ModelState
    from desktop.gui.settings_holder import SettingsHolder
    from desktop.store.history import History

log = logging.getLogger(__name__)

_CHECKPOINT_MS = 2000


class Answering(QObject):
    """Runs one answer at a time, whichever conversation is shown, and keeps what it received."""

    busy_changed = Signal()
    waiting_changed = Signal(object)  # the RunningAnswer
    text_received = Signal(object)  # an AnswerText
    restarted = Signal(object)  # the RunningAnswer: its text is void, more will come
    finished = Signal(object)  # an AnswerFinished
    store_failed = Signal(object)  # a StoreError: the answer is shown, but was not kept

    def __init__(
        self,
        bridge: EngineBridge,
        model_state: ModelState,
        history: History,
        settings: SettingsHolder,
        parent: QObject | None = None,
        *,
        checkpoint_ms: int = _CHECKPOINT_MS,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._model_state = model_state
        self._history = history
        self._settings = settings
        self._running: RunningAnswer | None = None
        self._checkpoint = QTimer(self)
        self._checkpoint.setSingleShot(True)
        self._checkpoint.setInterval(checkpoint_ms)
        self._checkpoint.timeout.connect(self.save_text)
        bridge.event_received.connect(self._on_event)
        model_state.state_changed.connect(self._go_on)

    @property
    def running(self) -> RunningAnswer | None:
        """The answer being made, if any."""
        return self._running

    def start(
        self,
        conversation_id: int,
        prompt: tuple[Message, ...],
        row: StoredMessage,
        preparing_id: str | None,
        json_schema: str | None = None,
        in_advance: InAdvance = InAdvance(),
    ) -> None:
        """Make this answer, held to a schema if there is one.

        Only when none is running; it waits for a model that is loading. `preparing_id` is a
        `Prepare` that it continues, `in_advance` what was done for it before that one.

        A model that is asleep wakes, and one that failed to load gets another chance: memory may be
        free by now.
        """
        self._running = RunningAnswer(
            conversation_id,
            prompt,
            row,
            preparing_id,
            json_schema=json_schema,
            in_advance=in_advance,
        )
        self.busy_changed.emit()
        if self._model_state.status is ModelStatus.FAILED:
            self._model_state.reload()
        self._go_on()

    def stop(self) -> None:
        """End the answer; the text received is kept."""
        running = self._running
        if running is None:
            return
        if running.preparing_id is not None:
            self._bridge.client.cancel(running.preparing_id)
        if running.reading is not None:
            running.reading.stop()
        elif running.request_id is None:
            self._finish(StopReason.CANCELLED)
        else:
            self._bridge.client.cancel(running.request_id)

    def abandon(self) -> None:
        """End the answer of a conversation that is going away; nothing more is written."""
        running = self._running
        if running is None:
            return
        if running.reading is not None:
            running.reading.abandon()
        for request_id in (running.preparing_id, running.request_id):
            if request_id is not None:
                self._bridge.client.cancel(request_id)
        self._clear()
        self.busy_changed.emit()

    @Slot()
    def save_text(self) -> None:
        """Write the text received so far, so that a crash of the app does not lose it."""
        if self._running is not None and self._running.whole_text:
            self._save(self._running)

    def _save(self, running: RunningAnswer) -> None:
        self._checkpoint.stop()
        try:
            self._history.save_answer_text(running.message_id, running.whole_text)
        except StoreError as error:
            self.store_failed.emit(error)

    @Slot()
    def _go_on(self) -> None:
        """Send the request as soon as the model is there."""
        running = self._running
        if running is None or running.is_begun:
            return
        match self._model_state.status:
            case ModelStatus.ASLEEP:
                self._model_state.wake()  # which leads here again
            case ModelStatus.LOADING:
                self._show_waiting(Waiting.MODEL, self._model_state.fraction)
            case ModelStatus.READY:
                self._generate(running)
            case ModelStatus.FAILED | ModelStatus.NONE:
                self._finish(StopReason.FAILED, error=self._model_error())

    def _generate(self, running: RunningAnswer) -> None:
        model = self._model_state.model
        if model is None:
            self._finish(StopReason.FAILED, error=_no_model())
            return
        running.model = model = self._settings.as_asked(model)
        told = self._settings.system_prompt(model)
        running.prompt = with_system_prompt(running.prompt, told)
        loaded = self._model_state.loaded
        length = loaded.context_length if loaded is not None else 0
        pages = pages_to_read(running.prompt, model.pictures, length)
        if pages:
            self._read(running, model, pages, length)
            return
        has_pictures = any(message.attachments for message in running.prompt)
        self._show_waiting(Waiting.PREPARING if has_pictures else Waiting.QUESTION, None)
        prompt = with_fitting_texts(running.prompt, model.pictures, length)
        settings = held_to(model.sampling, running.json_schema)
        running.request_id = self._bridge.client.generate(prompt, settings)

    # --- long documents ---------------------------------------------------------------------------

    def _read(
        self,
        running: RunningAnswer,
        model: InstalledModel,
        pages: tuple[ImageAttachment, ...],
        context_length: int,
    ) -> None:
        """Go over the pages first; the answer is then made from what was noted."""
        budget = next(m.budget for m in running.prompt if pages[0] in m.attachments)
        question = question_of(running.prompt, running.json_schema)
        read = partial(with_fitting_texts, limits=model.pictures, context_length=context_length)
        told = self._settings.system_prompt(model)
        reading = Reading(self._bridge, pages, question, budget, model.sampling, read, told, self)
        running.reading, running.found = reading, reading.result
        reading.progressed.connect(self._on_read_on)
        reading.finished.connect(partial(self._on_read, pages, context_length))
        reading.failed.connect(self._on_reading_failed)
        reading.start()

    @Slot()
    def _on_read_on(self) -> None:
        running = self._running
        if running is None or running.reading is None:
            return
        running.step = running.reading.step
        done, count = running.reading.result.pages_read, running.step[1]
        self._show_waiting(Waiting.PAGES, done / count)
        if running.reading.result.notes and not self._checkpoint.isActive():
            self._checkpoint.start()

    def _on_read(
        self, pages: tuple[ImageAttachment, ...], context_length: int, result: ReadingResult
    ) -> None:
        running = self._running
        if running is None or running.reading is None or running.model is None:
            return
        self._end_reading(running)
        if not result.is_whole and not result.notes:
            self._finish(StopReason.CANCELLED)
            return
        notes = [(note.page, note.text) for note in result.notes]
        prompt = answer_prompt(
            running.prompt, notes, pages, most_tokens=max(256, context_length // 2)
        )
        self._show_waiting(Waiting.QUESTION, None)
        settings = held_to(running.model.sampling, running.json_schema)
        running.request_id = self._bridge.client.generate(prompt, settings)

    @Slot(object)
    def _on_reading_failed(self, event: EngineFailed) -> None:
        running = self._running
        if running is None:
            return
        self._end_reading(running)
        self._fail(event)

    @staticmethod
    def _end_reading(running: RunningAnswer) -> None:
        if running.reading is not None:
            running.reading.deleteLater()
        running.reading = running.step = None

    def _fail(self, event: EngineFailed) -> None:
        running = self._running
        error = AnswerError(event.code, event.message, dict(event.details))
        has_text = running is not None and bool(running.whole_text)
        self._finish(StopReason.INTERRUPTED if has_text else StopReason.FAILED, error=error)

    def _model_error(self) -> AnswerError:
        error = self._model_state.error
        if error is None:
            return _no_model()
        return AnswerError(error.code, error.message, dict(error.details), is_of_load=True)

    @Slot(object)
    def _on_event(self, event: EngineEvent) -> None:
        running = self._running
        if running is None or running.request_id is None:
            return
        match event:
            case PromptProgress(request_id=request_id) if request_id in {
                running.request_id,
                running.preparing_id,
            }:
                waiting = _what_of(event.phase, running.prompt)
                self._show_waiting(waiting, event.done / event.total)
            case PromptPrepared(request_id=running.preparing_id):
                running.in_advance = running.in_advance.plus(event.usage, event.timings)
            case TextDelta(request_id=running.request_id, text=text):
                running.text += text
                running.waiting = running.fraction = None
                self.text_received.emit(
                    AnswerText(running.conversation_id, running.message_id, text)
                )
                if not self._checkpoint.isActive():
                    self._checkpoint.start()
            case AnswerRestarted(request_id=running.request_id):
                running.text = ""
                self._save(running)  # what went round in circles is not to come back
                self.restarted.emit(running)
                self._show_waiting(Waiting.AGAIN, None)
            case GenerationFinished(request_id=running.request_id):
                loaded = self._model_state.loaded
                figures = made_figures(running, loaded, event)
                self._finish(event.stop_reason, figures=figures)
            case EngineFailed(request_id=running.request_id):
                self._fail(event)
            case _:
                pass

    def _show_waiting(self, waiting: Waiting, fraction: float | None) -> None:
        running = self._running
        if running is None or running.text:
            return
        is_again = running.waiting is Waiting.AGAIN  # until its first word
        running.waiting, running.fraction = Waiting.AGAIN if is_again else waiting, fraction
        self.waiting_changed.emit(running)

    def _finish(
        self,
        reason: StopReason,
        *,
        figures: Figures | None = None,
        error: AnswerError | None = None,
    ) -> None:
        running = self._running
        if running is None:
            return
        self._clear()
        try:
            row = self._history.finish_answer(
                running.message_id, running.whole_text, reason, figures, error
            )
        except StoreError as failure:
            message = replace(running.row.message, text=running.whole_text)
            row = replace(
                running.row, message=message, stop_reason=reason, figures=figures, error=error
            )
            self.store_failed.emit(failure)
        self.finished.emit(AnswerFinished(running.conversation_id, row))
        self.busy_changed.emit()

    def _clear(self) -> None:
        self._checkpoint.stop()
        if self._running is not None:
            self._end_reading(self._running)
        self._running = None


def _what_of(phase: Phase, prompt: tuple[Message, ...]) -> Waiting:
    """What a phase of the prompt's evaluation is to a person."""
    if phase is Phase.PREFILL:
        return Waiting.QUESTION
    has_several = sum(len(message.attachments) for message in prompt) > 1
    return Waiting.PICTURES if has_several else Waiting.PICTURE


def _no_model() -> AnswerError:
    sentence = "No model is loaded. Choose one in the settings, then ask again."
    return AnswerError(ErrorCode.NO_MODEL, sentence, {}, is_of_load=True)
