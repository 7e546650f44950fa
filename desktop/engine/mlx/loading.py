"""From a checked folder to weights, tokenizer and vision encoder.

Only the weights are loaded by mlx_vlm. Its processor is not used: it would run code named in the
folder's settings, hide every error behind another library's message, and take two seconds.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_vlm.models.cache import KVCache, QuantizedKVCache, make_prompt_cache
from mlx_vlm.utils import load_model as load_weights
from msgspec import Struct

from desktop.core.adapters import check_adapter
from desktop.core.errors import ErrorCode, ModelError
from desktop.core.step_down import KV_BYTES, LoadPlan, ModelSize
from desktop.core.types import KvType
from desktop.engine.api import CancelledError, ModelLoading, Reduction
from desktop.engine.mlx import native
from desktop.engine.mlx.adapters import adapt
from desktop.engine.mlx.folder import ModelFolder, read_folder
from desktop.engine.mlx.vision import MlxVision
from desktop.engine.mlx.vocabulary import MlxVocabulary
from desktop.engine.shared.memory import automatic_context, free_memory, out_of_memory
from desktop.engine.shared.stepping import LoadSteps, limit_met, load_steps
from desktop.engine.shared.template import ChatTemplate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.engine.api import Job, LoadModel

_KV_BITS = {KvType.F16: None, KvType.Q8_0: 8, KvType.Q4_0: 4}
_KV_GROUPS = (64, 32)  # numbers that share a scale; one of them must divide a head's size
# Cells evaluated at once: what a progress bar and a cancel have to wait for.
_SLICE_GPU, _SLICE_CPU = 512, 128
_LOAD_STEPS = 50  # progress is told about so often


class LoadedMlx(Struct):
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
    reduced: Reduction | None = None
    context_limit: int | None = None

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


def load_model(command: LoadModel, job: Job) -> LoadedMlx:
    """Load, with what there is no memory for made smaller; emits `ModelLoading` by bytes read.

    Raises:
        ModelError: the folder is incomplete, damaged or of a kind that is not known; or an adapter
            is not there or belongs to another model.
        EngineError: not enough memory.
        CancelledError: the job was cancelled.
    """
    native.start()
    model = command.model
    folder = read_folder(model.model_path)
    for adapter in model.adapters:
        check_adapter(adapter.path, model)
    if folder.weight_bytes > native.usable_bytes():
        raise out_of_memory(folder.weight_bytes, native.usable_bytes())
    has_gpu = native.has_gpu()
    wanted, steps = _plan(folder, command, has_gpu=has_gpu)
    plan, reduced = steps.load(lambda plan: plan)
    vocabulary = MlxVocabulary(folder)
    weights = _load_weights(folder, model.name, job)
    adapt(weights, model.adapters)
    config = folder.config
    tower = getattr(weights, "vision_tower", None)
    vision = None
    if tower is not None and config.vision_config is not None:
        vision = MlxVision(tower, folder, config.vision_config, model.pictures)
    return LoadedMlx(
        folder=folder,
        model=weights,
        vocabulary=vocabulary,
        template=ChatTemplate(folder.template),
        vision=vision,
        context_length=plan.context_length,
        slice_size=_SLICE_GPU if has_gpu else _SLICE_CPU,
        kv_bits=_KV_BITS[plan.kv_type],
        image_token=config.image_token_id,
        has_gpu=has_gpu,
        reduced=reduced,
        context_limit=limit_met(command.options.context_length, wanted.context_length, reduced),
    )


def _plan(folder: ModelFolder, command: LoadModel, *, has_gpu: bool) -> tuple[LoadPlan, LoadSteps]:
    """How the model is loaded. Decided before: MLX takes memory for a context as it fills."""
    text, options = folder.config.text_config, command.options
    size = ModelSize(
        weight_bytes=folder.weight_bytes,
        encoder_bytes=0,  # among the weights
        layer_count=text.num_hidden_layers,
        kv_numbers=text.kv_numbers_per_token,
        can_quantise=kv_group(folder) is not None,
    )
    kv_type = options.kv_type if size.can_quantise else KvType.F16
    per_token = size.kv_numbers * KV_BYTES[kv_type]
    context = options.context_length or automatic_context(per_token, uses_gpu=has_gpu)
    wanted = LoadPlan(
        min(context, text.max_position_embeddings), kv_type, size.layer_count + 1 if has_gpu else 0
    )
    memory = free_memory(native.usable_bytes() if has_gpu else None, is_shared=True)
    steps = load_steps(wanted, size, memory, can_split=False, is_cautious=command.is_cautious)
    return wanted, steps


def _load_weights(folder: ModelFolder, name: str, job: Job) -> Any:  # noqa: ANN401 - of mlx_vlm
    """The model with its weights in memory, read in steps so that a cancel is seen."""
    with native.memory_errors(), _load_errors(name):
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
def _load_errors(name: str) -> Iterator[None]:
    """Inside, what mlx_vlm raises for a damaged or unknown model becomes a sentence."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, OSError, RuntimeError) as error:
        if native.is_memory_error(error):
            raise
        raise ModelError(
            f"{name} cannot be loaded: the model is damaged, or of a kind that this "
            "version does not know.",
            ErrorCode.MODEL_LOAD_FAILED,
            name=name,
        ) from None
