"""Pictures as a model sees them: layout in the prompt, encoding, cached embeddings."""

from __future__ import annotations

import contextlib
import ctypes
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from llama_cpp import llama_cpp as lib
from llama_cpp import mtmd_cpp as mtmd
from msgspec import Struct

from desktop.core.errors import EngineError, ErrorCode, ModelError
from desktop.core.sizing import target_size
from desktop.core.types import PictureLimits
from desktop.engine.api import CancelledError
from desktop.engine.llama_cpp import native
from desktop.engine.llama_cpp.forms import ArrayForm, Embedding
from desktop.engine.shared.cache import PictureSpan, PromptItem
from desktop.engine.shared.picture_memory import PictureMemory
from desktop.engine.shared.pixels import scaled_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop.engine.api import Job
    from desktop.engine.shared.disk_cache import DiskCache
    from desktop.engine.shared.template import PicturePart

_LAYER_END = re.compile(rb"layer_out-\d+")
_EMBEDDING_BUDGET_BYTES = 512 * 1024 * 1024


class VisionSetup(Struct, frozen=True):
    """How the encoder runs.

    Attributes:
        projector_path: The mmproj file.
        limits: The model's picture limits.
        token_side: Pixels of one picture token's side where the model takes any size; None where
            it scales pictures itself.
        layer_count: Of the vision transformer, for progress.
        use_gpu: Whether it runs on the GPU.
        threads: On the CPU.
        flash_attention: As llama.cpp numbers it: -1 where the device can, 1 always, 0 never.
    """

    projector_path: Path
    limits: PictureLimits
    token_side: int | None
    layer_count: int
    use_gpu: bool
    threads: int
    flash_attention: int


class VisionEncoder:
    """Owns the mtmd context of one loaded model.

    Embeddings are kept as the encoder's own 32-bit floats, so that an answer does not depend on
    whether a picture was met before.
    """

    def __init__(
        self, language_model: int, setup: VisionSetup, on_load: Callable[[float], bool]
    ) -> None:
        self._language_model = language_model
        self._setup = setup
        self._width = int(lib.llama_model_n_embd_inp(language_model))
        self._cancel_flag: bytearray | None = None
        self._on_layer: Callable[[], None] | None = None
        self._ask = lib.ggml_backend_sched_eval_callback(self._on_node)
        self._context = self._open(on_load)
        self._layouts: dict[str, tuple[PromptItem, ...]] = {}
        self._chunks: dict[str, int] = {}
        self._embeddings = PictureMemory(ArrayForm(self._width), _EMBEDDING_BUDGET_BYTES)

    @property
    def context(self) -> int:
        """The mtmd context."""
        return self._context

    def close(self) -> None:
        """Free everything native."""
        for chunk in self._chunks.values():
            mtmd.mtmd_input_chunk_free(chunk)
        self._chunks.clear()
        self._layouts.clear()
        self._embeddings.clear()
        if self._context:
            mtmd.mtmd_free(self._context)
            self._context = 0

    def use_disk(self, disk: DiskCache, model_identity: str) -> None:
        """Keep embeddings there, and look for those of earlier runs."""
        self._embeddings.use_disk(disk, model_identity)

    # --- layout -----------------------------------------------------------------------------------

    def layout(self, part: PicturePart) -> tuple[PromptItem, ...]:
        """What the picture is in a prompt: its chunks, with the marks that the model puts around.

        Needs no pixels: the size alone decides.
        """
        key, size = self._key_and_size(part)
        if key not in self._layouts:
            self._layouts[key] = self._measure(key, size)
        return self._layouts[key]

    def chunk(self, span: PictureSpan) -> int:
        """The native chunk (without pixels) of a span that `layout` gave."""
        return self._chunks[span.key]

    def _key_and_size(self, part: PicturePart) -> tuple[str, tuple[int, int]]:
        picture, setup = part.attachment, self._setup
        size = target_size(
            picture.width, picture.height, part.budget, setup.limits, setup.token_side or 32
        )
        return f"{picture.sha256}:{picture.page}:{size[0]}x{size[1]}", size

    def _measure(self, key: str, size: tuple[int, int]) -> tuple[PromptItem, ...]:
        items: list[PromptItem] = []
        with _bitmap(size, None) as bitmap, self._tokenized(bitmap) as chunks:
            for index in range(mtmd.mtmd_input_chunks_size(chunks)):
                chunk = mtmd.mtmd_input_chunks_get(chunks, index)
                if mtmd.mtmd_input_chunk_get_type(chunk) == mtmd.MTMD_INPUT_CHUNK_TYPE_TEXT:
                    count = ctypes.c_size_t()
                    ids = mtmd.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(count))
                    items += ids[: count.value]
                    continue
                span = PictureSpan(
                    f"{key}#{index}",
                    int(mtmd.mtmd_input_chunk_get_n_tokens(chunk)),
                    int(mtmd.mtmd_input_chunk_get_n_pos(chunk)),
                )
                self._chunks[span.key] = mtmd.mtmd_input_chunk_copy(chunk)
                items.append(span)
        return tuple(items)

    @contextlib.contextmanager
    def _tokenized(self, bitmap: int) -> Iterator[int]:
        chunks = mtmd.mtmd_input_chunks_init()
        part = mtmd.mtmd_input_part(None, bitmap)
        parts = (ctypes.POINTER(mtmd.mtmd_input_part) * 1)(ctypes.pointer(part))
        try:
            if mtmd.mtmd_tokenize_from_parts(self._context, chunks, parts, 1, False) != 0:
                raise EngineError(
                    "The model cannot take a picture of this shape.", ErrorCode.ENGINE_FAILED
                )
            yield chunks
        finally:
            mtmd.mtmd_input_chunks_free(chunks)

    # --- encoding ---------------------------------------------------------------------------------

    def known(self, part: PicturePart) -> dict[str, Embedding] | None:
        """A picture's embeddings by span key, if they are in memory."""
        return self._embeddings.known(self._key_and_size(part)[0])

    def recalled(self, part: PicturePart) -> dict[str, Embedding] | None:
        """The same from the disk, if an earlier run left them there."""
        cells = {name: span.n_cells for name, span in self._spans(part).items()}
        return self._embeddings.recalled(self._key_and_size(part)[0], part, cells)

    def _spans(self, part: PicturePart) -> dict[str, PictureSpan]:
        return {item.key: item for item in self.layout(part) if isinstance(item, PictureSpan)}

    @property
    def step_count(self) -> int:
        """Steps of progress that one picture's encoding takes: its layers, and what follows."""
        return self._setup.layer_count + 1

    def encode(
        self, part: PicturePart, job: Job, on_step: Callable[[], None]
    ) -> dict[str, Embedding]:
        """The same computed.

        `on_step` is called `step_count` times. Raises `CancelledError`; nothing half-done is kept.
        A cancel is seen before each large matrix product, on a GPU before each layer.
        """
        key, size = self._key_and_size(part)
        spans = self._spans(part)
        result: dict[str, Embedding] = {}
        pixels = scaled_page(part.attachment.path, size).tobytes()
        with _bitmap(size, pixels) as bitmap, self._tokenized(bitmap) as chunks:
            for index in range(mtmd.mtmd_input_chunks_size(chunks)):
                name = f"{key}#{index}"
                if name in spans:
                    chunk = mtmd.mtmd_input_chunks_get(chunks, index)
                    result[name] = self._encode_chunk(chunk, spans[name].n_cells, job, on_step)
        on_step()
        self._embeddings.remember(key, part, result)
        return result

    def _encode_chunk(
        self, chunk: int, n_cells: int, job: Job, on_layer: Callable[[], None]
    ) -> Embedding:
        self._cancel_flag, self._on_layer = job.cancel_flag, on_layer
        try:
            status = mtmd.mtmd_encode_chunk(self._context, chunk)
        finally:
            self._cancel_flag, self._on_layer = None, None
        if job.is_cancelled():
            raise CancelledError  # the graph stopped in the middle and still reports success
        if status != 0:
            raise EngineError(
                "There is not enough memory to look at this picture. Choose a lower detail.",
                ErrorCode.OUT_OF_MEMORY,
            )
        output = mtmd.mtmd_get_output_embd(self._context)
        flat = np.ctypeslib.as_array(output, (n_cells, self._width))
        return np.array(flat, dtype=np.float32)  # the library's buffer lasts until the next encode

    def _on_node(self, tensor: int, is_asking: bool, _data: object) -> bool:
        """Called before each graph node ("look at this one?") and after those asked for."""
        flag = self._cancel_flag
        if flag is None:
            return not is_asking
        if not is_asking:
            return flag[0] == 0
        if flag[0]:
            return True  # stop here: the answer after this node will be "do not go on"
        is_layer = _LAYER_END.fullmatch(native.tensor_name(tensor)) is not None
        if is_layer and self._on_layer is not None:
            self._on_layer()
        return is_layer or (
            not self._setup.use_gpu and native.tensor_op(tensor) in native.heavy_ops()
        )

    # --- the context ------------------------------------------------------------------------------

    def _open(self, on_load: Callable[[float], bool]) -> int:
        callback = mtmd.mtmd_progress_callback(lambda fraction, _data: on_load(fraction))
        params = mtmd.mtmd_context_params_default()
        params.use_gpu = self._setup.use_gpu
        params.n_threads = self._setup.threads
        params.print_timings = False
        # Flash attention wherever it can be had: it was faster on a CPU too (64, 144 and 256
        # tokens), and without it memory grows with the square of the tokens.
        params.flash_attn_type = self._setup.flash_attention
        params.warmup = self._setup.use_gpu  # reserves memory for the largest picture: GPU only
        params.cb_eval = self._ask
        params.progress_callback = callback
        context = mtmd.mtmd_init_from_file(
            native.path_bytes(self._setup.projector_path), self._language_model, params
        )
        if not context:
            raise ModelError(
                "The vision encoder could not be loaded: it does not belong to this model, or "
                "there is not enough memory.",
                ErrorCode.PROJECTOR_MISMATCH,
                name=self._setup.projector_path.name,
            )
        return int(context)


@contextlib.contextmanager
def _bitmap(size: tuple[int, int], pixels: bytes | None) -> Iterator[int]:
    """A native bitmap; without pixels it only counts tokens. mtmd copies the bytes."""
    data = None if pixels is None else (ctypes.c_uint8 * len(pixels)).from_buffer_copy(pixels)
    bitmap = mtmd.mtmd_bitmap_init(size[0], size[1], data)
    try:
        yield bitmap
    finally:
        mtmd.mtmd_bitmap_free(bitmap)
