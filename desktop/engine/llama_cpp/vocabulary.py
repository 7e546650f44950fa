"""Text to token ids and back."""

from __future__ import annotations

import ctypes

from llama_cpp import llama_cpp as lib

from desktop.core.errors import EngineError, ErrorCode


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
