"""From messages to the parts of a prompt, through the model's own chat template.

What people write never passes through the template: each text and picture is rendered as a random
mark, and the result is cut at the marks. So user text cannot become control tokens, nor be trimmed,
escaped or searched by the template.
"""

from __future__ import annotations

import contextlib
import datetime
import re
import secrets
from typing import TYPE_CHECKING, TypeAlias

import jinja2
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import ImageAttachment, PictureBudget, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.core.types import Message

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

_VALUES = {
    "add_generation_prompt": True,
    "bos_token": "",
    "eos_token": "",
    "enable_thinking": False,
}


class TemplateText(Struct, frozen=True):
    """Text of the template: its control tokens count as such."""

    text: str


class WrittenText(Struct, frozen=True):
    """Text that a person (or the model) wrote: no control tokens in it."""

    text: str
    role: Role


class PicturePart(Struct, frozen=True):
    """A picture in its place."""

    attachment: ImageAttachment
    budget: PictureBudget


PromptPart: TypeAlias = TemplateText | WrittenText | PicturePart


class ChatTemplate:
    """A model's chat template; ChatML where the model brings none that works."""

    def __init__(self, source: str | None) -> None:
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
        )
        environment.globals["raise_exception"] = _raise
        environment.globals["strftime_now"] = _now
        self._fallback = environment.from_string(CHATML)
        try:
            self._template = environment.from_string(source) if source else self._fallback
        except jinja2.TemplateError:
            self._template = self._fallback

    def parts(self, messages: Sequence[Message], *, is_open: bool = False) -> list[PromptPart]:
        """The prompt in order; with `is_open` it ends where the last message's text would begin."""
        mark = secrets.token_hex(8)
        payload: list[WrittenText | PicturePart] = []
        turns = []
        for message in messages:
            content = ""
            for item in _items(message):
                content += f"\ue000{mark}.{len(payload)}\ue001"
                payload.append(item)
            turns.append({"role": str(message.role), "content": content})
        text = self._render(turns)
        parts: list[PromptPart] = []
        for index, piece in enumerate(re.split(f"\ue000{mark}\\.(\\d+)\ue001", text)):
            if index % 2 == 0:
                if piece:
                    parts.append(TemplateText(piece))
                continue
            item = payload[int(piece)]
            if is_open and int(piece) == len(payload) - 1:
                return parts
            if isinstance(item, PicturePart) or item.text:
                parts.append(item)
        seen = sum(isinstance(part, PicturePart) for part in parts)
        if seen != sum(isinstance(item, PicturePart) for item in payload):
            raise EngineError("This model's chat template drops pictures.", ErrorCode.ENGINE_FAILED)
        return parts

    def _render(self, turns: list[dict[str, str]]) -> str:
        """The turns through the model's template, else through ChatML.

        Some templates refuse a system turn and some drop it: there its text opens the person's
        first turn. Some insist on content lists or on tools: every model knows plain turns.
        """
        for attempt in (turns, _without_system_turn(turns)):
            with contextlib.suppress(jinja2.TemplateError, TypeError, ValueError):
                text = self._template.render(_VALUES, messages=attempt)
                if all(turn["content"] in text for turn in turns if turn["role"] == Role.SYSTEM):
                    return text
        return self._fallback.render(_VALUES, messages=turns)


def _without_system_turn(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same with a first system turn's text before the turn that follows it."""
    if len(turns) < 2 or turns[0]["role"] != Role.SYSTEM:
        return turns
    system, first, *others = turns
    return [{**first, "content": f"{system['content']}\n\n{first['content']}"}, *others]


def _items(message: Message) -> list[WrittenText | PicturePart]:
    """Pictures with what is said of them, then the message's own text, last and always there."""
    items: list[WrittenText | PicturePart] = []
    for picture in message.attachments:
        if picture.page_count > 1:
            items.append(WrittenText(f"Page {picture.page + 1}:\n", message.role))
        items.append(PicturePart(picture, message.budget))
        if picture.text:
            words = f"\nText of the page:\n{picture.text}\n"
            items.append(WrittenText(words, message.role))
    items.append(WrittenText(message.text, message.role))
    return items


def _raise(message: str) -> None:
    raise jinja2.TemplateError(message)


def _now(pattern: str) -> str:
    return datetime.datetime.now().astimezone().strftime(pattern)
