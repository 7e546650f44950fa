"""Pausing a download that another process runs.

<models>/.running/<folder>          who downloads into <folder>: process and when it began
                  <folder>.pause    asks it to stop; it looks a few times a second
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING

import msgspec
import psutil

from desktop.core.errors import DownloadError, ErrorCode, StoreError
from desktop.store.files import PRIVATE_FOLDER, store_error, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop.store.stopping import StopFlag

_RUNNING = ".running"
_LOOK_INTERVAL_S = 0.25
_PATIENCE_S = 20.0  # longer than a cut connection and the last write take


class _Runner(msgspec.Struct, frozen=True):
    """A process; its number alone may be another's later."""

    pid: int
    began: float


@contextlib.contextmanager
def pausable(models_dir: Path, folder: str, stop: StopFlag) -> Iterator[None]:
    """Raise `stop` when another process asks to pause the download into `folder`.

    Inside another of the same download nothing changes. Where the disk takes no mark, or another
    process downloads the same, nobody else can pause this one.
    """
    mark, request = _paths(models_dir, folder)
    if _runner(mark) is not None or not _set(mark, request):
        yield
        return
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(request, stop, done), name="pause", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        _remove(mark, request)


def is_running(models_dir: Path, folder: str) -> bool:
    """Whether a living process, perhaps this one, downloads into `folder`."""
    return _runner(_paths(models_dir, folder)[0]) is not None


def forget_runner(models_dir: Path, folder: str) -> None:
    """Remove what a killed process left of its mark; never raises."""
    mark, request = _paths(models_dir, folder)
    if _runner(mark) is None:
        _remove(mark, request)


def pause_elsewhere(models_dir: Path, folder: str, patience_s: float = _PATIENCE_S) -> bool:
    """Pause the download into `folder` and wait until it has stopped; False if none runs.

    Raises:
        DownloadError: DOWNLOAD_BUSY when it does not stop.
        StoreError: The disk refuses to hold the request.
    """
    mark, request = _paths(models_dir, folder)
    runner = _runner(mark)
    if runner is None:
        return False
    try:
        request.touch(mode=0o600)
    except FileNotFoundError:  # it has ended, and taken the folder away
        return False
    except OSError as error:
        raise store_error(error, request) from error
    give_up = time.monotonic() + patience_s
    while _runner(mark) == runner:
        if time.monotonic() >= give_up:
            with contextlib.suppress(OSError):
                request.unlink(missing_ok=True)
            raise DownloadError(
                "The Groundglass that downloads this model does not answer. Quit it, then try "
                "again.",
                ErrorCode.DOWNLOAD_BUSY,
            )
        time.sleep(_LOOK_INTERVAL_S / 5)
    with contextlib.suppress(OSError):  # it may have ended just before it was asked
        request.unlink(missing_ok=True)
    return True


def _watch(request: Path, stop: StopFlag, done: threading.Event) -> None:
    while not done.wait(_LOOK_INTERVAL_S):
        if request.exists():
            stop.stop()
            return


def _paths(models_dir: Path, folder: str) -> tuple[Path, Path]:
    name = folder.replace("/", "~")
    running = models_dir / _RUNNING
    return running / name, running / f"{name}.pause"


def _set(mark: Path, request: Path) -> bool:
    own = _Runner(os.getpid(), psutil.Process().create_time())
    try:
        mark.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        request.unlink(missing_ok=True)  # for one that was killed
        write_atomically(mark, msgspec.json.encode(own))
    except (OSError, StoreError):
        return False
    return True


def _remove(mark: Path, request: Path) -> None:
    for path in (request, mark):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # others are running
        mark.parent.rmdir()


def _runner(mark: Path) -> _Runner | None:
    """The living process that set the mark."""
    try:
        runner = msgspec.json.decode(mark.read_bytes(), type=_Runner)
        began = float(psutil.Process(runner.pid).create_time())
    except (OSError, ValueError, psutil.Error):
        return None
    return runner if abs(began - runner.began) < 1.0 else None
