"""`groundglass models get` and `pause`: downloads, in this terminal or elsewhere."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.cli import exit_codes
from desktop.cli.conversation import show_status
from desktop.cli.model_ids import catalog_entry
from desktop.cli.model_words import duration_words, size_words
from desktop.core import paths
from desktop.core.engine_choice import runnable
from desktop.core.model_spec import FileRole
from desktop.store.connection_log import ConnectionLog
from desktop.store.download import Downloader
from desktop.store.hubs import hubs_from, hugging_face, mirror
from desktop.store.installed import note_installed, request_for
from desktop.store.model_finding import find_variant
from desktop.store.model_store import needs_mlx
from desktop.store.network import Network
from desktop.store.pausing import pausable, pause_elsewhere
from desktop.store.settings import Source, load_settings
from desktop.store.stopping import StopFlag, StoppedError
from desktop.store.text import storable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from desktop.store.hubs import Hub
    from desktop.store.installed import InstalledVariant
    from desktop.store.progress import DownloadProgress
    from desktop.store.settings import Settings

_KEPT = "what has come is kept, `groundglass models get` goes on with it."


def add_get_options(action: argparse.ArgumentParser) -> None:
    """What goes before the settings for one download."""
    action.add_argument(
        "--endpoint",
        default=os.environ.get("HF_ENDPOINT"),
        metavar="URL",
        help="a mirror to ask first (default: $HF_ENDPOINT, else as in the settings)",
    )
    action.add_argument(
        "--source",
        action="append",
        type=Source,
        choices=list(Source),
        metavar="NAME",
        help="where to download from, several times in the order of trying: "
        f"{', '.join(Source)} (default: as in the settings)",
    )
    action.add_argument(
        "--online",
        action="store_true",
        help="download although the settings say to stay offline",
    )


def run_get(options: argparse.Namespace) -> int:
    """Download; raises `GroundglassError`."""
    spec, variant = catalog_entry(options.model)
    if variant not in runnable(spec):
        raise needs_mlx(spec.name)
    settings = load_settings(paths.settings_file())
    models_dir = paths.models_dir()
    try:
        hubs = _hubs(options, settings)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return exit_codes.USAGE
    network = Network(ConnectionLog(), is_offline=settings.is_offline and not options.online)
    downloader = Downloader(network, hubs, models_dir)
    stop = StopFlag()
    try:
        request = request_for(spec, variant)
        with pausable(models_dir, request.folder, stop):
            resolved = downloader.resolve(request, stop)
            downloader.fetch(resolved, stop, _show)
    except KeyboardInterrupt:
        show_status("")
        sys.stderr.write(f"Paused: {_KEPT}\n")
        return exit_codes.INTERRUPTED
    except StoppedError:
        show_status("")
        sys.stderr.write(f"Paused by another Groundglass: {_KEPT}\n")
        return exit_codes.PAUSED
    note_installed(models_dir, resolved)
    show_status("")
    found = find_variant(f"{spec.id}:{variant.id}", models_dir, [spec])
    print_paths(options, files_by_role(found))
    return exit_codes.OK


def run_pause(options: argparse.Namespace) -> int:
    """Pause a download of another process; raises `GroundglassError`."""
    spec, variant = catalog_entry(options.model)
    is_paused = pause_elsewhere(paths.models_dir(), request_for(spec, variant).folder)
    if options.json:
        print(json.dumps({"is_paused": is_paused}))
    elif is_paused:
        print(f"Paused: {_KEPT}")
    else:
        sys.stderr.write(f"“{spec.name}” is not being downloaded.\n")
    return exit_codes.OK if is_paused else exit_codes.MODEL_REFUSED


def files_by_role(found: InstalledVariant) -> dict[FileRole, Path | None]:
    """Where the files are that an engine loads."""
    return {role: found.path(role) for role in (FileRole.MODEL, FileRole.PROJECTOR)}


def print_paths(options: argparse.Namespace, files: Mapping[FileRole, Path | None]) -> None:
    """Files by role: as JSON, or one on each line."""
    if options.json:
        where = {role: path and storable(str(path)) for role, path in files.items()}
        print(json.dumps(where, ensure_ascii=False))
    else:
        print("\n".join(storable(str(path)) for path in files.values() if path is not None))


def _hubs(options: argparse.Namespace, settings: Settings) -> tuple[Hub, ...]:
    """Where to ask, in this order; raises `ValueError` for an address or a token that is none."""
    endpoint = options.endpoint or settings.endpoint
    token = os.environ.get("HF_TOKEN") or settings.hub_token
    if endpoint:
        mirror(endpoint)
    if token:
        hugging_face(token)
    sources = tuple(dict.fromkeys(options.source)) if options.source else settings.sources
    return hubs_from(replace(settings, endpoint=endpoint, hub_token=token, sources=sources))


def _show(progress: DownloadProgress) -> None:
    share = progress.done_bytes / max(1, progress.total_bytes)
    if progress.is_checking:
        show_status(f"Checking {progress.file} {share:.0%}")
        return
    seconds = progress.seconds_left
    left = "" if seconds is None else f", {duration_words(seconds)} left"
    done, total = size_words(progress.done_bytes), size_words(progress.total_bytes)
    speed = size_words(progress.bytes_per_second)
    show_status(f"{share:.0%}  {done} of {total}, {speed}/s{left}")
