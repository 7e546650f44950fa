from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.core import paths
from desktop.core.errors import ErrorCode, StoreError
from desktop.core.types import EngineOptions
from desktop.engine.api import ModelLoaded
from desktop.gui.model_choice import ModelChoice
from desktop.gui.model_entries import EntryState
from desktop.gui.model_state import ModelState, ModelStatus
from desktop.gui.settings_holder import SettingsHolder
from desktop.store.settings import Settings, load_settings
from tests.gui.bridges import Bridge
from tests.gui.shelf import BUILTIN, Shelf, catalog_entry, stand_in

FILE = paths.builtin_model_dir() / "groundglass-mini-f16.gguf"
QWEN = "qwen3-vl-4b:q4_k_m"


class Scene:
    """A choice over a shelf with the built-in model and Qwen3-VL 4B."""

    def __init__(self, qtbot: QtBot, settings: Settings = Settings()) -> None:  # noqa: B008
        self.qtbot = qtbot
        self.bridge = stand_in(Bridge())
        self.state = ModelState(self.bridge, self.bridge)
        self.settings = SettingsHolder(settings, paths.settings_file(), self.bridge)
        self.library = stand_in(Shelf(catalog_entry(state=EntryState.READY)))
        self.is_held = False
        self.choice = ModelChoice(
            self.settings, self.state, self.library, lambda: self.is_held, self.bridge
        )

    @property
    def loaded(self) -> list[str]:
        return [model.id for model in self.bridge.client.loads]

    def until_loads(self, *ids: str) -> None:
        self.qtbot.waitUntil(lambda: self.loaded == list(ids))
        if self.state.model is not None:
            event = ModelLoaded(
                self.state.model.id, 4096, has_gpu=False, can_see=True, threads=2, load_s=0.1
            )
            self.bridge.event_received.emit(event)

    def until_failed(self) -> ErrorCode:
        self.qtbot.waitUntil(lambda: self.state.error is not None)
        assert self.state.error is not None
        return self.state.error.code


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return Scene(qtbot)


def test_that_the_model_of_the_settings_is_loaded(qtbot: QtBot) -> None:
    scene = Scene(qtbot, Settings(model_id=QWEN))
    scene.choice.apply()
    assert scene.state.status is ModelStatus.LOADING
    assert scene.state.name == "Qwen3-VL 4B"  # before its files were looked at
    scene.until_loads(QWEN)


def test_that_a_file_for_this_run_goes_before_the_settings_and_is_not_kept(scene: Scene) -> None:
    scene.choice.use_for_now(str(FILE), None)
    scene.choice.apply()
    scene.qtbot.waitUntil(lambda: bool(scene.loaded))
    model = scene.bridge.client.loads[0]
    assert (model.model_path, model.is_builtin) == (FILE, False)
    assert scene.settings.value.model_id == "builtin"


@pytest.mark.parametrize("name", [QWEN, "qwen3-vl-4b"])
def test_that_a_model_for_this_run_may_be_named_by_its_id(scene: Scene, name: str) -> None:
    scene.choice.use_for_now(name, None)
    scene.choice.apply()
    assert scene.state.name == "Qwen3-VL 4B"
    scene.until_loads(QWEN)
    assert scene.settings.value.model_id == "builtin"


def test_that_an_unknown_id_is_a_failure_with_a_sentence(scene: Scene) -> None:
    scene.choice.use_for_now("qwen9", None)
    scene.choice.apply()
    assert scene.until_failed() is ErrorCode.MODEL_FILE_MISSING


def test_that_using_a_model_loads_it_and_keeps_the_choice(scene: Scene) -> None:
    scene.choice.apply()
    scene.until_loads("builtin")
    scene.library.use(QWEN)
    scene.until_loads("builtin", QWEN)
    assert load_settings(paths.settings_file()).model_id == QWEN


def test_that_using_a_model_ends_the_one_for_this_run(scene: Scene) -> None:
    scene.choice.use_for_now(QWEN, None)
    scene.choice.apply()
    scene.until_loads(QWEN)
    scene.library.use("builtin")  # as the settings say all along
    scene.until_loads(QWEN, "builtin")


def test_that_using_the_model_that_sleeps_wakes_it(scene: Scene) -> None:
    scene.choice.apply()
    scene.until_loads("builtin")
    scene.state.unload()
    scene.library.use("builtin")
    scene.until_loads("builtin", "builtin")


def test_that_a_disk_that_refuses_is_said_and_the_choice_is_in_force(
    qtbot: QtBot, tmp_path: Path
) -> None:
    scene = Scene(qtbot)
    (tmp_path / "in the way").touch()
    scene.settings._path = tmp_path / "in the way" / "settings.json"
    scene.choice.apply()
    scene.until_loads("builtin")
    with qtbot.waitSignal(scene.choice.failed) as caught:
        scene.library.use(QWEN)
    assert caught.args is not None
    assert isinstance(caught.args[0], StoreError)
    scene.until_loads("builtin", QWEN)


def test_that_a_choice_waits_for_the_answer_that_is_being_written(scene: Scene) -> None:
    scene.choice.apply()
    scene.until_loads("builtin")
    scene.is_held = True
    names: list[str] = []
    scene.choice.postponed.connect(names.append)
    scene.library.use(QWEN)
    scene.choice.go_on()
    assert names == ["Qwen3-VL 4B"]
    assert scene.state.status is ModelStatus.READY
    assert scene.loaded == ["builtin"]
    scene.is_held = False
    scene.choice.go_on()
    scene.until_loads("builtin", QWEN)
    assert names == ["Qwen3-VL 4B", ""]


def test_that_a_choice_that_was_taken_back_in_time_changes_nothing(scene: Scene) -> None:
    scene.choice.apply()
    scene.until_loads("builtin")
    scene.is_held = True
    names: list[str] = []
    scene.choice.postponed.connect(names.append)
    scene.library.use(QWEN)
    scene.library.use("builtin")
    scene.is_held = False
    scene.choice.go_on()
    assert names == ["Qwen3-VL 4B", ""]
    assert scene.loaded == ["builtin"]
    assert scene.settings.value.model_id == "builtin"


def test_that_new_engine_options_load_again_and_other_settings_do_not(scene: Scene) -> None:
    scene.choice.apply()
    scene.until_loads("builtin")
    scene.settings.set(Settings(appearance="dark"))
    assert scene.state.status is ModelStatus.READY
    options = EngineOptions(context_length=2048)
    scene.settings.set(Settings(appearance="dark", engine=options))
    scene.until_loads("builtin", "builtin")
    assert scene.bridge.client.options[1] == options


def test_that_a_missing_model_is_a_failure_and_another_one_can_be_chosen(qtbot: QtBot) -> None:
    scene = Scene(qtbot, Settings(model_id=QWEN))
    scene.library.put(scene.library.entry(QWEN), state=EntryState.MISSING)
    scene.choice.apply()
    assert scene.until_failed() is ErrorCode.MODEL_FILE_MISSING
    assert scene.state.name == "Qwen3-VL 4B"
    assert scene.loaded == []
    scene.library.use(BUILTIN.key)
    scene.until_loads("builtin")


def test_that_a_model_that_came_back_is_found_by_the_next_try(qtbot: QtBot) -> None:
    scene = Scene(qtbot, Settings(model_id=QWEN))
    entry = scene.library.put(scene.library.entry(QWEN), state=EntryState.MISSING)
    scene.choice.apply()
    scene.until_failed()
    scene.library.put(entry, state=EntryState.READY)
    scene.state.reload()  # as the next question does
    scene.until_loads(QWEN)


def test_that_a_model_that_was_downloaded_again_is_loaded(qtbot: QtBot) -> None:
    scene = Scene(qtbot, Settings(model_id=QWEN))
    entry = scene.library.put(scene.library.entry(QWEN), state=EntryState.MISSING)
    scene.choice.apply()
    scene.until_failed()
    scene.library.put(entry, state=EntryState.READY)
    scene.library.finished.emit(QWEN)
    scene.until_loads(QWEN)
