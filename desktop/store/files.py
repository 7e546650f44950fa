"""Small files written whole or not at all, and the disk's refusals as sentences."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from desktop.core.errors import ErrorCode, StoreError

PRIVATE_FOLDER = 0o700

_FULL = frozenset(
    number
    for name in ("ENOSPC", "EDQUOT", "EFBIG")
    if (number := getattr(errno, name, None)) is not None
)


def store_error(error: OSError, path: Path) -> StoreError:
    """What to raise for a file that could not be written."""
    if is_full(error):
        return disk_full(path)
    return unwritable(path)


def is_full(error: OSError) -> bool:
    """Whether the disk, or the person's share of it, has no room."""
    return error.errno in _FULL


def disk_full(path: Path) -> StoreError:
    """The error for a disk without room for `path`."""
    return StoreError(
        f"The disk is full: “{path.name}” could not be saved. Make room and try again.",
        ErrorCode.DISK_FULL,
        name=path.name,
        folder=str(path.parent),
    )


def unwritable(path: Path) -> StoreError:
    """The error for a file that may not be written."""
    return StoreError(
        f"“{path.name}” cannot be written in “{path.parent}”. Check the folder's permissions.",
        ErrorCode.STORE_UNWRITABLE,
        name=path.name,
        folder=str(path.parent),
    )


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` in place of the file, readable by its owner only; raises `StoreError`.

    A reader, or a machine that stops in the middle, finds the old file or the new one. A link is
    kept and what it points to replaced.
    """
    path = Path(os.path.realpath(path))
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise store_error(error, path) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise store_error(error, path) from error
