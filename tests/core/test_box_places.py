"""Which picture a box belongs to, and where it lies there."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.box_places import LookedAt, place_boxes, way_to_root
from desktop.core.boxes import Doubt
from desktop.core.geometry import Mapping, Rect
from desktop.core.model_spec import Coordinates
from desktop.core.types import (
    ImageAttachment,
    PictureBudget,
    PictureLimits,
    PictureOrigin,
    Region,
)

SIZE = (2000, 1000)


def picture(sha256: str = "a", page: int = 0, page_count: int = 1) -> ImageAttachment:
    return ImageAttachment(
        sha256, "image/png", *SIZE, page, Path(sha256), f"{sha256}.png", page_count
    )


def looked_at(*pictures: ImageAttachment, way: Coordinates = Coordinates.RELATIVE_1000) -> LookedAt:
    return LookedAt(pictures, PictureBudget.FAST, PictureLimits(), way)


def test_that_thousandths_become_pixels_of_the_upright_original() -> None:
    (box,) = place_boxes('{"bbox_2d": [250, 100, 500, 1000]}', looked_at(picture()))
    sides = (box.rect.left, box.rect.top, box.rect.right, box.rect.bottom)
    assert sides == pytest.approx((500, 100, 1000, 1000))
    assert (box.number, box.picture, box.doubt) == (0, 0, None)


def test_that_pixels_of_the_picture_as_it_was_seen_are_scaled_back() -> None:
    seen = 736, 352  # of 256 tokens at most
    text = f'{{"bbox_2d": [0, 0, {seen[0] // 2}, {seen[1]}]}}'
    (box,) = place_boxes(text, looked_at(picture(), way=Coordinates.ABSOLUTE))
    assert box.rect == Rect(0, 0, 1000, 1000)
    text = f'{{"bbox_2d": [0, 0, {seen[0] + 1}, 5]}}'
    (box,) = place_boxes(text, looked_at(picture(), way=Coordinates.ABSOLUTE))
    assert box.doubt is Doubt.OUTSIDE


def test_that_without_pictures_there_are_no_places() -> None:
    assert place_boxes('{"bbox_2d": [1, 2, 3, 4]}', looked_at()) == ()


@pytest.mark.parametrize(
    ("named", "index"),
    [("", 0), (', "image": 2', 1), (', "picture": 3', 2), (', "image": 4', 0), (', "image": 0', 0)],
)
def test_that_a_box_belongs_to_the_picture_it_names_or_to_the_first(named: str, index: int) -> None:
    pictures = [picture(name) for name in "abc"]
    (box,) = place_boxes(f'{{"bbox_2d": [1, 2, 3, 4]{named}}}', looked_at(*pictures))
    assert box.picture == index


def test_that_a_page_is_found_by_its_number() -> None:
    pages = [picture("d", page, 9) for page in (3, 7)]
    (box,) = place_boxes('{"page": 8, "bbox_2d": [1, 2, 3, 4]}', looked_at(*pages))
    assert box.picture == 1


def test_that_doubtful_boxes_keep_their_number_among_the_others() -> None:
    text = '[{"bbox_2d": [5, 5, 5, 5]}, {"bbox_2d": [1, 2, 3, 4]}]'
    boxes = place_boxes(text, looked_at(picture()))
    assert [(box.number, box.doubt) for box in boxes] == [(0, Doubt.EMPTY), (1, None)]


def test_that_a_picture_by_itself_is_its_own_root() -> None:
    assert way_to_root(picture(), picture()) == Mapping()


def test_that_a_crop_leads_to_its_place_on_the_root() -> None:
    origin = PictureOrigin("a", 0, Region(100, 200, 600, 450))
    crop = ImageAttachment("c", "image/png", 500, 250, 0, Path("c"), "c.png", origin=origin)
    assert way_to_root(crop, picture()).rect(Rect(0, 0, 500, 250)) == Rect(100, 200, 600, 450)
