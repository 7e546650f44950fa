"""Pictures as a model sees them: layout in the prompt, encoding, cached features.

mlx_vlm's own picture cache does nothing for these models, and its prefix reuse compares token ids,
which are the same for every picture of one size. So features and prefixes are keyed by the
picture's content here, and the encoder is called for one picture at a time: pictures attend only to
themselves, so that is the same result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mlx.core as mx
import numpy as np
from msgspec import Struct

from desktop.core.sizing import target_size
from desktop.engine.api import CancelledError
from desktop.engine.mlx import native
from desktop.engine.mlx.forms import Features, FeaturesForm
from desktop.engine.shared.cache import PictureSpan, PromptItem
from desktop.engine.shared.picture_memory import PictureMemory
from desktop.engine.shared.pixels import scaled_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PIL import Image

    from desktop.core.types import PictureLimits
    from desktop.engine.api import Job
    from desktop.engine.mlx.folder import ModelFolder, VisionConfig
    from desktop.engine.shared.disk_cache import DiskCache
    from desktop.engine.shared.template import PicturePart

_FEATURE_BUDGET_BYTES = 512 * 1024 * 1024


class Grid(Struct, frozen=True):
    """A picture's tokens: `rows` x `columns`, each of merged patches."""

    rows: int
    columns: int


class _Watch:
    """Who is told about each layer: nobody, or the encode that is running."""

    def __init__(self) -> None:
        self.on_layer: Callable[[], None] | None = None


class _WatchedBlock:
    """A layer of the encoder that is computed when it is called, not with all the others.

    The encoder's graph is evaluated at once at its end otherwise, and Python could not stop it.
    """

    def __init__(self, block: Any, watch: _Watch) -> None:  # noqa: ANN401 - an untyped layer
        self._block = block
        self._watch = watch

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - passed through
        output = self._block(*args, **kwargs)
        if self._watch.on_layer is not None:
            mx.eval(output)
            self._watch.on_layer()
        return output


class MlxVision:
    """The vision encoder of one loaded model."""

    def __init__(
        self,
        tower: Any,  # noqa: ANN401 - mlx_vlm's VisionModel
        folder: ModelFolder,
        config: VisionConfig,
        limits: PictureLimits,
    ) -> None:
        self._tower = tower
        self._folder = folder
        self._config = config
        self._limits = limits
        self._watch = _Watch()
        tower.blocks = [_WatchedBlock(block, self._watch) for block in tower.blocks]
        self._grids: dict[str, Grid] = {}
        self._features = PictureMemory(
            FeaturesForm(), min(_FEATURE_BUDGET_BYTES, native.usable_bytes() // 16)
        )

    def close(self) -> None:
        """Forget the encoder and all features."""
        self._tower = None
        self._features.clear()

    def use_disk(self, disk: DiskCache, model_identity: str) -> None:
        """Keep features there, and look for those of earlier runs."""
        self._features.use_disk(disk, model_identity)

    # --- layout -----------------------------------------------------------------------------------

    def layout(self, part: PicturePart) -> tuple[PromptItem, ...]:
        """What the picture is in a prompt: its cells between the model's two marks."""
        key, size = self._key_and_size(part)
        side = self._config.token_side
        grid = Grid(size[1] // side, size[0] // side)
        self._grids[key] = grid
        span = PictureSpan(key, grid.rows * grid.columns, max(grid.rows, grid.columns))
        config = self._folder.config
        return config.vision_start_token_id, span, config.vision_end_token_id

    def grid(self, span: PictureSpan) -> Grid:
        """The shape of a span that `layout` gave."""
        return self._grids[span.key]

    def _key_and_size(self, part: PicturePart) -> tuple[str, tuple[int, int]]:
        picture = part.attachment
        size = target_size(
            picture.width, picture.height, part.budget, self._limits, self._config.token_side
        )
        return f"{picture.sha256}:{picture.page}:{size[0]}x{size[1]}", size

    # --- encoding ---------------------------------------------------------------------------------

    def known(self, part: PicturePart) -> dict[str, Features] | None:
        """A picture's features by span key, if they are in memory."""
        return self._features.known(self._key_and_size(part)[0])

    def recalled(self, part: PicturePart) -> dict[str, Features] | None:
        """The same from the disk, if an earlier run left them there."""
        key, size = self._key_and_size(part)
        side = self._config.token_side
        cells = {key: (size[1] // side) * (size[0] // side)}
        return self._features.recalled(key, part, cells)

    @property
    def step_count(self) -> int:
        """Steps of progress that one picture's encoding takes: its layers, and what follows."""
        return self._config.depth + 1

    def encode(
        self, part: PicturePart, job: Job, on_step: Callable[[], None]
    ) -> dict[str, Features]:
        """The same computed.

        `on_step` is called `step_count` times. Raises `CancelledError`, at the latest after the
        layer that is running; nothing half-done is kept.
        """
        key, size = self._key_and_size(part)
        patches = self._patches(scaled_page(part.attachment.path, size))
        side = self._config.patch_size
        grid = mx.array([[1, size[1] // side, size[0] // side]], dtype=mx.int32)

        def on_layer() -> None:
            if job.is_cancelled():
                raise CancelledError
            on_step()

        self._watch.on_layer = on_layer
        try:
            with native.memory_errors():
                pixels = mx.array(patches).astype(self._tower.patch_embed.proj.weight.dtype)
                hidden, deep = self._tower(pixels, grid)
                features = Features(hidden, tuple(deep))
                mx.eval(features.hidden, *features.deep)
        finally:
            self._watch.on_layer = None
        on_step()
        found = {key: features}
        self._features.remember(key, part, found)
        return found

    def _patches(self, picture: Image.Image) -> NDArray[np.float32]:
        """(patches, colours x frames x side x side), the patches of one token side by side.

        As in Qwen's processor: a still picture is `temporal_patch_size` equal frames.
        """
        config, folder = self._config, self._folder
        side, merge = config.patch_size, config.spatial_merge_size
        pixels = np.asarray(picture, dtype=np.float32) / np.float32(255)
        mean = np.array(folder.pixel_mean, np.float32)
        std = np.array(folder.pixel_std, np.float32)
        planes = ((pixels - mean) / std).transpose(2, 0, 1)
        rows, columns = planes.shape[1] // side, planes.shape[2] // side
        blocks = planes.reshape(3, rows // merge, merge, side, columns // merge, merge, side)
        ordered = blocks.transpose(1, 4, 2, 5, 0, 3, 6).reshape(rows * columns, 3, 1, side, side)
        return np.repeat(ordered, config.temporal_patch_size, axis=2).reshape(rows * columns, -1)
