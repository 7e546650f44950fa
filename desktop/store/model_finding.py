"""From a model's id, as the settings and the command line have it, to what an engine loads.

`builtin`, `<model>:<variant>` of the catalogue (or `<model>` alone for the first that is here), or
`local:<slug>` for one that a person added.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.model_spec import FileRole
from desktop.store.installed import as_model, damaged_files, find_installed
from desktop.store.local_models import as_local_model
from desktop.store.model_store import builtin_model, missing_file
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop.core.model_spec import ModelSpec
    from desktop.core.types import InstalledModel
    from desktop.store.installed import InstalledVariant
    from desktop.store.local_models import LocalModels


def find_model(
    key: str, models_dir: Path, specs: Iterable[ModelSpec], local: LocalModels
) -> InstalledModel:
    """The model as an engine loads it, with its full id. Reads headers: not on the main thread.

    Raises:
        ModelError: MODEL_FILE_MISSING for one that is not here or not whole, and whatever else
            keeps it from being loaded.
    """
    if key == BUILTIN_MODEL:
        return builtin_model()
    added = local.find(key)
    if added is not None:
        return _as_in_catalog(as_local_model(added), specs)
    found = find_variant(key, models_dir, specs)
    return replace(as_model(found), id=f"{found.spec.id}:{found.variant.id}")


def find_variant(key: str, models_dir: Path, specs: Iterable[ModelSpec]) -> InstalledVariant:
    """The whole variant of an id; of a model's alone the first that is here.

    Raises:
        ModelError: MODEL_FILE_MISSING.
    """
    model_id, _, variant_id = key.partition(":")
    spec = next((spec for spec in specs if spec.id == model_id), None)
    here = () if spec is None else find_installed(models_dir, [spec])
    found = next((one for one in here if variant_id in {"", one.variant.id}), None)
    if found is None:
        name = key if spec is None else spec.name
        raise ModelError(
            f"“{name}” is not on this computer, or not all of its files are.",
            ErrorCode.MODEL_FILE_MISSING,
            name=name,
        )
    return found


def _as_in_catalog(model: InstalledModel, specs: Iterable[ModelSpec]) -> InstalledModel:
    """With the catalogue's limits and defaults, if it is a file of the catalogue by another way.

    Two model files of some hundred million bytes that are equally long to the byte are the same.
    """
    size = model.model_path.stat().st_size
    for spec in specs:
        for variant in spec.variants:
            file = variant.file(FileRole.MODEL)
            if file is not None and file.size_bytes == size:
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
    if key == BUILTIN_MODEL or local.find(key) is not None:
        find_model(key, models_dir, specs, local)
        return ()
    found = find_variant(key, models_dir, specs)
    try:
        return tuple(damaged_files(found))
    except OSError as error:
        raise missing_file(found.folder / found.files[0].path) from error
