"""Holding an answer to a JSON Schema: before each token, which ones may follow.

The same library says it for every engine, so a schema means the same in all of them. (llama.cpp's
own grammars end the whole process on a mistake, and know less of JSON Schema.)
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from desktop.core.errors import EngineError, ErrorCode
from desktop.core.json_schema import MOST_CHARACTERS, prepared

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer
    from numpy.typing import NDArray

    from desktop.engine.shared.vocabulary import Vocabulary

_LONGEST = 128  # bytes of a token that is looked for
_NO_TOKEN = b"\xff"  # begins what no text can contain


class Constraints:
    """Makes constraints for one loaded model; what depends on its vocabulary alone is kept.

    That is made with the first schema: 0.6 s for 152,000 tokens.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._ends: list[int] = []
        self._tokenizer: LLTokenizer | None = None

    def of(self, schema: str) -> Constraint:
        """For one drawing of one answer.

        Raises:
            SchemaError: the schema is none that can be held to.
            EngineError: SCHEMA_REFUSED when no answer could follow it.
        """
        # 80 ms of every start of a worker, for what few answers need.
        from llguidance import LLMatcher  # noqa: PLC0415

        ready = prepared(schema)
        tokenizer = self._tokenizer or self._make_tokenizer()
        try:
            grammar = LLMatcher.grammar_from_json_schema(
                ready,
                # As models have read most JSON: on one line, with a space behind each separator.
                # White space that is free is where small models lose their way.
                overrides={
                    "whitespace_flexible": False,
                    "item_separator": ", ",
                    "key_separator": ": ",
                },
            )
        except ValueError as error:
            raise _refused(str(error)) from None
        matcher = LLMatcher(tokenizer, grammar, log_level=0)
        if matcher.is_error():
            raise _refused(matcher.get_error())
        constraint = Constraint(matcher, self._vocabulary.size, self._ends[0])
        constraint.try_step()
        return constraint

    def _make_tokenizer(self) -> LLTokenizer:
        from llguidance import LLTokenizer, TokenizerWrapper  # noqa: PLC0415

        words = _Words(self._vocabulary)
        self._ends = words.ends
        self._tokenizer = LLTokenizer(
            TokenizerWrapper(words), n_vocab=self._vocabulary.size, eos_token=words.ends
        )
        return self._tokenizer


class Constraint:
    """Where one answer stands in its schema. Every token of the answer goes through it, in order.

    Its methods raise `EngineError` SCHEMA_REFUSED when the schema is too much to follow after all.
    """

    def __init__(self, matcher: LLMatcher, size: int, end: int) -> None:
        self._matcher = matcher
        self._end = end
        self._mask = np.zeros((size + 31) // 32, np.int32)

    def try_step(self) -> None:
        """Look at what may come next, since some schemas turn out to be none only then."""
        ids = self._matcher.compute_ff_tokens()
        self._check()
        self.allowed(0)
        if len(ids) > MOST_CHARACTERS:  # a part that always holds itself has no end
            raise _refused("")

    def forced(self) -> list[int]:
        """The tokens that must follow, taken as drawn; none where there is a choice.

        An answer that is complete is followed by the end.
        """
        if self._matcher.is_stopped():
            self._check()
            return [self._end]
        ids = self._matcher.compute_ff_tokens()
        if ids:
            self._matcher.consume_tokens(ids)
            self._check()
        return ids

    def allowed(self, count: int) -> NDArray[np.bool_]:
        """(count,): which tokens may follow. Models may have more rows than they have tokens."""
        self._matcher.unsafe_compute_mask_ptr(self._mask.ctypes.data, self._mask.nbytes)
        self._check()
        bits = np.unpackbits(self._mask.view(np.uint8), bitorder="little")[:count]
        return np.pad(bits, (0, count - len(bits))).view(np.bool_)

    def take(self, token: int) -> None:
        """Note a token that was drawn."""
        self._matcher.consume_token(token)
        self._check()

    def _check(self) -> None:
        if self._matcher.is_error():
            raise _refused(self._matcher.get_error())


class _Words:
    """A vocabulary as the library asks for it."""

    bos_token_id = None

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        every = range(vocabulary.size)
        self.ends = [token for token in every if vocabulary.is_end(token)]
        if not self.ends:
            raise EngineError(
                "This model has no mark for the end of an answer.", ErrorCode.ENGINE_FAILED
            )
        self.eos_token_id = self.ends[0]
        self.tokens = [
            vocabulary.piece(token) or _NO_TOKEN + str(token).encode() for token in every
        ]
        for token in self.ends:
            self.tokens[token] = _NO_TOKEN + str(token).encode()

    def __call__(self, text: bytes) -> list[int]:
        """Ids that spell exactly this text, as the tokenizer has it in the middle of others."""
        words = text.decode("utf-8", "replace")
        ids = self._vocabulary.tokens(words, has_control=False)
        if self._spelled(ids) == text:
            return ids
        # Some tokenizers put a space before every text; behind a line break there is none.
        ids = self._vocabulary.tokens("\n" + words, has_control=False)
        for begun in range(1, len(ids) + 1):
            if self._spelled(ids[:begun]).endswith(b"\n"):
                ids = ids[begun:]
                break
        return ids if self._spelled(ids) == text else self._longest_words(text)

    def _spelled(self, ids: list[int]) -> bytes:
        return b"".join(self.tokens[token] for token in ids)

    @cached_property
    def _by_text(self) -> dict[bytes, int]:
        return {text: token for token, text in enumerate(self.tokens)}

    def _longest_words(self, text: bytes) -> list[int]:
        ids, at = list[int](), 0
        while at < len(text):
            ends = range(min(len(text), at + _LONGEST), at, -1)
            end = next((end for end in ends if text[at:end] in self._by_text), None)
            if end is None:
                return ids
            ids.append(self._by_text[text[at:end]])
            at = end
        return ids


def _refused(reason: str) -> EngineError:
    line = next((line.strip() for line in reason.splitlines() if line.strip()), "")[:120]
    line = line if " " in line else ""  # a name out of the library's code
    return EngineError(
        f"No answer can follow this schema: {line or 'it is too much to follow'}.",
        ErrorCode.SCHEMA_REFUSED,
        reason=line,
    )
