"""Asking for a newer version: what is believed, what is refused, and that nobody asks unasked."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

import desktop
from desktop import __version__
from desktop.core.errors import DownloadError, ErrorCode
from desktop.store import releases
from desktop.store.connection_log import ConnectionLog, ConnectionOutcome
from desktop.store.network import Network
from desktop.store.releases import newest_release, releases_url, write_releases_url
from desktop.store.stopping import StopFlag, StoppedError
from tests.publisher import Publisher

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site() -> Iterator[Publisher]:
    with Publisher() as opened:
        opened.publish("v0.2.0")
        yield opened


@pytest.fixture
def network() -> Network:
    return Network(ConnectionLog(), timeout_s=10)


def ask(network: Network, site: Publisher) -> releases.Release | None:
    return newest_release(network, site.url, StopFlag())


def code_of(network: Network, site: Publisher) -> ErrorCode:
    with pytest.raises(DownloadError) as caught:
        ask(network, site)
    return caught.value.code


@pytest.mark.parametrize(
    ("tag", "yours", "is_newer", "is_older"),
    [
        ("v0.2.0", "0.1.0", True, False),
        ("0.10.0", "0.9.1", True, False),
        ("v0.1.0", "0.1.0", False, False),
        ("v0.1", "0.1.0", False, False),
        ("v0.1.0", "0.2.0.dev1", False, True),
        ("v0.2.0", "0.2.0rc1", True, False),
    ],
)
def test_that_versions_are_compared_as_versions(
    network: Network, site: Publisher, tag: str, yours: str, is_newer: bool, is_older: bool
) -> None:
    site.publish(tag)
    release = ask(network, site)
    assert release is not None
    assert (release.is_newer_than(yours), release.is_older_than(yours)) == (is_newer, is_older)
    assert release.page == f"{site.base}/ground/glass/releases/tag/{tag}"


def test_that_one_question_is_asked_that_says_nothing_of_the_person_and_is_listed(
    network: Network, site: Publisher
) -> None:
    assert ask(network, site) is not None
    ((path, headers),) = site.requests
    assert path == "/repos/ground/glass/releases/latest"
    assert set(headers) == {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert headers["user-agent"] == "Groundglass"
    (record,) = network.log.records()
    assert (record.purpose, record.outcome) == ("updates", ConnectionOutcome.ANSWERED)


def test_that_a_place_without_releases_has_none(network: Network, site: Publisher) -> None:
    site.status = 404
    assert ask(network, site) is None


@pytest.mark.parametrize("field", ["draft", "prerelease"])
def test_that_what_is_not_for_everybody_is_not_offered(
    network: Network, site: Publisher, field: str
) -> None:
    site.publish("v9.0.0", **{field: True})
    assert ask(network, site) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>hello</html>",
        b"[]",
        b"{}",
        b'{"tag_name": 3, "html_url": "x"}',
        b'{"tag_name": "v1", "html_url": null}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_that_nonsense_is_refused(network: Network, site: Publisher, body: bytes) -> None:
    site.body = body
    assert code_of(network, site) is ErrorCode.DOWNLOAD_UNUSABLE


@pytest.mark.parametrize("tag", ["", "latest", "v1.0; rm -rf", "1" * 101, "v1.0\u202e"])
def test_that_a_version_that_is_none_is_refused(
    network: Network, site: Publisher, tag: str
) -> None:
    site.publish(tag)
    assert code_of(network, site) is ErrorCode.DOWNLOAD_UNUSABLE


@pytest.mark.parametrize(
    "page",
    [
        "",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://groundglass.example/download",
        "http://127.0.0.1/other-port",
        "http://user@{host}/page",
        "http://{host}/a page",
        "http://{host}/a\u202epage",
        "http://[broken/",
    ],
)
def test_that_a_page_elsewhere_is_refused(network: Network, site: Publisher, page: str) -> None:
    site.publish("v0.2.0", html_url=page.replace("{host}", site.base.removeprefix("http://")))
    assert code_of(network, site) is ErrorCode.DOWNLOAD_UNUSABLE


def test_that_the_page_of_an_interface_is_on_the_site_itself() -> None:
    api = "https://api.github.com/repos/a/b/releases/latest"
    assert releases._is_same_place("https://github.com/a/b/releases/tag/v1", api)
    assert not releases._is_same_place("http://github.com/a/b/releases/tag/v1", api)
    assert not releases._is_same_place("https://github.com.example/a/b", api)


def test_that_an_endless_answer_is_not_read(network: Network, site: Publisher) -> None:
    site.publish("v0.2.0", body="x" * (1 << 20))
    assert code_of(network, site) is ErrorCode.DOWNLOAD_UNUSABLE
    assert network.log.records()[0].bytes_received < 1 << 21


def test_that_a_server_that_falls_silent_is_given_up(site: Publisher) -> None:
    site.stalls_after = 10
    network = Network(ConnectionLog(), timeout_s=0.3)
    assert code_of(network, site) is ErrorCode.DOWNLOAD_CONNECTION


def test_that_an_answer_may_not_drip_for_ever(network: Network, site: Publisher) -> None:
    site.stalls_after = 10
    with pytest.raises(DownloadError) as caught:
        newest_release(network, site.url, StopFlag(), longest_s=0.3)
    assert caught.value.code is ErrorCode.DOWNLOAD_CONNECTION


def test_that_a_person_can_stop_the_question(network: Network, site: Publisher) -> None:
    site.stalls_after = 10
    stop = StopFlag()

    def stop_when_asked() -> None:
        site.asked.wait(10)
        stop.stop()

    stopper = threading.Thread(target=stop_when_asked)
    stopper.start()
    with pytest.raises(StoppedError):
        newest_release(network, site.url, stop)
    stopper.join()


def test_that_a_refusal_and_the_offline_switch_are_errors_of_their_own(
    network: Network, site: Publisher
) -> None:
    site.status = 403
    assert code_of(network, site) is ErrorCode.DOWNLOAD_REFUSED
    network.set_offline(True)
    assert code_of(network, site) is ErrorCode.OFFLINE
    assert len(site.requests) == 1


def test_that_a_place_that_moved_is_followed(network: Network, site: Publisher) -> None:
    site.location = "/repositories/1/releases/latest"
    assert ask(network, site) is not None
    assert [path for path, _headers in site.requests][-1] == "/repositories/1/releases/latest"


def test_that_a_checkout_has_no_address_and_a_build_the_one_it_was_made_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert releases_url() is None
    monkeypatch.setattr(releases, "bundled_root", lambda: tmp_path)
    assert releases_url() is None
    url = "https://api.github.com/repos/a/b/releases/latest"
    write_releases_url(tmp_path / releases.FILE_NAME, url)
    assert releases_url() == url
    write_releases_url(tmp_path / releases.FILE_NAME, None)
    assert releases_url() is None
    (tmp_path / releases.FILE_NAME).write_text("nonsense")
    assert releases_url() is None


@pytest.mark.parametrize("url", ["http://example.org/x", "ftp://example.org", "https://a@b.c/", ""])
def test_that_a_build_takes_no_address_in_the_clear(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        write_releases_url(tmp_path / releases.FILE_NAME, url)


def test_that_only_the_dialog_asks_and_only_a_command_opens_it() -> None:
    package = Path(desktop.__file__).parent
    askers, openers = set(), set()
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(package).as_posix()
        askers |= {name} if re.search(r"\bnewest_release\(", text) else set()
        openers |= {name} if re.search(r"\bUpdateDialog\(", text) else set()
    assert askers == {"store/releases.py", "gui/update_dialog.py"}
    assert openers == {"gui/update_dialog.py", "gui/window_dialogs.py"}
    window = (package / "gui" / "main_window.py").read_text(encoding="utf-8")
    assert window.count("show_updates") == 1
    assert "updates.triggered.connect(dialogs.show_updates)" in window


def test_that_our_own_version_is_one() -> None:
    assert str(Version(__version__)) == __version__
