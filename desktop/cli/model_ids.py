"""What a model's id on the command line means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.core import paths
from desktop.core.engine_choice import runnable
from desktop.core.errors import ErrorCode, ModelError
from desktop.store.catalog import load_catalog
from desktop.store.installed import downloaded_bytes, was_installed
from desktop.store.local_models import LocalModels

if TYPE_CHECKING:
    from desktop.core.model_spec import ModelSpec, ModelVariant


def local_models() -> LocalModels:
    """The models that a person added."""
    return LocalModels(paths.local_models_file(), paths.models_dir())


def catalog_entry(name: str) -> tuple[ModelSpec, ModelVariant]:
    """The entry that `ID:VARIANT` names, or `ID` alone: the first form that can run here.

    Raises:
        ModelError: There is none.
    """
    model_id, _, variant_id = name.partition(":")
    spec = next((spec for spec in load_catalog() if spec.id == model_id), None)
    if spec is None:
        raise no_such_model(name)
    found = spec.variant(variant_id) if variant_id else next(iter(runnable(spec)), None)
    if found is None:
        raise no_such_model(name)
    return spec, found


def entry_here(name: str) -> tuple[ModelSpec, ModelVariant]:
    """The same, but `ID` alone means the form that is here, whole or in part.

    Raises:
        ModelError: There is none, or several forms are here.
    """
    spec, first = catalog_entry(name)
    if ":" in name:
        return spec, first
    folder = paths.models_dir()
    here = [
        variant
        for variant in spec.variants
        if was_installed(folder, spec, variant) or downloaded_bytes(folder, spec, variant)
    ]
    if len(here) > 1:
        ids = ", ".join(f"{spec.id}:{variant.id}" for variant in here)
        raise ModelError(
            f"“{spec.name}” is here in several forms. Say which one: {ids}.",
            ErrorCode.MODELS_SEVERAL,
            name=spec.name,
        )
    return spec, (here or [first])[0]


def no_such_model(name: str) -> ModelError:
    """The error for an id that names nothing."""
    return ModelError(
        f"There is no model “{name}”. `groundglass models list` shows those there are.",
        ErrorCode.MODEL_FILE_MISSING,
        name=name,
    )
