"""Which engines a test finds installed, whatever this computer has."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

from desktop.core import engine_choice
from desktop.core.engine_choice import engines_here
from desktop.core.types import EngineKind

if TYPE_CHECKING:
    import pytest

_PACKAGES = {EngineKind.LLAMA_CPP: "llama_cpp", EngineKind.MLX: "mlx_vlm"}


class Engines:
    """Packages are only looked for, never imported, so that they can be said to be there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.are_here(EngineKind.LLAMA_CPP, EngineKind.MLX)

    def are_here(self, *kinds: EngineKind) -> None:
        """Exactly these are installed from now on."""
        missing = {package for kind, package in _PACKAGES.items() if kind not in kinds}
        self._monkeypatch.setattr(
            engine_choice, "find_spec", lambda name: None if name in missing else object()
        )
        engines_here.cache_clear()

    def on_a_mac(self) -> None:
        """This is a Mac with Apple Silicon."""
        self._monkeypatch.setattr(sys, "platform", "darwin")
        self._monkeypatch.setattr(platform, "machine", lambda: "arm64")

    def on_a_pc(self) -> None:
        """This is none."""
        self._monkeypatch.setattr(sys, "platform", "linux")
        self._monkeypatch.setattr(platform, "machine", lambda: "x86_64")
