"""The values that travel between the rooms: pictures, messages, models, settings, figures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class PictureBudget(StrEnum):
    """How closely a picture is looked at."""

    FAST = "fast"
    NORMAL = "normal"
    DETAIL = "detail"

    @property
    def tokens(self) -> int:
        """At most so many picture tokens (of 32 x 32 pixels each for Qwen3-VL)."""
        return {"fast": 256, "normal": 1024, "detail": 2048}[self.value]


class StopReason(StrEnum):
    """Why an answer ended."""

    END = "end"  # the model was done
    LENGTH = "length"  # max_tokens reached
    CONTEXT = "context"  # no room left in the context
    LOOP = "loop"  # the repetition guard noticed a loop
    CANCELLED = "cancelled"  # a person pressed Stop
    INTERRUPTED = "interrupted"  # the worker or the app ended in the middle
    FAILED = "failed"  # an error ended it before a word, or after some


class EngineKind(StrEnum):
    """Which engine runs a model."""

    LLAMA_CPP = "llama_cpp"
    MLX = "mlx"
    FAKE = "fake"


class KvType(StrEnum):
    """How the attention cache is stored: smaller types save memory and cost a little accuracy."""

    F16 = "f16"
    Q8_0 = "q8_0"
    Q4_0 = "q4_0"


class FlashAttention(StrEnum):
    """Whether attention is computed without its large matrix in memory."""

    AUTO = "auto"  # wherever the device can
    ON = "on"
    OFF = "off"


class Region(Struct, frozen=True):
    """A rectangle on an upright original, in its pixels; `right` and `bottom` are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top


class PictureOrigin(Struct, frozen=True):
    """The picture that another one was made from.

    Attributes:
        sha256: Of the earlier picture's original.
        page: Within that original.
        region: What was cut out of it; None for all of it.
        quarter_turns: How often it was turned clockwise by 90 degrees after cutting, 0 to 3.
        is_improved: Whether light, contrast or skew were changed.
        skew_degrees: How far it was turned clockwise to become straight, about its middle.
    """

    sha256: str
    page: int
    region: Region | None = None
    quarter_turns: int = 0
    is_improved: bool = False
    skew_degrees: float = 0.0


class ImageAttachment(Struct, frozen=True):
    """One picture as a message holds it.

    Attributes:
        sha256: Of the original file's bytes, hexadecimal: the picture's identity.
        media_type: Of the original, such as `image/jpeg`.
        width: Of the upright original, in pixels.
        height: Of the upright original, in pixels.
        page: Zero-based page or frame within the original.
        path: The upright sRGB page picture that engines read (may be smaller than the original).
        source_name: The file name a person knows it by; empty for a pasted picture.
        page_count: Pages of the original; with more than one, the model is told which this is.
        text: What the page's own text layer says, as the model is to read it beside the picture;
            empty when there is none or it is not wanted.
        origin: What it was cut from or made from; None for a picture that came as it is.
    """

    sha256: str
    media_type: str
    width: int
    height: int
    page: int
    path: Path
    source_name: str
    page_count: int = 1
    text: str = ""
    origin: PictureOrigin | None = None


class Message(Struct, frozen=True):
    """One turn. Its pictures come before its text, in order.

    `budget` says how closely this message's pictures are looked at; it stays with the message, so
    that a later change of the setting does not make older pictures be encoded again.
    """

    role: Role
    text: str
    attachments: tuple[ImageAttachment, ...] = ()
    budget: PictureBudget = PictureBudget.NORMAL


class GenerationSettings(Struct, frozen=True):
    """How an answer is drawn from the model's probabilities.

    Attributes:
        max_tokens: Bounds the answer; the context may end it sooner.
        temperature: 0 means greedy.
        top_p: Draw among the likeliest tokens that hold this share; 1 takes all.
        top_k: Draw among so many likeliest tokens; 0 takes all.
        min_p: Draw among tokens at least so likely as this share of the likeliest; 0 takes all.
        presence_penalty: Subtracted from the score of what was said already; 0 is none.
        repetition_penalty: Divides (or multiplies, below zero) such scores; 1 is none.
        seed: None means a new one each time.
        json_schema: A JSON Schema, as JSON, that the answer has to follow; None: free text.
    """

    max_tokens: int = 4096
    temperature: float = 0.7
    top_p: float = 0.8
    top_k: int = 20
    min_p: float = 0.0
    presence_penalty: float = 1.5
    repetition_penalty: float = 1.0
    seed: int | None = None
    json_schema: str | None = None


class PictureLimits(Struct, frozen=True):
    """What picture sizes a model can take, in picture tokens.

    `best_tokens` is the size the model knows best: smaller and larger pictures are scaled towards
    it. None: any size within the limits, the picture's own if the budget allows.
    """

    min_tokens: int = 8
    max_tokens: int = 4096
    best_tokens: int | None = None


class Adapter(Struct, frozen=True):
    """A low-rank adaptation (LoRA) of a model: a GGUF file, or a folder for MLX.

    `scale` multiplies its effect; 0 is none.
    """

    path: Path
    scale: float = 1.0


class InstalledModel(Struct, frozen=True):
    """A model that can be loaded now.

    Attributes:
        id: Stable name for settings and figures, such as `builtin` or the file's stem.
        name: As shown to people.
        engine: What runs it.
        model_path: The language model (GGUF), the whole model's folder (MLX), or the script of the
            fake engine.
        projector_path: The vision encoder (mmproj GGUF); None for MLX, whose folder holds it, and
            if the model cannot see.
        pictures: Its picture limits.
        sampling: Its defaults.
        is_builtin: The small demonstration model that ships with the app.
        adapters: Applied to it, in this order.
    """

    id: str
    name: str
    engine: EngineKind
    model_path: Path
    projector_path: Path | None
    pictures: PictureLimits = PictureLimits()
    sampling: GenerationSettings = GenerationSettings()
    is_builtin: bool = False
    adapters: tuple[Adapter, ...] = ()


class EngineOptions(Struct, frozen=True):
    """How a model is loaded. None means: choose a sensible value for this machine.

    Attributes:
        context_length: In tokens.
        gpu_layers: Layers kept on the GPU; -1 for all, 0 for none.
        threads: CPU threads.
        kv_type: Storage of the attention cache.
        flash_attention: Whether to use it.
        cache_bytes: Budget of the RAM store for older conversations' attention caches.
        disk_cache_bytes: Budget of the cache on disk; 0 writes and reads nothing.
        keeps_conversations: Whether conversations' attention caches go to that cache too, and not
            only pictures' embeddings.
    """

    context_length: int | None = None
    gpu_layers: int | None = None
    threads: int | None = None
    kv_type: KvType = KvType.F16
    flash_attention: FlashAttention = FlashAttention.AUTO
    cache_bytes: int | None = None
    disk_cache_bytes: int = 1_000_000_000
    keeps_conversations: bool = False


class Usage(Struct, frozen=True):
    """Token counts of one request. Picture tokens count as tokens (KV cells, not positions).

    Attributes:
        prompt_tokens: The whole prompt.
        reused_tokens: How much of it was already in the cache.
        answer_tokens: Generated, the end marker not counted.
        pictures_encoded: Pictures that went through the vision encoder for this request.
        pictures_from_disk: Pictures whose embeddings came from the cache on disk instead.
        retries: How often the answer was begun anew since it went round in circles.
        context_used: Cells in use when the request ended.
        context_length: Cells there are.
    """

    prompt_tokens: int = 0
    reused_tokens: int = 0
    answer_tokens: int = 0
    pictures_encoded: int = 0
    pictures_from_disk: int = 0
    retries: int = 0
    context_used: int = 0
    context_length: int = 0


class Timings(Struct, frozen=True):
    """Seconds of one request, measured in the worker by the monotonic clock."""

    encode_s: float = 0.0
    prefill_s: float = 0.0
    first_token_s: float = 0.0  # from receiving the request, so with its wait for earlier work
    decode_s: float = 0.0  # from the first token to the last

    def tokens_per_second(self, usage: Usage) -> float | None:
        """Decode speed; None when fewer than two tokens make it meaningless."""
        if usage.answer_tokens < 2 or self.decode_s <= 0:
            return None
        return (usage.answer_tokens - 1) / self.decode_s

    def read_per_second(self, usage: Usage) -> float | None:
        """Prefill speed in prompt tokens; None when nothing had to be read."""
        read = usage.prompt_tokens - usage.reused_tokens
        return read / self.prefill_s if read > 0 and self.prefill_s > 0 else None


class InAdvance(Struct, frozen=True):
    """What was done for an answer while its question was still being written; times in seconds."""

    encode_s: float = 0.0
    prefill_s: float = 0.0
    pictures_encoded: int = 0
    pictures_from_disk: int = 0

    def plus(self, usage: Usage, timings: Timings) -> InAdvance:
        """With one more preparation."""
        return InAdvance(
            self.encode_s + timings.encode_s,
            self.prefill_s + timings.prefill_s,
            self.pictures_encoded + usage.pictures_encoded,
            self.pictures_from_disk + usage.pictures_from_disk,
        )


class Figures(Struct, frozen=True):
    """What is kept and shown of one answer's making.

    Attributes:
        model_id: `InstalledModel.id`.
        usage: Token counts.
        timings: Seconds.
        engine: What ran the model; None for answers from before this was kept.
        load_s: Seconds that the model took to load, whenever that was; None where unknown.
        worker_bytes: Memory of the engine's process when the answer was over; 0 where unknown.
        in_advance: What was done before the question was sent; `usage` and `timings` are without.
    """

    model_id: str
    usage: Usage
    timings: Timings
    engine: EngineKind | None = None
    load_s: float | None = None
    worker_bytes: int = 0
    in_advance: InAdvance = InAdvance()

    @property
    def is_measured(self) -> bool:
        """Whether the engine said what it took: not of what was stopped before the first word."""
        return self.usage.prompt_tokens > 0


class Device(Struct, frozen=True):
    """A compute device as the engine sees it; memory in bytes, 0 where unknown."""

    name: str
    description: str
    kind: str  # "cpu", "gpu", "igpu", "accelerator"
    free_bytes: int
    total_bytes: int
