"""Whether a newer version is out: asked by hand only, at the address that this build was made with.

The address stands in a file that a release's build writes beside the resources. A checkout has
none: then there is nowhere to ask, and nothing is offered.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from desktop.core.paths import bundled_root
from desktop.store.network import no_connection, unusable
from desktop.store.stopping import StopFlag, StoppedError
from packaging import version as versions

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.store.network import Network

FILE_NAME = "release.json"
PURPOSE = "updates"

_MOST_BYTES = 1 << 20  # a release with its files and notes has some 30 kB
_LONGEST_S = 60.0  # however slowly the answer drips
_NOT_FOUND = 404
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Release(Struct, frozen=True):
    """The newest version that was published, and the page to get it from."""

    version: versions.Version
    page: str

    def is_newer_than(self, version: str) -> bool:
        """Whether it comes after this version, by the rules of Python's packages."""
        return self.version > versions.Version(version)

    def is_older_than(self, version: str) -> bool:
        """Whether it comes before this version, as for whoever builds the next one."""
        return self.version < versions.Version(version)


class _Build(msgspec.Struct):
    releases_url: str | None


class _Answer(msgspec.Struct):
    """A release as GitHub's `releases/latest` describes it, as far as it matters."""

    tag_name: Annotated[str, msgspec.Meta(max_length=100)]
    html_url: Annotated[str, msgspec.Meta(max_length=2000)]
    draft: bool = False
    prerelease: bool = False


def releases_url() -> str | None:
    """Where to ask; None in a checkout and in builds that were made without an address."""
    try:
        written = (bundled_root() / FILE_NAME).read_bytes()
        return msgspec.json.decode(written, type=_Build).releases_url
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return None


def write_releases_url(path: Path, url: str | None) -> None:
    """Write what a build will read; raises `ValueError` for an address that must not be asked."""
    if url is not None and not _may_be_asked(url):
        raise ValueError("not an https address")
    path.write_bytes(msgspec.json.encode(_Build(url)) + b"\n")


def newest_release(
    network: Network, url: str, stop: StopFlag, *, longest_s: float = _LONGEST_S
) -> Release | None:
    """The newest release; None where none has been published.

    Raises:
        DownloadError: No answer, a refusal, or one that makes no sense: no version, or a page at
            another place than the address itself.
        StoppedError: `stop` was raised by somebody else.
    """
    is_late = threading.Event()

    def give_up() -> None:
        is_late.set()
        stop.stop()

    timer = threading.Timer(longest_s, give_up)
    timer.daemon = True
    timer.start()
    try:
        return _ask(network, url, stop)
    except StoppedError:
        if is_late.is_set():
            raise no_connection(urlsplit(url).netloc) from None
        raise
    finally:
        timer.cancel()


def _ask(network: Network, url: str, stop: StopFlag) -> Release | None:
    headers = {"Accept": "application/vnd.github+json"}
    with network.open(url, purpose=PURPOSE, stop=stop, headers=headers) as answer:
        if answer.status == _NOT_FOUND:
            return None
        answer.refuse()
        body = answer.read(_MOST_BYTES)
    try:
        found = msgspec.json.decode(body, type=_Answer)
        version = versions.Version(found.tag_name)  # a leading "v" is part of the rules
    except (ValueError, RecursionError, versions.InvalidVersion) as error:
        raise unusable(answer.host) from error
    if found.draft or found.prerelease:
        return None
    if not _is_same_place(found.html_url, url):
        raise unusable(answer.host)
    return Release(version, found.html_url)


def _may_be_asked(url: str) -> bool:
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or parts.hostname in _LOOPBACK
    return is_safe and bool(parts.hostname) and parts.username is None


def _is_same_place(page: str, url: str) -> bool:
    """Whether a page belongs to the site of an interface such as `api.github.com`."""
    try:
        shown, asked = urlsplit(page), urlsplit(url)
    except ValueError:
        return False
    return (
        shown.scheme == asked.scheme
        and shown.username is None
        and shown.netloc in {asked.netloc, asked.netloc.removeprefix("api.")}
        and page.isascii()
        and page.isprintable()
        and " " not in page
    )
