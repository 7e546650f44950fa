"""Where the real engines must stop, refuse or give back: the same cases for both."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import EngineOptions, KvType, PictureBudget, StopReason
from desktop.engine.api import Generate
from desktop.engine.shared.cache import cell_count
from tests.engine.harness import GREEDY, question, shape
from tests.engine.real import DESCRIBE, OPTIONS, RealEngine, RecordingJob

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from desktop.core.types import InstalledModel


def test_that_a_prompt_larger_than_the_context_is_refused_before_any_work(
    model: InstalledModel, tmp_path: Path
) -> None:
    real = RealEngine(model, EngineOptions(context_length=256, threads=1))
    job = RecordingJob()
    messages = (question("word " * 400, shape(tmp_path, "red")),)
    with pytest.raises(EngineError) as caught:
        real.engine.generate(Generate("r", messages, GREEDY), job)
    assert caught.value.code is ErrorCode.CONTEXT_FULL
    assert caught.value.details["length"] == "256"
    assert not job.events
    assert real.ask(question(DESCRIBE, shape(tmp_path, "red")))[0]
    real.close()


def test_that_an_answer_ends_where_the_context_does(model: InstalledModel) -> None:
    real = RealEngine(model, EngineOptions(context_length=256, threads=1))
    filler = question("a " * 60)
    while cell_count(real.prompt(filler).items) < real.length - 3:
        filler = question(filler.text + "a ")
    _, finished = real.ask(filler)
    assert finished.stop_reason in {StopReason.CONTEXT, StopReason.END}
    assert finished.usage.context_used <= real.length
    real.close()


def test_that_a_page_that_vanished_is_a_sentence(real: RealEngine, tmp_path: Path) -> None:
    picture = shape(tmp_path, "red")
    picture.path.unlink()
    with pytest.raises(EngineError) as caught:
        real.ask(question(DESCRIBE, picture))
    assert caught.value.code is ErrorCode.PICTURE_MISSING
    assert real.ask(question(DESCRIBE, shape(tmp_path, "blue")))[0]


def test_that_the_picture_limits_of_the_model_hold(real: RealEngine, tmp_path: Path) -> None:
    large = replace(
        question(DESCRIBE, shape(tmp_path, "red", side=1500)), budget=PictureBudget.DETAIL
    )
    text, finished = real.ask(large)
    assert finished.usage.prompt_tokens < 64 + 20
    assert "red" in text.lower()


@pytest.mark.parametrize("kv_type", list(KvType))
def test_that_every_kv_type_answers(model: InstalledModel, tmp_path: Path, kv_type: KvType) -> None:
    real = RealEngine(model, replace(OPTIONS, kv_type=kv_type))
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    text, _ = real.ask(opening)
    assert "red" in text.lower()
    assert real.ask(opening)[0] == text  # cut back and evaluated again
    real.close()


def test_that_a_seed_makes_an_answer_repeatable(real: RealEngine, tmp_path: Path) -> None:
    warm = replace(GREEDY, temperature=4.0, top_k=0, top_p=1.0, presence_penalty=0.5, max_tokens=24)
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    texts = [real.ask(asked, settings=replace(warm, seed=seed))[0] for seed in (11, 11, 12, 13, 14)]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1


def test_that_without_a_seed_answers_differ(real: RealEngine, tmp_path: Path) -> None:
    warm = replace(GREEDY, temperature=4.0, top_k=0, top_p=1.0, seed=None, max_tokens=24)
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    assert len({real.ask(asked, settings=warm)[0] for _ in range(3)}) > 1


def test_that_temperature_zero_ignores_the_other_sampling_settings(
    real: RealEngine, tmp_path: Path
) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    plain, _ = real.ask(asked)
    assert real.ask(asked, settings=replace(GREEDY, top_k=3, top_p=0.1, seed=5))[0] == plain


def test_that_an_answer_that_repeats_itself_is_stopped_as_a_loop(
    real: RealEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = real.vocabulary.tokens("red and blue and ", has_control=False)
    evaluator = type(real.engine._evaluator)
    monkeypatch.setattr(evaluator, "draw_tokens", lambda *_: _cycle(words))
    _, finished = real.ask(question("say"), settings=replace(GREEDY, max_tokens=1500))
    assert finished.stop_reason is StopReason.LOOP
    assert finished.usage.answer_tokens < 400


def _cycle(words: list[int]) -> Generator[int, None, None]:
    yield from itertools.cycle(words)


def test_that_everything_is_given_back_on_unload(real: RealEngine, tmp_path: Path) -> None:
    real.ask(question(DESCRIBE, shape(tmp_path, "red")))
    real.close()
    real.close()
    with pytest.raises(EngineError) as caught:
        real.ask(question(DESCRIBE, shape(tmp_path, "red")))
    assert caught.value.code is ErrorCode.NO_MODEL
