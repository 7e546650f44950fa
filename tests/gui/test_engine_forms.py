"""A model that is here for both engines: which one runs it, and the way to the other one."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QAction

from desktop.core import paths
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.fit import Machine
from desktop.core.model_choices import ModelChoices, SamplingChoices
from desktop.core.model_spec import RecommendedFor
from desktop.core.types import Adapter, EngineKind
from desktop.engine.api import EngineFailed, ModelLoaded
from desktop.gui.engine_forms import OtherForm, key_in_form, other_form, with_engine
from desktop.gui.model_choice import ModelChoice
from desktop.gui.model_library import EntryState
from desktop.gui.model_pill import ModelPill
from desktop.gui.model_state import ModelState, ModelStatus
from desktop.store import model_store
from desktop.store.installed import note_installed, request_for
from desktop.store.settings import Settings, load_settings
from tests.gui.bridges import Bridge
from tests.gui.models import LibraryDesk
from tests.hub import Hub
from tests.store.mlx_models import (
    GGUF,
    GGUF_FILES,
    GGUF_KEY,
    MLX_FILES,
    MLX_KEY,
    SPEC,
    WHOLE,
    serve,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.engines import Engines

LLAMA, MLX = EngineKind.LLAMA_CPP, EngineKind.MLX


class Desk(LibraryDesk):
    """A library with a choice, a state and a pill over it; no engine."""

    def start(self) -> None:
        self.bridge = Bridge()
        self.model_state = ModelState(self.bridge, self.bridge)  # type: ignore[arg-type]
        self.choice = ModelChoice(self.settings, self.model_state, self.library, parent=self.bridge)
        self.pill = ModelPill(self.model_state, self.library, QAction("More", self.bridge))
        self.qtbot.addWidget(self.pill)

    @property
    def loaded(self) -> list[tuple[str, EngineKind]]:
        return [(model.id, model.engine) for model in self.bridge.client.loads]

    def until_loads(self, *loads: tuple[str, EngineKind]) -> None:
        self.qtbot.waitUntil(lambda: self.loaded == list(loads))

    def succeed(self) -> None:
        assert self.model_state.model is not None
        self.bridge.event_received.emit(
            ModelLoaded(
                self.model_state.model.id,
                4096,
                has_gpu=False,
                can_see=True,
                threads=2,
                load_s=0.1,
                engine=self.model_state.model.engine,
            )
        )

    def fail(self) -> None:
        self.bridge.event_received.emit(EngineFailed(None, ErrorCode.MODEL_LOAD_FAILED, "Broken."))

    def put(self, key: str) -> None:
        """Install a form."""
        variant, files = (WHOLE, MLX_FILES) if key == MLX_KEY else (GGUF, GGUF_FILES)
        request = request_for(SPEC, variant)
        folder = self.library.models_dir / request.folder
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        known = tuple(
            replace(request_for(SPEC, GGUF).files[0], path=name, size_bytes=len(content))
            for name, content in files.items()
        )
        note_installed(self.library.models_dir, replace(request, files=known))
        self.library.refresh()

    @property
    def switch(self) -> str:
        """The words of the pill's way to the other engine; empty where there is none."""
        self.pill.refresh()
        action = self.pill._switch
        return action.text() if action.isVisible() else ""


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, engines: Engines) -> Iterator[Desk]:
    engines.on_a_pc()
    with Hub() as hub:
        serve(hub)
        desk = Desk(qtbot, tmp_path, hub, SPEC)
        desk.start()
        yield desk
        desk.library.close()


# --- what there is


def test_that_forms_are_those_that_are_here_and_can_run(desk: Desk, engines: Engines) -> None:
    builtin = desk.entry("builtin")
    assert (builtin.engine, builtin.forms) == (LLAMA, (LLAMA, MLX))
    assert desk.entry(GGUF_KEY).forms == desk.entry(MLX_KEY).forms == ()
    desk.put(GGUF_KEY)
    assert desk.entry(GGUF_KEY).forms == (LLAMA,)
    assert desk.entry(MLX_KEY).state is EntryState.AVAILABLE
    desk.put(MLX_KEY)
    assert desk.entry(GGUF_KEY).forms == desk.entry(MLX_KEY).forms == (LLAMA, MLX)
    assert (desk.entry(GGUF_KEY).name, desk.entry(MLX_KEY).name) == ("Mini", "Mini MLX 4-bit")
    engines.on_a_mac()
    desk.library.refresh()
    assert desk.entry(GGUF_KEY).forms == (MLX, LLAMA)
    assert (desk.entry(GGUF_KEY).name, desk.entry(MLX_KEY).name) == ("Mini F16", "Mini")


def test_that_the_form_for_mlx_is_recommended_on_a_mac(
    qtbot: QtBot, tmp_path: Path, engines: Engines
) -> None:
    sized = replace(WHOLE, about_bytes=10_000_000)
    spec = replace(SPEC, variants=(GGUF, sized), recommended=RecommendedFor(0))
    engines.on_a_mac()
    with Hub() as hub:
        desk = Desk(qtbot, tmp_path, hub, spec)
        desk.library.set_machine(Machine(16 << 30, 12 << 30, 10 << 30, is_unified=True))
        best = desk.library.recommended()
        assert best is not None
        assert (best.key, best.name) == (MLX_KEY, "Mini")
        engines.on_a_pc()
        desk.library.refresh()
        best = desk.library.recommended()
        assert best is not None
        assert (best.key, best.name) == (GGUF_KEY, "Mini")
        desk.library.close()


def test_that_without_mlx_its_forms_are_not_shown(desk: Desk, engines: Engines) -> None:
    engines.are_here(LLAMA)
    desk.library.refresh()
    assert desk.library.entry(MLX_KEY) is None
    assert desk.open_again().entry("builtin").forms == (LLAMA,)  # type: ignore[union-attr]


def test_that_a_form_that_came_from_elsewhere_is_here_but_unusable(
    desk: Desk, engines: Engines
) -> None:
    desk.put(MLX_KEY)
    desk.put(GGUF_KEY)
    engines.are_here(LLAMA)
    desk.library.refresh()
    entry = desk.entry(MLX_KEY)
    assert (entry.state, entry.forms) == (EntryState.UNUSABLE, ())
    assert entry.problem is not None
    assert entry.problem.code is ErrorCode.MODEL_NEEDS_MLX
    assert desk.entry(GGUF_KEY).forms == (LLAMA,)
    desk.library.remove(MLX_KEY)
    desk.qtbot.waitUntil(lambda: desk.library.entry(MLX_KEY) is None)


def test_that_the_files_and_the_place_are_those_of_the_form(desk: Desk) -> None:
    desk.put(MLX_KEY)
    folder = desk.library.models_dir / "mini" / "mlx_4bit"
    assert desk.library.place(MLX_KEY) == folder
    assert {file.name for file in desk.library.files(MLX_KEY)} == set(MLX_FILES)
    assert {file.name for file in desk.library.files("builtin")} == {
        path.name for path in paths.builtin_model_dir().glob("*.gguf")
    }
    desk.library.engine_chosen.emit("builtin", MLX)
    assert {file.name for file in desk.library.files("builtin")} == set(MLX_FILES)
    assert desk.entry("builtin").size_bytes == sum(map(len, MLX_FILES.values()))


# --- settings


def test_that_the_built_in_models_engine_is_kept_beside_its_key(desk: Desk) -> None:
    entries = desk.library.entries()
    settings = with_engine(Settings(), entries, "builtin", MLX)
    assert settings == Settings(models={"builtin": ModelChoices(engine=MLX)})
    assert with_engine(settings, entries, "builtin", LLAMA).choices("builtin").engine is LLAMA


def test_that_another_form_is_another_key_and_takes_the_choices_along(desk: Desk) -> None:
    desk.put(GGUF_KEY)
    desk.put(MLX_KEY)
    entries = desk.library.entries()
    choices = ModelChoices(
        sampling=SamplingChoices(temperature=0.1),
        system_prompt="Be brief.",
        adapters=(Adapter(paths.data_dir() / "a.gguf"),),
    )
    before = Settings(model_id=GGUF_KEY, models={GGUF_KEY: choices})
    after = with_engine(before, entries, GGUF_KEY, MLX)
    assert after.model_id == MLX_KEY
    assert after.models == {GGUF_KEY: choices, MLX_KEY: replace(choices, adapters=())}
    own = replace(after, models={**after.models, GGUF_KEY: ModelChoices(system_prompt="Mine.")})
    back = with_engine(own, entries, MLX_KEY, LLAMA)
    assert (back.model_id, back.models) == (GGUF_KEY, own.models)
    other = replace(before, model_id="builtin")
    assert with_engine(other, entries, GGUF_KEY, MLX).model_id == "builtin"


def test_that_what_is_not_here_leads_nowhere(desk: Desk) -> None:
    desk.put(GGUF_KEY)
    entries = desk.library.entries()
    assert key_in_form(entries, GGUF_KEY, MLX) == GGUF_KEY
    assert key_in_form(entries, "nothing", MLX) == "nothing"


# --- choosing


def test_that_the_engine_of_the_settings_loads_the_built_in_model(desk: Desk) -> None:
    desk.settings.set(Settings(models={"builtin": ModelChoices(engine=MLX)}))
    desk.choice.apply()
    desk.until_loads(("builtin", MLX))
    assert desk.bridge.client.loads[0].model_path == paths.builtin_model_dir() / "mlx"


def test_that_mlx_is_what_loads_on_a_mac(desk: Desk, engines: Engines) -> None:
    engines.on_a_mac()
    desk.choice.apply()
    desk.until_loads(("builtin", MLX))


def test_that_choosing_an_engine_loads_the_same_model_with_it_and_is_kept(desk: Desk) -> None:
    desk.choice.apply()
    desk.until_loads(("builtin", LLAMA))
    desk.succeed()
    assert desk.switch == "Run with MLX"
    desk.pill._switch.trigger()
    desk.until_loads(("builtin", LLAMA), ("builtin", MLX))
    desk.succeed()
    assert load_settings(desk.folder / "settings.json").choices("builtin").engine is MLX
    assert "with MLX" in desk.pill._info.text()
    assert desk.switch == "Run with llama.cpp"


def test_that_choosing_an_engine_for_a_catalogue_model_uses_its_other_form(desk: Desk) -> None:
    desk.put(GGUF_KEY)
    desk.put(MLX_KEY)
    desk.library.use(MLX_KEY)
    desk.choice.apply()
    desk.until_loads((MLX_KEY, MLX))
    desk.succeed()
    desk.library.run_with(MLX_KEY, LLAMA)
    desk.until_loads((MLX_KEY, MLX), (GGUF_KEY, LLAMA))
    assert desk.settings.value.model_id == GGUF_KEY
    assert desk.entry(GGUF_KEY).is_in_use


def test_that_an_engine_chosen_for_this_runs_model_does_not_change_the_kept_one(
    desk: Desk,
) -> None:
    desk.put(GGUF_KEY)
    desk.put(MLX_KEY)
    desk.choice.use_for_now("mini", None)
    desk.choice.apply()
    desk.until_loads((GGUF_KEY, LLAMA))
    desk.succeed()
    desk.library.run_with(GGUF_KEY, MLX)
    desk.until_loads((GGUF_KEY, LLAMA), (MLX_KEY, MLX))
    assert load_settings(desk.folder / "settings.json").model_id == "builtin"


def test_that_an_id_without_a_form_follows_the_choice_for_it(desk: Desk) -> None:
    desk.put(GGUF_KEY)
    desk.put(MLX_KEY)
    desk.settings.set(Settings(model_id="mini", models={"mini": ModelChoices(engine=MLX)}))
    desk.choice.apply()
    desk.until_loads((MLX_KEY, MLX))


def test_that_adapters_go_to_the_engine_and_a_change_of_them_loads_anew(desk: Desk) -> None:
    desk.choice.apply()
    desk.until_loads(("builtin", LLAMA))
    desk.succeed()
    adapters = (Adapter(paths.data_dir() / "a.gguf", 0.5),)
    chosen = ModelChoices(sampling=SamplingChoices(temperature=1.0), adapters=adapters)
    desk.settings.set(Settings(models={"builtin": chosen}))
    desk.until_loads(("builtin", LLAMA), ("builtin", LLAMA))
    assert desk.bridge.client.loads[1].adapters == adapters
    colder = replace(chosen, sampling=SamplingChoices(temperature=0.1))
    desk.settings.set(Settings(models={"builtin": colder}))
    assert desk.model_state.status is ModelStatus.LOADING
    assert len(desk.loaded) == 2  # sampling takes effect without a load


def test_that_a_file_for_this_run_may_be_a_folder_for_mlx(desk: Desk) -> None:
    desk.choice.use_for_now(str(paths.builtin_model_dir() / "mlx"), None)
    desk.choice.apply()
    assert desk.model_state.name == "mlx"
    desk.until_loads(("mlx", MLX))
    desk.succeed()
    assert desk.switch == ""


# --- when it does not load


def test_that_a_failed_load_offers_the_other_engine(desk: Desk) -> None:
    desk.settings.set(Settings(models={"builtin": ModelChoices(engine=MLX)}))
    desk.choice.apply()
    desk.until_loads(("builtin", MLX))
    desk.fail()
    assert desk.switch == "Try with llama.cpp"
    desk.pill._switch.trigger()
    desk.until_loads(("builtin", MLX), ("builtin", LLAMA))
    desk.succeed()
    assert desk.model_state.status is ModelStatus.READY


def test_that_files_that_were_refused_offer_it_too(desk: Desk, tmp_path: Path) -> None:
    desk.put(GGUF_KEY)
    desk.put(MLX_KEY)
    (desk.library.models_dir / "mini" / "mlx_4bit" / "config.json").write_bytes(
        b"[" + MLX_FILES["config.json"][1:]
    )
    desk.library.use(MLX_KEY)
    desk.choice.apply()
    desk.qtbot.waitUntil(lambda: desk.model_state.status is ModelStatus.FAILED)
    assert desk.model_state.model is None
    assert other_form(desk.library.entries(), desk.model_state) == OtherForm(MLX_KEY, LLAMA)
    assert desk.switch == "Try with llama.cpp"


def test_that_a_damaged_form_of_the_built_in_model_offers_the_other(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = paths.builtin_model_dir()
    (tmp_path / "damaged").mkdir()
    shutil.copy(whole / "entry.toml", tmp_path / "damaged")
    (tmp_path / "damaged" / "mlx").symlink_to(whole / "mlx")
    for path in whole.glob("*.gguf"):
        (tmp_path / "damaged" / path.name).write_bytes(b"GGUF")
    monkeypatch.setattr(model_store, "builtin_model_dir", lambda: tmp_path / "damaged")
    desk.settings.set(Settings(models={"builtin": ModelChoices(engine=LLAMA)}))
    desk.choice.apply()
    desk.qtbot.waitUntil(lambda: desk.model_state.status is ModelStatus.FAILED)
    assert desk.switch == "Try with MLX"
    desk.pill._switch.trigger()
    desk.until_loads(("builtin", MLX))
    desk.succeed()
    assert desk.model_state.status is ModelStatus.READY


def test_that_another_models_failure_offers_nothing(desk: Desk) -> None:
    desk.model_state.expect("Somebody's model")
    desk.model_state.fail(ModelError("Gone.", ErrorCode.MODEL_FILE_MISSING))
    assert other_form(desk.library.entries(), desk.model_state) is None
    assert desk.switch == ""


def test_that_a_model_in_one_form_has_no_switch(desk: Desk) -> None:
    desk.put(GGUF_KEY)
    desk.library.use(GGUF_KEY)
    desk.choice.apply()
    desk.until_loads((GGUF_KEY, LLAMA))
    desk.fail()
    assert desk.switch == ""
