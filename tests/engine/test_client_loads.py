"""What the client does about a worker that dies while it loads a model."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode
from desktop.core.types import EngineOptions
from desktop.engine.api import EngineFailed, ModelLoaded, ModelLoading, Reduction, WorkerReady
from tests.engine.harness import GREEDY, Harness, fake_model, question

if TYPE_CHECKING:
    from pathlib import Path


def failure_of(worker: Harness) -> EngineFailed:
    while True:
        event = worker.next()
        if isinstance(event, EngineFailed):
            return event


@pytest.mark.parametrize(
    ("sig", "code"),
    [
        ("SIGKILL", ErrorCode.OUT_OF_MEMORY),
        ("SIGABRT", ErrorCode.WORKER_CRASHED),
        ("SIGSEGV", ErrorCode.WORKER_CRASHED),
    ],
)
def test_that_a_worker_that_dies_of_a_load_twice_is_said_once(
    worker: Harness, tmp_path: Path, sig: str, code: ErrorCode
) -> None:
    model = fake_model(tmp_path, crash={"phase": "load", "signal": sig})
    worker.client.load(model, EngineOptions())
    failure = failure_of(worker)
    assert (failure.request_id, failure.code) == (None, code)
    assert worker.events.empty()
    worker.load(fake_model(tmp_path, "good", reply="fine"))
    assert worker.ask([question("and now")])[0] == "fine"


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
