"""Around the libraries: versions, devices, memory limits, and their errors as ours."""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import platform
from typing import TYPE_CHECKING

import mlx.core as mx
import psutil

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import Device
from desktop.engine.shared.memory import NO_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator

_CACHE_BYTES = 512 << 20  # freed buffers that MLX keeps for the next step; unlimited by default


def start() -> None:
    """Set limits and modes for this process; may be called again."""
    mx.set_cache_limit(_CACHE_BYTES)
    if not has_gpu():
        # On a CPU mlx compiles fused functions with the system's C++ compiler, if there is one:
        # 20 s in a first run, and the same tokens.
        mx.disable_compile()
        return
    most = gpu_bytes()
    mx.set_memory_limit(most)
    mx.set_wired_limit(most)


def has_gpu() -> bool:
    """Whether Metal computes."""
    return bool(mx.metal.is_available())


def gpu_bytes() -> int:
    """What the system lets a GPU program use of the memory that it shares."""
    return int(mx.device_info()["max_recommended_working_set_size"])


def usable_bytes() -> int:
    """What a model and its caches may take."""
    return gpu_bytes() if has_gpu() else int(psutil.virtual_memory().available)


def versions() -> dict[str, str]:
    """By component name."""
    names = ("mlx", "mlx-vlm", "tokenizers")
    return {name: importlib.metadata.version(name) for name in names}


def devices() -> tuple[Device, ...]:
    """The GPU if there is one, then the CPU."""
    memory = psutil.virtual_memory()
    cpu = Device("CPU", platform.processor() or platform.machine(), "cpu", 0, int(memory.total))
    if not has_gpu():
        return (cpu,)
    name = str(mx.device_info().get("device_name", "Apple GPU"))
    free = max(0, gpu_bytes() - int(mx.get_active_memory()))
    return Device("Metal", name, "gpu", free, gpu_bytes()), cpu


def collect() -> None:
    """Give back the memory of arrays that nothing refers to any more."""
    gc.collect()
    mx.clear_cache()


def is_memory_error(error: BaseException) -> bool:
    """Whether MLX says that memory (or a thread's, which is memory too) could not be had."""
    # "[malloc] Unable to allocate", "[metal::malloc] ...", "Insufficient Memory", and what the C++
    # library says when it cannot start a thread.
    signs = ("alloc", "emory", "Resource temporarily unavailable")
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in signs)


@contextlib.contextmanager
def memory_errors() -> Iterator[None]:
    """Inside, a failed allocation of MLX is an `EngineError`."""
    try:
        yield
    except RuntimeError as error:
        if not is_memory_error(error):
            raise
        raise EngineError(NO_MEMORY, ErrorCode.OUT_OF_MEMORY) from None
