"""The files of a model, as its details list them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.core.paths import builtin_model_dir
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop.gui.model_entries import ModelEntry
    from desktop.store.installed import InstalledVariant

_BUILTIN_SUFFIX = ".gguf"


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file.

    Attributes:
        name: Relative to the model's folder.
        size_bytes: None where it is not known before the download, or the file is gone.
        sha256: None where nobody has said it.
    """

    name: str
    size_bytes: int | None
    sha256: str | None = None


def files_of(entry: ModelEntry, installed: InstalledVariant | None) -> tuple[FileFact, ...]:
    """What is known of each file: best what came, else what was resolved, else the catalogue's."""
    if installed is not None:
        return tuple(FileFact(f.path, f.size_bytes, f.sha256) for f in installed.files)
    if entry.download is not None and entry.download.request.files:
        files = entry.download.request.files
        return tuple(FileFact(f.path, f.size_bytes, f.sha256) for f in files)
    if entry.variant is not None:
        return tuple(FileFact(f.path, f.size_bytes, f.sha256) for f in entry.variant.files)
    if entry.local is not None:
        own = (entry.local.model_path, entry.local.projector_path)
        return _on_disk(entry.local.files or [path for path in own if path is not None])
    if entry.key == BUILTIN_MODEL:
        return _on_disk(sorted(builtin_model_dir().glob(f"*{_BUILTIN_SUFFIX}")))
    return ()


def place_of(entry: ModelEntry, installed: InstalledVariant | None) -> Path | None:
    """The file or folder to show in the file manager; None where there is none yet."""
    if installed is not None:
        return installed.folder / installed.files[0].path
    if entry.local is not None:
        return entry.local.model_path
    return builtin_model_dir() if entry.key == BUILTIN_MODEL else None


def _on_disk(paths: Iterable[Path]) -> tuple[FileFact, ...]:
    return tuple(FileFact(path.name, _size(path)) for path in paths)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
