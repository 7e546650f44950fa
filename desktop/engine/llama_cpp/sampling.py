"""The sampler chain of one answer."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from llama_cpp import llama_cpp as lib

if TYPE_CHECKING:
    from types import TracebackType

    from desktop.core.types import GenerationSettings

_PENALTY_WINDOW = 256  # tokens that a presence penalty looks back on


class Sampler:
    """Draws the next token; a context manager that owns its native chain.

    Order as in Qwen's reference: penalties, top-k, top-p, temperature, draw. Temperature 0 is
    greedy.
    """

    def __init__(self, settings: GenerationSettings, vocabulary_size: int) -> None:
        self._chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        if settings.presence_penalty:
            self._add(
                lib.llama_sampler_init_penalties(
                    vocabulary_size, _PENALTY_WINDOW, 1.0, 0.0, settings.presence_penalty
                )
            )
        if settings.temperature <= 0:
            self._add(lib.llama_sampler_init_greedy())
            return
        if settings.top_k > 0:
            self._add(lib.llama_sampler_init_top_k(settings.top_k))
        if settings.top_p < 1:
            self._add(lib.llama_sampler_init_top_p(settings.top_p, 1))
        self._add(lib.llama_sampler_init_temp(settings.temperature))
        seed = settings.seed if settings.seed is not None else secrets.randbits(32)
        self._add(lib.llama_sampler_init_dist(seed & 0xFFFFFFFF))

    def _add(self, sampler: int | None) -> None:
        # A NULL sampler in a chain is a segmentation fault at the first draw.
        if not sampler:
            raise MemoryError
        lib.llama_sampler_chain_add(self._chain, sampler)

    def draw(self, context: int) -> int:
        """The next token id from the logits of the last evaluated token; remembers it."""
        return int(lib.llama_sampler_sample(self._chain, context, -1))

    def __enter__(self) -> Sampler:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        lib.llama_sampler_free(self._chain)
