"""What a folder with a model for MLX says of itself, read without loading it.

Such a folder holds `config.json` and weights as `*.safetensors`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from msgspec import Struct

from desktop.core.engine_choice import engines_here
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.mlx_config import check_mlx_config
from desktop.core.safe_path import is_safe_path
from desktop.core.safetensors import read_safetensors
from desktop.core.types import EngineKind, InstalledModel
from desktop.store.model_store import cannot_see, default_sampling, missing_file, needs_mlx
from desktop.store.text import storable

CONFIG = "config.json"
_WEIGHTS = ".safetensors"
_INDEX = "model.safetensors.index.json"
_TOKENIZER = "tokenizer.json"
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
# What is needed beside the weights: settings, templates, vocabularies; no code.
_PAPERS = frozenset({".json", ".jinja", ".txt", ".model", ".tiktoken"})
_MOST_JSON_BYTES = 64 << 20


class MlxFolder(Struct, frozen=True):
    """A folder that holds a whole model.

    Attributes:
        files: Its weights and papers, all of them in the folder itself.
        size_bytes: All files together.
        can_see: Whether it has a vision encoder.
        is_for_mlx: Whether MLX's own tools wrote the weights.
        config: What config.json holds.
    """

    files: tuple[Path, ...]
    size_bytes: int
    can_see: bool
    is_for_mlx: bool
    config: Mapping[str, object]


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
        headers = [read_safetensors(path) for path in weights]
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
        or any("vision" in name for header in headers for name in header.tensors),
        is_for_mlx=any(header.format == "mlx" for header in headers)
        or "quantization" in config,  # of MLX; others write `quantization_config` alone
        config=config,
    )


def mlx_problem(folder: Path, found: MlxFolder, name: str) -> ModelError | None:
    """What keeps a whole model that can see from being loaded here; None: nothing known."""
    if EngineKind.MLX not in engines_here():
        return needs_mlx(name)
    try:
        check_mlx_config(name, found.config)
    except ModelError as error:
        return error
    tokenizer = folder / _TOKENIZER
    return None if tokenizer.is_file() else missing_file(tokenizer)


def model_from_folder(folder: Path, name: str = "") -> InstalledModel:
    """The model in a folder for MLX, called as the folder is unless a name is given.

    Reads headers: not for the main thread.

    Raises:
        ModelError: It is not whole, cannot see, or cannot be run here.
    """
    folder = folder.absolute()
    found, name = read_mlx_folder(folder), name or folder_name(folder)
    problem = mlx_problem(folder, found, name) if found.can_see else cannot_see(name)
    if problem is not None:
        raise problem
    return InstalledModel(
        id=name,
        name=name,
        engine=EngineKind.MLX,
        model_path=folder,
        projector_path=None,
        sampling=default_sampling(str(found.config["model_type"])),
    )


def folder_name(folder: Path) -> str:
    """What people call it; in a Hugging Face cache, where that is a commit, the repository."""
    if _COMMIT.match(folder.name) and folder.parent.name == "snapshots":
        return storable(folder.parent.parent.name.rpartition("--")[2])
    return storable(folder.name or str(folder))


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
