"""Adapters (LoRA) for the built-in model, the same numbers in both engines' formats."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import gguf
import numpy as np
from safetensors.numpy import save_file

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RANK = 4
# The built-in model's layers by their two names, with (in, out).
_LAYERS = {
    (f"blk.{number}.{gguf_name}.weight", f"layers.{number}.{mlx_name}"): size
    for number in range(4)
    for gguf_name, mlx_name, size in (
        ("attn_q", "self_attn.q_proj", (192, 192)),
        ("attn_v", "self_attn.v_proj", (192, 96)),
        ("ffn_down", "mlp.down_proj", (512, 192)),
    )
}

Pair = tuple[Any, Any]


def pairs(strength: float = 0.4, seed: int = 3) -> dict[tuple[str, str], Pair]:
    """(in, rank) and (rank, out) of every layer; they change what the model says."""
    numbers = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> NDArray[np.float32]:
        normal: NDArray[np.float32] = numbers.standard_normal((rows, columns), np.float32)
        return normal * np.float32(strength**0.5)

    return {
        names: (matrix(inside, RANK), matrix(RANK, outside))
        for names, (inside, outside) in _LAYERS.items()
    }


def write_gguf(
    path: Path,
    weights: dict[tuple[str, str], Pair] | None = None,
    *,
    architecture: str = "qwen3vl",
    values: dict[str, str] | None = None,
    alpha: float | str | None = float(RANK),
    dtype: type[np.generic] = np.float32,
) -> Path:
    """As `convert_lora_to_gguf.py` of llama.cpp writes it; alpha / rank is the scale."""
    writer = gguf.GGUFWriter(str(path), architecture)
    for key, text in {"general.type": "adapter", "adapter.type": "lora", **(values or {})}.items():
        writer.add_string(key, text)
    match alpha:
        case float():
            writer.add_float32("adapter.lora.alpha", alpha)
        case str():
            writer.add_string("adapter.lora.alpha", alpha)
        case None:
            pass
    for (name, _), (low, high) in (pairs() if weights is None else weights).items():
        writer.add_tensor(f"{name}.lora_a", np.ascontiguousarray(low.T.astype(dtype)))
        writer.add_tensor(f"{name}.lora_b", np.ascontiguousarray(high.T.astype(dtype)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_mlx(
    folder: Path,
    weights: dict[tuple[str, str], Pair] | None = None,
    *,
    prefix: str = "language_model.model.",
    config: dict[str, Any] | None = None,
    suffixes: tuple[str, str] = (".lora_a", ".lora_b"),
) -> Path:
    """As mlx_vlm writes it, with a scale of 1."""
    folder.mkdir(parents=True)
    settings = config or {
        "fine_tune_type": "lora",
        "num_layers": -1,
        "lora_parameters": {"rank": RANK, "scale": 1.0, "dropout": 0.0},
    }
    (folder / "adapter_config.json").write_text(json.dumps(settings), encoding="utf-8")
    tensors = {}
    for (_, name), (low, high) in (pairs() if weights is None else weights).items():
        tensors[f"{prefix}{name}{suffixes[0]}"] = np.ascontiguousarray(low)
        tensors[f"{prefix}{name}{suffixes[1]}"] = np.ascontiguousarray(high)
    save_file(tensors, folder / "adapters.safetensors")
    return folder
