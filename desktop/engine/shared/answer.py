"""The answer that is being written: its ids, its text, its times."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from desktop.engine.api import TextDelta
from desktop.engine.shared.text import StopText, TextStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.engine.api import Job


class Answer:
    """Takes tokens, sends text.

    Attributes:
        text: All that was sent.
        count: Tokens taken.
        whole_ids: The tokens up to the last whole character.
        first_at: When the first token was there, by the monotonic clock.
        last_at: The same for the last one.
    """

    def __init__(self, request_id: str, job: Job, stops: Sequence[str] = ()) -> None:
        self.job = job
        self.text = ""
        self.count = 0
        self.whole_ids: list[int] = []
        self.first_at = self.last_at = time.monotonic()
        self._request_id = request_id
        self._stream = TextStream()
        self._stop = StopText(stops)
        self._pending_ids: list[int] = []

    @property
    def is_stopped(self) -> bool:
        """Whether a stop string was met; it and what follows are not sent."""
        return self._stop.is_found

    def add(self, token: int, piece: bytes) -> None:
        """Take a token and send what became readable."""
        ready = self._stream.feed(piece)
        self.count += 1
        self._pending_ids.append(token)
        if not self._stream.has_pending_bytes:
            self.whole_ids += self._pending_ids
            self._pending_ids.clear()
        self.mark_time()
        self._send(self._stop.feed(ready))

    def finish(self) -> None:
        """Send what was held back for a stop string that did not come."""
        self._send(self._stop.rest())

    def mark_time(self) -> None:
        """The clock of the last token; of the first one, once."""
        self.last_at = time.monotonic()
        if self.count <= 1:
            self.first_at = self.last_at

    def _send(self, text: str) -> None:
        if text:
            self.text += text
            self.job.emit(TextDelta(self._request_id, text))
