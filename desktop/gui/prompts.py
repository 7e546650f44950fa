"""From stored messages to what the engine is asked, and from a question to a title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.core.types import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.core.types import ImageAttachment, Message
    from desktop.store.history import StoredMessage

TITLE_CHARACTERS = 60


def prompt_of(messages: Iterable[StoredMessage], before: int | None = None) -> tuple[Message, ...]:
    """The turns that say something, up to a message; an answer that failed wordlessly does not."""
    return tuple(
        stored.message
        for stored in messages
        if (stored.message.text or stored.message.attachments)
        and (before is None or stored.id < before)
    )


def last_question(messages: Iterable[StoredMessage]) -> StoredMessage | None:
    """The newest turn of the person."""
    questions = [stored for stored in messages if stored.message.role is Role.USER]
    return questions[-1] if questions else None


def title_of(text: str, attachments: Sequence[ImageAttachment], fallback: str) -> str:
    """A conversation's first title: the question's first line, or else a picture's name."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if not line:
        line = next((a.source_name for a in attachments if a.source_name), fallback)
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[: TITLE_CHARACTERS - 1].rstrip() + "…"
