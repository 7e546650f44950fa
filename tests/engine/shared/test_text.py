from __future__ import annotations

import random

import pytest

from desktop.engine.shared.loops import LoopGuard
from desktop.engine.shared.text import StopText, TextStream


def test_that_split_characters_come_whole() -> None:
    stream = TextStream()
    raw = "好 ok 🙂".encode()
    shown = [stream.feed(raw[i : i + 1]) for i in range(len(raw))]
    assert "".join(shown) == "好 ok 🙂" == stream.text
    assert all("\ufffd" not in piece for piece in shown)


def test_that_pending_bytes_are_known() -> None:
    stream = TextStream()
    stream.feed("好".encode()[:2])
    assert stream.has_pending_bytes
    stream.feed("好".encode()[2:])
    assert not stream.has_pending_bytes


def test_that_bytes_that_are_no_text_become_a_mark_and_not_an_error() -> None:
    stream = TextStream()
    assert stream.feed(b"a\xff") + stream.feed(b"b") == "a\ufffdb"


def trips(ids: list[int]) -> bool:
    guard = LoopGuard()
    return any(guard.is_looping(token) for token in ids)


@pytest.mark.parametrize("period", [1, 2, 7, 32, 64, 65, 100, 256])
def test_that_a_loop_of_any_period_is_noticed(period: int) -> None:
    rng = random.Random(period)
    block = [rng.randrange(1000) for _ in range(period)]
    assert trips([rng.randrange(1000) for _ in range(50)] + block * (2000 // period))


def test_that_random_text_is_no_loop() -> None:
    rng = random.Random(1)
    assert not trips([rng.randrange(500) for _ in range(4000)])


def test_that_a_table_of_seven_equal_rows_is_no_loop() -> None:
    rng = random.Random(2)
    row = [rng.randrange(100) for _ in range(20)]
    prose = [rng.randrange(100, 500) for _ in range(200)]
    assert not trips(prose + row * 7 + prose)


def test_that_a_long_rule_is_no_loop() -> None:
    prose = list(range(200))
    assert not trips(prose + [7] * 100 + prose)


def streamed(pieces: list[str], *stops: str) -> tuple[str, bool]:
    stop = StopText(stops)
    shown = "".join(stop.feed(piece) for piece in pieces)
    return shown + stop.rest(), stop.is_found


@pytest.mark.parametrize(
    ("pieces", "shown", "is_found"),
    [
        (["one ", "END two"], "one ", True),
        (["one E", "N", "D two"], "one ", True),
        (["one EN", "T two"], "one ENT two", False),
        (["one EN"], "one EN", False),
        (["EEN", "D"], "E", True),
        (["a STOP b END"], "a ", True),
        (["好", "的EN", "D"], "好的", True),
        (["", ""], "", False),
    ],
)
def test_that_a_stop_string_ends_the_text_wherever_it_is_cut(
    pieces: list[str], shown: str, is_found: bool
) -> None:
    assert streamed(pieces, "END", "STOP") == (shown, is_found)


def test_that_without_stop_strings_nothing_is_held_back() -> None:
    stop = StopText(("",))
    assert stop.feed("EN") == "EN"
    assert stop.rest() == ""
