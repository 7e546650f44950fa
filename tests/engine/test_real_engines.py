"""What the real engines must do alike inside: reuse that is true, text that stays text, cancels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace

from desktop.core.types import Message, Role, StopReason
from desktop.engine.api import (
    CancelledError,
    Generate,
    LoadModel,
    ModelLoading,
    Phase,
    Prepare,
    PromptProgress,
    TextDelta,
)
from desktop.engine.shared import answer as answer_of_engine
from desktop.engine.shared.cache import cell_count
from tests.engine.harness import GREEDY, answer, question, shape
from tests.engine.real import DESCRIBE, OPTIONS, RealEngine, RecordingJob

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.types import InstalledModel


# --- reuse ----------------------------------------------------------------------------------------


def test_that_the_second_turns_logits_equal_a_cold_run(real: RealEngine, tmp_path: Path) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    text, first = real.ask(opening)
    assert first.usage.answer_tokens > 2
    turn = (opening, answer(text), question("What colour is the circle?"))
    warm, cold = real.logits(*turn), real.cold_logits(*turn)
    # Rounding differs with the split into batches; the same prompt in other words differs by > 1.
    np.testing.assert_allclose(warm, cold, atol=0.05)
    assert np.argmax(warm) == np.argmax(cold)
    assert cell_count(real.held) > 40


def test_that_another_picture_of_the_same_size_is_not_taken_for_the_first(
    real: RealEngine, tmp_path: Path
) -> None:
    real.ask(question(DESCRIBE, shape(tmp_path, "red")))
    other = question(DESCRIBE, shape(tmp_path, "blue", "square"))
    np.testing.assert_allclose(real.logits(other), real.cold_logits(other), atol=0.05)
    text, finished = real.ask(other)
    assert "blue" in text.lower()
    assert finished.usage.pictures_encoded == 0  # `logits` has looked at it, and it was kept


def test_that_an_added_pictures_logits_equal_a_cold_run(real: RealEngine, tmp_path: Path) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    text, _ = real.ask(opening)
    turn = (opening, answer(text), question("Which one is blue?", shape(tmp_path, "blue")))
    warm = real.logits(*turn)
    np.testing.assert_allclose(warm, real.cold_logits(*turn), atol=0.05)
    _, finished = real.ask(*turn)
    assert finished.usage.reused_tokens == finished.usage.prompt_tokens - 1


def test_that_a_restored_conversations_logits_equal_a_cold_run(
    real: RealEngine, tmp_path: Path
) -> None:
    red, blue = shape(tmp_path, "red"), shape(tmp_path, "blue", "square")
    opening = question(DESCRIBE, red)
    text, _ = real.ask(opening)
    real.ask(question(DESCRIBE, blue), answer("x"), question("and now something else"))
    turn = (opening, answer(text), question("What colour is the circle?"))
    assert real.kept(*turn) > 30  # not only the few tokens that both chats share
    np.testing.assert_allclose(real.logits(*turn), real.cold_logits(*turn), atol=0.05)


def test_that_two_conversations_in_turns_stay_true(real: RealEngine, tmp_path: Path) -> None:
    chats: list[list[Message]] = []
    for colour, kind in (("red", "circle"), ("blue", "square")):
        opening = question(DESCRIBE, shape(tmp_path, colour, kind))
        chats.append([opening, answer(real.ask(opening)[0])])
    for said in ("How many shapes are there?", "What colour is it?"):
        for chat in chats:
            chat.append(question(said))
            np.testing.assert_allclose(real.logits(*chat), real.cold_logits(*chat), atol=0.05)
            text, finished = real.ask(*chat)
            assert finished.usage.reused_tokens > 30
            assert finished.usage.pictures_encoded == 0
            chat.append(answer(text))


def test_that_older_conversations_respect_their_byte_budget(
    model: InstalledModel, tmp_path: Path
) -> None:
    real = RealEngine(model, replace(OPTIONS, cache_bytes=0))
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    text, _ = real.ask(opening)
    real.ask(question(DESCRIBE, shape(tmp_path, "blue")))
    _, back = real.ask(opening, answer(text), question("How many?"))
    assert back.usage.reused_tokens < 16  # nothing was kept of it
    assert back.usage.pictures_encoded == 0  # but its picture was
    real.close()


def test_that_a_question_asked_again_needs_only_its_last_token(
    real: RealEngine, tmp_path: Path
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    first, _ = real.ask(opening)
    again, finished = real.ask(opening)
    assert again == first
    assert finished.usage.reused_tokens == finished.usage.prompt_tokens - 1


def test_that_generated_ids_are_kept_even_where_the_text_tokenizes_otherwise(
    real: RealEngine, tmp_path: Path
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    text, _ = real.ask(opening)
    held = list(real.held)
    assert real.prompt(opening, answer(text), question("x")).items[: len(held)] == held
    retokenized = real.vocabulary.tokens(text, has_control=False)
    assert len(real.chat._answers[text]) <= len(retokenized)


# --- text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["<|im_end|>", "<|im_start|>system\n", "<__media__>", "<|image_pad|>"]
)
def test_that_control_tokens_in_a_persons_text_stay_text(real: RealEngine, text: str) -> None:
    as_control = real.vocabulary.tokens(text, has_control=True)
    written = real.vocabulary.tokens(text, has_control=False)
    assert b"".join(real.vocabulary.piece(token) for token in written) == text.encode()

    def controls(said: str) -> list[int]:
        items = real.prompt(question(said)).items
        return [item for item in items if isinstance(item, int) and real.is_control(item)]

    assert controls(f"say {text} please") == controls("say this please")
    if text.startswith("<|"):
        assert len(set(as_control)) < len(written)


def test_that_a_marker_in_the_text_beside_a_picture_is_answered(
    real: RealEngine, tmp_path: Path
) -> None:
    asked = question("<__media__> <|image_pad|><|im_end|> what", shape(tmp_path, "red"))
    text, finished = real.ask(asked)
    assert finished.stop_reason in {StopReason.END, StopReason.LENGTH, StopReason.LOOP}
    assert text


def test_that_chinese_comes_token_by_token(
    real: RealEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_of_engine, "SOONEST_S", 0.0)
    job = RecordingJob()
    asked = question("请用中文描述这张图片", shape(tmp_path, "red"))
    finished = real.engine.generate(Generate("r", (asked,), GREEDY), job)
    deltas = [event.text for event in job.events if isinstance(event, TextDelta)]
    assert any("\u4e00" <= character <= "\u9fff" for character in job.text)
    assert len(deltas) == finished.usage.answer_tokens


def test_that_a_system_message_is_allowed(real: RealEngine, tmp_path: Path) -> None:
    system = Message(Role.SYSTEM, "Answer briefly.")
    assert real.ask(system, question(DESCRIBE, shape(tmp_path, "red")))[0]


# --- cancelling -----------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", list(Phase))
def test_that_a_cancel_before_the_first_word_leaves_a_true_cache(
    real: RealEngine, tmp_path: Path, phase: Phase
) -> None:
    messages = (question(DESCRIBE, shape(tmp_path, "red"), shape(tmp_path, "blue", "square")),)
    job = RecordingJob(lambda e: isinstance(e, PromptProgress) and e.phase is phase and e.done > 0)
    finished = real.engine.generate(Generate("r", messages, GREEDY), job)
    assert finished.stop_reason is StopReason.CANCELLED
    assert not job.text
    np.testing.assert_allclose(real.logits(*messages), real.cold_logits(*messages), atol=0.05)


def test_that_a_cancelled_encode_leaves_no_embedding(real: RealEngine, tmp_path: Path) -> None:
    picture = shape(tmp_path, "red")
    job = RecordingJob(lambda e: isinstance(e, PromptProgress) and e.done == 1)
    assert not real.engine.prepare(Prepare("r", (question("", picture),)), job).is_complete
    done = [e.done for e in job.events if isinstance(e, PromptProgress) and e.phase is Phase.ENCODE]
    assert max(done) <= 2  # it stopped in the middle: the encoder has five layers
    _, finished = real.ask(question(DESCRIBE, picture))
    assert finished.usage.pictures_encoded == 1


def test_that_a_cancel_in_the_middle_of_decoding_keeps_the_words(
    real: RealEngine, tmp_path: Path
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    job = RecordingJob(lambda e: isinstance(e, TextDelta))
    finished = real.engine.generate(Generate("r", (opening,), GREEDY), job)
    assert finished.stop_reason is StopReason.CANCELLED
    assert finished.usage.answer_tokens == 1
    turn = (opening, answer(job.text), question("go on"))
    np.testing.assert_allclose(real.logits(*turn), real.cold_logits(*turn), atol=0.05)
    assert real.ask(*turn)[1].usage.reused_tokens >= finished.usage.prompt_tokens


def test_that_a_load_can_be_cancelled_and_tried_again(model: InstalledModel) -> None:
    real = RealEngine(model)
    job = RecordingJob(lambda e: isinstance(e, ModelLoading) and e.fraction > 0.1)
    with pytest.raises(CancelledError):
        real.engine.load(LoadModel(model, OPTIONS), job)
    real.load()
    real.close()
