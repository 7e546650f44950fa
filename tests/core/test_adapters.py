from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gguf
import numpy as np
import pytest
from msgspec.structs import replace
from safetensors.numpy import load_file, save_file

from desktop.core.adapters import check_adapter, for_engine
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.lora_mlx import read_mlx_lora
from desktop.core.paths import builtin_model_dir
from desktop.core.types import Adapter, EngineKind, InstalledModel
from tests import adapters

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = builtin_model_dir() / "groundglass-mini-f16.gguf"
GGUF = InstalledModel("m", "m", EngineKind.LLAMA_CPP, MODEL, None)
MLX = InstalledModel("m", "m", EngineKind.MLX, builtin_model_dir() / "mlx", None)

Pairs = dict[tuple[str, str], adapters.Pair]


def code_of(path: Path, model: InstalledModel) -> ErrorCode:
    with pytest.raises(ModelError) as caught:
        check_adapter(path, model)
    assert path.name in caught.value.message
    assert caught.value.message.endswith(".")
    assert caught.value.details == {"name": path.name}
    return caught.value.code


def other_shapes() -> dict[str, Pairs]:
    """Adapters of models that are not the built-in one, each wrong in one thing."""
    pairs = adapters.pairs()
    first = next(iter(pairs))
    low, high = pairs[first]
    return {
        "wider": {**pairs, first: (np.zeros((256, 4), np.float32), high)},
        "other output": {**pairs, first: (low, np.zeros((4, 200), np.float32))},
        "more layers": {**pairs, ("blk.9.attn_q.weight", "layers.9.self_attn.q_proj"): (low, high)},
        "other layer": {**pairs, ("blk.0.attn_x.weight", "layers.0.self_attn.x_proj"): (low, high)},
    }


def test_that_an_adapter_of_the_model_is_taken(tmp_path: Path) -> None:
    check_adapter(adapters.write_gguf(tmp_path / "a.gguf"), GGUF)
    check_adapter(adapters.write_gguf(tmp_path / "b.gguf", alpha=None, dtype=np.float16), GGUF)
    check_adapter(adapters.write_mlx(tmp_path / "a"), MLX)


@pytest.mark.parametrize("which", list(other_shapes()))
def test_that_an_adapter_of_another_model_is_refused(tmp_path: Path, which: str) -> None:
    pairs = other_shapes()[which]
    gguf_file = adapters.write_gguf(tmp_path / "a.gguf", pairs)
    assert code_of(gguf_file, GGUF) is ErrorCode.ADAPTER_MISMATCH
    folder = adapters.write_mlx(tmp_path / "a", pairs)
    assert code_of(folder, MLX) is ErrorCode.ADAPTER_MISMATCH


def test_that_an_adapter_of_another_architecture_is_refused(tmp_path: Path) -> None:
    path = adapters.write_gguf(tmp_path / "a.gguf", architecture="llama")
    assert code_of(path, GGUF) is ErrorCode.ADAPTER_MISMATCH


def broken_ggufs() -> dict[str, Callable[[Path], Path]]:
    pairs = adapters.pairs()
    ranks = {names: (low, high[:3]) for names, (low, high) in pairs.items()}
    return {
        "no adapter": lambda path: adapters.write_gguf(path, values={"general.type": "model"}),
        "no LoRA": lambda path: adapters.write_gguf(path, values={"adapter.type": "ia3"}),
        "alpha as a text": lambda path: adapters.write_gguf(path, alpha="4"),
        "no tensors": lambda path: adapters.write_gguf(path, {}),
        "ranks that differ": lambda path: adapters.write_gguf(path, ranks),
        "numbers of 64 bits": lambda path: adapters.write_gguf(path, dtype=np.float64),
        "the model itself": lambda path: _copied(MODEL, path),
        "no GGUF": _text,
        "empty": lambda path: _written(path, b""),
        "cut off": lambda path: _written(path, adapters.write_gguf(path).read_bytes()[:-1000]),
        "half a pair": _half_a_pair,
        "called by words": _called_by_words,
    }


def _copied(source: Path, path: Path) -> Path:
    return _written(path, source.read_bytes())


def _text(path: Path) -> Path:
    return _written(path, b"<html>not found</html>")


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _half_a_pair(path: Path) -> Path:
    writer = gguf.GGUFWriter(str(path), "qwen3vl")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_tensor("blk.0.attn_q.weight.lora_a", np.zeros((4, 192), np.float32))
    return _close(writer, path)


def _called_by_words(path: Path) -> Path:
    writer = gguf.GGUFWriter(str(path), "qwen3vl")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_array("adapter.alora.invocation_tokens", [1, 2, 3])
    writer.add_tensor("blk.0.attn_q.weight.lora_a", np.zeros((4, 192), np.float32))
    writer.add_tensor("blk.0.attn_q.weight.lora_b", np.zeros((192, 4), np.float32))
    return _close(writer, path)


def _close(writer: gguf.GGUFWriter, path: Path) -> Path:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("which", list(broken_ggufs()))
def test_that_a_gguf_file_that_is_no_adapter_is_refused(tmp_path: Path, which: str) -> None:
    path = broken_ggufs()[which](tmp_path / "坏 a.gguf")
    expected = {"ranks that differ": ErrorCode.ADAPTER_MISMATCH}
    assert code_of(path, GGUF) is expected.get(which, ErrorCode.ADAPTER_UNUSABLE)


@pytest.mark.parametrize(
    ("config", "is_taken"),
    [
        ({"fine_tune_type": "lora", "lora_parameters": {"scale": 2.0}}, True),
        ({"lora_parameters": {"scale": 2}}, True),
        ({"rank": 4, "alpha": 8}, True),
        ({"rank": 4}, True),
        ({"fine_tune_type": "dora", "lora_parameters": {"scale": 2.0}}, False),
        ({"fine_tune_type": "full"}, False),
        ({"peft_type": "LORA", "rank": 4, "alpha": 8}, False),
        ({"lora_parameters": {"scale": "2"}}, False),
        ({"rank": 0, "alpha": 8}, False),
        ({"lora_parameters": []}, False),
        ([], False),
    ],
)
def test_that_the_settings_of_a_folder_are_read(
    tmp_path: Path, config: Any, is_taken: bool
) -> None:
    folder = adapters.write_mlx(tmp_path / "a")
    (folder / "adapter_config.json").write_text(json.dumps(config))
    if is_taken:
        check_adapter(folder, MLX)
    else:
        assert code_of(folder, MLX) is ErrorCode.ADAPTER_UNUSABLE


def test_that_the_scale_is_what_the_trainer_meant(tmp_path: Path) -> None:
    folder = adapters.write_mlx(tmp_path / "a")
    assert read_mlx_lora(folder).scale == 1.0
    (folder / "adapter_config.json").write_text('{"rank": 4, "alpha": 8}')
    assert read_mlx_lora(folder).scale == 2.0
    (folder / "adapter_config.json").write_text('{"rank": 4}')
    assert read_mlx_lora(folder).scale == pytest.approx(0.1 / 4)


@pytest.mark.parametrize(
    "prefix", ["language_model.model.", "model.language_model.", "model.", "language_model."]
)
def test_that_every_way_of_naming_layers_is_known(tmp_path: Path, prefix: str) -> None:
    check_adapter(adapters.write_mlx(tmp_path / "a", prefix=prefix), MLX)
    older = adapters.write_mlx(
        tmp_path / "b", prefix=prefix, suffixes=(".A", ".B"), config={"rank": 4, "alpha": 4}
    )
    check_adapter(older, MLX)


def test_that_a_folder_that_is_no_adapter_is_refused(tmp_path: Path) -> None:
    eyes = adapters.write_mlx(tmp_path / "eyes", prefix="vision_tower.")
    assert code_of(eyes, MLX) is ErrorCode.ADAPTER_UNUSABLE
    cut = adapters.write_mlx(tmp_path / "cut")
    weights = cut / "adapters.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])
    assert code_of(cut, MLX) is ErrorCode.ADAPTER_UNUSABLE
    weights.write_bytes(b"\xff" * 100)
    assert code_of(cut, MLX) is ErrorCode.ADAPTER_UNUSABLE
    weights.unlink()
    assert code_of(cut, MLX) is ErrorCode.ADAPTER_UNUSABLE
    more = adapters.write_mlx(tmp_path / "more")
    tensors = load_file(more / "adapters.safetensors")
    save_file({**tensors, "extra": np.zeros(4)}, more / "adapters.safetensors")
    assert code_of(more, MLX) is ErrorCode.ADAPTER_UNUSABLE
    assert code_of(MLX.model_path, MLX) is ErrorCode.ADAPTER_UNUSABLE


def test_that_the_form_of_the_other_engine_is_refused(tmp_path: Path) -> None:
    folder = adapters.write_mlx(tmp_path / "a")
    file = adapters.write_gguf(tmp_path / "a.gguf")
    assert code_of(folder, GGUF) is ErrorCode.ADAPTER_UNUSABLE
    assert code_of(file, MLX) is ErrorCode.ADAPTER_UNUSABLE
    assert code_of(tmp_path / "gone.gguf", GGUF) is ErrorCode.ADAPTER_MISSING
    assert code_of(tmp_path / "gone", MLX) is ErrorCode.ADAPTER_MISSING


@pytest.mark.parametrize("bits", [4, 8])
def test_that_an_adapter_fits_a_quantised_model(tmp_path: Path, bits: int) -> None:
    """As MLX writes it: words of 32 bits, and one scale for 32 numbers."""
    model = tmp_path / "model"
    model.mkdir()
    tensors = {}
    for _, name in adapters.pairs():
        rows, columns = {"q": (192, 192), "v": (96, 192), "d": (192, 512)}[name.split(".")[-1][0]]
        whole = f"language_model.model.{name}"
        tensors[f"{whole}.weight"] = np.zeros((rows, columns * bits // 32), np.uint32)
        tensors[f"{whole}.scales"] = np.zeros((rows, columns // 32), np.float16)
    save_file(tensors, model / "model.safetensors")
    quantised = replace(MLX, model_path=model)
    check_adapter(adapters.write_mlx(tmp_path / "a"), quantised)
    wide = adapters.write_mlx(tmp_path / "wide", other_shapes()["wider"])
    assert code_of(wide, quantised) is ErrorCode.ADAPTER_MISMATCH


def test_that_each_engine_gets_its_own_adapters() -> None:
    file, folder = Adapter(Path("/a/one.GGUF"), 0.5), Adapter(Path("/a/two"), 2.0)
    nonsense = Adapter(Path("/a/three.gguf"), math.nan)
    everything = (file, folder, nonsense)
    assert for_engine(everything, EngineKind.LLAMA_CPP) == (file,)
    assert for_engine(everything, EngineKind.MLX) == (folder,)
    assert for_engine(everything, EngineKind.FAKE) == (file, folder)


def test_that_no_damaged_adapter_gets_past(tmp_path: Path) -> None:
    """Every byte of the header is turned over once: it is refused, or harmless."""
    data = adapters.write_gguf(tmp_path / "good.gguf").read_bytes()
    path = tmp_path / "bad.gguf"
    refused = 0
    for place in range(0, 2_000, 7):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            check_adapter(path, GGUF)
        except ModelError:
            refused += 1
    assert refused > 200
