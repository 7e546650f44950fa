"""From stored messages to what the engine is asked, and from a question to a title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core.form_request import with_names, with_request, without_request
from desktop.core.reading_plan import cut_text
from desktop.core.types import Message, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.core.types import ImageAttachment, PictureBudget
    from desktop.store.history import StoredMessage

TITLE_CHARACTERS = 60

# What the model is told is in the question's language, not in the window's: small models answer in
# the language that they read last. So these are no translations of the interface.
_HAN = re.compile(r"[\u4e00-\u9fff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_CITE = "\n\n(Name the page of each finding, such as p. 3.)"
_CITE_ZH = "\n\n（请注明每项内容所在的页码，例如：第3页。）"
_NOTE = (
    "You are shown one page of a longer document. Note in a few short lines what this page says "
    "that helps to answer the question, with its figures, names and dates as they are written. "
    "Do not answer the question itself. If the page holds nothing for it, write only: nothing\n\n"
    "Question: {question}"
)
_NOTE_ZH = (
    "你会看到一份长文档中的一页。请用几句简短的话记下这一页中有助于回答问题的内容，"
    "数字、名称和日期照原文写。不要回答问题本身。如果这一页没有相关内容，只写：无\n\n问题：{question}"
)
_PAGE = "What does page {page} say about it?"
_PAGE_ZH = "第{page}页对此写了什么？"
_ANSWER = (
    "{question}\n\nThese are notes from {count} pages of the document “{name}”. Answer from them "
    "alone and name the page of each finding, such as p. 3.\n\n{notes}"
)
_ANSWER_ZH = (
    "{question}\n\n以下是文档“{name}”中 {count} 页的笔记。请只根据这些笔记回答，"
    "并注明每项内容所在的页码，例如：第3页。\n\n{notes}"
)
_NOTHING = frozenset(
    ("nothing", "none", "n/a", "no", "nothing relevant", "nothing here", "无", "没有", "无相关内容")
)
_AROUND_NOTE = " \t\n.。!！*_\"'“”()（）:：-"


def prompt_of(messages: Iterable[StoredMessage], before: int | None = None) -> tuple[Message, ...]:
    """The turns that say something, up to a message; an answer that failed wordlessly does not.

    Questions about pages of a document ask for the pages of what is found; those whose answer has
    to follow a schema ask for that instead.
    """
    return tuple(
        _asked(stored)
        for stored in messages
        if (stored.message.text or stored.message.attachments)
        and (before is None or stored.id < before)
    )


def with_system_prompt(turns: Sequence[Message], text: str) -> tuple[Message, ...]:
    """A conversation with what the model is told before it; nothing is added for an empty text."""
    return (Message(Role.SYSTEM, text), *turns) if text.strip() else tuple(turns)


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


# --- documents ------------------------------------------------------------------------------------


def note_prompt(
    question: str, page: ImageAttachment, budget: PictureBudget, system_prompt: str = ""
) -> tuple[Message, Message]:
    """Asks for what one page of a document has to say to a question.

    The first message is the same for every page, so that engines read it once. It begins with what
    the model is told before every conversation.
    """
    is_chinese = _is_chinese(question)
    instructions = (_NOTE_ZH if is_chinese else _NOTE).format(question=question)
    if system_prompt.strip():
        instructions = f"{system_prompt}\n\n{instructions}"
    ask = (_PAGE_ZH if is_chinese else _PAGE).format(page=page.page + 1)
    return (
        Message(Role.SYSTEM, instructions),
        Message(Role.USER, ask, (page,), budget),
    )


def is_nothing(note: str) -> bool:
    """Whether a model says that a page has nothing for the question."""
    return note.strip(_AROUND_NOTE).lower() in _NOTHING or not note.strip(_AROUND_NOTE)


def answer_prompt(
    turns: Sequence[Message],
    notes: Sequence[tuple[int, str]],
    pages: Sequence[ImageAttachment],
    *,
    most_tokens: int,
) -> tuple[Message, ...]:
    """The conversation with the notes in place of the pages that they were made from.

    `turns` ends with the question; `notes` are (zero-based page, text). Other pictures stay. When
    all notes together take more than `most_tokens`, each is cut to its share.
    """
    gone = {(page.sha256, page.page) for page in pages}
    question = turns[-1]
    wording = _ANSWER_ZH if _is_chinese(question.text) else _ANSWER
    share = max(1, most_tokens // max(1, len(notes)))
    written = "\n".join(
        f"[{_cited(question.text, page)}] {cut_text(note, share)}" for page, note in notes
    )
    name = next((page.source_name for page in pages), "")
    text = wording.format(question=_bare(question.text), count=len(pages), name=name, notes=written)
    return tuple(
        replace(
            turn,
            text=text if turn is question else turn.text,
            attachments=tuple(a for a in turn.attachments if (a.sha256, a.page) not in gone),
        )
        for turn in turns
    )


def question_of(turns: Sequence[Message], schema: str | None = None) -> str:
    """The last question as the person wrote it, with the names of what its schema asks for."""
    if schema is None:
        return _bare(turns[-1].text)
    return with_names(without_request(turns[-1].text, schema), schema)


def _asked(stored: StoredMessage) -> Message:
    message, schema = stored.message, stored.json_schema
    if schema is None:
        return _with_citations(message)
    return replace(message, text=with_request(message.text, schema))


def _with_citations(message: Message) -> Message:
    has_pages = any(picture.page_count > 1 for picture in message.attachments)
    if message.role is not Role.USER or not has_pages:
        return message
    return replace(message, text=message.text + _citation_request(message.text))


def _citation_request(question: str) -> str:
    return _CITE_ZH if _is_chinese(question) else _CITE


def _bare(text: str) -> str:
    return text.removesuffix(_CITE).removesuffix(_CITE_ZH)


def _cited(question: str, page: int) -> str:
    return f"第{page + 1}页" if _is_chinese(question) else f"p. {page + 1}"


def _is_chinese(text: str) -> bool:
    return bool(_HAN.search(text)) and not _KANA_OR_HANGUL.search(text)
