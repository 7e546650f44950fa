"""Downloads from a hub that misbehaves: the right file, or a sentence; never a wrong file."""

from __future__ import annotations

import stat
import sys
from typing import Any

import pytest

from desktop.core.errors import DownloadError, ErrorCode
from desktop.store import hubs as sources
from desktop.store.connection_log import ConnectionLog
from desktop.store.download import DownloadRequest, WantedFile, remove_download
from desktop.store.network import Network
from desktop.store.progress import DownloadProgress, ProgressMeter
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
)


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
