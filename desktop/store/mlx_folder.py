"""What a folder with a model for MLX says of itself, read without loading it.

Such a folder holds `config.json` and weights as `*.safetensors`: the length of a JSON header in 8
bytes, the header (of each tensor its place in the data), the data.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.safe_path import is_safe_path
from desktop.store.model_store import missing_file

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG = "config.json"
_WEIGHTS = ".safetensors"
_INDEX = "model.safetensors.index.json"
# What is needed beside the weights: settings, templates, vocabularies; no code.
_PAPERS = frozenset({".json", ".jinja", ".txt", ".model", ".tiktoken"})
_MOST_JSON_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class MlxFolder:
    """A folder that holds a whole model.

    Attributes:
        files: Its weights and papers, all of them in the folder itself.
        size_bytes: All files together.
        can_see: Whether it has a vision encoder.
        is_for_mlx: Whether MLX's own tools wrote the weights.
    """

    files: tuple[Path, ...]
    size_bytes: int
    can_see: bool
    is_for_mlx: bool


def looks_like_mlx(folder: Path) -> bool:
    """Whether the folder holds a configuration and weights; reads names only."""
    try:
        return (folder / CONFIG).is_file() and any(folder.glob(f"*{_WEIGHTS}"))
    except OSError:
        return False


def read_mlx_folder(folder: Path) -> MlxFolder:
    """Look at a folder's configuration and at the headers of its weights.

    Raises:
        ModelError: MODEL_FILE_MISSING for weights that its index names, MODEL_UNREADABLE.
    """
    try:
        config = _json(folder / CONFIG)
        weights = _weights(folder)
        headers = [_header(path) for path in weights]
        papers = [
            path
            for path in sorted(folder.iterdir())
            if path.suffix.lower() in _PAPERS and not path.name.startswith(".") and path.is_file()
        ]
        files = (*papers, *weights)
        size_bytes = sum(path.stat().st_size for path in files)
    except OSError as error:
        raise ModelError(
            f"“{folder.name}” cannot be read.", ErrorCode.MODEL_UNREADABLE, name=folder.name
        ) from error
    return MlxFolder(
        files=files,
        size_bytes=size_bytes,
        can_see=isinstance(config.get("vision_config"), dict)
        or any("vision" in name for header in headers for name in header),
        is_for_mlx=any(_format(header) == "mlx" for header in headers)
        or "quantization" in config,  # of MLX; others write `quantization_config` alone
    )


def _weights(folder: Path) -> list[Path]:
    index = folder / _INDEX
    if not index.is_file():
        return sorted(path for path in folder.glob(f"*{_WEIGHTS}") if path.is_file())
    places = _json(index).get("weight_map")
    if not isinstance(places, dict):
        _damaged(index)
    names = {name for name in places.values() if isinstance(name, str)}
    if not names or not all(is_safe_path(name) and "/" not in name for name in names):
        _damaged(index)
    found = [folder / name for name in sorted(names)]
    for path in found:
        if not path.is_file():
            raise missing_file(path)
    return found


def _header(path: Path) -> Mapping[str, object]:
    """A weight file's header; refuses a file that ends before its last tensor does."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            length = int.from_bytes(file.read(8), "little")
            if size < 8 or length > min(size - 8, _MOST_JSON_BYTES):
                _damaged(path)
            header = json.loads(file.read(length))
    except (ValueError, RecursionError):
        _damaged(path)
    if not isinstance(header, dict) or _data_end(header) > size - 8 - length:
        _damaged(path)
    return header


def _data_end(header: Mapping[str, object]) -> int:
    end = 0
    for tensor in header.values():
        offsets = tensor.get("data_offsets") if isinstance(tensor, dict) else None
        if isinstance(offsets, list) and offsets and isinstance(offsets[-1], int):
            end = max(end, offsets[-1])
    return end


def _format(header: Mapping[str, object]) -> object:
    about = header.get("__metadata__")
    return about.get("format") if isinstance(about, dict) else None


def _json(path: Path) -> Mapping[str, object]:
    try:
        if not path.is_file():
            raise missing_file(path)
        if path.stat().st_size > _MOST_JSON_BYTES:
            _damaged(path)
        fields = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        _damaged(path)
    if not isinstance(fields, dict):
        _damaged(path)
    return fields


def _damaged(path: Path) -> NoReturn:
    raise ModelError(
        f"“{path.name}” is damaged or incomplete.", ErrorCode.MODEL_UNREADABLE, name=path.name
    )
