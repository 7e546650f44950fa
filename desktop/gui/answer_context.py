"""What an answer is about: the pictures its boxes lie on, and the pages it may cite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from desktop.core.box_places import LookedAt, PlacedBox, place_boxes
from desktop.core.model_spec import Coordinates
from desktop.core.types import ImageAttachment, PictureLimits, Role
from desktop.gui.thumbnails import ThumbnailCache
from desktop.store.history import StoredMessage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.gui.model_library import ModelLibrary
    from desktop.gui.model_state import ModelState


class ModelWays(Struct, frozen=True):
    """How a model writes boxes, and what picture sizes it takes."""

    coordinates: Coordinates
    limits: PictureLimits


# From the id of the model that answered; None while an answer is not over.
WaysOf: TypeAlias = Callable[[str | None], ModelWays]

# Files that a person added have no entry in the catalogue. Of the models that write boxes, Qwen3-VL
# is by far the most common; its forerunners of the 2.5 series write pixels instead.
_ABSOLUTE_NAMES = ("qwen2.5-vl", "qwen2_5-vl", "qwen2.5vl", "qwen2-5-vl")
UNKNOWN_WAYS = ModelWays(Coordinates.RELATIVE_1000, PictureLimits())


class AnswerContext(Struct, frozen=True):
    """What is known of an answer's surroundings.

    Attributes:
        pictures: Of the last question before it that has any, and how closely they were looked at.
        pages: The pages of the conversation's documents by number, from 1; the latest document
            that has a page of this number.
        is_form: Whether the answer has to follow a schema.
    """

    pictures: StoredMessage | None = None
    pages: Mapping[int, ImageAttachment] = field(default_factory=dict)
    is_form: bool = False

    def looked_at(self, ways: ModelWays) -> LookedAt | None:
        """What a model in these ways was shown; None without pictures."""
        if self.pictures is None:
            return None
        message = self.pictures.message
        return LookedAt(message.attachments, message.budget, ways.limits, ways.coordinates)


def context_of(messages: Iterable[StoredMessage], answer_id: int) -> AnswerContext:
    """What stands before an answer in its conversation."""
    pictures: StoredMessage | None = None
    pages: dict[int, ImageAttachment] = {}
    is_form = False
    for stored in messages:
        if stored.id >= answer_id:
            break
        if stored.message.role is not Role.USER:
            continue
        is_form = stored.json_schema is not None
        if not stored.message.attachments:
            continue
        pictures = stored
        pages |= {a.page + 1: a for a in stored.message.attachments if a.page_count > 1}
    return AnswerContext(pictures, pages, is_form)


class BoxSheet(Struct, frozen=True):
    """The boxes of one answer on the pictures of its question."""

    message_id: int
    pictures: tuple[ImageAttachment, ...]
    boxes: tuple[PlacedBox, ...]


class Surroundings(Struct, frozen=True):
    """What an answer is shown with.

    Attributes:
        context: What stands before it.
        ways_of: How its model writes boxes.
        thumbnails: Small pictures.
        thumbnail_path: Where they are, by sha256 and page.
    """

    context: AnswerContext
    ways_of: WaysOf
    thumbnails: ThumbnailCache
    thumbnail_path: Callable[[str, int], Path]

    def boxes_of(self, answer: StoredMessage) -> BoxSheet | None:
        """The boxes that an answer names, on their pictures; None when it names none."""
        model_id = answer.figures.model_id if answer.figures is not None else None
        looked_at = self.context.looked_at(self.ways_of(model_id))
        if looked_at is None:
            return None
        boxes = place_boxes(answer.message.text, looked_at)
        return BoxSheet(answer.id, looked_at.pictures, boxes) if boxes else None


def unknown_ways(_model_id: str | None) -> ModelWays:
    """For a view that no model is known to."""
    return UNKNOWN_WAYS


class LibraryWays:
    """Looks the model up among those that the window knows."""

    def __init__(self, library: ModelLibrary, state: ModelState) -> None:
        self._library = library
        self._state = state

    def __call__(self, model_id: str | None) -> ModelWays:
        """How the model with this id, or the one in use, writes boxes."""
        loaded = self._state.model
        if model_id is None:
            model_id = loaded.id if loaded is not None else ""
        is_loaded = loaded is not None and loaded.id == model_id
        entry = self._library.entry(model_id)
        spec = entry.spec if entry is not None else None
        if spec is not None:
            limits = spec.pictures or PictureLimits()
            return ModelWays(spec.coordinates, limits)
        limits = loaded.pictures if loaded is not None and is_loaded else PictureLimits()
        name = f"{model_id} {loaded.name if loaded is not None and is_loaded else ''}".casefold()
        is_absolute = any(part in name for part in _ABSOLUTE_NAMES)
        way = Coordinates.ABSOLUTE if is_absolute else Coordinates.RELATIVE_1000
        return ModelWays(way, limits)
