"""What every test gets: no screen needed, and a home folder of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def groundglass_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the app writes to in this test; nothing in it yet."""
    home = tmp_path / "groundglass-home"
    monkeypatch.setenv("GROUNDGLASS_HOME", str(home))
    return home
