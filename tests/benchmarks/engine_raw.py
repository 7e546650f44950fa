"""Our decoding and llama.cpp's bare loop, token by token in turns, for the engine benchmark.

A child process of `tests.benchmarks.engine`. Both have a context of their own on the same file,
with the same threads, length, depth and samplers. After each token of ours, which runs through the
whole engine and leaves as an event for the parent to read, the bare loop takes one step: a computer
that grows slower favours neither. (Whole answers in two processes in turns differed by 5 % up and
down from pair to pair.)
"""

from __future__ import annotations

import ctypes
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llama_cpp import llama_cpp as lib

from desktop.core.types import EngineKind, EngineOptions, GenerationSettings, InstalledModel
from desktop.engine.api import Generate, LoadModel
from desktop.engine.llama_cpp.engine import LlamaCppEngine
from desktop.engine.llama_cpp.evaluation import LlamaEvaluator
from desktop.engine.worker import EventWriter, WorkerJob, claim_stdout
from tests.engine.harness import question

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from desktop.engine.shared.constraint import Constraint

PENALTY_WINDOW = 256  # of our sampler
_SLICE = 128  # prompt tokens evaluated at once
# Warm enough never to go round in circles, so that there is something to decode.
_WARM = {"temperature": 5.0, "top_k": 20, "top_p": 1.0, "presence_penalty": 1.5}
_LONG = "what is in this picture and what is behind it " * 12


class RawLoop:
    """A model and a context, with the library's defaults but for length and threads."""

    def __init__(self, path: Path, context_length: int, threads: int) -> None:
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
        self._sampler: Any = None
        self._token = 0

    def begin(self, prompt_tokens: int, settings: GenerationSettings) -> None:
        """Evaluate some prompt of this length and draw the first token."""
        lib.llama_memory_clear(lib.llama_get_memory(self._context), False)
        for start in range(0, prompt_tokens, _SLICE):
            count = min(_SLICE, prompt_tokens - start)
            self._decode([100 + (start + n) % 100 for n in range(count)])
        lib.llama_sampler_free(self._sampler)
        self._sampler = self._new_sampler(settings)
        self._token = lib.llama_sampler_sample(self._sampler, self._context, -1)

    def step(self) -> None:
        """Evaluate the last token and draw the next one."""
        self._decode([self._token])
        self._token = lib.llama_sampler_sample(self._sampler, self._context, -1)

    def _decode(self, tokens: list[int]) -> None:
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        status = lib.llama_decode(self._context, lib.llama_batch_get_one(array, len(tokens)))
        if status != 0:
            raise RuntimeError(f"llama_decode gave {status}")

    def _new_sampler(self, settings: GenerationSettings) -> Any:
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        for sampler in (
            # In this order llama.cpp is fastest: penalties look every token up that is left.
            lib.llama_sampler_init_top_k(settings.top_k),
            lib.llama_sampler_init_penalties(
                self._size, PENALTY_WINDOW, 1.0, 0.0, settings.presence_penalty
            ),
            lib.llama_sampler_init_temp(settings.temperature),
            lib.llama_sampler_init_dist(settings.seed or 0),
        ):
            lib.llama_sampler_chain_add(chain, sampler)
        return chain


class Turns:
    """Puts a step of the bare loop behind each token of ours, and keeps both's seconds."""

    def __init__(self, raw: RawLoop) -> None:
        self.ours: list[float] = []
        self.raw: list[float] = []
        self._loop = raw

    def interleave(
        self, drawn: Iterator[int], evaluator: LlamaEvaluator, settings: GenerationSettings
    ) -> Generator[int, None, None]:
        """The same tokens; ours takes from one yield to the next, less the other's step."""
        self._loop.begin(len(evaluator.held), settings)
        token = next(drawn)
        while True:
            started = time.perf_counter()
            yield token
            token = next(drawn)
            between = time.perf_counter()
            self._loop.step()
            self.ours.append(between - started)
            self.raw.append(time.perf_counter() - between)


def main() -> None:
    """Arguments: model, context length, threads, tokens in an answer, tokens in all, report."""
    path, *numbers, report = sys.argv[1:]
    context_length, threads, answer_tokens, wanted = map(int, numbers)
    writer = EventWriter(claim_stdout())
    engine = LlamaCppEngine()
    model = InstalledModel("benchmark", "", EngineKind.LLAMA_CPP, Path(path), None)
    options = EngineOptions(context_length=context_length, threads=threads, disk_cache_bytes=0)
    engine.load(LoadModel(model, options), WorkerJob(writer))
    turns = Turns(RawLoop(Path(path), context_length, threads))

    def in_turns(
        evaluator: LlamaEvaluator,
        settings: GenerationSettings,
        constraint: Constraint | None = None,
    ) -> Generator[int, None, None]:
        return turns.interleave(drawn_by(evaluator, settings, constraint), evaluator, settings)

    drawn_by = LlamaEvaluator.draw_tokens
    LlamaEvaluator.draw_tokens = in_turns  # type: ignore[assignment,method-assign]
    for seed in range(100 * wanted):
        settings = GenerationSettings(max_tokens=answer_tokens, seed=seed, **_WARM)  # type: ignore[arg-type]
        engine.generate(Generate(f"{seed}", (question(_LONG),), settings), WorkerJob(writer))
        if seed == 0:  # it warms both up
            turns.ours.clear()
            turns.raw.clear()
        if len(turns.ours) >= wanted:
            break
    seconds = {"ours": turns.ours, "raw": turns.raw}
    Path(report).write_text(json.dumps(seconds), encoding="utf-8")


if __name__ == "__main__":
    main()
