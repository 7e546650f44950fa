"""Bringing the attention cache from what it holds to what a prompt needs, and beyond."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import numpy as np
from llama_cpp import llama_cpp as lib
from llama_cpp import mtmd_cpp as mtmd
from numpy.typing import NDArray
from typing_extensions import override

from desktop.core.errors import EngineError, ErrorCode
from desktop.engine.api import CancelledError, Phase, PromptProgress
from desktop.engine.llama_cpp import native
from desktop.engine.llama_cpp.loading import NEVER
from desktop.engine.llama_cpp.sampling import Sampler
from desktop.engine.shared.cache import PictureSpan, PromptItem, cell_count, position_count
from desktop.engine.shared.prefix import PrefixHolder, Saved

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from desktop.core.types import GenerationSettings
    from desktop.engine.api import Job
    from desktop.engine.llama_cpp.forms import Embedding
    from desktop.engine.llama_cpp.loading import LoadedModel
    from desktop.engine.shared.constraint import Constraint


class LlamaEvaluator(PrefixHolder[NDArray[np.uint8]]):
    """Owns sequence 0 of one loaded model's context.

    A saved state is llama.cpp's opaque bytes of the sequence.
    """

    def __init__(self, loaded: LoadedModel, store_budget_bytes: int) -> None:
        super().__init__(store_budget_bytes)
        self._loaded = loaded
        self._context = loaded.context
        self._memory = lib.llama_get_memory(loaded.context)
        self._position = 0  # that follows `held`
        self._batch = lib.llama_batch_init(loaded.batch_size, 0, 1)

    def close(self) -> None:
        """Free the batch; the context belongs to the loaded model."""
        lib.llama_batch_free(self._batch)
        self._states.clear()

    # --- the prefix -------------------------------------------------------------------------------

    @override
    def _state_bytes(self) -> int:
        return int(lib.llama_state_seq_get_size(self._context, 0))

    @override
    def _save(self) -> NDArray[np.uint8] | None:
        size = self._state_bytes()
        data = np.empty(size, np.uint8)
        written = lib.llama_state_seq_get_data(self._context, _bytes_of(data), size, 0)
        return data if written == size else None

    @override
    def _restore(self, saved: Saved[NDArray[np.uint8]]) -> bool:
        pointer, size = _bytes_of(saved.state), saved.state.nbytes
        if lib.llama_state_seq_set_data(self._context, pointer, size, 0) == 0:
            return False
        self._position = position_count(saved.items)
        return True

    @override
    def _packed(self, state: NDArray[np.uint8]) -> tuple[bytes, Sequence[memoryview]]:
        return b"", [state.data]

    @override
    def _unpacked(self, form: bytes, data: memoryview) -> NDArray[np.uint8] | None:
        return np.frombuffer(data, np.uint8)

    @override
    def _keep_items(self, count: int) -> bool:
        position = position_count(self.held[:count])
        if not lib.llama_memory_seq_rm(self._memory, 0, position, -1):
            return False
        self._position = position
        return True

    @override
    def _drop_all(self) -> None:
        lib.llama_memory_clear(self._memory, False)
        self._position = 0

    # --- evaluating -------------------------------------------------------------------------------

    def extend(
        self,
        prompt: Sequence[PromptItem],
        embeddings: Mapping[str, Embedding],
        request_id: str,
        job: Job,
    ) -> None:
        """Evaluate what `held` lacks of the prompt; the last token's logits are kept.

        Emits progress in cells. Raises `CancelledError` with `held` true to what was done; what was
        evaluated stays and is found again by the next `reuse`.
        """
        total = cell_count(prompt[len(self.held) :])
        done = 0
        with self._listening_to(job):
            for run in _runs(prompt[len(self.held) :], self._loaded.slice_size):
                job.emit(PromptProgress(request_id, Phase.PREFILL, done, total))
                if isinstance(run, PictureSpan):
                    self._add_picture(run, embeddings[run.key], job)
                    done += run.n_cells
                else:
                    self._add_tokens(run, job)
                    done += len(run)

    def draw_tokens(
        self, settings: GenerationSettings, constraint: Constraint | None = None
    ) -> Generator[int, None, None]:
        """Tokens without end; asking for the next one evaluates the one before.

        Those that a constraint forces are evaluated together, behind the last of them.
        """
        with Sampler(settings, self._loaded.vocabulary.size) as sampler:
            while constraint is not None:
                drawn = constraint.forced() or [self._draw_held(sampler, constraint)]
                yield from drawn
                self._add_forced(drawn)
            while True:
                token = sampler.draw(self._context)
                yield token
                self.add_token(token)

    def _draw_held(self, sampler: Sampler, constraint: Constraint) -> int:
        size = self._loaded.vocabulary.size
        row = lib.llama_get_logits_ith(self._context, -1)
        np.ctypeslib.as_array(row, (size,))[~constraint.allowed(size)] = -np.inf
        token = sampler.draw(self._context)
        constraint.take(token)
        return token

    def _add_forced(self, ids: list[int]) -> None:
        if len(ids) == 1:
            self.add_token(ids[0])
            return
        for start in range(0, len(ids), self._loaded.slice_size):
            self._add_tokens(ids[start : start + self._loaded.slice_size], None)

    def add_token(self, token: int) -> None:
        """Evaluate one generated token; a cancel is looked at between tokens, not here."""
        batch = self._batch
        batch.n_tokens = 1
        batch.token[0], batch.pos[0] = token, self._position
        batch.n_seq_id[0], batch.seq_id[0][0], batch.logits[0] = 1, 0, 1
        status = lib.llama_decode(self._context, batch)
        if status != 0:
            self._drop_after(self._position)
            raise _decode_error(status)
        self.held.append(token)
        self._position += 1

    def _add_tokens(self, ids: list[int], job: Job | None) -> None:
        """Evaluate tokens at once; without a job nothing stops it."""
        batch, start = self._batch, self._position
        batch.n_tokens = len(ids)
        for index, token in enumerate(ids):
            batch.token[index], batch.pos[index] = token, start + index
            batch.n_seq_id[index], batch.seq_id[index][0], batch.logits[index] = 1, 0, 0
        batch.logits[len(ids) - 1] = 1
        status = lib.llama_decode(self._context, batch)
        if status != 0:
            self._drop_after(start)
            is_cancelled = job is not None and job.is_cancelled()
            raise CancelledError if is_cancelled else _decode_error(status)
        self.held += ids
        self._position += len(ids)
        if job is not None and job.is_cancelled():
            raise CancelledError

    def _add_picture(self, span: PictureSpan, embedding: Embedding, job: Job) -> None:
        vision = self._loaded.vision
        if vision is None:
            raise EngineError("This model cannot see pictures.", ErrorCode.ENGINE_FAILED)
        chunk = vision.chunk(span)
        is_whole = bool(mtmd.mtmd_decode_use_non_causal(vision.context, chunk))
        if is_whole and span.n_cells > self._loaded.batch_size:
            # Such a model wants the picture in one batch; else llama.cpp aborts the process.
            raise EngineError(
                "This model needs a larger batch for pictures than this version offers.",
                ErrorCode.ENGINE_FAILED,
            )
        start, end = self._position, lib.llama_pos()
        check = mtmd.mtmd_helper_post_decode_callback(lambda _view, _data: int(job.is_cancelled()))
        status = mtmd.mtmd_helper_decode_image_chunk(
            vision.context,
            self._context,
            chunk,
            embedding.ctypes.data_as(ctypes.POINTER(ctypes.c_float)),
            start,
            0,
            self._loaded.batch_size,
            ctypes.byref(end),
            check,
            None,
        )
        if status != 0 or end.value != start + span.n_positions:
            self._drop_after(start)
            raise CancelledError if job.is_cancelled() else _decode_error(status)
        self.held.append(span)
        self._position = end.value

    def _drop_after(self, position: int) -> None:
        if not lib.llama_memory_seq_rm(self._memory, 0, position, -1):
            self._clear()

    def _listening_to(self, job: Job) -> _AbortScope:
        return _AbortScope(self._context, job.cancel_flag)


class _AbortScope:
    """While open, llama.cpp polls a job's cancel flag before every graph node (CPU only)."""

    def __init__(self, context: int, flag: bytearray) -> None:
        self._context = context
        self._view = (ctypes.c_char * 2).from_buffer(flag)

    def __enter__(self) -> None:
        data = ctypes.cast(self._view, ctypes.c_void_p)
        lib.llama_set_abort_callback(self._context, native.flag_reader(), data)

    def __exit__(self, *_: object) -> None:
        lib.llama_set_abort_callback(self._context, native.flag_reader(), NEVER)


def _runs(items: Sequence[PromptItem], most: int) -> Iterator[list[int] | PictureSpan]:
    """Pictures one by one, the tokens between them in batches of at most `most`."""
    batch: list[int] = []
    for item in items:
        if isinstance(item, PictureSpan):
            if batch:
                yield batch
                batch = []
            yield item
            continue
        batch.append(item)
        if len(batch) == most:
            yield batch
            batch = []
    if batch:
        yield batch


def _bytes_of(data: NDArray[np.uint8]) -> object:
    return data.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))


def _decode_error(status: int) -> EngineError:
    if status == 1:
        return EngineError(
            "The conversation does not fit the context any more. Start a new one.",
            ErrorCode.CONTEXT_FULL,
        )
    return EngineError("The engine could not compute the answer.", ErrorCode.ENGINE_FAILED)
