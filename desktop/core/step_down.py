"""How a model is made to fit: what a load needs, and what is made smaller when that is too much.

The need is the sum that llama.cpp's own automatic fit takes: weights, vision encoder, attention
cache and the graphs' buffers. The order is by what a person misses least: a shorter context first,
then an attention cache of smaller numbers (as good as exact at Q8_0), then fewer layers on the GPU,
which costs speed, and a very short context last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from desktop.core.fit import RAM_SHARE, VISION_RESERVE_BYTES, text_reserve
from desktop.core.types import KvType

if TYPE_CHECKING:
    from collections.abc import Sequence

# A short conversation with one picture looked at closely still fits into the first.
_SHORT, _SHORTEST = 4_096, 2_048
_LONGER = (131_072, 65_536, 32_768, 16_384, 8_192)
_LAYER_STEPS = 8  # from all layers on the GPU to none

KV_BYTES = {KvType.F16: 2.0, KvType.Q8_0: 34 / 32, KvType.Q4_0: 18 / 32}
"""Bytes of one number in the attention cache."""


class ModelSize(Struct, frozen=True):
    """What decides how much memory a model takes.

    Attributes:
        weight_bytes: Of the language model's files.
        encoder_bytes: Of the vision encoder's; 0 where it is among the weights, or not there.
        layer_count: Of the language model.
        kv_numbers: That the attention cache keeps for one token, all layers together.
        can_quantise: Whether the attention cache can be kept in smaller numbers.
    """

    weight_bytes: int
    encoder_bytes: int
    layer_count: int
    kv_numbers: int
    can_quantise: bool = True


class LoadPlan(Struct, frozen=True):
    """How a model is loaded.

    Attributes:
        context_length: In tokens.
        kv_type: Storage of the attention cache.
        gpu_layers: Layers on the GPU; one more than the model has is all of it, 0 is none.
    """

    context_length: int
    kv_type: KvType = KvType.F16
    gpu_layers: int = 0


class Memory(Struct, frozen=True):
    """What a load may take, in bytes.

    Attributes:
        ram: That is free now.
        total_ram: That there is.
        gpu: That is free on the GPU; None where there is none, or nothing is known of it.
        is_shared: The GPU's memory is a part of the RAM.
    """

    ram: int
    total_ram: int
    gpu: int | None = None
    is_shared: bool = False


def ladder(first: LoadPlan, size: ModelSize, *, can_split: bool) -> tuple[LoadPlan, ...]:
    """Ways to load a model, each needing less than the one before; the first is as given.

    `can_split` says whether single layers may leave the GPU.
    """
    plans = [first]

    def step(plan: LoadPlan) -> None:
        if plan != plans[-1]:
            plans.append(plan)

    for length in (*_LONGER, _SHORT):
        if length < plans[-1].context_length:
            step(replace(plans[-1], context_length=length))
    if size.can_quantise and first.kv_type is KvType.F16:
        step(replace(plans[-1], kv_type=KvType.Q8_0))
    if can_split:
        whole = min(first.gpu_layers, size.layer_count + 1)
        for eighths in reversed(range(_LAYER_STEPS)):
            step(replace(plans[-1], gpu_layers=whole * eighths // _LAYER_STEPS))
    if plans[-1].context_length > _SHORTEST:
        step(replace(plans[-1], context_length=_SHORTEST))
    return tuple(plans)


def without_those_too_large(
    plans: Sequence[LoadPlan], size: ModelSize, memory: Memory
) -> tuple[LoadPlan, ...]:
    """The plans from the first on that fits by its estimate.

    The last one always stays: estimates err, and programs that take memory now may give it back.
    """
    for index, plan in enumerate(plans):
        if _fits(plan, size, memory):
            return tuple(plans[index:])
    return tuple(plans[-1:])


def need_bytes(plan: LoadPlan, size: ModelSize) -> int:
    """All that a load takes, wherever it lies."""
    return size.weight_bytes + size.encoder_bytes + _kv_bytes(plan, size) + _reserve(size)


def is_hopeless(size: ModelSize, memory: Memory) -> bool:
    """Whether the files alone are more than this machine has in all."""
    total = memory.total_ram
    if memory.gpu is not None and not memory.is_shared:
        total += memory.gpu
    return size.weight_bytes + size.encoder_bytes > total


def _fits(plan: LoadPlan, size: ModelSize, memory: Memory) -> bool:
    need = need_bytes(plan, size)
    if plan.gpu_layers == 0 or memory.gpu is None:
        return need <= memory.ram
    # The encoder and the buffers are on the GPU as soon as anything is.
    share = min(1.0, plan.gpu_layers / (size.layer_count + 1))
    on_cpu = int((size.weight_bytes + _kv_bytes(plan, size)) * (1 - share))
    if memory.is_shared:
        # What a GPU may take of the RAM is not what is free: the system makes room for it.
        return need - on_cpu <= memory.gpu and need <= memory.total_ram * RAM_SHARE
    return need - on_cpu <= memory.gpu and on_cpu <= memory.ram


def _kv_bytes(plan: LoadPlan, size: ModelSize) -> int:
    return int(plan.context_length * size.kv_numbers * KV_BYTES[plan.kv_type])


def _reserve(size: ModelSize) -> int:
    """For the graphs' buffers."""
    return text_reserve(size.weight_bytes) + min(VISION_RESERVE_BYTES, size.encoder_bytes)
