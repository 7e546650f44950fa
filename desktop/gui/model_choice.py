"""From the settings (or the command line) to the loaded model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from desktop.core.adapters import for_engine
from desktop.core.errors import StoreError
from desktop.core.types import Adapter, EngineKind, EngineOptions
from desktop.gui.engine_forms import key_in_form, with_engine
from desktop.gui.jobs import run_job
from desktop.gui.model_entries import EntryState
from desktop.gui.model_state import ModelStatus
from desktop.store.model_finding import model_from_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.core.errors import GroundglassError
    from desktop.core.types import InstalledModel
    from desktop.gui.model_library import ModelLibrary
    from desktop.gui.model_state import ModelState
    from desktop.gui.settings_holder import SettingsHolder
    from desktop.store.settings import Settings


class _Wish(Struct, frozen=True):
    """A model by its id, or by an absolute path with perhaps a vision encoder; and how to load it.

    What was chosen for the model is part of it as far as another choice means another load.
    """

    name: str
    projector_path: Path | None
    options: EngineOptions
    engine: EngineKind | None = None
    adapters: tuple[Adapter, ...] = ()

    @property
    def is_file(self) -> bool:
        return self.projector_path is not None or Path(self.name).is_absolute()


class ModelChoice(QObject):
    """Loads the model that the settings name.

    A model given by `use_for_now` goes before the settings' until somebody chooses one; it is not
    written to the settings. A choice made while an answer is being written (`is_held`) takes effect
    when that is over: call `go_on` then.
    """

    postponed = Signal(object)  # the name of the model that waits for the answer's end; "": none
    failed = Signal(object)  # StoreError: the choice is in force, but could not be kept

    def __init__(
        self,
        settings: SettingsHolder,
        state: ModelState,
        library: ModelLibrary,
        is_held: Callable[[], bool] = lambda: False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._state = state
        self._library = library
        self._is_held = is_held
        self._override: tuple[str, Path | None] | None = None
        self._chosen = settings.value.model_id
        self._applied: _Wish | None = None
        self._postponed = ""
        settings.changed.connect(self._follow)
        state.search_requested.connect(self._search)
        library.used.connect(self._on_used)
        library.engine_chosen.connect(self._on_engine_chosen)
        library.finished.connect(self._on_finished)

    def use_for_now(self, name: str, projector_path: Path | None) -> None:
        """Use this model (an id, or an absolute path) for this run; takes effect with `apply`."""
        self._override = (name, projector_path)

    @Slot()
    def apply(self) -> None:
        """Load what is wanted, unless that is what was applied last."""
        wish = self._wish()
        if wish == self._applied:
            self._postpone("")
        elif self._is_held():
            self._postpone(self._name_of(wish) or wish.name)
        else:
            self._postpone("")
            self._apply(wish)

    @Slot()
    def go_on(self) -> None:
        """Apply a choice that was postponed, if nothing is in its way any more."""
        if self._postponed and not self._is_held():
            self.apply()

    def _apply(self, wish: _Wish) -> None:
        self._applied = wish
        self._state.expect(self._name_of(wish))
        key = self._key_of(wish)

        def find() -> InstalledModel:
            if wish.is_file:
                return model_from_path(Path(wish.name), wish.projector_path)
            return self._library.find(key)

        def load(model: InstalledModel) -> None:
            if wish is self._applied:
                choices = self._settings.value.choices(model.id)
                adapters = for_engine(choices.adapters, model.engine)
                self._state.load(replace(model, adapters=adapters), wish.options)

        def refuse(error: GroundglassError) -> None:
            if wish is self._applied:
                self._state.fail(error)

        run_job(find, load, refuse, owner=self)

    def _postpone(self, name: str) -> None:
        if name != self._postponed:
            self._postponed = name
            self.postponed.emit(name)

    def _wish(self) -> _Wish:
        settings = self._settings.value
        name, projector_path = self._override or (settings.model_id, None)
        wish = _Wish(name, projector_path, settings.engine)
        # A file's id is known only once it was looked at; it is its name in all but odd cases.
        choices = settings.choices(_name_of(name) if wish.is_file else self._key_of(wish))
        return replace(wish, engine=choices.engine, adapters=choices.adapters)

    def _key_of(self, wish: _Wish) -> str:
        """The id in full: without a variant it means the best one that is here."""
        entries = self._library.entries()
        if any(entry.key == wish.name for entry in entries):
            return wish.name
        variants = [e for e in entries if e.spec is not None and e.spec.id == wish.name]
        chosen = self._settings.value.choices(wish.name).engine
        variants.sort(key=lambda e: (e.state is not EntryState.READY, e.engine is not chosen))
        return variants[0].key if variants else wish.name

    def _name_of(self, wish: _Wish) -> str:
        if wish.is_file:
            return _name_of(wish.name)
        entry = self._library.entry(self._key_of(wish))
        return entry.name if entry is not None else ""

    @Slot()
    def _follow(self) -> None:
        chosen = self._settings.value.model_id
        if chosen != self._chosen:
            self._chosen, self._override = chosen, None
        if self._applied is not None:
            self.apply()

    @Slot(object)
    def _on_used(self, key: str) -> None:
        """Somebody chose this model; perhaps the one in use, since it sleeps or failed to load."""
        self._override = None
        self._keep(replace(self._settings.value, model_id=key))
        if self._applied is None:
            return  # not started yet
        self.apply()
        is_same = self._applied.name == key
        if is_same and self._state.status in {ModelStatus.ASLEEP, ModelStatus.FAILED}:
            self._state.reload()

    @Slot(object, object)
    def _on_engine_chosen(self, key: str, engine: EngineKind) -> None:
        """Somebody chose what runs a model; what is in force for this run only stays so."""
        entries = self._library.entries()
        if self._override is not None and self._key_of(self._wish()) == key:
            self._override = (key_in_form(entries, key, engine), None)
        self._keep(with_engine(self._settings.value, entries, key, engine))
        if self._applied is not None:
            self.apply()

    def _keep(self, settings: Settings) -> None:
        self._settings.set(settings)
        try:
            self._settings.save()
        except StoreError as error:
            self.failed.emit(error)

    @Slot(object)
    def _on_finished(self, key: str) -> None:
        """The files of the model in use, which were missing, are there again."""
        is_same = self._applied is not None and self._key_of(self._applied) == key
        if is_same and self._state.status is ModelStatus.FAILED:
            self._state.reload()

    @Slot()
    def _search(self) -> None:
        if self._applied is not None and not self._is_held():
            self._apply(self._wish())


def _name_of(path: str) -> str:
    """A file's name without its ending, or a folder's."""
    file = Path(path)
    return file.stem if file.suffix.lower() == ".gguf" else file.name
