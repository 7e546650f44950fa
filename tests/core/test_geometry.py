"""Where something is, from picture to picture: exact maps, and their way back."""

from __future__ import annotations

import pytest

from desktop.core.geometry import (
    Mapping,
    Rect,
    model_to_upright,
    rect_of,
    scaling,
    to_origin,
    turned_size,
    turning,
    upright_to_file,
)
from desktop.core.model_spec import Coordinates
from desktop.core.skew import straight_size
from desktop.core.types import PictureOrigin, Region
from tests.turned import to_straight

SIZE = (400, 300)


def rounded(rect: Rect) -> tuple[float, float, float, float]:
    return (
        round(rect.left, 6),
        round(rect.top, 6),
        round(rect.right, 6),
        round(rect.bottom, 6),
    )


# --- rectangles -----------------------------------------------------------------------------------


def test_that_an_inverted_rectangle_is_put_upright() -> None:
    assert Rect(30, 40, 10, 20).upright() == Rect(10, 20, 30, 40)


def test_that_what_lies_outside_is_cut_off() -> None:
    assert Rect(-5, 10, 500, 20).within(SIZE) == Rect(0, 10, 400, 20)
    beyond = Rect(450, 10, 500, 20).within(SIZE)
    assert (beyond.left, beyond.width) == (400, 0)


@pytest.mark.parametrize(
    ("rect", "region"),
    [
        (Rect(10.2, 20.9, 30.1, 40.0), Region(10, 20, 31, 40)),
        (Rect(30, 40, 10, 20), Region(10, 20, 30, 40)),
        (Rect(9.9999999999, 20, 30.0000000001, 40), Region(10, 20, 30, 40)),
        (Rect(10.5, 10.5, 10.5, 10.5), Region(10, 10, 11, 11)),
        (Rect(-50, -50, -10, -10), Region(0, 0, 1, 1)),
        (Rect(900, 900, 950, 950), Region(399, 299, 400, 300)),
    ],
)
def test_that_a_region_is_the_whole_pixels_touched_and_never_empty(
    rect: Rect, region: Region
) -> None:
    assert rect.to_region(SIZE) == region


# --- maps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", range(-1, 6))
def test_that_turning_moves_the_corners_as_a_hand_would(turns: int) -> None:
    width, height = turned_size(SIZE, turns)
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    moved = [turning(SIZE, turns).point(*corner) for corner in Rect(0, 0, *SIZE).corners]
    assert moved == [corners[(n + turns) % 4] for n in range(4)]


@pytest.mark.parametrize("turns", range(4))
def test_that_every_map_has_a_way_back(turns: int) -> None:
    there = turning(SIZE, turns).then(scaling((2, 3), (5, 4))).then(Mapping(x0=7, y0=-2))
    back = there.then(there.inverse())
    assert rounded(back.rect(Rect(1, 2, 3, 4))) == (1, 2, 3, 4)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_that_an_upright_picture_covers_the_whole_file(orientation: int) -> None:
    upright = turned_size(SIZE, 1) if orientation >= 5 else SIZE
    mapped = upright_to_file(orientation, SIZE).rect(Rect(0, 0, *upright))
    assert rounded(mapped) == (0, 0, *SIZE)


def test_that_an_unknown_orientation_changes_nothing() -> None:
    assert upright_to_file(0, SIZE) == upright_to_file(99, SIZE) == Mapping()


# --- what a model writes --------------------------------------------------------------------------


def test_that_thousandths_spread_over_the_upright_picture() -> None:
    way = model_to_upright(Coordinates.RELATIVE_1000, (640, 480), (4000, 3000))
    assert way is not None
    assert rounded(way.rect(Rect(0, 500, 1000, 1000))) == (0, 1500, 4000, 3000)


def test_that_pixels_are_those_of_the_picture_as_it_was_seen() -> None:
    way = model_to_upright(Coordinates.ABSOLUTE, (640, 480), (4000, 3000))
    assert way is not None
    assert rounded(way.rect(Rect(64, 48, 320, 240))) == (400, 300, 2000, 1500)


def test_that_a_model_without_boxes_has_no_map() -> None:
    assert model_to_upright(Coordinates.NONE, (640, 480), (4000, 3000)) is None


# --- from a made picture to its original ----------------------------------------------------------


@pytest.mark.parametrize("turns", range(4))
def test_that_a_cut_and_turned_picture_lies_where_it_was_cut(turns: int) -> None:
    region = Region(100, 50, 300, 150)
    origin = PictureOrigin("a", 0, region, turns)
    size = turned_size((200, 100), turns)
    assert rounded(to_origin(origin, size, SIZE).rect(Rect(0, 0, *size))) == (100, 50, 300, 150)


def test_that_an_improved_picture_with_fewer_pixels_still_covers_its_original() -> None:
    origin = PictureOrigin("a", 0, is_improved=True)
    assert rounded(to_origin(origin, (200, 150), SIZE).rect(Rect(0, 0, 200, 150))) == (0, 0, *SIZE)


@pytest.mark.parametrize("degrees", [-9.0, 0.5, 7.5])
@pytest.mark.parametrize("shrunk", [1.0, 0.5])
def test_that_a_straightened_picture_leads_back_to_where_it_was_turned_from(
    degrees: float, shrunk: float
) -> None:
    grown = straight_size(*SIZE, degrees)
    size = round(grown[0] * shrunk), round(grown[1] * shrunk)
    origin = PictureOrigin("a", 0, is_improved=True, skew_degrees=degrees)
    way = to_origin(origin, size, SIZE)
    for point in ((0.0, 0.0), (200.0, 150.0), (399.0, 20.0), (33.0, 290.0)):
        turned = to_straight(point, SIZE, degrees)
        made = turned[0] * size[0] / grown[0], turned[1] * size[1] / grown[1]
        assert way.point(*made) == pytest.approx(point, abs=1e-6)


def test_that_a_region_is_the_same_as_a_continuous_rectangle() -> None:
    assert rect_of(Region(1, 2, 3, 4)) == Rect(1, 2, 3, 4)
