"""Conversations to show, and ways to look into the view that shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QLabel, QWidget

from desktop.core.types import (
    Figures,
    ImageAttachment,
    Message,
    Role,
    StopReason,
    Timings,
    Usage,
)
from desktop.gui.answer_item import AnswerItem
from desktop.gui.answer_text import AnswerText
from desktop.gui.chat_view import ChatView
from desktop.gui.message_column import MessageColumn
from desktop.gui.thumbnails import ThumbnailCache
from desktop.store.history import AnswerError, StoredMessage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

W = TypeVar("W", bound=QWidget)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
FIGURES = Figures(
    "model",
    Usage(1300, 1100, 212, pictures_encoded=2, context_used=1512, context_length=8192),
    Timings(encode_s=0.1, prefill_s=0.1, first_token_s=0.31, decode_s=5.15),
)


def open_view(qtbot: QtBot, folder: Path) -> ChatView:
    """A view that is shown; its pictures' thumbnails are files of the folder."""
    widget = ChatView(ThumbnailCache(), lambda sha256, _page: folder / sha256)
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    return widget


def question(number: int, text: str = "What is this?", pictures: int = 0) -> StoredMessage:
    attachments = tuple(picture(n) for n in range(pictures))
    return StoredMessage(number, Message(Role.USER, text, attachments), NOW, None, None, None)


def answer(
    number: int,
    text: str = "A **ferry**.",
    stop_reason: StopReason | None = StopReason.END,
    figures: Figures | None = None,
    error: AnswerError | None = None,
) -> StoredMessage:
    message = Message(Role.ASSISTANT, text)
    return StoredMessage(number, message, NOW, stop_reason, figures, error)


def picture(number: int = 0, width: int = 800, height: int = 600) -> ImageAttachment:
    name = f"picture-{number}.png"
    return ImageAttachment(name, "image/png", width, height, 0, Path(name), f"IMG_{number}.jpg")


def conversation(turns: int) -> list[StoredMessage]:
    messages = []
    for turn in range(turns):
        messages.append(question(2 * turn, f"Question number {turn}?"))
        words = " ".join(f"word{n}" for n in range(60 + turn % 7 * 20))
        messages.append(answer(2 * turn + 1, f"Answer {turn}.\n\n- one\n- two\n\n{words}"))
    return messages


def column(view: ChatView) -> MessageColumn:
    return the(view, MessageColumn)


def the(parent: QWidget, kind: type[W]) -> W:
    found = parent.findChild(kind)
    assert isinstance(found, kind)
    return found


def item(view: ChatView, message_id: int) -> AnswerItem:
    found = column(view).item(message_id)
    assert isinstance(found, AnswerItem)
    return found


def shown_text(view: ChatView, message_id: int) -> str:
    return the(item(view, message_id), AnswerText).toPlainText()


def visible_labels(parent: QWidget) -> list[str]:
    return [x.text() for x in parent.findChildren(QLabel) if x.isVisible() and x.text()]
