"""Which engines can run here, and which one runs a model that is here in several forms."""

from __future__ import annotations

import functools
import platform
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from desktop.core.types import EngineKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from desktop.core.model_spec import ModelSpec, ModelVariant

# What each engine cannot do without, by its top-level names.
_PACKAGES = {EngineKind.LLAMA_CPP: ("llama_cpp",), EngineKind.MLX: ("mlx", "mlx_vlm")}


@functools.cache
def engines_here() -> frozenset[EngineKind]:
    """The engines whose packages are installed; none of them is imported for that."""
    return frozenset(kind for kind, names in _PACKAGES.items() if all(map(find_spec, names)))


def engine_name(kind: EngineKind) -> str:
    """As people call it, in every language."""
    return {EngineKind.LLAMA_CPP: "llama.cpp", EngineKind.MLX: "MLX"}.get(kind, kind.value)


def is_apple_silicon() -> bool:
    """Whether this is a Mac whose GPU shares the memory."""
    return sys.platform == "darwin" and platform.machine() == "arm64"


def engine_order() -> tuple[EngineKind, ...]:
    """The engines that can run here, the better one first: MLX where it has a GPU to use.

    Elsewhere MLX computes on the CPU, slowly: it runs what a person wants it to run.
    """
    order = (EngineKind.LLAMA_CPP, EngineKind.MLX)
    if is_apple_silicon():
        order = (EngineKind.MLX, EngineKind.LLAMA_CPP)
    return tuple(kind for kind in order if kind in engines_here())


def preferred_engine(forms: Collection[EngineKind], chosen: EngineKind | None = None) -> EngineKind:
    """What runs a model that is here in these forms: the chosen engine if it can, else the better.

    Where none of them can run, one is named all the same, for its error to say so.

    Raises:
        ValueError: No forms.
    """
    usable = [kind for kind in engine_order() if kind in forms]
    if chosen in usable:
        return chosen
    found = next(iter(usable), None) or next(iter(forms), None)
    if found is None:
        raise ValueError("a model without a form")
    return found


def recommended_engines() -> tuple[EngineKind, ...]:
    """The engines that a model is recommended for, the better one first."""
    order = engine_order()
    if EngineKind.LLAMA_CPP in order and not is_apple_silicon():
        return (EngineKind.LLAMA_CPP,)
    return order


def runnable(spec: ModelSpec) -> tuple[ModelVariant, ...]:
    """The variants that can run here: those of the better engine first, else as catalogued."""
    order = engine_order()
    usable = [variant for variant in spec.variants if variant.engine in order]
    return tuple(sorted(usable, key=lambda variant: order.index(variant.engine)))
