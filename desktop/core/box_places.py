"""Which picture a box belongs to, and where on that picture it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from desktop.core.boxes import Doubt, checked, find_boxes
from desktop.core.geometry import Mapping, Rect, model_to_upright, to_origin
from desktop.core.model_spec import Coordinates
from desktop.core.sizing import target_size
from desktop.core.types import ImageAttachment, PictureBudget, PictureLimits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.core.boxes import Box


class LookedAt(Struct, frozen=True):
    """What a model was shown, and how it writes where things are.

    Attributes:
        pictures: Those of the question that an answer belongs to, in order.
        budget: How closely they were looked at.
        limits: The model's.
        coordinates: Its way to write boxes.
    """

    pictures: tuple[ImageAttachment, ...]
    budget: PictureBudget
    limits: PictureLimits
    coordinates: Coordinates


class PlacedBox(Struct, frozen=True):
    """A box on a picture.

    Attributes:
        number: Its place among the boxes of the answer, from 0.
        picture: Index of its picture in `LookedAt.pictures`.
        rect: In pixels of that picture's upright original; upright, but maybe outside of it.
        label: What is there; may be empty.
        doubt: Set when the box can hardly be right.
        start: Where it stands in the answer's text.
        end: End-exclusive.
    """

    number: int
    picture: int
    rect: Rect
    label: str
    doubt: Doubt | None
    start: int
    end: int


def place_boxes(text: str, looked_at: LookedAt) -> tuple[PlacedBox, ...]:
    """The boxes of an answer, each on its picture; none without pictures.

    A box belongs to the picture or page that it names, else to the first picture.
    """
    if not looked_at.pictures:
        return ()
    return tuple(
        _place(number, box, looked_at)
        for number, box in enumerate(find_boxes(text, looked_at.coordinates))
    )


def _place(number: int, box: Box, looked_at: LookedAt) -> PlacedBox:
    index = _picture_of(box, looked_at.pictures)
    picture = looked_at.pictures[index]
    size = picture.width, picture.height
    seen = target_size(*size, looked_at.budget, looked_at.limits)
    box = checked(box, looked_at.coordinates, seen)
    way = model_to_upright(looked_at.coordinates, seen, size) or Mapping()
    return PlacedBox(number, index, way.rect(box.rect), box.label, box.doubt, box.start, box.end)


def _picture_of(box: Box, pictures: Sequence[ImageAttachment]) -> int:
    if box.page is not None:
        for index, picture in enumerate(pictures):
            if picture.page_count > 1 and picture.page + 1 == box.page:
                return index
    if box.picture is not None and box.picture <= len(pictures):
        return box.picture - 1
    return 0


def way_to_root(picture: ImageAttachment, root: ImageAttachment) -> Mapping:
    """From a picture to the one that it was cut from, both upright; nothing if it is that one."""
    if picture.origin is None or picture is root:
        return Mapping()
    size, original = (picture.width, picture.height), (root.width, root.height)
    return to_origin(picture.origin, size, original)
