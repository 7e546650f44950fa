"""Loading a model in the largest way for which there is memory: the same for every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.step_down import (
    LoadPlan,
    is_hopeless,
    ladder,
    need_bytes,
    without_those_too_large,
)
from desktop.engine.api import Reduction
from desktop.engine.shared.memory import out_of_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.core.step_down import Memory, ModelSize

Loaded = TypeVar("Loaded")


class LoadSteps(Struct, frozen=True):
    """Ways to load a model, the largest that should fit first.

    Attributes:
        wanted: As asked for, whether or not it fits.
        plans: To be tried in this order; at least one.
    """

    wanted: LoadPlan
    plans: tuple[LoadPlan, ...]

    def load(self, attempt: Callable[[LoadPlan], Loaded]) -> tuple[Loaded, Reduction | None]:
        """The first attempt for which there is memory, and what was made smaller for it.

        Raises:
            EngineError: OUT_OF_MEMORY of the last attempt, and whatever else an attempt raises.
        """
        for plan in self.plans[:-1]:
            try:
                return attempt(plan), reduction(self.wanted, plan)
            except EngineError as error:
                if error.code is not ErrorCode.OUT_OF_MEMORY:
                    raise
        return attempt(self.plans[-1]), reduction(self.wanted, self.plans[-1])


def load_steps(
    wanted: LoadPlan, size: ModelSize, memory: Memory, *, can_split: bool, is_cautious: bool
) -> LoadSteps:
    """How to go about a load.

    Raises:
        EngineError: OUT_OF_MEMORY for a model that is larger than the machine's memory.
    """
    plans = ladder(wanted, size, can_split=can_split)
    if is_hopeless(size, memory):
        raise out_of_memory(need_bytes(plans[-1], size), memory.ram)
    if is_cautious:
        return LoadSteps(wanted, plans[-1:])
    return LoadSteps(wanted, without_those_too_large(plans, size, memory))


def limit_met(asked: int | None, wanted: int, reduced: Reduction | None) -> int | None:
    """The model's own context length, where more was `asked` for and it is used; else None.

    `wanted` is the length that was asked for or chosen, after that limit.
    """
    is_shorter = reduced is not None and reduced.context_length is not None
    return wanted if asked is not None and asked > wanted and not is_shorter else None


def reduction(wanted: LoadPlan, plan: LoadPlan) -> Reduction | None:
    """What a plan has less of than was wanted; None when it is the same."""
    if plan == wanted:
        return None
    is_shorter = plan.context_length < wanted.context_length
    return Reduction(
        context_length=plan.context_length if is_shorter else None,
        context_wanted=wanted.context_length if is_shorter else None,
        kv_type=plan.kv_type if plan.kv_type is not wanted.kv_type else None,
        gpu_layers=plan.gpu_layers if plan.gpu_layers < wanted.gpu_layers else None,
    )
