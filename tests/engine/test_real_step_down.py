"""A model for which there is too little memory is made to fit: by its estimate, and by trying."""

from __future__ import annotations

import os
import signal
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psutil
import pytest
from msgspec.structs import replace

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.types import EngineKind, EngineOptions, FlashAttention, KvType
from desktop.engine.api import LoadModel, ModelLoaded, Reduction, WorkerReady
from tests.engine.harness import question, shape
from tests.engine.real import DESCRIBE, RealEngine, RecordingJob

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.types import InstalledModel
    from tests.engine.harness import Harness

WANTED = EngineOptions(context_length=4096, threads=1)  # all that the model was made for
SHORTER = Reduction(context_length=2048, context_wanted=4096)
TOTAL = 1 << 34


@pytest.fixture
def asleep(model: InstalledModel) -> RealEngine:
    """An engine whose model is not loaded."""
    return RealEngine(model, None)


def have(monkeypatch: pytest.MonkeyPatch, available: int, total: int = TOTAL) -> None:
    """From now on the machine has so much memory."""
    memory = SimpleNamespace(available=available, total=total)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)


def load(
    real: RealEngine, options: EngineOptions = WANTED, *, is_cautious: bool = False
) -> ModelLoaded:
    loaded = real.engine.load(LoadModel(real.model, options, is_cautious), RecordingJob())
    assert isinstance(loaded, ModelLoaded)
    return loaded


def test_that_with_memory_enough_nothing_is_reduced(
    asleep: RealEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    have(monkeypatch, TOTAL)
    loaded = load(asleep)
    assert (loaded.context_length, loaded.reduced, loaded.context_limit) == (4096, None, None)
    asleep.close()


def test_that_what_does_not_fit_is_reduced_step_by_step_and_said(
    asleep: RealEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    seen: list[Reduction | None] = []
    for available in range(32_000_000, 12_000_000, -2_000_000):
        have(monkeypatch, available)
        loaded = load(asleep)
        if loaded.reduced in seen:
            continue
        seen.append(loaded.reduced)
        shown = loaded.reduced or Reduction()
        assert loaded.context_length == (shown.context_length or 4096)
        assert asleep.length == loaded.context_length
        assert "red" in asleep.ask(asked)[0].lower()
    quantised = Reduction(kv_type=KvType.Q8_0)
    assert seen == [None, quantised, replace(SHORTER, kv_type=KvType.Q8_0)]
    asleep.close()


@pytest.mark.parametrize(
    ("asked", "available", "limit"),
    [(4096, TOTAL, None), (4097, TOTAL, 4096), (1 << 20, TOTAL, 4096), (1 << 20, 12_000_000, None)],
)
def test_that_a_context_above_the_models_own_is_said_where_that_one_is_used(
    asleep: RealEngine,
    monkeypatch: pytest.MonkeyPatch,
    asked: int,
    available: int,
    limit: int | None,
) -> None:
    have(monkeypatch, available)
    loaded = load(asleep, replace(WANTED, context_length=asked))
    assert loaded.context_limit == limit
    assert (loaded.context_length == 4096) is (available == TOTAL)
    asleep.close()


def test_that_a_cautious_load_makes_all_smaller_at_once(
    asleep: RealEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    have(monkeypatch, TOTAL)
    loaded = load(asleep, is_cautious=True)
    assert loaded.reduced == replace(SHORTER, kv_type=KvType.Q8_0)
    asleep.close()


def test_that_a_wish_that_is_small_already_is_kept(
    asleep: RealEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    have(monkeypatch, 12_000_000)
    loaded = load(asleep, EngineOptions(context_length=512, kv_type=KvType.Q4_0))
    assert (loaded.context_length, loaded.reduced) == (512, None)
    asleep.close()


def test_that_without_flash_attention_the_cache_is_not_made_smaller(
    builtin: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = RealEngine(builtin)
    have(monkeypatch, 1_000_000)
    loaded = load(real, replace(WANTED, flash_attention=FlashAttention.OFF))
    assert loaded.reduced == SHORTER
    real.close()


def test_that_a_model_larger_than_the_machine_is_refused_with_its_need(
    builtin: InstalledModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = RealEngine(builtin)
    have(monkeypatch, 5_000_000, total=8_000_000)
    with pytest.raises(EngineError) as caught:
        load(real)
    assert caught.value.code is ErrorCode.OUT_OF_MEMORY
    assert caught.value.details == {"needed": "0.0 GB", "available": "0.0 GB"}
    have(monkeypatch, TOTAL)
    assert load(real).reduced is None
    assert real.ask(question(DESCRIBE, shape(tmp_path, "red")))[0]
    real.close()


def patient(model: InstalledModel, folder: Path) -> InstalledModel:
    """The built-in model, said to be made for a context whose cache takes 1.6 GB."""
    data = bytearray(model.model_path.read_bytes())
    key = b"qwen3vl.context_length"
    at = data.index(key) + len(key) + 4  # behind the value's type
    assert int.from_bytes(data[at : at + 4], "little") == 4096
    data[at : at + 4] = (1 << 20).to_bytes(4, "little")
    path = folder / "patient.gguf"
    path.write_bytes(data)
    return replace(model, model_path=path)


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_that_a_load_that_fails_for_memory_is_tried_with_less(
    worker: Harness, builtin: InstalledModel, tmp_path: Path
) -> None:
    """The limit is the system's, and it is met inside the library."""
    import resource  # noqa: PLC0415 - not on Windows

    worker.load(builtin, EngineOptions(context_length=256))
    used = psutil.Process(worker.pid).memory_info().vms
    _, highest = resource.prlimit(worker.pid, resource.RLIMIT_AS)
    resource.prlimit(worker.pid, resource.RLIMIT_AS, (used + 700_000_000, highest))
    loaded = worker.load(patient(builtin, tmp_path), EngineOptions(context_length=1 << 20))
    assert loaded.reduced == Reduction(context_length=131_072, context_wanted=1 << 20)
    assert loaded.context_length == 131_072
    assert "red" in worker.ask([question(DESCRIBE, shape(tmp_path, "red"))])[0].lower()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs SIGSTOP")
def test_that_a_worker_killed_in_a_load_is_followed_by_a_cautious_one(
    worker: Harness, model: InstalledModel, tmp_path: Path
) -> None:
    os.kill(worker.pid, signal.SIGSTOP)  # so that it cannot be faster than the kill
    worker.client.load(model, WANTED)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(WorkerReady)
    loaded = worker.wait(ModelLoaded)
    assert loaded.reduced == replace(SHORTER, kv_type=KvType.Q8_0)
    assert loaded.model_id == model.id
    assert model.engine in {EngineKind.LLAMA_CPP, EngineKind.MLX}
    assert "red" in worker.ask([question(DESCRIBE, shape(tmp_path, "red"))])[0].lower()
    assert worker.load(model, WANTED).reduced is None
