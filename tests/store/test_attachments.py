from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode, ImageError, StoreError
from desktop.core.types import ImageAttachment
from desktop.store import attachments
from desktop.store.attachments import AttachmentStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ORIGINAL = b"the original's bytes" * 1000
SHA256 = hashlib.sha256(ORIGINAL).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "attachments"


@pytest.fixture
def store(root: Path) -> AttachmentStore:
    return AttachmentStore(root)


def keep(
    store: AttachmentStore, original: Iterable[bytes] = (ORIGINAL,), page: int = 0
) -> ImageAttachment:
    return store.keep(
        sha256=SHA256,
        page=page,
        media_type="image/jpeg",
        suffix=".jpg",
        width=4000,
        height=3000,
        original=original,
        page_png=b"page %d" % page,
        thumbnail_png=b"thumbnail %d" % page,
    )


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_that_a_kept_picture_is_found_again(store: AttachmentStore, root: Path) -> None:
    assert store.find(SHA256, 0) is None
    kept = keep(store)
    assert kept == ImageAttachment(
        sha256=SHA256,
        media_type="image/jpeg",
        width=4000,
        height=3000,
        page=0,
        path=root / SHA256[:2] / SHA256 / "page-0.png",
        source_name="",
    )
    assert AttachmentStore(root).find(SHA256, 0) == kept
    assert kept.path == store.page_path(SHA256)
    assert store.page_path(SHA256).read_bytes() == b"page 0"
    assert store.thumbnail_path(SHA256).read_bytes() == b"thumbnail 0"
    original = store.original_path(SHA256)
    assert original is not None
    assert original.read_bytes() == ORIGINAL


def test_that_nothing_else_is_written(store: AttachmentStore, root: Path) -> None:
    keep(store)
    folder = f"{SHA256[:2]}/{SHA256}"
    names = ("original.jpg", "page-0.png", "thumb-0.png", "page-0.json")
    assert files(root) == {f"{folder}/{name}" for name in names}
    assert list((root / "incoming").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_that_files_and_folders_are_private(store: AttachmentStore, root: Path) -> None:
    previous = os.umask(0)
    try:
        keep(store)
    finally:
        os.umask(previous)
    for path in (root.parent, root, *root.rglob("*")):
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_that_the_original_is_written_once_for_all_pages(store: AttachmentStore) -> None:
    keep(store)
    unread = iter([b"other bytes"])
    second = keep(store, unread, page=1)
    assert list(unread) == [b"other bytes"]
    assert store.find(SHA256, 1) == second
    assert store.page_path(SHA256, 1).read_bytes() == b"page 1"
    assert store.find(SHA256, 0) is not None


def test_that_keeping_twice_changes_nothing(store: AttachmentStore, root: Path) -> None:
    first = keep(store)
    before = files(root)
    assert keep(store) == first
    assert files(root) == before


@pytest.mark.parametrize("name", ["original.jpg", "page-0.png", "thumb-0.png", "page-0.json"])
@pytest.mark.parametrize("harm", ["missing", "short", "zeros"])
def test_that_damage_on_disk_is_noticed_and_repaired(
    name: str, harm: str, store: AttachmentStore
) -> None:
    kept = keep(store)
    victim = kept.path.with_name(name)
    content = victim.read_bytes()
    if harm == "missing":
        victim.unlink()
    else:
        victim.write_bytes(content[:-3] if harm == "short" else bytes(len(content)))
    if (name, harm) != (
        "original.jpg",
        "zeros",
    ):  # the original's bytes are too many to read each time
        assert store.find(SHA256, 0) is None
    assert keep(store) == kept
    assert store.find(SHA256, 0) == kept
    assert kept.path.with_name("original.jpg").read_bytes() == ORIGINAL


def test_that_removing_is_complete_and_idempotent(store: AttachmentStore, root: Path) -> None:
    store.remove(SHA256)
    keep(store)
    keep(store, page=1)
    store.remove(SHA256)
    store.remove(SHA256)
    assert store.find(SHA256, 0) is None
    assert store.original_path(SHA256) is None
    assert files(root) == set()
    assert keep(store) == store.find(SHA256, 0)


@pytest.mark.parametrize(
    "sha256", ["", "abc", "../" * 20, SHA256.upper(), SHA256 + "\n", f"{SHA256}/"]
)
def test_that_only_a_hash_becomes_a_path(sha256: str, store: AttachmentStore) -> None:
    for method in (store.page_path, store.thumbnail_path, store.original_path, store.remove):
        with pytest.raises(ValueError, match=r".*"):
            method(sha256)


# --- what goes wrong ------------------------------------------------------------------------------


def test_that_an_original_that_cannot_be_read_leaves_nothing(
    store: AttachmentStore, root: Path
) -> None:
    def failing() -> Iterator[bytes]:
        yield ORIGINAL
        raise ImageError("It changed.", ErrorCode.FILE_UNREADABLE)

    with pytest.raises(ImageError):
        keep(store, failing())
    assert files(root) == set()
    assert store.find(SHA256, 0) is None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "open", "replace"])
def test_that_a_full_disk_gives_a_sentence_and_leaves_nothing(
    call: str, number: int, store: AttachmentStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(os, call)
    calls: list[object] = []

    def full(*arguments: object, **options: object) -> object:
        if call == "open" and not int(str(arguments[1])) & os.O_CREAT:
            return real(*arguments, **options)  # looking is free
        calls.append(arguments)
        if len(calls) >= 2:  # the first file still fits
            raise OSError(number, os.strerror(number))
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(StoreError) as caught:
            keep(store)
    assert len(calls) == 2
    assert caught.value.code == ErrorCode.DISK_FULL
    assert files(root) == set()
    assert store.find(SHA256, 0) is None
    assert keep(store) == store.find(SHA256, 0)


def test_that_a_really_full_disk_gives_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "small disk"
    disk.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        store = AttachmentStore(disk / "attachments")
        with pytest.raises(StoreError) as caught:
            keep(store, [bytes(1000)] * 100)
        assert caught.value.code == ErrorCode.DISK_FULL
        assert files(disk) == set()
        assert keep(store) == store.find(SHA256, 0)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_that_a_folder_that_cannot_be_written_gives_a_sentence(root: Path) -> None:
    root.parent.mkdir(parents=True)
    root.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        keep(AttachmentStore(root))
    assert caught.value.code == ErrorCode.STORE_UNWRITABLE


@pytest.mark.skipif(os.name == "nt", reason="kills itself with SIGKILL")
@pytest.mark.parametrize("at", range(1, 5))
def test_that_a_killed_process_leaves_no_picture_that_seems_complete(
    at: int, store: AttachmentStore, root: Path
) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.store.test_attachments import AttachmentStore, keep\n"
        "real, calls = os.replace, []\n"
        "def dying(*arguments):\n"
        "    calls.append(arguments)\n"
        "    if len(calls) == int(sys.argv[2]):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    real(*arguments)\n"
        "os.replace = dying\n"
        "keep(AttachmentStore(Path(sys.argv[1])))\n"
    )
    command = [sys.executable, "-c", script, str(root), str(at)]
    assert subprocess.run(command, check=False).returncode == -9
    assert store.find(SHA256, 0) is None
    assert keep(store) == store.find(SHA256, 0)
    # What it left in `incoming` goes when it is old enough to belong to nobody.
    (leftover,) = (root / "incoming").iterdir()
    keep(store, page=1)
    assert leftover.exists()
    os.utime(leftover, (0, 0))
    keep(store, page=2)
    assert not leftover.exists()


def test_that_threads_can_keep_find_and_remove_at_once(store: AttachmentStore) -> None:
    expected = keep(store)

    def work(number: int) -> None:
        if number % 5 == 4:
            store.remove(SHA256)
        keep(store)
        assert store.find(SHA256, 0) in {expected, None}  # None: another thread has removed it

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert keep(store) == store.find(SHA256, 0) == expected


def test_that_the_pages_of_one_original_do_not_read_it_again_and_again(
    store: AttachmentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store)
    original = store.original_path(SHA256)
    assert original is not None
    read: list[Path] = []

    def noted(path: Path) -> str:
        read.append(path)
        return hashlib.sha256(path.read_bytes()).hexdigest()

    monkeypatch.setattr(attachments, "_file_sha256", noted)
    keep(store, page=1)
    keep(store, page=2)
    assert read.count(original) == 1
    original.write_bytes(original.read_bytes()[:-1] + b"?")
    keep(store, page=3)
    assert read.count(original) == 2, "it was changed meanwhile"
    assert original.read_bytes() == ORIGINAL, "and is whole again"
