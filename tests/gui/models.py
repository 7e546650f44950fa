"""What the tests of the models' side share: a library over a loopback hub, in its own folders."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from desktop.core.model_spec import (
    Coordinates,
    FileRole,
    LocalText,
    ModelFile,
    ModelSpec,
    ModelVariant,
    Strength,
)
from desktop.core.types import EngineKind
from desktop.gui.model_library import EntryState, ModelEntry, ModelLibrary
from desktop.gui.settings_holder import SettingsHolder
from desktop.store import hubs as sources
from desktop.store.connection_log import ConnectionLog
from desktop.store.network import Network
from desktop.store.settings import Settings
from tests.hub import REPO
from tests.store.downloads import FILES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.hub import Hub

WAIT_MS = 20_000


def variant(
    variant_id: str = "q4_k_m", files: Mapping[str, bytes] = FILES, repo: str = REPO
) -> ModelVariant:
    """One form whose files are these, sizes and checksums known."""
    return ModelVariant(
        id=variant_id,
        engine=EngineKind.LLAMA_CPP,
        repo=repo,
        revision=None,
        files=tuple(
            ModelFile(
                FileRole.PROJECTOR if "mmproj" in name else FileRole.MODEL,
                name,
                len(content),
                hashlib.sha256(content).hexdigest(),
            )
            for name, content in files.items()
        ),
    )


def model_spec(
    spec_id: str = "tiny",
    name: str = "Tiny VL",
    *variants: ModelVariant,
    good_at: frozenset[Strength] = frozenset({Strength.PHOTOS}),
    licence: str | None = "Apache-2.0",
) -> ModelSpec:
    """An entry of a catalogue."""
    return ModelSpec(
        id=spec_id,
        name=name,
        family=name,
        licence=licence,
        parameters="10M",
        summary=LocalText("Small and quick.", "小而快。"),
        good_at=good_at,
        coordinates=Coordinates.NONE,
        variants=variants or (variant(),),
        kv_bytes_per_token=1024,
    )


class LibraryDesk:
    """A library that can be closed and opened again as at the next start of the app."""

    def __init__(self, qtbot: QtBot, folder: Path, hub: Hub, *specs: ModelSpec) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.hub = hub
        self.specs = specs or (model_spec(),)
        self.network = Network(ConnectionLog(), timeout_s=5.0)
        self.settings = SettingsHolder(Settings(), folder / "settings.json")
        self.library = self._open()

    def open_again(self) -> ModelLibrary:
        """The next start."""
        self.library.close()
        self.library = self._open()
        return self.library

    def state(self, key: str = "tiny:q4_k_m") -> EntryState:
        """Of an entry."""
        return self.entry(key).state

    def entry(self, key: str = "tiny:q4_k_m") -> ModelEntry:
        """As it is now."""
        entry = self.library.entry(key)
        assert entry is not None
        return entry

    def wait(self, state: EntryState, key: str = "tiny:q4_k_m") -> ModelEntry:
        """Until an entry has come to a state."""
        self.qtbot.waitUntil(lambda: self.state(key) is state, timeout=WAIT_MS)
        return self.entry(key)

    def wait_for_bytes(self, least: int) -> None:
        """Until so many bytes of one file are on the disk, which is before they are told."""

        def has_come() -> bool:
            parts = self.library.models_dir.rglob("*.part")
            return any(part.stat().st_size >= least for part in parts)

        self.qtbot.waitUntil(has_come, timeout=WAIT_MS)

    def get(self, key: str = "tiny:q4_k_m") -> None:
        """Download it whole."""
        self.library.get(key)
        self.wait(EntryState.READY, key)

    def left(self) -> list[str]:
        """Names of all files in the models folder."""
        folder = self.library.models_dir
        return sorted(p.name for p in folder.rglob("*") if p.is_file())

    def _open(self) -> ModelLibrary:
        return ModelLibrary(
            self.settings,
            self.network,
            models_dir=self.folder / "models",
            downloads_file=self.folder / "config" / "downloads.json",
            local_models_file=self.folder / "config" / "local-models.json",
            catalog=self.specs,
            hubs=lambda: (sources.hugging_face(base_url=self.hub.base_url),),
        )
