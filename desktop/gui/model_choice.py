"""From the settings (or the command line) to the loaded model."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Slot

from desktop.gui.jobs import run_job
from desktop.store.model_store import builtin_model, model_from_files

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.errors import GroundglassError
    from desktop.core.types import EngineOptions, InstalledModel
    from desktop.gui.model_state import ModelState
    from desktop.gui.services import SettingsHolder

_Wanted: TypeAlias = "tuple[Path | None, Path | None, EngineOptions]"


class ModelChoice(QObject):
    """Loads the model that the settings name, the built-in one when they name none.

    A model given by `use` goes before the settings' until somebody chooses another one in them; it
    is not written to the settings.
    """

    def __init__(
        self, settings: SettingsHolder, state: ModelState, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._state = state
        self._override: tuple[Path, Path | None] | None = None
        self._chosen = self._paths_of_settings()
        self._applied: _Wanted | None = None
        settings.changed.connect(self._follow)

    def use(self, model_path: Path, projector_path: Path | None) -> None:
        """Use this GGUF pair for now; takes effect with `apply`."""
        self._override = (model_path, projector_path)

    @Slot()
    def apply(self) -> None:
        """Load what is wanted, unless that is what was applied last."""
        model_path, projector_path = self._override or self._paths_of_settings()
        options = self._settings.value.engine
        wanted: _Wanted = (model_path, projector_path, options)
        if wanted == self._applied:
            return
        self._applied = wanted
        self._state.expect()

        def find() -> InstalledModel:
            if model_path is None:
                return builtin_model()
            return model_from_files(model_path, projector_path)

        def load(model: InstalledModel) -> None:
            if wanted == self._applied:
                self._state.load(model, options)

        def refuse(error: GroundglassError) -> None:
            if wanted == self._applied:
                self._state.fail(error)

        run_job(find, load, refuse, owner=self)

    @Slot()
    def _follow(self) -> None:
        chosen = self._paths_of_settings()
        if chosen != self._chosen:
            self._chosen, self._override = chosen, None
        if self._applied is not None:
            self.apply()

    def _paths_of_settings(self) -> tuple[Path | None, Path | None]:
        return self._settings.value.model_path, self._settings.value.projector_path
