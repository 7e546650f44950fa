"""A hub that serves the test files, and a downloader over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.store import hubs as sources
from tests.hub import Hub
from tests.store.downloads import FILES, Setup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(FILES) as hub:
        yield hub


@pytest.fixture
def setup(tmp_path: Path, hub: Hub) -> Setup:
    return Setup(tmp_path / "模型 models", (sources.hugging_face(base_url=hub.base_url),))
