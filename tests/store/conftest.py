"""A hub that serves the test files and a downloader over it; a model on the disk to be added."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from desktop.store import hubs as sources
from desktop.store.import_model import inspect_paths
from desktop.store.local_models import Candidate, LocalModels
from tests.hub import Hub
from tests.store.adding import EYES, NAME
from tests.store.downloads import FILES, Setup
from tests.store.ggufs import MODEL, PROJECTOR

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


# --- models that are added from the disk


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of the person's with the built-in model's files in it."""
    folder = tmp_path / "下载 downloads"
    folder.mkdir()
    shutil.copyfile(MODEL, folder / NAME)
    shutil.copyfile(PROJECTOR, folder / EYES)
    return folder


@pytest.fixture
def candidate(elsewhere: Path) -> Candidate:
    return inspect_paths([elsewhere / NAME])


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return tmp_path / "data" / "models"


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "local-models.json"


@pytest.fixture
def models(list_file: Path, models_dir: Path) -> LocalModels:
    return LocalModels(list_file, models_dir)
