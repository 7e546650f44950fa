"""What every engine's tokenizer can do."""

from __future__ import annotations

from typing import Protocol


class Vocabulary(Protocol):
    """A model's tokenizer. `bos` opens every prompt; None where the model wants none."""

    bos: int | None
    size: int  # ids are below it

    def tokens(self, text: str, *, has_control: bool) -> list[int]:
        """Ids of a text; control tokens in it are recognised only with `has_control`."""

    def piece(self, token: int) -> bytes:
        """UTF-8 bytes of one token, which may be part of a character; empty for control tokens."""

    def is_end(self, token: int) -> bool:
        """Whether a token ends the answer."""
