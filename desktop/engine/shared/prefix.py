"""Which part of a prompt is already evaluated: the present conversation, and older ones.

Older ones are in RAM, and on the disk if a person wants that.

Invariant between calls: `held` describes exactly the cells that the engine's attention cache holds.
Whatever fails or is cancelled in the middle, the cache is cut back to the last whole item first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

import psutil
from msgspec import Struct

from desktop.engine.shared.cache import ByteBudgetCache, PromptItem, cell_count, common_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.engine.shared.kept_states import KeptStates

State = TypeVar("State")

# A cache state is put away (or taken back) when that saves more than so many cells of prefill.
_WORTH_KEEPING_CELLS = 32


class Saved(Struct, Generic[State], frozen=True):
    """What the attention cache held once: its items, and the engine's own form of it."""

    items: tuple[PromptItem, ...]
    state: State


class PrefixHolder(ABC, Generic[State]):
    """Owns what the attention cache holds, and the states of older conversations."""

    def __init__(self, store_budget_bytes: int) -> None:
        self.held: list[PromptItem] = []
        self._states: ByteBudgetCache[Saved[State]] = ByteBudgetCache(store_budget_bytes)
        self._kept: KeptStates | None = None

    def use_disk(self, kept: KeptStates) -> None:
        """Look for older conversations there too, and let `keep` write there."""
        self._kept = kept

    def keep(self, epoch: str) -> None:
        """Write the present conversation to the disk, if one is used and it is not there yet.

        `epoch` is when its last answer was begun.
        """
        kept = self._kept
        if kept is None or cell_count(self.held) < _WORTH_KEEPING_CELLS or kept.holds(self.held):
            return
        # The copy stays in RAM until it is written.
        if self._state_bytes() > min(kept.budget_bytes, psutil.virtual_memory().available // 4):
            return
        state = self._save()
        if state is not None:
            kept.keep(self.held, *self._packed(state), epoch)

    def cut_back(self, count: int) -> None:
        """Keep at most the first `count` items; what followed is put nowhere."""
        self._cut(count)

    def reuse(self, prompt: Sequence[PromptItem], *, needs_logits: bool) -> int:
        """Cut the cache to the longest prefix it shares with a prompt; gives its items.

        An older conversation's state is taken back from RAM or from the disk when it shares more,
        and the present one is put away first when much of it would be lost. With `needs_logits` at
        least the last token is left to evaluate, since logits are not kept.
        """
        keep = common_prefix(self.held, prompt)
        best_key, best = None, keep
        for key, saved in self._states.values():
            shared = common_prefix(saved.items, prompt)
            if shared > best and cell_count(prompt[best:shared]) >= _WORTH_KEEPING_CELLS:
                best_key, best = key, shared
        on_disk = None if self._kept is None else self._kept.best(prompt, beyond=best)
        lost = cell_count(self.held[keep:])
        if lost >= _WORTH_KEEPING_CELLS:
            self._put_away()
        if not (on_disk is not None and self._bring_back(on_disk)) and best_key is not None:
            self._take_back(best_key)
        keep = common_prefix(self.held, prompt)
        if needs_logits and keep == len(prompt):
            keep -= 1
        self._cut(keep)
        return len(self.held)

    def _put_away(self) -> None:
        items = tuple(self.held)
        for key, saved in self._states.values():
            if common_prefix(saved.items, items) == len(saved.items):
                self._states.drop(key)  # an earlier moment of the same conversation
        size = self._state_bytes()
        if size > self._states.budget_bytes:
            return
        state = self._save()
        if state is not None:
            self._states.put(items, Saved(items, state), size)

    def _take_back(self, key: object) -> None:
        saved = self._states.get(key)
        if saved is not None and not self._put_in(saved):
            self._states.drop(key)

    def _bring_back(self, name: str) -> bool:
        """Take a state from the disk; False when it is gone, damaged, or too long for here."""
        if self._kept is None:
            return False
        found = self._kept.read(name)
        if found is None:
            return False
        header, stored = found
        state = self._unpacked(header.form, stored.data)
        if state is None or not self._put_in(Saved(header.items, state)):
            self._kept.drop(name)
            return False
        return True

    def _put_in(self, saved: Saved[State]) -> bool:
        """Put a state in place of what the cache holds, which is empty when that fails."""
        self._clear()
        if not self._restore(saved):
            self._clear()
            return False
        self.held = list(saved.items)
        return True

    def _cut(self, count: int) -> None:
        """Keep the first `count` items; models that cannot cut (hybrid ones) start anew."""
        if count >= len(self.held):
            return
        if count == 0 or not self._keep_items(count):
            self._clear()
        else:
            del self.held[count:]

    def _clear(self) -> None:
        self._drop_all()
        self.held = []

    @abstractmethod
    def _state_bytes(self) -> int:
        """What `_save` would take."""

    @abstractmethod
    def _save(self) -> State | None:
        """A copy of the attention cache; None when that fails."""

    @abstractmethod
    def _restore(self, saved: Saved[State]) -> bool:
        """Put a saved state into the empty cache; False when that fails."""

    @abstractmethod
    def _keep_items(self, count: int) -> bool:
        """Drop the cells behind the first `count` items; False when the model cannot do that."""

    @abstractmethod
    def _drop_all(self) -> None:
        """Empty the attention cache."""

    @abstractmethod
    def _packed(self, state: State) -> tuple[bytes, Sequence[memoryview]]:
        """A saved state as what describes it and its bytes, which never change."""

    @abstractmethod
    def _unpacked(self, form: bytes, data: memoryview) -> State | None:
        """The same again; None when the bytes are not what they are described as."""
