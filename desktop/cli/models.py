"""`groundglass models`: its actions, and the short ones of them: verify, remove, path."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from desktop.cli import exit_codes
from desktop.cli.model_downloads import (
    add_get_options,
    files_by_role,
    print_paths,
    run_get,
    run_pause,
)
from desktop.cli.model_ids import catalog_entry, entry_here, local_models
from desktop.cli.model_imports import add_import_options, run_import
from desktop.cli.model_list import run_list
from desktop.core import paths
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.model_spec import FileRole
from desktop.store.catalog import load_catalog
from desktop.store.installed import remove_variant, request_for
from desktop.store.model_finding import find_variant, verify_model
from desktop.store.model_store import builtin_model
from desktop.store.pausing import pause_elsewhere
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from pathlib import Path


def add_models_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The subcommand and its own subcommands."""
    parser = commands.add_parser(
        "models",
        help="list, get, add, verify and remove models",
        epilog=exit_codes.TABLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", title="actions", required=True)
    listing = actions.add_parser("list", help="the catalogue, and what is here")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=run_list)
    for name, run, words in (
        ("get", run_get, "download a model, or go on with a download"),
        ("pause", run_pause, "pause a download that runs in a window or another terminal"),
        ("verify", _verify, "compare every byte of a model with its checksums"),
        ("remove", _remove, "delete a model, or what is half downloaded of it"),
        ("path", _path, "print where a model's files are"),
    ):
        action = actions.add_parser(name, help=words)
        action.add_argument("model", metavar="ID", help="as `models list` shows it")
        action.add_argument("--json", action="store_true", help="as JSON")
        action.set_defaults(run=run)
        if name == "get":
            add_get_options(action)
    adding = actions.add_parser("import", help="add a model that is on this disk already")
    add_import_options(adding)
    adding.set_defaults(run=run_import)


def _verify(options: argparse.Namespace) -> int:
    key = options.model
    name, _files = _here(key)
    local = local_models()
    damaged = verify_model(key, paths.models_dir(), load_catalog(), local)
    if options.json:
        print(json.dumps({"is_whole": not damaged, "damaged": damaged}))
    elif damaged:
        sys.stderr.write(f"Damaged: {', '.join(damaged)}. Remove the model and get it again.\n")
    elif key == BUILTIN_MODEL or local.find(key) is not None:
        print(f"{name}: every file is there and can be read. No checksum is known.")
    else:
        print(f"{name}: every file is what was downloaded.")
    return exit_codes.MODEL_REFUSED if damaged else exit_codes.OK


def _remove(options: argparse.Namespace) -> int:
    if options.model == BUILTIN_MODEL:
        sys.stderr.write("The built-in model is part of Groundglass and cannot be removed.\n")
        return exit_codes.USAGE
    local = local_models()
    added = local.find(options.model)
    if added is not None:
        local.remove(added.id)
        removed = added.id
    else:
        spec, variant = entry_here(options.model)
        models_dir = paths.models_dir()
        # Nothing may write behind what is deleted.
        pause_elsewhere(models_dir, request_for(spec, variant).folder)
        remove_variant(models_dir, spec, variant)
        removed = f"{spec.id}:{variant.id}"
    if options.json:
        print(json.dumps({"removed": removed}))
    return exit_codes.OK


def _path(options: argparse.Namespace) -> int:
    _name, files = _here(options.model)
    print_paths(options, files)
    return exit_codes.OK


def _here(key: str) -> tuple[str, dict[FileRole, Path | None]]:
    """Name and files of a model that is here, perhaps in part; raises `ModelError`."""
    added = local_models().find(key)
    if added is not None:
        files = {FileRole.MODEL: added.model_path, FileRole.PROJECTOR: added.projector_path}
        return added.name, files
    if key == BUILTIN_MODEL:
        model = builtin_model()
        return model.name, {
            FileRole.MODEL: model.model_path,
            FileRole.PROJECTOR: model.projector_path,
        }
    spec, _variant = catalog_entry(key)
    try:
        found = find_variant(key, paths.models_dir(), [spec])
    except ModelError as error:
        raise ModelError(
            f"“{spec.name}” is not installed. Get it: groundglass models get {key}",
            ErrorCode.MODEL_FILE_MISSING,
            name=spec.name,
        ) from error
    return spec.name, files_by_role(found)
