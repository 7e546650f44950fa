"""From a checked folder to weights, tokenizer and vision encoder.

Only the weights are loaded by mlx_vlm. Its processor is not used: it would run code named in the
folder's settings, hide every error behind another library's message, and take two seconds.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_vlm.models.cache import KVCache, QuantizedKVCache, make_prompt_cache
from mlx_vlm.utils import load_model as load_weights

from desktop.core.errors import EngineError, ErrorCode, ModelError
from desktop.core.types import KvType
from desktop.engine.api import CancelledError, ModelLoading
from desktop.engine.mlx import native
from desktop.engine.mlx.folder import ModelFolder, read_folder
from desktop.engine.mlx.vision import MlxVision
from desktop.engine.mlx.vocabulary import MlxVocabulary
from desktop.engine.shared.memory import automatic_context
from desktop.engine.shared.template import ChatTemplate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.core.types import EngineOptions, InstalledModel
    from desktop.engine.api import Job

_KV_BITS = {KvType.F16: None, KvType.Q8_0: 8, KvType.Q4_0: 4}
_KV_GROUPS = (64, 32)  # numbers that share a scale; one of them must divide a head's size
# Cells evaluated at once: what a progress bar and a cancel have to wait for.
_SLICE_GPU, _SLICE_CPU = 512, 128
_LOAD_STEPS = 50  # progress is told about so often


@dataclass(slots=True)
class LoadedMlx:
    """Everything that belongs to one loaded model.

    `image_token` stands in for a picture's cells where token ids are asked for.
    """

    folder: ModelFolder
    model: Any
    vocabulary: MlxVocabulary
    template: ChatTemplate
    vision: MlxVision | None
    context_length: int
    slice_size: int
    kv_bits: int | None
    image_token: int
    has_gpu: bool

    def new_cache(self) -> list[Any]:
        """An empty attention cache: one object for each layer."""
        layers = list(make_prompt_cache(self.model.language_model))
        group = kv_group(self.folder)
        if self.kv_bits is None or group is None:
            return layers
        return [
            QuantizedKVCache(group_size=group, bits=self.kv_bits) if type(one) is KVCache else one
            for one in layers
        ]

    def close(self) -> None:
        """Let go of the weights; their memory is given back by `native.collect`."""
        if self.vision is not None:
            self.vision.close()
            self.vision = None
        self.model = None


def kv_group(folder: ModelFolder) -> int | None:
    """Numbers that share a scale in a quantised attention cache; None where that cannot be."""
    size = folder.config.text_config.kv_head_size
    return next((group for group in _KV_GROUPS if size % group == 0), None)


def load_model(model: InstalledModel, options: EngineOptions, job: Job) -> LoadedMlx:
    """Load; emits `ModelLoading` by bytes read.

    Raises:
        ModelError: the folder is incomplete, damaged or of a kind that is not known.
        EngineError: not enough memory.
        CancelledError: the job was cancelled.
    """
    native.start()
    job.emit(ModelLoading(0.0))
    folder = read_folder(model.model_path)
    if folder.weight_bytes > native.usable_bytes():
        raise EngineError(native.NO_MEMORY, ErrorCode.OUT_OF_MEMORY, name=folder.path.name)
    vocabulary = MlxVocabulary(folder)
    weights = _load_weights(folder, job)
    config, has_gpu = folder.config, native.has_gpu()
    tower = getattr(weights, "vision_tower", None)
    vision = None
    if tower is not None and config.vision_config is not None:
        vision = MlxVision(tower, folder, config.vision_config, model.pictures)
    bits = _KV_BITS[options.kv_type]
    wanted = options.context_length or automatic_context(
        config.text_config.kv_numbers_per_token * (bits or 16) / 8, uses_gpu=has_gpu
    )
    return LoadedMlx(
        folder=folder,
        model=weights,
        vocabulary=vocabulary,
        template=ChatTemplate(folder.template),
        vision=vision,
        context_length=min(wanted, config.text_config.max_position_embeddings),
        slice_size=_SLICE_GPU if has_gpu else _SLICE_CPU,
        kv_bits=bits,
        image_token=config.image_token_id,
        has_gpu=has_gpu,
    )


def _load_weights(folder: ModelFolder, job: Job) -> Any:  # noqa: ANN401 - an mlx_vlm model
    """The model with its weights in memory, read in steps so that a cancel is seen."""
    with native.memory_errors(), _load_errors(folder):
        weights = load_weights(folder.path, lazy=True, trust_remote_code=False)
        # Every layer begins with random numbers that nobody computes, and the generator's state
        # would keep the whole chain of them: 0.3 MB at each load of even the smallest model.
        mx.eval(mx.random.state)
        arrays = [array for _, array in tree_flatten(weights.parameters())]
        total = sum(array.nbytes for array in arrays)
        waiting: list[Any] = []
        done = pending = 0
        for array in arrays:
            waiting.append(array)
            pending += array.nbytes
            if pending * _LOAD_STEPS >= total or done + pending == total:
                mx.eval(waiting)
                done, pending = done + pending, 0
                waiting.clear()
                job.emit(ModelLoading(done / total))
                if job.is_cancelled():
                    raise CancelledError
    return weights


@contextlib.contextmanager
def _load_errors(folder: ModelFolder) -> Iterator[None]:
    """Inside, what mlx_vlm raises for a damaged or unknown model becomes a sentence."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, OSError, RuntimeError) as error:
        if native.is_memory_error(error):
            raise
        raise ModelError(
            f"{folder.path.name} cannot be loaded: the model is damaged, or of a kind that this "
            "version does not know.",
            ErrorCode.MODEL_LOAD_FAILED,
            name=folder.path.name,
        ) from None
