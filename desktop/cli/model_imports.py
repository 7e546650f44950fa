"""`groundglass models import`: models that are on this disk already."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.cli import exit_codes
from desktop.cli.conversation import show_status
from desktop.cli.model_ids import local_models
from desktop.cli.model_words import size_words
from desktop.core.errors import ErrorCode, ModelError
from desktop.store.found_models import find_models
from desktop.store.import_model import inspect_paths
from desktop.store.local_models import Keep
from desktop.store.stopping import StopFlag
from desktop.store.text import storable

if TYPE_CHECKING:
    import argparse

    from desktop.store.local_models import Candidate, LocalModel

_APPS = {
    "file": "",
    "hugging_face": "Hugging Face cache",
    "lm_studio": "LM Studio",
    "ollama": "Ollama",
    "llama_cpp": "llama.cpp cache",
}


def add_import_options(action: argparse.ArgumentParser) -> None:
    """What to add, and how to keep it."""
    action.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="a GGUF file, its vision encoder too if that is not beside it, or an MLX folder; "
        "with --found the name of a model that another app has",
    )
    action.add_argument(
        "--found",
        action="store_true",
        help="what other apps have: without FILE it is only listed",
    )
    keep = action.add_mutually_exclusive_group()
    for kind, words in (
        (Keep.COPY, "copy the files: takes room, and lasts whatever becomes of them"),
        (Keep.LINK, "link to the files: takes no room on the same disk"),
        (Keep.REFERENCE, "only remember where they are: lost when they are moved"),
    ):
        keep.add_argument(f"--{kind}", dest="keep", action="store_const", const=kind, help=words)
    action.add_argument("--json", action="store_true", help="as JSON")


def run_import(options: argparse.Namespace) -> int:
    """Add, or list what could be; raises `GroundglassError`."""
    if options.found and not options.files:
        return _list_found(options)
    if not options.files or options.keep is None:
        what = "--copy, --link or --reference" if options.files else "a file, or --found"
        sys.stderr.write(f"Say {'how to keep it' if options.files else 'what to add'}: {what}.\n")
        return exit_codes.USAGE
    if not options.found:
        candidates = [inspect_paths([Path(name) for name in options.files])]
    else:
        candidates = [_found(name) for name in options.files]
    added = [_add(candidate, options.keep) for candidate in candidates]
    if options.json:
        print(json.dumps([_added_row(model) for model in added], ensure_ascii=False))
    else:
        for model in added:
            print(f"{model.id}  {size_words(model.size_bytes)}  {model.name}")
    return exit_codes.OK


def _add(candidate: Candidate, keep: Keep) -> LocalModel:
    def show(done: int, total: int) -> None:
        show_status(
            f"Copying {candidate.name}: {done / max(1, total):.0%}  "
            f"{size_words(done)} of {size_words(total)}"
        )

    try:
        return local_models().add(candidate, keep, StopFlag(), show)
    finally:
        show_status("")


def _found(name: str) -> Candidate:
    candidates = [one for one in find_models() if one.name == name]
    usable = [one for one in candidates if one.problem is None]
    found = next(iter(usable or candidates), None)
    if found is None:
        raise ModelError(
            f"No other app has a model “{name}”. `groundglass models import --found` lists them.",
            ErrorCode.MODEL_FILE_MISSING,
            name=name,
        )
    return found


def _list_found(options: argparse.Namespace) -> int:
    models = local_models()
    rows = [_found_row(one, models.find_same(one)) for one in find_models()]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return exit_codes.OK
    for row in rows:
        notes = [_APPS[str(row["origin"])]]
        notes += ["MLX"] if row["engine"] == "mlx" else []
        notes += [f"added as {row['added_as']}"] if row["added_as"] else []
        print(f"{row['name']!s:<40} {size_words(row['size_bytes']):>9}  {', '.join(notes)}")
        if row["problem"]:
            print(f"  {row['problem']}")
    if not rows:
        print("No other app has a model here that can look at pictures.")
    return exit_codes.OK


def _found_row(candidate: Candidate, added: LocalModel | None) -> dict[str, object]:
    return {
        "name": candidate.name,
        "engine": candidate.engine,
        "origin": candidate.origin,
        "size_bytes": candidate.size_bytes,
        "files": [storable(str(path)) for path in candidate.files],
        "problem": None if candidate.problem is None else candidate.problem.message,
        "added_as": None if added is None else added.id,
    }


def _added_row(model: LocalModel) -> dict[str, object]:
    return {
        "id": model.id,
        "name": model.name,
        "keep": model.keep,
        "size_bytes": model.size_bytes,
        "files": [storable(str(path)) for path in model.files],
    }
