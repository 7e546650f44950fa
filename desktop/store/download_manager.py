"""All downloads: a queue, two at a time, with pause, resume and remove."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core.errors import GroundglassError, StoreError
from desktop.store.download import remove_download
from desktop.store.download_list import (
    DownloadFailure,
    DownloadState,
    DownloadStatus,
    load_downloads,
    save_downloads,
)
from desktop.store.part_file import state_paths
from desktop.store.progress import DownloadProgress
from desktop.store.stopping import StopFlag, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop.store.download import Downloader, DownloadRequest

AT_ONCE = 2


class DownloadManager:
    """Any thread may use it; downloads run in threads of their own.

    The listener gets every change, in the thread that made it, never under a lock of ours. It
    should hand over and return. Downloads of an earlier process come back paused, with what is on
    the disk as their progress.

    Args:
        make_downloader: Called for each start, since settings (sources, token) may have changed.
        models_dir: Where models are; the downloader's folder.
        list_file: Where the list is kept.
        listener: Gets each `DownloadStatus`.
        at_once: How many run at a time.
    """

    def __init__(
        self,
        make_downloader: Callable[[], Downloader],
        models_dir: Path,
        list_file: Path,
        listener: Callable[[DownloadStatus], None] = lambda _status: None,
        at_once: int = AT_ONCE,
    ) -> None:
        self._make_downloader = make_downloader
        self._models_dir = models_dir
        self._list_file = list_file
        self._listener = listener
        self._at_once = at_once
        self._lock = threading.RLock()
        self._statuses = {
            status.request.model_id: replace(status, progress=_kept(status.request, models_dir))
            for status in load_downloads(list_file, models_dir)
        }
        self._stops: dict[str, StopFlag] = {}
        self._threads: set[threading.Thread] = set()
        self._doomed: set[str] = set()
        self._again: set[str] = set()
        self._is_closed = False

    def statuses(self) -> tuple[DownloadStatus, ...]:
        """All downloads, oldest first."""
        with self._lock:
            return tuple(self._statuses.values())

    def add(self, request: DownloadRequest) -> None:
        """Queue a model; one that is there already is resumed as `resume` does.

        Raises:
            ValueError: A name in the request would leave the models folder.
            StoreError: The list cannot be saved; nothing was queued.
        """
        request.targets(self._models_dir)
        with self._lock:
            known = self._statuses.get(request.model_id)
            if known is None:
                self._statuses[request.model_id] = DownloadStatus(request, DownloadState.QUEUED)
                try:
                    self._save()
                except StoreError:
                    del self._statuses[request.model_id]
                    raise
                known = self._statuses[request.model_id]
        if known.state is DownloadState.QUEUED:
            self._listener(known)
            self._start_next()
        else:
            self.resume(request.model_id)

    def resume(self, model_id: str) -> None:
        """Queue a paused, failed or finished download again; what is on disk is checked first."""
        with self._lock:
            status = self._statuses.get(model_id)
            if status is None or status.state is DownloadState.QUEUED or model_id in self._doomed:
                return
            stop = self._stops.get(model_id)
            if stop is not None:
                if stop.is_raised:
                    self._again.add(model_id)  # it is about to stop
                return
            changed = self._set(model_id, DownloadState.QUEUED)
        self._listener(changed)
        self._start_next()

    def pause(self, model_id: str) -> None:
        """Stop a download and keep what came; it says PAUSED once it has stopped."""
        with self._lock:
            self._again.discard(model_id)
            stop = self._stops.get(model_id)
            status = self._statuses.get(model_id)
            if stop is None:
                if status is None or status.state is not DownloadState.QUEUED:
                    return
                status = self._set(model_id, DownloadState.PAUSED)
        if stop is not None:
            stop.stop()
        elif status is not None:
            self._listener(status)

    def remove(self, model_id: str) -> None:
        """Stop a download and delete all its files, finished ones too; it says REMOVED at the end.

        Raises:
            StoreError: The disk refuses. For a running download this is reported as FAILED.
        """
        removed: DownloadStatus | None = None
        with self._lock:
            stop = self._stops.get(model_id)
            if stop is not None:
                self._doomed.add(model_id)
            elif model_id in self._statuses:
                removed = self._delete(model_id)
        if stop is not None:
            stop.stop()
        if removed is not None:
            self._listener(removed)

    def forget(self, model_id: str) -> None:
        """Drop a download that is not running from the list; its files stay."""
        with self._lock:
            if model_id in self._stops:
                return
            status = self._statuses.pop(model_id, None)
            self._save_quietly()
        if status is not None:
            self._listener(replace(status, state=DownloadState.REMOVED))

    def close(self, timeout_s: float = 5.0) -> None:
        """Pause everything and wait for the threads; nothing starts any more."""
        with self._lock:
            self._is_closed = True
            stops = tuple(self._stops.values())
            threads = tuple(self._threads)
        for stop in stops:
            stop.stop()
        for thread in threads:
            thread.join(timeout_s)

    def _start_next(self) -> None:
        while True:
            with self._lock:
                if self._is_closed or len(self._stops) >= self._at_once:
                    return
                model_id = next(
                    (
                        model_id
                        for model_id, status in self._statuses.items()
                        if status.state is DownloadState.QUEUED
                    ),
                    None,
                )
                if model_id is None:
                    return
                stop = self._stops[model_id] = StopFlag()
                changed = self._set(model_id, DownloadState.RUNNING)
                # A daemon, since a part outlives even a killed process.
                thread = threading.Thread(
                    target=self._work, args=(changed, stop), name="download", daemon=True
                )
                self._threads.add(thread)
                thread.start()

    def _work(self, begun: DownloadStatus, stop: StopFlag) -> None:
        model_id = begun.request.model_id
        self._listener(begun)
        state = DownloadState.FAILED
        failure: DownloadFailure | None = None
        try:
            self._download(model_id, stop)
            state = DownloadState.DONE
        except StoppedError:
            state = DownloadState.PAUSED
        except GroundglassError as error:
            failure = DownloadFailure(error.message, error.code, error.details)
        finally:
            self._end(model_id, state, failure)

    def _download(self, model_id: str, stop: StopFlag) -> None:
        downloader = self._make_downloader()
        with self._lock:
            request = self._statuses[model_id].request
        resolved = downloader.resolve(request, stop)
        if resolved != request:
            with self._lock:
                self._statuses[model_id] = replace(self._statuses[model_id], request=resolved)
                self._save_quietly()
        downloader.fetch(resolved, stop, lambda progress: self._progressed(model_id, progress))

    def _progressed(self, model_id: str, progress: DownloadProgress) -> None:
        with self._lock:
            status = replace(self._statuses[model_id], progress=progress)
            self._statuses[model_id] = status
        self._listener(status)

    def _end(self, model_id: str, state: DownloadState, failure: DownloadFailure | None) -> None:
        with self._lock:
            del self._stops[model_id]
            is_doomed = model_id in self._doomed
            if model_id in self._again and state is DownloadState.PAUSED:
                state = DownloadState.QUEUED
            self._doomed.discard(model_id)
            self._again.discard(model_id)
            if is_doomed:
                changed = self._delete_or_fail(model_id)
            else:
                changed = self._set(model_id, state, failure)
                if state in {DownloadState.PAUSED, DownloadState.FAILED}:
                    changed = self._with_what_is_kept(changed)
        self._listener(changed)
        self._start_next()
        with self._lock:
            self._threads.discard(threading.current_thread())

    def _with_what_is_kept(self, status: DownloadStatus) -> DownloadStatus:
        """The same with its exact progress: not every byte was told."""
        progress = _kept(status.request, self._models_dir) or status.progress
        status = self._statuses[status.request.model_id] = replace(status, progress=progress)
        return status

    def _delete_or_fail(self, model_id: str) -> DownloadStatus:
        try:
            return self._delete(model_id)
        except StoreError as error:
            failure = DownloadFailure(error.message, error.code, error.details)
            return self._set(model_id, DownloadState.FAILED, failure)

    def _delete(self, model_id: str) -> DownloadStatus:
        status = self._statuses[model_id]
        remove_download(self._models_dir, status.request)
        del self._statuses[model_id]
        self._save_quietly()
        return replace(status, state=DownloadState.REMOVED, progress=None, failure=None)

    def _set(
        self, model_id: str, state: DownloadState, failure: DownloadFailure | None = None
    ) -> DownloadStatus:
        status = replace(self._statuses[model_id], state=state, failure=failure)
        self._statuses[model_id] = status
        self._save_quietly()
        return status

    def _save(self) -> None:
        save_downloads(self._list_file, self._statuses.values())

    def _save_quietly(self) -> None:
        """Save; a list that cannot be saved stops no download, since parts resume without it."""
        with contextlib.suppress(StoreError):
            self._save()


def _kept(request: DownloadRequest, models_dir: Path) -> DownloadProgress | None:
    """What there is of a download on the disk; None where its size is not known yet."""
    sizes = [file.size_bytes for file in request.files if file.size_bytes is not None]
    if not sizes or len(sizes) < len(request.files):
        return None
    done = sum(
        min(size, max(_size(target), _size(state_paths(target)[0])))
        for target, size in zip(request.targets(models_dir), sizes, strict=True)
    )
    return DownloadProgress(done, sum(sizes), 0.0, None, request.files[0].path)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
