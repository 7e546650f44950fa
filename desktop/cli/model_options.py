"""Which model a command uses: its options, and where they are silent the settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.cli.adapter_options import add_adapter_options
from desktop.cli.argument_values import one_of, words_of
from desktop.cli.engine_options import add_engine_options, engine_options_of
from desktop.core import paths
from desktop.core.adapters import ADAPTER_CODES, for_engine
from desktop.core.engine_choice import engine_name, engine_order, engines_here
from desktop.core.errors import EngineError, ErrorCode, GroundglassError, ModelError
from desktop.core.types import EngineKind
from desktop.store.catalog import load_catalog
from desktop.store.local_models import LocalModels
from desktop.store.model_finding import find_model, form_for, model_from_path, no_form
from desktop.store.settings import load_settings

if TYPE_CHECKING:
    import argparse

    from desktop.cli.conversation import Conversation
    from desktop.core.types import EngineOptions, InstalledModel
    from desktop.engine.api import ModelLoaded
    from desktop.store.settings import Settings

ENGINES = (EngineKind.LLAMA_CPP, EngineKind.MLX)


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """The options that `chosen_model` reads."""
    group = parser.add_argument_group("model (default: as in the settings)")
    group.add_argument(
        "--model",
        metavar="ID",
        help="as `models list` shows it, a GGUF file, or a folder with an MLX model",
    )
    group.add_argument("--mmproj", type=Path, metavar="F", help="its vision encoder, GGUF")
    group.add_argument(
        "--engine",
        type=one_of(ENGINES),
        metavar=words_of(ENGINES),
        help="what runs it, where it is here in both forms (default: mlx on Apple Silicon)",
    )
    add_adapter_options(group)
    add_engine_options(parser)


def chosen_model(options: argparse.Namespace) -> tuple[InstalledModel, EngineOptions]:
    """What the command line says, and where it is silent what the settings say.

    Raises:
        ModelError: There is no such model, its files are not whole, or not for the wanted engine.
        EngineError: ENGINE_UNAVAILABLE for an engine that is not installed.
    """
    settings = load_settings(paths.settings_file())
    if options.engine is not None and options.engine not in engines_here():
        name = engine_name(options.engine)
        raise EngineError(
            f"{name} cannot run on this computer.", ErrorCode.ENGINE_UNAVAILABLE, package=name
        )
    if options.model is None and options.mmproj is not None:
        raise ModelError("--mmproj needs --model.", ErrorCode.MODEL_FILE_MISSING)
    name = options.model or settings.model_id
    model = _named(name, options.mmproj, options.engine, settings)
    kept = for_engine(settings.choices(model.id).adapters, model.engine)
    model = replace(model, adapters=tuple(options.lora) or kept)
    return model, engine_options_of(options, settings.engine)


def load_chosen(
    talk: Conversation, model: InstalledModel, engine_options: EngineOptions
) -> ModelLoaded:
    """Load and wait. What goes wrong is raised, after a word on the other engine if it could help.

    Raises:
        GroundglassError: The engine's.
    """
    try:
        return talk.load(model, engine_options)
    except GroundglassError as error:
        is_adapters = error.code in ADAPTER_CODES
        for engine in () if is_adapters else engine_order():
            if engine is not model.engine and _is_here_for(engine, model.id):
                sys.stderr.write(
                    f"The model is here for {engine_name(engine)} as well: try --engine {engine}.\n"
                )
        raise


def _is_here_for(engine: EngineKind, key: str) -> bool:
    models_dir = paths.models_dir()
    local = LocalModels(paths.local_models_file(), models_dir)
    try:
        form_for(engine, key, models_dir, load_catalog(), local)
    except ModelError:
        return False
    return True


def _named(
    name: str, projector_path: Path | None, engine: EngineKind | None, settings: Settings
) -> InstalledModel:
    """A model by its id, or else a file or folder by its path.

    The id goes first: a folder of that name that lies where the command runs is not meant.
    """
    if projector_path is not None:
        return _from_path(Path(name), projector_path, engine)
    try:
        return _by_id(name, engine, settings)
    except ModelError as error:
        is_path = error.code is ErrorCode.MODEL_FILE_MISSING and not _is_id(name)
        if is_path:
            return _from_path(Path(name), None, engine)
        raise


def _from_path(
    path: Path, projector_path: Path | None, engine: EngineKind | None
) -> InstalledModel:
    model = model_from_path(path, projector_path)
    if engine not in {None, model.engine}:
        raise no_form(model.name, engine or model.engine)
    return model


def _by_id(name: str, engine: EngineKind | None, settings: Settings) -> InstalledModel:
    local = LocalModels(paths.local_models_file(), paths.models_dir())
    models_dir, specs = paths.models_dir(), load_catalog()
    key = name if engine is None else form_for(engine, name, models_dir, specs, local)
    return find_model(key, models_dir, specs, local, engine or settings.choices(name).engine)


def _is_id(name: str) -> bool:
    """Whether a name that means no model here is rather an id than a path."""
    return name.startswith("local:") or name.partition(":")[0] in {
        spec.id for spec in load_catalog()
    }
