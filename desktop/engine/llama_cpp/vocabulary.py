"""Text to token ids and back."""

from __future__ import annotations

import codecs
import ctypes
from typing import TYPE_CHECKING

from llama_cpp import llama_cpp as lib

from desktop.core.errors import EngineError, ErrorCode

if TYPE_CHECKING:
    from collections.abc import Iterable


class Vocabulary:
    """A loaded model's tokenizer; lives no longer than the model."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.size = int(lib.llama_vocab_n_tokens(handle))
        self.bos = int(lib.llama_vocab_bos(handle)) if lib.llama_vocab_get_add_bos(handle) else None
        self._buffer = ctypes.create_string_buffer(256)

    def tokens(self, text: str, *, has_control: bool) -> list[int]:
        """Ids of a text; control tokens in it are recognised only with `has_control`."""
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 8
        while True:
            ids = (lib.llama_token * room)()
            count = lib.llama_tokenize(self.handle, raw, len(raw), ids, room, False, has_control)
            if count >= 0:
                return list(ids[:count])
            if -count <= room:
                raise EngineError("The text cannot be tokenized.", ErrorCode.ENGINE_FAILED)
            room = -count

    def piece(self, token: int) -> bytes:
        """UTF-8 bytes of one token, which may be part of a character; empty for control tokens."""
        count = lib.llama_token_to_piece(
            self.handle,
            token,
            self._buffer,
            len(self._buffer),
            0,
            False,
        )
        if count < 0:
            self._buffer = ctypes.create_string_buffer(-count)
            return self.piece(token)
        return self._buffer.raw[:count]

    def is_end(self, token: int) -> bool:
        """Whether a token ends the answer."""
        return bool(lib.llama_vocab_is_eog(self.handle, token))


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


class LoopGuard:
    """Notices an answer that goes round in circles.

    A loop is a block of 1..256 tokens that repeats back to back: at least 8 times and over 128
    tokens for blocks up to 64 tokens, at least 5 times for longer ones. Tables and lists of equal
    rows stay below that.
    """

    _EVERY = 16

    def __init__(self) -> None:
        self._ids: list[int] = []

    def is_looping(self, token: int) -> bool:
        """Take the next token; looks only every 16th time."""
        self._ids.append(token)
        if len(self._ids) % self._EVERY or len(self._ids) < 128:
            return False
        return any(self._repeats(period) for period in self._periods())

    def _periods(self) -> Iterable[int]:
        """Distances back to earlier occurrences of the last token: only they can be periods."""
        last, count = self._ids[-1], len(self._ids)
        return (p for p in range(1, min(256, count // 5) + 1) if self._ids[count - 1 - p] == last)

    def _repeats(self, period: int) -> bool:
        times = max(8, -(-128 // period)) if period <= 64 else 5
        span = period * times
        tail = self._ids[-span:]
        return len(tail) == span and tail[period:] == tail[:-period]
