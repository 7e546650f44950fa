"""`groundglass doctor`: what this machine has and what state the model is in."""

from __future__ import annotations

import contextlib
import importlib.metadata
import platform
from typing import TYPE_CHECKING

import desktop
from desktop.cli import exit_codes
from desktop.cli.conversation import Conversation
from desktop.cli.model_options import chosen_model
from desktop.core import paths
from desktop.core.types import EngineKind
from desktop.engine.api import EngineInspected

if TYPE_CHECKING:
    import argparse


def run_doctor(options: argparse.Namespace) -> int:
    """Print it all; raises `GroundglassError` when the model cannot be loaded."""
    _section("Versions", _versions())
    _section(
        "Folders",
        {
            "data": str(paths.data_dir()),
            "settings": str(paths.settings_file()),
            "logs": str(paths.log_dir()),
            "resources": str(paths.resources_dir()),
        },
    )
    with Conversation() as talk:
        talk.client.inspect(EngineKind.LLAMA_CPP)
        inspected = talk.wait_for(EngineInspected)
        _section("Engine", dict(inspected.versions))
        _section(
            "Devices",
            {
                device.name: f"{device.kind}, {device.description}, "
                f"{device.free_bytes / 1e9:.1f} of {device.total_bytes / 1e9:.1f} GB free"
                for device in inspected.devices
            },
        )
        model, engine_options = chosen_model(options)
        loaded = talk.load(model, engine_options)
    _section(
        "Model",
        {
            "name": f"{model.name}{' (built-in)' if model.is_builtin else ''}",
            "files": ", ".join(str(p) for p in (model.model_path, model.projector_path) if p),
            "state": f"loads in {loaded.load_s:.1f} s",
            "context": f"{loaded.context_length} tokens",
            "runs on": "GPU" if loaded.has_gpu else f"CPU, {loaded.threads} threads",
            "pictures": "yes" if loaded.can_see else "no",
        },
    )
    return exit_codes.OK


def _versions() -> dict[str, str]:
    found = {
        "groundglass": desktop.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    for name in ("PySide6-Essentials", "pillow", "pi-heif", "llama-cpp-python"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _section(title: str, lines: dict[str, str]) -> None:
    print(title)
    for name, value in lines.items():
        print(f"  {name:<20} {value}")
