"""What a person points at, as a model: files are told apart, paired and checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.gguf import read_gguf_metadata, split_parts
from desktop.core.types import EngineKind
from desktop.store.local_models import Candidate, Origin
from desktop.store.mlx_folder import (
    CONFIG,
    folder_name,
    looks_like_mlx,
    mlx_problem,
    read_mlx_folder,
)
from desktop.store.model_store import cannot_see, examine_pair, missing_file
from desktop.store.projector import closest, is_projector
from desktop.store.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from desktop.core.gguf import GgufMetadata

# File names that say nothing of the model inside.
_NAMELESS = re.compile(r"(?i)(ggml[-_.])?(model|weights|language[-_.]model|llm|text)([-_.].*)?\Z")


def inspect_paths(paths: Sequence[Path]) -> Candidate:
    """The model that these files, or this folder, are.

    A GGUF file (also a later part of a split model, or only a vision encoder) is completed from
    its folder. Reads headers only, but some 0.1 s of them: not for the main thread.

    Raises:
        ModelError: What is missing or wrong. A model for MLX that is whole but cannot be run is no
            error: its `problem` says so.
        ValueError: No paths.
    """
    if not paths:
        raise ValueError("no paths")
    chosen = [path.absolute() for path in paths]
    for path in chosen:
        if not _exists(path):
            raise missing_file(path)
    folder = _mlx_folder(chosen)
    if folder is not None:
        return mlx_candidate(folder, Origin.FILE)
    if len(chosen) == 1 and _is_folder(chosen[0]):
        return _from_folder(chosen[0])
    return _from_files(chosen)


def mlx_candidate(folder: Path, origin: Origin, name: str | None = None) -> Candidate:
    """The model in a folder for MLX; raises `ModelError` unless it is whole and can see."""
    found = read_mlx_folder(folder)
    name = storable(name) if name else folder_name(folder)
    if not found.can_see:
        raise cannot_see(name)
    return Candidate(
        name=name,
        engine=EngineKind.MLX,
        model_path=folder,
        projector_path=None,
        origin=origin,
        size_bytes=found.size_bytes,
        problem=mlx_problem(folder, found, name),
        files=found.files,
    )


def gguf_candidate(
    model_path: Path,
    origin: Origin,
    *,
    name: str | None = None,
    projector_path: Path | None = None,
    among: Iterable[Path] | None = None,
    model: GgufMetadata | None = None,
) -> Candidate:
    """A GGUF model with what keeps it from being used, if anything does.

    Args:
        model_path: The file, or the first part.
        origin: Who put it there.
        name: None takes the file's.
        projector_path: Its vision encoder; None looks for one.
        among: Where to look; None means the model's folder.
        model: Its header, if it was read already.
    """
    problem: ModelError | None = None
    parts = split_parts(model_path)
    try:
        if model is None:
            model = read_gguf_metadata(model_path)
        pair = examine_pair(model_path, projector_path, model=model, among=among)
        parts, projector_path = pair.parts, pair.projector_path
    except ModelError as error:
        problem = error
    files = tuple(path for path in (*parts, projector_path) if path is not None)
    return Candidate(
        name=storable(name or _model_name(model_path, model)),
        engine=EngineKind.LLAMA_CPP,
        model_path=parts[0],
        projector_path=projector_path,
        origin=origin,
        size_bytes=sum(map(_size, files)),
        problem=problem,
        files=files,
    )


def _mlx_folder(chosen: Sequence[Path]) -> Path | None:
    """The folder of an MLX model, where it or files of it were chosen."""
    if len(chosen) == 1 and _is_folder(chosen[0]):
        return chosen[0] if looks_like_mlx(chosen[0]) else None
    folders = {path.parent for path in chosen}
    is_of_mlx = all(path.name == CONFIG or path.suffix.lower() == ".safetensors" for path in chosen)
    folder = next(iter(folders), None)
    if folder is None or len(folders) > 1 or not is_of_mlx or not looks_like_mlx(folder):
        return None
    return folder


def _from_folder(folder: Path) -> Candidate:
    try:
        inside = sorted(
            path for path in folder.iterdir() if path.suffix.lower() == ".gguf" and path.is_file()
        )
    except OSError:
        inside = []
    if not inside:
        raise ModelError(
            f"There is no model in the folder “{folder.name}”. A model is a GGUF file, or a folder "
            "with config.json and safetensors files.",
            ErrorCode.FOLDER_WITHOUT_MODEL,
            name=folder.name,
        )
    return _from_files(inside)


def _from_files(chosen: Sequence[Path]) -> Candidate:
    headers: dict[Path, GgufMetadata] = {}
    for path in chosen:
        first = split_parts(path)[0]
        if first not in headers:
            headers[first] = _read_first(path, first)
    models = [path for path, header in headers.items() if not is_projector(header)]
    encoders = [path for path in headers if path not in models]
    if len(models) > 1:
        raise _several(models)
    if not models:
        return _from_encoders(encoders)
    given = encoders[0] if len(encoders) == 1 else None
    candidate = gguf_candidate(
        models[0],
        Origin.FILE,
        projector_path=given,
        among=encoders or None,
        model=headers[models[0]],
    )
    if candidate.problem is not None:
        raise candidate.problem
    return candidate


def _read_first(path: Path, first: Path) -> GgufMetadata:
    if not _exists(first):
        raise missing_file(first)
    if _is_folder(path):
        raise ModelError(
            "Add one model at a time: a folder, or files.",
            ErrorCode.MODELS_SEVERAL,
            name=path.name,
        )
    return read_gguf_metadata(first)


def _from_encoders(encoders: Sequence[Path]) -> Candidate:
    """Only vision encoders were chosen: the one model beside them that they fit."""
    encoder = encoders[0]
    fitting = []
    for path in sorted(encoder.parent.glob("*.gguf")):
        if path in encoders or split_parts(path)[0] != path:
            continue
        candidate = gguf_candidate(path, Origin.FILE, projector_path=encoder)
        if candidate.problem is None:
            fitting.append(candidate)
    nearest = closest(encoder, [candidate.model_path for candidate in fitting])
    if len(nearest) > 1:
        raise _several(nearest)
    for candidate in fitting:
        if candidate.model_path in nearest:
            return candidate
    raise ModelError(
        f"“{encoder.name}” is only a vision encoder. Add it together with the language model it "
        "belongs to.",
        ErrorCode.PROJECTOR_MISMATCH,
        name=encoder.name,
    )


def _several(models: Sequence[Path]) -> ModelError:
    names = ", ".join(f"“{path.name}”" for path in models[:3])
    more = " and others" if len(models) > 3 else ""
    return ModelError(
        f"These are several models: {names}{more}. Add one at a time.",
        ErrorCode.MODELS_SEVERAL,
        name=models[0].name,
    )


def _model_name(path: Path, model: GgufMetadata | None) -> str:
    """What people call the model: the file's name, which tells the quantisation too."""
    stem = re.sub(r"-\d{5}-of-\d{5}$", "", path.stem if path.suffix else path.name)
    inside = (model.get_str("general.name") or "").strip() if model is not None else ""
    is_nameless = _NAMELESS.match(stem) is not None or path.suffix.lower() != ".gguf"
    return inside if inside and is_nameless else stem


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # nobody may look
        return False


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
