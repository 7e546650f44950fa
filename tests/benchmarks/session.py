"""What the engine benchmarks share: a worker with a model loaded, and pictures of a given size."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PIL import Image
from typing_extensions import override

from desktop.core.types import EngineKind, EngineOptions, ImageAttachment, InstalledModel
from desktop.engine.api import EngineInspected
from tests.engine.harness import Harness, attachment

if TYPE_CHECKING:
    from pathlib import Path


class Session(Harness):
    """A worker with a model loaded; long waits are allowed."""

    def __init__(self, model: Path, mmproj: Path, context_length: int = 4096) -> None:
        super().__init__(timeout_s=900)
        self.model = InstalledModel("benchmark", "", EngineKind.LLAMA_CPP, model, mmproj)
        # No earlier run may have looked at the pictures already.
        self.options = EngineOptions(context_length=context_length, disk_cache_bytes=0)

    @override
    def __enter__(self) -> Session:
        super().__enter__()
        self.client.inspect(EngineKind.LLAMA_CPP)
        self.wait(EngineInspected)  # the libraries are in memory: loads are measured without them
        self.load(self.model, self.options)
        return self


def picture(folder: Path, name: str, side: int, seed: int) -> ImageAttachment:
    """A square picture of coloured tiles, stored as a page."""
    random.seed(seed)
    tiles = Image.frombytes("RGB", (8, 8), random.randbytes(3 * 64))
    path = folder / f"{name}.png"
    tiles.resize((side, side), Image.Resampling.NEAREST).save(path)
    return attachment(path)
