"""The list of local models on disk: read by any process, changed by one at a time."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

import msgspec

from desktop.store.files import PRIVATE_FOLDER, store_error, write_atomically

try:
    import fcntl
except ImportError:  # Windows: the last of two processes that change the list at once wins
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Entry(msgspec.Struct, frozen=True):
    """One model as the list holds it; paths of copies and links are relative to their folder."""

    id: str
    name: str
    engine: str
    model: str
    projector: str | None
    origin: str
    keep: str
    size_bytes: int
    files: list[str]
    sources: list[str]


def read_entries(path: Path) -> tuple[Entry, ...]:
    """What the list holds; a damaged list is moved aside and gives nothing. Never raises.

    An entry that cannot be understood, as another version may write it, is passed over.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return ()
    try:
        rows = json.loads(data)
        if not isinstance(rows, list):
            raise TypeError("no JSON list")
    except (ValueError, TypeError, RecursionError):
        with contextlib.suppress(OSError):
            path.replace(path.with_name(f"{path.name}.damaged"))
        return ()
    entries = {}
    for row in rows:
        with contextlib.suppress(ValueError):
            entry = msgspec.convert(row, Entry)
            entries[entry.id] = entry
    return tuple(entries.values())


def write_entries(path: Path, entries: Iterable[Entry]) -> None:
    """Put these in place of the list; raises `StoreError`."""
    rows = [msgspec.to_builtins(entry) for entry in entries]
    # Escaped throughout, since paths may hold bytes that are no UTF-8 (as surrogates).
    write_atomically(path, json.dumps(rows, indent=2, ensure_ascii=True).encode() + b"\n")


def signature(path: Path) -> object:
    """Changes whenever the list does; None where there is no list."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from changing the list meanwhile; raises `StoreError`."""
    lock = path.with_name(f"{path.name}.lock")
    try:
        lock.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise store_error(error, path) from error
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
