"""GGUF files made for tests: headers as real ones have, and the built-in model's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gguf

from desktop.core.paths import builtin_model_dir

if TYPE_CHECKING:
    from pathlib import Path

MODEL = builtin_model_dir() / "groundglass-mini-f16.gguf"
PROJECTOR = builtin_model_dir() / "mmproj-groundglass-mini-f16.gguf"
MLX = builtin_model_dir() / "mlx"
F32, F16, Q8_0, BF16 = 0, 1, 7, 32


def write(path: Path, architecture: str, values: dict[str, Any]) -> Path:
    writer = gguf.GGUFWriter(str(path), architecture)
    for key, value in values.items():
        match value:
            case bool():
                writer.add_bool(key, value)
            case int():
                writer.add_uint32(key, value)
            case str():
                writer.add_string(key, value)
            case _:
                writer.add_array(key, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def write_model(
    path: Path,
    width: int = 2048,
    architecture: str = "qwen3vl",
    name: str = "",
    deepstack: int = 3,
    parts: int = 1,
) -> Path:
    values: dict[str, Any] = {f"{architecture}.embedding_length": width}
    if parts > 1:
        values["split.count"] = parts
    if name:
        values["general.name"] = name
    if deepstack:
        values[f"{architecture}.n_deepstack_layers"] = deepstack
    return write(path, architecture, values)


def write_projector(
    path: Path,
    width: int = 2048,
    kind: str = "qwen3vl_merger",
    *,
    kind_key: str = "clip.projector_type",
    file_type: int = F16,
    deepstack: int = 3,
    sees: bool = True,
    name: str = "",
    is_old: bool = False,
) -> Path:
    values: dict[str, Any] = {
        "general.file_type": file_type,
        "clip.has_vision_encoder": sees,
        kind_key: kind,
        "clip.vision.projection_dim": width,
    }
    if not is_old:
        values["general.type"] = "mmproj"
    if name:
        values["general.name"] = name
    if deepstack:
        taps = [layer in {5, 11, 17} for layer in range(24)]
        values["clip.vision.is_deepstack_layers"] = taps if deepstack == 3 else [True] * deepstack
    return write(path, "clip", values)
