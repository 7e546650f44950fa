"""Downloads from a hub that misbehaves: the right file, or a sentence; never a wrong file."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from desktop.core.errors import DownloadError, ErrorCode, StoreError
from desktop.store import hubs as sources
from desktop.store import part_file
from desktop.store.connection_log import ConnectionLog
from desktop.store.download import DownloadRequest, WantedFile, remove_download
from desktop.store.network import Network
from desktop.store.part_file import Expected, PartFile
from desktop.store.progress import DownloadProgress, ProgressMeter
from desktop.store.stopping import StopFlag, StoppedError
from tests.hub import Hub, Trouble
from tests.store.downloads import (
    FILES,
    OTHER,
    SOURCES,
    WEIGHTS,
    Setup,
    installed,
    request,
    sha256,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "模型 Q4.gguf"
ONE = {NAME}


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(FILES) as hub:
        yield hub


@pytest.fixture
def setup(tmp_path: Path, hub: Hub) -> Setup:
    return Setup(tmp_path / "模型 models", (sources.hugging_face(base_url=hub.base_url),))


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


def ranges(hub: Hub) -> list[str | None]:
    return [request.headers.get("range") for request in hub.requests if request.path[:5] == "/cdn/"]


@pytest.mark.parametrize("knows", [True, False])
@pytest.mark.parametrize("kind", [sources.hugging_face, sources.mirror, sources.modelscope])
def test_that_all_files_come_from_every_kind_of_hub(
    setup: Setup, hub: Hub, kind: Any, knows: bool
) -> None:
    setup.hubs = (kind(base_url=hub.base_url),)
    setup.get(request(knows=knows))
    assert setup.left() == installed()
    if sys.platform != "win32":
        for path in setup.folder.rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_that_no_list_of_files_means_all_of_them(setup: Setup, hub: Hub) -> None:
    hub.files[".gitattributes"] = b"*.gguf"
    setup.get(DownloadRequest("tiny", "tiny", (), SOURCES))
    assert setup.left() == installed()


def test_that_small_files_are_checked_by_gits_own_checksum(setup: Setup, hub: Hub) -> None:
    hub.plain.add(NAME)
    setup.get(request(NAME, knows=False))
    assert setup.left() == installed(ONE)
    remove_download(setup.folder, request(NAME))
    hub.troubles.append(Trouble(content=OTHER))
    with pytest.raises(DownloadError) as caught:
        setup.get(request(NAME, knows=False))
    assert caught.value.code is ErrorCode.DOWNLOAD_CORRUPT
    assert setup.left() == {}


TROUBLES = {
    "cut": [Trouble(cut_after=100_000)],
    "cut often": [Trouble(cut_after=20_000)] * 10,
    "cut at once": [Trouble(cut_after=0)] * 2,
    "ignores the range": [Trouble(cut_after=100_000), Trouble(ignores_range=True)],
    "another file for a while": [
        Trouble(cut_after=100_000, content=OTHER),
        Trouble(),
    ],
    "a range of another start": [
        Trouble(cut_after=100_000),
        Trouble(headers={"Content-Range": "bytes 5-299999/300000"}),
    ],
    "a range without a name": [Trouble(cut_after=100_000), Trouble(headers={"Content-Range": ""})],
    "too busy": [Trouble(status=429, headers={"Retry-After": "7"})],
    "broken": [Trouble(status=500), Trouble(status=503)],
    "416 in the middle": [Trouble(cut_after=100_000), Trouble(status=416)],
    "no length": [Trouble(headers={"Content-Length": "", "Connection": "close"})],
    "no length, cut": [
        Trouble(headers={"Content-Length": "", "Connection": "close"}, cut_after=100_000)
    ],
}


@pytest.mark.parametrize("troubles", TROUBLES.values(), ids=TROUBLES.keys())
@pytest.mark.parametrize("knows", [True, False])
def test_that_trouble_that_passes_ends_in_the_right_file(
    setup: Setup, hub: Hub, troubles: list[Trouble], knows: bool
) -> None:
    hub.troubles.extend(troubles)
    setup.get(request(NAME, knows=knows))
    assert setup.left() == installed(ONE)
    assert not hub.troubles


def test_that_a_stalled_server_is_left_and_asked_again(setup: Setup, hub: Hub) -> None:
    setup.network = Network(ConnectionLog(), timeout_s=0.2)
    hub.troubles.append(Trouble(stall_after=100_000))
    setup.get(request(NAME))
    assert setup.left() == installed(ONE)
    assert ranges(hub) == [None, "bytes=100000-"]


REFUSALS = {
    "wrong bytes": (Trouble(content=OTHER), ErrorCode.DOWNLOAD_CORRUPT),
    "too short": (Trouble(content=WEIGHTS[:-1]), ErrorCode.DOWNLOAD_CORRUPT),
    "too long": (Trouble(content=WEIGHTS + b"!"), ErrorCode.DOWNLOAD_CORRUPT),
    "too long, unsaid": (
        Trouble(content=WEIGHTS + b"!", headers={"Content-Length": "", "Connection": "close"}),
        ErrorCode.DOWNLOAD_CORRUPT,
    ),
    "401": (Trouble(status=401), ErrorCode.DOWNLOAD_REFUSED),
    "403": (Trouble(status=403), ErrorCode.DOWNLOAD_REFUSED),
    "404": (Trouble(status=404), ErrorCode.DOWNLOAD_REFUSED),
    "429": (Trouble(status=429), ErrorCode.DOWNLOAD_REFUSED),
    "429 for an hour": (
        Trouble(status=429, headers={"Retry-After": "3600"}),
        ErrorCode.DOWNLOAD_REFUSED,
    ),
    "500": (Trouble(status=500), ErrorCode.DOWNLOAD_REFUSED),
    "204": (Trouble(status=204), ErrorCode.DOWNLOAD_UNUSABLE),
    "206 unasked": (Trouble(status=206), ErrorCode.DOWNLOAD_UNUSABLE),
    "416 unasked": (Trouble(status=416), ErrorCode.DOWNLOAD_REFUSED),
    "a circle": (Trouble(location="{path}"), ErrorCode.DOWNLOAD_UNUSABLE),
    "to a file": (Trouble(location="file:///etc/passwd"), ErrorCode.DOWNLOAD_UNUSABLE),
    "no address": (Trouble(location="http://127.0.0.1:door/"), ErrorCode.DOWNLOAD_CONNECTION),
    "compressed": (Trouble(headers={"Content-Encoding": "gzip"}), ErrorCode.DOWNLOAD_UNUSABLE),
    "gone": (Trouble(cut_after=0), ErrorCode.DOWNLOAD_CONNECTION),
}


@pytest.mark.parametrize(("trouble", "code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_that_trouble_that_stays_is_said_and_leaves_nothing(
    setup: Setup, hub: Hub, trouble: Trouble, code: ErrorCode
) -> None:
    hub.troubles.extend([trouble] * 50)
    with pytest.raises(DownloadError) as caught:
        setup.get(request(NAME))
    assert caught.value.code is code
    assert caught.value.message.endswith(".")
    assert setup.left() == {}


@pytest.mark.parametrize(("trouble", "code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_that_the_next_source_has_its_turn(
    setup: Setup, hub: Hub, trouble: Trouble, code: ErrorCode
) -> None:
    hub.troubles.extend([trouble] * 50)
    with Hub(FILES) as good:
        setup.hubs = (*setup.hubs, sources.modelscope(good.base_url))
        setup.get(request(NAME))
    assert setup.left() == installed(ONE)


def test_that_the_next_source_goes_on_where_the_first_stopped(setup: Setup, hub: Hub) -> None:
    hub.troubles.extend([Trouble(cut_after=100_000), *[Trouble(status=503)] * 3])
    with Hub(FILES) as good:
        setup.hubs = (*setup.hubs, sources.modelscope(good.base_url))
        setup.get(request(NAME))
        assert [sent.headers.get("range") for sent in good.requests] == ["bytes=100000-"]
    assert setup.left() == installed(ONE)


def test_that_a_hub_that_says_it_has_another_file_is_not_read(setup: Setup, hub: Hub) -> None:
    hub.files[NAME] = OTHER
    with pytest.raises(DownloadError) as caught:
        setup.get(request(NAME))
    assert caught.value.code is ErrorCode.DOWNLOAD_CORRUPT
    assert NAME in caught.value.message
    assert setup.left() == {}
    with pytest.raises(DownloadError):
        setup.get(DownloadRequest("tiny", "tiny", (WantedFile(NAME, 5),), SOURCES))


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


def test_that_waits_grow_and_obey_the_server(setup: Setup, hub: Hub) -> None:
    setup.tries = 5
    hub.troubles.extend(
        [
            *[Trouble(status=500)] * 2,
            Trouble(status=429, headers={"Retry-After": "7"}),
            Trouble(status=429, headers={"Retry-After": "soon"}),
        ]
    )
    setup.get(request(NAME))
    assert setup.waits.seconds == [1.0, 2.0, 7.0, 8.0]


def test_that_stopping_ends_a_wait(setup: Setup, hub: Hub) -> None:
    stop = StopFlag()
    stop.stop()
    with pytest.raises(StoppedError):
        stop.wait(1000)
    with pytest.raises(StoppedError):
        setup.get(request(NAME), stop)
    assert setup.left() == {}


def test_that_progress_comes_ten_times_a_second_and_knows_the_speed() -> None:
    now = 0.0
    told: list[DownloadProgress] = []
    meter = ProgressMeter(10_000_000, told.append, lambda: now)
    for step in range(1001):
        now = step / 100
        meter.tell(step * 1000, "weights")
    assert 90 <= len(told) <= 101
    assert told[0].seconds_left is None
    assert told[-1].bytes_per_second == pytest.approx(100_000)
    assert told[-1].seconds_left == pytest.approx(90, rel=0.01)
    meter.tell(0, "weights", is_due=True)  # started over
    assert told[-1].bytes_per_second == 0
    meter.tell(5, "weights", is_checking=True, is_due=True)
    assert told[-1].is_checking


def test_that_the_papers_name_no_place(setup: Setup, hub: Hub) -> None:
    interrupt(setup, hub, request(NAME))
    papers = json.loads(part(setup).with_name(f"{NAME}.part.json").read_bytes())
    assert papers["expected"]["sha256"] == sha256(WEIGHTS)
    assert hub.host not in json.dumps(papers)


def test_that_an_unreachable_hub_costs_little_time_and_is_asked_last(
    setup: Setup, hub: Hub
) -> None:
    with Hub() as gone:
        address = gone.base_url
    setup.hubs = (sources.hugging_face(base_url=address), sources.mirror(hub.base_url))
    setup.tries = 5
    setup.get(request(knows=False))
    assert setup.left() == installed()
    assert setup.waits.seconds == [1.0]
    asked = [record.host for record in setup.network.log.records()]
    assert asked[:2] == [address.removeprefix("http://")] * 2
    assert set(asked[2:]) == {hub.host}


def test_that_a_token_opens_a_gated_model_and_stays_at_its_hub(setup: Setup, hub: Hub) -> None:
    with Hub(FILES) as cdn:
        hub.cdn = cdn
        hub.token = "secret"  # noqa: S105
        with pytest.raises(DownloadError) as caught:
            setup.get(request())
        assert caught.value.details["status"] == "401"
        setup.hubs = (sources.hugging_face("secret", hub.base_url),)
        setup.get(request())
        assert len(cdn.requests) == len(FILES)
        assert not any("authorization" in sent.headers for sent in cdn.requests)
    assert setup.left() == installed()
