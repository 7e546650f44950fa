"""Prompts with pictures, evaluated once and remembered: what is the same for every engine.

An engine brings its vocabulary, its vision encoder and its evaluator; the order of the work, the
figures, the limits and the events are the same for all, and so is what a conversation costs.
"""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import Role, StopReason, Timings, Usage
from desktop.engine.api import (
    CancelledError,
    GenerationFinished,
    Phase,
    PromptPrepared,
    PromptProgress,
)
from desktop.engine.shared.answer import Answer
from desktop.engine.shared.cache import PromptItem, cell_count
from desktop.engine.shared.template import ChatTemplate, PicturePart, TemplateText, WrittenText
from desktop.engine.shared.text import LoopGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from desktop.core.types import GenerationSettings, Message
    from desktop.engine.api import Generate, Job, Prepare
    from desktop.engine.shared.template import PromptPart

_ANSWERS_REMEMBERED = 512

Embedding = TypeVar("Embedding")
"""A picture, or a part of one, as the engine's vision encoder left it."""

Embedding_contra = TypeVar("Embedding_contra", contravariant=True)


class Vocabulary(Protocol):
    """A model's tokenizer. `bos` opens every prompt; None where the model wants none."""

    bos: int | None

    def tokens(self, text: str, *, has_control: bool) -> list[int]:
        """Ids of a text; control tokens in it are recognised only with `has_control`."""

    def piece(self, token: int) -> bytes:
        """UTF-8 bytes of one token, which may be part of a character; empty for control tokens."""

    def is_end(self, token: int) -> bool:
        """Whether a token ends the answer."""


class Vision(Protocol[Embedding]):
    """A model's eyes."""

    @property
    def step_count(self) -> int:
        """Steps of progress that one picture's encoding takes."""

    def layout(self, part: PicturePart) -> tuple[PromptItem, ...]:
        """What a picture is in a prompt; needs no pixels."""

    def is_encoded(self, part: PicturePart) -> bool:
        """Whether `encode` has nothing to compute."""

    def encode(
        self, part: PicturePart, job: Job, on_step: Callable[[], None]
    ) -> dict[str, Embedding]:
        """Embeddings by span key; raises `CancelledError` with nothing half-done kept."""


class Evaluator(Protocol[Embedding_contra]):
    """The language model with its attention cache, which holds exactly the items in `held`."""

    held: list[PromptItem]

    def reuse(self, prompt: Sequence[PromptItem], *, needs_logits: bool) -> int:
        """Cut the cache to what it shares with a prompt; gives the number of items kept."""

    def extend(
        self,
        prompt: Sequence[PromptItem],
        embeddings: Mapping[str, Embedding_contra],
        request_id: str,
        job: Job,
    ) -> None:
        """Evaluate what `held` lacks of the prompt; raises `CancelledError`."""

    def draw_tokens(self, settings: GenerationSettings) -> Generator[int, None, None]:
        """Tokens without end; asking for the next one takes the one before into the cache."""


@dataclass(slots=True)
class Prompt:
    """A tokenized prompt and the pictures in it, in order."""

    items: list[PromptItem]
    pictures: list[PicturePart]


@dataclass(slots=True)
class Evaluated:
    """What evaluating a prompt took."""

    usage: Usage
    encode_s: float
    prefill_s: float


@dataclass(frozen=True, slots=True)
class ChatModel(Generic[Embedding]):
    """A loaded model as a chat sees it.

    `stops` are texts that end an answer, beside the vocabulary's end tokens.
    """

    template: ChatTemplate
    vocabulary: Vocabulary
    vision: Vision[Embedding] | None
    evaluator: Evaluator[Embedding]
    context_length: int
    stops: tuple[str, ...] = ()


class Chat(Generic[Embedding]):
    """Prepares and answers with one loaded model."""

    def __init__(self, model: ChatModel[Embedding]) -> None:
        self._model = model
        # Token ids by the text they gave: tokenizing an answer's text again would often give other
        # ids, and the prefix of the next turn would end there.
        self._answers: OrderedDict[str, tuple[int, ...]] = OrderedDict()

    def prepare(self, command: Prepare, job: Job) -> PromptPrepared:
        """Encode and prefill up to where the last message's text will begin."""
        request_id = command.request_id
        try:
            prompt = self.prompt(command.messages, is_open=True)
            done = self.evaluate(prompt, request_id, job, needs_logits=False)
        except CancelledError:
            return PromptPrepared(request_id, is_complete=False, usage=Usage(), timings=Timings())
        timings = Timings(encode_s=done.encode_s, prefill_s=done.prefill_s)
        return PromptPrepared(request_id, is_complete=True, usage=done.usage, timings=timings)

    def generate(self, command: Generate, job: Job) -> GenerationFinished:
        """Answer the last message."""
        request_id = command.request_id
        try:
            prompt = self.prompt(command.messages, is_open=False)
            done = self.evaluate(prompt, request_id, job, needs_logits=True)
        except CancelledError:
            return GenerationFinished(request_id, StopReason.CANCELLED, Usage(), Timings())
        answer = Answer(request_id, job, self._model.stops)
        reason = self._decode(command.settings, answer)
        answer.finish()
        self._remember(answer)
        usage = Usage(
            prompt_tokens=done.usage.prompt_tokens,
            reused_tokens=done.usage.reused_tokens,
            answer_tokens=answer.count,
            pictures_encoded=done.usage.pictures_encoded,
            context_used=cell_count(self._model.evaluator.held),
            context_length=self._model.context_length,
        )
        timings = Timings(
            encode_s=done.encode_s,
            prefill_s=done.prefill_s,
            first_token_s=answer.first_at - job.received_at,
            decode_s=answer.last_at - answer.first_at,
        )
        return GenerationFinished(request_id, reason, usage, timings)

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
        embeddings, encoded = self._encode(prompt, kept, request_id, job)
        encoded_at = time.monotonic()
        evaluator.extend(prompt.items, embeddings, request_id, job)
        usage = Usage(
            prompt_tokens=total,
            reused_tokens=reused,
            pictures_encoded=encoded,
            context_used=total,
            context_length=length,
        )
        return Evaluated(usage, encoded_at - started, time.monotonic() - encoded_at)

    def _encode(
        self, prompt: Prompt, kept: int, request_id: str, job: Job
    ) -> tuple[dict[str, Embedding], int]:
        """Embeddings of the pictures behind the kept prefix, and how many had to be computed."""
        vision = self._model.vision
        missing = set(prompt.items[kept:])
        if vision is None or not prompt.pictures:
            return {}, 0
        needed = [part for part in prompt.pictures if missing & set(vision.layout(part))]
        fresh = {id(part) for part in needed if not vision.is_encoded(part)}
        total, done = vision.step_count * len(fresh), 0

        def on_step() -> None:
            nonlocal done
            if done < total:  # an encoder with several chunks per picture passes its layers again
                done += 1
                job.emit(PromptProgress(request_id, Phase.ENCODE, done, total))

        if fresh:
            job.emit(PromptProgress(request_id, Phase.ENCODE, 0, total))
        embeddings: dict[str, Embedding] = {}
        for part in needed:
            if job.is_cancelled():
                raise CancelledError
            embeddings.update(vision.encode(part, job, on_step))
        return embeddings, len(fresh)

    # --- decoding ---------------------------------------------------------------------------------

    def _decode(self, settings: GenerationSettings, answer: Answer) -> StopReason:
        model, guard = self._model, LoopGuard()
        room = model.context_length - cell_count(model.evaluator.held)
        if answer.job.is_cancelled():
            return StopReason.CANCELLED
        with contextlib.closing(model.evaluator.draw_tokens(settings)) as tokens:
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
