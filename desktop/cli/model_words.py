"""Sizes and durations as a terminal shows them."""

from __future__ import annotations


def size_words(count: object) -> str:
    """Bytes as people say them."""
    if not isinstance(count, int | float):
        return "?"
    if count < 1e6:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def duration_words(seconds: float) -> str:
    """A time that is left."""
    minutes = round(seconds / 60)
    return f"{seconds:.0f} s" if seconds < 90 else f"{minutes} min"
