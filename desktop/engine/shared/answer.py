"""The answer that is being written: its ids, its text, its times."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from desktop.engine.api import TextDelta
from desktop.engine.shared.text import StopText, TextStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.engine.api import Job

# Each piece of text wakes the parent, which takes a core from a small model's next token; nobody
# sees more of them than a window paints. Slower models than this send every token.
SOONEST_S = 0.008


class Answer:
    """Takes tokens, sends text: the first at once, then what there is every 8 ms at most.

    Attributes:
        text: All of it, sent or to be sent with the next token or by `finish`.
        count: Tokens taken.
        whole_ids: The tokens up to the last whole character.
        first_at: When the first token was there, by the monotonic clock.
        last_at: The same for the last one.
    """

    def __init__(self, request_id: str, job: Job, stops: Sequence[str] = ()) -> None:
        self.job = job
        self.request_id = request_id
        self.text = ""
        self.count = 0
        self.whole_ids: list[int] = []
        self.first_at = self.last_at = time.monotonic()
        self._stream = TextStream()
        self._stop = StopText(stops)
        self._pending_ids: list[int] = []
        self._unsent = ""
        self._sent_at = 0.0

    @property
    def is_stopped(self) -> bool:
        """Whether a stop string was met; it and what follows are not sent."""
        return self._stop.is_found

    def add(self, token: int, piece: bytes) -> None:
        """Take a token and send what became readable, soon at least."""
        ready = self._stream.feed(piece)
        self.count += 1
        self._pending_ids.append(token)
        if not self._stream.has_pending_bytes:
            self.whole_ids += self._pending_ids
            self._pending_ids.clear()
        self.mark_time()
        text = self._stop.feed(ready)
        if text:
            self.text += text
            self._unsent += text
        if self._unsent and self.last_at - self._sent_at >= SOONEST_S:
            self._send()

    def finish(self) -> None:
        """Send what was held back, also for a stop string that did not come."""
        rest = self._stop.rest()
        self.text += rest
        self._unsent += rest
        if self._unsent:
            self._send()

    def mark_time(self) -> None:
        """The clock of the last token; of the first one, once."""
        self.last_at = time.monotonic()
        if self.count <= 1:
            self.first_at = self.last_at

    def _send(self) -> None:
        self.job.emit(TextDelta(self.request_id, self._unsent))
        self._unsent, self._sent_at = "", self.last_at
