"""Adapters (LoRA) on a loaded model: read once, and laid over every context that is made of it."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from llama_cpp import llama_cpp as lib

from desktop.core.errors import EngineError, ErrorCode, ModelError
from desktop.engine.llama_cpp import native
from desktop.engine.shared.memory import NO_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.core.types import Adapter


class LoraAdapters:
    """Owns the native adapters of one model's weights; must be closed before these are freed.

    What they are made of was checked before: see `desktop.core.adapters`.
    """

    def __init__(self) -> None:
        self._loaded: list[tuple[Any, float]] = []

    def load(self, weights: int, adapters: Iterable[Adapter]) -> None:
        """Read the files; raises `ModelError` or, without memory, `EngineError`, with all freed."""
        for adapter in adapters:
            if adapter.scale == 0:
                continue
            native.recent_errors.clear()
            pointer = lib.llama_adapter_lora_init(weights, native.path_bytes(adapter.path))
            if not pointer:
                self.close()
                name = adapter.path.name
                if native.lacked_memory():
                    raise EngineError(NO_MEMORY, ErrorCode.OUT_OF_MEMORY, name=name)
                raise ModelError(
                    f"“{name}” cannot be applied to this model.",
                    ErrorCode.ADAPTER_UNUSABLE,
                    name=name,
                )
            self._loaded.append((pointer, adapter.scale))

    def apply(self, context: int) -> None:
        """Have the context compute with them from now on."""
        if not self._loaded:
            return
        pointers, scales = zip(*self._loaded, strict=True)
        count = len(pointers)
        lib.llama_set_adapters_lora(
            context,
            (lib.llama_adapter_lora_p_ctypes * count)(*pointers),
            count,
            (ctypes.c_float * count)(*scales),
        )

    def close(self) -> None:
        """Free them."""
        for pointer, _ in self._loaded:
            lib.llama_adapter_lora_free(pointer)
        self._loaded.clear()
