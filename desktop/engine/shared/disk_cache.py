"""Bytes by name on the disk, within a budget: what an engine can also compute again.

Whatever is wrong with the disk or with a file, the answer is "not there": an entry whose checksum
does not fit is deleted and never reaches native code, which may abort the process on bad bytes.

Entries are written by a thread of their own, and only when nobody waits for a first word. A file is
complete or absent: it is written under another name and renamed. It need not survive a power cut.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import struct
import threading
import time
import zlib
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from desktop.core import cache_files, paths
from desktop.core.cache_files import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from desktop.core.types import EngineOptions

log = logging.getLogger(__name__)

_MAGIC = b"ggcache\x01"
_START = struct.Struct("<8sIQI")  # magic, bytes of the header, bytes of the data, its CRC-32
_CHECK = struct.Struct("<I")  # CRC-32 of all before it; the data follows
_MOST_HEADER = 64 << 20
SPARE_BYTES = 1 << 30
"""A cache leaves so much room on the disk for things that matter more."""


class Stored(Struct, frozen=True):
    """An entry as it was written."""

    header: bytes
    data: memoryview


class _Writing(Struct, frozen=True):
    """An entry that waits to be written; see `DiskCache.put`."""

    name: str
    header: bytes
    parts: tuple[memoryview, ...]
    epoch: str
    source: Path | None

    @property
    def size_bytes(self) -> int:
        return len(self.header) + sum(part.nbytes for part in self.parts)


class _DamagedError(Exception):
    """A file that is no entry of this version, or no whole one."""


class DiskCache:
    """Shared by all processes of this person; one thread uses one instance."""

    def __init__(self, folder: Path, budget_bytes: int, *, spare_bytes: int = SPARE_BYTES) -> None:
        self.budget_bytes = budget_bytes
        self._folder = folder
        self._spare_bytes = spare_bytes
        self._epoch = cache_files.epoch(folder)
        self._queue: deque[_Writing] = deque()
        self._changed = threading.Condition()
        self._is_released = self._is_closed = self._is_writing = False
        self._thread: threading.Thread | None = None
        cache_files.trim(folder, budget_bytes)
        _alive.add(self)

    # --- reading ----------------------------------------------------------------------------------

    def read(self, name: str) -> Stored | None:
        """An entry, whole and checked; None when it is not there."""
        path = self._folder / name
        try:
            with path.open("rb") as file:
                header, size, check = _read_header(file)
                data = memoryview(bytearray(size))
                if file.readinto(data) != size or zlib.crc32(data) != check:
                    raise _DamagedError
            os.utime(path)
        except _DamagedError:
            log.warning("an entry of the cache was damaged; it is dropped")
            self.drop(name)
            return None
        except (OSError, MemoryError):
            return None
        return Stored(header, data)

    def headers(self, beginning: str) -> Iterator[tuple[str, bytes]]:
        """Names that begin like this, with the headers of their entries; the data is not read."""
        for found in cache_files.cache_files(self._folder):
            if not found.path.name.startswith(beginning):
                continue
            try:
                with found.path.open("rb") as file:
                    header = _read_header(file)[0]
            except _DamagedError:
                self.drop(found.path.name)
            except OSError:
                pass
            else:
                yield found.path.name, header

    def drop(self, name: str) -> None:
        """Delete an entry, if it is there or waits to be written."""
        with self._changed:
            self._queue = deque(one for one in self._queue if one.name != name)
        with contextlib.suppress(OSError):
            (self._folder / name).unlink()

    # --- writing ----------------------------------------------------------------------------------

    @property
    def epoch(self) -> str:
        """In which the present request began."""
        return self._epoch

    def begin(self) -> None:
        """A request begins: from now on nothing is written until `release`."""
        with self._changed:
            self._is_released = False
        self._epoch = cache_files.epoch(self._folder)

    def release(self) -> None:
        """Nobody waits for a first word any more: what was put is written now."""
        with self._changed:
            self._is_released = True
            self._changed.notify_all()

    def put(
        self,
        name: str,
        header: bytes,
        parts: Sequence[memoryview],
        *,
        epoch: str | None = None,
        source: Path | None = None,
    ) -> None:
        """Write an entry later, unless what it was made from is deleted until then.

        `parts` are its data, one after the other; they must not change any more. What does not fit
        the budget is not written. `epoch` is that of the work that made the entry, by default the
        present request's; `source` is a file without which the entry is not wanted.
        """
        views = tuple(part.cast("B") for part in parts)
        writing = _Writing(name, header, views, self._epoch if epoch is None else epoch, source)
        with self._changed:
            waiting = sum(one.size_bytes for one in self._queue)
            if self._is_closed or waiting + writing.size_bytes > self.budget_bytes:
                return
            self._queue.append(writing)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def finish(self, timeout_s: float) -> bool:
        """Write what waits, for at most so long; whether all was written."""
        self.release()
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._queue and not self._is_writing, timeout_s
            )

    def close(self) -> None:
        """Take no more; what waits is still written."""
        with self._changed:
            self._is_released = self._is_closed = True
            self._changed.notify_all()
            if self._thread is None:
                _alive.discard(self)

    def _write_all(self) -> None:
        while True:
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()
                self._changed.wait_for(
                    lambda: self._is_closed or (self._is_released and bool(self._queue))
                )
                if not self._queue:
                    _alive.discard(self)
                    return
                writing = self._queue.popleft()
                self._is_writing = True
            try:
                self._write(writing)
            except OSError as error:
                log.warning("nothing was put into the cache: error %s", error.errno)

    def _write(self, writing: _Writing) -> None:
        cache_files.make_folder(self._folder)
        is_tight = shutil.disk_usage(self._folder).free < writing.size_bytes + self._spare_bytes
        if is_tight or not self._is_wanted(writing):
            return
        path = self._folder / writing.name
        incoming = self._folder / f"{Kind.INCOMING}-{secrets.token_hex(8)}"
        try:
            _write_file(incoming, writing)
            incoming.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                incoming.unlink()
            raise
        if not self._is_wanted(writing):
            self.drop(writing.name)
        cache_files.trim(self._folder, self.budget_bytes)

    def _is_wanted(self, writing: _Writing) -> bool:
        is_there = writing.source is None or writing.source.exists()
        return is_there and cache_files.epoch(self._folder) == writing.epoch


_alive: set[DiskCache] = set()  # those that may still have something to write


def open_disk_cache(options: EngineOptions) -> DiskCache | None:
    """The cache as these options want it, without what they do not want; None for no cache."""
    folder = paths.engine_cache_dir()
    with contextlib.suppress(OSError):
        kinds = {file.kind for file in cache_files.cache_files(folder)}
        if not options.disk_cache_bytes and kinds:
            cache_files.forget_all(folder)
        elif not options.keeps_conversations and Kind.CONVERSATION in kinds:
            cache_files.forget_conversations(folder)
    return DiskCache(folder, options.disk_cache_bytes) if options.disk_cache_bytes else None


def finish_writes(timeout_s: float) -> None:
    """Let all caches of this process write what they have, for at most so long in all."""
    until = time.monotonic() + timeout_s
    for cache in tuple(_alive):
        cache.finish(max(0.0, until - time.monotonic()))


def _read_header(file: BinaryIO) -> tuple[bytes, int, int]:
    """The header, the bytes of the data and their checksum; raises `_DamagedError`, `OSError`."""
    start = file.read(_START.size)
    if len(start) != _START.size:
        raise _DamagedError
    magic, header_size, size, check = _START.unpack(start)
    whole = _START.size + header_size + _CHECK.size + size
    if magic != _MAGIC or header_size > _MOST_HEADER or os.fstat(file.fileno()).st_size != whole:
        raise _DamagedError
    header = file.read(header_size)
    found = file.read(_CHECK.size)
    if len(found) != _CHECK.size or _CHECK.unpack(found)[0] != zlib.crc32(start + header):
        raise _DamagedError
    return header, size, check


def _write_file(path: Path, writing: _Writing) -> None:
    """The whole file, readable by its owner only."""
    check = 0
    for part in writing.parts:
        check = zlib.crc32(part, check)
    size = sum(part.nbytes for part in writing.parts)
    start = _START.pack(_MAGIC, len(writing.header), size, check)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(start + writing.header)
        file.write(_CHECK.pack(zlib.crc32(start + writing.header)))
        for part in writing.parts:
            file.write(part)
