"""A running worker, and the built-in model in its two formats."""

from __future__ import annotations

import gc
import importlib.util
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.types import EngineKind, EngineOptions, PictureLimits
from desktop.store.model_store import builtin_model
from tests.engine.harness import Harness, WorkerPool
from tests.engine.real import RealEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.core.types import InstalledModel


def skip_without_mlx() -> None:
    """MLX is installed on Apple Silicon and, for these tests, on Linux."""
    if importlib.util.find_spec("mlx_vlm") is None:
        pytest.skip("MLX is not installed on this kind of computer")


@pytest.fixture
def worker() -> Iterator[Harness]:
    """A worker with no model yet."""
    with Harness() as harness:
        yield harness


@pytest.fixture(scope="session")
def pool() -> Iterator[WorkerPool]:
    """Workers that stay for many tests: starting one costs seconds where libraries are large."""
    with WorkerPool() as workers:
        yield workers


@pytest.fixture(scope="session")
def builtin() -> InstalledModel:
    """The built-in model."""
    return builtin_model(EngineKind.LLAMA_CPP)


@pytest.fixture(scope="session")
def builtin_mlx(builtin: InstalledModel) -> InstalledModel:
    """The built-in model in MLX's format."""
    skip_without_mlx()
    gc.freeze()  # an unload collects garbage, and the test runner's own heap is none
    folder = builtin.model_path.parent / "mlx"
    return replace(builtin, engine=EngineKind.MLX, model_path=folder, projector_path=None)


@pytest.fixture
def mini(worker: Harness, builtin: InstalledModel) -> Harness:
    """A worker with the built-in model loaded."""
    worker.load(builtin, EngineOptions(context_length=2048, threads=1))
    return worker


@pytest.fixture(params=[EngineKind.LLAMA_CPP, EngineKind.MLX])
def model(request: pytest.FixtureRequest) -> InstalledModel:
    """The built-in model in the format of each real engine, looking at 128 x 128 pixels."""
    name = "builtin_mlx" if request.param is EngineKind.MLX else "builtin"
    found: InstalledModel = request.getfixturevalue(name)
    return replace(found, pictures=PictureLimits(9, 64, 16))


@pytest.fixture
def real(model: InstalledModel) -> Iterator[RealEngine]:
    """Each real engine in this process, with its model loaded."""
    engine = RealEngine(model)
    yield engine
    engine.close()
