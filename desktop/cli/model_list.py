"""`groundglass models list`: what can be had, what is here, and what is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desktop.cli import exit_codes
from desktop.cli.conversation import Conversation
from desktop.cli.model_ids import local_models
from desktop.cli.model_words import size_words
from desktop.core import paths
from desktop.core.engine_choice import engine_name, engine_order, recommended_engines, runnable
from desktop.core.errors import ModelError
from desktop.core.fit import Fit, fit_of, recommended
from desktop.core.types import EngineKind
from desktop.engine.api import EngineInspected
from desktop.store.catalog import load_catalog
from desktop.store.installed import (
    downloaded_bytes,
    find_installed,
    request_for,
    was_installed,
)
from desktop.store.machine import measure_machine
from desktop.store.model_store import builtin_forms, builtin_model, files_of_model
from desktop.store.pausing import is_running
from desktop.store.settings import BUILTIN_MODEL, load_settings
from desktop.store.text import storable

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from desktop.core.fit import FitReport
    from desktop.core.model_spec import ModelSpec, ModelVariant
    from desktop.store.local_models import LocalModel

_FIT_WORDS = {
    Fit.WELL: "fits well",
    Fit.TIGHT: "tight",
    Fit.TOO_BIG: "too big",
    Fit.UNKNOWN: "size unknown",
}


def run_list(options: argparse.Namespace) -> int:
    """Print all; raises `GroundglassError`."""
    rows = _rows()
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return exit_codes.OK
    for row in rows:
        marks = [engine_name(EngineKind.MLX)] if row["engine"] == EngineKind.MLX else []
        marks += [str(row["fit"])] if row["fit"] else []
        marks += [str(row["state"])] if row["state"] != "available" else []
        marks += ["recommended"] if row["is_recommended"] else []
        marks += ["in use"] if row["is_in_use"] else []
        size = size_words(row["download_bytes"])
        print(f"{row['id']!s:<32} {size:>9}  {row['name']} ({', '.join(marks)})")
    return exit_codes.OK


def _rows() -> list[dict[str, object]]:
    specs = load_catalog()
    models_dir = paths.models_dir()
    with Conversation() as talk:
        # llama.cpp is asked before MLX, which takes seconds to start.
        engine = EngineKind.LLAMA_CPP
        talk.client.inspect(engine if engine in engine_order() else EngineKind.MLX)
        machine = measure_machine(talk.wait_for(EngineInspected).devices)
    here = {(one.spec.id, one.variant.id): one for one in find_installed(models_dir, specs)}
    best = recommended(specs, machine, recommended_engines())
    rows = []
    for spec in specs:
        usable = runnable(spec)
        for variant in (v for v in spec.variants if v in usable or (spec.id, v.id) in here):
            found = here.get((spec.id, variant.id))
            is_best = best is not None and (spec.id, variant.id) == (best[0].id, best[1].id)
            state = "installed" if found is not None else _state(models_dir, spec, variant)
            state = state if variant in usable else "unusable"
            row = _catalog_row(spec, variant, fit_of(spec, variant, machine), state)
            folder = None if found is None else str(found.folder)
            rows.append({**row, "is_recommended": is_best, "folder": folder})
    rows += [_local_row(model) for model in local_models().models()]
    settings = load_settings(paths.settings_file())
    rows.append(_builtin_row(settings.choices(BUILTIN_MODEL).engine))
    in_use = settings.model_id
    return [{**row, "is_in_use": row["id"] == in_use} for row in rows]


def _state(models_dir: Path, spec: ModelSpec, variant: ModelVariant) -> str:
    """Of a variant that is not here as a whole."""
    if is_running(models_dir, request_for(spec, variant).folder):
        return "downloading"
    if was_installed(models_dir, spec, variant):
        return "missing"
    return "paused" if downloaded_bytes(models_dir, spec, variant) else "available"


def _catalog_row(
    spec: ModelSpec, variant: ModelVariant, report: FitReport, state: str
) -> dict[str, object]:
    return {
        "id": f"{spec.id}:{variant.id}",
        "kind": "catalogue",
        "name": spec.name,
        "engine": variant.engine,
        "summary": spec.summary.en,
        "good_at": sorted(spec.good_at),
        "licence": spec.licence,
        "download_bytes": variant.download_bytes,
        "memory_bytes": report.need,
        "fit": _FIT_WORDS[report.fit],
        "state": state,
        "is_installed": state in {"installed", "unusable"},
    }


def _local_row(model: LocalModel) -> dict[str, object]:
    missing = model.missing()
    state = "installed" if model.engine in engine_order() else "unusable"
    return {
        "id": model.id,
        "kind": "local",
        "name": model.name,
        "engine": model.engine,
        "origin": model.origin,
        "keep": model.keep,
        "download_bytes": model.size_bytes,
        "fit": None,
        "state": "missing" if missing else state,
        "is_installed": not missing,
        "is_recommended": False,
        "folder": storable(str(model.model_path.parent)),
        "missing": [storable(str(path)) for path in missing],
    }


def _builtin_row(chosen: EngineKind | None) -> dict[str, object]:
    engine = chosen
    try:
        model = builtin_model(chosen)
        name, engine = model.name, model.engine
        size = sum(path.stat().st_size for path in files_of_model(model))
        state, folder = "built-in", str(model.model_path.parent)
    except (ModelError, OSError):
        name, size, state, folder = "Groundglass Mini", 0, "missing", ""
    return {
        "id": BUILTIN_MODEL,
        "kind": "builtin",
        "name": name,
        "engine": engine,
        "engines": builtin_forms(),
        "download_bytes": size,
        "fit": None,
        "state": state,
        "is_installed": state != "missing",
        "is_recommended": False,
        "folder": folder,
    }
