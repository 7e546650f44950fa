"""Whether a model's variant fits this machine's memory, and which model to recommend on it.

The need is the sum that llama.cpp's own automatic fit takes: weights, vision encoder, attention
cache and the graphs' buffers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from desktop.core.model_spec import FileRole
from desktop.core.types import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.core.model_spec import ModelSpec, ModelVariant

GIB = 1 << 30

# Both upper ends of what was seen with llama.cpp at 512 tokens a batch: 0.3 to 0.6 GB for text,
# 0.1 to 1 GB for the vision encoder (by the picture's size, and whether flash attention is there).
TEXT_RESERVE_BYTES = 600_000_000
VISION_RESERVE_BYTES = 1_000_000_000
# For a model whose shape is not known: that of Qwen3-VL 32B, the largest cache of those known.
ASSUMED_KV_BYTES_PER_TOKEN = 256 << 10
DEFAULT_CONTEXT = 8_192  # what the engine takes on a machine without a GPU

RAM_SHARE = 0.8  # of all RAM: the rest is the system's and the open programs'. A judgement.
_APPLE_SHARE = 2 / 3  # Metal's recommended working set, where the engine has not told it
_WELL_SHARE = 0.8  # of the limit: room for a longer context and for another program. A judgement.


class Fit(StrEnum):
    """How a variant fits."""

    WELL = "well"
    TIGHT = "tight"  # it runs with little to spare, or partly outside the GPU's memory
    TOO_BIG = "too_big"
    UNKNOWN = "unknown"  # its size is not known


class Machine(Struct, frozen=True):
    """The memory there is.

    Attributes:
        total_ram_bytes: All of it.
        available_ram_bytes: What programs could take now.
        gpu_bytes: Of the largest GPU, as the engine sees it; where the GPU shares the RAM, how much
            of it it may use. None: no GPU, or not known.
        is_unified: The GPU shares the RAM, as on Apple Silicon.
    """

    total_ram_bytes: int
    available_ram_bytes: int
    gpu_bytes: int | None = None
    is_unified: bool = False


class FitReport(Struct, frozen=True):
    """A verdict with its numbers, in bytes.

    Attributes:
        fit: The verdict. It goes by what the machine has, not by what is free at the moment.
        weights: The language model; of MLX everything, with the vision encoder.
        projector: The vision encoder's file.
        kv: The attention cache at `context_length`.
        compute: Reserve for the graphs' buffers.
        context_length: In tokens.
        limit: What the machine can give to a model: its GPU's memory, or a share of its RAM.
        is_estimate: A size is rounded, or the cache's is assumed.
        is_split: It exceeds the GPU's memory, so some layers must be computed by the CPU.
        is_short_now: Less is free at the moment than it needs: other programs should be closed.
    """

    fit: Fit
    weights: int | None
    projector: int | None
    kv: int
    compute: int
    context_length: int
    limit: int
    is_estimate: bool = False
    is_split: bool = False
    is_short_now: bool = False

    @property
    def need(self) -> int | None:
        """All together; None where the files' size is not known."""
        if self.weights is None or self.projector is None:
            return None
        return self.weights + self.projector + self.kv + self.compute


def fit_of(
    spec: ModelSpec, variant: ModelVariant, machine: Machine, context_length: int = DEFAULT_CONTEXT
) -> FitReport:
    """How the variant fits with a context of so many tokens (at f16), all layers where they can go.

    need = weights + projector + context_length x KV bytes per token + compute reserve.
    """
    if spec.context_length is not None:
        context_length = min(context_length, spec.context_length)
    weights, projector = _file_bytes(variant)
    per_token = spec.kv_bytes_per_token or ASSUMED_KV_BYTES_PER_TOKEN
    kv = context_length * per_token
    sees = variant.engine is EngineKind.MLX or variant.file(FileRole.PROJECTOR) is not None
    compute = TEXT_RESERVE_BYTES + (VISION_RESERVE_BYTES if sees else 0)
    limit = _limit(machine)
    fit, is_split, is_short_now = Fit.UNKNOWN, False, False
    if weights is not None and projector is not None:
        need = weights + projector + kv + compute
        fit = _verdict(need, limit)
        if _has_own_memory(machine) and fit is Fit.TOO_BIG and need <= limit + _ram_limit(machine):
            fit, is_split = Fit.TIGHT, True
        # A GPU's own memory is not what other programs take.
        in_ram = max(0, need - limit) if _has_own_memory(machine) else need
        is_short_now = fit is not Fit.TOO_BIG and in_ram > machine.available_ram_bytes
    return FitReport(
        fit=fit,
        weights=weights,
        projector=projector,
        kv=kv,
        compute=compute,
        context_length=context_length,
        limit=limit,
        is_estimate=spec.kv_bytes_per_token is None or variant.exact_bytes is None,
        is_split=is_split,
        is_short_now=is_short_now,
    )


def recommended(
    specs: Iterable[ModelSpec],
    machine: Machine,
    engines: Sequence[EngineKind] = (EngineKind.LLAMA_CPP,),
) -> tuple[ModelSpec, ModelVariant] | None:
    """The largest model meant for such a machine that fits it well, as its preferred variant.

    `engines` are those that can run it, the better one first: its variant is taken if it fits well.

    The tiers, which the catalogue holds: 2B up to 8 GB of RAM, 4B up to 16 GB, 8B above, 30B-A3B
    where 32 GB or more are shared with the GPU. A GPU whose own memory is too little for any of
    them counts as none. None when nothing fits well.
    """
    meant = [
        (spec.recommended.above_ram_gib, spec)
        for spec in specs
        if spec.recommended is not None
        and machine.total_ram_bytes > spec.recommended.above_ram_gib * GIB
        and (machine.is_unified or not spec.recommended.is_unified_only)
    ]
    by_size = [spec for _floor, spec in sorted(meant, key=lambda pair: pair[0], reverse=True)]
    found = _first_that_fits(by_size, machine, engines)
    if found is None and _has_own_memory(machine):
        return _first_that_fits(by_size, replace(machine, gpu_bytes=None), engines)
    return found


def text_reserve(weight_bytes: int) -> int:
    """For the buffers of a language model's graphs; small models have small ones. A judgement."""
    return min(TEXT_RESERVE_BYTES, weight_bytes // 4)


def fits_by_size(size_bytes: int, machine: Machine) -> bool:
    """Whether a model of which only its files' size is known should fit now, its context short."""
    need = size_bytes + text_reserve(size_bytes)
    if need > _limit(machine):
        return False
    return _has_own_memory(machine) or need <= machine.available_ram_bytes


def _first_that_fits(
    specs: Iterable[ModelSpec], machine: Machine, engines: Sequence[EngineKind]
) -> tuple[ModelSpec, ModelVariant] | None:
    for spec in specs:
        for engine in engines:
            for variant in spec.variants:
                if variant.engine is engine and fit_of(spec, variant, machine).fit is Fit.WELL:
                    return spec, variant
    return None


def _file_bytes(variant: ModelVariant) -> tuple[int | None, int | None]:
    """Weights and projector; a rounded total fills in the one that is not known."""
    model, projector = variant.file(FileRole.MODEL), variant.file(FileRole.PROJECTOR)
    weights = model.size_bytes if model is not None else None
    encoder = projector.size_bytes if projector is not None else 0
    if (total := variant.download_bytes) is None:
        return weights, encoder
    if encoder is None:
        # Of a total for two unknown parts nobody can say which is whose; the sum is what counts.
        return (total, 0) if weights is None else (weights, max(0, total - weights))
    return (total - encoder if total > encoder else total), encoder


def _has_own_memory(machine: Machine) -> bool:
    return machine.gpu_bytes is not None and not machine.is_unified


def _ram_limit(machine: Machine) -> int:
    return int(machine.total_ram_bytes * RAM_SHARE)


def _limit(machine: Machine) -> int:
    if machine.is_unified:
        own = machine.gpu_bytes or int(machine.total_ram_bytes * _APPLE_SHARE)
        return min(own, machine.total_ram_bytes)
    return machine.gpu_bytes if machine.gpu_bytes is not None else _ram_limit(machine)


def _verdict(need: int, limit: int) -> Fit:
    if need <= limit * _WELL_SHARE:
        return Fit.WELL
    return Fit.TIGHT if need <= limit else Fit.TOO_BIG
