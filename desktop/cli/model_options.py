"""Which model a command uses: its options, and where they are silent the settings."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktop.core import paths
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.types import EngineOptions, InstalledModel, KvType
from desktop.store.catalog import load_catalog
from desktop.store.local_models import LocalModels
from desktop.store.model_finding import find_model
from desktop.store.model_store import model_from_files
from desktop.store.settings import load_settings


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """The options that `chosen_model` reads."""
    group = parser.add_argument_group("model (default: as in the settings)")
    group.add_argument(
        "--model",
        metavar="ID",
        help="as `models list` shows it, or a GGUF file",
    )
    group.add_argument("--mmproj", type=Path, metavar="F", help="its vision encoder, GGUF")
    group.add_argument("--context", type=positive, metavar="N", help="context length in tokens")
    group.add_argument("--gpu-layers", type=int, metavar="N", help="-1 all, 0 none")
    group.add_argument("--threads", type=positive, metavar="N", help="CPU threads")
    group.add_argument(
        "--kv-type", type=KvType, choices=list(KvType), help="attention cache: smaller or exacter"
    )


def positive(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def chosen_model(options: argparse.Namespace) -> tuple[InstalledModel, EngineOptions]:
    """What the command line says, and where it is silent what the settings say."""
    settings = load_settings(paths.settings_file())
    kept = settings.engine
    engine_options = EngineOptions(
        context_length=options.context or kept.context_length,
        gpu_layers=options.gpu_layers if options.gpu_layers is not None else kept.gpu_layers,
        threads=options.threads or kept.threads,
        kv_type=options.kv_type or kept.kv_type,
        cache_bytes=kept.cache_bytes,
    )
    if options.model is not None:
        return _named(options.model, options.mmproj), engine_options
    if options.mmproj is not None:
        raise ModelError("--mmproj needs --model.", ErrorCode.MODEL_FILE_MISSING)
    return _by_id(settings.model_id), engine_options


def _named(name: str, projector_path: Path | None) -> InstalledModel:
    """A model by its id, or else a file by its path."""
    if projector_path is not None or Path(name).is_file():
        return model_from_files(Path(name), projector_path)
    try:
        return _by_id(name)
    except ModelError as error:
        is_path = error.code is ErrorCode.MODEL_FILE_MISSING and not _is_id(name)
        if is_path:
            return model_from_files(Path(name), None)
        raise


def _by_id(name: str) -> InstalledModel:
    local = LocalModels(paths.local_models_file(), paths.models_dir())
    return find_model(name, paths.models_dir(), load_catalog(), local)


def _is_id(name: str) -> bool:
    """Whether a name that means no model here is rather an id than a path."""
    return name.startswith("local:") or name.partition(":")[0] in {
        spec.id for spec in load_catalog()
    }
