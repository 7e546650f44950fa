from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

pytest.importorskip("mlx_vlm", reason="MLX is not installed on this kind of computer")

import mlx.core as mx

from desktop.core.types import GenerationSettings
from desktop.engine.mlx.sampling import MlxSampler

PLAIN = GenerationSettings(temperature=1.0, top_p=1.0, top_k=0, presence_penalty=0.0, seed=3)
GREEDY = replace(PLAIN, temperature=0.0)
LOGITS = [0.0, 3.0, 2.0, 1.0, -1.0, 2.9]


def drawn(
    settings: GenerationSettings, count: int = 1, logits: list[float] | None = None
) -> list[int]:
    sampler = MlxSampler(settings)
    row = mx.array(logits or LOGITS)
    return [int(sampler.draw(row).item()) for _ in range(count)]


def test_that_temperature_zero_takes_the_best() -> None:
    assert drawn(GREEDY, 5) == [1] * 5


@pytest.mark.parametrize("change", [{"top_k": 1}, {"top_p": 0.0}, {"top_p": 0.01}])
def test_that_a_choice_of_one_is_the_best_at_any_temperature(change: dict[str, float]) -> None:
    assert drawn(replace(PLAIN, temperature=50.0, **change), 20) == [1] * 20


def test_that_top_k_keeps_the_best_k() -> None:
    assert set(drawn(replace(PLAIN, temperature=50.0, top_k=3), 200)) == {1, 2, 5}


def test_that_top_p_keeps_the_smallest_set_that_reaches_it() -> None:
    # Chances of 1, 5, 2, 3, 0, 4: 0.39, 0.35, 0.14, 0.05, 0.02, 0.01
    assert set(drawn(replace(PLAIN, temperature=50.0, top_p=0.5), 200)) == {1, 5}


def test_that_temperature_one_draws_by_the_models_chances() -> None:
    chances = mx.softmax(mx.array(LOGITS)).tolist()
    seen = Counter(drawn(PLAIN, 3000))
    for token, chance in enumerate(chances):
        assert abs(seen[token] / 3000 - chance) < 0.04


def test_that_a_seed_decides_and_none_does_not() -> None:
    assert drawn(PLAIN, 30) == drawn(PLAIN, 30)
    assert drawn(PLAIN, 30) != drawn(replace(PLAIN, seed=4), 30)
    loose = replace(PLAIN, seed=None, temperature=20.0)
    assert len({tuple(drawn(loose, 12)) for _ in range(4)}) > 1
    assert drawn(replace(PLAIN, seed=-1), 3)


def test_that_a_presence_penalty_counts_once_however_often_a_token_came() -> None:
    firm = replace(GREEDY, presence_penalty=1.5)
    # 1 (3.0), then 5 (2.9 > 1.5), then 2 (2.0), then the best of 1.5, 1.4, 0.5, 1.0: 1 again, and
    # again, since a second time costs nothing more.
    assert drawn(firm, 6) == [1, 5, 2, 1, 1, 1]


def test_that_a_presence_penalty_is_forgotten_after_its_window() -> None:
    sampler = MlxSampler(replace(GREEDY, presence_penalty=5.0))
    first = mx.array([9.0, 8.0, 0.0])
    assert int(sampler.draw(first).item()) == 0
    other = mx.array([0.0, 0.0, 99.0])
    for _ in range(255):
        assert int(sampler.draw(other).item()) == 2
    assert int(sampler.draw(first).item()) == 1  # the first token is still in the window
    assert int(sampler.draw(first).item()) == 0
