"""The canvas of a picture turned by a few degrees."""

from __future__ import annotations

import pytest

from desktop.core.skew import straight_size
from tests.turned import to_straight


def test_that_nothing_changes_without_a_turn() -> None:
    assert straight_size(100, 50, 0) == (100, 50)
    assert to_straight((3, 4), (100, 50), 0) == (3, 4)


def test_that_a_quarter_turn_goes_clockwise() -> None:
    assert straight_size(100, 50, 90) == (50, 100)
    # The top left corner comes to the top right.
    assert to_straight((0, 0), (100, 50), 90) == pytest.approx((50, 0))
    assert straight_size(100, 50, -90) == (50, 100)
    assert to_straight((0, 0), (100, 50), -90) == pytest.approx((0, 100))


@pytest.mark.parametrize("degrees", [-8.5, -0.25, 3, 12])
def test_that_every_corner_stays_on_the_canvas(degrees: float) -> None:
    width, height = straight_size(640, 480, degrees)
    for corner in ((0, 0), (640, 0), (0, 480), (640, 480), (17, 333)):
        x, y = to_straight(corner, (640, 480), degrees)
        assert -0.01 <= x <= width + 0.01
        assert -0.01 <= y <= height + 0.01
