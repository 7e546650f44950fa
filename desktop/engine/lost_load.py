"""Whether a worker died of a load for want of memory, going by its end, its words and the sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.core.fit import text_reserve
from desktop.core.gguf import split_parts
from desktop.engine.shared.memory import free_memory

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop.core.types import InstalledModel

_KILLED = -9  # the exit status of a process that Linux or macOS ended, as for want of memory
# What ggml, C++, Metal and the system's loader write about memory that could not be had.
_SIGNS = (
    "failed to allocate",
    "unable to allocate",
    "cannot allocate memory",
    "bad_alloc",
    "out of memory",
    "insufficient memory",
)


def lacked_memory(model: InstalledModel, status: int, last_words: str) -> bool:
    """Whether memory is why a worker died that had made all smaller that can be.

    `status` is the worker's exit status, `last_words` what it wrote to stderr. The files alone,
    with what computing takes at least, may be more than is free now that the worker is gone.
    """
    said = last_words.casefold()
    if status == _KILLED or any(sign in said for sign in _SIGNS):
        return True
    size = sum(_sizes(model))
    return size + text_reserve(size) > free_memory().ram


def _sizes(model: InstalledModel) -> Iterable[int]:
    path, projector = model.model_path, model.projector_path
    files: Iterable[Path] = path.glob("*.safetensors") if path.is_dir() else split_parts(path)
    for file in (*files, *([projector] if projector is not None else [])):
        try:
            yield file.stat().st_size
        except OSError:
            continue  # it is gone: then that was the reason, and the next load says so
