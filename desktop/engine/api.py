"""The engine protocol: what a front end may ask, what it hears, and what an engine must do.

Commands go to the worker process, events come back; both are frozen structs that
`desktop.engine.wire` turns into one JSON line each.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol, TypeAlias

from msgspec import Struct, field

from desktop.core.errors import ErrorCode
from desktop.core.types import (
    Device,
    EngineKind,
    EngineOptions,
    GenerationSettings,
    InstalledModel,
    KvType,
    Message,
    StopReason,
    Timings,
    Usage,
)


class Phase(StrEnum):
    """What the engine does before the first word."""

    ENCODE = "encode"  # looking at the pictures; progress in vision layers over all new pictures
    PREFILL = "prefill"  # reading the prompt; progress in tokens


# --- commands -----------------------------------------------------------------------------------


class LoadModel(Struct, frozen=True):
    """Load this model in place of the one that is loaded.

    `is_cautious` makes all smaller at once that can be: the worker before this one died of it.
    """

    model: InstalledModel
    options: EngineOptions = EngineOptions()
    is_cautious: bool = False


class Prepare(Struct, frozen=True):
    """Encode and prefill a prompt that is still being written.

    The last message is the user's; its pictures are complete, its text is not looked at.
    Answered by `PromptPrepared` or `EngineFailed`.
    """

    request_id: str
    messages: tuple[Message, ...]


class Generate(Struct, frozen=True):
    """Answer the last message.

    Answered by `TextDelta`s, perhaps an `AnswerRestarted` and more of them, then by
    `GenerationFinished` or `EngineFailed`.
    """

    request_id: str
    messages: tuple[Message, ...]
    settings: GenerationSettings


class Cancel(Struct, frozen=True):
    """Stop a request; None stops loading. A request that is over or unknown is ignored."""

    request_id: str | None


class Inspect(Struct, frozen=True):
    """Ask for versions and devices. Answered by `EngineInspected` or `EngineFailed`."""

    engine: EngineKind


class Shutdown(Struct, frozen=True):
    """End the worker process."""


EngineCommand: TypeAlias = LoadModel | Prepare | Generate | Cancel | Inspect | Shutdown


# --- events -------------------------------------------------------------------------------------


class WorkerReady(Struct, frozen=True):
    """The worker process takes commands."""

    pid: int


class ModelLoading(Struct, frozen=True):
    """Progress of a load, 0..1."""

    fraction: float


class Reduction(Struct, frozen=True):
    """What was made smaller than asked for so that a model fits; None: left as it was.

    Attributes:
        context_length: The smaller one, in tokens.
        kv_type: The smaller storage of the attention cache.
        gpu_layers: How many layers the GPU has, fewer than all or than asked for.
        context_wanted: What `context_length` would have been; given together with it.
    """

    context_length: int | None = None
    kv_type: KvType | None = None
    gpu_layers: int | None = None
    context_wanted: int | None = None


class ModelLoaded(Struct, frozen=True):
    """A model is ready.

    Attributes:
        model_id: `InstalledModel.id` of the load command.
        context_length: In tokens, as really allocated.
        has_gpu: Whether layers run on a GPU.
        can_see: Whether pictures can be asked about.
        threads: CPU threads in use.
        load_s: Seconds it took.
        engine: What runs it.
        reduced: What it took to make it fit; None when it was loaded as asked.
        worker_bytes: Memory of the worker process afterwards; 0 where unknown.
        context_limit: The longest context that the model reads, where a longer one was asked for
            and this one is used in its place.
    """

    model_id: str
    context_length: int
    has_gpu: bool
    can_see: bool
    threads: int
    load_s: float
    engine: EngineKind | None = None
    reduced: Reduction | None = None
    worker_bytes: int = 0
    context_limit: int | None = None


class ModelUnloaded(Struct, frozen=True):
    """No model is loaded any more: the worker has ended, as it was asked to."""


class PromptProgress(Struct, frozen=True):
    """Progress of a request before its first word: `done` of `total`, total > 0."""

    request_id: str
    phase: Phase
    done: int
    total: int


class PromptPrepared(Struct, frozen=True):
    """A `Prepare` is over; `is_complete` is False when it was cancelled."""

    request_id: str
    is_complete: bool
    usage: Usage
    timings: Timings


class TextDelta(Struct, frozen=True):
    """The next piece of an answer, never empty, always whole characters."""

    request_id: str
    text: str


class AnswerRestarted(Struct, frozen=True):
    """The answer went round in circles and is begun anew: all text of it so far is void."""

    request_id: str


class GenerationFinished(Struct, frozen=True):
    """An answer is over; `worker_bytes` is the worker's memory then, 0 where unknown."""

    request_id: str
    stop_reason: StopReason
    usage: Usage
    timings: Timings
    worker_bytes: int = 0


class EngineInspected(Struct, frozen=True):
    """Versions by component name, and the devices that the engine can compute on."""

    versions: Mapping[str, str]
    devices: tuple[Device, ...]


class EngineFailed(Struct, frozen=True):
    """A request (or a load, or the worker itself: `request_id` None) failed."""

    request_id: str | None
    code: ErrorCode
    message: str
    details: Mapping[str, str] = field(default_factory=dict)


EngineEvent: TypeAlias = (
    WorkerReady
    | ModelLoading
    | ModelLoaded
    | ModelUnloaded
    | PromptProgress
    | PromptPrepared
    | TextDelta
    | AnswerRestarted
    | GenerationFinished
    | EngineInspected
    | EngineFailed
)


# --- what an engine does --------------------------------------------------------------------------


class CancelledError(Exception):
    """Raised inside an engine to leave a cancelled piece of work; never crosses the protocol."""


class Job(Protocol):
    """What an engine is given with each piece of work. Called on the inference thread only.

    Attributes:
        cancel_flag: Two bytes for native code to poll; the first turns from 0 to 1 on a cancel.
        received_at: When the worker received it, by the monotonic clock, in seconds.
    """

    cancel_flag: bytearray
    received_at: float

    def emit(self, event: EngineEvent) -> None:
        """Report an event."""

    def is_cancelled(self) -> bool:
        """Whether a person wants this piece of work to stop."""


class Engine(Protocol):
    """A model runner. One thread owns it; every method blocks until its work is done.

    Every method may raise `GroundglassError`. After an error or a cancel the engine stays usable.
    """

    def inspect(self) -> EngineInspected:
        """Versions and devices; loads native libraries but no model."""

    def load(self, command: LoadModel, job: Job) -> ModelLoaded:
        """Load a model; emits `ModelLoading`; raises `CancelledError` when cancelled."""

    def prepare(self, command: Prepare, job: Job) -> PromptPrepared:
        """Bring the caches to where `Generate` only needs the question's own tokens."""

    def generate(self, command: Generate, job: Job) -> GenerationFinished:
        """Answer, emitting `TextDelta`s. A cancel ends it with `StopReason.CANCELLED`."""

    def rest(self) -> None:
        """Do what was put off: nobody waits for anything at the moment."""

    def unload(self) -> None:
        """Free everything; the engine can load again afterwards."""
