"""From a model's id, as the settings and the command line have it, to what an engine loads.

`builtin`, `<model>:<variant>` of the catalogue (or `<model>` alone for the best that is here), or
`local:<slug>` for one that a person added. A path works as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core.engine_choice import engine_name, preferred_engine
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.model_spec import FileRole
from desktop.core.types import EngineKind
from desktop.store.import_model import inspect_paths
from desktop.store.installed import as_model, damaged_files, find_installed
from desktop.store.local_models import as_local_model
from desktop.store.mlx_folder import looks_like_mlx, model_from_folder
from desktop.store.model_store import (
    builtin_forms,
    builtin_model,
    missing_file,
    model_from_files,
)
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop.core.model_spec import ModelSpec, ModelVariant
    from desktop.core.types import InstalledModel
    from desktop.store.installed import InstalledVariant
    from desktop.store.local_models import LocalModels


def find_model(
    key: str,
    models_dir: Path,
    specs: Iterable[ModelSpec],
    local: LocalModels,
    chosen: EngineKind | None = None,
) -> InstalledModel:
    """The model as an engine loads it, with its full id. Reads headers: not on the main thread.

    `chosen` is the engine for a model that is here in several forms and whose id leaves open which
    one is meant; where it cannot be, another one is taken.

    Raises:
        ModelError: MODEL_FILE_MISSING for one that is not here or not whole, and whatever else
            keeps it from being loaded.
    """
    if key == BUILTIN_MODEL:
        return builtin_model(chosen)
    added = local.find(key)
    if added is not None:
        return _as_in_catalog(as_local_model(added), specs)
    found = find_variant(key, models_dir, specs, chosen)
    return replace(as_model(found), id=f"{found.spec.id}:{found.variant.id}")


def find_variant(
    key: str, models_dir: Path, specs: Iterable[ModelSpec], chosen: EngineKind | None = None
) -> InstalledVariant:
    """The whole variant of an id; of a model's alone the first for the chosen or better engine.

    Raises:
        ModelError: MODEL_FILE_MISSING.
    """
    model_id, _, variant_id = key.partition(":")
    spec = next((spec for spec in specs if spec.id == model_id), None)
    here = () if spec is None else find_installed(models_dir, [spec])
    here = tuple(one for one in here if variant_id in {"", one.variant.id})
    if not here:
        raise _not_here(key if spec is None else spec.name)
    engine = preferred_engine([one.variant.engine for one in here], chosen)
    return next(one for one in here if one.variant.engine is engine)


def form_for(
    engine: EngineKind, key: str, models_dir: Path, specs: Iterable[ModelSpec], local: LocalModels
) -> str:
    """The id of the same model in the form that this engine runs; often the same id.

    Raises:
        ModelError: MODEL_FORM_MISSING if it is here, but not in that form; MODEL_FILE_MISSING.
    """
    added = local.find(key)
    if added is not None:
        name, keys = added.name, {added.engine: key}
    elif key == BUILTIN_MODEL:
        name, keys = builtin_model().name, dict.fromkeys(builtin_forms(), key)
    else:
        found = find_variant(key, models_dir, specs)
        forms = (found, *find_installed(models_dir, [found.spec]))
        name, keys = found.spec.name, {}
        for one in forms:
            keys.setdefault(one.variant.engine, f"{one.spec.id}:{one.variant.id}")
    if engine not in keys:
        raise no_form(name, engine)
    return keys[engine]


def model_from_path(path: Path, projector_path: Path | None = None) -> InstalledModel:
    """The model of a GGUF file, or of a folder with one or with a model for MLX.

    Reads headers: not on the main thread.

    Raises:
        ModelError: Whatever keeps it from being loaded.
    """
    if projector_path is not None or not path.is_dir():
        return model_from_files(path, projector_path)
    if looks_like_mlx(path):
        return model_from_folder(path)
    candidate = inspect_paths([path])
    return model_from_files(candidate.model_path, candidate.projector_path)


def no_form(name: str, engine: EngineKind) -> ModelError:
    """The error for a model that is here, but not in the form that an engine runs."""
    return ModelError(
        f"“{name}” is not on this computer in a form for {engine_name(engine)}. Get that form "
        "first, or let the other engine run it.",
        ErrorCode.MODEL_FORM_MISSING,
        name=name,
        engine=engine_name(engine),
    )


def _not_here(name: str) -> ModelError:
    return ModelError(
        f"“{name}” is not on this computer, or not all of its files are.",
        ErrorCode.MODEL_FILE_MISSING,
        name=name,
    )


def _as_in_catalog(model: InstalledModel, specs: Iterable[ModelSpec]) -> InstalledModel:
    """With the catalogue's limits and defaults, if it is a model of the catalogue by another way.

    Two model files of some hundred million bytes that are equally long to the byte are the same. A
    folder for MLX is known by the name of its repository, which other programs keep.
    """
    is_mlx = model.engine is EngineKind.MLX
    size = None if is_mlx else model.model_path.stat().st_size

    def is_same(variant: ModelVariant) -> bool:
        if is_mlx or variant.engine is EngineKind.MLX:
            return is_mlx and variant.repo.rpartition("/")[2] == model.name
        file = variant.file(FileRole.MODEL)
        return file is not None and file.size_bytes == size

    for spec in specs:
        if any(map(is_same, spec.variants)):
            return replace(
                model,
                pictures=spec.pictures or model.pictures,
                sampling=spec.sampling or model.sampling,
            )
    return model


def verify_model(
    key: str, models_dir: Path, specs: Iterable[ModelSpec], local: LocalModels
) -> tuple[str, ...]:
    """Names of files that are not what they were; reads every byte that has a checksum.

    Of the built-in model and of what a person added no checksum is kept: headers and lengths are
    compared.

    Raises:
        ModelError: A file is gone, or its header says what is wrong.
    """
    if key == BUILTIN_MODEL:
        for engine in builtin_forms():
            model = builtin_model(engine)
            if engine is EngineKind.MLX:
                model_from_folder(model.model_path, model.name)
            else:
                model_from_files(model.model_path, model.projector_path)
        return ()
    if local.find(key) is not None:
        find_model(key, models_dir, specs, local)
        return ()
    found = find_variant(key, models_dir, specs)
    try:
        return tuple(damaged_files(found))
    except OSError as error:
        raise missing_file(found.folder / found.files[0].path) from error
