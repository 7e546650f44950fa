"""Prompts with pictures, evaluated once and remembered: what is the same for every engine.

The order of the work, the figures, the limits and the events are the same for all, and so is what a
conversation costs.
"""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic

from msgspec import Struct
from msgspec.structs import replace

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import Role, StopReason, Timings, Usage
from desktop.engine.api import (
    AnswerRestarted,
    CancelledError,
    GenerationFinished,
    Phase,
    PromptPrepared,
    PromptProgress,
)
from desktop.engine.shared.answer import Answer
from desktop.engine.shared.cache import PromptItem, cell_count
from desktop.engine.shared.chat_model import Embedding
from desktop.engine.shared.constraint import Constraint, Constraints
from desktop.engine.shared.loops import LoopGuard, varied
from desktop.engine.shared.template import PicturePart, TemplateText, WrittenText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from desktop.core.types import GenerationSettings, Message
    from desktop.engine.api import Generate, Job, Prepare
    from desktop.engine.shared.chat_model import ChatModel
    from desktop.engine.shared.template import PromptPart

_ANSWERS_REMEMBERED = 512


class Prompt(Struct):
    """A tokenized prompt and the pictures in it, in order."""

    items: list[PromptItem]
    pictures: list[PicturePart]


class Evaluated(Struct):
    """What evaluating a prompt took."""

    usage: Usage
    encode_s: float
    prefill_s: float


class _Embedded(Struct, Generic[Embedding]):
    """The pictures that a prompt needs, and where they came from."""

    by_span: dict[str, Embedding]
    encoded: int = 0
    from_disk: int = 0


class Chat(Generic[Embedding]):
    """Prepares and answers with one loaded model."""

    def __init__(self, model: ChatModel[Embedding]) -> None:
        self._model = model
        self._constraints = Constraints(model.vocabulary)
        # Token ids by the text they gave: tokenizing an answer's text again would often give other
        # ids, and the prefix of the next turn would end there.
        self._answers: OrderedDict[str, tuple[int, ...]] = OrderedDict()
        self._epoch: str | None = None  # of the disk's cache when the last answer began, until kept

    def rest(self) -> None:
        """Nobody waits for anything: keep the conversation that was answered."""
        epoch, self._epoch = self._epoch, None
        if epoch is not None:
            self._model.evaluator.keep(epoch)

    def prepare(self, command: Prepare, job: Job) -> PromptPrepared:
        """Encode and prefill up to where the last message's text will begin."""
        request_id = command.request_id
        try:
            with self._holding_writes():
                prompt = self.prompt(command.messages, is_open=True)
                done = self.evaluate(prompt, request_id, job, needs_logits=False)
        except CancelledError:
            return PromptPrepared(request_id, is_complete=False, usage=Usage(), timings=Timings())
        timings = Timings(encode_s=done.encode_s, prefill_s=done.prefill_s)
        return PromptPrepared(request_id, is_complete=True, usage=done.usage, timings=timings)

    def generate(self, command: Generate, job: Job) -> GenerationFinished:
        """Answer the last message; an answer that goes round in circles is begun anew, once."""
        request_id, settings = command.request_id, command.settings
        self._constraint(settings)  # a schema that cannot be held to is refused before any work
        try:
            with self._holding_writes():
                prompt = self.prompt(command.messages, is_open=False)
                done = self.evaluate(prompt, request_id, job, needs_logits=True)
        except CancelledError:
            return GenerationFinished(request_id, StopReason.CANCELLED, Usage(), Timings())
        if self._model.disk is not None:
            self._epoch = self._model.disk.epoch
        # Within JSON a stop string is a text like any other.
        stops = () if settings.json_schema is not None else self._model.stops
        answer = first = Answer(request_id, job, stops)
        reason = self._decode(settings, answer)
        if reason is StopReason.LOOP:
            job.emit(AnswerRestarted(request_id))
            answer = Answer(request_id, job, stops)
            reason = self._decode_again(prompt, varied(settings), answer)
        answer.finish()
        self._remember(answer)
        usage = replace(
            done.usage,
            answer_tokens=answer.count,
            retries=int(answer is not first),
            context_used=cell_count(self._model.evaluator.held),
        )
        timings = Timings(
            encode_s=done.encode_s,
            prefill_s=done.prefill_s,
            first_token_s=first.first_at - job.received_at,
            decode_s=answer.last_at - answer.first_at,
        )
        return GenerationFinished(request_id, reason, usage, timings)

    @contextlib.contextmanager
    def _holding_writes(self) -> Iterator[None]:
        """Inside, a person waits for what is computed, and nothing is written to the disk."""
        disk = self._model.disk
        if disk is None:
            yield
            return
        disk.begin()
        try:
            yield
        finally:
            disk.release()

    # --- the prompt -------------------------------------------------------------------------------

    def prompt(self, messages: Sequence[Message], *, is_open: bool) -> Prompt:
        """Messages as tokens and pictures; open, it ends where the last one's text begins."""
        prompt = Prompt([], [])
        for part in self._model.template.parts(messages, is_open=is_open):
            prompt.items += self._items(part)
            if isinstance(part, PicturePart):
                prompt.pictures.append(part)
        bos = self._model.vocabulary.bos
        if bos is not None and prompt.items[:1] != [bos]:
            prompt.items.insert(0, bos)
        return prompt

    def _items(self, part: PromptPart) -> Sequence[PromptItem]:
        model = self._model
        match part:
            case TemplateText(text=text):
                return model.vocabulary.tokens(text, has_control=True)
            case WrittenText(text=text, role=Role.ASSISTANT) if text in self._answers:
                return self._answers[text]
            case WrittenText(text=text):
                return model.vocabulary.tokens(text, has_control=False)
            case PicturePart():
                if model.vision is None:
                    raise EngineError("This model cannot see pictures.", ErrorCode.ENGINE_FAILED)
                return model.vision.layout(part)

    # --- evaluating -------------------------------------------------------------------------------

    def evaluate(
        self, prompt: Prompt, request_id: str, job: Job, *, needs_logits: bool
    ) -> Evaluated:
        """Bring the caches to a prompt.

        Raises:
            CancelledError: what was done until then stays and is found again.
            EngineError: CONTEXT_FULL before any work, PICTURE_MISSING, OUT_OF_MEMORY.
        """
        evaluator, length = self._model.evaluator, self._model.context_length
        total = cell_count(prompt.items)
        if total >= length:
            raise EngineError(
                f"This conversation needs {total} tokens, and the context holds {length}. Start a "
                "new conversation, choose a lower picture detail, or raise the context length in "
                "the settings.",
                ErrorCode.CONTEXT_FULL,
                tokens=str(total),
                length=str(length),
            )
        started = time.monotonic()
        kept = evaluator.reuse(prompt.items, needs_logits=needs_logits)
        reused = cell_count(prompt.items[:kept])
        pictures = self._embedded(prompt, kept, request_id, job)
        encoded_at = time.monotonic()
        evaluator.extend(prompt.items, pictures.by_span, request_id, job)
        usage = Usage(
            prompt_tokens=total,
            reused_tokens=reused,
            pictures_encoded=pictures.encoded,
            pictures_from_disk=pictures.from_disk,
            context_used=total,
            context_length=length,
        )
        return Evaluated(usage, encoded_at - started, time.monotonic() - encoded_at)

    def _embedded(
        self, prompt: Prompt, kept: int, request_id: str, job: Job
    ) -> _Embedded[Embedding]:
        """The pictures behind the kept prefix: remembered, from the disk, or computed now."""
        vision, pictures = self._model.vision, _Embedded[Embedding]({})
        missing = set(prompt.items[kept:])
        if vision is None or not prompt.pictures:
            return pictures
        fresh: list[PicturePart] = []
        for spans, part in {vision.layout(part): part for part in prompt.pictures}.items():
            if not missing & set(spans):
                continue
            if job.is_cancelled():
                raise CancelledError
            found = vision.known(part)
            if found is None:
                found = vision.recalled(part)
                pictures.from_disk += found is not None
            if found is None:
                fresh.append(part)
            else:
                pictures.by_span.update(found)
        self._encode(fresh, pictures, request_id, job)
        return pictures

    def _encode(
        self,
        fresh: Sequence[PicturePart],
        pictures: _Embedded[Embedding],
        request_id: str,
        job: Job,
    ) -> None:
        vision = self._model.vision
        if vision is None or not fresh:
            return
        total, done = vision.step_count * len(fresh), 0

        def on_step() -> None:
            nonlocal done
            if done < total:  # an encoder with several chunks per picture passes its layers again
                done += 1
                job.emit(PromptProgress(request_id, Phase.ENCODE, done, total))

        job.emit(PromptProgress(request_id, Phase.ENCODE, 0, total))
        for part in fresh:
            if job.is_cancelled():
                raise CancelledError
            pictures.by_span.update(vision.encode(part, job, on_step))
            pictures.encoded += 1

    # --- decoding ---------------------------------------------------------------------------------

    def _constraint(self, settings: GenerationSettings) -> Constraint | None:
        schema = settings.json_schema
        return None if schema is None else self._constraints.of(schema)

    def _decode(self, settings: GenerationSettings, answer: Answer) -> StopReason:
        model, guard = self._model, LoopGuard()
        room = model.context_length - cell_count(model.evaluator.held)
        if answer.job.is_cancelled():
            return StopReason.CANCELLED
        drawn = model.evaluator.draw_tokens(settings, self._constraint(settings))
        with contextlib.closing(drawn) as tokens:
            for token in tokens:
                if answer.job.is_cancelled():
                    return StopReason.CANCELLED
                if model.vocabulary.is_end(token):
                    answer.mark_time()
                    return StopReason.END
                answer.add(token, model.vocabulary.piece(token))
                if guard.is_looping(token):
                    return StopReason.LOOP
                reason = _reached(answer, settings.max_tokens, room)
                if reason is not None:
                    return reason
        raise AssertionError("tokens come without end")

    def _decode_again(
        self, prompt: Prompt, settings: GenerationSettings, answer: Answer
    ) -> StopReason:
        """Draw another answer behind the prompt, whose evaluation is still there."""
        self._model.evaluator.cut_back(len(prompt.items))
        try:
            self.evaluate(prompt, answer.request_id, answer.job, needs_logits=True)
        except CancelledError:
            return StopReason.CANCELLED
        return self._decode(settings, answer)

    def _remember(self, answer: Answer) -> None:
        if not answer.text or answer.is_stopped:
            return
        self._answers[answer.text] = tuple(answer.whole_ids)
        self._answers.move_to_end(answer.text)
        while len(self._answers) > _ANSWERS_REMEMBERED:
            self._answers.popitem(last=False)


def _reached(answer: Answer, max_tokens: int, room: int) -> StopReason | None:
    """Why an answer ends after the token that it took last; None while it may go on."""
    if answer.is_stopped:
        return StopReason.END
    if answer.count >= max_tokens:
        return StopReason.LENGTH
    return StopReason.CONTEXT if answer.count >= room else None
