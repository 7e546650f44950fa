"""Flash attention can be chosen: it changes how, not what is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace

from desktop.core.types import FlashAttention, KvType, PictureBudget, PictureLimits
from desktop.engine.shared.template import PicturePart
from tests.engine.harness import question, shape
from tests.engine.real import DESCRIBE, OPTIONS, RealEngine, RecordingJob

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from desktop.core.types import ImageAttachment, InstalledModel


@pytest.fixture
def small(builtin: InstalledModel) -> InstalledModel:
    return replace(builtin, pictures=PictureLimits(9, 64, 16))


def computed(
    model: InstalledModel, choice: FlashAttention, picture: ImageAttachment
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Scores behind a text alone, and a picture's embedding."""
    real = RealEngine(model, replace(OPTIONS, flash_attention=choice))
    try:
        scores = real.logits(question(DESCRIBE))
        part = PicturePart(picture, PictureBudget.NORMAL)
        vision = real.engine._loaded.vision
        (embedding,) = vision.encode(part, RecordingJob(), lambda: None).values()
        return scores, embedding.copy()
    finally:
        real.close()


def test_that_it_is_used_as_chosen_in_text_and_pictures(
    small: InstalledModel, tmp_path: Path
) -> None:
    picture = shape(tmp_path, "red")
    with_it = computed(small, FlashAttention.ON, picture)
    without = computed(small, FlashAttention.OFF, picture)
    automatic = computed(small, FlashAttention.AUTO, picture)
    for on, off, auto in zip(with_it, without, automatic, strict=True):
        assert not np.array_equal(on, off)  # another order of the same sums
        assert np.allclose(on, off, atol=0.05 * float(np.abs(off).max()))
        assert np.array_equal(on, auto)  # a CPU can


def test_that_a_smaller_cache_takes_it_where_it_is_off(
    small: InstalledModel, tmp_path: Path
) -> None:
    options = replace(OPTIONS, kv_type=KvType.Q8_0, flash_attention=FlashAttention.OFF)
    real = RealEngine(small, options)
    assert "red" in real.ask(question(DESCRIBE, shape(tmp_path, "red")))[0].lower()
    real.close()
