"""From files to a language model with its context and its vision encoder."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
from llama_cpp import llama_cpp as lib

from desktop.core.errors import EngineError, ErrorCode, ModelError
from desktop.core.gguf import read_gguf_metadata
from desktop.core.types import KvType
from desktop.engine.api import CancelledError, ModelLoading
from desktop.engine.llama_cpp import native
from desktop.engine.llama_cpp.vision import VisionEncoder, VisionSetup
from desktop.engine.llama_cpp.vocabulary import Vocabulary
from desktop.engine.shared.memory import CONTEXT_STEPS, automatic_context
from desktop.engine.shared.template import ChatTemplate

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.gguf import GgufMetadata
    from desktop.core.types import EngineOptions, InstalledModel
    from desktop.engine.api import Job

_KV_TYPES = {KvType.F16: 1, KvType.Q8_0: 8, KvType.Q4_0: 2}  # enum ggml_type
_KV_BYTES = {KvType.F16: 2.0, KvType.Q8_0: 34 / 32, KvType.Q4_0: 18 / 32}  # per element
# Tokens evaluated at once: what a progress bar and, on a GPU, a cancel have to wait for.
_SLICE_GPU, _SLICE_CPU = 512, 128
# Models that scale pictures themselves may want a picture's tokens (256 of Gemma 3) in one batch.
_WHOLE_PICTURE = 1024
_NO_MEMORY = (
    "There is not enough memory for this model. Close other programs or choose a smaller one."
)
# Projectors that take any size: side of one token in pixels (patch x merge).
_ANY_SIZE = {"qwen2vl_merger": 28, "qwen2.5vl_merger": 28, "qwen3vl_merger": 32}


@dataclass(slots=True)
class LoadedModel:
    """Everything native that belongs to one loaded model. `close` frees it, once.

    `batch_size` is the most tokens that a native call takes, `slice_size` what it is given of text.
    """

    model: int
    context: int
    vocabulary: Vocabulary
    template: ChatTemplate
    vision: VisionEncoder | None
    context_length: int
    batch_size: int
    slice_size: int
    threads: int
    has_gpu: bool

    def close(self) -> None:
        """Free the encoder, the context and the weights, in this order."""
        if self.vision is not None:
            self.vision.close()
            self.vision = None
        if self.context:
            lib.llama_free(self.context)
            self.context = 0
        if self.model:
            lib.llama_model_free(self.model)
            self.model = 0


def load_model(model: InstalledModel, options: EngineOptions, job: Job) -> LoadedModel:
    """Load; emits `ModelLoading` by bytes read.

    Raises:
        ModelError: a file is missing, damaged or of the wrong kind.
        EngineError: not enough memory.
        CancelledError: the job was cancelled.
    """
    native.start()
    for path in (model.model_path, model.projector_path):
        if path is not None and not path.is_file():
            raise ModelError(
                f"The model file {path.name} is not there any more.",
                ErrorCode.MODEL_FILE_MISSING,
                name=path.name,
            )
    metadata = read_gguf_metadata(model.model_path)
    progress = _Progress(model, job)
    gpu_layers = options.gpu_layers if options.gpu_layers is not None else -1
    uses_gpu = gpu_layers != 0 and native.has_gpu()
    threads = options.threads or automatic_threads()
    weights = _load_weights(model.model_path, gpu_layers if uses_gpu else 0, progress)
    loaded: LoadedModel | None = None
    try:
        setup = _vision_setup(model, threads, use_gpu=uses_gpu)
        slice_size = _SLICE_GPU if uses_gpu else _SLICE_CPU
        is_scaled_by_model = setup is not None and setup.token_side is None
        batch = _WHOLE_PICTURE if is_scaled_by_model else slice_size
        wanted = options.context_length or _automatic_context(
            metadata, options.kv_type, uses_gpu=uses_gpu
        )
        context = _make_context(weights, wanted, options.kv_type, threads, batch)
        loaded = LoadedModel(
            model=weights,
            context=context,
            vocabulary=Vocabulary(lib.llama_model_get_vocab(weights)),
            template=ChatTemplate(metadata.get_str("tokenizer.chat_template")),
            vision=None,
            context_length=int(lib.llama_n_ctx(context)),
            batch_size=int(lib.llama_n_ubatch(context)),
            slice_size=min(slice_size, int(lib.llama_n_ubatch(context))),
            threads=threads,
            has_gpu=uses_gpu,
        )
        if setup is not None:
            loaded.vision = VisionEncoder(weights, setup, progress.of_projector)
        progress.check()
    except BaseException:
        if loaded is not None:
            loaded.close()
        else:
            lib.llama_model_free(weights)
        raise
    return loaded


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
        sizes = [
            p.stat().st_size for p in (model.model_path, model.projector_path) if p is not None
        ]
        self._share = sizes[0] / max(1, sum(sizes))
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
    params.n_gpu_layers = gpu_layers
    params.progress_callback = callback
    native.recent_errors.clear()
    weights = lib.llama_model_load_from_file(native.path_bytes(path), params)
    if not weights:
        progress.check()
        raise _load_error(path)
    return int(weights)


def _load_error(path: Path) -> EngineError | ModelError:
    if any("alloc" in line or "memory" in line for line in native.recent_errors):
        return EngineError(_NO_MEMORY, ErrorCode.OUT_OF_MEMORY, name=path.name)
    return ModelError(
        f"{path.name} cannot be loaded: the file is damaged, or of a kind that this version "
        "does not know.",
        ErrorCode.MODEL_LOAD_FAILED,
        name=path.name,
    )


def _make_context(weights: int, wanted: int, kv_type: KvType, threads: int, batch: int) -> int:
    """A context of the wanted length, or the longest for which there is memory."""
    trained = int(lib.llama_model_n_ctx_train(weights)) or CONTEXT_STEPS[-1]
    wanted = min(wanted, trained)
    lengths = [wanted, *(step for step in CONTEXT_STEPS if step < wanted)]
    for length in lengths:
        params = lib.llama_context_default_params()
        params.n_ctx = length
        params.n_batch = params.n_ubatch = min(batch, length)
        params.n_threads = params.n_threads_batch = threads
        params.type_k = params.type_v = _KV_TYPES[kv_type]
        # A quantised value cache needs flash attention; otherwise the library decides.
        params.flash_attn_type = -1 if kv_type is KvType.F16 else 1
        params.abort_callback = native.flag_reader()
        context = lib.llama_init_from_model(weights, params)
        if context:
            lib.llama_set_abort_callback(context, native.flag_reader(), NEVER)
            return int(context)
    raise EngineError(_NO_MEMORY, ErrorCode.OUT_OF_MEMORY)


_never_flag = (ctypes.c_char * 2)()
NEVER = ctypes.cast(_never_flag, ctypes.c_void_p)
"""Data for `native.flag_reader` that never says stop."""


def _automatic_context(metadata: GgufMetadata, kv_type: KvType, *, uses_gpu: bool) -> int:
    arch = metadata.architecture

    def number(key: str) -> int:
        return metadata.get_int(f"{arch}.{key}") or 0

    heads = number("attention.head_count") or 1
    kv_heads = number("attention.head_count_kv") or heads
    head_dim = number("attention.key_length") or number("embedding_length") // heads
    per_token = 2 * number("block_count") * kv_heads * head_dim * _KV_BYTES[kv_type]
    return automatic_context(per_token, uses_gpu=uses_gpu)


def _vision_setup(model: InstalledModel, threads: int, *, use_gpu: bool) -> VisionSetup | None:
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
    )
