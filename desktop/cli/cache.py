"""`groundglass cache`: what the engine keeps on the disk, and how it goes."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from desktop.cli import exit_codes
from desktop.cli.model_words import size_words
from desktop.core import cache_files, paths
from desktop.core.cache_files import Kind
from desktop.store.files import unwritable
from desktop.store.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.core.cache_files import CacheFile


def add_cache_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The subcommand; without an action it tells what there is."""
    parser = commands.add_parser(
        "cache",
        help="what is kept of pictures and conversations to answer sooner",
        description="What a model has made of pictures (and of conversations, if the settings say "
        "so) is kept on the disk, readable by you only, so that it need not be computed again.",
        epilog=exit_codes.TABLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=_show)
    actions = parser.add_subparsers(dest="action", title="actions")
    clearing = actions.add_parser("clear", help="delete all of it; nothing but time is lost")
    clearing.set_defaults(run=_clear)


def _show(options: argparse.Namespace) -> int:
    folder = paths.engine_cache_dir()
    files = cache_files.cache_files(folder)
    engine = load_settings(paths.settings_file()).engine
    pictures, conversations = (_of(files, kind) for kind in (Kind.PICTURE, Kind.CONVERSATION))
    used = sum(file.size_bytes for file in files)
    if options.json:
        report = {
            "folder": str(folder),
            "bytes": used,
            "most_bytes": engine.disk_cache_bytes,
            "pictures": len(pictures),
            "conversations": len(conversations),
            "keeps_conversations": engine.keeps_conversations,
        }
        print(json.dumps(report))
        return exit_codes.OK
    most = size_words(engine.disk_cache_bytes) if engine.disk_cache_bytes else "nothing is kept"
    for name, value in (
        ("folder", str(folder)),
        ("pictures", _words(pictures)),
        ("conversations", _words(conversations)),
        ("at most", most),
    ):
        print(f"{name:<15} {value}")
    return exit_codes.OK


def _clear(_options: argparse.Namespace) -> int:
    folder = paths.engine_cache_dir()
    used = cache_files.used_bytes(folder)
    try:
        cache_files.forget_all(folder)
    except OSError as error:
        raise unwritable(folder) from error
    print(f"{size_words(used)} deleted")
    return exit_codes.OK


def _of(files: Sequence[CacheFile], kind: Kind) -> list[CacheFile]:
    return [file for file in files if file.kind is kind]


def _words(files: Sequence[CacheFile]) -> str:
    return f"{len(files)}, {size_words(sum(file.size_bytes for file in files))}"
