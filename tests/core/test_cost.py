"""What a picture costs, and what of it is lost."""

from __future__ import annotations

import pytest

from desktop.core.cost import LEGIBLE_PX, Remedy, cost_of, letters_seen, remedy_for
from desktop.core.types import PictureBudget, PictureLimits

ANY = PictureLimits()


def test_that_a_large_picture_is_counted_as_the_model_sees_it() -> None:
    cost = cost_of(4032, 3024, PictureBudget.NORMAL, ANY)
    assert (cost.width, cost.height) == (1152, 896)
    assert cost.tokens == 36 * 28 <= PictureBudget.NORMAL.tokens
    assert cost.is_reduced
    assert cost.scale == pytest.approx(0.29, abs=0.01)


def test_that_a_small_picture_loses_nothing() -> None:
    cost = cost_of(640, 480, PictureBudget.NORMAL, ANY)
    assert (cost.width, cost.height, cost.tokens) == (640, 480, 300)
    assert not cost.is_reduced


def test_that_letters_shrink_with_the_picture() -> None:
    cost = cost_of(2000, 3000, PictureBudget.NORMAL, ANY)
    assert letters_seen(30 / 3000, cost) == pytest.approx(30 * cost.height / 3000)


@pytest.mark.parametrize(
    ("letters", "budget", "remedy"),
    [
        (40, PictureBudget.NORMAL, None),
        (20, PictureBudget.NORMAL, Remedy.CLOSER),
        (12, PictureBudget.NORMAL, Remedy.REGION),
        (12, PictureBudget.DETAIL, Remedy.REGION),
        (20, PictureBudget.DETAIL, None),
        (5, PictureBudget.NORMAL, None),  # too small on the original: nothing helps
    ],
)
def test_that_the_remedy_is_the_smallest_that_helps(
    letters: int, budget: PictureBudget, remedy: Remedy | None
) -> None:
    assert remedy_for(letters / 3000, (2400, 3000), budget, ANY) is remedy


def test_that_looking_closer_is_not_offered_where_the_model_cannot() -> None:
    small = PictureLimits(min_tokens=9, max_tokens=64, best_tokens=25)
    assert remedy_for(30 / 3000, (2400, 3000), PictureBudget.NORMAL, small) is Remedy.REGION


def test_that_the_line_of_the_legible_is_where_it_is_said_to_be() -> None:
    size = (640, 640)  # shown as it is
    for pixels, is_lost in ((LEGIBLE_PX + 0.1, False), (LEGIBLE_PX - 0.1, False)):
        assert (remedy_for(pixels / 640, size, PictureBudget.NORMAL, ANY) is not None) is is_lost
