"""What is sent of an answer while it is written, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.engine.shared import answer as module
from desktop.engine.shared.answer import SOONEST_S, Answer
from tests.engine.real import RecordingJob

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


def sent(job: RecordingJob) -> list[str]:
    return [event.text for event in job.events]  # type: ignore[union-attr]


def write(answer: Answer, clock: Clock, pause: Callable[[int], float], *pieces: str) -> None:
    for number, piece in enumerate(pieces):
        answer.add(number, piece.encode())
        clock.now += pause(number)


def test_that_a_slow_model_sends_every_token(clock: Clock) -> None:
    job = RecordingJob()
    answer = Answer("r", job)
    write(answer, clock, lambda _: SOONEST_S * 1.01, "a", " red", " circle")
    assert sent(job) == ["a", " red", " circle"]


def test_that_a_fast_model_sends_the_first_at_once_and_then_what_there_is(clock: Clock) -> None:
    job = RecordingJob()
    answer = Answer("r", job)
    write(answer, clock, lambda _: SOONEST_S * 0.26, *"abcdefgh")
    assert sent(job) == ["a", "bcde"]
    assert answer.text == "abcdefgh"
    answer.finish()
    assert sent(job) == ["a", "bcde", "fgh"]
    answer.finish()
    assert "".join(sent(job)) == answer.text, "nothing twice"


def test_that_text_held_back_for_a_stop_string_is_sent_or_not(clock: Clock) -> None:
    for end, whole in ((["!"], "so <en!"), (["d>", " more"], "so ")):
        job = RecordingJob()
        answer = Answer("r", job, ["<end>"])
        write(answer, clock, lambda _: 0.001, "so ", "<en", *end)
        answer.finish()
        assert "".join(sent(job)) == answer.text == whole
        assert "" not in sent(job)


def test_that_half_a_character_is_never_sent(clock: Clock) -> None:
    job = RecordingJob()
    answer = Answer("r", job)
    raw = "好".encode()
    for number, piece in enumerate((raw[:1], raw[1:2], raw[2:])):
        answer.add(number, piece)
        clock.now += 1
    assert sent(job) == ["好"]
    assert answer.whole_ids == [0, 1, 2]
