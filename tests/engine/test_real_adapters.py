"""Adapters on the real engines: the same cases for both, made for the built-in model."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.types import Adapter, EngineKind
from tests import adapters
from tests.engine.conftest import skip_without_mlx
from tests.engine.harness import question, shape
from tests.engine.real import DESCRIBE, OPTIONS, RealEngine

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.types import ImageAttachment, InstalledModel


@pytest.fixture
def written(model: InstalledModel, tmp_path: Path) -> Path:
    """One adapter in the format of the model's engine."""
    if model.engine is EngineKind.MLX:
        return adapters.write_mlx(tmp_path / "适配器 lora")
    return adapters.write_gguf(tmp_path / "适配器 lora.gguf")


@pytest.fixture
def picture(tmp_path: Path) -> ImageAttachment:
    return shape(tmp_path, "red")


def adapted(model: InstalledModel, *chosen: Adapter) -> RealEngine:
    return RealEngine(replace(model, adapters=chosen))


def test_that_an_adapter_changes_the_answer_as_far_as_its_scale_says(
    model: InstalledModel, written: Path, picture: ImageAttachment
) -> None:
    asked = question(DESCRIBE, picture)
    real = RealEngine(model)
    bare = real.logits(asked)
    plain = real.ask(asked)[0]
    distances = []
    for scale in (0.0, 0.25, 1.0):
        real.model = replace(model, adapters=(Adapter(written, scale),))
        real.load()
        distances.append(float(np.abs(real.logits(asked) - bare).max()))
        if scale == 0.0:
            assert real.ask(asked)[0] == plain
    assert real.ask(asked)[0] != plain
    assert distances[0] == 0
    assert 0.1 < distances[1] < distances[2]
    real.model = model
    real.load()
    assert np.array_equal(real.logits(asked), bare)  # nothing of it stays behind
    assert real.ask(asked)[0] == plain
    real.close()


def test_that_two_halves_are_as_much_as_the_whole(
    model: InstalledModel, written: Path, picture: ImageAttachment
) -> None:
    asked = question(DESCRIBE, picture)
    whole = adapted(model, Adapter(written, 1.0))
    halves = adapted(model, Adapter(written, 0.5), Adapter(_copy(written), 0.5))
    assert np.allclose(whole.logits(asked), halves.logits(asked), atol=0.02)
    whole.close()
    halves.close()


def _copy(path: Path) -> Path:
    """The same adapter under another name."""
    other = path.with_name(f"other {path.name}")
    if path.is_dir():
        other.mkdir()
        for file in path.iterdir():
            (other / file.name).write_bytes(file.read_bytes())
    else:
        other.write_bytes(path.read_bytes())
    return other


def test_that_both_engines_compute_the_same_with_one_adapter(
    builtin: InstalledModel, builtin_mlx: InstalledModel, tmp_path: Path
) -> None:
    gguf_file = adapters.write_gguf(tmp_path / "a.gguf")
    folder = adapters.write_mlx(tmp_path / "a")
    asked = question("What is the total?")
    scores = []
    for model, path in ((builtin, gguf_file), (builtin_mlx, folder)):
        real = adapted(model, Adapter(path, 0.5))
        scores.append(real.logits(asked))
        real.close()
    assert np.corrcoef(scores[0], scores[1])[0, 1] > 0.999


def test_that_a_wrong_adapter_is_refused_and_the_engine_stays_usable(
    model: InstalledModel, tmp_path: Path, picture: ImageAttachment
) -> None:
    wide = {
        names: (np.zeros((256, 4), np.float32), high)
        for names, (_, high) in adapters.pairs().items()
    }
    is_mlx = model.engine is EngineKind.MLX
    other = (
        adapters.write_mlx(tmp_path / "wide", wide)
        if is_mlx
        else adapters.write_gguf(tmp_path / "wide.gguf", wide)
    )
    real = RealEngine(model)
    for path, code in (
        (other, ErrorCode.ADAPTER_MISMATCH),
        (tmp_path / "gone", ErrorCode.ADAPTER_MISSING),
        (model.model_path, ErrorCode.ADAPTER_UNUSABLE),
    ):
        real.model = replace(model, adapters=(Adapter(path),))
        with pytest.raises(ModelError) as caught:
            real.load()
        assert caught.value.code is code
        assert caught.value.details["name"] == path.name
    real.model = model
    real.load()
    assert "red" in real.ask(question(DESCRIBE, picture))[0].lower()
    real.close()


def test_that_half_precision_is_read(
    builtin: InstalledModel, tmp_path: Path, picture: ImageAttachment
) -> None:
    exact = adapters.write_gguf(tmp_path / "f32.gguf")
    half = adapters.write_gguf(tmp_path / "f16.gguf", dtype=np.float16)
    asked = question(DESCRIBE, picture)
    scores = []
    for path in (exact, half):
        real = adapted(builtin, Adapter(path))
        scores.append(real.logits(asked))
        real.close()
    assert np.allclose(scores[0], scores[1], atol=0.2)


def test_that_an_adapter_of_mlx_vlm_itself_gives_what_mlx_vlm_computes(
    builtin_mlx: InstalledModel, tmp_path: Path
) -> None:
    skip_without_mlx()
    import mlx.core as mx  # noqa: PLC0415 - only where that engine is tested
    from mlx_vlm.trainer.peft.utils import (  # noqa: PLC0415
        apply_lora_layers,
        get_peft_model,
        save_adapter,
    )
    from mlx_vlm.utils import load_model  # noqa: PLC0415

    trained = get_peft_model(load_model(builtin_mlx.model_path), rank=2, alpha=4, verbose=False)
    for number, layer in enumerate(trained.language_model.model.layers):
        key = mx.random.key(number)
        layer.self_attn.q_proj.lora_b = mx.random.normal((2, 192), key=key)
    folder = tmp_path / "theirs"
    folder.mkdir()
    save_adapter(trained, folder / "adapters.safetensors")
    asked = question("How many shapes are there?")
    ours = adapted(builtin_mlx, Adapter(folder))
    ids = [item for item in ours.prompt(asked).items if isinstance(item, int)]
    scores = ours.logits(asked)
    theirs = apply_lora_layers(load_model(builtin_mlx.model_path), folder)
    theirs.eval()
    expected = theirs.language_model(mx.array([ids])).logits[0, -1]
    plain = RealEngine(builtin_mlx)
    assert np.abs(plain.logits(asked) - scores).max() > 0.5
    assert np.allclose(np.array(expected.astype(mx.float32)), scores, atol=0.05)
    ours.close()
    plain.close()


def test_that_an_adapter_is_given_back_with_its_model(model: InstalledModel, written: Path) -> None:
    big = {
        names: (np.tile(low, (1, 64)), np.tile(high, (64, 1)))
        for names, (low, high) in adapters.pairs(1e-4).items()
    }
    is_mlx = model.engine is EngineKind.MLX
    path = (
        adapters.write_mlx(written.parent / "big", big)
        if is_mlx
        else adapters.write_gguf(written.parent / "big.gguf", big)
    )
    real = adapted(model, Adapter(path))  # 6 MB in all
    process = psutil.Process()
    gc.collect()
    before = process.memory_info().rss
    for _ in range(12):
        real.load(OPTIONS)
    gc.collect()
    assert process.memory_info().rss - before < 40_000_000
    real.close()
