from __future__ import annotations

import pytest

from desktop.core.errors import EngineError, ErrorCode, ModelError
from desktop.core.step_down import LoadPlan, Memory, ModelSize
from desktop.core.types import KvType
from desktop.engine.api import Reduction
from desktop.engine.shared.stepping import LoadSteps, load_steps, reduction

GB = 1_000_000_000
SIZE = ModelSize(5 * GB, GB, 36, 73_728)
WANTED = LoadPlan(16_384, KvType.F16, 37)
PLENTY = Memory(64 * GB, 64 * GB)


def steps(memory: Memory = PLENTY, *, is_cautious: bool = False) -> LoadSteps:
    return load_steps(WANTED, SIZE, memory, can_split=True, is_cautious=is_cautious)


class Machine:
    """Loads plans with at most so many tokens of context, and remembers what it was asked for."""

    def __init__(self, most_tokens: int, code: ErrorCode = ErrorCode.OUT_OF_MEMORY) -> None:
        self.most_tokens = most_tokens
        self.code = code
        self.asked: list[LoadPlan] = []

    def attempt(self, plan: LoadPlan) -> str:
        self.asked.append(plan)
        if plan.context_length > self.most_tokens:
            raise EngineError("no.", self.code)
        return "loaded"


def test_that_the_first_attempt_is_as_wanted() -> None:
    machine = Machine(most_tokens=16_384)
    assert steps().load(machine.attempt) == ("loaded", None)
    assert machine.asked == [WANTED]


def test_that_one_step_after_another_is_tried_until_one_fits() -> None:
    machine = Machine(most_tokens=4_096)
    loaded, reduced = steps().load(machine.attempt)
    assert loaded == "loaded"
    assert reduced == Reduction(context_length=4_096, context_wanted=16_384)
    assert [plan.context_length for plan in machine.asked] == [16_384, 8_192, 4_096]


def test_that_the_last_failure_is_the_loads() -> None:
    machine = Machine(most_tokens=0)
    with pytest.raises(EngineError) as caught:
        steps().load(machine.attempt)
    assert caught.value.code is ErrorCode.OUT_OF_MEMORY
    assert machine.asked[-1] == LoadPlan(2_048, KvType.Q8_0, 0)
    assert len(machine.asked) == len(set(machine.asked))


def test_that_another_failure_is_not_tried_again() -> None:
    machine = Machine(most_tokens=0, code=ErrorCode.ENGINE_FAILED)
    with pytest.raises(EngineError) as caught:
        steps().load(machine.attempt)
    assert caught.value.code is ErrorCode.ENGINE_FAILED
    assert machine.asked == [WANTED]

    def damaged(_plan: LoadPlan) -> str:
        raise ModelError("damaged.", ErrorCode.MODEL_UNREADABLE)

    with pytest.raises(ModelError):
        steps().load(damaged)


def test_that_a_cautious_load_has_one_attempt() -> None:
    machine = Machine(most_tokens=16_384)
    loaded, reduced = steps(is_cautious=True).load(machine.attempt)
    assert loaded == "loaded"
    assert machine.asked == [LoadPlan(2_048, KvType.Q8_0, 0)]
    assert reduced == Reduction(2_048, KvType.Q8_0, 0, context_wanted=16_384)


def test_that_what_the_estimate_refuses_is_not_tried() -> None:
    machine = Machine(most_tokens=16_384)
    _, reduced = steps(Memory(7 * GB, 8 * GB)).load(machine.attempt)
    assert len(machine.asked) == 1
    assert reduced == reduction(WANTED, machine.asked[0])
    assert reduced is not None


def test_that_a_model_beyond_the_machine_is_refused_with_both_sizes() -> None:
    with pytest.raises(EngineError) as caught:
        steps(Memory(3 * GB, 4 * GB))
    assert caught.value.code is ErrorCode.OUT_OF_MEMORY
    assert caught.value.details == {"needed": "7.8 GB", "available": "3.0 GB"}


def test_that_only_what_is_less_is_named() -> None:
    assert reduction(WANTED, WANTED) is None
    fewer = LoadPlan(16_384, KvType.F16, 20)
    assert reduction(WANTED, fewer) == Reduction(gpu_layers=20)
