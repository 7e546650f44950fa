"""Bringing the attention cache from what it holds to what a prompt needs.

Invariant between calls: `held` describes exactly the cells of sequence 0. Whatever fails or is
cancelled in the middle, the cache is cut back to the last whole item first.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from llama_cpp import llama_cpp as lib
from llama_cpp import mtmd_cpp as mtmd
from numpy.typing import NDArray

from desktop.core.errors import EngineError, ErrorCode
from desktop.engine.api import CancelledError, Phase, PromptProgress
from desktop.engine.llama_cpp import native
from desktop.engine.llama_cpp.cache import (
    ByteBudgetCache,
    PictureSpan,
    PromptItem,
    cell_count,
    common_prefix,
    position_count,
)
from desktop.engine.llama_cpp.loading import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from desktop.engine.api import Job
    from desktop.engine.llama_cpp.loading import LoadedModel
    from desktop.engine.llama_cpp.vision import Embedding

# A cache state is put away (or taken back) when that saves more than so many cells of prefill.
_WORTH_KEEPING_CELLS = 32
_ABORTED = 2  # llama_decode's status


@dataclass(slots=True)
class Saved:
    """A state of sequence 0: what it holds and llama.cpp's opaque bytes of it."""

    items: tuple[PromptItem, ...]
    data: NDArray[np.uint8]


class Evaluator:
    """Owns sequence 0 of one loaded model's context."""

    def __init__(self, loaded: LoadedModel, store_budget_bytes: int) -> None:
        self._loaded = loaded
        self._context = loaded.context
        self._memory = lib.llama_get_memory(loaded.context)
        self.held: list[PromptItem] = []
        self._position = 0  # that follows `held`
        self._states: ByteBudgetCache[Saved] = ByteBudgetCache(store_budget_bytes)
        self._batch = lib.llama_batch_init(loaded.batch_size, 0, 1)

    def close(self) -> None:
        """Free the batch; the context belongs to the loaded model."""
        lib.llama_batch_free(self._batch)
        self._states.clear()

    # --- the prefix -------------------------------------------------------------------------------

    def reuse(self, prompt: Sequence[PromptItem], *, needs_logits: bool) -> int:
        """Cut the cache to the longest prefix it shares with a prompt; gives its items.

        An older conversation's state is taken back from RAM when it shares more, and the present
        one is put away first when much of it would be lost. With `needs_logits` at least the last
        token is left to evaluate, since logits are not kept.
        """
        keep = common_prefix(self.held, prompt)
        best_key, best = None, keep
        for key, saved in self._states.values():
            shared = common_prefix(saved.items, prompt)
            if shared > best and cell_count(prompt[best:shared]) >= _WORTH_KEEPING_CELLS:
                best_key, best = key, shared
        lost = cell_count(self.held[keep:])
        if lost >= _WORTH_KEEPING_CELLS:
            self._put_away()
        if best_key is not None and self._take_back(best_key):
            keep = best
        if needs_logits and keep == len(prompt):
            keep -= 1
        self._cut(keep)
        return len(self.held)

    def _put_away(self) -> None:
        items = tuple(self.held)
        for key, saved in self._states.values():
            if common_prefix(saved.items, items) == len(saved.items):
                self._states.drop(key)  # an earlier moment of the same conversation
        size = int(lib.llama_state_seq_get_size(self._context, 0))
        if size > self._states.budget_bytes:
            return
        data = np.empty(size, np.uint8)
        written = lib.llama_state_seq_get_data(self._context, _bytes_of(data), size, 0)
        if written == size:
            self._states.put(items, Saved(items, data), size)

    def _take_back(self, key: object) -> bool:
        saved = self._states.get(key)
        if saved is None:
            return False
        self._clear()
        pointer, size = _bytes_of(saved.data), saved.data.nbytes
        if lib.llama_state_seq_set_data(self._context, pointer, size, 0) == 0:
            self._clear()
            self._states.drop(key)
            return False
        self.held = list(saved.items)
        self._position = position_count(self.held)
        return True

    def _cut(self, count: int) -> None:
        """Keep the first `count` items; models that cannot cut (hybrid ones) start anew."""
        if count >= len(self.held):
            return
        position = position_count(self.held[:count])
        if count == 0 or not lib.llama_memory_seq_rm(self._memory, 0, position, -1):
            self._clear()
        else:
            del self.held[count:]
            self._position = position

    def _clear(self) -> None:
        lib.llama_memory_clear(self._memory, False)
        self.held, self._position = [], 0

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

    def _add_tokens(self, ids: list[int], job: Job) -> None:
        batch, start = self._batch, self._position
        batch.n_tokens = len(ids)
        for index, token in enumerate(ids):
            batch.token[index], batch.pos[index] = token, start + index
            batch.n_seq_id[index], batch.seq_id[index][0], batch.logits[index] = 1, 0, 0
        batch.logits[len(ids) - 1] = 1
        status = lib.llama_decode(self._context, batch)
        if status != 0:
            self._drop_after(start)
            raise CancelledError if job.is_cancelled() else _decode_error(status)
        self.held += ids
        self._position += len(ids)
        if job.is_cancelled():
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
