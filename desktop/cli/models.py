"""`groundglass models`: what can be had, what is here; get, verify, remove."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from desktop.cli import exit_codes
from desktop.cli.conversation import Conversation, show_status
from desktop.core import paths
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.fit import Fit, fit_of, recommended
from desktop.core.model_spec import FileRole, VariantEngine
from desktop.core.types import EngineKind
from desktop.engine.api import EngineInspected
from desktop.store.catalog import load_catalog
from desktop.store.connection_log import ConnectionLog
from desktop.store.download import Downloader
from desktop.store.hubs import default_hubs
from desktop.store.installed import (
    InstalledVariant,
    damaged_files,
    find_installed,
    note_installed,
    remove_variant,
    request_for,
)
from desktop.store.machine import measure_machine
from desktop.store.network import Network
from desktop.store.stopping import StopFlag

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from desktop.core.fit import FitReport
    from desktop.core.model_spec import ModelSpec, ModelVariant
    from desktop.store.progress import DownloadProgress

_FIT_WORDS = {
    Fit.WELL: "fits well",
    Fit.TIGHT: "tight",
    Fit.TOO_BIG: "too big",
    Fit.UNKNOWN: "size unknown",
}


def add_models_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The subcommand and its own subcommands."""
    parser = commands.add_parser("models", help="list, get, verify and remove models")
    actions = parser.add_subparsers(dest="action", title="actions", required=True)
    listing = actions.add_parser("list", help="the catalogue, and what of it is here")
    listing.add_argument("--json", action="store_true", help="as JSON")
    listing.set_defaults(run=_list)
    for name, run, words in (
        ("get", _get, "download a model, or go on with a download"),
        ("verify", _verify, "compare every byte of a model with its checksums"),
        ("remove", _remove, "delete a model, or what is half downloaded of it"),
        ("path", _path, "print where a model's files are"),
    ):
        action = actions.add_parser(name, help=words)
        action.add_argument("model", metavar="ID[:VARIANT]", help="as `models list` shows it")
        action.add_argument("--json", action="store_true", help="as JSON")
        action.set_defaults(run=run)
        if name == "get":
            action.add_argument(
                "--endpoint",
                default=os.environ.get("HF_ENDPOINT"),
                metavar="URL",
                help="a mirror to ask first (default: $HF_ENDPOINT)",
            )


def _list(options: argparse.Namespace) -> int:
    specs = load_catalog()
    with Conversation() as talk:
        talk.client.inspect(EngineKind.LLAMA_CPP)
        machine = measure_machine(talk.wait_for(EngineInspected).devices)
    here = {
        (found.spec.id, found.variant.id): found
        for found in find_installed(paths.models_dir(), specs)
    }
    best = recommended(specs, machine)
    rows = []
    for spec in specs:
        for variant in _runnable(spec):
            report = fit_of(spec, variant, machine)
            is_best = best is not None and (spec.id, variant.id) == (best[0].id, best[1].id)
            rows.append(_row(spec, variant, report, here.get((spec.id, variant.id)), is_best))
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return exit_codes.OK
    for row in rows:
        marks = ["installed"] if row["is_installed"] else []
        marks += ["recommended"] if row["is_recommended"] else []
        notes = ", ".join([str(row["fit"]).replace("_", " "), *marks])
        print(f"{row['id']!s:<32} {_size(row['download_bytes']):>9}  {row['name']} ({notes})")
    return exit_codes.OK


def _row(
    spec: ModelSpec,
    variant: ModelVariant,
    report: FitReport,
    found: InstalledVariant | None,
    is_recommended: bool,
) -> dict[str, object]:
    return {
        "id": f"{spec.id}:{variant.id}",
        "name": spec.name,
        "summary": spec.summary.en,
        "good_at": sorted(spec.good_at),
        "licence": spec.licence,
        "download_bytes": variant.download_bytes,
        "memory_bytes": report.need,
        "fit": _FIT_WORDS[report.fit],
        "is_recommended": is_recommended,
        "is_installed": found is not None,
        "folder": None if found is None else str(found.folder),
    }


def _get(options: argparse.Namespace) -> int:
    spec, variant = _chosen(options.model)
    models_dir = paths.models_dir()
    token = os.environ.get("HF_TOKEN")
    try:
        hubs = default_hubs(endpoint=options.endpoint, token=token)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return exit_codes.USAGE
    downloader = Downloader(Network(ConnectionLog()), hubs, models_dir)
    stop = StopFlag()
    try:
        resolved = downloader.resolve(request_for(spec, variant), stop)
        downloader.fetch(resolved, stop, _show)
    except KeyboardInterrupt:
        show_status("")
        sys.stderr.write("Paused: what has come is kept, the same command goes on with it.\n")
        return exit_codes.INTERRUPTED
    note_installed(models_dir, resolved)
    show_status("")
    return _path(options)


def _show(progress: DownloadProgress) -> None:
    share = progress.done_bytes / max(1, progress.total_bytes)
    if progress.is_checking:
        show_status(f"Checking {progress.file} {share:.0%}")
        return
    left = "" if progress.seconds_left is None else f", {_duration(progress.seconds_left)} left"
    done, total = _size(progress.done_bytes), _size(progress.total_bytes)
    show_status(f"{share:.0%}  {done} of {total}, {_size(progress.bytes_per_second)}/s{left}")


def _verify(options: argparse.Namespace) -> int:
    found = _installed(options.model)
    damaged = damaged_files(found)
    if options.json:
        print(json.dumps({"is_whole": not damaged, "damaged": damaged}))
    elif not damaged:
        print(f"{found.spec.name}: every file is what was downloaded.")
    if not damaged:
        return exit_codes.OK
    if not options.json:
        names = ", ".join(damaged)
        sys.stderr.write(f"Damaged: {names}. Remove the model and get it again.\n")
    return exit_codes.MODEL_REFUSED


def _remove(options: argparse.Namespace) -> int:
    spec, variant = _chosen(options.model)
    remove_variant(paths.models_dir(), spec, variant)
    if options.json:
        print(json.dumps({"removed": f"{spec.id}:{variant.id}"}))
    return exit_codes.OK


def _path(options: argparse.Namespace) -> int:
    found = _installed(options.model)
    where = {role: found.path(role) for role in (FileRole.MODEL, FileRole.PROJECTOR)}
    if options.json:
        print(
            json.dumps({role: None if path is None else str(path) for role, path in where.items()})
        )
    else:
        print("\n".join(str(path) for path in where.values() if path is not None))
    return exit_codes.OK


# --- which model ----------------------------------------------------------------------------------


def _runnable(spec: ModelSpec) -> Sequence[ModelVariant]:
    """The variants that this version has an engine for, the preferred one first."""
    return [v for v in spec.variants if v.engine is VariantEngine.LLAMA_CPP]


def _chosen(name: str) -> tuple[ModelSpec, ModelVariant]:
    """The entry that `ID` or `ID:VARIANT` names; raises `ModelError`."""
    model_id, _, variant_id = name.partition(":")
    spec = next((spec for spec in load_catalog() if spec.id == model_id), None)
    variants = [] if spec is None else _runnable(spec)
    found = next((v for v in variants if variant_id in {"", v.id}), None)
    if spec is None or found is None:
        raise ModelError(
            f"There is no model “{name}”. `groundglass models list` shows those there are.",
            ErrorCode.MODEL_FILE_MISSING,
            name=name,
        )
    return spec, found


def _installed(name: str) -> InstalledVariant:
    """The installed variant that a name means; without a variant the first that is here."""
    spec, variant = _chosen(name)
    here = find_installed(paths.models_dir(), [spec])
    wanted = [found for found in here if ":" not in name or found.variant.id == variant.id]
    if not wanted:
        raise ModelError(
            f"“{spec.name}” is not installed. Get it: groundglass models get {name}",
            ErrorCode.MODEL_FILE_MISSING,
            name=spec.name,
        )
    return wanted[0]


def _size(count: object) -> str:
    """Bytes as people say them."""
    if not isinstance(count, int | float):
        return "?"
    if count < 1e6:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{seconds:.0f} s" if seconds < 90 else f"{minutes} min"
