"""Decoding with nothing around it: llama.cpp's own loop, for the engine benchmark to compare with.

A child process of `tests.benchmarks.engine`. Each line on stdin is a `Piece`, each line on stdout
the tokens per second that it took. File, threads, context, depth and samplers are as ours.
"""

from __future__ import annotations

import ctypes
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from llama_cpp import llama_cpp as lib

_SLICE = 128  # prompt tokens evaluated at once


@dataclass(frozen=True)
class Piece:
    """A stretch of decoding: so many tokens behind a prompt of so many, drawn in this way."""

    prompt_tokens: int
    answer_tokens: int
    temperature: float
    top_k: int
    presence_penalty: float
    penalty_window: int
    seed: int

    def line(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self)) + "\n"


class RawLoop:
    """A model and a context, with the library's defaults but for length and threads."""

    def __init__(self, path: Path, context_length: int, threads: int) -> None:
        lib.llama_log_set(_silence, None)
        lib.llama_backend_init()
        params = lib.llama_model_default_params()
        params.n_gpu_layers = -1 if lib.llama_supports_gpu_offload() else 0
        self._model = lib.llama_model_load_from_file(str(path).encode(), params)
        options = lib.llama_context_default_params()
        options.n_ctx = context_length
        options.n_threads = options.n_threads_batch = threads
        self._context = lib.llama_init_from_model(self._model, options)
        if not self._context:
            raise MemoryError
        self._size = lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(self._model))

    def tokens_per_second(self, piece: Piece) -> float:
        """From the first token drawn to the last, as the engine counts."""
        lib.llama_memory_clear(lib.llama_get_memory(self._context), False)
        for start in range(0, piece.prompt_tokens, _SLICE):
            count = min(_SLICE, piece.prompt_tokens - start)
            self._decode([100 + (start + n) % 100 for n in range(count)])
        sampler = self._sampler(piece)
        token = lib.llama_sampler_sample(sampler, self._context, -1)
        started = time.perf_counter()
        for _ in range(piece.answer_tokens - 1):
            self._decode([token])
            token = lib.llama_sampler_sample(sampler, self._context, -1)
        seconds = time.perf_counter() - started
        lib.llama_sampler_free(sampler)
        return (piece.answer_tokens - 1) / seconds

    def _decode(self, tokens: list[int]) -> None:
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        status = lib.llama_decode(self._context, lib.llama_batch_get_one(array, len(tokens)))
        if status != 0:
            raise RuntimeError(f"llama_decode gave {status}")

    def _sampler(self, piece: Piece) -> Any:
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        for sampler in (
            # In this order llama.cpp is fastest: penalties look every token up that is left.
            lib.llama_sampler_init_top_k(piece.top_k),
            lib.llama_sampler_init_penalties(
                self._size, piece.penalty_window, 1.0, 0.0, piece.presence_penalty
            ),
            lib.llama_sampler_init_temp(piece.temperature),
            lib.llama_sampler_init_dist(piece.seed),
        ):
            lib.llama_sampler_chain_add(chain, sampler)
        return chain


@lib.llama_log_callback  # type: ignore[untyped-decorator]
def _silence(_level: int, _text: bytes, _data: object) -> None:
    pass


def main() -> None:
    """Arguments: model, context length, threads."""
    path, context_length, threads = sys.argv[1:]
    loop = RawLoop(Path(path), int(context_length), int(threads))
    print("ready", flush=True)
    for line in sys.stdin:
        print(loop.tokens_per_second(Piece(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
