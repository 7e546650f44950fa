"""An answer that goes round in circles: noticed, void, begun anew once, and only once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.types import StopReason
from desktop.engine.api import AnswerRestarted, Generate, TextDelta
from desktop.engine.shared import chat
from desktop.engine.shared.loops import varied
from tests.engine.harness import GREEDY, answer, question, shape
from tests.engine.real import DESCRIBE, RealEngine, RecordingJob

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop.core.types import GenerationSettings
    from desktop.engine.api import EngineEvent, GenerationFinished

# What was said once is said for ever: the first two words or so, again and again.
STUCK = replace(GREEDY, presence_penalty=-60.0, max_tokens=300)
COLOURS = ["red", "blue", "green"]
# A list that has to end before the second try can go round in circles for long enough.
HELD = replace(
    STUCK,
    json_schema=json.dumps({"type": "array", "items": {"enum": COLOURS}, "maxItems": 28}),
)


def ask(
    real: RealEngine,
    picture: Path,
    settings: GenerationSettings = STUCK,
    cancel_at: Callable[[EngineEvent], bool] | None = None,
) -> tuple[RecordingJob, GenerationFinished]:
    job = RecordingJob(cancel_at)
    asked = question(DESCRIBE, shape(picture, "red"))
    return job, real.engine.generate(Generate("r", (asked,), settings), job)


def split(job: RecordingJob) -> list[str]:
    """The text before and after each restart."""
    texts = [""]
    for event in job.events:
        if isinstance(event, AnswerRestarted):
            texts.append("")
        elif isinstance(event, TextDelta):
            texts[-1] += event.text
    return texts


def test_that_a_loop_is_begun_anew_with_other_penalties(real: RealEngine, tmp_path: Path) -> None:
    job, finished = ask(real, tmp_path)
    void, text = split(job)
    assert len(void) > 50
    assert "red" in text.lower()
    assert finished.stop_reason is StopReason.END
    assert finished.usage.retries == 1
    assert finished.usage.answer_tokens < 60  # of the text that stands
    assert finished.usage.pictures_encoded == 1
    # The void text left nothing behind: as if it had been asked like this at first.
    assert split(ask(real, tmp_path, varied(STUCK))[0]) == [text]
    turn = (question(DESCRIBE, shape(tmp_path, "red")), answer(text), question("How many?"))
    assert real.ask(*turn)[1].usage.reused_tokens >= finished.usage.prompt_tokens


def test_that_the_void_text_is_not_put_away_as_a_conversation(
    real: RealEngine, tmp_path: Path
) -> None:
    ask(real, tmp_path)
    assert len(real.engine._evaluator._states) == 0


def test_that_a_second_loop_ends_the_answer(
    real: RealEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "varied", lambda settings: settings)
    job, finished = ask(real, tmp_path)
    void, text = split(job)
    assert void
    assert text.startswith(void)  # the last words of what is void anyway are not sent
    assert finished.stop_reason is StopReason.LOOP
    assert finished.usage.retries == 1


def test_that_a_loop_within_a_form_is_begun_anew_and_held_to_it_again(
    real: RealEngine, tmp_path: Path
) -> None:
    job, finished = ask(real, tmp_path, HELD)
    void, text = split(job)
    said = re.findall(r'"(\w+)"', void)
    assert len(said) > 20
    assert len(set(said[-20:])) == 1
    with pytest.raises(json.JSONDecodeError):
        json.loads(void)
    assert finished.stop_reason is StopReason.END
    assert finished.usage.retries == 1
    assert set(json.loads(text)) <= set(COLOURS)
    assert split(ask(real, tmp_path, varied(HELD))[0]) == [text]  # from the form's beginning on


def test_that_a_form_that_loops_twice_is_said_to_be_unfinished(
    real: RealEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "varied", lambda settings: settings)
    job, finished = ask(real, tmp_path, HELD)
    void, text = split(job)
    assert finished.stop_reason is StopReason.LOOP
    assert finished.usage.retries == 1
    assert text.startswith(void)
    assert set(re.findall(r"\w{3,}", text)) <= {*COLOURS, "gre", "gree", "blu"}  # its last word
    assert not text.endswith("]")  # nobody closes it behind the model's back


def test_that_an_answer_without_a_loop_is_said_once(real: RealEngine, tmp_path: Path) -> None:
    job, finished = ask(real, tmp_path, GREEDY)
    assert len(split(job)) == 1
    assert finished.usage.retries == 0


def test_that_a_cancel_holds_for_the_second_try_too(real: RealEngine, tmp_path: Path) -> None:
    job, finished = ask(real, tmp_path, cancel_at=lambda event: isinstance(event, AnswerRestarted))
    assert split(job)[1] == ""
    assert finished.stop_reason is StopReason.CANCELLED
    assert "red" in real.ask(question(DESCRIBE, shape(tmp_path, "red")))[0].lower()


def test_that_drawn_answers_are_begun_anew_as_well(real: RealEngine, tmp_path: Path) -> None:
    stuck = replace(STUCK, temperature=0.7, top_k=20, top_p=0.8, seed=3)
    job, finished = ask(real, tmp_path, stuck)
    assert len(split(job)) == 2
    assert finished.stop_reason is not StopReason.LOOP


def test_that_varied_settings_are_always_stronger() -> None:
    for penalty in (1.0, 1.1, 1.3):
        settings = replace(GREEDY, repetition_penalty=penalty, presence_penalty=1.5, seed=4)
        changed = varied(settings)
        assert changed.repetition_penalty > penalty
        assert changed.presence_penalty >= 1.5
        assert replace(changed, repetition_penalty=penalty, presence_penalty=1.5) == settings
