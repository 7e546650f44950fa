"""What the attention cache holds, what older conversations left, and which prefix can be reused.

Cells and positions are counted apart: with M-RoPE a picture of 20 x 15 tokens fills 300 cells but
moves the position by only max(20, 15) = 20.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence


class PictureSpan(Struct, frozen=True):
    """One picture chunk in a prompt. Equal keys mean equal pixels at an equal size."""

    key: str
    n_cells: int
    n_positions: int


PromptItem: TypeAlias = int | PictureSpan
"""A token id or a picture."""


def cell_count(items: Sequence[PromptItem]) -> int:
    """Cells that items fill: what counts against the context length."""
    return sum(item.n_cells if isinstance(item, PictureSpan) else 1 for item in items)


def position_count(items: Sequence[PromptItem]) -> int:
    """The position that follows items: what `seq_rm` and the next token need."""
    return sum(item.n_positions if isinstance(item, PictureSpan) else 1 for item in items)


def common_prefix(left: Sequence[PromptItem], right: Sequence[PromptItem]) -> int:
    """How many leading items are equal; a picture is never split."""
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count


Value = TypeVar("Value")


class ByteBudgetCache(Generic[Value]):
    """Keeps the most recently used values whose sizes add up to at most a budget of bytes."""

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._used = 0
        self._values: OrderedDict[object, tuple[Value, int]] = OrderedDict()

    @property
    def used_bytes(self) -> int:
        """Sum of the sizes held."""
        return self._used

    def __len__(self) -> int:
        return len(self._values)

    def values(self) -> list[tuple[object, Value]]:
        """Keys and values, oldest use first; looking at them is no use."""
        return [(key, value) for key, (value, _) in self._values.items()]

    def get(self, key: object) -> Value | None:
        """The value, now the most recently used; None if it was dropped or never there."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: object, value: Value, size_bytes: int) -> None:
        """Keep a value, dropping the oldest; one that is larger than the budget is not kept."""
        self.drop(key)
        if size_bytes > self.budget_bytes:
            return
        self._values[key] = (value, size_bytes)
        self._used += size_bytes
        while self._used > self.budget_bytes:
            _, (_, dropped) = self._values.popitem(last=False)
            self._used -= dropped

    def drop(self, key: object) -> None:
        """Forget a value; unknown keys are ignored."""
        found = self._values.pop(key, None)
        if found is not None:
            self._used -= found[1]

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._used = 0
