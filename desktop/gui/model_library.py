"""The one object that knows every model: to be had, on its way, here, or another program's."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from desktop.core.engine_choice import recommended_engines
from desktop.core.errors import CatalogError, ErrorCode, GroundglassError, ModelError
from desktop.core.fit import fit_of, recommended
from desktop.gui.jobs import run_job
from desktop.gui.model_copies import ModelCopies
from desktop.gui.model_downloads import ModelDownloads
from desktop.gui.model_entries import (
    EntryState,
    ModelEntry,
    Shelf,
    entries_of,
    key_of,
    offered,
)
from desktop.gui.model_files import bytes_on_disk, files_of, place_of
from desktop.store.catalog import load_catalog
from desktop.store.files import store_error
from desktop.store.found_models import find_models
from desktop.store.hubs import hubs_from
from desktop.store.installed import find_installed, remove_variant, request_for, was_installed
from desktop.store.local_models import Keep, LocalModels
from desktop.store.machine import measure_machine
from desktop.store.model_finding import find_model, verify_model
from desktop.store.model_store import builtin_forms, builtin_model
from desktop.store.pausing import pause_elsewhere
from desktop.store.settings import BUILTIN_MODEL
from desktop.store.stopping import StopFlag

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop.core.fit import Machine
    from desktop.core.model_spec import ModelSpec
    from desktop.core.types import EngineKind, InstalledModel
    from desktop.gui.model_files import FileFact
    from desktop.gui.settings_holder import SettingsHolder
    from desktop.store.download_list import DownloadStatus
    from desktop.store.hubs import Hub
    from desktop.store.installed import InstalledVariant
    from desktop.store.local_models import Candidate
    from desktop.store.network import Network

__all__ = ["EntryState", "ModelEntry", "ModelLibrary"]


class ModelLibrary(QObject):
    """Main thread only, apart from `find`. Nothing here waits for the network.

    Args:
        settings: For the model in use and where to download from.
        network: Makes the connections.
        models_dir: Where downloads and copies go.
        downloads_file: Where the list of downloads is kept.
        local_models_file: Where the list of what a person added is kept.
        catalog: In place of the one that ships with the app.
        hubs: In place of those in the settings; called for each start of a download.
    """

    changed = Signal()  # entries came, went, or changed state
    progressed = Signal(object)  # key of one whose progress changed
    failed = Signal(object)  # GroundglassError: what a person asked for did not work
    finished = Signal(object)  # key: its files are all here, ready to be used
    used = Signal(object)  # key: a person chose this model
    engine_chosen = Signal(object, object)  # key, EngineKind: a person chose what runs it
    found_changed = Signal()  # other programs' models were looked for

    def __init__(
        self,
        settings: SettingsHolder,
        network: Network,
        *,
        models_dir: Path,
        downloads_file: Path,
        local_models_file: Path,
        parent: QObject | None = None,
        catalog: tuple[ModelSpec, ...] | None = None,
        hubs: Callable[[], tuple[Hub, ...]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self.models_dir = models_dir
        self.catalog_problem: CatalogError | None = None
        self._specs = self._load(catalog)
        self._machine = measure_machine()
        self._local = LocalModels(local_models_file, models_dir)
        self._downloads = ModelDownloads(
            network, hubs or self._hubs_of_settings, models_dir, downloads_file, self
        )
        self._copies = ModelCopies(self._local, self)
        self._found: tuple[Candidate, ...] = ()
        self._look_stop: StopFlag | None = None
        self._in_use = settings.value.model_id
        self._builtin_engine = settings.value.choices(BUILTIN_MODEL).engine
        self._builtin = self._find_builtin()
        self._entries: dict[str, ModelEntry] = {}
        self._installed: dict[str, InstalledVariant] = {}
        self._rebuild()
        self._downloads.changed.connect(self._on_download)
        self._downloads.failed.connect(self.failed)
        self._copies.changed.connect(self.refresh)
        self._copies.progressed.connect(self._on_copy_progress)
        self._copies.added.connect(self._on_added)
        self._copies.failed.connect(self.failed)
        settings.changed.connect(self._follow_settings)

    # --- what there is ----------------------------------------------------------------------------

    @property
    def machine(self) -> Machine:
        """What models are compared with."""
        return self._machine

    @property
    def specs(self) -> tuple[ModelSpec, ...]:
        """The catalogue."""
        return self._specs

    @property
    def found(self) -> tuple[Candidate, ...]:
        """Other programs' models, as of the last look; without those that were added."""
        return tuple(found for found in self._found if self._local.find_same(found) is None)

    @property
    def is_looking(self) -> bool:
        """Whether other programs' models are being looked for."""
        return self._look_stop is not None

    def entries(self) -> tuple[ModelEntry, ...]:
        """The recommended one, the catalogue in its order, what was added, the built-in one."""
        return tuple(self._entries.values())

    def entry(self, key: str) -> ModelEntry | None:
        """The one with this key."""
        return self._entries.get(key)

    def ready(self) -> tuple[ModelEntry, ...]:
        """What can be used now."""
        return tuple(e for e in self._entries.values() if e.state is EntryState.READY)

    def recommended(self) -> ModelEntry | None:
        """The one for this machine; None where nothing fits well."""
        return next((e for e in self._entries.values() if e.is_recommended), None)

    def files(self, key: str) -> tuple[FileFact, ...]:
        """What is known of its files."""
        entry = self._entries.get(key)
        return files_of(entry, self._installed.get(key)) if entry is not None else ()

    def place(self, key: str) -> Path | None:
        """Where it is on the disk; None where it is not there yet."""
        entry = self._entries.get(key)
        return place_of(entry, self._installed.get(key)) if entry is not None else None

    def disk_bytes(self) -> int:
        """What downloads, whole or not, and copies take; the built-in model is not counted."""
        return sum(map(bytes_on_disk, self._entries.values()))

    def measured_bytes_per_second(self) -> float | None:
        """Of the latest download, this time or an earlier one; None before the first."""
        return self._downloads.bytes_per_second

    def find(self, key: str) -> InstalledModel:
        """The model to load. Reads files; any thread.

        Raises:
            ModelError: There is no such model, its files are gone or damaged, or no engine runs it.
        """
        chosen = self._settings.value.choices(key).engine
        return find_model(key, self.models_dir, self._specs, self._local, chosen)

    # --- what a person asks for -------------------------------------------------------------------

    def get(self, key: str) -> None:
        """Download it, or go on with that."""
        entry = self._entries.get(key)
        if entry is not None and entry.spec is not None and entry.variant is not None:
            self._downloads.get(request_for(entry.spec, entry.variant))

    def pause(self, key: str) -> None:
        """Stop its download and keep what came. A copy being made is given up."""
        if not self._copies.stop(key):
            self._downloads.pause(key)

    def resume(self, key: str) -> None:
        """Go on with its download, here if another process has it."""
        entry = self._entries.get(key)
        if entry is None or entry.spec is None or entry.variant is None:
            return
        if entry.problem is None or entry.problem.code is not ErrorCode.DOWNLOAD_BUSY:
            self.get(key)
            return
        folder = request_for(entry.spec, entry.variant).folder
        run_job(
            functools.partial(pause_elsewhere, self.models_dir, folder),
            lambda _has_run: self.get(key),
            self.failed.emit,
            owner=self,
        )

    def remove(self, key: str) -> None:
        """Delete it, or what came of it; files that are only referred to stay."""
        entry = self._entries.get(key)
        if entry is None or key == BUILTIN_MODEL or self._copies.stop(key):
            return
        if entry.is_in_use:
            self.use(BUILTIN_MODEL)
        if entry.local is not None:
            local_id = entry.local.id
            self._run(lambda: self._local.remove(local_id))
        elif entry.spec is not None and entry.variant is not None:
            delete = functools.partial(remove_variant, self.models_dir, entry.spec, entry.variant)
            self._run(functools.partial(self._downloads.remove, key, delete))

    def use(self, key: str) -> None:
        """Say that a person chose it; who loads models listens to `used`."""
        entry = self._entries.get(key)
        if entry is not None and entry.state is EntryState.READY:
            self.used.emit(key)

    def run_with(self, key: str, engine: EngineKind) -> None:
        """Say that a person chose what runs it; who loads models listens to `engine_chosen`."""
        entry = self._entries.get(key)
        if entry is not None and engine in entry.forms:
            self.engine_chosen.emit(key, engine)

    def verify(
        self, key: str, on_done: Callable[[tuple[str, ...] | GroundglassError], None]
    ) -> None:
        """Compare every byte with the checksums, off the main thread.

        `on_done` gets the paths of damaged files, none if all is well, or why they cannot be read.
        """
        work = functools.partial(verify_model, key, self.models_dir, self._specs, self._local)
        run_job(work, on_done, on_done, owner=self)

    def look_around(self) -> None:
        """Look for other programs' models, off the main thread; `found_changed` follows."""
        if self._look_stop is None:
            stop = self._look_stop = StopFlag()
            run_job(lambda: find_models(None, stop), self._keep_found, self.failed.emit, owner=self)

    def add_local(self, candidate: Candidate, keep: Keep) -> None:
        """Make a model of this computer one of ours, off the main thread."""
        self._copies.add(candidate, keep)

    def set_machine(self, machine: Machine) -> None:
        """Judge by this machine from now on, for instance when the engine has told its devices."""
        if machine != self._machine:
            self._machine = machine
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look at the disk again, for instance when a window comes to the front."""
        before = self._entries
        self._rebuild()
        if self._entries != before or list(self._entries) != list(before):
            self.changed.emit()

    def close(self) -> None:
        """Pause the downloads and wait for them; nothing starts any more."""
        if self._look_stop is not None:
            self._look_stop.stop()
        self._copies.close()
        self._downloads.close()

    # --- inside -----------------------------------------------------------------------------------

    def _load(self, catalog: tuple[ModelSpec, ...] | None) -> tuple[ModelSpec, ...]:
        if catalog is not None:
            return catalog
        try:
            return load_catalog()
        except CatalogError as error:
            self.catalog_problem = error
            return ()

    def _find_builtin(self) -> InstalledModel | GroundglassError:
        try:
            return builtin_model(self._builtin_engine)
        except ModelError as error:
            return error

    def _hubs_of_settings(self) -> tuple[Hub, ...]:
        return hubs_from(self._settings.value)

    def _rebuild(self) -> None:
        specs = self._specs
        best = recommended(specs, self._machine, recommended_engines())
        installed = self._installed = {
            key_of(found.spec, found.variant): found
            for found in find_installed(self.models_dir, specs)
        }
        pairs = [(spec, variant) for spec in specs for variant in offered(spec, installed)]
        shelf = Shelf(
            specs=specs,
            installed=installed,
            lost=frozenset(
                key_of(spec, variant)
                for spec, variant in pairs
                if key_of(spec, variant) not in installed
                and was_installed(self.models_dir, spec, variant)
            ),
            downloads=self._downloads.statuses,
            fits={
                key_of(spec, variant): fit_of(spec, variant, self._machine)
                for spec, variant in pairs
            },
            local=self._local.models(),
            copies=self._copies.running,
            builtin=self._builtin,
            builtin_forms=builtin_forms(),
            recommended=key_of(*best) if best is not None else None,
            in_use=self._in_use,
        )
        self._entries = {entry.key: entry for entry in entries_of(shelf)}

    def _run(self, delete: Callable[[], None]) -> None:
        def work() -> None:
            try:
                delete()
            except OSError as error:
                raise store_error(error, self.models_dir) from error

        run_job(work, lambda _none: self._after_removal(), self._refuse_removal, owner=self)

    def _after_removal(self) -> None:
        self.refresh()
        self.found_changed.emit()  # what was added from there is offered again

    def _refuse_removal(self, error: GroundglassError) -> None:
        self.refresh()
        self.failed.emit(error)

    def _keep_found(self, found: tuple[Candidate, ...]) -> None:
        self._look_stop = None
        self._found = found
        self.found_changed.emit()

    @Slot(object, bool)
    def _on_download(self, status: DownloadStatus, is_new_state: bool) -> None:
        key = status.request.model_id
        entry = self._entries.get(key)
        if is_new_state or entry is None:
            self.refresh()
            now = self._entries.get(key)
            if self._downloads.is_done(status) and now and now.state is EntryState.READY:
                self.finished.emit(key)
            return
        total = status.progress.total_bytes if status.progress is not None else entry.size_bytes
        self._entries[key] = replace(entry, download=status, size_bytes=total)
        self.progressed.emit(key)

    @Slot(object)
    def _on_copy_progress(self, key: str) -> None:
        entry = self._entries.get(key)
        if entry is not None and key in self._copies.running:
            self._entries[key] = replace(entry, download=self._copies.running[key][1])
            self.progressed.emit(key)

    @Slot(object)
    def _on_added(self, key: str) -> None:
        self.refresh()
        self.found_changed.emit()
        entry = self._entries.get(key)
        if entry is not None and entry.state is EntryState.READY:
            self.finished.emit(key)

    @Slot()
    def _follow_settings(self) -> None:
        settings = self._settings.value
        engine = settings.choices(BUILTIN_MODEL).engine
        if (settings.model_id, engine) != (self._in_use, self._builtin_engine):
            self._in_use, self._builtin_engine = settings.model_id, engine
            self._builtin = self._find_builtin()
            self.refresh()
