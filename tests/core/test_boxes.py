"""The boxes that an answer names, in all the ways that models write them."""

from __future__ import annotations

import json
import time

import pytest

from desktop.core.boxes import Doubt, checked, find_boxes
from desktop.core.geometry import Rect
from desktop.core.model_spec import Coordinates

RELATIVE, ABSOLUTE = Coordinates.RELATIVE_1000, Coordinates.ABSOLUTE
ONE = '{"bbox_2d": [640, 100, 910, 400], "label": "red square"}'


def rects(text: str, way: Coordinates = RELATIVE) -> list[tuple[float, ...]]:
    boxes = find_boxes(text, way)
    return [(b.rect.left, b.rect.top, b.rect.right, b.rect.bottom) for b in boxes]


def test_that_a_bare_object_is_a_box_and_knows_its_place() -> None:
    text = f"Here it is: {ONE} as you see."
    (box,) = find_boxes(text, RELATIVE)
    assert box.rect == Rect(640, 100, 910, 400)
    assert box.label == "red square"
    assert text[box.start : box.end] == ONE
    assert box.doubt is None


@pytest.mark.parametrize("key", ["bbox_2d", "bbox", "bounding_box"])
def test_that_several_names_for_a_box_are_known(key: str) -> None:
    assert rects(f'{{"{key}": [1, 2, 3, 4]}}') == [(1, 2, 3, 4)]


def test_that_googles_way_has_y_before_x() -> None:
    assert rects('{"box_2d": [100, 200, 300, 400], "label": "x"}') == [(200, 100, 400, 300)]


def test_that_a_fenced_list_gives_all_its_boxes_in_order() -> None:
    listed = [{"bbox_2d": [n, n, n + 5, n + 5], "label": f"n{n}"} for n in range(1, 4)]
    text = f"I found it:\n```json\n{json.dumps(listed, indent=2)}\n```\nDone."
    assert [box.label for box in find_boxes(text, RELATIVE)] == ["n1", "n2", "n3"]


def test_that_boxes_within_objects_and_lists_of_lists_are_found() -> None:
    text = '{"found": [{"bbox": [[1, 2, 3, 4], [5, 6, 7, 8]], "name": "two"}], "count": 2}'
    assert rects(text) == [(1, 2, 3, 4), (5, 6, 7, 8)]
    assert {box.label for box in find_boxes(text, RELATIVE)} == {"two"}


def test_that_a_label_belongs_to_its_own_object_only() -> None:
    text = '{"label": "outer", "parts": [{"bbox_2d": [1, 2, 3, 4]}], "bbox_2d": [5, 6, 7, 8]}'
    assert {(b.rect.left, b.label) for b in find_boxes(text, RELATIVE)} == {(1, ""), (5, "outer")}


def test_that_other_numbers_of_an_object_are_no_box() -> None:
    assert rects('{"bbox_2d": [1, 2, 3, 4], "size": [5, 6, 7, 8]}') == [(1, 2, 3, 4)]
    assert rects('{"total": [1, 2, 3, 4]}') == []


@pytest.mark.parametrize("length", range(len(ONE)))
def test_that_a_cut_off_answer_never_gives_a_box_that_was_not_whole(length: int) -> None:
    text = f"[{ONE},\n {ONE[:length]}"
    found = rects(text)
    assert set(found) == {(640, 100, 910, 400)}
    assert len(found) == (2 if "]" in ONE[:length] else 1)


def test_that_a_list_without_its_end_still_gives_its_whole_boxes() -> None:
    assert rects('{"bbox": [[1, 2, 3, 4], [5, 6, 7') == [(1, 2, 3, 4)]


def test_that_labels_are_decoded_and_kept_short() -> None:
    text = '{"bbox_2d": [1, 2, 3, 4], "label": "a \\"q\\" \\u7ea2\\n x"}'
    assert find_boxes(text, RELATIVE)[0].label == 'a "q" 红 x'
    long = json.dumps({"bbox_2d": [1, 2, 3, 4], "label": "w" * 5000})
    assert len(find_boxes(long, RELATIVE)[0].label) == 200


def test_that_single_quotes_and_braces_in_labels_do_no_harm() -> None:
    assert rects("{'bbox_2d': [1, 2, 3, 4], 'label': 'x'}") == [(1, 2, 3, 4)]
    text = '{"label": "a } b { c", "bbox_2d": [1, 2, 3, 4]}'
    assert find_boxes(text, RELATIVE)[0].label == "a } b { c"


def test_that_a_quote_in_the_prose_before_does_no_harm() -> None:
    assert rects(f"The 5\" screen, and it's: {ONE}") == [(640, 100, 910, 400)]


@pytest.mark.parametrize(
    ("named", "picture", "page"),
    [
        ('"image": 2', 2, None),
        ('"picture": "3"', 3, None),
        ('"image_index": 0', 1, None),
        ('"page": 12', None, 12),
        ('"x": 1', None, None),
    ],
)
def test_that_a_named_picture_or_page_is_read(
    named: str, picture: int | None, page: int | None
) -> None:
    (box,) = find_boxes(f'{{"bbox_2d": [1, 2, 3, 4], {named}}}', RELATIVE)
    assert (box.picture, box.page) == (picture, page)


# --- doubts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "doubt"),
    [
        ("0, 0, 1000, 1000", None),
        ("10.5, 20.25, 30, 40", None),
        ("-1, 0, 10, 10", Doubt.OUTSIDE),
        ("0, 0, 1001, 10", Doubt.OUTSIDE),
        ("10, 10, 10, 20", Doubt.EMPTY),
        ("10, 10, 20, 10", Doubt.EMPTY),
        ("20, 10, 10, 30", Doubt.INVERTED),
        ("10, 30, 20, 10", Doubt.INVERTED),
    ],
)
def test_that_a_box_that_can_hardly_be_right_is_doubted(numbers: str, doubt: Doubt | None) -> None:
    (box,) = find_boxes(f'{{"bbox_2d": [{numbers}]}}', RELATIVE)
    assert box.doubt is doubt


def test_that_pixels_are_doubted_against_the_picture_as_it_was_seen() -> None:
    (box,) = find_boxes('{"bbox_2d": [1200, 10, 1400, 90]}', ABSOLUTE)
    assert box.doubt is None
    assert checked(box, ABSOLUTE, (1500, 100)).doubt is None
    assert checked(box, ABSOLUTE, (1300, 100)).doubt is Doubt.OUTSIDE


def test_that_a_model_without_boxes_gives_none() -> None:
    assert find_boxes(ONE, Coordinates.NONE) == ()


@pytest.mark.parametrize("text", ["", "{", "[", "{[", "}{][", '{"bbox_2d": [', "{ " * 50])
def test_that_no_text_is_too_broken(text: str) -> None:
    assert find_boxes(text, RELATIVE) == ()


def test_that_a_model_that_repeats_itself_is_not_followed_for_ever() -> None:
    started = time.perf_counter()
    assert len(find_boxes(f"{ONE},\n" * 5_000, RELATIVE)) == 500
    assert find_boxes('{"a": ' * 20_000 + "[", RELATIVE) == ()
    assert time.perf_counter() - started < 5
