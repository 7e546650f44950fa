"""The tokenizer and the chat layout, as token numbers and three-dimensional positions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tokenizers import Tokenizer

from recipe.questions import MARK

TOKENIZER = Tokenizer.from_file(str(Path(__file__).with_name("tokenizer.json")))
VOCABULARY_SIZE = TOKENIZER.get_vocab_size()

END_OF_TEXT = TOKENIZER.token_to_id("<|endoftext|>")
IM_START = TOKENIZER.token_to_id("<|im_start|>")
IM_END = TOKENIZER.token_to_id("<|im_end|>")
VISION_START = TOKENIZER.token_to_id("<|vision_start|>")
VISION_END = TOKENIZER.token_to_id("<|vision_end|>")
IMAGE_PAD = TOKENIZER.token_to_id("<|image_pad|>")
VIDEO_PAD = TOKENIZER.token_to_id("<|video_pad|>")


def encode(text: str) -> list[int]:
    """Token numbers; what stands between marks gets one token a character."""
    ids: list[int] = []
    for index, part in enumerate(text.split(MARK)):
        pieces = part if index % 2 else [part]
        for piece in pieces:
            ids += TOKENIZER.encode(piece, add_special_tokens=False).ids
    return ids


NEWLINE = encode("\n")
USER = [IM_START, *encode("user\n")]
ASSISTANT = [IM_START, *encode("assistant\n")]
SYSTEM = [IM_START, *encode("system\nYou are a helpful assistant."), IM_END, *NEWLINE]


@dataclass(slots=True)
class Sequence:
    """Tokens of one row; `block` 0 is seen by all that follows, other blocks only by themselves."""

    ids: list[int] = field(default_factory=list)
    positions: list[tuple[int, int, int]] = field(default_factory=list)
    block: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    next_position: int = 0

    def text(self, ids: list[int], block: int = 0, *, learned: bool = False) -> None:
        """Appends text; only learned text counts in the loss."""
        for token in ids:
            self.ids.append(token)
            self.positions.append((self.next_position,) * 3)
            self.block.append(block)
            self.targets.append(token if learned else -1)
            self.next_position += 1

    def picture(self, rows: int, columns: int) -> None:
        """Appends a picture of this many tokens; time stands still while height and width run."""
        self.text([VISION_START])
        start = self.next_position
        for row in range(rows):
            for column in range(columns):
                self.ids.append(IMAGE_PAD)
                self.positions.append((start, start + row, start + column))
                self.block.append(0)
                self.targets.append(-1)
        self.next_position = start + max(rows, columns)
        self.text([VISION_END])


def opening(pictures: list[tuple[int, int]], *, system: bool) -> Sequence:
    """A conversation up to the first question; pictures as rows and columns of tokens."""
    sequence = Sequence()
    sequence.text([*(SYSTEM if system else []), *USER])
    for rows, columns in pictures:
        sequence.picture(rows, columns)
    return sequence
