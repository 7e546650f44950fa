"""How MLX's arrays lie on the disk: a description in JSON, and their bytes one after the other.

Bytes as they are, since numpy has no bfloat16 and a conversion would change answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import mlx.core as mx
import msgspec
import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Array: TypeAlias = Any
"""An `mlx.core.array`; the package has no types that mypy is to follow."""

_FAULTS = (msgspec.MsgspecError, ValueError, TypeError, KeyError, AttributeError, IndexError)


class Features(Struct, frozen=True):
    """One picture as the encoder left it.

    Attributes:
        hidden: What stands in the prompt: (cells, width of the language model).
        deep: What is added after its first layers, one array of the same shape for each.
    """

    hidden: Array
    deep: tuple[Array, ...]

    @property
    def size_bytes(self) -> int:
        """What they take in memory."""
        return int(self.hidden.nbytes + sum(layer.nbytes for layer in self.deep))


class FeaturesForm:
    """A picture's features; see `desktop.engine.shared.picture_memory.EmbeddingForm`."""

    def size_bytes(self, embeddings: Mapping[str, Features]) -> int:
        """What they take in RAM."""
        return sum(features.size_bytes for features in embeddings.values())

    def cells(self, embedding: Features) -> int:
        """How many cells of a prompt it fills."""
        return int(embedding.hidden.shape[0])

    def packed(self, embeddings: Mapping[str, Features]) -> tuple[bytes, Sequence[memoryview]]:
        """What describes them, and their numbers."""
        return packed({key: [one.hidden, *one.deep] for key, one in embeddings.items()})

    def unpacked(self, form: bytes, data: memoryview) -> dict[str, Features] | None:
        """The same again; None when the bytes are not what they are described as."""
        tree = unpacked(form, data)
        if not isinstance(tree, dict):
            return None
        return {key: Features(arrays[0], tuple(arrays[1:])) for key, arrays in tree.items()}


def packed(tree: Any) -> tuple[bytes, Sequence[memoryview]]:  # noqa: ANN401 - arrays in containers
    """Dicts, lists and tuples of arrays and plain values, as a description and copies of bytes."""
    parts: list[memoryview] = []
    return msgspec.json.encode(_described(tree, parts)), parts


def unpacked(form: bytes, data: memoryview) -> Any:  # noqa: ANN401 - arrays in containers
    """What was packed; None when the bytes are not what they are described as."""
    try:
        reader = _Reader(data)
        tree = reader.built(msgspec.json.decode(form))
    except _FAULTS:
        return None
    return tree if reader.place == data.nbytes else None


def _described(tree: Any, parts: list[memoryview]) -> Any:  # noqa: ANN401 - see `packed`
    match tree:
        case mx.array():
            parts.append(_bytes_of(tree))
            return {"array": [str(tree.dtype).rpartition(".")[2], list(tree.shape)]}
        case dict():
            return {"dict": {key: _described(value, parts) for key, value in tree.items()}}
        case list():
            return {"list": [_described(value, parts) for value in tree]}
        case tuple():
            return {"tuple": [_described(value, parts) for value in tree]}
        case _:
            return {"value": tree}


def _bytes_of(array: Array) -> memoryview:
    if array.size == 0:
        return memoryview(b"")
    return np.array(mx.view(mx.contiguous(array).reshape(-1), mx.uint8)).data


class _Reader:
    """Builds a tree from its description; takes the arrays' bytes in the order of the data."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self.place = 0

    def built(self, node: dict[str, Any]) -> Any:  # noqa: ANN401 - see `packed`
        ((kind, value),) = node.items()
        match kind:
            case "array":
                return self._array(*value)
            case "dict":
                return {key: self.built(one) for key, one in value.items()}
            case "list":
                return [self.built(one) for one in value]
            case "tuple":
                return tuple(self.built(one) for one in value)
            case "value":
                return value
            case _:
                raise ValueError(kind)

    def _array(self, type_name: str, shape: list[int]) -> Array:
        dtype = mx.bool_ if type_name == "bool" else getattr(mx, type_name)
        size = dtype.size * int(np.prod(shape, dtype=np.int64))
        start, self.place = self.place, self.place + size
        if self.place > self._data.nbytes:
            raise ValueError("too few bytes")
        if size == 0:
            return mx.zeros(shape, dtype)
        raw = np.frombuffer(self._data, np.uint8, size, start)
        return mx.view(mx.array(raw), dtype).reshape(shape)
