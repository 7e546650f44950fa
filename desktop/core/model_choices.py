"""What a person chose for one model, over what the model brings along."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktop.core.types import Adapter, EngineKind

if TYPE_CHECKING:
    from desktop.core.types import GenerationSettings


@dataclass(frozen=True, slots=True)
class SamplingChoices:
    """As `GenerationSettings`; None leaves the model's own default."""

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None

    def over(self, defaults: GenerationSettings) -> GenerationSettings:
        """The defaults, with what was chosen in their place."""
        chosen = {name: getattr(self, name) for name in self.__slots__}
        return replace(defaults, **{k: v for k, v in chosen.items() if v is not None})


@dataclass(frozen=True, slots=True)
class ModelChoices:
    """All that was chosen for one model; the default is nothing.

    Attributes:
        engine: What runs it, where it is here in more than one form.
        sampling: How its answers are drawn.
        system_prompt: What it is told before every conversation.
        adapters: Low-rank adaptations, in the order in which they are applied.
    """

    engine: EngineKind | None = None
    sampling: SamplingChoices = SamplingChoices()
    system_prompt: str = ""
    adapters: tuple[Adapter, ...] = ()
