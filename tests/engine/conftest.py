"""A running worker, and the built-in model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.core.types import EngineOptions
from desktop.store.model_store import builtin_model
from tests.engine.harness import Harness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.core.types import InstalledModel


@pytest.fixture
def worker() -> Iterator[Harness]:
    """A worker with no model yet."""
    with Harness() as harness:
        yield harness


@pytest.fixture(scope="session")
def builtin() -> InstalledModel:
    """The built-in model."""
    return builtin_model()


@pytest.fixture
def mini(worker: Harness, builtin: InstalledModel) -> Harness:
    """A worker with the built-in model loaded."""
    worker.load(builtin, EngineOptions(context_length=2048))
    return worker
