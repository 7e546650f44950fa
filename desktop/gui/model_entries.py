"""Every model as one value: what the catalogue, the disk and the downloads say about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from desktop.core.engine_choice import engine_order, runnable
from desktop.core.errors import ErrorCode, GroundglassError, ModelError
from desktop.core.fit import FitReport
from desktop.core.model_spec import ModelSpec, ModelVariant
from desktop.core.types import EngineKind, InstalledModel
from desktop.store.download_list import DownloadState, DownloadStatus
from desktop.store.installed import InstalledVariant
from desktop.store.local_models import LocalModel
from desktop.store.model_store import files_of_model, missing_file, needs_mlx
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class EntryState(StrEnum):
    """What can be done with a model."""

    AVAILABLE = "available"  # to be downloaded
    QUEUED = "queued"
    RUNNING = "running"  # being downloaded, or copied from elsewhere on this computer
    PAUSED = "paused"
    FAILED = "failed"
    READY = "ready"
    MISSING = "missing"  # it was here; its files are gone
    UNUSABLE = "unusable"  # it is here, and this version cannot run it


class ModelEntry(Struct, frozen=True):
    """One model in one form.

    Attributes:
        key: `builtin`, `<spec id>:<variant id>` or `local:<slug>`; `adding:<number>` while files
            of this computer are copied.
        name: As shown to people.
        state: What can be done with it.
        size_bytes: On the disk, or to download; None where unknown.
        spec: Of one from the catalogue.
        variant: Of one from the catalogue.
        local: Of one that a person added.
        download: While there is one, also paused or failed; and of a copy being made.
        fit: Of one from the catalogue.
        is_recommended: The one for this machine.
        is_in_use: The one that answers.
        problem: In the states FAILED, MISSING and UNUSABLE.
        engine: What runs it, or would.
        forms: The engines that could run the same model here and now, this one among them; empty
            where it is not ready. The built-in model has them where one form is damaged, too.
    """

    key: str
    name: str
    state: EntryState
    size_bytes: int | None = None
    spec: ModelSpec | None = None
    variant: ModelVariant | None = None
    local: LocalModel | None = None
    download: DownloadStatus | None = None
    fit: FitReport | None = None
    is_recommended: bool = False
    is_in_use: bool = False
    problem: GroundglassError | None = None
    engine: EngineKind = EngineKind.LLAMA_CPP
    forms: tuple[EngineKind, ...] = ()

    @property
    def is_here(self) -> bool:
        """Whether it takes room on the disk as a whole model, or should."""
        return self.state in {EntryState.READY, EntryState.MISSING, EntryState.UNUSABLE}

    @property
    def is_coming(self) -> bool:
        """Whether it is on its way, waiting or stopped on it."""
        return self.state in {
            EntryState.QUEUED,
            EntryState.RUNNING,
            EntryState.PAUSED,
            EntryState.FAILED,
        }


class Shelf(Struct, frozen=True):
    """What entries are made of, read from the disk by `ModelLibrary`.

    Attributes:
        specs: The catalogue.
        installed: Whole variants, by key.
        lost: Keys of variants that were whole once.
        downloads: By key.
        fits: By key.
        local: What a person added.
        copies: What is being added, by key, with its name.
        builtin: The built-in model, or why there is none.
        builtin_forms: The engines that could run it.
        recommended: Key of the one for this machine.
        in_use: Key of the one that answers.
    """

    specs: tuple[ModelSpec, ...]
    installed: Mapping[str, InstalledVariant]
    lost: frozenset[str]
    downloads: Mapping[str, DownloadStatus]
    fits: Mapping[str, FitReport]
    local: tuple[LocalModel, ...]
    copies: Mapping[str, tuple[str, DownloadStatus]]
    builtin: InstalledModel | GroundglassError
    builtin_forms: tuple[EngineKind, ...]
    recommended: str | None
    in_use: str


def key_of(spec: ModelSpec, variant: ModelVariant) -> str:
    """How a variant is called in settings and on the command line."""
    return f"{spec.id}:{variant.id}"


def offered(spec: ModelSpec, here: Collection[str]) -> tuple[ModelVariant, ...]:
    """The variants that can run here, and those that cannot but whose keys are among `here`."""
    usable = runnable(spec)
    left = (v for v in spec.variants if v not in usable and key_of(spec, v) in here)
    return (*usable, *left)


def entries_of(shelf: Shelf) -> tuple[ModelEntry, ...]:
    """The recommended one, the catalogue's others, what a person added, the built-in one."""
    from_catalogue = list(_catalogue_entries(shelf))
    from_catalogue.sort(key=lambda entry: not entry.is_recommended)  # stable: the rest keeps order
    return (
        *from_catalogue,
        *(
            ModelEntry(
                key=key,
                name=name,
                state=EntryState.RUNNING,
                size_bytes=status.progress.total_bytes if status.progress else None,
                download=status,
            )
            for key, (name, status) in shelf.copies.items()
        ),
        *(_local_entry(shelf, local) for local in shelf.local),
        _builtin_entry(shelf),
    )


def _catalogue_entries(shelf: Shelf) -> Iterator[ModelEntry]:
    for spec in shelf.specs:
        variants = offered(spec, shelf.installed)
        ready = {v.engine for v in variants if key_of(spec, v) in shelf.installed}
        forms = tuple(kind for kind in engine_order() if kind in ready)
        for number, variant in enumerate(variants):
            key = key_of(spec, variant)
            installed, status = shelf.installed.get(key), shelf.downloads.get(key)
            state = _state(status, is_whole=installed is not None, was_whole=key in shelf.lost)
            if state is EntryState.READY and variant.engine not in forms:
                state = EntryState.UNUSABLE
            yield ModelEntry(
                key=key,
                # Only the preferred form goes by the plain name; a picker may show both.
                name=spec.name if number == 0 else f"{spec.name} {_form_name(variant)}",
                state=state,
                size_bytes=installed.size_bytes if installed else _to_download(variant, status),
                spec=spec,
                variant=variant,
                download=None if state is EntryState.READY else status,
                fit=shelf.fits.get(key),
                is_recommended=key == shelf.recommended,
                is_in_use=key == shelf.in_use,
                problem=_problem(spec, state, status),
                engine=variant.engine,
                forms=forms if state is EntryState.READY else (),
            )


def _form_name(variant: ModelVariant) -> str:
    """What tells a form from the preferred one: `Q8_0`, `MLX 4-bit`."""
    return re.sub(r"(\d+)BIT", r"\1-bit", variant.id.upper()).replace("MLX_", "MLX ")


def _state(status: DownloadStatus | None, *, is_whole: bool, was_whole: bool) -> EntryState:
    match status.state if status is not None else None:
        case DownloadState.QUEUED:
            return EntryState.QUEUED
        case DownloadState.RUNNING:
            return EntryState.RUNNING
        case DownloadState.PAUSED if not is_whole:
            return EntryState.PAUSED
        case DownloadState.FAILED if not is_whole:
            return EntryState.FAILED
        case _:
            if is_whole:
                return EntryState.READY
            return EntryState.MISSING if was_whole else EntryState.AVAILABLE


def _to_download(variant: ModelVariant, status: DownloadStatus | None) -> int | None:
    if status is not None and status.progress is not None:
        return status.progress.total_bytes
    return variant.download_bytes


def _problem(
    spec: ModelSpec, state: EntryState, status: DownloadStatus | None
) -> GroundglassError | None:
    if state is EntryState.FAILED and status is not None and status.failure is not None:
        return status.failure.error()
    if state is EntryState.UNUSABLE:
        return needs_mlx(spec.name)
    if state is EntryState.MISSING:
        return ModelError(
            f"The files of “{spec.name}” are not where they were.",
            ErrorCode.MODEL_FILE_MISSING,
            name=spec.name,
        )
    return None


def _local_entry(shelf: Shelf, local: LocalModel) -> ModelEntry:
    state, problem = EntryState.READY, None
    if missing := local.missing():
        state, problem = EntryState.MISSING, missing_file(missing[0])
    elif local.engine is EngineKind.MLX and local.engine not in engine_order():
        state, problem = EntryState.UNUSABLE, needs_mlx(local.name)
    return ModelEntry(
        key=local.id,
        name=local.name,
        state=state,
        size_bytes=local.size_bytes,
        local=local,
        is_in_use=local.id == shelf.in_use,
        problem=problem,
        engine=local.engine,
        forms=(local.engine,) if state is EntryState.READY else (),
    )


def _builtin_entry(shelf: Shelf) -> ModelEntry:
    builtin = shelf.builtin
    if isinstance(builtin, GroundglassError):
        return ModelEntry(
            key=BUILTIN_MODEL,
            name=builtin.details.get("name", BUILTIN_MODEL),
            state=EntryState.MISSING,
            is_in_use=shelf.in_use == BUILTIN_MODEL,
            problem=builtin,
            forms=shelf.builtin_forms,
        )
    return ModelEntry(
        key=BUILTIN_MODEL,
        name=builtin.name,
        state=EntryState.READY,
        size_bytes=sum(path.stat().st_size for path in files_of_model(builtin)),
        is_in_use=shelf.in_use == BUILTIN_MODEL,
        engine=builtin.engine,
        forms=shelf.builtin_forms,
    )
