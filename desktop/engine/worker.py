"""The engine worker: a child process that owns the model and speaks JSON lines.

The main thread reads commands from stdin, raises cancel flags and leaves at end of file; the
inference thread does the work in order. Events leave on a private duplicate of fd 1, while fd 1
itself becomes stderr: what native code prints cannot corrupt the protocol. No socket may be opened.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, BinaryIO

from msgspec.structs import replace

from desktop.core.errors import EngineError, ErrorCode, GroundglassError
from desktop.engine import wire
from desktop.engine.api import (
    Cancel,
    CancelledError,
    EngineFailed,
    Generate,
    Inspect,
    LoadModel,
    ModelLoading,
    Prepare,
    Shutdown,
    WorkerReady,
)
from desktop.engine.factory import create_engine
from desktop.engine.footprint import own_bytes
from desktop.engine.shared.disk_cache import finish_writes

if TYPE_CHECKING:
    from desktop.core.types import EngineKind
    from desktop.engine.api import Engine, EngineCommand, EngineEvent

log = logging.getLogger(__name__)

_REST_AFTER_S = 2.0
_LAST_WRITES_S = 0.7  # the parent waits for a second before it ends this process
_LOAD = None  # the key under which a load is open: it has no request id


class WorkerJob:
    """One piece of work: where its events go and whether it is still wanted."""

    def __init__(self, emit: EventWriter) -> None:
        self._emit = emit
        self.cancel_flag = bytearray(2)
        self.received_at = time.monotonic()

    def emit(self, event: EngineEvent) -> None:
        """Send an event; called on the inference thread."""
        self._emit.write(event)

    def is_cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self.cancel_flag[0] != 0

    def cancel(self) -> None:
        """Called on the main thread."""
        self.cancel_flag[0] = 1


class EventWriter:
    """Writes events as lines, whole ones only."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def write(self, event: EngineEvent) -> None:
        """Send one event; a parent that is gone ends the process."""
        line = wire.encode(event)
        with self._lock:
            try:
                self._stream.write(line)
                self._stream.flush()
            except (BrokenPipeError, ValueError):
                os._exit(0)


class Worker:
    """Reads commands on the calling thread and runs them, in order, on the inference thread."""

    def __init__(self, commands: BinaryIO, events: BinaryIO) -> None:
        self._commands = commands
        self._writer = EventWriter(events)
        self._queue: queue.SimpleQueue[tuple[EngineCommand, WorkerJob] | None] = queue.SimpleQueue()
        self._jobs: dict[str | None, WorkerJob] = {}
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._engine_kind: EngineKind | None = None

    def run(self) -> int:
        """Serve until Shutdown (0), end of file (0) or a line that is no command (2)."""
        inference = threading.Thread(target=self._serve, name="inference", daemon=True)
        inference.start()
        self._writer.write(WorkerReady(os.getpid()))
        for line in self._commands:
            try:
                command = wire.decode_command(line)
            except wire.WireError as error:
                log.error("command refused: %s", error)  # noqa: TRY400 - its text may hold a prompt
                return 2
            if isinstance(command, Shutdown):
                return 0
            if isinstance(command, Cancel):
                self._cancel(command.request_id)
            else:
                self._enqueue(command)
        return 0

    def _enqueue(self, command: EngineCommand) -> None:
        job = WorkerJob(self._writer)
        with self._lock:
            match command:
                case LoadModel():
                    self._jobs[_LOAD] = job
                case Prepare(request_id=request_id) | Generate(request_id=request_id):
                    self._jobs[request_id] = job
                case _:
                    pass
        self._queue.put((command, job))

    def _cancel(self, request_id: str | None) -> None:
        with self._lock:
            job = self._jobs.get(request_id)
        if job is not None:
            job.cancel()

    def _serve(self) -> None:
        while (item := self._next()) is not None:
            command, job = item
            request_id = command.request_id if isinstance(command, Prepare | Generate) else None
            try:
                self._writer.write(self._perform(command, job))
            except GroundglassError as error:
                self._writer.write(
                    EngineFailed(request_id, error.code, error.message, error.details)
                )
            except MemoryError:
                self._writer.write(
                    EngineFailed(
                        request_id, ErrorCode.OUT_OF_MEMORY, "There is not enough memory for this."
                    )
                )
            except Exception as error:  # noqa: BLE001 - the process edge
                _log_without_content(error)
                self._writer.write(
                    EngineFailed(
                        request_id,
                        ErrorCode.ENGINE_FAILED,
                        f"The engine failed unexpectedly ({type(error).__name__}).",
                    )
                )
            finally:
                with self._lock:
                    if self._jobs.get(request_id) is job:
                        del self._jobs[request_id]

    def _next(self) -> tuple[EngineCommand, WorkerJob] | None:
        """The next command; when none comes for a while, the engine does what it has put off."""
        try:
            return self._queue.get(timeout=_REST_AFTER_S)
        except queue.Empty:
            self._rest()
            return self._queue.get()

    def _rest(self) -> None:
        if self._engine is None:
            return
        try:
            self._engine.rest()
        except Exception as error:  # noqa: BLE001 - nobody asked for it, so nobody is answered
            _log_without_content(error)

    def _perform(self, command: EngineCommand, job: WorkerJob) -> EngineEvent:
        match command:
            case LoadModel():
                return self._load(command, job)
            case Inspect(engine=kind):
                # Another engine than the one that holds a model is asked beside it.
                present = self._engine if self._engine_kind is kind else None
                return (present or create_engine(kind)).inspect()
            case Prepare():
                return self._loaded_engine().prepare(command, job)
            case Generate():
                finished = self._loaded_engine().generate(command, job)
                return replace(finished, worker_bytes=own_bytes())
            case Cancel() | Shutdown():
                raise AssertionError("handled by the main thread")

    def _load(self, command: LoadModel, job: WorkerJob) -> EngineEvent:
        try:
            job.emit(ModelLoading(0.0))
            engine = self._engine_of(command.model.engine)
            loaded = engine.load(command, job)
        except CancelledError:
            return EngineFailed(None, ErrorCode.LOAD_CANCELLED, "Loading was stopped.")
        return replace(loaded, engine=command.model.engine, worker_bytes=own_bytes())

    def _engine_of(self, kind: EngineKind) -> Engine:
        if self._engine is None or self._engine_kind is not kind:
            if self._engine is not None:
                self._engine.unload()
            self._engine = create_engine(kind)
            self._engine_kind = kind
        return self._engine

    def _loaded_engine(self) -> Engine:
        if self._engine is None:
            raise EngineError("No model is loaded.", ErrorCode.NO_MODEL)
        return self._engine


def claim_stdout() -> BinaryIO:
    """A private duplicate of fd 1 for the protocol; fd 1 becomes another name of stderr."""
    private = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(private, "wb")


def forbid_network() -> None:
    """Make every later use of a socket in this process raise `PermissionError`."""

    def refuse(event: str, _args: object) -> None:
        if event.startswith("socket.") and event != "socket.gethostname":
            raise PermissionError("the engine worker opens no connections")

    sys.addaudithook(refuse)


def _log_without_content(error: BaseException) -> None:
    """Where it happened, not what was said: messages and values may hold a person's text."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s\n%s", type(error).__name__, frames)


def main() -> int:
    """Entry point of `--engine-worker`."""
    events = claim_stdout()
    with contextlib.suppress(RuntimeError, ValueError):
        faulthandler.enable(sys.stderr)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    os.environ["GGML_NO_BACKTRACE"] = "1"
    # Ctrl+C in a terminal goes to the whole group: the parent decides, and closes our stdin.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    forbid_network()
    status = Worker(sys.stdin.buffer, events).run()
    finish_writes(_LAST_WRITES_S)
    # The inference thread may sit in native code that nothing can interrupt; memory goes with us.
    os._exit(status)
