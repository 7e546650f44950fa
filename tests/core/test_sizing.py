from __future__ import annotations

import random

import pytest

from desktop.core.sizing import TOKEN_SIDE, target_size
from desktop.core.types import PictureBudget, PictureLimits

LIMITS = [PictureLimits(), PictureLimits(9, 64, 16), PictureLimits(64, 1024), PictureLimits(4, 256)]


def many_sizes() -> list[tuple[int, int]]:
    chosen = random.Random(7)
    ends = [(1, 1), (1, 20000), (20000, 1), (32, 32), (128, 128), (12000, 9000), (4096, 1024)]
    return ends + [
        (int(2 ** chosen.uniform(0, 14)), int(2 ** chosen.uniform(0, 14))) for _ in range(400)
    ]


def tokens(size: tuple[int, int]) -> int:
    return size[0] * size[1] // TOKEN_SIDE**2


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("budget", PictureBudget)
def test_that_every_size_is_whole_tokens_within_budget_and_limits(
    budget: PictureBudget, limits: PictureLimits
) -> None:
    for width, height in many_sizes():
        size = target_size(width, height, budget, limits)
        assert size[0] % TOKEN_SIDE == 0, (width, height)
        assert size[1] % TOKEN_SIDE == 0, (width, height)
        most = min(budget.tokens, limits.max_tokens)
        assert limits.min_tokens <= tokens(size) <= most, (width, height, size)


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("budget", PictureBudget)
def test_that_the_aspect_ratio_is_kept_within_one_token(
    budget: PictureBudget, limits: PictureLimits
) -> None:
    for width, height in many_sizes():
        if max(width, height) > 4 * min(width, height):
            continue  # where one side is a token or two, the limits count more than the aspect
        columns, rows = (side // TOKEN_SIDE for side in target_size(width, height, budget, limits))
        # Some scale gives both sides within one token of what was chosen.
        smallest = max((columns - 1) / width, (rows - 1) / height)
        largest = min((columns + 1) / width, (rows + 1) / height)
        assert smallest <= largest, (width, height, columns, rows)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (1000, 750), (33, 500), (512, 511)])
def test_that_a_picture_within_the_budget_keeps_its_size_within_half_a_token(
    width: int, height: int
) -> None:
    size = target_size(width, height, PictureBudget.DETAIL, PictureLimits())
    assert abs(size[0] - width) <= TOKEN_SIDE // 2
    assert abs(size[1] - height) <= TOKEN_SIDE // 2


def test_that_a_large_picture_uses_most_of_its_budget() -> None:
    for budget in PictureBudget:
        size = target_size(4000, 3000, budget, PictureLimits())
        assert budget.tokens * 0.9 <= tokens(size) <= budget.tokens


@pytest.mark.parametrize(("width", "height"), [(128, 128), (20, 20), (3000, 3000), (1, 1)])
def test_that_square_pictures_get_the_size_that_the_model_knows_best(
    width: int, height: int
) -> None:
    size = target_size(width, height, PictureBudget.NORMAL, PictureLimits(9, 64, 16))
    assert size == (128, 128)


def test_that_other_shapes_come_near_the_size_that_the_model_knows_best() -> None:
    for width, height in many_sizes():
        if max(width, height) <= 4 * min(width, height):
            size = target_size(width, height, PictureBudget.NORMAL, PictureLimits(9, 64, 16))
            assert 10 <= tokens(size) <= 24, (width, height, size)


def test_that_another_token_side_is_honoured() -> None:
    width, height = target_size(1000, 700, PictureBudget.NORMAL, PictureLimits(), token_side=28)
    assert width % 28 == 0
    assert height % 28 == 0
