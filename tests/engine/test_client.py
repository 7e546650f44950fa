"""The client over a real worker process, which the fake engine makes crash, hang and make noise."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from desktop.core import paths
from desktop.core.errors import ErrorCode
from desktop.core.types import EngineOptions, StopReason
from desktop.engine import wire, worker_process
from desktop.engine.api import (
    EngineFailed,
    GenerationFinished,
    LoadModel,
    ModelLoaded,
    ModelLoading,
    ModelUnloaded,
    Phase,
    PromptPrepared,
    PromptProgress,
    TextDelta,
    WorkerReady,
)
from tests.engine.harness import GREEDY, Harness, fake_model, question, shape

if TYPE_CHECKING:
    from pathlib import Path

PHASES = ("encode", "prefill", "decode")


def failure_of(worker: Harness) -> EngineFailed:
    while True:
        event = worker.next()
        if isinstance(event, EngineFailed):
            return event


@pytest.mark.parametrize("sig", ["SIGSEGV", "SIGKILL", "SIGABRT"])
@pytest.mark.parametrize("phase", PHASES)
def test_that_a_crash_is_answered_and_the_next_question_works(
    worker: Harness, tmp_path: Path, phase: str, sig: str
) -> None:
    marker = tmp_path / "crashed"
    model = fake_model(
        tmp_path, reply="one two three", crash={"phase": phase, "signal": sig}, once=str(marker)
    )
    worker.load(model)
    request = worker.client.generate([question("what", shape(tmp_path, "red"))], GREEDY)
    text = ""
    while True:
        event = worker.next()
        if isinstance(event, TextDelta):
            text += event.text
        if isinstance(event, EngineFailed):
            break
    assert (event.request_id, event.code) == (request, ErrorCode.WORKER_CRASHED)
    assert text == ("one" if phase == "decode" else "")
    assert worker.wait(WorkerReady).pid != worker.pid
    assert worker.wait(ModelLoaded).model_id == model.id
    assert worker.ask([question("again")])[0] == "one two three"


def test_that_a_worker_that_keeps_crashing_is_not_started_for_ever(
    worker: Harness, tmp_path: Path
) -> None:
    worker.load(fake_model(tmp_path, reply="x", crash={"phase": "decode"}))
    for attempt in range(3):
        worker.client.generate([question("what")], GREEDY)
        assert failure_of(worker).request_id is not None
        if attempt < 2:
            worker.wait(ModelLoaded)
    assert failure_of(worker).request_id is None
    worker.load(fake_model(tmp_path, "good", reply="fine"))
    assert worker.ask([question("and now")])[0] == "fine"


def test_that_a_worker_killed_while_idle_comes_back_with_its_model(
    worker: Harness, tmp_path: Path
) -> None:
    worker.load(fake_model(tmp_path, reply="fine"))
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(ModelLoaded)
    assert worker.ask([question("still there")])[0] == "fine"


def test_that_a_request_sent_into_a_dying_worker_is_answered(
    worker: Harness, tmp_path: Path
) -> None:
    worker.load(fake_model(tmp_path, reply="fine"))
    os.kill(worker.pid, signal.SIGKILL)
    request = worker.client.generate([question("hello")], GREEDY)
    while True:  # either the next worker takes it, or it is said to have failed: never silence
        event = worker.next()
        if isinstance(event, GenerationFinished | EngineFailed) and event.request_id == request:
            break


@pytest.mark.parametrize("phase", PHASES)
def test_that_a_hanging_worker_is_killed_after_a_cancel(tmp_path: Path, phase: str) -> None:
    marker = tmp_path / "hung"
    with Harness(cancel_grace_s=0.3) as worker:
        worker.load(fake_model(tmp_path, reply="a b c", hang={"phase": phase}, once=str(marker)))
        request = worker.client.generate([question("what", shape(tmp_path, "red"))], GREEDY)
        worker.wait_until(marker.exists)
        worker.client.cancel(request)
        finished = worker.wait(GenerationFinished)
        assert (finished.request_id, finished.stop_reason) == (request, StopReason.CANCELLED)
        worker.wait(ModelLoaded)
        assert worker.ask([question("again")])[0] == "a b c"


def test_that_a_load_that_hangs_can_be_stopped(tmp_path: Path) -> None:
    with Harness(cancel_grace_s=0.3) as worker:
        worker.client.load(fake_model(tmp_path, hang={"phase": "load"}), EngineOptions())
        worker.wait(ModelLoading)
        worker.client.cancel(None)
        assert failure_of(worker).code is ErrorCode.LOAD_CANCELLED
        worker.load(fake_model(tmp_path, "good", reply="fine"))


def test_that_stopping_one_load_does_not_end_the_next(tmp_path: Path) -> None:
    with Harness(cancel_grace_s=0.2) as worker:
        worker.client.load(fake_model(tmp_path, load_s=60), EngineOptions())
        worker.wait(ModelLoading)
        worker.client.cancel(None)
        assert failure_of(worker).code is ErrorCode.LOAD_CANCELLED
        worker.load(fake_model(tmp_path, "slow", load_s=0.6, reply="fine"))
        assert worker.ask([question("and now")])[0] == "fine"


def test_that_a_hanging_prepare_can_be_stopped(tmp_path: Path) -> None:
    with Harness(cancel_grace_s=0.3) as worker:
        worker.load(fake_model(tmp_path, hang={"phase": "prefill"}))
        request = worker.client.prepare([question("")])
        worker.wait(PromptProgress)
        worker.client.cancel(request)
        prepared = worker.wait(PromptPrepared)
        assert not prepared.is_complete


@pytest.mark.parametrize("phase", [Phase.ENCODE, Phase.PREFILL])
def test_that_a_cancel_in_the_middle_of_a_phase_ends_it(
    worker: Harness, tmp_path: Path, phase: Phase
) -> None:
    slow: dict[str, Any] = {"encode_step_s": 60} if phase is Phase.ENCODE else {"prefill_s": 60}
    worker.load(fake_model(tmp_path, **slow))
    request = worker.client.generate([question("what", shape(tmp_path, "red"))], GREEDY)
    while worker.wait(PromptProgress).phase is not phase:
        pass
    worker.client.cancel(request)
    assert worker.wait(GenerationFinished).stop_reason is StopReason.CANCELLED


def test_that_a_cancel_while_decoding_keeps_what_was_said(worker: Harness, tmp_path: Path) -> None:
    worker.load(fake_model(tmp_path, reply="word " * 500, tokens_per_s=50))
    request = worker.client.generate([question("what")], GREEDY)
    worker.wait(TextDelta)
    worker.client.cancel(request)
    finished = worker.wait(GenerationFinished)
    assert finished.stop_reason is StopReason.CANCELLED
    assert finished.usage.answer_tokens >= 1


def test_that_a_cancel_of_something_over_is_ignored(worker: Harness, tmp_path: Path) -> None:
    worker.load(fake_model(tmp_path, reply="fine"))
    request = worker.client.generate([question("what")], GREEDY)
    worker.read_answer()
    worker.client.cancel(request)
    worker.client.cancel("never-was")
    worker.client.cancel(None)
    assert worker.ask([question("again")])[0] == "fine"


def test_that_a_queued_request_can_be_cancelled(worker: Harness, tmp_path: Path) -> None:
    worker.load(fake_model(tmp_path, reply="word " * 20, tokens_per_s=100))
    first = worker.client.generate([question("one")], GREEDY)
    second = worker.client.generate([question("two")], GREEDY)
    worker.client.cancel(second)
    assert worker.wait(GenerationFinished).request_id == first
    finished = worker.wait(GenerationFinished)
    assert (finished.request_id, finished.stop_reason) == (second, StopReason.CANCELLED)


def test_that_the_wait_for_earlier_work_counts_towards_the_first_token(
    worker: Harness, tmp_path: Path
) -> None:
    worker.load(fake_model(tmp_path, prefill_s=0.3, reply="fine"))
    ids = [worker.client.generate([question(text)], GREEDY) for text in ("one", "two")]
    first, second = worker.wait(GenerationFinished), worker.wait(GenerationFinished)
    assert [first.request_id, second.request_id] == ids
    assert second.timings.first_token_s > 0.3 + second.timings.prefill_s * 0.9


def test_that_noise_on_stdout_does_not_reach_the_protocol(worker: Harness, tmp_path: Path) -> None:
    worker.load(fake_model(tmp_path, reply="a b c d", noise='{"type":"TextDelta"}\nggml: noise\n'))
    assert worker.ask([question("what")])[0] == "a b c d"
    assert "ggml: noise" in (paths.log_dir() / "engine.log").read_text()


def test_that_a_failure_leaves_the_worker_usable(worker: Harness, tmp_path: Path) -> None:
    marker = tmp_path / "failed"
    fail = {"phase": "prefill", "code": "out_of_memory", "message": "Too big."}
    worker.load(fake_model(tmp_path, reply="fine", fail=fail, once=str(marker)))
    worker.client.generate([question("what")], GREEDY)
    failure = failure_of(worker)
    assert (failure.code, failure.message) == (ErrorCode.OUT_OF_MEMORY, "Too big.")
    assert worker.ask([question("again")])[0] == "fine"


def test_that_closing_ends_the_process(tmp_path: Path) -> None:
    with Harness() as worker:
        worker.load(fake_model(tmp_path, hang={"phase": "decode"}, reply="a b"))
        worker.client.generate([question("what")], GREEDY)
        worker.wait(TextDelta)
        process = psutil.Process(worker.pid)
    assert not process.is_running()


def test_that_a_worker_whose_parent_is_gone_leaves_even_when_busy(tmp_path: Path) -> None:
    process = subprocess.Popen(
        worker_process.worker_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    model = fake_model(tmp_path, hang={"phase": "load"})
    process.stdin.write(wire.encode(LoadModel(model)))
    process.stdin.flush()
    while b"ModelLoading" not in process.stdout.readline():
        pass
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()


def test_that_a_garbage_command_ends_the_worker_with_a_status() -> None:
    process = subprocess.run(
        worker_process.worker_command(), input=b"garbage\n", capture_output=True, timeout=20,
        check=False,
    )  # fmt: skip
    assert process.returncode == 2
    assert b"garbage" not in process.stderr


IMPOSTOR = """
    import sys, time
    sys.stdout.write('{"type":"WorkerReady","pid":1}\\n')
    sys.stdout.flush()
    sys.stdin.readline()
    %s
    time.sleep(60)
"""


@pytest.mark.parametrize(
    "misdeed",
    [
        "sys.stdout.write('no event at all\\n'); sys.stdout.flush()",
        "import os; os.close(1)",
        "sys.exit(0)",
    ],
    ids=["garbage", "closed stdout", "quiet exit"],
)
def test_that_a_worker_that_breaks_the_protocol_is_answered_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, misdeed: str
) -> None:
    script = tmp_path / "impostor.py"
    script.write_text(textwrap.dedent(IMPOSTOR % misdeed))
    monkeypatch.setattr(worker_process, "worker_command", lambda: [sys.executable, str(script)])
    with Harness() as worker:
        request = worker.client.generate([question("what")], GREEDY)
        failure = failure_of(worker)
        assert (failure.request_id, failure.code) == (request, ErrorCode.WORKER_CRASHED)


def test_that_a_log_folder_that_cannot_be_written_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file where the folder should be"
    blocked.touch()
    monkeypatch.setenv("GROUNDGLASS_HOME", str(blocked))
    with Harness() as worker:
        worker.load(fake_model(tmp_path, reply="fine"))
        assert worker.ask([question("what")])[0] == "fine"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_that_ctrl_c_is_left_to_the_parent(worker: Harness, tmp_path: Path) -> None:
    worker.load(fake_model(tmp_path, reply="fine"))
    os.kill(worker.pid, signal.SIGINT)
    assert worker.ask([question("what")])[0] == "fine"


def test_that_a_worker_that_cannot_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "worker_command", lambda: ["/nowhere/groundglass"])
    harness = Harness()
    harness.client.start()
    request = harness.client.generate([question("what")], GREEDY)
    codes = {}
    while request not in codes:
        failure = failure_of(harness)
        codes[failure.request_id] = failure.code
    assert set(codes.values()) == {ErrorCode.WORKER_START_FAILED}
    harness.client.close()


def test_that_unloading_ends_the_process_and_the_next_load_starts_another(
    worker: Harness, tmp_path: Path
) -> None:
    model = fake_model(tmp_path, reply="fine")
    worker.load(model)
    process = psutil.Process(worker.pid)
    worker.client.unload()
    worker.wait(ModelUnloaded)
    assert not process.is_running()
    assert worker.events.empty()  # no other worker, and nothing that looks like a crash
    worker.client.load(model, EngineOptions())
    assert worker.wait(WorkerReady).pid != worker.pid
    worker.wait(ModelLoaded)
    assert worker.ask([question("still there")])[0] == "fine"


def test_that_a_model_can_be_loaded_while_the_last_one_is_still_being_unloaded(
    worker: Harness, tmp_path: Path
) -> None:
    worker.load(fake_model(tmp_path, "first", reply="one"))
    worker.client.unload()
    worker.client.load(fake_model(tmp_path, "second", reply="two"), EngineOptions())
    request = worker.client.generate([question("who")], GREEDY)
    kinds: list[type] = []
    while not isinstance(event := worker.next(), GenerationFinished):
        kinds.append(type(event))
        assert not isinstance(event, EngineFailed)
    assert event.request_id == request
    assert kinds[0] is ModelUnloaded
    assert kinds.count(ModelLoaded) == 1


def test_that_what_runs_when_the_model_is_unloaded_ends_as_cancelled(
    worker: Harness, tmp_path: Path
) -> None:
    worker.load(fake_model(tmp_path, reply="word " * 500, tokens_per_s=50))
    request = worker.client.generate([question("what")], GREEDY)
    worker.wait(TextDelta)
    busy = [worker.client.is_busy]
    worker.client.unload()
    worker.client.cancel(request)  # it is ending already: no new worker is started for this
    finished = worker.wait(GenerationFinished)
    assert (finished.request_id, finished.stop_reason) == (request, StopReason.CANCELLED)
    worker.wait(ModelUnloaded)
    busy.append(worker.client.is_busy)
    assert busy == [True, False]
    assert worker.events.empty()


def test_that_a_worker_that_hangs_is_ended_by_unloading(worker: Harness, tmp_path: Path) -> None:
    worker.load(fake_model(tmp_path, reply="a b", hang={"phase": "decode"}))
    process = psutil.Process(worker.pid)
    worker.client.generate([question("what")], GREEDY)
    worker.wait(TextDelta)
    process.suspend()
    worker.client.unload()
    worker.wait(ModelUnloaded)
    assert not process.is_running()


def test_that_unloading_during_a_load_leaves_nothing_loaded(
    worker: Harness, tmp_path: Path
) -> None:
    worker.client.load(fake_model(tmp_path, load_s=60), EngineOptions())
    worker.wait(ModelLoading)
    worker.client.unload()
    worker.client.unload()  # once more is no more
    worker.wait(ModelUnloaded)
    worker.client.cancel(None)
    assert worker.events.empty()
