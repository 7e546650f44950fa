"""What a person chose for one model, over what the model brings along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict, replace

from desktop.core.types import Adapter, EngineKind

if TYPE_CHECKING:
    from desktop.core.types import GenerationSettings


class SamplingChoices(Struct, frozen=True):
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
        return replace(defaults, **{k: v for k, v in asdict(self).items() if v is not None})


class ModelChoices(Struct, frozen=True):
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
