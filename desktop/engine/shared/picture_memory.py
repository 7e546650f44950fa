"""What a vision encoder made of pictures: in RAM, and on the disk for after the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from desktop.core.cache_files import Kind
from desktop.engine.shared.cache import ByteBudgetCache
from desktop.engine.shared.identity import identity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop.engine.shared.disk_cache import DiskCache
    from desktop.engine.shared.template import PicturePart

Embedding = TypeVar("Embedding")


class EmbeddingForm(Protocol[Embedding]):
    """How an engine's embeddings of one picture, by span key, become bytes and come back."""

    def size_bytes(self, embeddings: Mapping[str, Embedding]) -> int:
        """What they take in RAM."""

    def cells(self, embedding: Embedding) -> int:
        """How many cells of a prompt it fills."""

    def packed(self, embeddings: Mapping[str, Embedding]) -> tuple[bytes, Sequence[memoryview]]:
        """What describes them, and their numbers; the buffers never change."""

    def unpacked(self, form: bytes, data: memoryview) -> dict[str, Embedding] | None:
        """The same again; None when the bytes are not what they are described as."""


class PictureMemory(Generic[Embedding]):
    """Embeddings by picture and size. On the disk they belong to one model and way of running it.

    A picture's `key` names its content and its size, as spans of prompts do.
    """

    def __init__(self, form: EmbeddingForm[Embedding], budget_bytes: int) -> None:
        self._form = form
        self._held: ByteBudgetCache[dict[str, Embedding]] = ByteBudgetCache(budget_bytes)
        self._disk: DiskCache | None = None
        self._identity = ""

    def use_disk(self, disk: DiskCache, model_identity: str) -> None:
        """Look there too, and keep there what comes from now on."""
        self._disk, self._identity = disk, model_identity

    def known(self, key: str) -> dict[str, Embedding] | None:
        """What is in RAM."""
        return self._held.get(key)

    def recalled(
        self, key: str, part: PicturePart, cells: Mapping[str, int]
    ) -> dict[str, Embedding] | None:
        """What an earlier run left on the disk; in RAM from now on.

        `cells` are those of each span: an engine reads as many numbers as the prompt has cells, so
        anything else is not taken.
        """
        if self._disk is None:
            return None
        stored = self._disk.read(self._file_name(key, part))
        found = None if stored is None else self._form.unpacked(stored.header, stored.data)
        if found is None or {name: self._form.cells(found[name]) for name in found} != cells:
            return None
        self._hold(key, found)
        return found

    def remember(self, key: str, part: PicturePart, embeddings: dict[str, Embedding]) -> None:
        """Keep what was computed."""
        self._hold(key, embeddings)
        if self._disk is not None:
            form, parts = self._form.packed(embeddings)
            source = part.attachment.path
            self._disk.put(self._file_name(key, part), form, parts, source=source)

    def clear(self) -> None:
        """Forget what is in RAM, and the disk."""
        self._held.clear()
        self._disk = None

    def _hold(self, key: str, embeddings: dict[str, Embedding]) -> None:
        self._held.put(key, embeddings, self._form.size_bytes(embeddings))

    def _file_name(self, key: str, part: PicturePart) -> str:
        return f"{Kind.PICTURE}-{part.attachment.sha256}-{identity(self._identity, key)}"
