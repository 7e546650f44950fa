"""The cache on disk: whole or absent, within its budget, private, and never in anybody's way."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from desktop.core import cache_files, paths
from desktop.core.cache_files import Kind
from desktop.core.types import EngineOptions
from desktop.engine.shared.disk_cache import DiskCache, finish_writes, open_disk_cache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHA = "ab" * 32
NAME = f"{Kind.PICTURE}-{SHA}-0"
WAIT_S = 20.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "我的 cache" / "engine"


@pytest.fixture
def cache(folder: Path) -> DiskCache:
    return DiskCache(folder, 1 << 20, spare_bytes=0)


def put(cache: DiskCache, name: str = NAME, data: bytes = b"numbers", header: bytes = b"h") -> None:
    cache.put(name, header, [memoryview(data)[:3], memoryview(data)[3:]])
    assert cache.finish(WAIT_S)


def text(cache: DiskCache, name: str = NAME) -> bytes | None:
    stored = cache.read(name)
    return None if stored is None else stored.header + bytes(stored.data)


def names(folder: Path) -> set[str]:
    return {file.path.name for file in cache_files.cache_files(folder)}


def test_that_what_was_put_is_read_by_the_next_process(cache: DiskCache, folder: Path) -> None:
    put(cache, data=b"numbers " * 1000)
    assert text(DiskCache(folder, 1 << 20)) == b"h" + b"numbers " * 1000
    assert names(folder) == {NAME}


def test_that_what_was_never_put_is_not_there(cache: DiskCache, folder: Path) -> None:
    assert cache.read(NAME) is None
    assert list(cache.headers("")) == []
    assert not folder.exists()
    assert cache_files.used_bytes(folder) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_that_only_its_owner_can_read_it(cache: DiskCache, folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o755)
    put(cache)
    cache_files.forget_conversations(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert len(list(folder.iterdir())) == 2  # the entry, the epoch


@pytest.mark.parametrize("place", [0, 9, 20, 30, 60, -1])
def test_that_one_wrong_byte_anywhere_makes_an_entry_vanish(
    cache: DiskCache, folder: Path, place: int
) -> None:
    put(cache, data=bytes(100))
    raw = bytearray((folder / NAME).read_bytes())
    raw[place] ^= 1
    (folder / NAME).write_bytes(raw)
    assert cache.read(NAME) is None
    assert not (folder / NAME).exists()
    put(cache, data=b"again")
    assert text(cache) == b"hagain"


@pytest.mark.parametrize("size", [0, 5, 24, 27, 60])
def test_that_a_torn_file_makes_an_entry_vanish(cache: DiskCache, folder: Path, size: int) -> None:
    put(cache, data=bytes(100))
    os.truncate(folder / NAME, size)
    assert list(cache.headers(Kind.PICTURE)) == []
    assert cache.read(NAME) is None


def test_that_a_wrong_byte_in_the_data_is_no_matter_to_the_headers(
    cache: DiskCache, folder: Path
) -> None:
    put(cache, data=bytes(100), header=b"what it is")
    raw = bytearray((folder / NAME).read_bytes())
    raw[-1] ^= 1
    (folder / NAME).write_bytes(raw)
    assert list(cache.headers(Kind.PICTURE)) == [(NAME, b"what it is")]


def test_that_what_was_used_longest_ago_goes_first(folder: Path) -> None:
    cache = DiskCache(folder, 1000, spare_bytes=0)
    for index in range(3):
        put(cache, f"{Kind.PICTURE}-{index}", bytes(250))
        os.utime(folder / f"{Kind.PICTURE}-{index}", (index, index))
    assert cache.read(f"{Kind.PICTURE}-0") is not None  # used again
    put(cache, f"{Kind.PICTURE}-3", bytes(250))
    assert names(folder) == {f"{Kind.PICTURE}-{index}" for index in (0, 2, 3)}
    assert cache_files.used_bytes(folder) <= 1000


def test_that_an_entry_larger_than_the_budget_is_not_written(folder: Path) -> None:
    cache = DiskCache(folder, 1000, spare_bytes=0)
    put(cache, data=bytes(100))
    put(cache, f"{Kind.PICTURE}-large", bytes(2000))
    assert names(folder) == {NAME}


def test_that_a_smaller_budget_takes_effect_at_once(cache: DiskCache, folder: Path) -> None:
    for index in range(4):
        put(cache, f"{Kind.PICTURE}-{index}", bytes(1000))
    DiskCache(folder, 2500)
    assert 0 < cache_files.used_bytes(folder) <= 2500


def test_that_nothing_is_written_while_somebody_waits(cache: DiskCache, folder: Path) -> None:
    cache.begin()
    cache.put(NAME, b"", [memoryview(b"numbers")])
    assert cache._thread is not None
    cache._thread.join(0.05)
    assert names(folder) == set()
    cache.release()
    assert cache.finish(WAIT_S)
    assert names(folder) == {NAME}


def test_that_what_waits_is_written_when_the_process_ends(cache: DiskCache, folder: Path) -> None:
    cache.begin()
    cache.put(NAME, b"", [memoryview(b"numbers")])
    finish_writes(WAIT_S)
    assert names(folder) == {NAME}


def test_that_a_closed_cache_writes_what_waits_and_takes_no_more(
    cache: DiskCache, folder: Path
) -> None:
    cache.begin()
    cache.put(NAME, b"", [memoryview(b"numbers")])
    cache.close()
    cache.put(f"{Kind.PICTURE}-late", b"", [memoryview(b"numbers")])
    assert cache._thread is not None
    cache._thread.join(WAIT_S)
    assert not cache._thread.is_alive()
    assert names(folder) == {NAME}


# --- deleting -------------------------------------------------------------------------------------


def test_that_a_pictures_entries_go_with_it_and_no_others(cache: DiskCache, folder: Path) -> None:
    other = f"{Kind.PICTURE}-{'cd' * 32}-0"
    for name in (NAME, f"{Kind.PICTURE}-{SHA}-1", other, f"{Kind.CONVERSATION}-m-0"):
        put(cache, name)
    cache_files.forget_pictures(folder, [SHA])
    assert names(folder) == {other, f"{Kind.CONVERSATION}-m-0"}
    cache_files.forget_conversations(folder)
    assert names(folder) == {other}
    cache_files.forget_all(folder)
    assert names(folder) == set()


@pytest.mark.parametrize(
    "forget", [cache_files.forget_conversations, cache_files.forget_all], ids=["some", "all"]
)
def test_that_what_was_made_before_a_deletion_is_not_written_after_it(
    cache: DiskCache, folder: Path, forget: Callable[[Path], None]
) -> None:
    cache.begin()
    cache.put(NAME, b"", [memoryview(b"something that is deleted now")])
    forget(folder)
    assert cache.finish(WAIT_S)
    assert names(folder) == set()
    put(cache)  # the same request still
    assert names(folder) == set()
    cache.begin()
    put(cache)
    assert names(folder) == {NAME}


def test_that_what_was_made_of_a_deleted_picture_is_not_written(
    cache: DiskCache, folder: Path, tmp_path: Path
) -> None:
    gone, kept = tmp_path / "gone.png", tmp_path / "kept.png"
    cache.begin()
    for path in (gone, kept):
        path.write_bytes(b"")
        cache.put(f"{Kind.PICTURE}-{path.stem}-0", b"", [memoryview(b"numbers")], source=path)
    gone.unlink()
    cache_files.forget_pictures(folder, ["gone"])
    assert cache.finish(WAIT_S)
    assert names(folder) == {f"{Kind.PICTURE}-kept-0"}


def test_that_a_folder_that_vanishes_at_any_moment_is_no_error(
    cache: DiskCache, folder: Path
) -> None:
    put(cache)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert cache.read(NAME) is None
    cache.drop(NAME)
    put(cache)
    assert text(cache) == b"hnumbers"


def test_that_leftovers_of_a_killed_process_go_when_they_are_old(folder: Path) -> None:
    folder.mkdir(parents=True)
    young, old = folder / f"{Kind.INCOMING}-a", folder / f"{Kind.INCOMING}-b"
    for path in (young, old):
        path.write_bytes(bytes(100))
    os.utime(old, (1, 1))
    DiskCache(folder, 1 << 20)
    assert names(folder) == {young.name}
    cache_files.forget_all(folder)
    assert names(folder) == set()


def test_that_files_of_others_in_the_folder_are_left_alone(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    DiskCache(folder, 0)
    cache_files.forget_all(folder)
    assert (folder / "notes.txt").read_text() == "mine"


# --- a disk that refuses --------------------------------------------------------------------------


def test_that_a_tight_disk_gets_nothing(folder: Path) -> None:
    cache = DiskCache(folder, 1 << 20, spare_bytes=1 << 60)
    put(cache)
    assert names(folder) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_that_a_write_that_fails_in_the_middle_leaves_nothing(
    cache: DiskCache, folder: Path
) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        put(cache, data=bytes(200_000))  # Python ignores SIGXFSZ: the write fails with EFBIG
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert names(folder) == set()
    put(cache)
    assert text(cache) == b"hnumbers"


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_that_a_full_disk_can_be_cleared(cache: DiskCache, folder: Path) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    put(cache)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            cache_files.forget_all(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert names(folder) == set()


def test_that_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = DiskCache(tmp_path / "file" / "engine", 1 << 20, spare_bytes=0)
    put(cache)
    assert cache.read(NAME) is None


_WRITER = """
import sys
from pathlib import Path
from desktop.engine.shared.disk_cache import DiskCache
cache = DiskCache(Path(sys.argv[1]), 1 << 30, spare_bytes=0)
for index in range(100_000):
    data = memoryview(bytes([index % 251]) * 3_000_000)
    cache.put(f"picture-{sys.argv[2]}-{index % 7}", b"header", [data])
    cache.finish(10)
    print(index, flush=True)
"""


def start_writer(folder: Path, name: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _WRITER, str(folder), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_that_a_process_killed_while_writing_leaves_only_whole_entries(folder: Path) -> None:
    writers = [start_writer(folder, name) for name in ("one", "two")]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    # Kill one in the middle of a file.
    until = time.monotonic() + WAIT_S
    while not any(name.startswith(Kind.INCOMING) for name in names(folder)):
        assert time.monotonic() < until
    for writer in writers:
        writer.kill()
        writer.communicate()
    cache = DiskCache(folder, 1 << 30)
    found = [cache.read(name) for name in names(folder) if name.startswith(Kind.PICTURE)]
    assert found
    for stored in found:
        assert stored is not None
        assert len(set(bytes(stored.data))) == 1  # of one write, not of two


def test_that_two_processes_may_write_the_same_entry(cache: DiskCache, folder: Path) -> None:
    writers = [start_writer(folder, "same") for _ in range(2)]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    seen = 0
    until = time.monotonic() + WAIT_S
    while seen < 20:
        assert time.monotonic() < until
        stored = cache.read(f"{Kind.PICTURE}-same-0")
        if stored is not None:
            assert len(set(bytes(stored.data))) == 1
            seen += 1
    for writer in writers:
        writer.kill()
        writer.communicate()


# --- as the options want it -----------------------------------------------------------------------


def test_that_without_a_budget_there_is_no_cache_and_what_there_was_goes() -> None:
    folder = paths.engine_cache_dir()
    cache = open_disk_cache(EngineOptions())
    assert cache is not None
    cache._spare_bytes = 0
    put(cache)
    assert names(folder) == {NAME}
    assert open_disk_cache(EngineOptions(disk_cache_bytes=0)) is None
    assert names(folder) == set()


def test_that_conversations_go_when_they_are_not_wanted_any_more() -> None:
    folder = paths.engine_cache_dir()
    cache = open_disk_cache(EngineOptions(keeps_conversations=True))
    assert cache is not None
    cache._spare_bytes = 0
    kept = f"{Kind.CONVERSATION}-m-0"
    for name in (NAME, kept):
        put(cache, name)
    open_disk_cache(EngineOptions(keeps_conversations=True))
    assert names(folder) == {NAME, kept}
    open_disk_cache(EngineOptions())
    assert names(folder) == {NAME}


def test_that_without_a_cache_nothing_is_made_on_the_disk() -> None:
    with contextlib.suppress(FileNotFoundError):
        assert open_disk_cache(EngineOptions(disk_cache_bytes=0)) is None
    assert not paths.engine_cache_dir().exists()
