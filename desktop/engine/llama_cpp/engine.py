"""The llama.cpp engine: prompts with pictures, evaluated once and remembered.

Built on the low-level binding, since the high-level handlers clear the cache and look at every
picture again at every turn, cannot be stopped, and read control tokens out of a person's text.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import Role, StopReason, Timings, Usage
from desktop.engine.api import (
    CancelledError,
    EngineInspected,
    GenerationFinished,
    ModelLoaded,
    Phase,
    PromptPrepared,
    PromptProgress,
    TextDelta,
)
from desktop.engine.llama_cpp import native
from desktop.engine.llama_cpp.cache import PromptItem, cell_count
from desktop.engine.llama_cpp.evaluation import Evaluator
from desktop.engine.llama_cpp.loading import LoadedModel, kv_cache_budget, load_model
from desktop.engine.llama_cpp.sampling import Sampler
from desktop.engine.llama_cpp.template import PicturePart, TemplateText, WrittenText
from desktop.engine.llama_cpp.vocabulary import LoopGuard, TextStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.core.types import GenerationSettings, Message
    from desktop.engine.api import Generate, Job, LoadModel, Prepare
    from desktop.engine.llama_cpp.template import PromptPart
    from desktop.engine.llama_cpp.vision import Embedding

_ANSWERS_REMEMBERED = 512


@dataclass(slots=True)
class _Prompt:
    """A tokenized prompt and the pictures in it, in order."""

    items: list[PromptItem]
    pictures: list[PicturePart]


@dataclass(slots=True)
class _Evaluated:
    """What evaluating a prompt took."""

    usage: Usage
    encode_s: float
    prefill_s: float


class LlamaCppEngine:
    """One model at a time; see `desktop.engine.api.Engine`."""

    def __init__(self) -> None:
        self._loaded: LoadedModel | None = None
        self._evaluator: Evaluator | None = None
        # Token ids by the text they gave: tokenizing an answer's text again would often give other
        # ids, and the prefix of the next turn would end there.
        self._answers: OrderedDict[str, tuple[int, ...]] = OrderedDict()

    # --- the protocol -----------------------------------------------------------------------------

    def inspect(self) -> EngineInspected:
        """Versions and devices."""
        native.start()
        return EngineInspected(native.versions(), native.devices())

    def load(self, command: LoadModel, job: Job) -> ModelLoaded:
        """Load a model and its vision encoder; what was loaded before is freed first."""
        started = time.monotonic()
        self.unload()
        loaded = load_model(command.model, command.options, job)
        self._loaded = loaded
        self._evaluator = Evaluator(loaded, kv_cache_budget(command.options))
        return ModelLoaded(
            model_id=command.model.id,
            context_length=loaded.context_length,
            has_gpu=loaded.has_gpu,
            can_see=loaded.vision is not None,
            threads=loaded.threads,
            load_s=time.monotonic() - started,
        )

    def unload(self) -> None:
        """Free everything native and forget what was cached."""
        if self._evaluator is not None:
            self._evaluator.close()
        if self._loaded is not None:
            self._loaded.close()
        self._evaluator = self._loaded = None
        self._answers.clear()

    def prepare(self, command: Prepare, job: Job) -> PromptPrepared:
        """Encode and prefill up to where the last message's text will begin."""
        request_id = command.request_id
        try:
            prompt = self._prompt(command.messages, is_open=True)
            done = self._evaluate(prompt, request_id, job, needs_logits=False)
        except CancelledError:
            return PromptPrepared(request_id, is_complete=False, usage=Usage(), timings=Timings())
        timings = Timings(encode_s=done.encode_s, prefill_s=done.prefill_s)
        return PromptPrepared(request_id, is_complete=True, usage=done.usage, timings=timings)

    def generate(self, command: Generate, job: Job) -> GenerationFinished:
        """Answer the last message."""
        request_id = command.request_id
        try:
            prompt = self._prompt(command.messages, is_open=False)
            done = self._evaluate(prompt, request_id, job, needs_logits=True)
        except CancelledError:
            return GenerationFinished(request_id, StopReason.CANCELLED, Usage(), Timings())
        answer = _Answer(request_id, job)
        reason = self._decode(command.settings, answer)
        self._remember(answer)
        loaded, evaluator = self._require()
        usage = Usage(
            prompt_tokens=done.usage.prompt_tokens,
            reused_tokens=done.usage.reused_tokens,
            answer_tokens=answer.count,
            pictures_encoded=done.usage.pictures_encoded,
            context_used=cell_count(evaluator.held),
            context_length=loaded.context_length,
        )
        timings = Timings(
            encode_s=done.encode_s,
            prefill_s=done.prefill_s,
            first_token_s=answer.first_at - job.received_at,
            decode_s=answer.last_at - answer.first_at,
        )
        return GenerationFinished(request_id, reason, usage, timings)

    # --- the prompt -------------------------------------------------------------------------------

    def _require(self) -> tuple[LoadedModel, Evaluator]:
        if self._loaded is None or self._evaluator is None:
            raise EngineError("No model is loaded.", ErrorCode.NO_MODEL)
        return self._loaded, self._evaluator

    def _prompt(self, messages: Sequence[Message], *, is_open: bool) -> _Prompt:
        loaded, _ = self._require()
        prompt = _Prompt([], [])
        for part in loaded.template.parts(messages, is_open=is_open):
            prompt.items += self._items(part)
            if isinstance(part, PicturePart):
                prompt.pictures.append(part)
        bos = loaded.vocabulary.bos
        if bos is not None and prompt.items[:1] != [bos]:
            prompt.items.insert(0, bos)
        return prompt

    def _items(self, part: PromptPart) -> Sequence[PromptItem]:
        loaded, _ = self._require()
        match part:
            case TemplateText(text=text):
                return loaded.vocabulary.tokens(text, has_control=True)
            case WrittenText(text=text, role=Role.ASSISTANT) if text in self._answers:
                return self._answers[text]
            case WrittenText(text=text):
                return loaded.vocabulary.tokens(text, has_control=False)
            case PicturePart():
                if loaded.vision is None:
                    raise EngineError("This model cannot see pictures.", ErrorCode.ENGINE_FAILED)
                return loaded.vision.layout(part)

    # --- evaluating -------------------------------------------------------------------------------

    def _evaluate(
        self, prompt: _Prompt, request_id: str, job: Job, *, needs_logits: bool
    ) -> _Evaluated:
        loaded, evaluator = self._require()
        total = cell_count(prompt.items)
        if total >= loaded.context_length:
            raise EngineError(
                f"This conversation needs {total} tokens, and the context holds "
                f"{loaded.context_length}. Start a new conversation, choose a lower picture "
                "detail, or raise the context length in the settings.",
                ErrorCode.CONTEXT_FULL,
                tokens=str(total),
                length=str(loaded.context_length),
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
            context_length=loaded.context_length,
        )
        return _Evaluated(usage, encoded_at - started, time.monotonic() - encoded_at)

    def _encode(
        self, prompt: _Prompt, kept: int, request_id: str, job: Job
    ) -> tuple[dict[str, Embedding], int]:
        """Embeddings of the pictures behind the kept prefix, and how many had to be computed."""
        vision = self._require()[0].vision
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

    def _decode(self, settings: GenerationSettings, answer: _Answer) -> StopReason:
        loaded, evaluator = self._require()
        vocabulary, guard = loaded.vocabulary, LoopGuard()
        room = loaded.context_length - cell_count(evaluator.held)
        with Sampler(settings, vocabulary.size) as sampler:
            while True:
                if answer.job.is_cancelled():
                    return StopReason.CANCELLED
                token = sampler.draw(loaded.context)
                if vocabulary.is_end(token):
                    answer.mark_time()
                    return StopReason.END
                answer.add(token, vocabulary.piece(token))
                if guard.is_looping(token):
                    return StopReason.LOOP
                if answer.count >= settings.max_tokens:
                    return StopReason.LENGTH
                if answer.count >= room:
                    return StopReason.CONTEXT
                evaluator.add_token(token)

    def _remember(self, answer: _Answer) -> None:
        if not answer.stream.text:
            return
        self._answers[answer.stream.text] = tuple(answer.whole_ids)
        self._answers.move_to_end(answer.stream.text)
        while len(self._answers) > _ANSWERS_REMEMBERED:
            self._answers.popitem(last=False)


class _Answer:
    """The answer that is being written: its ids, its text, its times."""

    def __init__(self, request_id: str, job: Job) -> None:
        self.job = job
        self.stream = TextStream()
        self.count = 0
        self.whole_ids: list[int] = []  # up to the last whole character
        self.first_at = self.last_at = time.monotonic()
        self._request_id = request_id
        self._pending_ids: list[int] = []

    def add(self, token: int, piece: bytes) -> None:
        """Take a token and send what became readable."""
        ready = self.stream.feed(piece)
        self.count += 1
        self._pending_ids.append(token)
        if not self.stream.has_pending_bytes:
            self.whole_ids += self._pending_ids
            self._pending_ids.clear()
        self.mark_time()
        if ready:
            self.job.emit(TextDelta(self._request_id, ready))

    def mark_time(self) -> None:
        """The clock of the last token; of the first one, once."""
        self.last_at = time.monotonic()
        if self.count <= 1:
            self.first_at = self.last_at
