"""The downloaded models: where each one's files are, and whether they are still what they were.

<models>/<model id>/<variant id>/<files as in the catalogue>
                                 installed.json    written last: paths, sizes, checksums
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from desktop.core.model_spec import FileRole, ModelSpec, ModelVariant
from desktop.core.safe_path import is_safe_path
from desktop.core.types import EngineKind
from desktop.store.download import DownloadRequest, ModelSource, WantedFile, remove_download
from desktop.store.files import write_atomically
from desktop.store.hubs import HubKind
from desktop.store.mlx_folder import model_from_folder
from desktop.store.model_store import missing_file, model_from_files
from desktop.store.part_file import state_paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.core.types import InstalledModel

_RECORD = "installed.json"
_PART = ".part"
_PIECE_BYTES = 1 << 20
# The newest of each kind of hub, where the catalogue names no commit.
_NEWEST = {HubKind.HUGGING_FACE: "main", HubKind.MODELSCOPE: "master"}


class _Record(msgspec.Struct, frozen=True):
    """What `installed.json` holds."""

    files: tuple[WantedFile, ...]


class InstalledVariant(Struct, frozen=True):
    """A variant whose files are all there, in the size they had when they came.

    Attributes:
        spec: Its model.
        variant: The form that was downloaded.
        folder: Where its files are.
        files: As they were downloaded, every size known.
    """

    spec: ModelSpec
    variant: ModelVariant
    folder: Path
    files: tuple[WantedFile, ...]

    @property
    def size_bytes(self) -> int:
        """On the disk, all files."""
        return sum(file.size_bytes or 0 for file in self.files)

    def path(self, role: FileRole) -> Path | None:
        """The file of a role; None where the variant has none. MLX loads its whole folder."""
        if self.variant.engine is EngineKind.MLX:
            return self.folder if role is FileRole.MODEL else None
        found = self.variant.file(role)
        return None if found is None else self.folder / found.path


def request_for(spec: ModelSpec, variant: ModelVariant) -> DownloadRequest:
    """What to download for a variant; both kinds of hub know it by the same name."""
    return DownloadRequest(
        model_id=f"{spec.id}:{variant.id}",
        folder=f"{spec.id}/{variant.id}",
        files=tuple(WantedFile(f.path, f.size_bytes, f.sha256) for f in variant.files),
        sources=tuple(
            ModelSource(
                kind, variant.repo, newest if variant.revision is None else variant.revision
            )
            for kind, newest in _NEWEST.items()
            # A commit of one hub is not known to the other.
            if variant.revision is None or kind is HubKind.HUGGING_FACE
        ),
    )


def note_installed(models_dir: Path, resolved: DownloadRequest) -> None:
    """Remember a finished download; raises `StoreError`."""
    record = msgspec.json.encode(_Record(resolved.files))
    write_atomically(models_dir / resolved.folder / _RECORD, record)


def find_installed(models_dir: Path, specs: Iterable[ModelSpec]) -> tuple[InstalledVariant, ...]:
    """Every variant of the catalogue that is whole, in the catalogue's order."""
    return tuple(
        found
        for spec in specs
        for variant in spec.variants
        if (found := _installed(models_dir, spec, variant)) is not None
    )


def was_installed(models_dir: Path, spec: ModelSpec, variant: ModelVariant) -> bool:
    """Whether the variant was downloaded whole once and not removed: its files may be gone."""
    return bool(_recorded(models_dir / spec.id / variant.id / _RECORD))


def downloaded_bytes(models_dir: Path, spec: ModelSpec, variant: ModelVariant) -> int:
    """How much of the variant's files is on the disk, whole or in part."""
    if not variant.files:
        return sum(_size(path) for path in _content(models_dir / spec.id / variant.id))
    done = 0
    for target in request_for(spec, variant).targets(models_dir):
        for path in (target, state_paths(target)[0]):
            with contextlib.suppress(OSError):
                done += path.stat().st_size
                break
    return done


def as_model(installed: InstalledVariant) -> InstalledModel:
    """The variant as an engine loads it, with the catalogue's name, limits and defaults.

    Raises:
        ModelError: MODEL_UNREADABLE and its like for damaged files; MODEL_NEEDS_MLX where MLX
            cannot run.
    """
    spec = installed.spec
    model_path = installed.path(FileRole.MODEL)
    if model_path is None:
        raise missing_file(installed.folder)
    if installed.variant.engine is EngineKind.MLX:
        model = model_from_folder(model_path, spec.name)
    else:
        model = model_from_files(model_path, installed.path(FileRole.PROJECTOR))
    return replace(
        model,
        id=spec.id,
        name=spec.name,
        pictures=spec.pictures or model.pictures,
        sampling=spec.sampling or model.sampling,
    )


def damaged_files(installed: InstalledVariant) -> list[str]:
    """Paths whose content is not what was downloaded; reads every byte.

    A file without a recorded checksum is compared by size only. Raises `OSError`.
    """
    return [file.path for file in installed.files if not _is_right(installed.folder, file)]


def remove_variant(models_dir: Path, spec: ModelSpec, variant: ModelVariant) -> None:
    """Delete a variant: its files, what is half downloaded of them, its record.

    Raises:
        StoreError: The disk refuses.
    """
    request = request_for(spec, variant)
    record = models_dir / request.folder / _RECORD
    files = {file.path: file for file in (*request.files, *_recorded(record))}
    record.unlink(missing_ok=True)  # first: what is left of the rest counts as not installed
    if not variant.files:  # half a repository: nobody noted what it consists of
        known = {name.casefold() for name in files}
        for path in _content(record.parent):
            name = path.relative_to(record.parent).as_posix().removesuffix(_PART)
            if name.casefold() not in known:
                known.add(name.casefold())
                files[name] = WantedFile(name)
    remove_download(models_dir, replace(request, files=tuple(files.values())))


def _installed(models_dir: Path, spec: ModelSpec, variant: ModelVariant) -> InstalledVariant | None:
    folder = models_dir / spec.id / variant.id
    files = _recorded(folder / _RECORD)
    wanted = {file.path for file in variant.files}
    try:
        is_whole = (
            bool(files)
            and wanted <= {file.path for file in files}
            and all((folder / file.path).stat().st_size == file.size_bytes for file in files)
        )
    except OSError:
        return None
    return InstalledVariant(spec, variant, folder, files) if is_whole else None


def _recorded(path: Path) -> tuple[WantedFile, ...]:
    """The record's files; empty for one that is missing, damaged or leads elsewhere."""
    try:
        files = msgspec.json.decode(path.read_bytes(), type=_Record).files
    except (OSError, ValueError):
        return ()
    return files if all(is_safe_path(file.path) for file in files) else ()


def _content(folder: Path) -> list[Path]:
    """What has come into a variant's folder, whole or in part; without our own papers."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.endswith(f"{_PART}.json")
        and path != folder / _RECORD
        and is_safe_path(path.relative_to(folder).as_posix())
    ]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone meanwhile
        return 0


def _is_right(folder: Path, file: WantedFile) -> bool:
    path = folder / file.path
    if path.stat().st_size != file.size_bytes:
        return False
    with path.open("rb") as stream:
        if file.sha256 is not None:
            return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256
        if file.git_oid is not None:
            digest = hashlib.sha1(b"blob %d\0" % file.size_bytes, usedforsecurity=False)
            while piece := stream.read(_PIECE_BYTES):
                digest.update(piece)
            return digest.hexdigest() == file.git_oid
    return True
