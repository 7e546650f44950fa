from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, HistoryError
from desktop.core.types import (
    Figures,
    ImageAttachment,
    Message,
    PictureBudget,
    PictureOrigin,
    Region,
    Role,
    StopReason,
    Timings,
    Usage,
)
from desktop.store.history import AnswerError, ConversationSummary, History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIGURES = Figures(
    "qwen 模型", Usage(120, 100, 7, 1, 130, 4096), Timings(0.25, 1 / 3, 0.5, 1.0000001)
)


class Clock:
    """Every look at it is a second later."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


def page_path(sha256: str, page: int) -> Path:
    return Path("/照片 kept") / f"{sha256}-{page}.png"


def picture(letter: str, page: int = 0) -> ImageAttachment:
    sha256 = letter * 64
    path = page_path(sha256, page)
    return ImageAttachment(sha256, "image/jpeg", 640, 480, page, path, f"假期 {letter}.jpg")


def question(text: str, *pictures: ImageAttachment) -> Message:
    return Message(Role.USER, text, pictures)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "数据 data" / "history.sqlite3"


@pytest.fixture
def history() -> Iterator[History]:
    with closing(History(Path(":memory:"), page_path, now=Clock())) as history:
        yield history


def reopened(path: Path) -> History:
    return History(path, page_path)


def titles(history: History, search: str = "") -> list[str]:
    return [summary.title for summary in history.conversations(search)]


def test_that_everything_of_a_message_comes_back_after_opening_again(path: Path) -> None:
    asked = Message(
        Role.USER,
        "这是什么？ 🐈‍⬛\r\n\0 <|im_end|>",
        (picture("a"), picture("b", page=3)),
        PictureBudget.DETAIL,
    )
    error = AnswerError(ErrorCode.OUT_OF_MEMORY, "Zu wenig Speicher", {"wanted": "3 GB", "名": "x"})
    with closing(History(path, page_path, now=Clock())) as history:
        conversation = history.create_conversation("猫")
        stored = history.add_message(conversation, asked)
        answer = history.begin_answer(conversation)
        finished = history.finish_answer(answer.id, "一只猫", StopReason.FAILED, FIGURES, error)
        assert stored.message == asked
        assert (stored.stop_reason, stored.figures, stored.error) == (None, None, None)
        assert finished.message == Message(Role.ASSISTANT, "一只猫")
        assert finished.stop_reason is StopReason.FAILED
        assert (finished.figures, finished.error) == (FIGURES, error)
    with closing(reopened(path)) as history:
        assert history.messages(conversation) == [stored, finished]


def test_that_times_are_aware_and_exact(history: History) -> None:
    conversation = history.create_conversation("x")
    stored = history.add_message(conversation, question("a"))
    assert stored.created_at == datetime(2026, 3, 1, 12, 0, 2, 123456, tzinfo=UTC)
    (summary,) = history.conversations()
    assert summary.updated_at == stored.created_at
    assert summary.updated_at.tzinfo is UTC


def test_that_the_clock_of_the_machine_is_used_by_default(path: Path) -> None:
    with closing(History(path, page_path)) as history:
        history.create_conversation("x")
        age = datetime.now(UTC) - history.conversations()[0].updated_at
        assert timedelta(0) <= age < timedelta(minutes=1)


def test_that_the_newest_conversation_comes_first(history: History) -> None:
    first, second = history.create_conversation("first"), history.create_conversation("second")
    assert titles(history) == ["second", "first"]
    history.add_message(first, question("again"))
    assert titles(history) == ["first", "second"]
    answer = history.begin_answer(second)
    assert titles(history) == ["second", "first"]
    history.add_message(first, question("more"))
    history.save_answer_text(answer.id, "part")
    history.rename_conversation(second, "renamed")
    assert titles(history) == ["first", "renamed"]
    history.finish_answer(answer.id, "whole", StopReason.END)
    assert titles(history) == ["renamed", "first"]


def test_that_a_conversation_shows_its_first_picture(history: History) -> None:
    conversation = history.create_conversation("x")
    history.add_message(conversation, question("no picture yet"))
    assert history.conversations()[0].thumbnail is None
    history.add_message(conversation, question("two", picture("b", 2), picture("a")))
    history.add_message(conversation, question("one", picture("c")))
    assert history.conversations() == [
        ConversationSummary(
            id=conversation,
            title="x",
            updated_at=history.messages(conversation)[-1].created_at,
            thumbnail=("b" * 64, 2),
        )
    ]


def test_that_the_order_of_pictures_is_kept_and_one_may_come_twice(history: History) -> None:
    conversation = history.create_conversation("x")
    pictures = tuple(picture("cbacfb"[i], i % 2) for i in range(6))
    history.add_message(conversation, question("which?", *pictures))
    assert history.messages(conversation)[0].message.attachments == pictures


# --- answers


def test_that_an_answer_grows_and_ends_once(history: History) -> None:
    conversation = history.create_conversation("x")
    answer = history.begin_answer(conversation)
    assert answer.message == Message(Role.ASSISTANT, "")
    assert answer.stop_reason is None
    history.save_answer_text(answer.id, "one")
    history.save_answer_text(answer.id, "one two")
    assert history.messages(conversation) == [
        replace(answer, message=Message(Role.ASSISTANT, "one two"))
    ]
    history.finish_answer(answer.id, "one two three", StopReason.CANCELLED)
    history.save_answer_text(answer.id, "one two")  # a late checkpoint
    (stored,) = history.messages(conversation)
    assert stored.message.text == "one two three"
    assert stored.stop_reason is StopReason.CANCELLED


def test_that_an_answer_never_touches_a_question(history: History) -> None:
    conversation = history.create_conversation("x")
    asked = history.add_message(conversation, question("a"))
    history.save_answer_text(asked.id, "b")
    history.finish_answer(asked.id, "b", StopReason.END)
    assert history.messages(conversation) == [asked]


def test_that_opening_marks_unfinished_answers_and_keeps_their_text(path: Path) -> None:
    with closing(History(path, page_path)) as history:
        conversation = history.create_conversation("x")
        asked = history.add_message(conversation, question("a"))
        done = history.finish_answer(history.begin_answer(conversation).id, "b", StopReason.END)
        empty, begun = history.begin_answer(conversation), history.begin_answer(conversation)
        history.save_answer_text(begun.id, "was writt")
    with closing(reopened(path)) as history:
        stored = history.messages(conversation)
    assert stored[:2] == [asked, done]
    assert stored[2] == replace(empty, stop_reason=StopReason.INTERRUPTED)
    assert stored[3].stop_reason is StopReason.INTERRUPTED
    assert stored[3].message.text == "was writt"


def test_that_what_is_gone_is_told_where_something_is_expected_back(history: History) -> None:
    conversation = history.create_conversation("x")
    answer = history.begin_answer(conversation)
    history.delete_conversation(conversation)
    late: list[Callable[[], object]] = [
        lambda: history.finish_answer(answer.id, "late", StopReason.END),
        lambda: history.begin_answer(conversation),
        lambda: history.add_message(conversation, question("late", picture("a"))),
    ]
    for call in late:
        with pytest.raises(LookupError):
            call()
    history.save_answer_text(answer.id, "late")
    history.rename_conversation(conversation, "late")
    assert history.delete_conversation(conversation) == []
    assert history.delete_from(conversation, answer.id) == []
    assert history.messages(conversation) == []
    assert history.conversations() == []


# --- deleting


def test_that_ids_are_never_given_again(history: History) -> None:
    conversation = history.create_conversation("x")
    message = history.add_message(conversation, question("a"))
    history.delete_conversation(conversation)
    again = history.create_conversation("y")
    assert again > conversation
    assert history.add_message(again, question("b")).id > message.id


def test_that_deleting_tells_which_pictures_nobody_needs_any_more(history: History) -> None:
    first, second = history.create_conversation("1"), history.create_conversation("2")
    history.add_message(first, question("a", picture("a"), picture("b"), picture("b", 1)))
    history.add_message(first, question("b", picture("a"), picture("a"), picture("c")))
    history.add_message(second, question("c", picture("c"), picture("d")))
    assert sorted(history.delete_conversation(first)) == ["a" * 64, "b" * 64]
    assert sorted(history.delete_conversation(second)) == ["c" * 64, "d" * 64]


def test_that_deleting_from_a_message_keeps_what_is_before_it(history: History) -> None:
    first, second = history.create_conversation("1"), history.create_conversation("2")
    kept = history.add_message(first, question("one", picture("a")))
    edited = history.add_message(first, question("two", picture("a"), picture("b")))
    history.add_message(second, question("elsewhere", picture("c")))
    history.begin_answer(first)
    history.add_message(first, question("three", picture("c"), picture("e")))
    assert sorted(history.delete_from(first, edited.id)) == ["b" * 64, "e" * 64]
    assert history.messages(first) == [kept]
    assert len(history.messages(second)) == 1


def test_that_a_page_of_a_picture_keeps_the_whole_picture(history: History) -> None:
    conversation = history.create_conversation("x")
    history.add_message(conversation, question("page 1", picture("a", 0)))
    second = history.add_message(conversation, question("page 2", picture("a", 1)))
    assert history.delete_from(conversation, second.id) == []


# --- searching


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", {"Zürich HOLIDAY", "发票", "plain"}),
        ("   ", {"Zürich HOLIDAY", "发票", "plain"}),
        ("holiday", {"Zürich HOLIDAY"}),
        (" ZÜRICH ", {"Zürich HOLIDAY"}),
        ("zu\u0308rich", {"Zürich HOLIDAY"}),
        ("МОСКВА", {"Zürich HOLIDAY"}),
        ("straße", {"Zürich HOLIDAY"}),
        ("票", {"发票"}),
        ("合计是", {"发票"}),
        ("abc123", {"发票"}),
        ("猫", set()),
        ("100%", {"plain"}),
        ("100_", set()),
        ("%", {"plain"}),
        ("_", {"plain"}),
        ("\\", {"plain"}),
        ("'", {"plain"}),
        ('"', set()),
        ("streamed so far", {"plain"}),
        ("replaced", set()),
    ],
)
def test_that_titles_and_messages_are_searched(
    history: History, search: str, found: set[str]
) -> None:
    holiday = history.create_conversation("Zürich HOLIDAY")
    history.add_message(holiday, question("Москва and STRASSE"))
    receipt = history.create_conversation("发票")
    history.add_message(receipt, question("合计是多少？ＡＢＣ１２３"))
    plain = history.create_conversation("untitled")
    history.rename_conversation(plain, "plain")
    history.add_message(plain, question("100% of a_b, a\\b and it's"))
    history.finish_answer(history.begin_answer(plain).id, "done", StopReason.END)
    answer = history.begin_answer(plain)
    history.save_answer_text(answer.id, "replaced")
    history.save_answer_text(answer.id, "Streamed SO far")
    assert set(titles(history, search)) == found


def test_that_a_search_keeps_the_order_and_names_each_conversation_once(history: History) -> None:
    for number in range(3):
        conversation = history.create_conversation(f"cat {number}")
        history.add_message(conversation, question("a cat"))
        history.add_message(conversation, question("the cat"))
    assert titles(history, "CAT") == ["cat 2", "cat 1", "cat 0"]


def test_that_what_was_deleted_is_not_found(history: History) -> None:
    conversation = history.create_conversation("x")
    message = history.add_message(conversation, question("secret"))
    assert titles(history, "secret") == ["x"]
    history.delete_from(conversation, message.id)
    assert titles(history, "secret") == []


# --- what may come in


def test_that_stray_halves_of_characters_are_kept_as_replacement_signs(history: History) -> None:
    conversation = history.create_conversation("a\ud83d")
    broken = replace(picture("a"), source_name=os.fsdecode(b"x\xff.jpg"))
    stored = history.add_message(conversation, question("\ud83d\ude00 \udcff", broken))
    assert stored.message.text == "😀 \ufffd"
    assert stored.message.attachments[0].source_name == "x\ufffd.jpg"
    error = AnswerError(ErrorCode.PICTURE_MISSING, "x\udcff", {"name": "x\udcff"})
    answer = history.finish_answer(
        history.begin_answer(conversation).id,
        "b\ud800",
        StopReason.FAILED,
        replace(FIGURES, model_id="m\udcff"),
        error,
    )
    assert answer.figures == replace(FIGURES, model_id="m\ufffd")
    assert answer.error == AnswerError(ErrorCode.PICTURE_MISSING, "x\ufffd", {"name": "x\ufffd"})
    assert titles(history, "\udcff") == ["a\ufffd"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE messages SET stop_reason = 'bored'",
        "UPDATE messages SET role = 'judge'",
        "UPDATE messages SET budget = 'huge'",
        "UPDATE messages SET figures = '{'",
        "UPDATE messages SET figures = '{\"model_id\": 5}'",
        "UPDATE messages SET error = '[]'",
        "UPDATE messages SET created_at = 9223372036854775807",
        "UPDATE attachments SET sha256 = '../../etc'",
    ],
)
def test_that_rows_that_make_no_sense_are_a_sentence(path: Path, damage: str) -> None:
    def strict_page_path(sha256: str, page: int) -> Path:
        if not sha256.isalnum():
            raise ValueError(sha256)
        return page_path(sha256, page)

    with closing(History(path, strict_page_path)) as history:
        conversation = history.create_conversation("x")
        history.add_message(conversation, question("a", picture("a")))
        history._database.write(damage)
        with pytest.raises(HistoryError) as caught:
            history.messages(conversation)
        assert caught.value.code == ErrorCode.HISTORY_DAMAGED
        assert titles(history) == ["x"]


def test_that_a_page_comes_back_with_its_text_and_a_region_with_where_it_was_cut(
    history: History,
) -> None:
    page = replace(picture("a", page=2), page_count=12, text="Total\n合计 12.40")
    origin = PictureOrigin("b" * 64, 3, Region(10, 20, 30, 45), 1, True, -1.5)
    region = replace(picture("c"), origin=origin)
    conversation = history.create_conversation("x")
    history.add_message(conversation, question("?", page, region))
    (stored,) = history.messages(conversation)
    assert stored.message.attachments == (page, region)


def test_that_an_original_stays_while_something_cut_from_it_is_shown(history: History) -> None:
    whole = picture("a")
    region = replace(picture("c"), origin=PictureOrigin("a" * 64, 0, Region(0, 0, 5, 5)))
    first = history.create_conversation("whole")
    second = history.create_conversation("region")
    history.add_message(first, question("?", whole))
    history.add_message(second, question("?", region))
    assert history.delete_conversation(first) == []
    assert history.delete_conversation(second) == ["a" * 64, "c" * 64]
