"""Answers that go round in circles: how they are noticed, and how the next try differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.core.types import GenerationSettings


class LoopGuard:
    """Notices an answer that goes round in circles.

    A loop is a block of 1..256 tokens that repeats back to back: at least 8 times and over 128
    tokens for blocks up to 64 tokens, at least 5 times for longer ones. Tables and lists of equal
    rows stay below that.
    """

    _EVERY = 16

    def __init__(self) -> None:
        self._ids: list[int] = []

    def is_looping(self, token: int) -> bool:
        """Take the next token; looks only every 16th time."""
        self._ids.append(token)
        if len(self._ids) % self._EVERY or len(self._ids) < 128:
            return False
        return any(self._repeats(period) for period in self._periods())

    def _periods(self) -> Iterable[int]:
        """Distances back to earlier occurrences of the last token: only they can be periods."""
        last, count = self._ids[-1], len(self._ids)
        return (p for p in range(1, min(256, count // 5) + 1) if self._ids[count - 1 - p] == last)

    def _repeats(self, period: int) -> bool:
        times = max(8, -(-128 // period)) if period <= 64 else 5
        span = period * times
        tail = self._ids[-span:]
        return len(tail) == span and tail[period:] == tail[:-period]


def varied(settings: GenerationSettings) -> GenerationSettings:
    """Settings under which an answer that went round in circles goes another way, greedy or not.

    Either penalty alone, or a presence penalty of 1 beside the other, let the built-in model ramble
    on to the last token where it had looped; these two together made it end.
    """
    return replace(
        settings,
        repetition_penalty=max(settings.repetition_penalty + 0.1, 1.1),
        presence_penalty=max(settings.presence_penalty, 1.5),
    )
