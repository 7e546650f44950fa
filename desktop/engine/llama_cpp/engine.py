"""The llama.cpp engine: loads and unloads; the conversation itself is `desktop.engine.shared.chat`.

Built on the low-level binding, since the high-level handlers clear the cache and look at every
picture again at every turn, cannot be stopped, and read control tokens out of a person's text.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from desktop.core.errors import EngineError, ErrorCode
from desktop.engine.api import EngineInspected, ModelLoaded
from desktop.engine.llama_cpp import native
from desktop.engine.llama_cpp.evaluation import LlamaEvaluator
from desktop.engine.llama_cpp.loading import LoadedModel, load_model
from desktop.engine.shared.chat import Chat
from desktop.engine.shared.chat_model import ChatModel
from desktop.engine.shared.memory import kv_cache_budget
from desktop.engine.shared.on_disk import use_disk

if TYPE_CHECKING:
    from desktop.engine.api import (
        Generate,
        GenerationFinished,
        Job,
        LoadModel,
        Prepare,
        PromptPrepared,
    )
    from desktop.engine.llama_cpp.forms import Embedding
    from desktop.engine.shared.disk_cache import DiskCache


class LlamaCppEngine:
    """One model at a time; see `desktop.engine.api.Engine`."""

    def __init__(self) -> None:
        self._loaded: LoadedModel | None = None
        self._evaluator: LlamaEvaluator | None = None
        self._disk: DiskCache | None = None
        self._chat: Chat[Embedding] | None = None

    def inspect(self) -> EngineInspected:
        """Versions and devices."""
        native.start()
        return EngineInspected(native.versions(), native.devices())

    def load(self, command: LoadModel, job: Job) -> ModelLoaded:
        """Load a model and its vision encoder; what was loaded before is freed first."""
        started = time.monotonic()
        self.unload()
        loaded = load_model(command, job)
        self._loaded = loaded
        self._evaluator = LlamaEvaluator(loaded, kv_cache_budget(command.options))
        self._disk = use_disk(
            command,
            native.versions(),
            loaded.vision,
            self._evaluator,
            has_gpu=loaded.has_gpu,
            kv_form=loaded.kv_type,
        )
        self._chat = Chat(
            ChatModel(
                template=loaded.template,
                vocabulary=loaded.vocabulary,
                vision=loaded.vision,
                evaluator=self._evaluator,
                context_length=loaded.context_length,
                disk=self._disk,
            )
        )
        return ModelLoaded(
            model_id=command.model.id,
            context_length=loaded.context_length,
            has_gpu=loaded.has_gpu,
            can_see=loaded.vision is not None,
            threads=loaded.threads,
            load_s=time.monotonic() - started,
            reduced=loaded.reduced,
            context_limit=loaded.context_limit,
        )

    def unload(self) -> None:
        """Free everything native and forget what was cached."""
        if self._evaluator is not None:
            self._evaluator.close()
        if self._loaded is not None:
            self._loaded.close()
        if self._disk is not None:
            self._disk.close()
        self._evaluator = self._loaded = self._chat = self._disk = None

    def rest(self) -> None:
        """Do what was put off."""
        if self._chat is not None:
            self._chat.rest()

    def prepare(self, command: Prepare, job: Job) -> PromptPrepared:
        """Encode and prefill up to where the last message's text will begin."""
        return self._require().prepare(command, job)

    def generate(self, command: Generate, job: Job) -> GenerationFinished:
        """Answer the last message."""
        return self._require().generate(command, job)

    def _require(self) -> Chat[Embedding]:
        if self._chat is None:
            raise EngineError("No model is loaded.", ErrorCode.NO_MODEL)
        return self._chat
