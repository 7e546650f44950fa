"""What may happen to a worker at any moment, with both real engines: killed, cancelled, starved."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from msgspec.structs import replace

from desktop.core.errors import ErrorCode
from desktop.core.types import EngineOptions, StopReason
from desktop.engine.api import (
    EngineFailed,
    GenerationFinished,
    ModelLoaded,
    ModelLoading,
    ModelUnloaded,
    Phase,
    PromptPrepared,
    PromptProgress,
    TextDelta,
    WorkerReady,
)
from tests.engine.harness import GREEDY, Harness, question, shape
from tests.engine.real import DESCRIBE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.core.types import InstalledModel, Message
    from desktop.engine.api import EngineEvent
    from tests.engine.harness import WorkerPool

# Without a disk cache, so that a picture is looked at again by the next worker.
# With one thread: on a busy computer two that wait for each other take many times as long.
OPTIONS = EngineOptions(context_length=2048, threads=1, disk_cache_bytes=0)
# So warm that an answer's end is as unlikely as any other token.
LOOSE = replace(GREEDY, max_tokens=1500, temperature=40.0, top_p=1.0, top_k=0)
FLAT_BYTES = 4_000_000
ASKING = ("encode", "prefill", "decode")


def is_in(phase: str, event: EngineEvent) -> bool:
    """Whether an event shows that a phase has begun."""
    match event:
        case ModelLoading():
            return phase == "load"
        case PromptProgress(phase=Phase.ENCODE):
            return phase == "encode"
        case PromptProgress(phase=Phase.PREFILL):
            return phase == "prefill"
        case TextDelta():
            return phase == "decode"
        case _:
            return False


def long_question(folder: Path, phase: str) -> Message:
    """Three pictures of this phase's own, much text, and hardly an end to the answer."""
    pictures = [shape(folder, colour, side=40 + len(phase)) for colour in ("red", "blue", "green")]
    return question("a red circle and a blue square " * 12, *pictures)


def wait_for_phase(worker: Harness, phase: str) -> None:
    while not is_in(phase, event := worker.next()):
        assert not isinstance(event, GenerationFinished | EngineFailed), event


# --- killed ---------------------------------------------------------------------------------------


def test_that_a_worker_killed_in_any_phase_is_followed_by_one_that_answers(
    worker: Harness, model: InstalledModel, tmp_path: Path
) -> None:
    asked = [question(DESCRIBE, shape(tmp_path, "red"))]
    worker.load(model, OPTIONS)
    expected, _ = worker.ask(asked)
    assert "red" in expected.lower()
    pids = [worker.pid]
    for phase in ("load", *ASKING):
        if phase == "load":
            worker.client.load(model, OPTIONS)
        else:
            worker.client.generate([long_question(tmp_path, phase)], LOOSE)
        wait_for_phase(worker, phase)
        os.kill(pids[-1], signal.SIGKILL)
        pids.append(outlived(worker, is_asking=phase != "load"))
        text, finished = worker.ask(asked)
        assert (text, finished.usage.pictures_encoded) == (expected, 1)
        worker.load(model, OPTIONS)  # which forgives the crash
    assert len(set(pids)) == len(pids)
    assert not any(psutil.pid_exists(pid) for pid in pids[:-1])


def outlived(worker: Harness, *, is_asking: bool) -> int:
    """Wait until another worker has the model; what was asked is answered by a sentence."""
    pid, sentences, is_loaded = 0, [], False
    while not (pid and is_loaded):
        event = worker.next()
        match event:
            case EngineFailed():
                sentences.append(event)
            case WorkerReady():
                pid, is_loaded = event.pid, False
            case ModelLoaded():
                is_loaded = True
            case GenerationFinished():
                pytest.fail("it was not killed in time")
            case _:
                pass
    assert [event.code for event in sentences] == [ErrorCode.WORKER_CRASHED] * is_asking
    assert all(event.request_id and event.message for event in sentences)
    return pid


# --- cancelled ------------------------------------------------------------------------------------


def test_that_a_cancel_in_any_phase_ends_it_and_leaves_no_trace(
    pool: WorkerPool, model: InstalledModel, tmp_path: Path
) -> None:
    worker = pool.worker(model.engine)
    worker.load(model, OPTIONS)
    asked = {phase: long_question(tmp_path, phase) for phase in ASKING}
    cold = {}
    for phase, message in asked.items():
        worker.load(model, OPTIONS)
        cold[phase] = worker.ask([message], replace(GREEDY, max_tokens=8))[0]
    worker.load(model, OPTIONS)
    for phase, message in asked.items():
        request = worker.client.generate([message], LOOSE)
        wait_for_phase(worker, phase)
        worker.client.cancel(request)
        finished = worker.wait(GenerationFinished)
        assert finished.stop_reason is StopReason.CANCELLED
        assert finished.usage.answer_tokens < 1500
    for phase, message in asked.items():
        assert worker.ask([message], replace(GREEDY, max_tokens=8))[0] == cold[phase]


def test_that_a_cancelled_load_and_a_cancelled_preparation_do_no_harm(
    pool: WorkerPool, model: InstalledModel, tmp_path: Path
) -> None:
    worker = pool.worker(model.engine)
    worker.client.load(model, OPTIONS)
    wait_for_phase(worker, "load")
    worker.client.cancel(None)
    while not isinstance(event := worker.next(), EngineFailed | ModelLoaded):
        pass
    if isinstance(event, EngineFailed):  # a small model may be loaded before it hears of it
        assert event.code is ErrorCode.LOAD_CANCELLED
    worker.load(model, OPTIONS)
    request = worker.client.prepare([long_question(tmp_path, "prepare")])
    wait_for_phase(worker, "encode")
    worker.client.cancel(request)
    worker.wait(PromptPrepared)
    assert "red" in worker.ask([question(DESCRIBE, shape(tmp_path, "red"))])[0].lower()


# --- starved --------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_that_too_little_memory_for_a_picture_is_said_and_the_worker_goes_on(
    pool: WorkerPool, model: InstalledModel, tmp_path: Path
) -> None:
    worker = pool.worker(model.engine)
    worker.load(model, OPTIONS)
    process = process_of(worker)
    with starved(process.pid, "AS", process.memory_info().vms):
        worker.client.generate([question(DESCRIBE, shape(tmp_path, "red", side=5000))], GREEDY)
        failed = failure(worker)
    assert failed.code is ErrorCode.OUT_OF_MEMORY
    assert "memory" in failed.message
    assert "red" in worker.ask([question(DESCRIBE, shape(tmp_path, "red"))])[0].lower()
    assert process_of(worker) == process


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_that_a_worker_that_dies_for_want_of_memory_is_followed_by_one_that_answers(
    worker: Harness, model: InstalledModel, tmp_path: Path
) -> None:
    worker.load(model, OPTIONS)
    status = Path(f"/proc/{worker.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmData"))
    with starved(worker.pid, "DATA", int(line.split()[1]) * 1024):  # not a page more, even in C
        worker.client.generate([question("a red circle and a blue square " * 40)], LOOSE)
        failed = failure(worker)
    assert failed.code in {ErrorCode.WORKER_CRASHED, ErrorCode.OUT_OF_MEMORY}
    if failed.code is ErrorCode.WORKER_CRASHED:
        worker.wait(ModelLoaded)
    assert "red" in worker.ask([question(DESCRIBE, shape(tmp_path, "red"))])[0].lower()


@contextmanager
def starved(pid: int, kind: str, limit_bytes: int) -> Iterator[None]:
    """The process may take no more than this; unless it died of it, it may again afterwards."""
    import resource  # noqa: PLC0415 - not on Windows

    number = getattr(resource, f"RLIMIT_{kind}")
    before = resource.prlimit(pid, number)
    resource.prlimit(pid, number, (limit_bytes, before[1]))
    yield
    with suppress(ProcessLookupError):
        resource.prlimit(pid, number, before)


def failure(worker: Harness) -> EngineFailed:
    """How what was asked ends."""
    while not isinstance(event := worker.next(), EngineFailed):
        assert not isinstance(event, GenerationFinished), "it needed no memory"
    return event


# --- fifty times ----------------------------------------------------------------------------------


def test_that_fifty_loads_leave_no_memory_behind(
    pool: WorkerPool, model: InstalledModel, tmp_path: Path
) -> None:
    worker = pool.worker(model.engine)
    asked = [question(DESCRIBE, shape(tmp_path, "red"))]
    used = []
    for number in range(50):
        loaded = worker.load(model, OPTIONS)
        assert (loaded.engine, loaded.reduced) == (model.engine, None)
        assert abs(loaded.worker_bytes - resident_bytes(worker)) < 3_000_000
        if number % 5 == 0:
            _, finished = worker.ask(asked, replace(GREEDY, max_tokens=4))
            assert finished.usage.pictures_encoded == 1, "the one before was given back"
            assert abs(finished.worker_bytes - resident_bytes(worker)) < 3_000_000
        used.append(loaded.worker_bytes)
    # The allocator settles in the first loads. A forgotten one would be 25 times 11 MB.
    assert used[-1] - used[24] < FLAT_BYTES, used


def resident_bytes(worker: Harness) -> int:
    """Seen from outside; nothing runs in it."""
    return int(process_of(worker).memory_info().rss)


def process_of(worker: Harness) -> psutil.Process:
    """The present one."""
    process = worker.client._process
    assert process is not None
    return psutil.Process(process.pid)


def test_that_falling_asleep_and_waking_leaves_nothing_behind_in_the_window(
    worker: Harness, builtin: InstalledModel
) -> None:
    window, known = psutil.Process(), []
    for _ in range(6):
        worker.load(builtin, OPTIONS)
        threads = threading.active_count()
        worker.client.unload()
        worker.wait(ModelUnloaded)
        known.append((len(window.children()), window.num_fds()))
    assert len(set(known)) == 1, known
    worker.wait_until(lambda: threading.active_count() <= threads)
