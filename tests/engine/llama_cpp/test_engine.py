"""The llama.cpp engine in this process, with the built-in model: what the protocol cannot show."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from llama_cpp import llama_cpp as lib

from desktop.core.errors import EngineError, ErrorCode, GroundglassError, ModelError
from desktop.core.types import EngineOptions, KvType, Message, PictureBudget, Role, StopReason
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
from desktop.engine.llama_cpp.cache import cell_count
from desktop.engine.llama_cpp.engine import LlamaCppEngine
from tests.engine.harness import GREEDY, answer, question, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from desktop.core.types import InstalledModel
    from desktop.engine.api import EngineEvent, GenerationFinished

DESCRIBE = "Describe this image."
OPTIONS = EngineOptions(context_length=2048)


class RecordingJob:
    """A job that keeps its events, and is cancelled when one of them says so."""

    def __init__(self, cancel_at: Callable[[EngineEvent], bool] | None = None) -> None:
        self.cancel_flag = bytearray(2)
        self.received_at = time.monotonic()
        self.events: list[EngineEvent] = []
        self._cancel_at = cancel_at

    def emit(self, event: EngineEvent) -> None:
        self.events.append(event)
        if self._cancel_at is not None and self._cancel_at(event):
            self.cancel_flag[0] = 1

    def is_cancelled(self) -> bool:
        return self.cancel_flag[0] != 0

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))


@pytest.fixture
def engine(builtin: InstalledModel) -> Iterator[LlamaCppEngine]:
    engine = LlamaCppEngine()
    engine.load(LoadModel(builtin, OPTIONS), RecordingJob())
    yield engine
    engine.unload()


def ask(engine: LlamaCppEngine, *messages: Message) -> tuple[str, GenerationFinished]:
    job = RecordingJob()
    finished = engine.generate(Generate("r", messages, GREEDY), job)
    return job.text, finished


def last_logits(engine: LlamaCppEngine, *messages: Message) -> NDArray[np.float32]:
    """Logits after the prompt, before any token is drawn."""
    loaded, evaluator = engine._require()
    prompt = engine._prompt(messages, is_open=False)
    engine._evaluate(prompt, "r", RecordingJob(), needs_logits=True)
    assert cell_count(evaluator.held) == cell_count(prompt.items)
    row = np.ctypeslib.as_array(
        lib.llama_get_logits_ith(loaded.context, -1), (loaded.vocabulary.size,)
    )
    return np.array(row)


def cold_logits(builtin: InstalledModel, *messages: Message) -> NDArray[np.float32]:
    fresh = LlamaCppEngine()
    fresh.load(LoadModel(builtin, OPTIONS), RecordingJob())
    try:
        return last_logits(fresh, *messages)
    finally:
        fresh.unload()


def test_that_the_second_turns_logits_equal_a_cold_run(
    engine: LlamaCppEngine, builtin: InstalledModel, tmp_path: Path
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    text, first = ask(engine, opening)
    turn = (opening, answer(text), question("What colour is the circle?"))
    warm = last_logits(engine, *turn)
    _, evaluator = engine._require()
    assert first.usage.answer_tokens > 2
    cold = cold_logits(builtin, *turn)
    # Rounding differs with the split into batches; the same prompt in other words differs by > 1.
    np.testing.assert_allclose(warm, cold, atol=0.05)
    assert np.argmax(warm) == np.argmax(cold)
    assert cell_count(evaluator.held) > 40


def test_that_a_restored_conversations_logits_equal_a_cold_run(
    engine: LlamaCppEngine, builtin: InstalledModel, tmp_path: Path
) -> None:
    red, blue = shape(tmp_path, "red"), shape(tmp_path, "blue", "square")
    opening = question(DESCRIBE, red)
    text, _ = ask(engine, opening)
    ask(engine, question(DESCRIBE, blue), answer("x"), question("and now something else"))
    turn = (opening, answer(text), question("What colour is the circle?"))
    _, evaluator = engine._require()
    prompt = engine._prompt(turn, is_open=False)
    kept = evaluator.reuse(prompt.items, needs_logits=True)
    assert cell_count(prompt.items[:kept]) > 30  # not only the few tokens that both chats share
    np.testing.assert_allclose(last_logits(engine, *turn), cold_logits(builtin, *turn), atol=0.05)


def test_that_older_conversations_respect_their_byte_budget(
    builtin: InstalledModel, tmp_path: Path
) -> None:
    engine = LlamaCppEngine()
    engine.load(LoadModel(builtin, replace(OPTIONS, cache_bytes=0)), RecordingJob())
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    text, _ = ask(engine, opening)
    ask(engine, question(DESCRIBE, shape(tmp_path, "blue")))
    _, back = ask(engine, opening, answer(text), question("How many?"))
    assert back.usage.reused_tokens < 16  # nothing was kept of it
    assert back.usage.pictures_encoded == 0  # but its picture was
    engine.unload()


def test_that_generated_ids_are_kept_even_where_the_text_tokenizes_otherwise(
    engine: LlamaCppEngine, tmp_path: Path
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    text, _ = ask(engine, opening)
    loaded, evaluator = engine._require()
    held = list(evaluator.held)
    prompt = engine._prompt((opening, answer(text), question("x")), is_open=False)
    assert prompt.items[: len(held)] == held
    assert len(engine._answers[text]) <= len(loaded.vocabulary.tokens(text, has_control=False))


@pytest.mark.parametrize(
    "text", ["<|im_end|>", "<|im_start|>system\n", "<__media__>", "<|image_pad|>"]
)
def test_that_control_tokens_in_a_persons_text_stay_text(engine: LlamaCppEngine, text: str) -> None:
    loaded, _ = engine._require()
    as_control = set(loaded.vocabulary.tokens(text, has_control=True))
    written = loaded.vocabulary.tokens(text, has_control=False)
    assert b"".join(loaded.vocabulary.piece(token) for token in written) == text.encode()
    prompt = engine._prompt((question(f"say {text} please"),), is_open=False)
    plain = engine._prompt((question("say this please"),), is_open=False)
    controls = [
        t
        for t in prompt.items
        if isinstance(t, int) and lib.llama_vocab_is_control(loaded.vocabulary.handle, t)
    ]
    expected = [
        t
        for t in plain.items
        if isinstance(t, int) and lib.llama_vocab_is_control(loaded.vocabulary.handle, t)
    ]
    assert controls == expected
    if text.startswith("<|"):
        assert len(as_control) < len(written)


def test_that_a_marker_in_the_text_beside_a_picture_is_answered(
    engine: LlamaCppEngine, tmp_path: Path
) -> None:
    text, finished = ask(engine, question("<__media__> <|im_end|> what", shape(tmp_path, "red")))
    assert finished.stop_reason in {StopReason.END, StopReason.LENGTH, StopReason.LOOP}
    assert text


@pytest.mark.parametrize("phase", list(Phase))
def test_that_a_cancel_before_the_first_word_leaves_a_true_cache(
    engine: LlamaCppEngine, builtin: InstalledModel, tmp_path: Path, phase: Phase
) -> None:
    messages = (question(DESCRIBE, shape(tmp_path, "red"), shape(tmp_path, "blue", "square")),)
    job = RecordingJob(lambda e: isinstance(e, PromptProgress) and e.phase is phase and e.done > 0)
    finished = engine.generate(Generate("r", messages, GREEDY), job)
    assert finished.stop_reason is StopReason.CANCELLED
    assert not job.text
    np.testing.assert_allclose(
        last_logits(engine, *messages), cold_logits(builtin, *messages), atol=0.05
    )


def test_that_a_cancelled_encode_leaves_no_embedding(
    engine: LlamaCppEngine, tmp_path: Path
) -> None:
    picture = shape(tmp_path, "red")
    job = RecordingJob(lambda e: isinstance(e, PromptProgress) and e.done == 1)
    assert not engine.prepare(Prepare("r", (question("", picture),)), job).is_complete
    done = [e.done for e in job.events if isinstance(e, PromptProgress) and e.phase is Phase.ENCODE]
    assert max(done) <= 2  # it stopped in the middle: the encoder has five layers
    _, finished = ask(engine, question(DESCRIBE, picture))
    assert finished.usage.pictures_encoded == 1


def test_that_a_cancel_in_the_middle_of_decoding_keeps_the_words(
    engine: LlamaCppEngine, tmp_path: Path
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    job = RecordingJob(lambda e: isinstance(e, TextDelta))
    finished = engine.generate(Generate("r", (opening,), GREEDY), job)
    assert finished.stop_reason is StopReason.CANCELLED
    assert finished.usage.answer_tokens == 1
    turn = (opening, answer(job.text), question("go on"))
    assert ask(engine, *turn)[1].usage.reused_tokens >= finished.usage.prompt_tokens


def test_that_a_load_can_be_cancelled_and_tried_again(builtin: InstalledModel) -> None:
    engine = LlamaCppEngine()
    job = RecordingJob(lambda e: isinstance(e, ModelLoading) and e.fraction > 0.1)
    with pytest.raises(CancelledError):
        engine.load(LoadModel(builtin, OPTIONS), job)
    assert engine.load(LoadModel(builtin, OPTIONS), RecordingJob()).can_see
    engine.unload()


def test_that_a_prompt_larger_than_the_context_is_refused_before_any_work(
    builtin: InstalledModel, tmp_path: Path
) -> None:
    engine = LlamaCppEngine()
    engine.load(LoadModel(builtin, EngineOptions(context_length=256)), RecordingJob())
    job = RecordingJob()
    messages = (question("word " * 400, shape(tmp_path, "red")),)
    with pytest.raises(EngineError) as caught:
        engine.generate(Generate("r", messages, GREEDY), job)
    assert caught.value.code is ErrorCode.CONTEXT_FULL
    assert caught.value.details["length"] == "256"
    assert not job.events
    assert ask(engine, question(DESCRIBE, shape(tmp_path, "red")))[0]
    engine.unload()


def test_that_an_answer_ends_where_the_context_does(builtin: InstalledModel) -> None:
    engine = LlamaCppEngine()
    engine.load(LoadModel(builtin, EngineOptions(context_length=256)), RecordingJob())
    loaded, _ = engine._require()
    filler = question("a " * 60)
    while cell_count(engine._prompt((filler,), is_open=False).items) < loaded.context_length - 3:
        filler = question(filler.text + "a ")
    _, finished = ask(engine, filler)
    assert finished.stop_reason in {StopReason.CONTEXT, StopReason.END}
    assert finished.usage.context_used <= loaded.context_length
    engine.unload()


def test_that_a_page_that_vanished_is_a_sentence(engine: LlamaCppEngine, tmp_path: Path) -> None:
    picture = shape(tmp_path, "red")
    picture.path.unlink()
    with pytest.raises(EngineError) as caught:
        ask(engine, question(DESCRIBE, picture))
    assert caught.value.code is ErrorCode.PICTURE_MISSING
    assert ask(engine, question(DESCRIBE, shape(tmp_path, "blue")))[0]


def test_that_the_picture_limits_of_the_model_hold(engine: LlamaCppEngine, tmp_path: Path) -> None:
    large = replace(
        question(DESCRIBE, shape(tmp_path, "red", side=1500)), budget=PictureBudget.DETAIL
    )
    text, finished = ask(engine, large)
    assert finished.usage.prompt_tokens < 64 + 20
    assert "red" in text.lower()


@pytest.mark.parametrize("kv_type", list(KvType))
def test_that_every_kv_type_answers(
    builtin: InstalledModel, tmp_path: Path, kv_type: KvType
) -> None:
    engine = LlamaCppEngine()
    engine.load(LoadModel(builtin, replace(OPTIONS, kv_type=kv_type)), RecordingJob())
    assert "red" in ask(engine, question(DESCRIBE, shape(tmp_path, "red")))[0].lower()
    engine.unload()


def test_that_a_seed_makes_an_answer_repeatable(engine: LlamaCppEngine, tmp_path: Path) -> None:
    warm = replace(GREEDY, temperature=4.0, top_k=0, top_p=1.0, seed=11, presence_penalty=0.5)
    messages = (question(DESCRIBE, shape(tmp_path, "red")),)
    texts = []
    for seed in (11, 11, 12, 13, 14):
        job = RecordingJob()
        engine.generate(Generate("r", messages, replace(warm, seed=seed)), job)
        texts.append(job.text)
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1


def test_that_a_system_message_is_allowed(engine: LlamaCppEngine, tmp_path: Path) -> None:
    system = Message(Role.SYSTEM, "Answer briefly.")
    assert ask(engine, system, question(DESCRIBE, shape(tmp_path, "red")))[0]


def test_that_models_load_from_chinese_paths_with_spaces(
    builtin: InstalledModel, tmp_path: Path
) -> None:
    folder = tmp_path / "模型 文件夹"
    folder.mkdir()
    assert builtin.projector_path is not None
    moved = replace(
        builtin,
        model_path=_copy(builtin.model_path, folder / "小 模型.gguf"),
        projector_path=_copy(builtin.projector_path, folder / "mmproj 小.gguf"),
    )
    engine = LlamaCppEngine()
    engine.load(LoadModel(moved, OPTIONS), RecordingJob())
    assert "red" in ask(engine, question(DESCRIBE, shape(folder, "red")))[0].lower()
    engine.unload()


def _copy(source: Path, target: Path) -> Path:
    shutil.copyfile(source, target)
    return target


def broken_models(builtin: InstalledModel, folder: Path) -> Sequence[tuple[str, InstalledModel]]:
    assert builtin.projector_path is not None
    cut = folder / "cut.gguf"
    cut.write_bytes(builtin.model_path.read_bytes()[:1_500_000])
    page = folder / "page.gguf"
    page.write_text("<html>404</html>")
    cut_eyes = folder / "cut-mmproj.gguf"
    cut_eyes.write_bytes(builtin.projector_path.read_bytes()[:1_500_000])
    return (
        ("truncated", replace(builtin, model_path=cut)),
        ("a web page", replace(builtin, model_path=page)),
        ("a projector as model", replace(builtin, model_path=builtin.projector_path)),
        ("a model as projector", replace(builtin, projector_path=builtin.model_path)),
        ("truncated projector", replace(builtin, projector_path=cut_eyes)),
        ("no file", replace(builtin, model_path=folder / "none.gguf")),
    )


def test_that_broken_model_files_are_sentences(builtin: InstalledModel, tmp_path: Path) -> None:
    engine = LlamaCppEngine()
    for name, broken in broken_models(builtin, tmp_path):
        with pytest.raises(GroundglassError) as caught:
            engine.load(LoadModel(broken, OPTIONS), RecordingJob())
        assert isinstance(caught.value, ModelError), name
        assert caught.value.message.endswith(".")
    assert engine.load(LoadModel(builtin, OPTIONS), RecordingJob()).can_see
    engine.unload()


def test_that_memory_is_given_back_on_unload(builtin: InstalledModel, tmp_path: Path) -> None:
    engine = LlamaCppEngine()
    engine.load(LoadModel(builtin, OPTIONS), RecordingJob())
    ask(engine, question(DESCRIBE, shape(tmp_path, "red")))
    engine.unload()
    engine.unload()
    with pytest.raises(EngineError) as caught:
        ask(engine, question(DESCRIBE, shape(tmp_path, "red")))
    assert caught.value.code is ErrorCode.NO_MODEL
