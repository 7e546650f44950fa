"""The settings in force, for everyone in the window who depends on one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from desktop.store.settings import Settings, save_settings

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.types import InstalledModel, PictureBudget


class SettingsHolder(QObject):
    """The settings in force. Those who depend on one listen to `changed` and read `value` again."""

    changed = Signal()

    def __init__(self, settings: Settings, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._path = path

    @property
    def value(self) -> Settings:
        """The settings in force; frozen, so keep no copy."""
        return self._settings

    def as_asked(self, model: InstalledModel) -> InstalledModel:
        """A model with its answers drawn as was chosen for it, over its own defaults."""
        chosen = self._settings.choices(model.id).sampling
        return replace(model, sampling=chosen.over(model.sampling))

    def system_prompt(self, model: InstalledModel | None) -> str:
        """What this model is told before every conversation; empty for nothing."""
        return "" if model is None else self._settings.choices(model.id).system_prompt

    def set(self, settings: Settings) -> None:
        """Put these in force; nothing is written to the disk."""
        if settings != self._settings:
            self._settings = settings
            self.changed.emit()

    def set_picture_budget(self, budget: PictureBudget | None) -> None:
        """Put this budget in force; None chooses by the machine."""
        self.set(replace(self._settings, picture_budget=budget))

    def set_offline(self, is_offline: bool) -> None:
        """Forbid every connection, or allow them again."""
        self.set(replace(self._settings, is_offline=is_offline))

    def save(self) -> None:
        """Write the settings in force; raises `StoreError`."""
        save_settings(self._path, self._settings)
