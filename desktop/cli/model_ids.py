"""What a model's id on the command line means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.core import paths
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.model_spec import VariantEngine
from desktop.store.catalog import load_catalog
from desktop.store.local_models import LocalModels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.core.model_spec import ModelSpec, ModelVariant


def local_models() -> LocalModels:
    """The models that a person added."""
    return LocalModels(paths.local_models_file(), paths.models_dir())


def runnable(spec: ModelSpec) -> Sequence[ModelVariant]:
    """The variants that this version has an engine for, the preferred one first."""
    return [v for v in spec.variants if v.engine is VariantEngine.LLAMA_CPP]


def catalog_entry(name: str) -> tuple[ModelSpec, ModelVariant]:
    """The entry that `ID` or `ID:VARIANT` names; raises `ModelError`."""
    model_id, _, variant_id = name.partition(":")
    spec = next((spec for spec in load_catalog() if spec.id == model_id), None)
    variants = [] if spec is None else runnable(spec)
    found = next((v for v in variants if variant_id in {"", v.id}), None)
    if spec is None or found is None:
        raise no_such_model(name)
    return spec, found


def no_such_model(name: str) -> ModelError:
    """The error for an id that names nothing."""
    return ModelError(
        f"There is no model “{name}”. `groundglass models list` shows those there are.",
        ErrorCode.MODEL_FILE_MISSING,
        name=name,
    )
