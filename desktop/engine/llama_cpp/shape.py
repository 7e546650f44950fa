"""A GGUF model's size, as its header and its files tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.core.gguf import missing_gguf, split_parts
from desktop.core.step_down import ModelSize

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.gguf import GgufMetadata
    from desktop.core.types import InstalledModel

_BLOCK = 32  # numbers that share a scale in a quantised attention cache
_UNKNOWN_CONTEXT = 2_048


def size_of(model: InstalledModel, metadata: GgufMetadata) -> ModelSize:
    """What a load of the model takes; raises `ModelError` MODEL_FILE_MISSING."""
    layers = _number(metadata, "block_count")
    heads = _number(metadata, "attention.head_count") or 1
    width = _number(metadata, "embedding_length") // heads
    key = _number(metadata, "attention.key_length") or width
    value = _number(metadata, "attention.value_length") or width
    projector = model.projector_path
    return ModelSize(
        weight_bytes=sum(_file_bytes(part) for part in split_parts(model.model_path)),
        encoder_bytes=0 if projector is None else _file_bytes(projector),
        layer_count=layers,
        kv_numbers=_kv_heads(metadata, layers, heads) * (key + value),
        can_quantise=key % _BLOCK == 0 and value % _BLOCK == 0,
    )


def trained_context(metadata: GgufMetadata) -> int:
    """The longest context that the model was made for, in tokens."""
    return _number(metadata, "context_length") or _UNKNOWN_CONTEXT


def _kv_heads(metadata: GgufMetadata, layers: int, heads: int) -> int:
    """Heads with keys and values, all layers together."""
    by_layer = metadata.values.get(f"{metadata.architecture}.attention.head_count_kv")
    if isinstance(by_layer, tuple):
        return int(sum(by_layer))
    # Of hybrid models one layer in so many keeps keys and values.
    keeping = -(-layers // (_number(metadata, "full_attention_interval") or 1))
    return keeping * (_number(metadata, "attention.head_count_kv") or heads)


def _number(metadata: GgufMetadata, key: str) -> int:
    return metadata.get_int(f"{metadata.architecture}.{key}") or 0


def _file_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise missing_gguf(path) from error
