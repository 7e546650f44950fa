"""Scenes of the model manager: a library in the middle of things, without a network."""

from __future__ import annotations

import os
import shutil
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core.engine_choice import runnable
from desktop.core.errors import DownloadError, ErrorCode, GroundglassError
from desktop.core.fit import Machine
from desktop.store.download import WantedFile
from desktop.store.download_list import DownloadFailure, DownloadState, DownloadStatus
from desktop.store.installed import note_installed, request_for
from desktop.store.progress import DownloadProgress

if TYPE_CHECKING:
    from desktop.core.model_spec import ModelSpec, ModelVariant
    from desktop.gui.model_library import ModelLibrary

GIB = 1 << 30
LAPTOP = Machine(total_ram_bytes=16 * GIB, available_ram_bytes=11 * GIB)


class Scene(StrEnum):
    """In the middle of what."""

    EMPTY = "empty"
    DOWNLOADING = "downloading"
    PAUSED = "paused"
    ERROR = "error"
    INSTALLED = "installed"
    ENGINES = "engines"


def set_scene(library: ModelLibrary, scene: Scene) -> None:
    """Make the library look so, whatever it was before; its folders must be its own."""
    library.set_machine(LAPTOP)
    library._downloads.statuses.clear()
    shutil.rmtree(library.models_dir, ignore_errors=True)
    library.refresh()
    match scene:
        case Scene.EMPTY:
            pass
        case Scene.DOWNLOADING:
            _come(library, "qwen3-vl-4b:q4_k_m", DownloadState.RUNNING, 0.41, 11_400_000)
            _come(library, "glm-ocr:q8_0", DownloadState.RUNNING, 0.73, 8_200_000)
            _come(library, "smolvlm-500m:q8_0", DownloadState.QUEUED, None)
        case Scene.PAUSED:
            _come(library, "qwen3-vl-4b:q4_k_m", DownloadState.PAUSED, 0.41)
            _install(library, "smolvlm-500m:q8_0")
        case Scene.ERROR:
            _come(library, "qwen3-vl-4b:q4_k_m", DownloadState.FAILED, 0.41, error=no_connection())
            _install(library, "smolvlm-500m:q8_0")
            _lose(library, "glm-ocr:q8_0")
        case Scene.INSTALLED:
            for spec in library.specs:
                _install(library, f"{spec.id}:{runnable(spec)[0].id}")
        case Scene.ENGINES:
            for variant_id in ("q4_k_m", "mlx_4bit"):
                _install(library, f"qwen3-vl-4b:{variant_id}")
    library.refresh()


def no_connection() -> DownloadError:
    """As `Network` makes it."""
    return DownloadError(
        "The connection to huggingface.co failed.",
        ErrorCode.DOWNLOAD_CONNECTION,
        host="huggingface.co",
    )


def _found(library: ModelLibrary, key: str) -> tuple[ModelSpec, ModelVariant]:
    entry = library.entry(key)
    assert entry is not None
    assert entry.spec is not None
    assert entry.variant is not None
    return entry.spec, entry.variant


# Of a variant without a list of files.
_REPOSITORY = (
    WantedFile("config.json", 2_100),
    WantedFile("model.safetensors", 3_089_000_000),
    WantedFile("tokenizer.json", 11_423_000),
)


def _come(
    library: ModelLibrary,
    key: str,
    state: DownloadState,
    share: float | None,
    speed: float = 0.0,
    error: GroundglassError | None = None,
) -> None:
    spec, variant = _found(library, key)
    progress = None
    if share is not None:
        total = variant.download_bytes or 1
        done = int(total * share)
        left = (total - done) / speed if speed else None
        progress = DownloadProgress(done, total, speed, left, variant.files[0].path)
    failure = DownloadFailure(error.message, error.code, error.details) if error else None
    status = DownloadStatus(request_for(spec, variant), state, progress, failure)
    library._downloads.statuses[key] = status


def _install(library: ModelLibrary, key: str) -> None:
    """Files of the right size, without content."""
    spec, variant = _found(library, key)
    request = request_for(spec, variant)
    files = tuple(
        WantedFile(file.path, file.size_bytes or 1_900_000_000, file.sha256)
        for file in request.files or _REPOSITORY
    )
    for file in files:
        target = library.models_dir / request.folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as stream:
            os.truncate(stream.fileno(), file.size_bytes or 0)
    note_installed(library.models_dir, replace(request, files=files))


def _lose(library: ModelLibrary, key: str) -> None:
    _install(library, key)
    spec, variant = _found(library, key)
    request = request_for(spec, variant)
    (library.models_dir / request.folder / request.files[0].path).unlink()
