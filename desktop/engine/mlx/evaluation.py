"""Bringing the attention cache from what it holds to what a prompt needs, and beyond.

Positions are computed here from the whole prompt (M-RoPE: a picture's cells differ in row and
column, and the text behind it goes on from the larger of the two), so nothing depends on what the
model's objects remember of an earlier call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import mlx.core as mx
import numpy as np
from mlx.utils import tree_map, tree_reduce
from msgspec import Struct
from numpy.typing import NDArray
from typing_extensions import override

from desktop.core.errors import EngineError, ErrorCode
from desktop.engine.api import CancelledError, Phase, PromptProgress
from desktop.engine.mlx import native
from desktop.engine.mlx.forms import packed, unpacked
from desktop.engine.mlx.sampling import MlxSampler
from desktop.engine.shared.cache import PictureSpan, PromptItem, cell_count, position_count
from desktop.engine.shared.prefix import PrefixHolder, Saved

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from desktop.core.types import GenerationSettings
    from desktop.engine.api import Job
    from desktop.engine.mlx.forms import Features
    from desktop.engine.mlx.loading import LoadedMlx
    from desktop.engine.shared.constraint import Constraint

Snapshot: TypeAlias = list[dict[str, Any]]
"""Each layer's cache in mlx_vlm's own form, detached from the live one."""

# Up to so many cells the last one's logits come with the rest of them. Beyond, it is evaluated
# apart: mlx_vlm computes logits for all cells of a call, (cells, vocabulary) numbers.
_TOGETHER = 16


class _Cells(Struct):
    """The part of a prompt that is to be evaluated, cell by cell.

    Attributes:
        ids: Token ids; the model's placeholder where a picture is.
        positions: (3, cells): time, row, column.
        is_picture: (cells,).
        hidden: All pictures' features, one after the other; None without pictures.
        deep: The same for the layers that get more.
        ends: The cell behind each item.
    """

    ids: NDArray[np.int32]
    positions: NDArray[np.int32]
    is_picture: NDArray[np.bool_]
    hidden: Any
    deep: list[Any]
    ends: list[int]


class MlxEvaluator(PrefixHolder[Snapshot]):
    """Owns the attention cache of one loaded model."""

    def __init__(self, loaded: LoadedMlx, store_budget_bytes: int) -> None:
        super().__init__(store_budget_bytes)
        self._loaded = loaded
        self._language = loaded.model.language_model
        self._cache = loaded.new_cache()
        self._cells = 0  # in the cache; runs ahead of `held` only inside `extend` and `draw_tokens`
        self._position = 0  # that follows the cache
        self._logits: Any = None  # of the last cell

    def close(self) -> None:
        """Forget all caches."""
        self._states.clear()
        self._cache, self._logits, self.held = [], None, []

    # --- the prefix -------------------------------------------------------------------------------

    @property
    def _can_cut(self) -> bool:
        return all(layer.is_trimmable() for layer in self._cache)

    @override
    def _state_bytes(self) -> int:
        return sum(_bytes_of(layer.prefix_cache_snapshot()) for layer in self._cache)

    @override
    def _save(self) -> Snapshot | None:
        saved = [tree_map(_detached, layer.prefix_cache_snapshot()) for layer in self._cache]
        mx.eval(saved)
        return saved

    @override
    def _restore(self, saved: Saved[Snapshot]) -> bool:
        for layer, state in zip(self._cache, saved.state, strict=True):
            layer.prefix_cache_restore(tree_map(_detached, state))
        self._cells, self._position = cell_count(saved.items), position_count(saved.items)
        return True

    @override
    def _packed(self, state: Snapshot) -> tuple[bytes, Sequence[memoryview]]:
        return packed(state)

    @override
    def _unpacked(self, form: bytes, data: memoryview) -> Snapshot | None:
        state = unpacked(form, data)
        return state if isinstance(state, list) and len(state) == len(self._cache) else None

    @override
    def _keep_items(self, count: int) -> bool:
        if not self._trim_to(cell_count(self.held[:count])):
            return False
        self._position = position_count(self.held[:count])
        return True

    @override
    def _drop_all(self) -> None:
        self._cache = self._loaded.new_cache()
        self._cells = self._position = 0

    def _trim_to(self, cells: int) -> bool:
        if cells == self._cells:
            return True
        if not self._can_cut:
            return False
        for layer in self._cache:
            layer.trim(self._cells - cells)
        self._cells = cells
        return True

    def _back_to_held(self) -> None:
        """Drop cells that ran ahead of `held`; a model that cannot do that starts anew."""
        if self._trim_to(cell_count(self.held)):
            self._position = position_count(self.held)
        else:
            self._clear()

    # --- evaluating -------------------------------------------------------------------------------

    def extend(
        self,
        prompt: Sequence[PromptItem],
        embeddings: Mapping[str, Features],
        request_id: str,
        job: Job,
    ) -> None:
        """Evaluate what `held` lacks of the prompt; the last cell's logits are kept.

        Emits progress in cells. Raises `CancelledError`; what was evaluated stays.
        """
        items = prompt[len(self.held) :]
        if not items:
            return  # a prompt prepared again
        cells = self._laid_out(items, embeddings)
        total, done, taken = len(cells.ids), 0, 0
        try:
            with native.memory_errors():
                for end in _slice_ends(total, self._loaded.slice_size):
                    job.emit(PromptProgress(request_id, Phase.PREFILL, done, total))
                    self._evaluate(cells, done, end, is_last=end == total)
                    done = end
                    while taken < len(items) and cells.ends[taken] <= done:
                        self.held.append(items[taken])
                        taken += 1
                    if job.is_cancelled():
                        raise CancelledError
        finally:
            self._back_to_held()
            mx.clear_cache()

    def _evaluate(self, cells: _Cells, start: int, end: int, *, is_last: bool) -> None:
        ids = mx.array(cells.ids[None, start:end])
        embeds = self._language.model.embed_tokens(ids)
        more: dict[str, Any] = {}
        inside = np.flatnonzero(cells.is_picture[start:end])
        if inside.size:
            first = int(np.count_nonzero(cells.is_picture[:start]))
            rows = slice(first, first + inside.size)
            embeds[:, mx.array(inside)] = cells.hidden[rows].astype(embeds.dtype)
            if cells.deep:
                more["visual_pos_masks"] = mx.array(cells.is_picture[None, start:end])
                more["deepstack_visual_embeds"] = [layer[rows] for layer in cells.deep]
        output = self._language(
            ids,
            inputs_embeds=embeds,
            cache=self._cache,
            position_ids=mx.array(cells.positions[:, None, start:end]),
            **more,
        )
        self._cells += end - start
        mx.eval([layer.state for layer in self._cache])
        if is_last:
            self._logits = output.logits[0, -1]
            is_empty = mx.max(self._logits) == mx.min(self._logits)
            if bool((is_empty | mx.any(mx.isnan(self._logits))).item()):
                # What a GPU without memory may give instead of an error.
                raise EngineError(
                    "The engine could not compute the answer.", ErrorCode.ENGINE_FAILED
                )

    def _laid_out(self, items: Sequence[PromptItem], embeddings: Mapping[str, Features]) -> _Cells:
        ids: list[int] = []
        positions: list[NDArray[np.int32]] = []
        is_picture: list[bool] = []
        shown: list[Features] = []
        ends: list[int] = []
        position = self._position
        for item in items:
            if isinstance(item, PictureSpan):
                ids += [self._loaded.image_token] * item.n_cells
                positions.append(self._picture_positions(item) + np.int32(position))
                is_picture += [True] * item.n_cells
                shown.append(embeddings[item.key])
                position += item.n_positions
            else:
                ids.append(item)
                positions.append(np.full((3, 1), position, np.int32))
                is_picture.append(False)
                position += 1
            ends.append(len(ids))
        layers = list(zip(*(one.deep for one in shown), strict=True))
        return _Cells(
            ids=np.array(ids, np.int32),
            positions=np.concatenate(positions, axis=1),
            is_picture=np.array(is_picture, np.bool_),
            hidden=mx.concatenate([one.hidden for one in shown]) if shown else None,
            deep=[mx.concatenate(list(layer)) for layer in layers],
            ends=ends,
        )

    def _picture_positions(self, span: PictureSpan) -> NDArray[np.int32]:
        """(3, cells) of a picture that begins at 0: all at one time, row by row."""
        vision = self._loaded.vision
        if vision is None:
            raise EngineError("This model cannot see pictures.", ErrorCode.ENGINE_FAILED)
        grid = vision.grid(span)
        rows, columns = np.divmod(np.arange(span.n_cells, dtype=np.int32), grid.columns)
        return np.stack([np.zeros_like(rows), rows, columns])

    # --- drawing ----------------------------------------------------------------------------------

    def draw_tokens(
        self, settings: GenerationSettings, constraint: Constraint | None = None
    ) -> Generator[int, None, None]:
        """Tokens without end; asking for the next one takes the one before into the cache.

        Where the cache can be cut, the step behind a token is already under way when the token is
        given: the device never waits for Python. Tokens that a constraint forces are evaluated
        together, behind the last of them.
        """
        sampler, runs_ahead = MlxSampler(settings), self._can_cut
        try:
            with native.memory_errors():
                if constraint is not None:
                    yield from self._held_tokens(sampler, constraint)
                token = sampler.draw(self._logits)
                mx.async_eval(token)
                while True:
                    following = self._step(sampler, token) if runs_ahead else None
                    drawn = int(token.item())
                    yield drawn
                    if following is None:
                        following = self._step(sampler, token)
                    self.held.append(drawn)
                    token = following
        finally:
            self._back_to_held()
            mx.clear_cache()

    def _held_tokens(
        self, sampler: MlxSampler, constraint: Constraint
    ) -> Generator[int, None, None]:
        logits = self._logits
        while True:
            drawn = constraint.forced()
            if not drawn:
                # The constraint was asked while the device computes the scores.
                allowed = mx.array(constraint.allowed(logits.shape[0]))
                token = sampler.draw(mx.where(allowed, logits, -mx.inf))
                drawn = [int(token.item())]
                constraint.take(drawn[0])
            yield from drawn
            logits = self._forced_logits(drawn)
            self.held += drawn

    def _forced_logits(self, ids: list[int]) -> Any:  # noqa: ANN401 - an mlx array
        """Begin to evaluate tokens that are known; gives the last one's, not computed yet."""
        places = mx.arange(self._position, self._position + len(ids), dtype=mx.int32)
        output = self._language(
            mx.array(ids, dtype=mx.int32)[None],
            cache=self._cache,
            position_ids=mx.broadcast_to(places, (3, 1, len(ids))),
        )
        self._cells += len(ids)
        self._position += len(ids)
        logits = output.logits[0, -1]
        mx.async_eval(logits)
        return logits

    def _step(self, sampler: MlxSampler, token: Any) -> Any:  # noqa: ANN401 - mlx arrays
        """Begin to evaluate one drawn token; gives the next one, not computed yet."""
        output = self._language(
            token[None].astype(mx.int32),
            cache=self._cache,
            position_ids=mx.full((3, 1, 1), self._position, dtype=mx.int32),
        )
        self._cells += 1
        self._position += 1
        following = sampler.draw(output.logits[0, -1])
        mx.async_eval(following)
        return following


def _slice_ends(total: int, most: int) -> list[int]:
    """Where the calls end that evaluate so many cells; the last cell goes alone behind many."""
    if total <= _TOGETHER:
        return [total]
    return [*range(most, total - 1, most), total - 1, total]


def _detached(leaf: Any) -> Any:  # noqa: ANN401 - an mlx array, or a setting beside it
    return mx.contiguous(leaf) if isinstance(leaf, mx.array) else leaf


def _bytes_of(tree: Any) -> int:  # noqa: ANN401 - dicts and lists of mlx arrays
    return int(tree_reduce(lambda sum_, leaf: sum_ + getattr(leaf, "nbytes", 0), tree, 0))
