"""Minutes are milliseconds here."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from desktop.core import paths
from desktop.core.types import EngineKind, EngineOptions, InstalledModel
from desktop.engine.api import ModelLoaded, TextDelta
from desktop.gui.idle_unload import IdleUnload
from desktop.gui.model_state import ModelState, ModelStatus
from desktop.gui.settings_holder import SettingsHolder
from desktop.store.settings import Settings
from tests.gui.asking import WAIT_MS, Bench, taken_down
from tests.gui.bridges import Bridge
from tests.gui.shelf import stand_in

LOADED = ModelLoaded("m", 4096, has_gpu=False, can_see=True, threads=2, load_s=0.1)
MINUTES = 3


class Scene:
    """A model and a timer whose minute is as long as the test says."""

    def __init__(self, minute_ms: int, minutes: int | None = MINUTES) -> None:
        self.bridge = stand_in(Bridge())
        self.settings = SettingsHolder(
            Settings(idle_minutes=minutes), paths.settings_file(), self.bridge
        )
        self.state = ModelState(self.bridge, self.bridge)
        self.idle = IdleUnload(
            self.settings, self.state, self.bridge, self.bridge, minute_ms=minute_ms
        )

    def load(self) -> None:
        model = InstalledModel("m", "M", EngineKind.FAKE, Path("m"), None)
        self.state.load(model, EngineOptions())
        self.bridge.event_received.emit(LOADED)

    @property
    def is_counting(self) -> bool:
        return self.idle._timer.isActive()


def test_that_an_idle_model_falls_asleep(qtbot: QtBot) -> None:
    scene = Scene(10)
    scene.load()
    qtbot.waitUntil(lambda: scene.state.status is ModelStatus.ASLEEP)
    assert scene.bridge.client.unloads == 1
    assert not scene.is_counting


def test_that_every_sign_of_life_begins_the_time_anew(qtbot: QtBot) -> None:
    scene = Scene(60_000)
    scene.load()
    for sign in (
        lambda: scene.bridge.event_received.emit(TextDelta("r", "word")),
        scene.idle.note_activity,
        lambda: scene.settings.set(replace(scene.settings.value, appearance="dark")),
    ):
        scene.idle._timer.start(1_000)  # as if most of the time had gone by
        sign()
        assert scene.idle._timer.remainingTime() > 60_000


def test_that_a_model_that_works_stays_awake(qtbot: QtBot) -> None:
    scene = Scene(1)
    scene.bridge.client.is_busy = True
    scene.load()
    with qtbot.waitSignals([scene.idle._timer.timeout] * 5):
        pass
    assert scene.bridge.client.unloads == 0
    scene.bridge.client.is_busy = False
    qtbot.waitUntil(lambda: scene.state.status is ModelStatus.ASLEEP)


def test_that_never_means_never(qtbot: QtBot) -> None:
    scene = Scene(1, None)
    scene.load()
    counting = [scene.is_counting]
    for minutes in (MINUTES, None):
        scene.settings.set(Settings(idle_minutes=minutes))
        counting.append(scene.is_counting)
    assert counting == [False, True, False]


def test_that_nothing_is_counted_during_a_load(qtbot: QtBot) -> None:
    scene = Scene(60_000)
    scene.load()
    counting = [scene.is_counting]
    scene.state.reload()
    counting.append(scene.is_counting)
    assert counting == [True, False]


# --- with a real worker ---------------------------------------------------------------------------


@pytest.fixture
def asleep(bench: Bench, qtbot: QtBot) -> Bench:
    """A bench whose model has just fallen asleep."""
    bench.load(reply="awake again")
    state = bench.services.model_state
    idle = IdleUnload(bench.services.settings, state, bench.bridge, bench.bridge, minute_ms=10)
    qtbot.waitUntil(lambda: state.status is ModelStatus.ASLEEP, timeout=WAIT_MS)
    idle.setParent(None)  # it has done its work
    idle.deleteLater()
    bench.services.settings.set(Settings(idle_minutes=None))
    return bench


def test_that_the_next_question_wakes_it(asleep: Bench) -> None:
    assert asleep.ask("Are you there?").message.text == "awake again"


def test_that_a_picture_wakes_it(asleep: Bench) -> None:
    asleep.add(asleep.picture())
    asleep.wait_for_preparation()
    assert asleep.services.model_state.status is ModelStatus.READY


def test_that_typing_wakes_it(asleep: Bench) -> None:
    asleep.session.set_text("W")
    asleep.wait_for_model()


def test_that_a_draft_with_a_picture_lets_it_sleep_and_is_prepared_again_afterwards(
    bench: Bench, qtbot: QtBot
) -> None:
    bench.load(reply="seen")
    bench.add(bench.picture())
    bench.wait_for_preparation()
    state = bench.services.model_state
    state.unload()
    qtbot.waitUntil(lambda: not bench.bridge.client.is_busy)
    assert state.status is ModelStatus.ASLEEP
    assert all(item.prepared is None for item in bench.session.pictures)
    bench.session.set_text("What is it?")
    bench.wait_for_preparation()
    assert bench.ask("What is it?").message.text == "seen"


def test_that_a_sleeping_model_is_no_reason_to_look_at_pictures_less_closely(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with taken_down(Bench(qtbot, tmp_path)) as bench:
        state = bench.services.model_state
        bench.load()
        state.has_gpu = True
        before = bench.session.budget
        state.unload()
        assert bench.session.budget is before
