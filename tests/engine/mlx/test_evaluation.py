"""What only the MLX engine can get wrong: running ahead, caches that cannot be cut, memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace

pytest.importorskip("mlx_vlm", reason="MLX is not installed on this kind of computer")

import mlx.core as mx
from mlx_vlm.models.cache import KVCache

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import EngineOptions, KvType, PictureLimits, StopReason
from desktop.engine.api import Generate, Phase, PromptProgress
from desktop.engine.mlx import native
from desktop.engine.mlx.evaluation import _slice_ends
from desktop.engine.shared.cache import cell_count
from tests.engine.harness import GREEDY, answer, question, shape
from tests.engine.real import DESCRIBE, RealEngine, RecordingJob

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from desktop.core.types import InstalledModel


@pytest.fixture
def mlx(builtin_mlx: InstalledModel) -> Iterator[RealEngine]:
    engine = RealEngine(replace(builtin_mlx, pictures=PictureLimits(9, 64, 16)))
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("total", "most", "ends"),
    [
        (1, 8, [1]),
        (16, 8, [16]),
        (17, 8, [8, 16, 17]),
        (20, 8, [8, 16, 19, 20]),
        (25, 64, [24, 25]),
    ],
)
def test_that_the_last_cell_goes_alone_behind_many(total: int, most: int, ends: list[int]) -> None:
    assert _slice_ends(total, most) == ends


@pytest.mark.parametrize("slice_size", [3, 7, 500])
def test_that_the_size_of_the_slices_makes_no_difference(
    mlx: RealEngine, tmp_path: Path, slice_size: int
) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"), shape(tmp_path, "blue", "square"))
    mlx.engine._loaded.slice_size = slice_size
    np.testing.assert_allclose(mlx.logits(asked), mlx.cold_logits(asked), atol=0.05)


def test_that_a_cancel_in_the_middle_of_a_picture_keeps_whole_items_only(
    mlx: RealEngine, tmp_path: Path
) -> None:
    mlx.engine._loaded.slice_size = 8  # the picture fills cells 5 to 20
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    job = RecordingJob(
        lambda e: isinstance(e, PromptProgress) and e.phase is Phase.PREFILL and e.done == 8
    )
    assert mlx.engine.generate(Generate("r", (asked,), GREEDY), job).stop_reason is (
        StopReason.CANCELLED
    )
    items = mlx.prompt(asked).items
    picture = next(i for i, item in enumerate(items) if not isinstance(item, int))
    assert mlx.held == items[:picture]
    assert mlx.engine._evaluator._cells == cell_count(mlx.held)
    np.testing.assert_allclose(mlx.logits(asked), mlx.cold_logits(asked), atol=0.05)


def test_that_a_stopped_answer_leaves_no_token_that_ran_ahead(
    mlx: RealEngine, tmp_path: Path
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    for settings in (GREEDY, replace(GREEDY, max_tokens=1), replace(GREEDY, max_tokens=3)):
        text, _ = mlx.ask(opening, settings=settings)
        evaluator = mlx.engine._evaluator
        assert evaluator._cells == cell_count(mlx.held)
        assert all(layer.offset == evaluator._cells for layer in evaluator._cache)
        turn = (opening, answer(text), question("How many?"))
        np.testing.assert_allclose(mlx.logits(*turn), mlx.cold_logits(*turn), atol=0.05)


def test_that_a_cache_that_cannot_be_cut_starts_anew(
    mlx: RealEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    expected, _ = mlx.ask(opening)
    monkeypatch.setattr(KVCache, "is_trimmable", lambda _self: False)
    monkeypatch.setattr(KVCache, "trim", lambda _self, _n: pytest.fail("it cannot be cut"))
    again, finished = mlx.ask(opening)
    assert again == expected
    assert finished.usage.reused_tokens == 0
    turn = (opening, answer(again), question("What colour is the circle?"))
    text, second = mlx.ask(*turn)  # what only grows is reused all the same
    assert "red" in text
    assert second.usage.reused_tokens >= finished.usage.prompt_tokens + finished.usage.answer_tokens


@pytest.mark.parametrize("kv_type", [KvType.Q8_0, KvType.Q4_0])
def test_that_a_quantised_cache_is_smaller_and_can_be_put_away(
    mlx: RealEngine, tmp_path: Path, kv_type: KvType
) -> None:
    opening = question(DESCRIBE, shape(tmp_path, "red"))
    plain, _ = mlx.ask(opening)
    full = mlx.engine._evaluator._state_bytes()
    mlx.load(EngineOptions(context_length=1024, kv_type=kv_type))
    text, first = mlx.ask(opening)
    assert text.split()[:3] == plain.split()[:3]
    assert mlx.engine._evaluator._state_bytes() < full * 0.8
    mlx.ask(question("another one", shape(tmp_path, "blue", "square")))
    _, back = mlx.ask(opening, answer(text), question("How many?"))
    assert back.usage.reused_tokens >= first.usage.prompt_tokens


def test_that_a_gpus_nonsense_is_a_failure_and_no_answer(
    mlx: RealEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    norm = mlx.engine._loaded.model.language_model.model.norm
    weight = norm.weight
    for nonsense in (mx.full(weight.shape, float("nan")), mx.zeros(weight.shape)):
        norm.weight = nonsense
        with pytest.raises(EngineError) as caught:
            mlx.ask(asked)
        assert caught.value.code is ErrorCode.ENGINE_FAILED
    norm.weight = weight
    assert "red" in mlx.ask(asked)[0]


def test_that_a_failed_allocation_is_out_of_memory(
    mlx: RealEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    language = mlx.engine._loaded.model.language_model
    kind = type(language)
    real_call = kind.__call__

    def failing(*_: object, **__: object) -> None:
        raise RuntimeError("[malloc] Unable to allocate 99 bytes.")

    monkeypatch.setattr(kind, "__call__", failing)
    with pytest.raises(EngineError) as caught:
        mlx.ask(asked)
    assert caught.value.code is ErrorCode.OUT_OF_MEMORY
    monkeypatch.setattr(kind, "__call__", real_call)
    assert "red" in mlx.ask(asked)[0]


def test_that_a_model_larger_than_the_memory_is_refused_before_it_is_read(
    mlx: RealEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native, "usable_bytes", lambda: 1_000_000)
    with pytest.raises(EngineError) as caught:
        mlx.load()
    assert caught.value.code is ErrorCode.OUT_OF_MEMORY


def test_that_stop_strings_end_an_answer_unseen(mlx: RealEngine, tmp_path: Path) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    whole, _ = mlx.ask(asked)
    mlx.chat._model = replace(mlx.chat._model, stops=(whole[6:9],))
    text, finished = mlx.ask(asked)
    assert text == whole[:6]
    assert finished.stop_reason is StopReason.END


def test_that_each_unload_gives_all_memory_back(
    builtin_mlx: InstalledModel, mlx: RealEngine, tmp_path: Path
) -> None:
    mlx.ask(question(DESCRIBE, shape(tmp_path, "red")))
    mlx.close()
    before = mx.get_active_memory()
    for _ in range(10):
        mlx.load()
        assert mx.get_active_memory() - before > 10_000_000
        mlx.close()
        assert mx.get_active_memory() <= before


def test_that_a_state_put_away_when_its_buffers_are_full_stays_true(mlx: RealEngine) -> None:
    def evaluated(ids: list[int]) -> NDArray[np.float32]:
        evaluator = mlx.engine._evaluator
        kept = evaluator.reuse(ids, needs_logits=True)
        evaluator.extend(ids, {}, "r", RecordingJob())
        kept_counts.append(kept)
        return np.array(evaluator._logits, dtype=np.float32)

    kept_counts: list[int] = []
    one = [5 + number % 40 for number in range(KVCache.step)]  # what one buffer holds, exactly
    other = [*one[:100], *(60 + number % 30 for number in range(140))]
    evaluated(one)
    evaluated(other)
    back = evaluated([*one, 7])
    assert kept_counts == [0, 100, len(one)]
    mlx.load()
    np.testing.assert_allclose(back, evaluated([*one, 7]), atol=0.05)
