"""From an engine's kind to the engine; the only room that imports engines, and only when asked.

Which kind runs a model is decided before that: see `desktop.core.engine_choice`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.core.engine_choice import engine_name
from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import EngineKind

if TYPE_CHECKING:
    from desktop.engine.api import Engine


def create_engine(kind: EngineKind) -> Engine:
    """A fresh engine; raises `EngineError` when its native libraries cannot be loaded here."""
    match kind:
        case EngineKind.FAKE:
            from desktop.engine.fake import FakeEngine  # noqa: PLC0415

            return FakeEngine()
        case EngineKind.LLAMA_CPP:
            try:
                from desktop.engine.llama_cpp.engine import LlamaCppEngine  # noqa: PLC0415
            except (ImportError, OSError, RuntimeError) as error:
                raise _unavailable(kind, error) from error
            return LlamaCppEngine()
        case EngineKind.MLX:
            try:
                from desktop.engine.mlx.engine import MlxEngine  # noqa: PLC0415
            except (ImportError, OSError, RuntimeError) as error:
                raise _unavailable(kind, error) from error
            return MlxEngine()


def _unavailable(kind: EngineKind, error: Exception) -> EngineError:
    name = engine_name(kind)
    return EngineError(
        f"The {name} engine cannot start on this computer ({error}).",
        ErrorCode.ENGINE_UNAVAILABLE,
        package=name,
    )
