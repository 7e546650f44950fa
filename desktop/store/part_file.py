"""A file on its way: `<name>.part` beside the target is the state, `<name>.part.json` its papers.

The papers say what the whole must be, not where it comes from, so that any source may go on with
it. Only a file of the right length and checksum ever gets the target's name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from desktop.core.errors import DownloadError, ErrorCode
from desktop.store.files import PRIVATE_FOLDER, is_full, store_error, write_atomically

try:
    import fcntl
except ImportError:  # Windows: a file that is open there cannot be replaced anyhow
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_READ_BYTES = 1 << 20


class Expected(Struct, frozen=True):
    """What the whole file must be.

    Attributes:
        size_bytes: Its length.
        sha256: In lower case.
        git_oid: git's id of it as a blob (sha1), used where `sha256` is unknown.
    """

    size_bytes: int
    sha256: str | None = None
    git_oid: str | None = None

    @property
    def is_provable(self) -> bool:
        """Whether there is a checksum."""
        return self.sha256 is not None or self.git_oid is not None


class _Papers(msgspec.Struct, frozen=True):
    """What `.part.json` holds; `validator` is the server's strong ETag of this content."""

    expected: Expected
    validator: str | None = None


class PartFile:
    """A partial file, held by this process alone; one thread uses it."""

    def __init__(self, target: Path, expected: Expected) -> None:
        self.target = target
        self.expected = expected
        self.size_bytes = 0
        self.validator: str | None = None
        self.is_pieced = False  # put together from several answers, perhaps of several sources
        self._path, self._papers_path = state_paths(target)
        self._digest = _Digest(expected)
        self._descriptor = -1

    @contextlib.contextmanager
    def opened(self) -> Iterator[PartFile]:
        """Open or make it. A part of another file than the expected one is emptied.

        Raises:
            DownloadError: Another process has it.
            StoreError: The disk does not take it.
        """
        with self._disk_errors():
            self.target.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            self._descriptor = _open_alone(self._path)
        try:
            self._read_papers()
            yield self
        finally:
            os.close(self._descriptor)

    def rehash(self, on_bytes: Callable[[int], None]) -> None:
        """Read what is there, from the start; `on_bytes` gets counts and may raise to stop."""
        with self._disk_errors():
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            self._digest, self.size_bytes = self._read(self._descriptor, on_bytes)

    def is_same_as_target(self, on_bytes: Callable[[int], None]) -> bool:
        """Whether the target is the expected file already; raises `OSError`."""
        with self.target.open("rb", buffering=0) as stream:
            digest, size = self._read(stream.fileno(), on_bytes)
        return size == self.expected.size_bytes and digest.is_right()

    def _read(self, descriptor: int, on_bytes: Callable[[int], None]) -> tuple[_Digest, int]:
        digest = _Digest(self.expected)
        size = 0
        while piece := os.read(descriptor, _READ_BYTES):
            digest.update(piece)
            size += len(piece)
            on_bytes(len(piece))
        return digest, size

    def append(self, piece: bytes) -> None:
        """Put bytes behind; raises `DownloadError` for a full disk, `StoreError` otherwise."""
        with self._disk_errors():
            view = memoryview(piece)
            while view:
                view = view[write(self._descriptor, view) :]
        self._digest.update(piece)
        self.size_bytes += len(piece)

    def restart(self, validator: str | None) -> None:
        """Empty it, for a content that the server calls `validator`."""
        with self._disk_errors():
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
        self.size_bytes = 0
        self.validator = validator
        self.is_pieced = False
        self._digest = _Digest(self.expected)
        papers = _Papers(self.expected, validator)
        write_atomically(self._papers_path, msgspec.json.encode(papers))

    def is_right(self) -> bool:
        """Whether length and checksum are the expected ones."""
        return self.size_bytes == self.expected.size_bytes and self._digest.is_right()

    def install(self) -> None:
        """Give the whole file the target's name; raises `ValueError` if it is not right."""
        if not self.is_right():
            raise ValueError("not the expected file")
        with self._disk_errors():
            os.fsync(self._descriptor)
            self._path.replace(self.target)
            self._papers_path.unlink(missing_ok=True)
            _sync_folder(self.target.parent)

    def discard(self) -> None:
        """Remove it with its papers."""
        remove_state(self.target)

    def _read_papers(self) -> None:
        try:
            papers = msgspec.json.decode(self._papers_path.read_bytes(), type=_Papers)
        except (OSError, ValueError):
            papers = None
        size = os.fstat(self._descriptor).st_size
        if papers is None or papers.expected != self.expected or size > self.expected.size_bytes:
            self.restart(None)
        else:
            self.size_bytes = size
            self.is_pieced = size > 0
            self.validator = papers.validator

    @contextlib.contextmanager
    def _disk_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if is_full(error):
                raise no_space(self.expected.size_bytes - self.size_bytes, None) from error
            raise store_error(error, self.target) from error


class _Digest:
    """The checksum by which a file is known, if there is one."""

    def __init__(self, expected: Expected) -> None:
        self._wanted = expected.sha256 or expected.git_oid
        self._hash = None
        if expected.sha256 is not None:
            self._hash = hashlib.sha256()
        elif expected.git_oid is not None:
            self._hash = hashlib.sha1(b"blob %d\0" % expected.size_bytes, usedforsecurity=False)

    def update(self, piece: bytes) -> None:
        if self._hash is not None:
            self._hash.update(piece)

    def is_right(self) -> bool:
        return self._hash is None or self._hash.hexdigest() == self._wanted


def write(descriptor: int, view: memoryview) -> int:
    """The write edge, for tests to fill the disk at."""
    return os.write(descriptor, view)


def state_paths(target: Path) -> tuple[Path, Path]:
    """The part and its papers."""
    return target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.part.json")


def remove_state(target: Path) -> None:
    """Remove the part and its papers, if any; raises `StoreError`."""
    try:
        for path in state_paths(target):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise store_error(error, target) from error


def no_space(needed_bytes: int, available_bytes: int | None) -> DownloadError:
    """The error for a disk without room for a download."""
    details = {"needed": size_text(needed_bytes)}
    if available_bytes is not None:
        details["available"] = size_text(available_bytes)
    return DownloadError(
        f"The disk has not enough room: {details['needed']} more needed. Make room and try again.",
        ErrorCode.DOWNLOAD_NO_SPACE,
        **details,
    )


def size_text(size_bytes: int) -> str:
    """A size for people: 4.3 GB; decimal units, as disks are sold."""
    size = float(max(size_bytes, 0))
    for unit in ("B", "kB", "MB"):
        if size < 999.5:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _open_alone(path: Path) -> int:
    """Open to read and write, private, locked until closed."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(descriptor), path.stat()):
            raise BlockingIOError  # installed or removed by another process just now
    except (BlockingIOError, FileNotFoundError) as error:
        os.close(descriptor)
        raise DownloadError(
            "This model is being downloaded by another Groundglass. Wait for it to finish.",
            ErrorCode.DOWNLOAD_BUSY,
        ) from error
    return descriptor


def _sync_folder(folder: Path) -> None:
    """Make a new name survive a power failure, where folders can be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
