"""Pictures' embeddings in RAM and on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from desktop.core.types import ImageAttachment, PictureBudget
from desktop.engine.llama_cpp.forms import ArrayForm
from desktop.engine.shared.disk_cache import DiskCache
from desktop.engine.shared.picture_memory import PictureMemory
from desktop.engine.shared.template import PicturePart

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WIDTH, KEY = 8, "a picture:64x64"


@pytest.fixture
def part(tmp_path: Path) -> PicturePart:
    path = tmp_path / "picture.png"
    path.touch()
    picture = ImageAttachment("ab" * 32, "image/png", 64, 64, 0, path, "picture.png")
    return PicturePart(picture, PictureBudget.FAST)


def memory_over(disk: DiskCache) -> PictureMemory[NDArray[np.float32]]:
    memory = PictureMemory(ArrayForm(WIDTH), 1 << 20)
    memory.use_disk(disk, "a model")
    return memory


def test_that_an_embedding_of_another_length_is_neither_given_nor_kept(
    tmp_path: Path, part: PicturePart
) -> None:
    disk = DiskCache(tmp_path / "engine", 1 << 20, spare_bytes=0)
    seen = np.arange(4 * WIDTH, dtype=np.float32).reshape(4, WIDTH)
    memory_over(disk).remember(KEY, part, {"span": seen})
    assert disk.finish(10)
    later = memory_over(disk)
    for wrong in ({"span": 5}, {"other": 4}, {"span": 4, "more": 4}, {}):
        assert later.recalled(KEY, part, wrong) is None
        assert later.known(KEY) is None
    found = later.recalled(KEY, part, {"span": 4})
    assert found is not None
    np.testing.assert_array_equal(found["span"], seen)
    assert later.known(KEY) is found
    disk.close()
