"""Trying again after a failure that may pass, with growing waits."""

from __future__ import annotations

import email.utils
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from desktop.core.errors import DownloadError, ErrorCode
from desktop.store.network import RefusalError, UnreachableError
from desktop.store.stopping import StopFlag

if TYPE_CHECKING:
    from types import TracebackType

_T = TypeVar("_T")
_PASSING = frozenset({408, 425, 429})  # and all of 5xx
_LONGEST_OBEYED_S = 120.0  # a server that wants more is left for the next one


def _wait(stop: StopFlag, seconds: float) -> None:
    stop.wait(seconds)


class RetryPolicy(Struct, frozen=True):
    """How often and how soon.

    Attributes:
        tries: In a row without progress, the first one included.
        unreachable_tries: The same for a host that takes no connection, since each may last long.
        first_wait_s: Doubled each time, give or take half.
        longest_wait_s: What the doubling stops at.
        progress_bytes: New bytes that count as progress.
        wait: Waits, or raises `StoppedError`.
        jitter: Gives numbers in 0..1.
    """

    tries: int = 5
    unreachable_tries: int = 2
    first_wait_s: float = 1.0
    longest_wait_s: float = 30.0
    progress_bytes: int = 1 << 20
    wait: Callable[[StopFlag, float], None] = _wait
    jitter: Callable[[], float] = random.random

    def run(
        self,
        attempt: Callable[[], _T],
        stop: StopFlag,
        done_bytes: Callable[[], int] = lambda: 0,
    ) -> _T:
        """The attempt's value; its last error once there is no hope.

        `done_bytes` tells how far the work has come. Only what goes beyond the furthest point
        reached before is progress, so a server that starts from zero each time is given up.
        """
        failures = 0
        furthest = done_bytes()
        while True:
            try:
                return attempt()
            except DownloadError as error:
                reached = done_bytes()
                if reached >= furthest + self.progress_bytes:
                    failures = 0
                furthest = max(furthest, reached)
                failures += 1
                wait_s = self._wait_after(error, failures)
                is_unreachable = isinstance(error, UnreachableError)
                tries = self.unreachable_tries if is_unreachable else self.tries
                if wait_s is None or failures >= tries:
                    raise
            self.wait(stop, wait_s)

    def _wait_after(self, error: DownloadError, failures: int) -> float | None:
        """Seconds until it may be tried again; None if that is no use."""
        backed_off = min(self.longest_wait_s, self.first_wait_s * 2.0 ** (failures - 1))
        backed_off *= 0.5 + self.jitter()
        if isinstance(error, RefusalError):
            if error.status not in _PASSING and error.status < 500:
                return None
            asked_s = _seconds(error.retry_after)
            if asked_s > _LONGEST_OBEYED_S:
                return None
            return max(backed_off, asked_s)
        return backed_off if error.code is ErrorCode.DOWNLOAD_CONNECTION else None


def _seconds(retry_after: str | None) -> float:
    """A Retry-After header, a number or a date, in seconds from now; 0 for nonsense."""
    if retry_after is None:
        return 0.0
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


class FirstFailure:
    """What to tell when every source failed: the first source's error, or a worse one.

    As a context manager it takes a source's failure, so that the next one has its turn. Offline,
    a full disk and the like concern all sources and go through.
    """

    def __init__(self) -> None:
        self.error: DownloadError | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, DownloadError) or error.code in _FINAL:
            return False
        if self.error is None or error.code is ErrorCode.DOWNLOAD_CORRUPT:
            self.error = error
        return True


_FINAL = frozenset({ErrorCode.OFFLINE, ErrorCode.DOWNLOAD_NO_SPACE, ErrorCode.DOWNLOAD_BUSY})
