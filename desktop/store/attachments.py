"""Pictures on disk: each original once, under its sha256, with its upright pages and thumbnails.

    <root>/ab/<sha256>/original.jpg    as it came
                       page-0.png      upright sRGB, what engines read
                       thumb-0.png     what the window shows
                       page-0.json     written last: says that the other three are complete

Files are written in `<root>/incoming/` first and moved into place when all of them are on disk. A
process that is killed half-way leaves at most a folder without its JSON file, which counts as
unknown and is repaired when the picture is added again.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from desktop.core.types import ImageAttachment
from desktop.store.files import store_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_INCOMING = "incoming"
_LEFTOVER_AGE_S = 24 * 60 * 60  # a folder in `incoming` older than this belongs to nobody alive


class _PageRecord(msgspec.Struct, frozen=True):
    """What `page-N.json` holds; the hashes are those of the files beside it."""

    media_type: str
    width: int
    height: int
    original: str
    original_bytes: int
    page_sha256: str
    thumbnail_sha256: str


class AttachmentStore:
    """The folder of kept pictures. Any thread may use it; several processes may share it.

    Every method that takes a `sha256` raises `ValueError` if it is not one (64 lower-case
    hexadecimal digits), since it becomes part of a path.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()  # one writer at a time, so that a failure can be undone
        # Originals that were read and found whole, by size and time of change: the pages of a long
        # document come one after the other, and each needs to know that its original is there.
        self._whole: dict[Path, tuple[int, int]] = {}

    def page_path(self, sha256: str, page: int = 0) -> Path:
        """Where the upright sRGB PNG of a page is, whether or not it is kept."""
        return self._folder(sha256) / f"page-{page:d}.png"

    def thumbnail_path(self, sha256: str, page: int = 0) -> Path:
        """Where the PNG of at most 512 pixels is, whether or not it is kept."""
        return self._folder(sha256) / f"thumb-{page:d}.png"

    def original_path(self, sha256: str) -> Path | None:
        """The original file, if it is kept."""
        with suppress(OSError):
            return next(self._folder(sha256).glob("original.*"), None)
        return None

    def find(self, sha256: str, page: int) -> ImageAttachment | None:
        """A kept page, checked to be whole; None when it is unknown or damaged on disk."""
        folder = self._folder(sha256)
        try:
            record = msgspec.json.decode(
                self._record_path(sha256, page).read_bytes(), type=_PageRecord
            )
            is_whole = (
                (folder / record.original).stat().st_size == record.original_bytes
                and _file_sha256(self.page_path(sha256, page)) == record.page_sha256
                and _file_sha256(self.thumbnail_path(sha256, page)) == record.thumbnail_sha256
            )
        except (OSError, ValueError):  # msgspec's errors are ValueErrors
            return None
        return self._attachment(sha256, page, record) if is_whole else None

    def keep(
        self,
        *,
        sha256: str,
        page: int,
        media_type: str,
        suffix: str,
        width: int,
        height: int,
        original: Iterable[bytes],
        page_png: bytes,
        thumbnail_png: bytes,
    ) -> ImageAttachment:
        """Keep a page and its original, all or nothing; replaces what is damaged.

        `original` gives the original's bytes in pieces. It is read at most once, and not at all
        when the original is kept already; if it raises, nothing is left behind. `suffix` is the
        original's, with its dot.

        Raises:
            StoreError: The disk is full or cannot be written.
        """
        if not _SUFFIX.fullmatch(suffix):
            raise ValueError(suffix)
        folder = self._folder(sha256)
        original_path = folder / f"original{suffix}"
        with self._lock, self._disk_errors(), self._incoming() as incoming:
            names: list[str] = []
            if not self._holds(original_path, sha256):
                names.append(original_path.name)
                _write(incoming / original_path.name, original)
            original_file = incoming / original_path.name if names else original_path
            for path, content in (
                (self.page_path(sha256, page), page_png),
                (self.thumbnail_path(sha256, page), thumbnail_png),
            ):
                names.append(path.name)
                _write(incoming / path.name, (content,))
            record = _PageRecord(
                media_type=media_type,
                width=width,
                height=height,
                original=original_path.name,
                original_bytes=original_file.stat().st_size,
                page_sha256=hashlib.sha256(page_png).hexdigest(),
                thumbnail_sha256=hashlib.sha256(thumbnail_png).hexdigest(),
            )
            names.append(self._record_path(sha256, page).name)
            _write(incoming / names[-1], (msgspec.json.encode(record),))
            self._publish(incoming, folder, names)
        return self._attachment(sha256, page, record)

    def remove(self, sha256: str) -> None:
        """Forget a picture with all its pages; nothing happens if it is unknown.

        Raises:
            StoreError: The disk cannot be written.
        """
        folder = self._folder(sha256)
        with self._lock, self._disk_errors():
            _remove_folder(folder)

    def _folder(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(sha256)
        return self._root / sha256[:2] / sha256

    def _record_path(self, sha256: str, page: int) -> Path:
        return self._folder(sha256) / f"page-{page:d}.json"

    def _attachment(self, sha256: str, page: int, record: _PageRecord) -> ImageAttachment:
        return ImageAttachment(
            sha256=sha256,
            media_type=record.media_type,
            width=record.width,
            height=record.height,
            page=page,
            path=self.page_path(sha256, page),
            source_name="",
        )

    def _holds(self, path: Path, sha256: str) -> bool:
        try:
            status = path.stat()
            signature = (status.st_size, status.st_mtime_ns)
            if self._whole.get(path) == signature:
                return True
            is_whole = _file_sha256(path) == sha256
        except OSError:
            return False
        if is_whole:
            self._whole[path] = signature
        return is_whole

    @contextmanager
    def _incoming(self) -> Iterator[Path]:
        """A new private folder on the same disk; gone at the end, and with it old leftovers."""
        parent = self._root / _INCOMING
        _make_private_folder(parent)
        for leftover in parent.iterdir():
            with suppress(OSError):
                if time.time() - leftover.stat().st_mtime > _LEFTOVER_AGE_S:
                    shutil.rmtree(leftover)
        folder = Path(tempfile.mkdtemp(dir=parent))  # mode 0700
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _disk_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise store_error(error, self._root) from error

    @staticmethod
    def _publish(incoming: Path, folder: Path, names: list[str]) -> None:
        """Move complete files into place, the record last."""
        was_there = folder.exists()
        try:
            _make_private_folder(folder)
            for name in names:
                (incoming / name).replace(folder / name)
        except OSError:
            if not was_there:
                with suppress(OSError):
                    _remove_folder(folder)
            raise


def _make_private_folder(folder: Path) -> None:
    for part in reversed((folder, *folder.parents)):
        if not part.is_dir():
            part.mkdir(mode=0o700, exist_ok=True)


def _remove_folder(folder: Path) -> None:
    """Remove a picture's folder, its records first: without them the rest counts as unknown."""
    for record in folder.glob("page-*.json"):
        record.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a private file and wait until the disk has it."""
    descriptor = os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
    )
    with os.fdopen(descriptor, "wb") as stream:
        for piece in pieces:
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())


def _file_sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
