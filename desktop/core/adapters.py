"""Whether an adapter (LoRA) belongs to a model: held against the headers of both, nothing loaded.

Native code aborts its process on some of what is refused here, and takes the rest without a word:
an adapter of another model gives nonsense, not an error.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NoReturn

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.lora_gguf import check_gguf_lora
from desktop.core.lora_mlx import check_mlx_lora
from desktop.core.types import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop.core.types import Adapter, InstalledModel

LOWEST_SCALE, HIGHEST_SCALE = -4.0, 4.0
"""Beyond these nothing but noise comes of any adapter; below zero its effect is turned round."""

ADAPTER_CODES = frozenset(
    {ErrorCode.ADAPTER_MISSING, ErrorCode.ADAPTER_UNUSABLE, ErrorCode.ADAPTER_MISMATCH}
)
"""Why a load failed, where not the model but an adapter is to blame."""


def is_for_engine(path: Path, engine: EngineKind) -> bool:
    """Whether an adapter is written as this engine reads it, by its name: nothing is looked at."""
    is_gguf = path.suffix.lower() == ".gguf"
    match engine:
        case EngineKind.LLAMA_CPP:
            return is_gguf
        case EngineKind.MLX:
            return not is_gguf
        case EngineKind.FAKE:
            return True


def for_engine(adapters: Iterable[Adapter], engine: EngineKind) -> tuple[Adapter, ...]:
    """Those of a model's adapters that this engine reads; a scale that is no number leaves one out.

    A model that is here in both forms keeps its adapters for both.
    """
    return tuple(
        one for one in adapters if is_for_engine(one.path, engine) and math.isfinite(one.scale)
    )


def check_adapter(path: Path, model: InstalledModel) -> None:
    """Refuse an adapter that the model cannot take. Reads headers only; not for the main thread.

    Raises:
        ModelError: ADAPTER_MISSING; ADAPTER_UNUSABLE for what is no LoRA, is damaged, or is of a
            kind that is not known; ADAPTER_MISMATCH for one of another model. `details` holds
            `name`. And as for the model's own files.
    """
    is_folder = model.engine is EngineKind.MLX
    if not path.exists():
        _refuse(path, ErrorCode.ADAPTER_MISSING, "was not found")
    if path.is_dir() != is_folder:
        wanted = "a folder with adapter_config.json" if is_folder else "a GGUF file"
        _refuse(path, ErrorCode.ADAPTER_UNUSABLE, f"is no adapter for this engine: {wanted} is one")
    match model.engine:
        case EngineKind.LLAMA_CPP:
            check_gguf_lora(path, model.model_path)
        case EngineKind.MLX:
            check_mlx_lora(path, model.model_path)
        case EngineKind.FAKE:
            pass  # it has nothing to adapt


def _refuse(path: Path, code: ErrorCode, fault: str) -> NoReturn:
    raise ModelError(f"“{path.name}” {fault}.", code, name=path.name)
