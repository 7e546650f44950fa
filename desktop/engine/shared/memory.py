"""How much memory there is, and how much of it older conversations and the context may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.step_down import Memory

if TYPE_CHECKING:
    from desktop.core.types import EngineOptions

NO_MEMORY = (
    "There is not enough memory for this model. Close other programs or choose a smaller one."
)

_CONTEXT_STEPS = (16_384, 8_192, 4_096, 2_048)  # chosen from when nobody asked for one
_CPU_CONTEXT = 8_192  # where reading is slow a longer one is rarely filled, and filling it costs


def free_memory(gpu_bytes: int | None = None, *, is_shared: bool = False) -> Memory:
    """What there is now; `gpu_bytes` are free on the GPU, None without one."""
    ram = psutil.virtual_memory()
    return Memory(int(ram.available), int(ram.total), gpu_bytes, is_shared)


def out_of_memory(needed_bytes: int, available_bytes: int) -> EngineError:
    """The sentence for a model that is too large, with both sizes in its details."""
    return EngineError(
        NO_MEMORY,
        ErrorCode.OUT_OF_MEMORY,
        needed=f"{needed_bytes / 1e9:.1f} GB",
        available=f"{available_bytes / 1e9:.1f} GB",
    )


def automatic_context(bytes_per_token: float, *, uses_gpu: bool) -> int:
    """The longest step whose attention cache takes at most an eighth of the free memory."""
    steps = [step for step in _CONTEXT_STEPS if uses_gpu or step <= _CPU_CONTEXT]
    budget = psutil.virtual_memory().available / 8
    return next((step for step in steps if step * bytes_per_token <= budget), steps[-1])


def kv_cache_budget(options: EngineOptions) -> int:
    """Bytes of RAM for older conversations: as asked, or an eighth of all, at most 2 GiB."""
    if options.cache_bytes is not None:
        return options.cache_bytes
    return min(2 << 30, int(psutil.virtual_memory().total) // 8)
