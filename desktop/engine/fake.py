"""An engine without a model: it follows a script, for tests of everything around engines.

The script is the JSON file named by `InstalledModel.model_path`; see `FakeScript`. It runs in a
real worker process, so crashes, hangs and noise are real ones.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from desktop.core.errors import EngineError, ErrorCode, ModelError
from desktop.core.types import Device, StopReason, Timings, Usage
from desktop.engine.api import (
    AnswerRestarted,
    CancelledError,
    EngineInspected,
    GenerationFinished,
    ModelLoaded,
    ModelLoading,
    Phase,
    PromptPrepared,
    PromptProgress,
    Reduction,
    TextDelta,
)
from desktop.engine.shared.stepping import limit_met

if TYPE_CHECKING:
    from desktop.core.types import Message
    from desktop.engine.api import Generate, Job, LoadModel, Prepare

Step = Literal["load", "encode", "prefill", "decode"]
_PICTURE_TOKENS = 16
_TICK_S = 0.005
_CAUTIOUS_CONTEXT = 2048


class Trouble(msgspec.Struct, frozen=True):
    """Where something goes wrong, and for a failure or a crash how and with what last words."""

    phase: Step
    code: ErrorCode = ErrorCode.ENGINE_FAILED
    message: str = "The script says so."
    signal: str = "SIGKILL"


class ReplyTo(msgspec.Struct, frozen=True):
    """An answer to prompts in whose description (see `_describe`) these words stand."""

    words: str
    text: str


class FakeScript(msgspec.Struct, frozen=True):
    """What the fake engine does; durations in seconds.

    The first of `replies` that fits is the answer, else `reply`; None describes the input. `once`
    names a marker file: trouble happens only while it does not exist, and creates it.
    `context_room` is the longest context that there is memory for, `context_limit` the longest that
    the model reads; None: any. `noise` is printed to
    fd 1 by native means while decoding. `void` is said before the reply and taken back, as a text
    that went round in circles.
    """

    load_s: float = 0.0
    encode_steps: int = 4
    encode_step_s: float = 0.0
    prefill_tokens: int = 32
    prefill_s: float = 0.0
    reply: str | None = None
    replies: tuple[ReplyTo, ...] = ()
    void: str = ""
    tokens_per_s: float = 0.0
    context_length: int = 8192
    context_room: int | None = None
    context_limit: int | None = None
    noise: str = ""
    fail: Trouble | None = None
    crash: Trouble | None = None
    hang: Trouble | None = None
    once: str | None = None


class FakeEngine:
    """Follows a `FakeScript`. Remembers prompts, so that reuse can be seen in the figures."""

    def __init__(self) -> None:
        self._script = FakeScript()
        self._is_loaded = False
        self._held: list[str] = []  # what a KV cache would hold: one entry per token
        self._seen: set[str] = set()

    def inspect(self) -> EngineInspected:
        """One device that does nothing."""
        return EngineInspected({"fake": "1"}, (Device("FAKE", "No device", "cpu", 0, 0),))

    def load(self, command: LoadModel, job: Job) -> ModelLoaded:
        """Read the script; progress in ten steps."""
        try:
            self._script = msgspec.json.decode(
                command.model.model_path.read_bytes(), type=FakeScript, strict=False
            )
        except (OSError, msgspec.MsgspecError) as error:
            raise ModelError("The script cannot be read.", ErrorCode.MODEL_UNREADABLE) from error
        for step in range(10):
            job.emit(ModelLoading(step / 10))
            self._spend(self._script.load_s / 10, job)
        self._trouble("load", job)
        self._is_loaded = True
        self._held.clear()
        self._seen.clear()
        asked, limit = command.options.context_length, self._script.context_limit
        wanted = asked or self._script.context_length
        if limit is not None:
            wanted = min(wanted, limit)
        room = _CAUTIOUS_CONTEXT if command.is_cautious else self._script.context_room or wanted
        context = min(wanted, room)
        reduced = Reduction(context, context_wanted=wanted) if context < wanted else None
        return ModelLoaded(
            model_id=command.model.id,
            context_length=context,
            has_gpu=False,
            can_see=True,
            threads=1,
            load_s=self._script.load_s,
            reduced=reduced,
            context_limit=limit_met(asked, wanted, reduced),
        )

    def rest(self) -> None:
        """Nothing was put off."""

    def unload(self) -> None:
        """Forget the script."""
        self._script = FakeScript()
        self._is_loaded = False

    def prepare(self, command: Prepare, job: Job) -> PromptPrepared:
        """Go through the phases up to the question's own text."""
        try:
            usage, timings = self._evaluate(
                command.request_id, _tokens(command.messages, is_open=True), job
            )
        except CancelledError:
            return PromptPrepared(
                command.request_id, is_complete=False, usage=Usage(), timings=Timings()
            )
        return PromptPrepared(command.request_id, is_complete=True, usage=usage, timings=timings)

    def generate(self, command: Generate, job: Job) -> GenerationFinished:
        """Go through the phases, then send the reply word by word."""
        try:
            usage, timings = self._evaluate(command.request_id, _tokens(command.messages), job)
        except CancelledError:
            return GenerationFinished(command.request_id, StopReason.CANCELLED, Usage(), Timings())
        if self._script.void:
            job.emit(TextDelta(command.request_id, self._script.void))
            job.emit(AnswerRestarted(command.request_id))
        reply = self._reply(_describe(command.messages))
        pieces = _pieces(reply)[: command.settings.max_tokens]
        reason = StopReason.END if len(_pieces(reply)) == len(pieces) else StopReason.LENGTH
        first_at = time.monotonic()
        sent = 0
        for piece in pieces:
            try:
                self._decode_step(first_at, sent, job)
            except CancelledError:
                reason = StopReason.CANCELLED
                break
            job.emit(TextDelta(command.request_id, piece))
            sent += 1
            if sent == 1 or sent == len(pieces) // 2:
                self._trouble("decode", job)
        self._held += pieces[:sent]
        now = time.monotonic()
        usage = Usage(
            prompt_tokens=usage.prompt_tokens,
            reused_tokens=usage.reused_tokens,
            answer_tokens=sent,
            pictures_encoded=usage.pictures_encoded,
            retries=int(bool(self._script.void)),
            context_used=usage.prompt_tokens + sent,
            context_length=self._script.context_length,
        )
        timings = Timings(
            timings.encode_s, timings.prefill_s, first_at - job.received_at, now - first_at
        )
        return GenerationFinished(command.request_id, reason, usage, timings)

    def _reply(self, description: str) -> str:
        fitting = (reply.text for reply in self._script.replies if reply.words in description)
        fallback = description if self._script.reply is None else self._script.reply
        return next(fitting, fallback)

    def _evaluate(self, request_id: str, prompt: list[str], job: Job) -> tuple[Usage, Timings]:
        if not self._is_loaded:
            raise EngineError("No model is loaded.", ErrorCode.NO_MODEL)
        reused = _common_prefix(self._held, prompt)
        fresh = {entry for entry in prompt[reused:] if entry.startswith("picture:")} - self._seen
        started = time.monotonic()
        if fresh:
            steps = self._script.encode_steps
            for step in range(steps):
                job.emit(PromptProgress(request_id, Phase.ENCODE, step, steps))
                self._spend(self._script.encode_step_s, job)
                if step == steps // 2:
                    self._trouble("encode", job)
            self._seen |= fresh
        encoded_at = time.monotonic()
        if reused < len(prompt):
            total = max(1, self._script.prefill_tokens)
            for done in range(0, total, 8):
                job.emit(PromptProgress(request_id, Phase.PREFILL, done, total))
                self._spend(self._script.prefill_s * 8 / total, job)
            self._trouble("prefill", job)
        self._held = list(prompt)
        usage = Usage(
            prompt_tokens=len(prompt),
            reused_tokens=reused,
            pictures_encoded=len(fresh),
            context_used=len(prompt),
            context_length=self._script.context_length,
        )
        now = time.monotonic()
        return usage, Timings(encoded_at - started, now - encoded_at)

    def _decode_step(self, first_at: float, sent: int, job: Job) -> None:
        if self._script.noise:
            os.write(1, self._script.noise.encode())
        if self._script.tokens_per_s > 0:
            due = first_at + sent / self._script.tokens_per_s
            self._spend(due - time.monotonic(), job)
        elif job.is_cancelled():
            raise CancelledError

    def _trouble(self, phase: Step, job: Job) -> None:
        planned = [t for t in (self._script.fail, self._script.crash, self._script.hang) if t]
        if not any(trouble.phase == phase for trouble in planned) or not self._is_due():
            return
        hang, crash, fail = self._script.hang, self._script.crash, self._script.fail
        if hang is not None and hang.phase == phase:
            while True:
                time.sleep(3600)  # deaf to everything: what a stuck native call looks like
        if crash is not None and crash.phase == phase:
            os.write(2, f"{crash.message}\n".encode())
            os.kill(os.getpid(), getattr(signal, crash.signal))
            self._spend(60, job)
        if fail is not None and fail.phase == phase:
            raise EngineError(fail.message, fail.code)

    def _is_due(self) -> bool:
        if self._script.once is None:
            return True
        try:
            with Path(self._script.once).open("x"):
                return True
        except FileExistsError:
            return False

    @staticmethod
    def _spend(seconds: float, job: Job) -> None:
        """Let time pass in small steps; raises `CancelledError` within one of them."""
        until = time.monotonic() + seconds
        while True:
            if job.is_cancelled():
                raise CancelledError
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _TICK_S))


def _tokens(messages: tuple[Message, ...], *, is_open: bool = False) -> list[str]:
    """A prompt as a list of strings, where a picture counts `_PICTURE_TOKENS`."""
    tokens: list[str] = []
    for message in messages:
        tokens.append(f"<{message.role}>")
        for picture in message.attachments:
            mark = f"picture:{picture.sha256}:{picture.page}:{message.budget}"
            tokens += [mark] * _PICTURE_TOKENS
        if is_open and message is messages[-1]:
            return tokens
        tokens += [*_pieces(message.text), "<end>"]
    return [*tokens, "<assistant>"]


def _describe(messages: tuple[Message, ...]) -> str:
    parts = []
    for message in messages:
        pictures = ", ".join(
            (f"Page {picture.page + 1}: " if picture.page_count > 1 else "")
            + f"{picture.sha256[:8]} {picture.width} x {picture.height}"
            + (f" “{picture.text}”" if picture.text else "")
            for picture in message.attachments
        )
        parts.append(f"{message.role} [{pictures}]: {message.text}")
    return "\n\n".join(parts)


def _pieces(text: str) -> list[str]:
    """Words with the space before them, Chinese by character: about what a tokenizer gives."""
    pieces: list[str] = []
    for character in text:
        starts_new = not pieces or character == " " or ord(character) > 0x2E80 or pieces[-1] == "\n"
        if starts_new or character == "\n":
            pieces.append(character)
        else:
            pieces[-1] += character
    return pieces


def _common_prefix(left: list[str], right: list[str]) -> int:
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count
