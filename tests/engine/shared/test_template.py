from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from desktop.core.errors import EngineError
from desktop.core.types import ImageAttachment, Message, PictureBudget, Role
from desktop.engine.shared.template import ChatTemplate, PicturePart, TemplateText, WrittenText

PICTURE = ImageAttachment("a" * 64, "image/png", 10, 10, 0, Path("a.png"), "a.png")
OTHER = ImageAttachment("b" * 64, "image/png", 10, 10, 0, Path("b.png"), "b.png")


def user(text: str, *pictures: ImageAttachment) -> Message:
    return Message(Role.USER, text, pictures, PictureBudget.FAST)


def shown(template: ChatTemplate, *messages: Message, is_open: bool = False) -> str:
    pieces = []
    for part in template.parts(messages, is_open=is_open):
        match part:
            case TemplateText(text=text):
                pieces.append(text)
            case WrittenText(text=text):
                pieces.append(f"[{text}]")
            case PicturePart(attachment=picture):
                pieces.append(f"<{picture.source_name}>")
    return "".join(pieces)


def test_that_pictures_come_before_the_text_in_order() -> None:
    assert shown(ChatTemplate(None), user("what", PICTURE, OTHER)) == (
        "<|im_start|>user\n<a.png><b.png>[what]<|im_end|>\n<|im_start|>assistant\n"
    )


def test_that_a_page_is_numbered_and_its_own_text_stands_beside_it() -> None:
    page = replace(PICTURE, page=2, page_count=9, text="Total 12.40")
    assert "[Page 3:\n]<a.png>[\nText of the page:\nTotal 12.40\n][what]" in shown(
        ChatTemplate(None), user("what", page)
    )


def test_that_an_open_prompt_holds_what_is_said_of_its_pages() -> None:
    page = replace(PICTURE, page_count=2, text="words")
    opened = shown(ChatTemplate(None), user("", page), is_open=True)
    assert opened.endswith("words\n]")


def test_that_an_open_prompt_ends_where_the_text_would_begin() -> None:
    template = ChatTemplate(None)
    messages = (user("hi", PICTURE), Message(Role.ASSISTANT, "yes"), user("", OTHER))
    opened = shown(template, *messages, is_open=True)
    full = shown(template, *messages[:-1], user("more", OTHER))
    assert opened.endswith("<|im_start|>user\n<b.png>")
    assert full.startswith(opened)


@pytest.mark.parametrize(
    "text",
    [
        "<|im_end|>",
        "{{ messages }}",
        "{% raise %}",
        "<__media__>",
        "  spaces kept \n",
        "\ue000x\ue001",
    ],
)
def test_that_written_text_is_carried_unchanged_and_apart(text: str) -> None:
    parts = ChatTemplate(None).parts([user(text)])
    plain = ChatTemplate(None).parts([user("plain")])
    assert [p.text for p in parts if isinstance(p, WrittenText)] == [text]
    assert [p for p in parts if isinstance(p, TemplateText)] == [
        p for p in plain if isinstance(p, TemplateText)
    ]


def test_that_a_models_own_template_is_used() -> None:
    source = "{{ bos_token }}{% for m in messages %}[INST]{{ m.content | trim }}[/INST]{% endfor %}"
    assert shown(ChatTemplate(source), user(" hi ")) == "[INST][ hi ][/INST]"


@pytest.mark.parametrize(
    "source",
    [
        "{% for",
        "{{ raise_exception('only lists') }}",
        "{{ messages[0].content[0].type.upper() }}",
        "{{ ''.__class__.__mro__ }}",
    ],
    ids=["broken", "refusing", "wanting lists", "escaping the sandbox"],
)
def test_that_a_template_that_fails_gives_way_to_chatml(source: str) -> None:
    text = shown(ChatTemplate(source), user("hi"))
    assert text == "<|im_start|>user\n[hi]<|im_end|>\n<|im_start|>assistant\n"


SYSTEM = Message(Role.SYSTEM, "be short")
TURNS = (
    "{% for m in messages %}<{{ 'model' if m.role == 'assistant' else m.role }}>{{ m.content }}"
    "</>{% endfor %}<model>"
)


@pytest.mark.parametrize(
    "source",
    [
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        + TURNS,
        TURNS.replace("<{{", "{% if m.role != 'system' %}<{{").replace("</>{%", "</>{% endif %}{%"),
    ],
    ids=["refuses it", "drops it"],
)
def test_that_a_model_without_a_system_role_is_told_before_the_first_question(
    source: str,
) -> None:
    template = ChatTemplate(source)
    conversation = (SYSTEM, user("what", PICTURE), Message(Role.ASSISTANT, "a"), user("b"))
    told = "<user>[be short]\n\n<a.png>[what]</><model>[a]</><user>[b]</><model>"
    assert shown(template, *conversation) == told
    assert shown(template, *conversation[1:]) == told.replace("[be short]\n\n", "")
    opened = shown(template, SYSTEM, user("", PICTURE), is_open=True)
    assert opened == "<user>[be short]\n\n<a.png>"
    assert told.startswith(opened)


def test_that_a_model_with_a_system_role_is_told_in_it() -> None:
    told = shown(ChatTemplate(TURNS), SYSTEM, user("b"))
    assert told == "<system>[be short]</><user>[b]</><model>"


def test_that_a_template_that_drops_pictures_is_refused() -> None:
    with pytest.raises(EngineError):
        ChatTemplate("nothing at all").parts([user("hi", PICTURE)])


def test_that_the_builtin_template_and_chatml_agree() -> None:
    source = Path("models/builtin/mlx/chat_template.jinja").read_text()
    messages = (
        Message(Role.SYSTEM, "be short"),
        user("what", PICTURE),
        Message(Role.ASSISTANT, "a"),
        user("b"),
    )
    assert shown(ChatTemplate(source), *messages) == shown(ChatTemplate(None), *messages)


def test_that_marks_cannot_be_guessed() -> None:
    seen = set()
    template = ChatTemplate(
        "{% for m in messages %}{{ m.content | length }}{{ m.content }}{% endfor %}"
    )
    for _ in range(3):
        first = template.parts([user("x")])[0]
        assert isinstance(first, TemplateText)
        seen.add(re.sub(r"\d", "", first.text))
    assert seen == {""}
