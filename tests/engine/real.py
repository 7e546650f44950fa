"""The real engines in the test's own process, with the built-in model in each one's format."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from desktop.core.types import EngineKind, EngineOptions
from desktop.engine.api import Generate, LoadModel, TextDelta
from desktop.engine.factory import create_engine
from desktop.engine.shared.cache import cell_count
from tests.engine.harness import GREEDY

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from desktop.core.types import GenerationSettings, InstalledModel, Message
    from desktop.engine.api import EngineEvent, GenerationFinished
    from desktop.engine.shared.cache import PromptItem
    from desktop.engine.shared.chat import Chat, Prompt

DESCRIBE = "Describe this image."
# Without the cache on disk: what an earlier engine looked at must be new to a later one. With one
# thread: several wait for each other in a busy loop, and a machine that runs tests has other work.
OPTIONS = EngineOptions(context_length=2048, threads=1, disk_cache_bytes=0)


class RecordingJob:
    """A job that keeps its events, and is cancelled when one of them says so."""

    def __init__(self, cancel_at: Callable[[EngineEvent], bool] | None = None) -> None:
        self.cancel_flag = bytearray(2)
        self.received_at = time.monotonic()
        self.events: list[EngineEvent] = []
        self._cancel_at = cancel_at

    def emit(self, event: EngineEvent) -> None:
        self.events.append(event)
        if self._cancel_at is not None and self._cancel_at(event):
            self.cancel_flag[0] = 1

    def is_cancelled(self) -> bool:
        return self.cancel_flag[0] != 0

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))


class RealEngine:
    """One engine with what its tests look at inside; both have the same parts.

    With options its model is loaded at once.
    """

    def __init__(self, model: InstalledModel, options: EngineOptions | None = OPTIONS) -> None:
        self.model = model
        self.engine: Any = create_engine(model.engine)
        if options is not None:
            self.load(options)

    def load(self, options: EngineOptions = OPTIONS) -> None:
        self.engine.load(LoadModel(self.model, options), RecordingJob())

    def close(self) -> None:
        self.engine.unload()

    @property
    def chat(self) -> Chat[Any]:
        chat: Chat[Any] = self.engine._require()
        return chat

    @property
    def vocabulary(self) -> Any:
        return self.engine._loaded.vocabulary

    @property
    def held(self) -> list[PromptItem]:
        held: list[PromptItem] = self.engine._evaluator.held
        return held

    @property
    def length(self) -> int:
        """The context's, in tokens."""
        return int(self.engine._loaded.context_length)

    def prompt(self, *messages: Message) -> Prompt:
        return self.chat.prompt(messages, is_open=False)

    def kept(self, *messages: Message) -> int:
        """Cells of a prompt that need no evaluation; cuts the cache to them."""
        items = self.prompt(*messages).items
        return cell_count(items[: self.engine._evaluator.reuse(items, needs_logits=True)])

    def ask(
        self, *messages: Message, settings: GenerationSettings = GREEDY
    ) -> tuple[str, GenerationFinished]:
        job = RecordingJob()
        finished = self.engine.generate(Generate("r", messages, settings), job)
        return job.text, finished

    def logits(self, *messages: Message) -> NDArray[np.float32]:
        """After the prompt, before any token is drawn."""
        prompt = self.prompt(*messages)
        self.chat.evaluate(prompt, "r", RecordingJob(), needs_logits=True)
        assert cell_count(self.held) == cell_count(prompt.items)
        if self.model.engine is EngineKind.MLX:
            return np.array(self.engine._evaluator._logits, dtype=np.float32)
        from llama_cpp import llama_cpp as lib  # noqa: PLC0415 - only where that engine is tested

        row = lib.llama_get_logits_ith(self.engine._loaded.context, -1)
        return np.array(np.ctypeslib.as_array(row, (self.vocabulary.size,)))

    def cold_logits(self, *messages: Message) -> NDArray[np.float32]:
        """The same from a second engine that has seen nothing."""
        fresh = RealEngine(self.model)
        try:
            return fresh.logits(*messages)
        finally:
            fresh.close()

    def is_control(self, token: int) -> bool:
        return not self.vocabulary.piece(token)
