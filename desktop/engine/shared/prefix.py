"""Which part of a prompt is already evaluated: the present conversation, and older ones in RAM.

Invariant between calls: `held` describes exactly the cells that the engine's attention cache holds.
Whatever fails or is cancelled in the middle, the cache is cut back to the last whole item first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from desktop.engine.shared.cache import ByteBudgetCache, PromptItem, cell_count, common_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

State = TypeVar("State")

# A cache state is put away (or taken back) when that saves more than so many cells of prefill.
_WORTH_KEEPING_CELLS = 32


@dataclass(frozen=True, slots=True)
class Saved(Generic[State]):
    """What the attention cache held once: its items, and the engine's own form of it."""

    items: tuple[PromptItem, ...]
    state: State


class PrefixHolder(ABC, Generic[State]):
    """Owns what the attention cache holds, and the states of older conversations."""

    def __init__(self, store_budget_bytes: int) -> None:
        self.held: list[PromptItem] = []
        self._states: ByteBudgetCache[Saved[State]] = ByteBudgetCache(store_budget_bytes)

    def reuse(self, prompt: Sequence[PromptItem], *, needs_logits: bool) -> int:
        """Cut the cache to the longest prefix it shares with a prompt; gives its items.

        An older conversation's state is taken back from RAM when it shares more, and the present
        one is put away first when much of it would be lost. With `needs_logits` at least the last
        token is left to evaluate, since logits are not kept.
        """
        keep = common_prefix(self.held, prompt)
        best_key, best = None, keep
        for key, saved in self._states.values():
            shared = common_prefix(saved.items, prompt)
            if shared > best and cell_count(prompt[best:shared]) >= _WORTH_KEEPING_CELLS:
                best_key, best = key, shared
        lost = cell_count(self.held[keep:])
        if lost >= _WORTH_KEEPING_CELLS:
            self._put_away()
        if best_key is not None and self._take_back(best_key):
            keep = best
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

    def _take_back(self, key: object) -> bool:
        saved = self._states.get(key)
        if saved is None:
            return False
        self._clear()
        if not self._restore(saved):
            self._clear()
            self._states.drop(key)
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
