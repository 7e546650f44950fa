"""A small model of the catalogue, for tests of the store."""

from __future__ import annotations

from desktop.core.model_spec import Coordinates, LocalText, ModelSpec, ModelVariant
from desktop.core.types import GenerationSettings, PictureLimits


def mini(sampling: GenerationSettings, *variants: ModelVariant) -> ModelSpec:
    """Named `mini`, to be had in these forms."""
    return ModelSpec(
        id="mini",
        name="Mini",
        family="mini",
        licence=None,
        parameters=None,
        summary=LocalText("Small.", "小。"),
        good_at=frozenset(),
        coordinates=Coordinates.NONE,
        variants=variants,
        sampling=sampling,
        pictures=PictureLimits(9, 64, 16),
    )
