from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from desktop.core import paths
from desktop.core.errors import ErrorCode
from desktop.core.types import EngineOptions, InstalledModel
from desktop.gui.model_choice import ModelChoice
from desktop.gui.model_state import ModelState, ModelStatus
from desktop.gui.services import SettingsHolder
from desktop.store.settings import Settings

BUILTIN = paths.builtin_model_dir() / "groundglass-mini-f16.gguf"


class Client:
    """Takes commands and never answers."""

    def __init__(self) -> None:
        self.loads: list[tuple[InstalledModel, EngineOptions]] = []

    def load(self, model: InstalledModel, options: EngineOptions) -> None:
        self.loads.append((model, options))

    def cancel(self, request_id: str | None) -> None:
        assert request_id is None


class Bridge(QObject):
    event_received = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.client = Client()


@pytest.fixture
def bridge(qtbot: QtBot) -> Bridge:
    return Bridge()


@pytest.fixture
def state(bridge: Bridge) -> ModelState:
    return ModelState(bridge, bridge)  # type: ignore[arg-type]


@pytest.fixture
def settings(qtbot: QtBot) -> SettingsHolder:
    return SettingsHolder(Settings(), paths.settings_file())


def test_that_the_built_in_model_is_loaded_when_no_other_is_chosen(
    qtbot: QtBot, bridge: Bridge, state: ModelState, settings: SettingsHolder
) -> None:
    choice = ModelChoice(settings, state, bridge)
    choice.apply()
    assert state.status is ModelStatus.LOADING
    qtbot.waitUntil(lambda: bool(bridge.client.loads))
    assert bridge.client.loads[0][0].is_builtin


def test_that_a_model_for_this_run_goes_before_the_settings_and_is_not_kept(
    qtbot: QtBot, bridge: Bridge, state: ModelState, settings: SettingsHolder
) -> None:
    choice = ModelChoice(settings, state, bridge)
    choice.use(BUILTIN, None)
    choice.apply()
    qtbot.waitUntil(lambda: bool(bridge.client.loads))
    assert not bridge.client.loads[0][0].is_builtin
    assert bridge.client.loads[0][0].model_path == BUILTIN
    assert settings.value.model_path is None


def test_that_new_engine_options_load_again_and_other_settings_do_not(
    qtbot: QtBot, bridge: Bridge, state: ModelState, settings: SettingsHolder
) -> None:
    choice = ModelChoice(settings, state, bridge)
    choice.apply()
    qtbot.waitUntil(lambda: len(bridge.client.loads) == 1)
    settings.set(Settings(appearance="dark"))
    assert state.status is ModelStatus.LOADING
    model_before = state.model
    assert model_before is not None  # still the same load
    settings.set(Settings(appearance="dark", engine=EngineOptions(context_length=2048)))
    qtbot.waitUntil(lambda: state.model is None)  # it is looked for again
    qtbot.waitUntil(lambda: state.model == model_before)


def test_that_files_that_are_no_model_show_as_a_failure(
    qtbot: QtBot, bridge: Bridge, state: ModelState, tmp_path: Path
) -> None:
    settings = SettingsHolder(Settings(model_path=tmp_path / "gone.gguf"), paths.settings_file())
    choice = ModelChoice(settings, state, bridge)
    choice.apply()
    qtbot.waitUntil(lambda: state.error is not None)
    assert state.error is not None
    assert state.error.code is ErrorCode.MODEL_FILE_MISSING
    assert bridge.client.loads == []
    settings.set(Settings())
    qtbot.waitUntil(lambda: bool(bridge.client.loads))
    assert bridge.client.loads[0][0].is_builtin
