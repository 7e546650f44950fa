"""The list of downloads on disk, so that a crash or a restart loses none."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from desktop.core.errors import DownloadError, ErrorCode
from desktop.store.download import DownloadRequest
from desktop.store.files import write_atomically
from desktop.store.progress import DownloadProgress

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class DownloadState(StrEnum):
    """Where a download stands. `REMOVED` is told once and kept nowhere."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    REMOVED = "removed"


class DownloadFailure(Struct, frozen=True):
    """Why a download failed; the parts of a `GroundglassError`."""

    message: str
    code: ErrorCode
    details: dict[str, str]

    def error(self) -> DownloadError:
        """To raise."""
        return DownloadError(self.message, self.code, **self.details)


class DownloadStatus(Struct, frozen=True):
    """A download as it is now.

    Attributes:
        request: Resolved, once a hub was asked.
        state: Where it stands.
        progress: The latest; None before the first bytes.
        failure: In state FAILED.
    """

    request: DownloadRequest
    state: DownloadState
    progress: DownloadProgress | None = None
    failure: DownloadFailure | None = None


class _Entry(msgspec.Struct, frozen=True):
    request: DownloadRequest
    state: DownloadState
    failure: DownloadFailure | None = None


def load_downloads(path: Path, models_dir: Path) -> tuple[DownloadStatus, ...]:
    """What was left, in order; what was running or waiting is paused. Never raises.

    An entry whose names would leave `models_dir` is dropped; so is a file that cannot be read.
    """
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=list[_Entry])
    except (OSError, ValueError, RecursionError):
        return ()
    kept = {}
    for entry in entries:
        try:
            entry.request.targets(models_dir)
        except ValueError:
            continue
        state = entry.state
        if state not in {DownloadState.DONE, DownloadState.FAILED}:
            state = DownloadState.PAUSED
        kept[entry.request.model_id] = DownloadStatus(entry.request, state, None, entry.failure)
    return tuple(kept.values())


def save_downloads(path: Path, statuses: Iterable[DownloadStatus]) -> None:
    """Put these in place of the file; raises `StoreError`."""
    entries = [_Entry(status.request, status.state, status.failure) for status in statuses]
    write_atomically(path, msgspec.json.format(msgspec.json.encode(entries), indent=2) + b"\n")
