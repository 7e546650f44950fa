"""How much memory older conversations and the automatic context length may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from desktop.core.types import EngineOptions

CONTEXT_STEPS = (16_384, 8_192, 4_096, 2_048)
"""Context lengths that are chosen from when nobody asked for one."""

_CPU_CONTEXT = 8_192  # where reading is slow a longer one is rarely filled, and filling it costs


def automatic_context(bytes_per_token: float, *, uses_gpu: bool) -> int:
    """The longest step whose attention cache takes at most an eighth of the free memory."""
    steps = [step for step in CONTEXT_STEPS if uses_gpu or step <= _CPU_CONTEXT]
    budget = psutil.virtual_memory().available / 8
    return next((step for step in steps if step * bytes_per_token <= budget), steps[-1])


def kv_cache_budget(options: EngineOptions) -> int:
    """Bytes of RAM for older conversations: as asked, or an eighth of all, at most 2 GiB."""
    if options.cache_bytes is not None:
        return options.cache_bytes
    return min(2 << 30, int(psutil.virtual_memory().total) // 8)
