"""How far a download has come: at most ten times a second, with a speed that does not jump."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERVAL_S = 0.1
_WINDOW_S = 5.0  # speed is the mean over this


class DownloadProgress(Struct, frozen=True):
    """How far a model has come.

    Attributes:
        done_bytes: Of all its files, those from earlier sessions included.
        total_bytes: Of all its files.
        bytes_per_second: Received, over the last seconds; 0 while nothing comes.
        seconds_left: None while the speed is unknown.
        file: The path of the file in work.
        is_checking: Whether bytes on the disk are being read, not received.
    """

    done_bytes: int
    total_bytes: int
    bytes_per_second: float
    seconds_left: float | None
    file: str
    is_checking: bool = False


class ProgressMeter:
    """Turns counts into `DownloadProgress`; one thread uses it."""

    def __init__(
        self,
        total_bytes: int,
        listener: Callable[[DownloadProgress], None],
        clock: Callable[[], float],
    ) -> None:
        self._total_bytes = total_bytes
        self._listener = listener
        self._clock = clock
        self._told_at = float("-inf")
        self._samples: deque[tuple[float, int]] = deque()

    def tell(
        self, done_bytes: int, file: str, *, is_checking: bool = False, is_due: bool = False
    ) -> None:
        """Report if a tenth of a second has passed, or in any case if `is_due`."""
        now = self._clock()
        if not is_due and now - self._told_at < _INTERVAL_S:
            return
        self._told_at = now
        speed = 0.0 if is_checking else self._speed(now, done_bytes)
        if is_checking:
            self._samples.clear()
        left = (self._total_bytes - done_bytes) / speed if speed > 0 else None
        self._listener(
            DownloadProgress(done_bytes, self._total_bytes, speed, left, file, is_checking)
        )

    def tell_file(self, done_before: int, file: str, done_in_file: int, is_checking: bool) -> None:
        """Report on a file that comes after `done_before` bytes of others."""
        self.tell(done_before + done_in_file, file, is_checking=is_checking)

    def _speed(self, now: float, done_bytes: int) -> float:
        if self._samples and done_bytes < self._samples[-1][1]:
            self._samples.clear()  # a file was started over
        self._samples.append((now, done_bytes))
        while len(self._samples) > 2 and now - self._samples[1][0] >= _WINDOW_S:
            self._samples.popleft()
        began, at_first = self._samples[0]
        return (done_bytes - at_first) / (now - began) if now > began else 0.0
