from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from desktop.core.step_down import (
    LoadPlan,
    Memory,
    ModelSize,
    is_hopeless,
    ladder,
    need_bytes,
    without_those_too_large,
)
from desktop.core.types import KvType

GB = 1_000_000_000
# Qwen3-VL 8B at four bits: 36 layers of 8 heads with 128 numbers in keys and values.
EIGHT_B = ModelSize(5 * GB, 750_000_000, 36, 36 * 8 * 128 * 2)
PLENTY = Memory(ram=64 * GB, total_ram=64 * GB)


def test_that_the_context_goes_first_then_the_cache_then_layers_then_the_rest_of_the_context() -> (
    None
):
    plans = ladder(LoadPlan(16_384, KvType.F16, 37), EIGHT_B, can_split=True)
    assert [plan.context_length for plan in plans[:3]] == [16_384, 8_192, 4_096]
    assert {plan.kv_type for plan in plans[:3]} == {KvType.F16}
    assert plans[3] == LoadPlan(4_096, KvType.Q8_0, 37)
    assert [plan.gpu_layers for plan in plans[4:]] == [32, 27, 23, 18, 13, 9, 4, 0, 0]
    assert [plan.context_length for plan in plans[4:]] == [4_096] * 8 + [2_048]
    assert plans[-1] == LoadPlan(2_048, KvType.Q8_0, 0)


def test_that_every_step_needs_less_or_less_of_the_gpu() -> None:
    plans = ladder(LoadPlan(100_000, KvType.F16, 37), EIGHT_B, can_split=True)
    for before, after in pairwise(plans):
        needs = need_bytes(before, EIGHT_B), need_bytes(after, EIGHT_B)
        assert needs[1] <= needs[0]
        assert needs[1] < needs[0] or after.gpu_layers < before.gpu_layers
    assert len(set(plans)) == len(plans)


@pytest.mark.parametrize("length", [256, 1_000, 2_048])
def test_that_a_context_that_is_short_already_stays(length: int) -> None:
    plans = ladder(LoadPlan(length), EIGHT_B, can_split=True)
    assert plans == (LoadPlan(length), LoadPlan(length, KvType.Q8_0))


def test_that_what_cannot_be_made_smaller_is_left() -> None:
    rigid = replace(EIGHT_B, can_quantise=False)
    first = LoadPlan(8_192, KvType.F16, 37)
    assert ladder(first, rigid, can_split=False)[1:] == (
        LoadPlan(4_096, KvType.F16, 37),
        LoadPlan(2_048, KvType.F16, 37),
    )
    small = LoadPlan(4_096, KvType.Q4_0)  # smaller than the ladder would make it
    assert {plan.kv_type for plan in ladder(small, EIGHT_B, can_split=True)} == {KvType.Q4_0}


def test_that_a_number_of_layers_that_was_asked_for_is_where_it_begins() -> None:
    plans = ladder(LoadPlan(2_048, KvType.Q8_0, 10), EIGHT_B, can_split=True)
    assert [plan.gpu_layers for plan in plans] == [10, 8, 7, 6, 5, 3, 2, 1, 0]


def test_that_with_memory_enough_nothing_is_left_out() -> None:
    plans = ladder(LoadPlan(16_384), EIGHT_B, can_split=True)
    assert without_those_too_large(plans, EIGHT_B, PLENTY) == plans


def test_that_what_is_too_large_is_not_tried() -> None:
    plans = ladder(LoadPlan(16_384), EIGHT_B, can_split=True)
    for plan in plans:
        ram = need_bytes(plan, EIGHT_B)
        assert without_those_too_large(plans, EIGHT_B, replace(PLENTY, ram=ram))[0] == plan


def test_that_the_smallest_is_tried_in_any_case() -> None:
    plans = ladder(LoadPlan(16_384), EIGHT_B, can_split=True)
    assert without_those_too_large(plans, EIGHT_B, Memory(ram=0, total_ram=8 * GB)) == plans[-1:]


def test_that_a_gpu_of_its_own_takes_as_many_layers_as_fit() -> None:
    plans = ladder(LoadPlan(8_192, KvType.F16, 37), EIGHT_B, can_split=True)
    roomy = Memory(ram=32 * GB, total_ram=32 * GB, gpu=24 * GB)
    assert without_those_too_large(plans, EIGHT_B, roomy)[0] == plans[0]
    tight = replace(roomy, gpu=6 * GB)
    first = without_those_too_large(plans, EIGHT_B, tight)[0]
    assert (first.context_length, first.kv_type) == (4_096, KvType.Q8_0)
    assert 0 < first.gpu_layers < 37
    tiny = replace(roomy, gpu=1 * GB)
    assert without_those_too_large(plans, EIGHT_B, tiny)[0].gpu_layers == 0


def test_that_shared_memory_is_counted_once_and_by_what_there_is() -> None:
    plans = ladder(LoadPlan(8_192, KvType.F16, 37), EIGHT_B, can_split=True)
    # Little is free, but the system makes room for what a GPU may take.
    mac = Memory(ram=2 * GB, total_ram=16 * GB, gpu=11 * GB, is_shared=True)
    assert without_those_too_large(plans, EIGHT_B, mac)[0] == plans[0]
    small = replace(mac, total_ram=8 * GB, gpu=5 * GB)
    assert without_those_too_large(plans, EIGHT_B, small)[0] != plans[0]


def test_that_files_beyond_all_memory_are_hopeless() -> None:
    assert is_hopeless(EIGHT_B, Memory(ram=4 * GB, total_ram=4 * GB))
    assert not is_hopeless(EIGHT_B, Memory(ram=1 * GB, total_ram=8 * GB))
    assert not is_hopeless(EIGHT_B, Memory(ram=4 * GB, total_ram=4 * GB, gpu=4 * GB))
    shared = Memory(ram=4 * GB, total_ram=4 * GB, gpu=4 * GB, is_shared=True)
    assert is_hopeless(EIGHT_B, shared)


def test_that_the_cache_is_counted_as_it_is_kept() -> None:
    exact, smaller = LoadPlan(8_192), LoadPlan(8_192, KvType.Q8_0)
    assert need_bytes(exact, EIGHT_B) - need_bytes(smaller, EIGHT_B) == pytest.approx(
        8_192 * EIGHT_B.kv_numbers * (2 - 34 / 32), abs=1
    )
    assert 8_192 * EIGHT_B.kv_numbers * 2 == 1_207_959_552  # 144 KiB a token
