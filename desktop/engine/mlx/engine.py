"""The MLX engine: loads and unloads; the conversation itself is `desktop.engine.shared.chat`.

On mlx_vlm's model classes only, not on its `stream_generate`: that mistakes one picture for another
of the same size in its prefix cache, looks at every picture again when one is added, cannot be
stopped before the first word, and reads control tokens out of a person's text.

One thread owns the engine: MLX's streams belong to threads.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from desktop.core.errors import EngineError, ErrorCode
from desktop.engine.api import EngineInspected, ModelLoaded
from desktop.engine.mlx import native
from desktop.engine.mlx.evaluation import MlxEvaluator
from desktop.engine.mlx.loading import LoadedMlx, load_model
from desktop.engine.shared.chat import Chat
from desktop.engine.shared.chat_model import ChatModel
from desktop.engine.shared.memory import kv_cache_budget
from desktop.engine.shared.on_disk import use_disk

if TYPE_CHECKING:
    from desktop.core.types import EngineOptions
    from desktop.engine.api import (
        Generate,
        GenerationFinished,
        Job,
        LoadModel,
        Prepare,
        PromptPrepared,
    )
    from desktop.engine.mlx.forms import Features
    from desktop.engine.shared.disk_cache import DiskCache


class MlxEngine:
    """One model at a time; see `desktop.engine.api.Engine`."""

    def __init__(self) -> None:
        self._loaded: LoadedMlx | None = None
        self._evaluator: MlxEvaluator | None = None
        self._disk: DiskCache | None = None
        self._chat: Chat[Features] | None = None

    def inspect(self) -> EngineInspected:
        """Versions and devices."""
        native.start()
        return EngineInspected(native.versions(), native.devices())

    def load(self, command: LoadModel, job: Job) -> ModelLoaded:
        """Load a model folder; what was loaded before is freed first."""
        started = time.monotonic()
        self.unload()
        try:
            loaded = load_model(command, job)
        except BaseException:
            native.collect()
            raise
        self._loaded = loaded
        self._evaluator = MlxEvaluator(loaded, _store_budget(loaded, command.options))
        self._disk = use_disk(
            command,
            native.versions(),
            loaded.vision,
            self._evaluator,
            has_gpu=loaded.has_gpu,
            kv_form=loaded.kv_bits,
        )
        self._chat = Chat(
            ChatModel(
                template=loaded.template,
                vocabulary=loaded.vocabulary,
                vision=loaded.vision,
                evaluator=self._evaluator,
                context_length=loaded.context_length,
                stops=loaded.folder.stops,
                disk=self._disk,
            )
        )
        return ModelLoaded(
            model_id=command.model.id,
            context_length=loaded.context_length,
            has_gpu=loaded.has_gpu,
            can_see=loaded.vision is not None,
            threads=1,  # the one that gives MLX its work; there is no setting for more
            load_s=time.monotonic() - started,
            reduced=loaded.reduced,
            context_limit=loaded.context_limit,
        )

    def unload(self) -> None:
        """Free everything and forget what was cached."""
        if self._loaded is None:
            return
        if self._evaluator is not None:
            self._evaluator.close()
        self._loaded.close()
        if self._disk is not None:
            self._disk.close()
        self._evaluator = self._loaded = self._chat = self._disk = None
        native.collect()

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

    def _require(self) -> Chat[Features]:
        if self._chat is None:
            raise EngineError("No model is loaded.", ErrorCode.NO_MODEL)
        return self._chat


def _store_budget(loaded: LoadedMlx, options: EngineOptions) -> int:
    """Bytes for older conversations: beside the weights, in the memory that a GPU may use."""
    left = max(0, native.usable_bytes() - loaded.folder.weight_bytes)
    return min(kv_cache_budget(options), left // 4)
