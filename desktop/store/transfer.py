"""Bringing one file from one address into its part, going on where it stopped if that is proven."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop.core.errors import DownloadError, ErrorCode
from desktop.store.network import no_connection, unusable

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.store.network import Answer, HostToken, Network
    from desktop.store.part_file import PartFile
    from desktop.store.stopping import StopFlag

_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def transfer(
    network: Network,
    url: str,
    token: HostToken | None,
    part: PartFile,
    stop: StopFlag,
    on_change: Callable[[], None],
) -> None:
    """Bring the rest of a part whose bytes so far are hashed; `on_change` after every piece.

    What comes has the right length; the checksum is the caller's to ask for.

    Raises:
        DownloadError: Connection lost, refused, or another file than the expected one.
        StoreError: The disk does not take it.
        StoppedError: `stop` was raised. What came before is kept.
    """
    if part.size_bytes == part.expected.size_bytes and part.expected.size_bytes:
        return
    if part.size_bytes and not (part.expected.is_provable or part.validator):
        part.restart(None)
    headers = {}
    if part.size_bytes:
        headers["Range"] = f"bytes={part.size_bytes}-"
        if not part.expected.is_provable and part.validator:
            headers["If-Range"] = part.validator
    purpose = f"download {part.target.name}"
    with network.open(url, purpose=purpose, stop=stop, headers=headers, token=token) as answer:
        _begin(answer, part, is_resuming="Range" in headers)
        on_change()
        for piece in answer.chunks():
            if part.size_bytes + len(piece) > part.expected.size_bytes:
                raise corrupt(part, answer.host)
            part.append(piece)
            on_change()
    if part.size_bytes < part.expected.size_bytes:
        raise no_connection(answer.host)


def _begin(answer: Answer, part: PartFile, *, is_resuming: bool) -> None:
    """Make the part ready for the body that follows, or raise."""
    _check_identity(answer, part)
    if answer.status == 206 and is_resuming:
        _check_resumed(answer, part)
        part.is_pieced = True
    elif answer.status == 200:
        _check_length(answer, part)
        part.restart(_strong_etag(answer))
    elif answer.status == 416 and is_resuming:
        part.restart(None)
        raise no_connection(answer.host)  # asked again, from the start
    else:
        answer.refuse()
        raise unusable(answer.host)


def not_as_expected(name: str, host: str) -> DownloadError:
    """The error for a source that has another file."""
    return DownloadError(
        f"“{name}” from {host} is not the file it should be, so it was not kept.",
        ErrorCode.DOWNLOAD_CORRUPT,
        name=name,
        host=host,
    )


def corrupt(part: PartFile, host: str) -> DownloadError:
    """The same error, with the part emptied."""
    part.restart(None)
    return not_as_expected(part.target.name, host)


def _check_identity(answer: Answer, part: PartFile) -> None:
    """Refuse before the first byte what the hub itself calls another file."""
    for hop in answer.hops:
        size = hop.headers.get("x-linked-size", "")
        if size.isdecimal() and int(size) != part.expected.size_bytes:
            raise corrupt(part, answer.host)
        etag = hop.headers.get("x-linked-etag", "").removeprefix("W/").strip('"')
        if part.expected.sha256 and _SHA256.fullmatch(etag) and etag != part.expected.sha256:
            raise corrupt(part, answer.host)


def _check_length(answer: Answer, part: PartFile) -> None:
    length = answer.headers.get("content-length")
    if length is not None and length != str(part.expected.size_bytes):
        raise corrupt(part, answer.host)


def _check_resumed(answer: Answer, part: PartFile) -> None:
    """Whether the bytes that follow continue this very part; if not, start over next time."""
    match = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", ""))
    start, end, total = (int(text) for text in match.groups()) if match else (-1, -1, -1)
    if total >= 0 and total != part.expected.size_bytes:
        raise corrupt(part, answer.host)
    is_same = part.expected.is_provable or _strong_etag(answer) == part.validator
    if start != part.size_bytes or end != total - 1 or not is_same:
        part.restart(None)
        raise no_connection(answer.host)


def _strong_etag(answer: Answer) -> str | None:
    etag = answer.headers.get("etag", "")
    return etag if len(etag) > 2 and etag.startswith('"') and etag.endswith('"') else None
