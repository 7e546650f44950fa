"""Conversations' attention caches on the disk: which there are, and what they begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from desktop.core.cache_files import Kind
from desktop.engine.shared.cache import PictureSpan, PromptItem, cell_count, common_prefix
from desktop.engine.shared.identity import identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.engine.shared.disk_cache import DiskCache, Stored

# A state is read whole: that pays when it spares some evaluation, and most of it is wanted.
_WORTH_READING_CELLS = 32
_WORTH_READING_SHARE = 0.5


class StateHeader(msgspec.Struct, frozen=True):
    """What stands before a state's bytes; `form` is the engine's own description of them."""

    items: tuple[int | PictureSpan, ...]
    form: bytes


class KeptStates:
    """The states of one model, in one form of storage."""

    def __init__(self, disk: DiskCache, model_identity: str) -> None:
        self._disk = disk
        self._beginning = f"{Kind.CONVERSATION}-{model_identity}-"
        self._items: dict[str, tuple[PromptItem, ...]] = {}
        for name, header in disk.headers(self._beginning):
            found = _parsed(header)
            if found is not None:
                self._items[name] = found.items

    @property
    def budget_bytes(self) -> int:
        """More than this is not kept."""
        return self._disk.budget_bytes

    def best(self, prompt: Sequence[PromptItem], beyond: int) -> str | None:
        """The state that shares most with a prompt, if that is well more than `beyond` items."""
        best_name, best = None, beyond
        least = cell_count(prompt[:beyond]) + _WORTH_READING_CELLS
        for name, items in self._items.items():
            shared = common_prefix(items, prompt)
            cells = cell_count(items[:shared])
            is_mostly_wanted = cells >= _WORTH_READING_SHARE * cell_count(items)
            if shared > best and cells >= least and is_mostly_wanted:
                best_name, best = name, shared
        return best_name

    def read(self, name: str) -> tuple[StateHeader, Stored] | None:
        """A state that `best` named; None when it is gone or damaged, and it is forgotten then."""
        stored = self._disk.read(name)
        header = None if stored is None else _parsed(stored.header)
        if stored is None or header is None or header.items != self._items[name]:
            self.drop(name)
            return None
        return header, stored

    def drop(self, name: str) -> None:
        """Forget a state that is of no use."""
        del self._items[name]
        self._disk.drop(name)

    def holds(self, items: Sequence[PromptItem]) -> bool:
        """Whether exactly this moment of a conversation is kept."""
        return self._name(items) in self._items

    def keep(
        self, items: Sequence[PromptItem], form: bytes, parts: Sequence[memoryview], epoch: str
    ) -> None:
        """Write a state in place of earlier moments of the same conversation."""
        whole = tuple(items)
        for name, earlier in list(self._items.items()):
            if common_prefix(earlier, whole) == len(earlier):
                self.drop(name)
        name = self._name(whole)
        self._items[name] = whole
        header = msgspec.json.encode(StateHeader(whole, form))
        self._disk.put(name, header, parts, epoch=epoch)

    def _name(self, items: Sequence[PromptItem]) -> str:
        return self._beginning + identity(*items)


def _parsed(header: bytes) -> StateHeader | None:
    try:
        return msgspec.json.decode(header, type=StateHeader)
    except msgspec.MsgspecError:
        return None
