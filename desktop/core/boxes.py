"""The boxes that an answer names: JSON as Qwen and others write it, whole or cut off.

Read from the text, not from a parsed document: an answer may wrap its JSON in prose or a fence, and
may stop in the middle of it. Whatever stands there complete is found.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from desktop.core.geometry import RELATIVE_SIDE, Rect
from desktop.core.model_spec import Coordinates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.core.geometry import Size

_NUMBER = r"-?\d+(?:\.\d+)?"
_FOUR = rf"\[\s*({_NUMBER})\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\]"
_FOUR_NUMBERS = re.compile(_FOUR)
_BOX_KEY = re.compile(r"([\"'])(?P<key>bbox_2d|bbox|box_2d|bounding_box)\1\s*:\s*\[")
_LABEL = re.compile(
    r"([\"'])(?:label|name|class|category|object|text_content|text|description)\1\s*:\s*"
    r"(?P<value>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
)
_PLACE = re.compile(
    r"([\"'])(?P<key>image|picture|page)(?:_index|_id|_number)?\1\s*:\s*[\"']?(?P<value>\d{1,5})\b"
)
_MOST_BOXES = 500  # more are a model that repeats itself
_LONGEST_LABEL = 200


class Doubt(StrEnum):
    """Why a box can hardly be right."""

    OUTSIDE = "outside"  # some of it lies outside the picture
    EMPTY = "empty"  # no width or no height
    INVERTED = "inverted"  # its right is left of its left, or its bottom above its top


class Box(Struct, frozen=True):
    """One box as an answer names it.

    Attributes:
        rect: In the model's numbers, as written.
        label: What it says is there; may be empty.
        start: Where its JSON object begins in the text, in characters.
        end: Where that ends, exclusive.
        picture: Which of the question's pictures it names, from 1; None when it names none.
        page: Which page it names, from 1.
        doubt: Set when the box can hardly be right.
    """

    rect: Rect
    label: str
    start: int
    end: int
    picture: int | None = None
    page: int | None = None
    doubt: Doubt | None = None


def find_boxes(text: str, coordinates: Coordinates) -> tuple[Box, ...]:
    """The boxes in an answer, in its order; none for a model without a known way to write them.

    Boxes of pixels are checked against the picture's size by `checked`, which this cannot know.
    """
    if coordinates is Coordinates.NONE or "[" not in text or "{" not in text:
        return ()
    extent = (RELATIVE_SIDE, RELATIVE_SIDE) if coordinates is Coordinates.RELATIVE_1000 else None
    found: list[Box] = []
    for start, end, own in _objects(text):
        for box in _boxes_of(own, start, end):
            found.append(replace(box, doubt=_doubt(box.rect, extent)))
            if len(found) == _MOST_BOXES:
                return tuple(found)
    return tuple(found)


def checked(box: Box, coordinates: Coordinates, seen: Size) -> Box:
    """The box with its doubt, now that the size of the picture the model saw is known."""
    side = RELATIVE_SIDE
    extent = (side, side) if coordinates is Coordinates.RELATIVE_1000 else seen
    return replace(box, doubt=_doubt(box.rect, extent))


def _doubt(rect: Rect, extent: Size | None) -> Doubt | None:
    if rect.width < 0 or rect.height < 0:
        return Doubt.INVERTED
    if rect.width == 0 or rect.height == 0:
        return Doubt.EMPTY
    is_out = rect.left < 0 or rect.top < 0
    if extent is not None:
        is_out = is_out or rect.right > extent[0] or rect.bottom > extent[1]
    return Doubt.OUTSIDE if is_out else None


def _boxes_of(own: str, start: int, end: int) -> Iterator[Box]:
    """The boxes of one object: one, or several under one label."""
    keys = list(_BOX_KEY.finditer(own))
    if not keys:
        return
    label = _label(own)
    places = {match["key"]: int(match["value"]) for match in _PLACE.finditer(own)}
    picture = places.get("image", places.get("picture"))
    for key in keys:
        for four in _FOUR_NUMBERS.finditer(own, key.end() - 1):
            between = own[key.end() : four.start()]
            if not _is_same_list(between):
                break
            numbers = [float(four[index]) for index in range(1, 5)]
            if key["key"] == "box_2d":  # Google's models write y before x under this name
                numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
            yield Box(
                Rect(*numbers),
                label,
                start,
                end,
                # Counted from 1 as people do; a 0 can only mean the first.
                picture=None if picture is None else max(1, picture),
                page=places.get("page"),
            )


def _is_same_list(between: str) -> bool:
    """Whether only other boxes of the same list stand between its start and one of its boxes."""
    return not _FOUR_NUMBERS.sub("", between).strip(" \t\r\n,[")


def _label(own: str) -> str:
    match = _LABEL.search(own)
    if match is None:
        return ""
    value = match["value"]
    plain = value[1:-1]
    if value[0] == '"':
        with suppress(ValueError):  # a broken escape: as it stands
            plain = json.loads(value)
    return " ".join(plain.split())[:_LONGEST_LABEL]


def _objects(text: str) -> Iterator[tuple[int, int, str]]:
    """Every `{...}` in order of its start, with its own text: inner objects blanked out.

    One that is not closed goes to the text's end.
    """
    found: list[tuple[int, int, list[tuple[int, int]]]] = []
    open_ones: list[tuple[int, list[tuple[int, int]]]] = []
    index = 0
    while (match := _TOKEN.search(text, index)) is not None:
        index = match.end()
        sign = match[0]
        if sign == "{":
            open_ones.append((match.start(), []))
        elif sign == "}" and open_ones:
            _close(open_ones, match.end(), found)
        elif sign == '"' and open_ones:
            string = _REST_OF_STRING.match(text, index)
            index = string.end() if string is not None else index
    while open_ones:
        _close(open_ones, len(text), found)
    for start, end, inner in sorted(found, key=lambda each: each[0]):
        own: list[str] = []
        at = start
        for inner_start, inner_end in inner:
            own += (text[at:inner_start], " ")
            at = inner_end
        own.append(text[at:end])
        yield start, end, "".join(own)


_TOKEN = re.compile(r'[{}"]')
_REST_OF_STRING = re.compile(r'(?:[^"\\\n]|\\.)*"')


def _close(
    open_ones: list[tuple[int, list[tuple[int, int]]]],
    end: int,
    found: list[tuple[int, int, list[tuple[int, int]]]],
) -> None:
    start, inner = open_ones.pop()
    found.append((start, end, inner))
    if open_ones:
        open_ones[-1][1].append((start, end))
