"""When a document is too long to be read at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.reading_plan import (
    MOST_PAGES_AT_ONCE,
    attachment_tokens,
    pages_to_read,
    prompt_tokens,
    room_for_prompt,
    text_tokens,
    with_fitting_texts,
)
from desktop.core.types import ImageAttachment, Message, PictureBudget, PictureLimits, Role

LIMITS = PictureLimits()
NORMAL = PictureBudget.NORMAL


def pages(count: int, text: str = "", page_count: int = 500) -> tuple[ImageAttachment, ...]:
    return tuple(
        ImageAttachment(
            "a" * 64, "application/pdf", 1721, 2435, n, Path(), "r.pdf", page_count, text
        )
        for n in range(count)
    )


def asking(*attachments: ImageAttachment) -> Message:
    return Message(Role.USER, "What is the total?", attachments, NORMAL)


def test_that_pages_that_fit_are_read_at_once() -> None:
    assert pages_to_read([asking(*pages(5))], LIMITS, 8192) == ()


def test_that_pages_that_do_not_fit_are_read_one_by_one() -> None:
    long = pages(9)
    assert pages_to_read([asking(*long)], LIMITS, 8192) == long


def test_that_the_text_beside_the_pages_counts() -> None:
    dense = pages(5, text="word " * 1500)
    assert pages_to_read([asking(*dense)], LIMITS, 8192) == dense


def test_that_very_many_pages_are_read_one_by_one_however_large_the_context() -> None:
    many = pages(MOST_PAGES_AT_ONCE + 1)
    assert pages_to_read([asking(*many)], LIMITS, 10**6) == many
    assert pages_to_read([asking(*many[:-1])], LIMITS, 10**6) == ()


def test_that_a_follow_up_goes_over_the_pages_of_the_earlier_question() -> None:
    long = pages(9)
    turns = [
        asking(*long),
        Message(Role.ASSISTANT, "EUR 12.40 (p. 3)"),
        Message(Role.USER, "And the fee?"),
    ]
    assert pages_to_read(turns, LIMITS, 8192) == long


def test_that_many_photos_are_no_document() -> None:
    assert pages_to_read([asking(*pages(30, page_count=1))], LIMITS, 8192) == ()


def test_that_one_page_is_never_read_page_by_page() -> None:
    assert pages_to_read([asking(*pages(1))], LIMITS, 512) == ()


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("", 0, 0), ("The total is 12.40 euros.", 5, 10), ("合计十二欧元四十分", 9, 9)],
)
def test_that_text_is_estimated_by_its_script(text: str, least: int, most: int) -> None:
    assert least <= text_tokens(text) <= most


def test_that_a_prompt_is_the_sum_of_its_parts() -> None:
    picture = pages(1, text="合计")[0]
    alone = attachment_tokens(picture, NORMAL, LIMITS)
    assert 1024 * 0.95 < alone < 1024 * 1.05
    assert prompt_tokens([asking(picture), asking(picture)], LIMITS) == 2 * (
        alone + text_tokens("What is the total?") + 8
    )


def test_that_texts_that_do_not_fit_are_cut_and_the_pictures_stay() -> None:
    (newspaper,) = pages(1, text="word " * 4000)
    question = asking(newspaper, *pages(1, text="short"))
    cut = with_fitting_texts([question], LIMITS, 6000)
    assert prompt_tokens(cut, LIMITS) <= room_for_prompt(6000)
    assert prompt_tokens(cut, LIMITS) > 0.9 * room_for_prompt(6000)
    long, short = cut[0].attachments
    assert long.text.startswith("word word")
    assert long.text.endswith("…")
    assert (long.sha256, long.page) == (newspaper.sha256, newspaper.page)
    assert short.text != ""


def test_that_texts_that_fit_are_left_alone() -> None:
    question = asking(*pages(2, text="a few words"))
    assert with_fitting_texts([question], LIMITS, 8192) == (question,)


def test_that_no_text_is_left_where_the_pictures_alone_fill_the_context() -> None:
    question = asking(*pages(4, text="word " * 50))
    cut = with_fitting_texts([question], LIMITS, 2000)
    assert [picture.text for picture in cut[0].attachments] == [""] * 4
