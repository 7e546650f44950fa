"""Drawing the next token on the device, so that a step need not wait for the one before."""

from __future__ import annotations

import math
import secrets
from typing import TYPE_CHECKING, Any

import mlx.core as mx

if TYPE_CHECKING:
    from desktop.core.types import GenerationSettings

_PENALTY_WINDOW = 256  # tokens that penalties look back on


class MlxSampler:
    """Draws one answer's tokens.

    Order as in the llama.cpp engine: penalties, top-k, top-p, min-p, temperature, draw. Temperature
    0 is greedy. Penalties are for what this sampler drew. Nothing is taken from the checkpoint's
    own settings.
    """

    def __init__(self, settings: GenerationSettings) -> None:
        self._settings = settings
        seed = settings.seed if settings.seed is not None else secrets.randbits(32)
        self._key = mx.random.key(seed & 0xFFFFFFFF)
        self._recent: Any = None  # drawn ids, an array; ids past the vocabulary stand for none

    def draw(self, logits: Any) -> Any:  # noqa: ANN401 - mlx arrays
        """The id of the next token, (1,), not computed yet, from logits (vocabulary,)."""
        scores = logits.astype(mx.float32)
        if self._settings.presence_penalty or self._settings.repetition_penalty != 1:
            scores = self._penalised(scores)
        token = mx.argmax(scores, keepdims=True)
        if self._settings.temperature > 0:
            token = self._drawn(scores)
        if self._recent is not None:
            self._recent = mx.concatenate([self._recent[1:], token.astype(mx.int32)])
        return token

    def _penalised(self, scores: Any) -> Any:  # noqa: ANN401 - mlx arrays
        size = scores.shape[0]
        if self._recent is None:
            self._recent = mx.full((_PENALTY_WINDOW,), size, dtype=mx.int32)
        marks = mx.zeros((size + 1,), dtype=mx.bool_)
        marks[self._recent] = True
        factor, lowered = self._settings.repetition_penalty, scores
        if factor != 1:
            lowered = mx.where(scores > 0, scores / factor, scores * factor)
        return mx.where(marks[:size], lowered - self._settings.presence_penalty, scores)

    def _drawn(self, scores: Any) -> Any:  # noqa: ANN401 - mlx arrays
        settings, size = self._settings, scores.shape[0]
        count = settings.top_k if 0 < settings.top_k < size else size
        ids = mx.argpartition(-scores, count - 1)[:count] if count < size else mx.arange(size)
        ids = ids[mx.argsort(-scores[ids])]
        kept = scores[ids]
        if settings.top_p < 1:
            chances = mx.softmax(kept)
            before = mx.cumsum(chances) - chances
            is_first = mx.arange(count) == 0  # top_p 0 keeps one
            kept = mx.where((before < settings.top_p) | is_first, kept, -mx.inf)
        if settings.min_p > 0:
            least = kept[0] + math.log(min(settings.min_p, 1.0))
            kept = mx.where(kept >= least, kept, -mx.inf)
        self._key, key = mx.random.split(self._key)
        choice = mx.random.categorical(kept / settings.temperature, key=key)
        return ids[choice].reshape(1)
