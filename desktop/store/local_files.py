"""Copies of, and links to, a model's files: made in a folder of their own, named when whole.

<folder>/.adding-<process>-<random>/<files>    while it is made; what a killed process left is
                                               removed by the next one
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from desktop.core.errors import ErrorCode, ModelError, StoreError
from desktop.store.files import PRIVATE_FOLDER, store_error
from desktop.store.machine import disk_need, free_disk_bytes
from desktop.store.part_file import size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from io import FileIO
    from types import TracebackType

    from desktop.store.stopping import StopFlag

_PREFIX = ".adding-"
_PIECE_BYTES = 4 << 20
_TELL_INTERVAL_S = 0.1


class Placing:
    """Files in a temporary folder, which the end of the context deletes unless `settle` came."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def settle(self, target: Path) -> None:
        """Give the folder its name; raises `StoreError`."""
        try:
            self._folder.replace(target)
        except OSError as error:
            raise store_error(error, target) from error
        sync_folder(target.parent)

    def __enter__(self) -> Placing:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _delete_tree(self._folder)


def place_files(
    folder: Path,
    targets: Sequence[tuple[Path, str]],
    *,
    is_link: bool,
    size_bytes: int,
    stop: StopFlag,
    on_progress: Callable[[int, int], None],
) -> Placing:
    """Copy or link files into a new temporary folder inside `folder`.

    Args:
        folder: Made if it is not there.
        targets: Each file and its relative path, with `/`.
        is_link: Links, without progress: a hard one where possible, else a symbolic one.
        size_bytes: Of all files together; room for copies is asked for first, with 5 % to spare.
        stop: Ends it.
        on_progress: Gets bytes done and in all, at most ten times a second.

    Raises:
        ModelError: A file is gone or cannot be read, or changed meanwhile.
        StoreError: No room, or the disk refuses; LINK_REFUSED where no link can be made.
        StoppedError: `stop` was raised. Nothing is left behind.
    """
    if not is_link:
        _check_room(folder, size_bytes)
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        _sweep(folder)
        made = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=folder))
    except OSError as error:
        raise store_error(error, folder) from error
    try:
        told = _Teller(size_bytes, on_progress)
        for source, name in targets:
            stop.check()
            target = made.joinpath(*name.split("/"))
            if is_link:
                _link(source, target)
            else:
                _copy(source, target, stop, told)
        told.end()
        sync_folder(made)
    except BaseException:
        _delete_tree(made)
        raise
    return Placing(made)


def remove_placed(folder: Path, files: Iterable[Path]) -> None:
    """Delete these files of the folder, and the folders that are empty then.

    What is not inside the folder, and what somebody else put there, stays. Raises `StoreError`.
    """
    for path in files:
        if not path.is_relative_to(folder):
            continue
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise store_error(error, path) from error
        parent = path.parent
        with contextlib.suppress(OSError):  # not empty yet
            while parent.is_relative_to(folder):
                parent.rmdir()
                parent = parent.parent


def sync_folder(folder: Path) -> None:
    """Make new names survive a power failure, where folders can be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _Teller:
    """Adds up bytes, and tells them now and then."""

    def __init__(self, total: int, listener: Callable[[int, int], None]) -> None:
        self._total = total
        self._done = 0
        self._listener = listener
        self._told_at = float("-inf")

    def add(self, count: int) -> None:
        self._done += count
        now = time.monotonic()
        if now - self._told_at >= _TELL_INTERVAL_S:
            self._told_at = now
            self._listener(min(self._done, self._total), self._total)

    def end(self) -> None:
        self._listener(self._total, self._total)


def _check_room(folder: Path, size_bytes: int) -> None:
    needed, available = disk_need(size_bytes), free_disk_bytes(folder)
    if needed > available:
        raise StoreError(
            f"The disk has not enough room for a copy: {size_text(needed)} needed, "
            f"{size_text(available)} free. Make room, or keep the model where it is.",
            ErrorCode.DISK_FULL,
            needed=size_text(needed),
            available=size_text(available),
        )


def _copy(source: Path, target: Path, stop: StopFlag, told: _Teller) -> None:
    try:
        reader = source.open("rb", buffering=0)
    except OSError as error:
        raise _unreadable(source) from error
    with reader:
        expected = os.fstat(reader.fileno()).st_size
        try:
            target.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            with target.open("xb", buffering=0) as writer:
                done = _pump(reader, writer, expected, stop, told)
                os.fsync(writer.fileno())
        except OSError as error:
            raise store_error(error, target) from error
    if done != expected:
        raise ModelError(
            f"“{source.name}” changed while it was copied. Try again when no other program writes "
            "it.",
            ErrorCode.MODEL_UNREADABLE,
            name=source.name,
        )


def _pump(reader: FileIO, writer: FileIO, expected: int, stop: StopFlag, told: _Teller) -> int:
    """Copy until the end, or past `expected` bytes: a file that grows has no end."""
    done = 0
    while done <= expected:
        stop.check()
        piece = _read(reader)
        if not piece:
            break
        view = memoryview(piece)
        while view:
            view = view[write(writer.fileno(), view) :]
        done += len(piece)
        told.add(len(piece))
    return done


def _read(reader: FileIO) -> bytes:
    try:
        return reader.read(_PIECE_BYTES) or b""
    except OSError as error:
        raise _unreadable(Path(str(reader.name))) from error


def write(descriptor: int, view: memoryview) -> int:
    """The write edge, for tests to fill the disk at."""
    return os.write(descriptor, view)


def _link(source: Path, target: Path) -> None:
    # The file itself, since a link's own place may be turned to another file later.
    source = Path(os.path.realpath(source))
    try:
        target.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        try:
            target.hardlink_to(source)
        except OSError:
            target.symlink_to(source)
    except OSError as error:
        raise StoreError(
            f"No link to “{source.name}” can be made here. Copy the model, or keep it where it is.",
            ErrorCode.LINK_REFUSED,
            name=source.name,
            folder=str(source.parent),
        ) from error


def _unreadable(path: Path) -> ModelError:
    return ModelError(
        f"The model file “{path.name}” cannot be read.", ErrorCode.MODEL_UNREADABLE, name=path.name
    )


def _sweep(folder: Path) -> None:
    """Remove what killed processes left."""
    for path in folder.glob(f"{_PREFIX}*"):
        number = path.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            _delete_tree(path)


def _delete_tree(folder: Path) -> None:
    """Delete; links are deleted, not followed."""
    shutil.rmtree(folder, ignore_errors=True)
