"""`groundglass doctor`: what this machine has and what state the model is in."""

from __future__ import annotations

import contextlib
import importlib.metadata
import platform
from typing import TYPE_CHECKING

import desktop
from desktop.cli import exit_codes
from desktop.cli.conversation import Conversation
from desktop.cli.model_options import chosen_model, load_chosen
from desktop.core import paths
from desktop.core.engine_choice import engine_name, engine_order
from desktop.core.errors import GroundglassError
from desktop.core.types import EngineKind
from desktop.engine.api import EngineInspected

if TYPE_CHECKING:
    import argparse

    from desktop.core.types import Device, EngineOptions, InstalledModel
    from desktop.engine.api import ModelLoaded


def run_doctor(options: argparse.Namespace) -> int:
    """Print it all, of the engine that runs the model; raises `GroundglassError` if it cannot."""
    _section("Versions", _versions())
    _section(
        "Folders",
        {
            "data": str(paths.data_dir()),
            "settings": str(paths.settings_file()),
            "logs": str(paths.log_dir()),
            "cache": str(paths.engine_cache_dir()),
            "resources": str(paths.resources_dir()),
        },
    )
    here = ", ".join(map(engine_name, engine_order())) or "none"
    chosen = _chosen(options)
    with Conversation() as talk:
        # Without a model, what the computer has is told all the same.
        if isinstance(chosen, GroundglassError):
            engine = next(iter(engine_order()), EngineKind.LLAMA_CPP)
        else:
            engine = chosen[0].engine
        talk.client.inspect(engine)
        inspected = talk.wait_for(EngineInspected)
        _section("Engine", {"installed": here, **inspected.versions})
        _section(
            "Devices",
            {
                device.name: f"{device.kind}, {device.description}{_memory(device)}"
                for device in inspected.devices
            },
        )
        if isinstance(chosen, GroundglassError):
            raise chosen
        model, engine_options = chosen
        loaded = load_chosen(talk, model, engine_options)
    _section(
        "Model",
        {
            "name": f"{model.name}{' (built-in)' if model.is_builtin else ''}",
            "files": ", ".join(str(p) for p in (model.model_path, model.projector_path) if p),
            "state": f"loads in {loaded.load_s:.1f} s",
            "context": f"{loaded.context_length} tokens",
            "runs on": _place(model.engine, loaded),
            "pictures": "yes" if loaded.can_see else "no",
        },
    )
    return exit_codes.OK


def _chosen(
    options: argparse.Namespace,
) -> tuple[InstalledModel, EngineOptions] | GroundglassError:
    try:
        return chosen_model(options)
    except GroundglassError as error:
        return error


def _memory(device: Device) -> str:
    total = f"{device.total_bytes / 1e9:.1f} GB"
    if not device.total_bytes:
        return ""
    return f", {device.free_bytes / 1e9:.1f} of {total} free" if device.free_bytes else f", {total}"


def _place(engine: EngineKind, loaded: ModelLoaded) -> str:
    if loaded.has_gpu:
        place = "GPU"
    elif engine is EngineKind.MLX:
        place = "CPU"
    else:
        place = f"CPU, {loaded.threads} threads"
    return f"{engine_name(engine)}, {place}"


def _versions() -> dict[str, str]:
    found = {
        "groundglass": desktop.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    for name in ("PySide6-Essentials", "pillow", "pi-heif", "llama-cpp-python", "mlx", "mlx-vlm"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _section(title: str, lines: dict[str, str]) -> None:
    print(title)
    for name, value in lines.items():
        print(f"  {name:<20} {value}")
