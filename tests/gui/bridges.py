"""An engine that takes commands and never answers: the tests speak for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from desktop.core.types import EngineOptions, InstalledModel


class Client:
    """What it was told to load, and how; how often it was told to unload."""

    def __init__(self) -> None:
        self.loads: list[InstalledModel] = []
        self.options: list[EngineOptions] = []
        self.unloads = 0
        self.is_busy = False

    def load(self, model: InstalledModel, options: EngineOptions) -> None:
        self.loads.append(model)
        self.options.append(options)

    def unload(self) -> None:
        self.unloads += 1

    def cancel(self, request_id: str | None) -> None:
        assert request_id is None


class Bridge(QObject):
    """In place of an `EngineBridge`."""

    event_received = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.client = Client()
