"""The real engines in real worker processes: sockets, logs, too little memory, both in turns."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from desktop.core import paths
from desktop.core.errors import ErrorCode
from desktop.core.types import EngineKind, EngineOptions
from desktop.engine.api import (
    EngineFailed,
    EngineInspected,
    ModelLoaded,
)
from tests.engine.harness import Harness, question, shape
from tests.engine.real import DESCRIBE

if TYPE_CHECKING:
    from desktop.core.types import InstalledModel

OPTIONS = EngineOptions(context_length=2048, threads=1)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_that_a_worker_that_answered_holds_no_socket_and_logs_nothing_private(
    worker: Harness, model: InstalledModel, tmp_path: Path
) -> None:
    worker.load(model, OPTIONS)
    picture = shape(tmp_path, "red")
    worker.ask([question("Zebrafish <|im_end|> 秘密", picture)])
    kinds = [str(fd.readlink()) for fd in Path(f"/proc/{worker.pid}/fd").iterdir()]
    assert kinds
    assert not [kind for kind in kinds if kind.startswith("socket:")]
    assert not psutil.Process(worker.pid).net_connections()
    logged = b"".join(f.read_bytes() for f in paths.log_dir().rglob("*") if f.is_file())
    for private in ("Zebrafish", "秘密", picture.source_name):
        assert private.encode() not in logged


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_that_too_little_memory_is_said_and_the_next_load_works(
    worker: Harness, model: InstalledModel
) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    worker.client.inspect(model.engine)
    worker.wait(EngineInspected)
    used = psutil.Process(worker.pid).memory_info().vms
    before = resource.prlimit(worker.pid, resource.RLIMIT_AS)
    resource.prlimit(worker.pid, resource.RLIMIT_AS, (used + 1_000_000, before[1]))
    worker.client.load(model, OPTIONS)
    while not isinstance(event := worker.next(), EngineFailed):
        assert not isinstance(event, ModelLoaded)
    assert event.code is ErrorCode.OUT_OF_MEMORY
    resource.prlimit(worker.pid, resource.RLIMIT_AS, before)
    assert worker.load(model, OPTIONS).can_see


def test_that_one_worker_changes_from_engine_to_engine(
    worker: Harness, builtin: InstalledModel, builtin_mlx: InstalledModel, tmp_path: Path
) -> None:
    asked = [question(DESCRIBE, shape(tmp_path, "red"))]
    answers = set()
    for model in (builtin, builtin_mlx, builtin):
        worker.load(model, OPTIONS)
        answers.add(worker.ask(asked)[0])
        assert model.engine in {EngineKind.LLAMA_CPP, EngineKind.MLX}
    assert len(answers) == 1
