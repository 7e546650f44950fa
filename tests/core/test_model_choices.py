from __future__ import annotations

from msgspec.structs import fields

from desktop.core.model_choices import SamplingChoices
from desktop.core.types import GenerationSettings

OWN = GenerationSettings(max_tokens=9, temperature=0.5, seed=3, json_schema="{}")


def test_that_nothing_chosen_leaves_the_models_own() -> None:
    assert SamplingChoices().over(OWN) == OWN


def test_that_zero_is_a_choice_too() -> None:
    names = [field.name for field in fields(SamplingChoices)]
    zeros = SamplingChoices(**dict.fromkeys(names, 0)).over(OWN)
    assert {getattr(zeros, name) for name in names} == {0}
    assert zeros.json_schema == OWN.json_schema


def test_that_all_but_the_schema_can_be_chosen() -> None:
    chosen = {field.name for field in fields(SamplingChoices)}
    assert {field.name for field in fields(GenerationSettings)} - chosen == {"json_schema"}
