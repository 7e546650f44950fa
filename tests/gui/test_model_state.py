"""Against the fake engine in a real worker process."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.types import (
    EngineKind,
    EngineOptions,
    GenerationSettings,
    InstalledModel,
    Message,
    Role,
)
from desktop.engine.api import ModelUnloaded, WorkerReady
from desktop.gui.engine_bridge import EngineBridge
from desktop.gui.model_state import ModelState, ModelStatus

WAIT_MS = 20_000  # enough for a worker that starts on a busy machine


@pytest.fixture
def bridge(qtbot: QtBot) -> Iterator[EngineBridge]:
    bridge = EngineBridge(cancel_grace_s=0.5)
    bridge.start()
    yield bridge
    bridge.close()


@pytest.fixture
def scripted(tmp_path: Path) -> Callable[..., InstalledModel]:
    def make(name: str, **script: object) -> InstalledModel:
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(script), encoding="utf-8")
        return InstalledModel(name, name.title(), EngineKind.FAKE, path, None)

    return make


def status_of(state: ModelState) -> ModelStatus:
    return state.status


def status_becomes(qtbot: QtBot, state: ModelState, status: ModelStatus) -> None:
    qtbot.waitUntil(lambda: state.status is status, timeout=WAIT_MS)


def test_that_a_load_goes_from_loading_with_progress_to_ready(
    qtbot: QtBot, bridge: EngineBridge, scripted: Callable[..., InstalledModel]
) -> None:
    state = ModelState(bridge)
    assert status_of(state) is ModelStatus.NONE
    fractions: list[float] = []
    state.state_changed.connect(lambda: fractions.append(state.fraction))
    state.load(scripted("mini", load_s=0.05), EngineOptions())
    assert status_of(state) is ModelStatus.LOADING
    status_becomes(qtbot, state, ModelStatus.READY)
    assert fractions == sorted(fractions)
    assert len(set(fractions)) > 5
    assert state.loaded is not None
    assert state.loaded.model_id == "mini"
    assert state.error is None


def test_that_a_load_that_fails_keeps_the_model_and_the_reason_and_can_be_tried_again(
    qtbot: QtBot, bridge: EngineBridge, scripted: Callable[..., InstalledModel], tmp_path: Path
) -> None:
    state = ModelState(bridge)
    model = scripted(
        "large",
        fail={"phase": "load", "code": "out_of_memory"},
        once=str(tmp_path / "failed"),
    )
    state.load(model, EngineOptions())
    status_becomes(qtbot, state, ModelStatus.FAILED)
    assert state.error is not None
    assert state.error.code is ErrorCode.OUT_OF_MEMORY
    assert state.model == model
    state.reload()
    status_becomes(qtbot, state, ModelStatus.READY)
    assert state.error is None


def test_that_another_model_chosen_during_a_load_is_the_one_that_ends_up_ready(
    qtbot: QtBot, bridge: EngineBridge, scripted: Callable[..., InstalledModel]
) -> None:
    state = ModelState(bridge)
    statuses: list[ModelStatus] = []
    state.state_changed.connect(lambda: statuses.append(state.status))
    state.load(scripted("slow", load_s=600), EngineOptions())
    qtbot.waitUntil(lambda: state.fraction > 0 or len(statuses) > 1, timeout=WAIT_MS)
    # Longer than the grace that the stopped load has: its end must not take this one with it.
    state.load(scripted("second", load_s=1.5), EngineOptions())
    state.load(scripted("third", load_s=1.5), EngineOptions())
    status_becomes(qtbot, state, ModelStatus.READY)
    assert state.loaded is not None
    assert state.loaded.model_id == "third"
    assert ModelStatus.FAILED not in statuses


def test_that_a_crash_while_loading_is_a_failure_with_a_way_on(
    qtbot: QtBot, bridge: EngineBridge, scripted: Callable[..., InstalledModel]
) -> None:
    state = ModelState(bridge)
    crash = {"phase": "load", "signal": "SIGSEGV"}
    state.load(scripted("shaky", crash=crash), EngineOptions())
    status_becomes(qtbot, state, ModelStatus.FAILED)
    assert state.error is not None
    assert state.error.code is ErrorCode.WORKER_CRASHED
    scripted("shaky")
    state.reload()
    status_becomes(qtbot, state, ModelStatus.READY)


def test_that_one_crash_while_loading_is_followed_by_a_smaller_load_without_a_word(
    qtbot: QtBot, bridge: EngineBridge, scripted: Callable[..., InstalledModel], tmp_path: Path
) -> None:
    state = ModelState(bridge)
    statuses: list[ModelStatus] = []
    state.state_changed.connect(lambda: statuses.append(state.status))
    marker = str(tmp_path / "crashed")
    state.load(scripted("shaky", crash={"phase": "load"}, once=marker), EngineOptions())
    status_becomes(qtbot, state, ModelStatus.READY)
    assert set(statuses) == {ModelStatus.LOADING, ModelStatus.READY}
    assert state.loaded is not None
    assert state.loaded.reduced is not None


def test_that_a_model_that_is_gone_after_a_crash_is_a_failure(
    qtbot: QtBot, bridge: EngineBridge, scripted: Callable[..., InstalledModel]
) -> None:
    state = ModelState(bridge)
    model = scripted("mini", crash={"phase": "decode"})
    state.load(model, EngineOptions())
    status_becomes(qtbot, state, ModelStatus.READY)
    model.model_path.unlink()
    bridge.client.generate([Message(Role.USER, "What?")], GenerationSettings())
    status_becomes(qtbot, state, ModelStatus.FAILED)
    assert state.error is not None
    assert state.error.code is ErrorCode.MODEL_UNREADABLE


def test_that_files_refused_before_the_engine_saw_them_are_a_failure(
    qtbot: QtBot, bridge: EngineBridge
) -> None:
    state = ModelState(bridge)
    state.expect()
    assert status_of(state) is ModelStatus.LOADING
    state.fail(ModelError("It is gone.", ErrorCode.MODEL_FILE_MISSING, name="m.gguf"))
    assert status_of(state) is ModelStatus.FAILED
    assert state.error is not None
    assert state.error.details == {"name": "m.gguf"}
    with qtbot.waitSignal(state.search_requested):  # nothing to load again: look for it again
        state.reload()
    assert status_of(state) is ModelStatus.FAILED


def test_that_a_model_sleeps_without_a_worker_and_wakes_with_another(
    qtbot: QtBot, bridge: EngineBridge, scripted: Callable[..., InstalledModel]
) -> None:
    pids: list[int] = []
    bridge.event_received.connect(
        lambda event: pids.append(event.pid) if isinstance(event, WorkerReady) else None
    )
    state = ModelState(bridge)
    model = scripted("mini")
    state.load(model, EngineOptions())
    status_becomes(qtbot, state, ModelStatus.READY)
    worker = psutil.Process(pids[0])
    with qtbot.waitSignal(bridge.event_received, timeout=WAIT_MS) as caught:
        state.unload()
        assert status_of(state) is ModelStatus.ASLEEP
    assert caught.args == [ModelUnloaded()]
    assert not worker.is_running()
    assert state.model == model
    assert state.loaded is None
    state.wake()
    status_becomes(qtbot, state, ModelStatus.READY)
    assert len(set(pids)) == 2


def test_that_waking_at_once_ends_with_the_model_ready(
    qtbot: QtBot, bridge: EngineBridge, scripted: Callable[..., InstalledModel]
) -> None:
    state = ModelState(bridge)
    state.load(scripted("mini", load_s=0.2), EngineOptions())
    status_becomes(qtbot, state, ModelStatus.READY)
    statuses: list[ModelStatus] = []
    state.state_changed.connect(lambda: statuses.append(state.status))
    state.unload()
    state.wake()
    state.wake()  # it is on its way already
    status_becomes(qtbot, state, ModelStatus.READY)
    assert statuses[0] is ModelStatus.ASLEEP
    assert set(statuses[1:-1]) == {ModelStatus.LOADING}


def test_that_only_a_ready_model_falls_asleep_and_only_a_sleeping_one_wakes(
    qtbot: QtBot, bridge: EngineBridge, scripted: Callable[..., InstalledModel]
) -> None:
    state = ModelState(bridge)
    state.wake()
    state.unload()
    assert status_of(state) is ModelStatus.NONE
    state.load(scripted("mini", load_s=0.2), EngineOptions())
    state.unload()
    assert status_of(state) is ModelStatus.LOADING
    status_becomes(qtbot, state, ModelStatus.READY)


def test_that_the_name_is_known_while_the_model_is_looked_for(bridge: EngineBridge) -> None:
    state = ModelState(bridge)
    state.expect("Qwen3-VL 4B")
    assert state.name == "Qwen3-VL 4B"
    state.fail(ModelError("It is gone.", ErrorCode.MODEL_FILE_MISSING))
    assert state.name == "Qwen3-VL 4B"
