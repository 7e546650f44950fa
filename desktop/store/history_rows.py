"""What the rows of the history mean: the values that are kept, and their ways in and out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, HistoryError
from desktop.core.types import (
    Figures,
    ImageAttachment,
    Message,
    PictureBudget,
    PictureOrigin,
    Role,
    StopReason,
)
from desktop.store.text import storable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ConversationSummary(Struct, frozen=True):
    """A conversation as a list shows it.

    Attributes:
        id: Never given to another conversation.
        title: As a person or the app named it.
        updated_at: When it was last asked or answered, UTC.
        thumbnail: `(sha256, page)` of its first picture.
    """

    id: int
    title: str
    updated_at: datetime
    thumbnail: tuple[str, int] | None


class AnswerError(Struct, frozen=True):
    """Why an answer failed, as `GroundglassError` has it.

    `is_of_load`: there was no model to answer, since it could not be loaded.
    """

    code: ErrorCode
    message: str
    details: Mapping[str, str]
    is_of_load: bool = False


class StoredMessage(Struct, frozen=True):
    """One row of a conversation.

    Attributes:
        id: Never given to another message; later messages have larger ids.
        message: What the engine reads.
        created_at: UTC.
        stop_reason: None for a question, and for an answer that is being written.
        figures: Of an answer whose making was measured.
        error: Of an answer that failed.
        json_schema: Of a question whose answer has to follow it.
    """

    id: int
    message: Message
    created_at: datetime
    stop_reason: StopReason | None
    figures: Figures | None
    error: AnswerError | None
    json_schema: str | None = None


class Run(Struct, frozen=True):
    """An answer whose making was measured.

    Attributes:
        message_id: Of the answer.
        answered_at: When it was begun, UTC.
        figures: What it took.
    """

    message_id: int
    answered_at: datetime
    figures: Figures


def stored_message(row: tuple[Any, ...], attachments: tuple[ImageAttachment, ...]) -> StoredMessage:
    """A message from the columns that `History` reads, in their order, and its pictures."""
    message_id, role, text, budget, created_at, stop_reason, figures, error, json_schema = row
    return StoredMessage(
        id=message_id,
        message=Message(
            role=_convert(role, Role),
            text=text,
            attachments=attachments,
            budget=_convert(budget, PictureBudget),
        ),
        created_at=time_of(created_at),
        stop_reason=_convert(stop_reason, StopReason | None),
        figures=None if figures is None else parsed(figures, Figures),
        error=None if error is None else parsed(error, AnswerError),
        json_schema=json_schema,
    )


def storable_figures(figures: Figures) -> Figures:
    """With names that can be written as UTF-8."""
    return replace(figures, model_id=storable(figures.model_id))


def storable_error(error: AnswerError) -> AnswerError:
    """With words that can be written as UTF-8."""
    details = {storable(name): storable(value) for name, value in error.details.items()}
    return replace(error, message=storable(error.message), details=details)


def as_json(value: Figures | AnswerError | PictureOrigin) -> str:
    """For a column; `parsed` reads it."""
    return msgspec.json.encode(value).decode()


def parsed(text: str, kind: Any) -> Any:  # noqa: ANN401 - what `kind` says
    """What `as_json` wrote, also by an older version; raises `HistoryError` for anything else."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError as error:
        raise damaged() from error


def _convert(value: object, kind: Any) -> Any:  # noqa: ANN401 - what `kind` says
    try:
        return msgspec.convert(value, kind)
    except msgspec.MsgspecError as error:
        raise damaged() from error


def damaged() -> HistoryError:
    """For a row that no version wrote."""
    return HistoryError(
        "A part of the history is damaged and cannot be shown.", ErrorCode.HISTORY_DAMAGED
    )


def time_of(stamp: int) -> datetime:
    """UTC, from microseconds since 1970; raises `HistoryError`."""
    try:
        return EPOCH + timedelta(microseconds=stamp)
    except (OverflowError, TypeError) as error:
        raise damaged() from error
