"""The engine's cache on disk as files: what they belong to, what they take, and how they go.

One flat folder, private to its owner. Each entry is one file, whose name says what it belongs to:

    picture-<sha256 of the picture>-<key>        what the vision encoder made of it
    conversation-<identity of the model>-<key>   an attention cache
    incoming-<random>                            an entry that is being written
    epoch                                        another word after conversations were deleted

Several processes share the folder, so any file may vanish at any moment. What was begun in one
epoch is not written in a later one: else a deleted conversation could come back from memory.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_EPOCH = "epoch"
_LEFTOVER_AGE_S = 600  # an `incoming` file older than this belongs to nobody alive


class Kind(StrEnum):
    """What an entry is: the first word of its name."""

    PICTURE = "picture"
    CONVERSATION = "conversation"
    INCOMING = "incoming"


class CacheFile(Struct, frozen=True):
    """One entry; `used_at` is when it was last written or read, in seconds since 1970."""

    path: Path
    kind: Kind
    size_bytes: int
    used_at: float


def cache_files(folder: Path) -> list[CacheFile]:
    """All entries; empty where there is no cache."""
    found = []
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            kind = path.name.partition("-")[0]
            with contextlib.suppress(OSError, ValueError):
                status = path.stat()
                found.append(CacheFile(path, Kind(kind), status.st_size, status.st_mtime))
    return found


def used_bytes(folder: Path) -> int:
    """What all entries take."""
    return sum(file.size_bytes for file in cache_files(folder))


def make_folder(folder: Path) -> None:
    """Make the folder, for its owner only; raises `OSError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def epoch(folder: Path) -> str:
    """The present one; empty before the first deletion."""
    try:
        return (folder / _EPOCH).read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


def forget_all(folder: Path) -> None:
    """Delete every entry; raises `OSError` when one cannot be deleted."""
    with _in_new_epoch(folder):
        _delete(cache_files(folder))


def forget_conversations(folder: Path) -> None:
    """Delete all attention caches; raises `OSError` when one cannot be deleted."""
    with _in_new_epoch(folder):
        _delete(file for file in cache_files(folder) if file.kind is Kind.CONVERSATION)


def forget_pictures(folder: Path, sha256s: Collection[str]) -> None:
    """Delete what was made of these pictures; raises `OSError` when a file cannot be deleted.

    Call it when the pictures themselves are gone: then no more is written of them.
    """
    _delete(
        file
        for file in cache_files(folder)
        if file.kind is Kind.PICTURE and file.path.name.split("-")[1] in sha256s
    )


def trim(folder: Path, budget_bytes: int) -> None:
    """Delete what was used longest ago until the rest fits the budget, and old leftovers."""
    files = sorted(cache_files(folder), key=lambda file: file.used_at)
    too_old = time.time() - _LEFTOVER_AGE_S
    left = sum(file.size_bytes for file in files)
    for file in files:
        is_writing = file.kind is Kind.INCOMING and file.used_at > too_old
        if not is_writing and (file.kind is Kind.INCOMING or left > budget_bytes):
            left -= file.size_bytes
            with contextlib.suppress(OSError):
                file.path.unlink()


def _delete(files: Iterable[CacheFile]) -> None:
    problem: OSError | None = None
    for file in files:
        try:
            file.path.unlink(missing_ok=True)
        except OSError as error:
            problem = error
    if problem is not None:
        raise problem


@contextlib.contextmanager
def _in_new_epoch(folder: Path) -> Iterator[None]:
    """Begin one before a deletion, so that what is being written now does not outlive it.

    On a full disk that may only work after the deletion, which is not to wait for it.
    """
    is_begun = False
    with contextlib.suppress(OSError):
        _begin_epoch(folder)
        is_begun = True
    yield
    if not is_begun:
        _begin_epoch(folder)


def _begin_epoch(folder: Path) -> None:
    make_folder(folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(folder / _EPOCH, flags, 0o600), "wb") as file:
        file.write(secrets.token_hex(8).encode())
