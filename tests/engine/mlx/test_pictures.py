"""Pictures and positions against mlx_vlm's own, which follow Qwen's reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("mlx_vlm", reason="MLX is not installed on this kind of computer")

import mlx.core as mx
from mlx_vlm.models.qwen3_vl.processing_qwen3_vl import Qwen3VLImageProcessor

from desktop.core.types import PictureBudget
from desktop.engine.mlx.vision import MlxVision
from desktop.engine.shared.pixels import scaled_page
from desktop.engine.shared.template import PicturePart
from tests.engine.harness import attachment, question, shape
from tests.engine.real import DESCRIBE, RealEngine, RecordingJob

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop.core.types import ImageAttachment, InstalledModel


@pytest.fixture(scope="module")
def mlx(builtin_mlx: InstalledModel) -> Iterator[RealEngine]:
    engine = RealEngine(builtin_mlx)
    yield engine
    engine.close()


def noise(folder: Path, name: str, size: tuple[int, int]) -> ImageAttachment:
    random = np.random.default_rng(size[0])
    path = folder / f"{name}.png"
    Image.fromarray(random.integers(0, 256, (size[1], size[0], 3), np.uint8)).save(path)
    return attachment(path)


def vision_of(real: RealEngine) -> MlxVision:
    vision = real.engine._loaded.vision
    assert isinstance(vision, MlxVision)
    return vision


def test_that_patches_are_those_of_qwens_processor(mlx: RealEngine, tmp_path: Path) -> None:
    picture = noise(tmp_path, "wide", (200, 130))
    scaled = scaled_page(picture.path, (192, 128))
    ours = vision_of(mlx)._patches(scaled)
    theirs = Qwen3VLImageProcessor()(scaled, resized_width=192, resized_height=128)
    assert theirs["image_grid_thw"].tolist() == [[1, 8, 12]]
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs["pixel_values"], atol=1e-6)


def test_that_positions_are_those_of_the_model(mlx: RealEngine, tmp_path: Path) -> None:
    wide, high = noise(tmp_path, "wide", (256, 128)), noise(tmp_path, "high", (96, 224))
    prompt = mlx.prompt(question(DESCRIBE, wide, high), question("and then?"))
    embeddings: dict[str, Any] = {}
    for part in prompt.pictures:
        embeddings |= vision_of(mlx).encode(part, RecordingJob(), lambda: None)
    mlx.engine._evaluator.reuse([], needs_logits=False)
    cells = mlx.engine._evaluator._laid_out(prompt.items, embeddings)
    grids = [vision_of(mlx).grid(item) for item in prompt.items if not isinstance(item, int)]
    thw = mx.array([[1, 2 * grid.rows, 2 * grid.columns] for grid in grids])
    language = mlx.engine._loaded.model.language_model
    theirs, _ = language.get_rope_index(mx.array(cells.ids[None]), thw)
    assert [(grid.rows, grid.columns) for grid in grids] != [(1, 1), (1, 1)]
    np.testing.assert_array_equal(cells.positions, np.array(theirs)[:, 0])


def test_that_the_answers_logits_are_those_of_the_model_called_at_once(
    mlx: RealEngine, tmp_path: Path
) -> None:
    red, blue = shape(tmp_path, "red"), shape(tmp_path, "blue", "square")
    prompt = mlx.prompt(question(DESCRIBE, red, blue))
    ours = mlx.logits(question(DESCRIBE, red, blue))
    model, token = mlx.engine._loaded.model, mlx.engine._loaded.image_token
    ids = [
        cell
        for item in prompt.items
        for cell in ([item] if isinstance(item, int) else [token] * item.n_cells)
    ]
    sizes = [vision_of(mlx)._key_and_size(part)[1] for part in prompt.pictures]
    pages = [
        scaled_page(part.attachment.path, size)
        for part, size in zip(prompt.pictures, sizes, strict=True)
    ]
    seen = Qwen3VLImageProcessor(min_pixels=1024)(pages)
    output = model(
        mx.array([ids]),
        mx.array(seen["pixel_values"]),
        image_grid_thw=mx.array(seen["image_grid_thw"]),
    )
    theirs = np.array(output.logits[0, -1], dtype=np.float32)
    np.testing.assert_allclose(ours, theirs, atol=0.05)  # half precision, other batches


def test_that_layers_are_computed_one_by_one(mlx: RealEngine, tmp_path: Path) -> None:
    vision = vision_of(mlx)
    part = PicturePart(noise(tmp_path, "steps", (128, 160)), PictureBudget.NORMAL)
    steps: list[float] = []
    assert vision.known(part) is None
    encoded = vision.encode(part, RecordingJob(), lambda: steps.append(mx.get_active_memory()))
    assert len(steps) == vision.step_count
    assert vision.known(part) == encoded


def test_that_a_size_is_part_of_the_key(mlx: RealEngine, tmp_path: Path) -> None:
    vision, picture = vision_of(mlx), noise(tmp_path, "large", (900, 600))
    vision._limits, limits = type(vision._limits)(), vision._limits
    try:
        keys = {vision._key_and_size(PicturePart(picture, budget)) for budget in PictureBudget}
    finally:
        vision._limits = limits
    assert len(keys) > 1
