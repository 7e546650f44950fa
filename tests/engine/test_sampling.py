"""Both real engines draw alike from the same scores."""

from __future__ import annotations

import ctypes
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pytest
from llama_cpp import llama_cpp as lib
from msgspec.structs import replace

from desktop.core.types import GenerationSettings
from desktop.engine.llama_cpp import native
from desktop.engine.llama_cpp.sampling import Sampler
from tests.engine.conftest import skip_without_mlx

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row: TypeAlias = "Sequence[float]"

PLAIN = GenerationSettings(temperature=1.0, top_p=1.0, top_k=0, presence_penalty=0.0, seed=3)
GREEDY = replace(PLAIN, temperature=0.0)
HOT = replace(PLAIN, temperature=50.0)  # as good as even among what is left to draw from
_MANY = 300
LOGITS = [0.0, 3.0, 2.0, 1.0, -1.0, 2.9]


@pytest.fixture(autouse=True, scope="module")
def llama() -> None:
    native.start()


def of_llama(settings: GenerationSettings, rows: Iterable[Row]) -> list[int]:
    """What llama.cpp's chain draws from each row; it needs no model."""
    drawn: list[int] = []
    with Sampler(settings, _MANY) as sampler:
        for row in rows:
            scores = np.array(row, np.float32)
            sampler.penalise(scores)
            data = (lib.llama_token_data * len(row))(*((i, x, 0.0) for i, x in enumerate(scores)))
            array = lib.llama_token_data_array(data, len(row), -1, False)
            lib.llama_sampler_apply(sampler._chain, ctypes.byref(array))
            drawn.append(array.data[array.selected].id)
            sampler.remember(drawn[-1])
    return drawn


def of_mlx(settings: GenerationSettings, rows: Iterable[Row]) -> list[int]:
    skip_without_mlx()
    import mlx.core as mx  # noqa: PLC0415 - only where it is installed

    from desktop.engine.mlx.sampling import MlxSampler  # noqa: PLC0415

    sampler = MlxSampler(settings)
    return [int(sampler.draw(mx.array(list(row))).item()) for row in rows]


ENGINES = pytest.mark.parametrize("draw", [of_llama, of_mlx], ids=["llama.cpp", "mlx"])


@pytest.mark.parametrize(
    "change",
    [
        {"presence_penalty": 1.5},
        {"presence_penalty": -0.5},
        {"repetition_penalty": 1.3},
        {"repetition_penalty": 0.8},
        {"presence_penalty": 0.7, "repetition_penalty": 1.15},
    ],
)
def test_that_penalties_change_the_same_scores_by_the_same(change: dict[str, float]) -> None:
    rng = np.random.default_rng(5)
    # A third of the tokens is in the window most of the time; of every other row all are below 0.
    rows = rng.normal(0, 1, (400, _MANY)).astype(np.float32)
    rows[::2] -= 5
    settings = replace(GREEDY, **change)
    tokens = of_llama(settings, rows.tolist())
    assert tokens != of_llama(GREEDY, rows.tolist())
    assert tokens == of_mlx(settings, rows.tolist())


@ENGINES
@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({}, {0, 1, 2, 3, 4, 5}),
        ({"top_k": 3}, {1, 5, 2}),
        ({"top_p": 0.5}, {1, 5}),
        ({"top_p": 0.0}, {1}),
        # At least e^-1.01 of the likeliest's share: a score of 3 - 1.01 or more.
        ({"min_p": 0.364}, {1, 5, 2}),
        ({"min_p": 0.372}, {1, 5}),
        ({"min_p": 1.0}, {1}),
        # Each one after the other: three are left by top-k, of these top-p leaves two.
        ({"top_k": 3, "top_p": 0.8}, {1, 5}),
        ({"top_p": 0.95, "min_p": 0.1}, {1, 5, 2, 3}),
        # Penalties come first: the best, once drawn, falls below the others.
        ({"top_k": 1, "presence_penalty": 0.5}, {1, 5}),
    ],
    ids=str,
)
def test_that_the_same_tokens_are_left_to_draw_from(
    draw: object, change: dict[str, float], left: set[int]
) -> None:
    assert callable(draw)
    settings = replace(HOT, **change)
    assert set(draw(settings, [LOGITS] * 200)) == left


@ENGINES
def test_that_temperature_comes_last(draw: object) -> None:
    assert callable(draw)
    # With the temperature before it, a share of 0.3 would leave all of them.
    assert set(draw(replace(HOT, min_p=0.3), [LOGITS] * 200)) == {1, 5, 2}
    seen = Counter(draw(PLAIN, [LOGITS] * 1500))
    chances = np.exp(LOGITS) / np.exp(LOGITS).sum()
    for token, chance in enumerate(chances):
        assert abs(seen[token] / 1500 - chance) < 0.05


@ENGINES
def test_that_a_repetition_penalty_of_one_changes_nothing(draw: object) -> None:
    assert callable(draw)
    assert draw(replace(GREEDY, repetition_penalty=1.0), [LOGITS] * 5) == [1] * 5


@ENGINES
def test_that_a_repetition_penalty_is_forgotten_after_its_window(draw: object) -> None:
    assert callable(draw)
    first, other = [9.0, 8.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 99.0, 0.0, 0.0, 0.0]
    drawn = draw(replace(GREEDY, repetition_penalty=1.5), [first, *[other] * 255, first, first])
    assert (drawn[0], drawn[256], drawn[257]) == (0, 1, 0)
