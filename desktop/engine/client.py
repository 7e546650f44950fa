"""The parent's side of the worker: starts it, speaks with it, notices its end, starts it again.

One background thread reads events and calls `on_event`; commands may be sent from any thread.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import deque
from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core.errors import ErrorCode
from desktop.core.types import StopReason, Timings, Usage
from desktop.engine import wire
from desktop.engine.api import (
    Cancel,
    EngineFailed,
    Generate,
    GenerationFinished,
    Inspect,
    LoadModel,
    ModelLoaded,
    ModelUnloaded,
    Prepare,
    PromptPrepared,
    Shutdown,
    WorkerReady,
)
from desktop.engine.lost_load import lacked_memory
from desktop.engine.shared.memory import NO_MEMORY
from desktop.engine.worker_process import (
    close_stdin,
    end_process,
    error_log_size,
    read_error_log,
    spawn_worker,
)

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

    from desktop.core.types import (
        EngineKind,
        EngineOptions,
        GenerationSettings,
        InstalledModel,
        Message,
    )
    from desktop.engine.api import EngineCommand, EngineEvent

log = logging.getLogger(__name__)

_TERMINATE_GRACE_S = 1.0
_CRASHES_ALLOWED = 3
_CRASH_WINDOW_S = 60.0
_LOAD = ""  # stands for the load, which has no request id


class EngineClient:
    """Owns at most one worker process.

    After a crash every open request is answered by `EngineFailed(WORKER_CRASHED)`; then the worker
    is started again and the model that was loaded is loaded again, unless it keeps crashing. A
    worker that dies of a load, most often for want of memory, is followed by one that makes all
    smaller that can be; if that one dies too, the load has failed: OUT_OF_MEMORY where memory was
    short, else WORKER_CRASHED. A cancelled request that the worker does not end within
    `cancel_grace_s` ends with the worker.
    After `unload` there is no worker until the next command.
    """

    def __init__(
        self, on_event: Callable[[EngineEvent], None], *, cancel_grace_s: float = 2.0
    ) -> None:
        self._on_event = on_event
        self._cancel_grace_s = cancel_grace_s
        self._lock = threading.RLock()
        self._wanted = threading.Condition(self._lock)
        self._process: subprocess.Popen[bytes] | None = None
        self._retired: subprocess.Popen[bytes] | None = None  # the one that `unload` ends
        self._log_start = 0  # where the present worker's words begin in the log of errors
        self._is_ready = False
        self._is_closing = False
        self._outbox: list[EngineCommand] = []
        self._open: dict[str, Prepare | Generate] = {}
        self._forced: set[str] = set()
        self._load: LoadModel | None = None  # what is loaded or being loaded
        self._unwanted: LoadModel | None = None  # the last load that somebody cancelled
        self._is_loaded = False
        self._crashes: deque[float] = deque(maxlen=_CRASHES_ALLOWED)
        self._thread = threading.Thread(target=self._run, name="engine-client", daemon=True)

    # --- commands ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the worker in the background; `WorkerReady` follows."""
        self._thread.start()

    def load(self, model: InstalledModel, options: EngineOptions) -> None:
        """Load a model in place of the present one."""
        with self._lock:
            self._load = LoadModel(model, options)
            self._is_loaded = False
            self._crashes.clear()
            self._send(self._load)

    def unload(self) -> None:
        """Give the model's memory back for sure: the worker ends, then `ModelUnloaded` follows.

        What is still open is answered as cancelled. Without a worker nothing happens.
        """
        with self._lock:
            process = self._process
            self._outbox = [c for c in self._outbox if not isinstance(c, LoadModel)]
            self._load, self._is_loaded = None, False
            if process is None or process is self._retired:
                return
            self._retired, self._is_ready = process, False
            self._forced |= self._open.keys() - self._waiting_ids()
            close_stdin(process)
        ending = threading.Thread(
            target=end_process, args=(process, _TERMINATE_GRACE_S), daemon=True
        )
        ending.start()

    @property
    def is_busy(self) -> bool:
        """Whether an answer or a preparation is open."""
        with self._lock:
            return bool(self._open)

    def prepare(self, messages: Sequence[Message]) -> str:
        """Encode and prefill what is known of the next prompt; gives the request's id."""
        return self._request(Prepare(uuid.uuid4().hex, tuple(messages)))

    def generate(self, messages: Sequence[Message], settings: GenerationSettings) -> str:
        """Answer the last message; gives the request's id."""
        return self._request(Generate(uuid.uuid4().hex, tuple(messages), settings))

    def inspect(self, engine: EngineKind) -> None:
        """Ask for versions and devices."""
        self._send(Inspect(engine))

    def cancel(self, request_id: str | None) -> None:
        """Stop a request, or with None the load; what is over already is ignored."""
        with self._lock:
            is_open = self._load is not None if request_id is None else request_id in self._open
            if not is_open or request_id in self._forced:
                return
            process, load = self._process, self._load
            if request_id is None and not self._is_loaded:
                self._unwanted = load
            self._send(Cancel(request_id))
            if process is None:
                return
        timer = threading.Timer(self._cancel_grace_s, self._enforce, (request_id, process, load))
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        """End the worker and wait for it; at most about three seconds."""
        with self._lock:
            if self._is_closing:
                return
            self._is_closing = True
            process = self._process
            if process is not None and self._is_ready:
                self._write(process, Shutdown())
            self._wanted.notify_all()
        if process is not None:
            close_stdin(process)
            end_process(process, first_wait_s=1.0)
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(5.0)

    # --- sending ----------------------------------------------------------------------------------

    def _request(self, command: Prepare | Generate) -> str:
        with self._lock:
            self._open[command.request_id] = command
            self._send(command)
        return command.request_id

    def _send(self, command: EngineCommand) -> None:
        with self._lock:
            if self._is_ready and self._process is not None:
                self._write(self._process, command)
            else:
                self._outbox.append(command)
                self._wanted.notify_all()

    @staticmethod
    def _write(process: subprocess.Popen[bytes], command: EngineCommand) -> None:
        if process.stdin is None:
            return
        try:
            process.stdin.write(wire.encode(command))
            process.stdin.flush()
        except (OSError, ValueError):
            # It is ending: the reading thread will see the end of its events and answer for it.
            log.debug("worker does not read any more")

    # --- the background thread --------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            try:
                with self._lock:
                    if self._is_closing:
                        return
                    self._log_start = error_log_size()
                    process = self._process = spawn_worker()
            except OSError as error:
                self._answer_start_failure(error)
            else:
                self._read(process)
                self._after_end(process)
            with self._wanted:
                self._wanted.wait_for(lambda: self._is_closing or bool(self._outbox))

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            return
        for line in process.stdout:
            try:
                event = wire.decode_event(line)
            except wire.WireError:
                log.warning("the worker sent a line that is no event; it is ended")
                process.kill()
                return
            if self._note(process, event):
                self._on_event(event)

    def _note(self, process: subprocess.Popen[bytes], event: EngineEvent) -> bool:
        """Follow the worker's state; False for an event that nobody waits for any more."""
        with self._lock:
            if process is self._retired and getattr(event, "request_id", None) is None:
                return False
            match event:
                case WorkerReady():
                    self._is_ready = True
                    waiting, self._outbox = self._outbox, []
                    for command in waiting:
                        self._write(process, command)
                case ModelLoaded():
                    self._is_loaded = True
                case (
                    GenerationFinished(request_id=request_id)
                    | PromptPrepared(request_id=request_id)
                ):
                    return self._open.pop(request_id, None) is not None
                case EngineFailed(request_id=None):
                    self._is_loaded, self._load = False, None
                case EngineFailed(request_id=str(request_id)):
                    return self._open.pop(request_id, None) is not None
                case _:
                    pass
        return True

    def _after_end(self, process: subprocess.Popen[bytes]) -> None:
        """Answer for the worker that ended, and decide what the next one does first."""
        close_stdin(process)
        status = end_process(process, first_wait_s=_TERMINATE_GRACE_S)
        if process.stdout is not None:
            process.stdout.close()
        with self._lock:
            self._process, self._is_ready = None, False
            if self._is_closing:
                return
            was_retired, self._retired = process is self._retired, None
            orphans, self._open = self._open, {}
            # What never reached this worker is left to the next one.
            for request_id in self._waiting_ids() & orphans.keys():
                self._open[request_id] = orphans.pop(request_id)
            forced, self._forced = self._forced, set()
            problem = None if was_retired else self._plan_next(status, forced)
        for request_id, command in orphans.items():
            self._on_event(_last_word(request_id, command, is_forced=request_id in forced))
        if was_retired:
            self._on_event(ModelUnloaded())
        elif problem is not None:
            self._on_event(problem)

    def _plan_next(self, status: int, forced: set[str]) -> EngineFailed | None:
        """What the next worker does first after one that was not meant to end; what to say."""
        load = self._load
        was_loading = load is not None and not self._is_loaded
        was_cancelled = was_loading and self._load is self._unwanted
        if not forced:
            log.warning("the worker ended by itself, status %s", status)
            self._crashes.append(time.monotonic())
        is_superseded = any(isinstance(command, LoadModel) for command in self._outbox)
        is_given_up = bool(forced) or was_cancelled or is_superseded
        if was_loading and not is_given_up and self._may_load_cautiously():
            return None
        may_reload = self._load is not None and self._is_loaded and not self._is_crash_loop()
        self._is_loaded = False
        if may_reload and self._load is not None:
            self._outbox.insert(0, self._load)
        elif not is_superseded:
            self._load = None
        if was_cancelled:
            return EngineFailed(None, ErrorCode.LOAD_CANCELLED, "Loading was stopped.")
        if load is not None and was_loading and self._lacked_memory(load, status):
            return EngineFailed(None, ErrorCode.OUT_OF_MEMORY, NO_MEMORY)
        return _crash_of(None) if was_loading or not (may_reload or forced) else None

    def _lacked_memory(self, load: LoadModel, status: int) -> bool:
        return lacked_memory(load.model, status, read_error_log(self._log_start))

    def _may_load_cautiously(self) -> bool:
        """Have the next worker try the load once more; False when that was tried already."""
        if self._load is None or self._load.is_cautious:
            return False
        self._load = replace(self._load, is_cautious=True)
        self._outbox.insert(0, self._load)
        return True

    def _waiting_ids(self) -> set[str]:
        """Requests that no worker has been given yet."""
        return {c.request_id for c in self._outbox if isinstance(c, Prepare | Generate)}

    def _is_crash_loop(self) -> bool:
        now = time.monotonic()
        recent = [at for at in self._crashes if now - at < _CRASH_WINDOW_S]
        return len(recent) >= _CRASHES_ALLOWED

    def _answer_start_failure(self, error: OSError) -> None:
        with self._lock:
            orphans, self._open = self._open, {}
            self._outbox.clear()
            self._load, self._is_loaded = None, False
        sentence = f"The engine could not be started ({error.strerror})."
        for request_id in (None, *orphans):
            self._on_event(EngineFailed(request_id, ErrorCode.WORKER_START_FAILED, sentence))

    def _enforce(
        self, request_id: str | None, process: subprocess.Popen[bytes], load: LoadModel | None
    ) -> None:
        """The lower rungs of the cancel ladder, on a timer's thread."""
        with self._lock:
            if request_id is None:
                is_open = load is not None and load is self._load and not self._is_loaded
            else:
                is_open = request_id in self._open
            if process is not self._process or not is_open or self._is_closing:
                return
            self._forced.add(request_id or _LOAD)
        log.warning("the worker did not stop in time; it is ended")
        process.terminate()
        end_process(process, first_wait_s=_TERMINATE_GRACE_S)


def _last_word(request_id: str, command: Prepare | Generate, *, is_forced: bool) -> EngineEvent:
    """How a request ends whose worker is gone."""
    if not is_forced:
        return _crash_of(request_id)
    match command:
        case Prepare():
            return PromptPrepared(request_id, is_complete=False, usage=Usage(), timings=Timings())
        case Generate():
            return GenerationFinished(request_id, StopReason.CANCELLED, Usage(), Timings())


def _crash_of(request_id: str | None) -> EngineFailed:
    return EngineFailed(
        request_id,
        ErrorCode.WORKER_CRASHED,
        "The engine stopped unexpectedly. Your text is kept; please try again.",
    )
