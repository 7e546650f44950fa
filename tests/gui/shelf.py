"""A library of models without a disk or a network: tests say what is on the shelf."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.fit import Machine, fit_of
from desktop.core.types import EngineKind, InstalledModel
from desktop.gui.model_entries import EntryState, ModelEntry
from desktop.store.catalog import load_catalog
from desktop.store.download_list import DownloadState, DownloadStatus
from desktop.store.installed import request_for
from desktop.store.progress import DownloadProgress
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from desktop.core.model_spec import ModelSpec

MACHINE = Machine(16 << 30, 12 << 30)
BUILTIN = ModelEntry(BUILTIN_MODEL, "Groundglass Mini", EntryState.READY, 12_000_000)


class Shelf(QObject):
    """What `ModelLibrary` is to pill, welcome and choice."""

    changed = Signal()
    progressed = Signal(object)
    failed = Signal(object)
    finished = Signal(object)
    used = Signal(object)
    engine_chosen = Signal(object, object)

    def __init__(self, *entries: ModelEntry) -> None:
        super().__init__()
        self.shelf = {entry.key: entry for entry in (*entries, BUILTIN)}
        self.asked: list[tuple[str, str]] = []
        self.speed: float | None = None

    def entries(self) -> tuple[ModelEntry, ...]:
        return tuple(self.shelf.values())

    def entry(self, key: str) -> ModelEntry | None:
        return self.shelf.get(key)

    def ready(self) -> tuple[ModelEntry, ...]:
        return tuple(e for e in self.entries() if e.state is EntryState.READY)

    def recommended(self) -> ModelEntry | None:
        return next((e for e in self.entries() if e.is_recommended), None)

    def measured_bytes_per_second(self) -> float | None:
        return self.speed

    def find(self, key: str) -> InstalledModel:
        entry = self.shelf.get(key)
        if entry is None or entry.state is not EntryState.READY:
            raise ModelError(f"{key} is gone.", ErrorCode.MODEL_FILE_MISSING, name=key)
        is_builtin = key == BUILTIN_MODEL
        return InstalledModel(
            key, entry.name, EngineKind.FAKE, Path(key), None, is_builtin=is_builtin
        )

    def get(self, key: str) -> None:
        self.asked.append(("get", key))

    def pause(self, key: str) -> None:
        self.asked.append(("pause", key))

    def resume(self, key: str) -> None:
        self.asked.append(("resume", key))

    def use(self, key: str) -> None:
        self.asked.append(("use", key))
        self.used.emit(key)

    def put(self, entry: ModelEntry, **changes: Any) -> ModelEntry:
        """Put this entry there, or in the place of the one with its key."""
        self.shelf[entry.key] = replace(entry, **changes)
        self.changed.emit()
        return self.shelf[entry.key]


def stand_in(fake: object) -> Any:
    """A fake, for those who ask for the real thing."""
    return fake


def catalog_entry(model_id: str = "qwen3-vl-4b", **changes: Any) -> ModelEntry:
    """A model of the shipped catalogue, to be had."""
    spec = spec_of(model_id)
    variant = spec.variants[0]
    entry = ModelEntry(
        f"{spec.id}:{variant.id}",
        spec.name,
        EntryState.AVAILABLE,
        variant.download_bytes,
        spec=spec,
        variant=variant,
        fit=fit_of(spec, variant, MACHINE),
    )
    return replace(entry, **changes)


def spec_of(model_id: str) -> ModelSpec:
    return next(spec for spec in load_catalog() if spec.id == model_id)


def download_of(
    entry: ModelEntry,
    state: DownloadState,
    done: int = 0,
    speed: float = 0.0,
    left: float | None = None,
) -> DownloadStatus:
    """How far a download of this entry is."""
    assert entry.spec is not None
    assert entry.variant is not None
    progress = DownloadProgress(done, entry.size_bytes or 1, speed, left, "weights.gguf")
    return DownloadStatus(request_for(entry.spec, entry.variant), state, progress)
