"""The files of a model, as its details list them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from desktop.core.errors import ModelError
from desktop.core.paths import builtin_model_dir
from desktop.core.types import EngineKind
from desktop.gui.model_entries import EntryState
from desktop.store.local_models import Keep
from desktop.store.model_store import builtin_model, files_of_model
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop.core.model_spec import ModelFile
    from desktop.gui.model_entries import ModelEntry
    from desktop.store.download import WantedFile
    from desktop.store.installed import InstalledVariant


class FileFact(Struct, frozen=True):
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
    wanted: Iterable[WantedFile | ModelFile] = ()
    if installed is not None:
        wanted = installed.files
    elif entry.download is not None and entry.download.request.files:
        wanted = entry.download.request.files
    elif entry.variant is not None:
        wanted = entry.variant.files
    elif entry.local is not None:
        own = (entry.local.model_path, entry.local.projector_path)
        return _on_disk(entry.local.files or [path for path in own if path is not None])
    elif entry.key == BUILTIN_MODEL:
        with suppress(ModelError, OSError):
            return _on_disk(files_of_model(builtin_model(entry.engine)))
    return tuple(FileFact(file.path, file.size_bytes, file.sha256) for file in wanted)


def place_of(entry: ModelEntry, installed: InstalledVariant | None) -> Path | None:
    """The file or folder to show in the file manager; None where there is none yet."""
    if installed is not None:
        is_mlx = installed.variant.engine is EngineKind.MLX
        return installed.folder if is_mlx else installed.folder / installed.files[0].path
    if entry.local is not None:
        return entry.local.model_path
    return builtin_model_dir() if entry.key == BUILTIN_MODEL else None


def bytes_on_disk(entry: ModelEntry) -> int:
    """What an entry takes of the models folder."""
    if entry.local is not None:
        is_own = entry.local.keep is Keep.COPY and entry.state is not EntryState.MISSING
        return entry.local.size_bytes if is_own else 0
    if entry.download is not None and entry.download.progress is not None:
        return entry.download.progress.done_bytes
    is_whole = entry.state in {EntryState.READY, EntryState.UNUSABLE}
    return (entry.size_bytes or 0) if is_whole and entry.key != BUILTIN_MODEL else 0


def _on_disk(paths: Iterable[Path]) -> tuple[FileFact, ...]:
    return tuple(FileFact(path.name, _size(path)) for path in paths)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
