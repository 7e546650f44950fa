"""What the client does about a worker that dies while it loads a model."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.errors import ErrorCode
from desktop.core.step_down import Memory
from desktop.core.types import EngineKind, EngineOptions, InstalledModel
from desktop.engine import lost_load
from desktop.engine.api import EngineFailed, ModelLoaded, ModelLoading, Reduction, WorkerReady
from desktop.engine.shared.memory import NO_MEMORY
from tests.engine.harness import GREEDY, Harness, fake_model, question

if TYPE_CHECKING:
    from pathlib import Path


def failure_of(worker: Harness) -> EngineFailed:
    while True:
        event = worker.next()
        if isinstance(event, EngineFailed):
            return event


@pytest.mark.parametrize(
    ("sig", "words", "code"),
    [
        ("SIGKILL", "", ErrorCode.OUT_OF_MEMORY),
        ("SIGABRT", "GGML_ASSERT(n_dims <= 4) failed", ErrorCode.WORKER_CRASHED),
        (
            "SIGABRT",
            "ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 123",
            ErrorCode.OUT_OF_MEMORY,
        ),
        (
            "SIGABRT",
            "terminate called after throwing an instance of 'std::bad_alloc'",
            ErrorCode.OUT_OF_MEMORY,
        ),
        ("SIGSEGV", "", ErrorCode.WORKER_CRASHED),
    ],
)
def test_that_a_worker_that_dies_of_a_load_twice_is_said_once(
    worker: Harness, tmp_path: Path, sig: str, words: str, code: ErrorCode
) -> None:
    crash = {"phase": "load", "signal": sig, "message": words}
    model = fake_model(tmp_path, crash=crash)
    worker.client.load(model, EngineOptions())
    failure = failure_of(worker)
    assert (failure.request_id, failure.code) == (None, code)
    assert worker.events.empty()
    worker.load(fake_model(tmp_path, "good", reply="fine"))
    assert worker.ask([question("and now")])[0] == "fine"


def test_that_a_death_in_a_load_is_for_want_of_memory_where_the_files_do_not_fit(
    worker: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = fake_model(tmp_path, crash={"phase": "load", "signal": "SIGSEGV"})
    encoder = tmp_path / "encoder.gguf"
    with encoder.open("wb") as file:
        file.truncate(8_000_000)
    free = Memory(ram=10_000_001, total_ram=1 << 34)
    monkeypatch.setattr(lost_load, "free_memory", lambda: free)
    worker.client.load(model, EngineOptions())
    assert failure_of(worker).code is ErrorCode.WORKER_CRASHED
    worker.client.load(replace(model, projector_path=encoder), EngineOptions())
    failure = failure_of(worker)  # 8 MB and a quarter for computing, and the script
    assert (failure.code, failure.message) == (ErrorCode.OUT_OF_MEMORY, NO_MEMORY)


def test_that_words_of_an_earlier_load_do_not_count(worker: Harness, tmp_path: Path) -> None:
    marker = str(tmp_path / "died")
    crash = {"phase": "load", "signal": "SIGABRT", "message": "failed to allocate buffer"}
    worker.client.load(fake_model(tmp_path, crash=crash, once=marker), EngineOptions())
    worker.wait(ModelLoaded)
    crash |= {"message": "something else"}
    worker.client.load(fake_model(tmp_path, crash=crash), EngineOptions())
    assert failure_of(worker).code is ErrorCode.WORKER_CRASHED


@pytest.mark.parametrize("parts", [1, 3])
def test_that_all_of_a_models_files_count(tmp_path: Path, parts: int) -> None:
    names = [f"m-{number:05}-of-{parts:05}.gguf" for number in range(1, parts + 1)]
    for name in names:
        (tmp_path / name).write_bytes(bytes(1000))
        (tmp_path / name).with_suffix(".safetensors").write_bytes(bytes(100))
    model = InstalledModel("m", "m", EngineKind.LLAMA_CPP, tmp_path / names[0], None)
    assert sum(lost_load._sizes(model)) == 1000 * parts
    folder = replace(model, engine=EngineKind.MLX, model_path=tmp_path)
    assert sum(lost_load._sizes(folder)) == 100 * parts
    gone = replace(model, projector_path=tmp_path / "gone.gguf")
    assert sum(lost_load._sizes(gone)) == 1000 * parts


def test_that_the_load_behind_a_death_makes_all_smaller_that_can_be(
    worker: Harness, tmp_path: Path
) -> None:
    marker = tmp_path / "killed"
    model = fake_model(tmp_path, reply="fine", crash={"phase": "load"}, once=str(marker))
    worker.client.load(model, EngineOptions(context_length=16_384))
    second = worker.wait(WorkerReady).pid
    reduced = Reduction(context_length=2048, context_wanted=16_384)
    assert worker.wait(ModelLoaded).reduced == reduced
    os.kill(second, signal.SIGKILL)
    assert worker.wait(ModelLoaded).reduced == reduced  # what killed one is not tried on the next
    assert worker.load(model, EngineOptions(context_length=16_384)).reduced is None


def test_that_the_load_wanted_last_is_the_one_tried_again(tmp_path: Path) -> None:
    with Harness() as worker:
        slow = fake_model(tmp_path, "slow", load_s=20.0)
        worker.client.load(slow, EngineOptions())
        worker.wait(ModelLoading)
        worker.client.load(fake_model(tmp_path, "good", reply="fine"), EngineOptions())
        os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(ModelLoaded).model_id == "good"
        assert worker.ask([question("and now")])[0] == "fine"


def test_that_a_load_that_was_cancelled_is_not_tried_again(worker: Harness, tmp_path: Path) -> None:
    deaf = fake_model(tmp_path, hang={"phase": "load"})
    worker.client.load(deaf, EngineOptions())
    while worker.wait(ModelLoading).fraction < 0.9:
        pass
    worker.client.cancel(None)
    os.kill(worker.pid, signal.SIGKILL)  # the system needed the memory before it was heard
    assert failure_of(worker).code is ErrorCode.LOAD_CANCELLED
    assert worker.events.empty()
    worker.load(fake_model(tmp_path, "good", reply="fine"))
    assert worker.ask([question("and now")])[0] == "fine"


def test_that_a_load_behind_a_crash_says_that_it_began_before_it_fails(
    worker: Harness, tmp_path: Path
) -> None:
    model = fake_model(tmp_path, reply="fine", crash={"phase": "decode"})
    worker.load(model)
    model.model_path.rename(tmp_path / "gone")
    worker.client.generate([question("what")], GREEDY)
    assert failure_of(worker).code is ErrorCode.WORKER_CRASHED
    worker.wait(ModelLoading)  # else nobody would know what the failure is about
    assert failure_of(worker).request_id is None
