"""From an answer's tokens to the text that is shown: whole characters, stop strings."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class TextStream:
    """Whole characters from token pieces."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.text = ""
        self.has_pending_bytes = False

    def feed(self, piece: bytes) -> str:
        """What can be shown after this piece; may be empty."""
        ready = self._decoder.decode(piece)
        self.has_pending_bytes = bool(self._decoder.getstate()[0])
        self.text += ready
        return ready


class StopText:
    """Holds text back while it may be the beginning of a stop string, and notices a whole one."""

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.is_found = False

    def feed(self, text: str) -> str:
        """What can be shown now; nothing more once a stop string was found."""
        if not self._stops:
            return text
        if self.is_found:
            return ""
        held = self._held + text
        places = [at for at in map(held.find, self._stops) if at >= 0]
        if places:
            self.is_found, self._held = True, ""
            return held[: min(places)]
        keep = max(self._beginning_at_end(held, stop) for stop in self._stops)
        self._held = held[len(held) - keep :]
        return held[: len(held) - keep]

    def rest(self) -> str:
        """What was held back and is no stop string after all: the answer is over."""
        held, self._held = self._held, ""
        return held

    @staticmethod
    def _beginning_at_end(text: str, stop: str) -> int:
        """Length of the longest end of a text that is a beginning of a stop string."""
        longest = min(len(text), len(stop) - 1)
        return next((n for n in range(longest, 0, -1) if text.endswith(stop[:n])), 0)
