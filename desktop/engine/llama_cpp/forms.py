"""How embeddings lie on the disk: a few words, and the encoder's own 32-bit floats.

Half as many bits would halve the files, and an answer would depend on whether a picture was met
before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Embedding: TypeAlias = NDArray[np.float32]
"""One chunk as the vision encoder left it: (cells, input width of the language model)."""


class _Chunks(msgspec.Struct, frozen=True):
    """Names of a picture's chunks with their cells, in the order of the data."""

    width: int
    chunks: tuple[tuple[str, int], ...]


class ArrayForm:
    """A picture's chunks, for a language model of this input width."""

    def __init__(self, width: int) -> None:
        self._width = width

    def size_bytes(self, embeddings: Mapping[str, Embedding]) -> int:
        """What they take in RAM."""
        return sum(embedding.nbytes for embedding in embeddings.values())

    def cells(self, embedding: Embedding) -> int:
        """How many cells of a prompt it fills."""
        return len(embedding)

    def packed(self, embeddings: Mapping[str, Embedding]) -> tuple[bytes, Sequence[memoryview]]:
        """What describes them, and their numbers."""
        chunks = tuple((name, len(embedding)) for name, embedding in embeddings.items())
        return msgspec.json.encode(_Chunks(self._width, chunks)), [
            embedding.data for embedding in embeddings.values()
        ]

    def unpacked(self, form: bytes, data: memoryview) -> dict[str, Embedding] | None:
        """The same again; None when the bytes are not what they are described as."""
        try:
            found = msgspec.json.decode(form, type=_Chunks)
        except msgspec.MsgspecError:
            return None
        cells = sum(count for _, count in found.chunks)
        if found.width != self._width or data.nbytes != cells * self._width * 4:
            return None
        rows = np.frombuffer(data, np.float32).reshape(cells, self._width)
        ends = np.cumsum([count for _, count in found.chunks])
        return {
            name: rows[end - count : end]
            for (name, count), end in zip(found.chunks, ends, strict=True)
        }
