"""What every test gets: no screen needed, and a home folder of its own."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest

from desktop.core.engine_choice import engines_here
from tests.engines import Engines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def groundglass_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the app writes to in this test; nothing in it yet."""
    home = tmp_path / "groundglass-home"
    monkeypatch.setenv("GROUNDGLASS_HOME", str(home))
    return home


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engines]:
    """For a test to say which engines are installed, and on what kind of computer."""
    yield Engines(monkeypatch)
    engines_here.cache_clear()


@pytest.fixture(autouse=True)
def garbage() -> Iterator[None]:
    """Garbage goes on the main thread, as in the app: see `desktop.gui.collector`.

    The test runner's own collector would meet forgotten widgets in the threads of later tests.
    """
    gc.disable()
    yield
    youngest, middle, oldest = gc.get_count()
    limits = gc.get_threshold()
    if oldest > limits[2]:
        gc.collect()
    elif middle > limits[1]:
        gc.collect(1)
    elif youngest > limits[0]:
        gc.collect(0)
