"""What was made smaller than asked for so that a model fits or can be used, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.engine.api import ModelLoaded, Reduction


def load_lines(loaded: ModelLoaded) -> list[str]:
    """All that is smaller than asked for, a line each."""
    lines = [] if loaded.reduced is None else [reduction_words(loaded.reduced)]
    if loaded.context_limit is not None:
        lines.append(
            f"This model reads at most {loaded.context_limit:,} tokens at once; that is used."
        )
    return lines


def reduction_words(reduced: Reduction) -> str:
    """Such as "To fit the memory: context of 4,096 tokens instead of 16,384."."""
    changes = []
    if reduced.context_length is not None:
        wanted = reduced.context_wanted or 0
        changes.append(f"context of {reduced.context_length:,} tokens instead of {wanted:,}")
    if reduced.kv_type is not None:
        changes.append(f"attention cache kept as {reduced.kv_type.upper()}")
    if reduced.gpu_layers is not None:
        layers = f"{reduced.gpu_layers} layers" if reduced.gpu_layers else "nothing"
        changes.append(f"{layers} on the GPU")
    return f"To fit the memory: {'; '.join(changes)}."
