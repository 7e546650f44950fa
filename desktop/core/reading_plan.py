"""How much of the context a prompt takes, and when a document is too long to be read at once."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core.sizing import TOKEN_SIDE, target_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.core.types import ImageAttachment, Message, PictureBudget, PictureLimits

MOST_PAGES_AT_ONCE = 24  # with more pictures in one prompt, models mix up what is on which
_ANSWER_TOKENS = 1024  # left for the answer
_AROUND_MESSAGE = 8  # role and end marks
_AROUND_PICTURE = 12  # its marks, and "Page 12:"

# Measured with the tokenizer of Qwen3 on prose, rounded up; figures and tables cost more.
_LETTERS_PER_TOKEN = 3.5
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


@lru_cache(maxsize=4096)  # the pages of a long document are counted again with every change
def text_tokens(text: str) -> int:
    """About as many tokens as a text takes: one for a Chinese character, few letters for one."""
    wide = len(_WIDE.findall(text))
    return wide + math.ceil((len(text) - wide) / _LETTERS_PER_TOKEN)


def picture_tokens(width: int, height: int, budget: PictureBudget, limits: PictureLimits) -> int:
    """As many tokens as a picture of this size takes."""
    seen = target_size(width, height, budget, limits)
    return seen[0] * seen[1] // TOKEN_SIDE**2 + _AROUND_PICTURE


def attachment_tokens(
    attachment: ImageAttachment, budget: PictureBudget, limits: PictureLimits
) -> int:
    """Of a picture and of the text beside it."""
    seen = picture_tokens(attachment.width, attachment.height, budget, limits)
    return seen + text_tokens(attachment.text)


def prompt_tokens(messages: Sequence[Message], limits: PictureLimits) -> int:
    """About as many tokens as a whole prompt takes."""
    return sum(
        _AROUND_MESSAGE
        + text_tokens(message.text)
        + sum(attachment_tokens(picture, message.budget, limits) for picture in message.attachments)
        for message in messages
    )


def pages_to_read(
    messages: Sequence[Message], limits: PictureLimits, context_length: int
) -> tuple[ImageAttachment, ...]:
    """The document pages that have to be gone over one by one; none when all can be seen at once.

    They are those of the newest message that has pages of documents.
    """
    for message in reversed(messages):
        pages = tuple(picture for picture in message.attachments if picture.page_count > 1)
        if pages:
            break
    else:
        return ()
    if len(pages) < 2:
        return ()
    is_long = len(pages) > MOST_PAGES_AT_ONCE
    too_much = prompt_tokens(messages, limits) > room_for_prompt(context_length)
    return pages if is_long or too_much else ()


def room_for_prompt(context_length: int) -> int:
    """Tokens of the context that a prompt may take, so that an answer has a place."""
    return max(context_length - _ANSWER_TOKENS, context_length // 2)


def cut_text(text: str, most_tokens: int) -> str:
    """The beginning of a text that takes at most about so many tokens."""
    tokens = text_tokens(text)
    if tokens <= most_tokens:
        return text
    return text[: max(0, len(text) * most_tokens // tokens - 1)].rstrip() + "…"


def with_fitting_texts(
    messages: Sequence[Message], limits: PictureLimits, context_length: int
) -> tuple[Message, ...]:
    """The prompt, with the texts beside its pictures cut where all of them do not fit.

    A model that cannot read a newspaper page's every word can still look at the page.
    """
    over = prompt_tokens(messages, limits) - room_for_prompt(context_length)
    texts = sum(text_tokens(a.text) for message in messages for a in message.attachments)
    if over <= 0 or texts == 0:
        return tuple(messages)
    share = max(0.0, (texts - over) / texts)
    return tuple(
        replace(message, attachments=tuple(_with_text(a, share) for a in message.attachments))
        for message in messages
    )


def _with_text(attachment: ImageAttachment, share: float) -> ImageAttachment:
    if not attachment.text:
        return attachment
    most = int(text_tokens(attachment.text) * share)
    return replace(attachment, text=cut_text(attachment.text, most) if most else "")
