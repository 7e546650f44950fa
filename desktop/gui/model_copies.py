"""Adding models of this computer: copies, links and references, made off the main thread."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.gui.jobs import run_job
from desktop.store.download import DownloadRequest
from desktop.store.download_list import DownloadState, DownloadStatus
from desktop.store.progress import ProgressMeter
from desktop.store.stopping import StopFlag, StoppedError

if TYPE_CHECKING:
    from desktop.core.errors import GroundglassError
    from desktop.store.local_models import Candidate, Keep, LocalModel, LocalModels
    from desktop.store.progress import DownloadProgress

_PREFIX = "adding:"


class ModelCopies(QObject):
    """Main thread. `running` holds a name and a status like a download's, by key."""

    changed = Signal()  # one came or went
    progressed = Signal(object)  # key
    added = Signal(object)  # key of the model as it is known from now on
    failed = Signal(object)  # GroundglassError
    _heard = Signal(str, object)

    def __init__(self, local: LocalModels, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._local = local
        self._stops: dict[str, StopFlag] = {}
        self._count = 0
        self.running: dict[str, tuple[str, DownloadStatus]] = {}
        self._heard.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def add(self, candidate: Candidate, keep: Keep) -> None:
        """Begin; `added` or `failed` follows, or neither if it is stopped."""
        self._count += 1
        key = f"{_PREFIX}{self._count}"
        stop = self._stops[key] = StopFlag()
        self.running[key] = (candidate.name, _status(key, None))
        self.changed.emit()
        meter = ProgressMeter(
            candidate.size_bytes,
            functools.partial(self._heard.emit, key),
            time.monotonic,
        )

        def tell(done_bytes: int, _total_bytes: int) -> None:
            meter.tell(done_bytes, candidate.model_path.name)

        def work() -> LocalModel | None:
            try:
                return self._local.add(candidate, keep, stop, tell)
            except StoppedError:
                return None

        run_job(
            work,
            functools.partial(self._finish, key),
            functools.partial(self._fail, key),
            owner=self,
        )

    def stop(self, key: str) -> bool:
        """Give one up, nothing of it is left; False if there is none of this key."""
        if key not in self._stops:
            return False
        self._stops[key].stop()
        return True

    def close(self) -> None:
        """Give all of them up."""
        for stop in self._stops.values():
            stop.stop()

    @Slot(str, object)
    def _take(self, key: str, progress: DownloadProgress) -> None:
        if key in self.running:
            self.running[key] = (self.running[key][0], _status(key, progress))
            self.progressed.emit(key)

    def _finish(self, key: str, local: LocalModel | None) -> None:
        self._forget(key)
        if local is not None:
            self.added.emit(local.id)

    def _fail(self, key: str, error: GroundglassError) -> None:
        self._forget(key)
        self.failed.emit(error)

    def _forget(self, key: str) -> None:
        del self._stops[key], self.running[key]
        self.changed.emit()


def _status(key: str, progress: DownloadProgress | None) -> DownloadStatus:
    return DownloadStatus(DownloadRequest(key, key, (), ()), DownloadState.RUNNING, progress)
