"""Adapters (LoRA) on a loaded model: each layer that one changes is wrapped.

Not by mlx_vlm's `apply_lora_layers`: that takes no scale of a person's, one adapter only, and
passes over every tensor of an adapter that it finds no place for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mlx.core as mx

from desktop.core.lora_mlx import read_mlx_lora
from desktop.engine.mlx import native

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.core.types import Adapter


class _AdaptedLayer:
    """A layer with a low-rank change on top: low is (in, rank), high (rank, out)."""

    def __init__(self, layer: Any, low: Any, high: Any, scale: float) -> None:  # noqa: ANN401
        self._layer = layer
        self._low = low
        self._high = high
        self._scale = scale

    def __call__(self, inputs: Any) -> Any:  # noqa: ANN401 - mlx arrays
        change = self._scale * ((inputs @ self._low) @ self._high)
        return self._layer(inputs) + change.astype(inputs.dtype)


def adapt(model: Any, adapters: Iterable[Adapter]) -> None:  # noqa: ANN401 - an mlx_vlm model
    """Lay adapters over a model's layers, in order; those of scale 0 are left out.

    What they are made of was checked before: see `desktop.core.adapters`. Raises `EngineError`
    without memory.
    """
    language = model.language_model
    for adapter in adapters:
        if adapter.scale == 0:
            continue
        lora = read_mlx_lora(adapter.path)
        with native.memory_errors():
            tensors = mx.load(str(lora.weights_path))
            for name, (low, high) in lora.pairs.items():
                _wrap(language, name, tensors[low], tensors[high], lora.scale * adapter.scale)
            mx.eval(list(tensors.values()))


def _wrap(language: Any, name: str, low: Any, high: Any, scale: float) -> None:  # noqa: ANN401
    *way, last = name.split(".")
    holder = language if last == "lm_head" else language.model
    for step in way:
        holder = holder[int(step)] if step.isdigit() else getattr(holder, step)
    setattr(holder, last, _AdaptedLayer(getattr(holder, last), low, high, scale))
