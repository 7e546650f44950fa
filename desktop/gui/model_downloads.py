"""The download manager for the main thread: its changes as signals, its finished models noted."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.core.errors import GroundglassError, StoreError
from desktop.store.download import Downloader
from desktop.store.download_list import DownloadFailure, DownloadState, DownloadStatus
from desktop.store.download_manager import DownloadManager
from desktop.store.files import write_atomically
from desktop.store.installed import note_installed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop.store.download import DownloadRequest
    from desktop.store.hubs import Hub
    from desktop.store.network import Network

_LEAST_TO_MEASURE = 1 << 20  # bytes received before a speed is worth remembering


class ModelDownloads(QObject):
    """Main thread, apart from `remove`. `statuses` holds what is not done yet, by key.

    A model is noted as installed before its download is told as done.
    """

    changed = Signal(object, bool)  # a DownloadStatus; whether its state is a new one
    failed = Signal(object)  # GroundglassError
    _heard = Signal(object)

    def __init__(
        self,
        network: Network,
        hubs: Callable[[], tuple[Hub, ...]],
        models_dir: Path,
        list_file: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._models_dir = models_dir
        self._speed_file = list_file.with_name("download-speed.json")
        self._is_closed = False
        self._doomed: dict[str, Callable[[], None]] = {}
        self.bytes_per_second = _read_speed(self._speed_file)
        self._begun: dict[str, int] = {}  # bytes that were there when a download started
        self._heard.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._manager = DownloadManager(
            lambda: Downloader(network, hubs(), models_dir), models_dir, list_file, self._hear
        )
        self.statuses: dict[str, DownloadStatus] = {}
        for status in self._manager.statuses():
            self._recover(status)

    def get(self, request: DownloadRequest) -> None:
        """Queue it, or go on with it."""
        try:
            self._manager.add(request)
        except StoreError as error:
            self.failed.emit(error)

    def pause(self, key: str) -> None:
        """Stop it and keep what came."""
        self._manager.pause(key)

    def remove(self, key: str, delete: Callable[[], None]) -> None:
        """Give it up and delete what there is of it. Any thread; raises `StoreError`.

        A running one is deleted once it has stopped; `delete` deletes the model as a whole.
        """
        running = {
            status.request.model_id
            for status in self._manager.statuses()
            if status.state is DownloadState.RUNNING
        }
        if key in running:
            self._doomed[key] = delete
            self._manager.remove(key)
            return
        self._manager.remove(key)
        delete()

    def is_done(self, status: DownloadStatus) -> bool:
        """Whether this tells the end of a download that went well."""
        return status.state is DownloadState.DONE

    def close(self) -> None:
        """Pause all and wait for them."""
        self._is_closed = True
        self._manager.close()

    # --- inside -----------------------------------------------------------------------------------

    def _recover(self, status: DownloadStatus) -> None:
        """Take over what an earlier run left; a kill may have come just before the note."""
        if status.state is not DownloadState.DONE:
            self.statuses[status.request.model_id] = status
            return
        targets = zip(status.request.targets(self._models_dir), status.request.files, strict=True)
        with contextlib.suppress(OSError, StoreError):
            if all(target.stat().st_size == file.size_bytes for target, file in targets):
                note_installed(self._models_dir, status.request)
        self._manager.forget(status.request.model_id)

    def _hear(self, status: DownloadStatus) -> None:
        """The manager's listener: any thread, also this one, as deep as in `add`."""
        key = status.request.model_id
        try:
            if status.state is DownloadState.DONE:
                note_installed(self._models_dir, status.request)
            elif status.state is DownloadState.REMOVED and key in self._doomed:
                self._doomed.pop(key)()
        except GroundglassError as error:
            failure = DownloadFailure(error.message, error.code, error.details)
            status = replace(status, state=DownloadState.FAILED, failure=failure)
        if not self._is_closed:
            self._heard.emit(status)

    @Slot(object)
    def _take(self, status: DownloadStatus) -> None:
        key = status.request.model_id
        before = self.statuses.get(key)
        if status.progress is None and before is not None and before.progress is not None:
            status = replace(status, progress=before.progress)
        if status.state in {DownloadState.REMOVED, DownloadState.DONE}:
            self.statuses.pop(key, None)
        else:
            self.statuses[key] = status
        self._measure(status)
        if status.state is DownloadState.DONE:
            self._manager.forget(key)
        if status.state is not DownloadState.REMOVED or before is not None:
            is_new = before is None or before.state is not status.state
            self.changed.emit(status, is_new or status.state is DownloadState.DONE)

    def _measure(self, status: DownloadStatus) -> None:
        """Remember the speed of what really came over the network."""
        key, progress = status.request.model_id, status.progress
        if status.state is DownloadState.RUNNING:
            if progress is None or progress.is_checking:
                self._begun.pop(key, None)
                return
            begun = self._begun.setdefault(key, progress.done_bytes)
            if progress.bytes_per_second > 0 and progress.done_bytes - begun > _LEAST_TO_MEASURE:
                self.bytes_per_second = progress.bytes_per_second
        elif self._begun.pop(key, None) is not None and self.bytes_per_second is not None:
            with contextlib.suppress(StoreError):  # worth no words: it is measured again
                write_atomically(self._speed_file, msgspec.json.encode(self.bytes_per_second))


def _read_speed(path: Path) -> float | None:
    try:
        speed = msgspec.json.decode(path.read_bytes(), type=float)
    except (OSError, ValueError):
        return None
    return speed if 0 < speed < 1e12 else None
