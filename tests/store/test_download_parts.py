"""Downloads on the disk: parts resumed or started over, removed, and what has no room."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import DownloadError, ErrorCode, StoreError
from desktop.store import part_file
from desktop.store.download import DownloadRequest, WantedFile, remove_download
from desktop.store.part_file import Expected, PartFile
from desktop.store.stopping import StopFlag, StoppedError
from tests.hub import Hub, Trouble
from tests.store.downloads import (
    FILES,
    NAME,
    ONE,
    OTHER,
    SOURCES,
    WEIGHTS,
    Setup,
    installed,
    ranges,
    request,
    sha256,
)

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.store.progress import DownloadProgress


def part(setup: Setup) -> Path:
    return setup.folder / "tiny" / f"{NAME}.part"


def interrupt(setup: Setup, hub: Hub, wanted: DownloadRequest, length: int = 100_000) -> None:
    """Leave a part of this length on the disk."""
    hub.troubles.append(Trouble(cut_after=length))
    setup.tries = 1
    with pytest.raises(DownloadError):
        setup.get(wanted)
    setup.tries = 3
    assert part(setup).stat().st_size == length
    hub.requests.clear()


def test_that_a_part_is_resumed_after_days(setup: Setup, hub: Hub) -> None:
    interrupt(setup, hub, request(NAME))
    setup.get(request(NAME))
    assert ranges(hub) == ["bytes=100000-"]
    assert setup.left() == installed(ONE)
    assert setup.progress[-1].done_bytes == len(WEIGHTS)


def test_that_a_whole_part_needs_no_connection(setup: Setup, hub: Hub) -> None:
    interrupt(setup, hub, request(NAME))
    part(setup).write_bytes(WEIGHTS)
    setup.get(request(NAME))
    assert hub.requests == []
    assert setup.left() == installed(ONE)


@pytest.mark.parametrize("content", [OTHER[:100_000], OTHER, WEIGHTS + b"!"])
def test_that_a_damaged_part_is_started_over(setup: Setup, hub: Hub, content: bytes) -> None:
    interrupt(setup, hub, request(NAME))
    part(setup).write_bytes(content)
    setup.get(request(NAME))
    assert setup.left() == installed(ONE)


@pytest.mark.parametrize("papers", [b"", b"{", b"[]", b'{"expected":{"size_bytes":300000}}'])
def test_that_a_part_with_other_papers_is_started_over(
    setup: Setup, hub: Hub, papers: bytes
) -> None:
    interrupt(setup, hub, request(NAME))
    part(setup).with_name(f"{NAME}.part.json").write_bytes(papers)
    setup.get(request(NAME))
    assert ranges(hub) == [None]
    assert setup.left() == installed(ONE)


def test_that_a_file_without_a_checksum_is_resumed_only_by_its_etag(setup: Setup, hub: Hub) -> None:
    wanted = DownloadRequest("tiny", "tiny", (WantedFile(NAME, len(WEIGHTS)),), SOURCES)
    stop = StopFlag()
    setup.tries = 1
    hub.troubles.append(Trouble(cut_after=100_000, content=OTHER))
    with pytest.raises(DownloadError):
        setup.downloader().fetch(wanted, stop, setup.progress.append)
    hub.requests.clear()
    setup.tries = 3
    setup.downloader().fetch(wanted, stop, setup.progress.append)
    assert ranges(hub) == ["bytes=100000-"]
    assert hub.requests[-1].headers["if-range"] == f'"{sha256(OTHER)}"'
    assert setup.left() == installed(ONE)


@pytest.mark.parametrize(
    "headers", [{"ETag": '"another"'}, {"Content-Range": "bytes 5-299999/300000"}]
)
def test_that_a_file_without_a_checksum_is_not_put_together_of_two(
    setup: Setup, hub: Hub, headers: dict[str, str]
) -> None:
    """Even if the server says that it goes on with the same file."""
    wanted = DownloadRequest("tiny", "tiny", (WantedFile(NAME, len(WEIGHTS)),), SOURCES)
    hub.troubles.append(Trouble(cut_after=100_000))
    hub.troubles.append(Trouble(content=WEIGHTS[:-1] + b"!", headers=headers))
    etag = f'"{sha256(WEIGHTS[:-1] + b"!")}"'
    hub.troubles[0] = Trouble(cut_after=100_000, headers={"ETag": etag})
    setup.downloader().fetch(wanted, StopFlag(), setup.progress.append)
    assert ranges(hub) == [None, "bytes=100000-", None]
    assert setup.left() == installed(ONE)


def test_that_a_file_that_is_there_is_not_fetched_again(setup: Setup, hub: Hub) -> None:
    setup.get(request())
    hub.requests.clear()
    setup.get(request())
    assert hub.requests == []
    (setup.folder / "tiny" / NAME).write_bytes(OTHER)
    setup.get(request())
    assert setup.left() == installed()


def test_that_pausing_keeps_the_part_and_removing_leaves_nothing(setup: Setup, hub: Hub) -> None:
    hub.troubles.append(Trouble(stall_after=100_000))
    stop = StopFlag()

    def on_progress(progress: DownloadProgress) -> None:
        if progress.done_bytes >= 100_000:
            stop.stop()

    downloader = setup.downloader()
    with pytest.raises(StoppedError):
        downloader.fetch(request(), stop, on_progress)
    assert set(setup.left()) == {f"tiny/{NAME}.part", f"tiny/{NAME}.part.json"}
    remove_download(setup.folder, request())
    assert list(setup.folder.iterdir()) == []


def test_that_removing_spares_what_is_not_ours(setup: Setup) -> None:
    setup.get(request())
    notes = setup.folder / "tiny" / "notes.txt"
    notes.write_bytes(b"mine")
    remove_download(setup.folder, request())
    assert setup.left() == {"tiny/notes.txt": b"mine"}


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a\\b", "C:evil", "x\0", "", "a.part"])
@pytest.mark.parametrize("place", ["folder", "file"])
def test_that_names_cannot_leave_the_folder(setup: Setup, name: str, place: str) -> None:
    folder, file = (name, "f") if place == "folder" else ("tiny", name)
    wanted = DownloadRequest("tiny", folder, (WantedFile(file, 1, sha256(b"")),), SOURCES)
    for action in (setup.get, lambda wanted: remove_download(setup.folder, wanted)):
        with pytest.raises(ValueError, match=r"name|path"):
            action(wanted)
    assert not setup.folder.exists()


def test_that_room_is_asked_for_before_the_first_byte(setup: Setup, hub: Hub) -> None:
    total = sum(map(len, FILES.values()))
    setup.free_bytes = int(total * 1.05) - 1
    with pytest.raises(DownloadError) as caught:
        setup.get(request())
    assert caught.value.code is ErrorCode.DOWNLOAD_NO_SPACE
    assert caught.value.details == {"needed": "410 kB", "available": "409 kB"}
    assert hub.requests == []
    setup.free_bytes += 1
    setup.get(request())
    setup.free_bytes = 0
    setup.get(request())  # nothing more is needed


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, DownloadError), (errno.EIO, StoreError)]
)
def test_that_a_full_disk_is_said_and_the_part_goes_on_later(
    setup: Setup, number: int, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = part_file.write
    written = 0

    def write(descriptor: int, view: memoryview) -> int:
        nonlocal written
        if written > 100_000:
            raise OSError(number, os.strerror(number))
        written += len(view)
        return real(descriptor, view)

    with monkeypatch.context() as patch:
        patch.setattr(part_file, "write", write)
        with pytest.raises(kind) as caught:
            setup.get(request(NAME))
    if isinstance(caught.value, DownloadError):
        assert caught.value.code is ErrorCode.DOWNLOAD_NO_SPACE
    assert set(setup.left()) == {f"tiny/{NAME}.part", f"tiny/{NAME}.part.json"}
    setup.get(request(NAME))
    assert setup.left() == installed(ONE)


@pytest.mark.skipif(sys.platform == "win32", reason="no file locks there")
def test_that_two_processes_do_not_write_one_part(setup: Setup) -> None:
    target = setup.folder / "tiny" / NAME
    with PartFile(target, Expected(len(WEIGHTS), sha256(WEIGHTS))).opened():
        with pytest.raises(DownloadError) as caught:
            setup.get(request(NAME))
        assert caught.value.code is ErrorCode.DOWNLOAD_BUSY
    setup.get(request(NAME))
    assert setup.left() == installed(ONE)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_that_a_link_in_the_parts_place_is_not_followed(setup: Setup, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    part(setup).parent.mkdir(parents=True)
    part(setup).symlink_to(precious)
    with pytest.raises(StoreError):
        setup.get(request(NAME))
    assert precious.read_bytes() == b"mine"


KILLED = """
import sys
from pathlib import Path
from desktop.store import hubs
from tests.store.downloads import Setup, request

setup = Setup(Path(sys.argv[1]), (hubs.hugging_face(base_url=sys.argv[2]),))
setup.progress = type("Printer", (), {"append": lambda _self, p: print(p.done_bytes, flush=True)})()
setup.get(request())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_that_a_killed_process_is_resumed(setup: Setup, hub: Hub) -> None:
    hub.troubles.append(Trouble(stall_after=150_000))
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(setup.folder), hub.base_url],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    size = part(setup).stat().st_size
    hub.requests.clear()
    setup.get(request())
    assert ranges(hub)[0] == (f"bytes={size}-" if size else None)
    assert setup.left() == installed()


def test_that_the_papers_name_no_place(setup: Setup, hub: Hub) -> None:
    interrupt(setup, hub, request(NAME))
    papers = json.loads(part(setup).with_name(f"{NAME}.part.json").read_bytes())
    assert papers["expected"]["sha256"] == sha256(WEIGHTS)
    assert hub.host not in json.dumps(papers)
