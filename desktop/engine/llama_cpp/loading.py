"""From files to a language model with its context and its vision encoder."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import TYPE_CHECKING

import psutil
from llama_cpp import llama_cpp as lib
from msgspec import Struct
from msgspec.structs import replace

from desktop.core.adapters import check_adapter
from desktop.core.errors import EngineError, ErrorCode, ModelError
from desktop.core.gguf import read_gguf_metadata, split_parts
from desktop.core.step_down import KV_BYTES, LoadPlan
from desktop.core.types import FlashAttention, KvType
from desktop.engine.api import CancelledError, ModelLoading, Reduction
from desktop.engine.llama_cpp import native
from desktop.engine.llama_cpp.adapters import LoraAdapters
from desktop.engine.llama_cpp.shape import size_of, trained_context
from desktop.engine.llama_cpp.vision import VisionEncoder, VisionSetup
from desktop.engine.llama_cpp.vocabulary import Vocabulary
from desktop.engine.shared.memory import NO_MEMORY, automatic_context, free_memory
from desktop.engine.shared.stepping import limit_met, load_steps
from desktop.engine.shared.template import ChatTemplate

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.gguf import GgufMetadata
    from desktop.core.step_down import Memory, ModelSize
    from desktop.core.types import EngineOptions, InstalledModel
    from desktop.engine.api import Job, LoadModel

_KV_TYPES = {KvType.F16: 1, KvType.Q8_0: 8, KvType.Q4_0: 2}  # enum ggml_type
_FLASH = {FlashAttention.AUTO: -1, FlashAttention.ON: 1, FlashAttention.OFF: 0}
# Tokens evaluated at once: what a progress bar and, on a GPU, a cancel have to wait for.
_SLICE_GPU, _SLICE_CPU = 512, 128
# Models that scale pictures themselves may want a picture's tokens (256 of Gemma 3) in one batch.
_WHOLE_PICTURE = 1024
# Projectors that take any size: side of one token in pixels (patch x merge).
_ANY_SIZE = {"qwen2vl_merger": 28, "qwen2.5vl_merger": 28, "qwen3vl_merger": 32}


class LoadedModel(Struct):
    """Everything native that belongs to one loaded model. `close` frees it, once.

    `batch_size` is the most tokens that a native call takes, `slice_size` what it is given of text.
    """

    model: int
    context: int
    adapters: LoraAdapters
    vocabulary: Vocabulary
    template: ChatTemplate
    vision: VisionEncoder | None
    context_length: int
    kv_type: KvType
    batch_size: int
    slice_size: int
    threads: int
    has_gpu: bool
    reduced: Reduction | None = None
    context_limit: int | None = None

    def close(self) -> None:
        """Free the encoder, the context, the adapters and the weights, in this order."""
        self.close_context()
        self.adapters.close()
        if self.model:
            lib.llama_model_free(self.model)
            self.model = 0

    def close_context(self) -> None:
        """Free all but the weights and their adapters."""
        if self.vision is not None:
            self.vision.close()
            self.vision = None
        if self.context:
            lib.llama_free(self.context)
            self.context = 0


def load_model(command: LoadModel, job: Job) -> LoadedModel:
    """Load, with what there is no memory for made smaller; emits `ModelLoading` by bytes read.

    Raises:
        ModelError: a file is missing, damaged or of the wrong kind, an adapter's among them.
        EngineError: not enough memory.
        CancelledError: the job was cancelled.
    """
    native.start()
    model, options = command.model, command.options
    metadata = read_gguf_metadata(model.model_path)
    for adapter in model.adapters:
        check_adapter(adapter.path, model)
    size = size_of(model, metadata)
    wanted = _wanted(metadata, size, options)
    if options.flash_attention is FlashAttention.OFF:
        size = replace(size, can_quantise=False)  # not behind a person's back
    steps = load_steps(wanted, size, _memory(), can_split=True, is_cautious=command.is_cautious)
    loader = _Loader(model, options, metadata, job)
    try:
        loaded, reduced = steps.load(loader.attempt)
    except BaseException:
        loader.close()
        raise
    loaded.reduced = reduced
    loaded.context_limit = limit_met(options.context_length, wanted.context_length, reduced)
    return loaded


def _wanted(metadata: GgufMetadata, size: ModelSize, options: EngineOptions) -> LoadPlan:
    """As it was asked for, or as is sensible here."""
    layers = 0
    if options.gpu_layers != 0 and native.has_gpu():
        whole = size.layer_count + 1
        is_all = options.gpu_layers is None or options.gpu_layers < 0
        layers = whole if is_all else min(options.gpu_layers or 0, whole)
    kv_type = options.kv_type if size.can_quantise else KvType.F16
    per_token = size.kv_numbers * KV_BYTES[kv_type]
    context = options.context_length or automatic_context(per_token, uses_gpu=layers > 0)
    return LoadPlan(min(context, trained_context(metadata)), kv_type, layers)


def _memory() -> Memory:
    gpus = [device for device in native.devices() if device.kind in {"gpu", "igpu"}]
    # Layers go to GPUs with memory of their own, if there are any, and to all of these.
    own = [device for device in gpus if device.kind == "gpu"] or gpus
    if not own or not all(device.total_bytes for device in own):
        return free_memory()
    is_shared = sys.platform == "darwin" or own[0].kind == "igpu"
    return free_memory(sum(device.free_bytes for device in own), is_shared=is_shared)


class _Loader:
    """Tries to load one model in one way after another.

    The weights stay from one attempt to the next while the same layers are to be on the GPU.
    """

    def __init__(
        self, model: InstalledModel, options: EngineOptions, metadata: GgufMetadata, job: Job
    ) -> None:
        self._model = model
        self._options = options
        self._metadata = metadata
        self._progress = _Progress(model, job)
        self._threads = options.threads or automatic_threads()
        self._weights = 0
        self._gpu_layers = 0  # that the weights were loaded with
        self._adapters = LoraAdapters()

    def close(self) -> None:
        """Free the weights, which no attempt made a model of."""
        self._adapters.close()
        if self._weights:
            lib.llama_model_free(self._weights)
            self._weights = 0

    def attempt(self, plan: LoadPlan) -> LoadedModel:
        """Load in this way; raises as `load_model`, with nothing but the weights kept."""
        if plan.gpu_layers != self._gpu_layers:
            self.close()
        if not self._weights:
            self._weights = _load_weights(self._model.model_path, plan.gpu_layers, self._progress)
            self._gpu_layers = plan.gpu_layers
            try:
                self._adapters.load(self._weights, self._model.adapters)
            except BaseException:
                self.close()
                raise
        uses_gpu = plan.gpu_layers > 0
        setup = _vision_setup(self._model, self._options, self._threads, use_gpu=uses_gpu)
        slice_size = _SLICE_GPU if uses_gpu else _SLICE_CPU
        is_scaled_by_model = setup is not None and setup.token_side is None
        batch = _WHOLE_PICTURE if is_scaled_by_model else slice_size
        context = _make_context(
            self._weights, plan, self._options.flash_attention, self._threads, batch
        )
        loaded = LoadedModel(
            model=self._weights,
            context=context,
            adapters=self._adapters,
            vocabulary=Vocabulary(lib.llama_model_get_vocab(self._weights)),
            template=ChatTemplate(self._metadata.get_str("tokenizer.chat_template")),
            vision=None,
            context_length=int(lib.llama_n_ctx(context)),
            kv_type=plan.kv_type,
            batch_size=int(lib.llama_n_ubatch(context)),
            slice_size=min(slice_size, int(lib.llama_n_ubatch(context))),
            threads=self._threads,
            has_gpu=uses_gpu,
        )
        try:
            self._adapters.apply(context)
            if setup is not None:
                loaded.vision = self._encoder(setup)
            self._progress.check()
        except BaseException:
            loaded.close_context()
            raise
        return loaded

    def _encoder(self, setup: VisionSetup) -> VisionEncoder:
        native.recent_errors.clear()
        try:
            return VisionEncoder(self._weights, setup, self._progress.of_projector)
        except ModelError:
            self._progress.check()
            if native.lacked_memory():
                raise _no_memory(setup.projector_path) from None
            raise


def automatic_threads() -> int:
    """Physical cores that this process may use: more threads slow a decode down."""
    physical = psutil.cpu_count(logical=False) or 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    logical = psutil.cpu_count() or 1
    # Virtual machines often show two cores as one with two threads; both are real there.
    return max(1, min(usable or 1, physical if logical > 4 else logical))


class _Progress:
    """Turns the fractions of two files into one, and carries the cancel into native code."""

    def __init__(self, model: InstalledModel, job: Job) -> None:
        weights = sum(part.stat().st_size for part in split_parts(model.model_path))
        encoder = model.projector_path.stat().st_size if model.projector_path is not None else 0
        self._share = weights / max(1, weights + encoder)
        self._job = job
        self._shown = -1.0

    def of_weights(self, fraction: float) -> bool:
        return self._show(fraction * self._share)

    def of_projector(self, fraction: float) -> bool:
        return self._show(self._share + fraction * (1 - self._share))

    def check(self) -> None:
        if self._job.is_cancelled():
            raise CancelledError

    def _show(self, fraction: float) -> bool:
        if fraction - self._shown >= 0.01:
            self._shown = fraction
            self._job.emit(ModelLoading(min(1.0, fraction)))
        return not self._job.is_cancelled()


def _load_weights(path: Path, gpu_layers: int, progress: _Progress) -> int:
    callback = lib.llama_progress_callback(lambda fraction, _data: progress.of_weights(fraction))
    params = lib.llama_model_default_params()
    params.n_gpu_layers = gpu_layers  # one more than there are: all of the model
    params.progress_callback = callback
    native.recent_errors.clear()
    weights = lib.llama_model_load_from_file(native.path_bytes(path), params)
    if not weights:
        progress.check()
        raise _load_error(path)
    return int(weights)


def _load_error(path: Path) -> EngineError | ModelError:
    if native.lacked_memory():
        return _no_memory(path)
    return ModelError(
        f"{path.name} cannot be loaded: the file is damaged, or of a kind that this version "
        "does not know.",
        ErrorCode.MODEL_LOAD_FAILED,
        name=path.name,
    )


def _no_memory(path: Path) -> EngineError:
    return EngineError(NO_MEMORY, ErrorCode.OUT_OF_MEMORY, name=path.name)


def _make_context(
    weights: int, plan: LoadPlan, flash_attention: FlashAttention, threads: int, batch: int
) -> int:
    params = lib.llama_context_default_params()
    params.n_ctx = plan.context_length
    params.n_batch = params.n_ubatch = min(batch, plan.context_length)
    params.n_threads = params.n_threads_batch = threads
    params.type_k = params.type_v = _KV_TYPES[plan.kv_type]
    # A quantised value cache cannot do without flash attention.
    is_plain = plan.kv_type is KvType.F16
    params.flash_attn_type = _FLASH[flash_attention] if is_plain else 1
    params.abort_callback = native.flag_reader()
    context = lib.llama_init_from_model(weights, params)
    if not context:
        # No other reason is left: what was asked for was held against the model's header.
        raise EngineError(NO_MEMORY, ErrorCode.OUT_OF_MEMORY)
    lib.llama_set_abort_callback(context, native.flag_reader(), NEVER)
    return int(context)


_never_flag = (ctypes.c_char * 2)()
NEVER = ctypes.cast(_never_flag, ctypes.c_void_p)
"""Data for `native.flag_reader` that never says stop."""


def _vision_setup(
    model: InstalledModel, options: EngineOptions, threads: int, *, use_gpu: bool
) -> VisionSetup | None:
    if model.projector_path is None:
        return None
    metadata = read_gguf_metadata(model.projector_path)
    kind = metadata.get_str("clip.projector_type") or metadata.get_str("clip.vision.projector_type")
    return VisionSetup(
        projector_path=model.projector_path,
        limits=model.pictures,
        token_side=_ANY_SIZE.get(kind or ""),
        layer_count=metadata.get_int("clip.vision.block_count") or 1,
        use_gpu=use_gpu,
        threads=threads,
        flash_attention=_FLASH[options.flash_attention],
    )
