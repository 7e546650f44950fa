"""Text to token ids and back, with the model's own tokenizer.json.

Read by `tokenizers` itself: no code of the model's folder, no class name in its settings, and none
of the defects of streaming decoders that wait for a space (there is none between Chinese words).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tokenizers import Tokenizer

from desktop.core.errors import ErrorCode, ModelError

if TYPE_CHECKING:
    from desktop.engine.mlx.folder import ModelFolder

# Tokens that end a turn by their names, since the settings of converted models often forget one.
_TURN_ENDS = ("<|im_end|>", "<|endoftext|>")


def _byte_alphabet() -> dict[str, int]:
    """The character that stands for each byte in a byte-level vocabulary (as GPT-2 defined it)."""
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {chr(byte): byte for byte in shown} | {
        chr(256 + index): byte for index, byte in enumerate(hidden)
    }


_BYTES = _byte_alphabet()


class MlxVocabulary:
    """A loaded model's tokenizer."""

    def __init__(self, folder: ModelFolder) -> None:
        name = folder.path.name
        try:
            self._tokenizer = Tokenizer.from_file(str(folder.path / "tokenizer.json"))
        except Exception as error:  # tokenizers raises nothing narrower
            raise ModelError(
                f"tokenizer.json in the model folder {name} is damaged. Download the model again.",
                ErrorCode.MODEL_UNREADABLE,
                name="tokenizer.json",
                folder=str(folder.path),
            ) from error
        if "ByteLevel" not in repr(self._tokenizer.decoder):
            raise ModelError(
                f"{name} is an MLX model of a kind that this version does not know.",
                ErrorCode.MODEL_LOAD_FAILED,
                name=name,
            )
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._added = self._tokenizer.get_added_tokens_decoder()
        self.size = int(self._tokenizer.get_vocab_size())
        self.bos = self._id(folder.bos_text) if folder.bos_text is not None else None
        named = {self._id(text) for text in (*folder.end_texts, *_TURN_ENDS)}
        self._ends = folder.end_ids | {token for token in named if token is not None}

    def tokens(self, text: str, *, has_control: bool) -> list[int]:
        """Ids of a text; control tokens in it are recognised only with `has_control`."""
        clean = text.encode("utf-8", "replace").decode()  # lone surrogates have no UTF-8
        self._tokenizer.encode_special_tokens = not has_control
        return list(self._tokenizer.encode(clean, add_special_tokens=False).ids)

    def piece(self, token: int) -> bytes:
        """UTF-8 bytes of one token, which may be part of a character; empty for control tokens."""
        added = self._added.get(token)
        if added is not None:
            return b"" if added.special else str(added.content).encode()
        text = self._tokenizer.id_to_token(token)
        if text is None:  # models have more rows than their tokenizers have tokens
            return b""
        return bytes(_BYTES[character] for character in text if character in _BYTES)

    def is_control(self, token: int) -> bool:
        """Whether a token is a mark of the template and no text."""
        return token in self._added and bool(self._added[token].special)

    def is_end(self, token: int) -> bool:
        """Whether a token ends the answer."""
        return token in self._ends

    def _id(self, text: str) -> int | None:
        found = self._tokenizer.token_to_id(text)
        return None if found is None else int(found)
