"""How fast each model looks at pictures on this machine, measured while it does so.

Kept in a small file, so that the first question of a day already knows. Nothing is assumed: a model
that never looked at a picture here has no speed.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import psutil
from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from desktop.core import paths
from desktop.core.cost import cost_of
from desktop.core.types import EngineKind
from desktop.engine.api import Phase, PromptPrepared, PromptProgress, WorkerReady
from desktop.gui.jobs import run_job
from desktop.store.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from desktop.core.errors import GroundglassError
    from desktop.core.types import InstalledModel
    from desktop.engine.api import EngineEvent
    from desktop.gui.chat_session import ChatSession
    from desktop.gui.engine_bridge import EngineBridge
    from desktop.gui.model_state import ModelState
    from desktop.gui.services import Services

log = logging.getLogger(__name__)

# Looking takes longer a token the larger the picture is, so each size has a speed of its own.
_SIZES = (320, 1152, 1 << 30)  # picture tokens, upper ends
_NEWEST_SHARE = 0.5  # of the mean of the last measurements and those before
_MOST_EXTRA_TOKENS = 512  # of the words around the pictures; more, and something else was read too
_MOST_MODELS = 64


class Speed(Struct, frozen=True):
    """What was measured for pictures of about one size.

    Attributes:
        seconds_per_token: Looking at it and reading it, a picture token.
        memory_bytes: What the worker took beyond what it had; None where that was not seen, as with
            a GPU.
    """

    seconds_per_token: float
    memory_bytes: int | None = None


class Estimate(Struct, frozen=True):
    """What a picture will take, judged by what others took."""

    seconds: float
    memory_bytes: int | None


def speed_key(model: InstalledModel) -> str:
    """What a model's speeds are kept under: one that both engines can run has two speeds."""
    return model.id if model.engine is not EngineKind.MLX else f"{model.id}@{model.engine}"


class SpeedBook(QObject):
    """All measured speeds, by `speed_key`. A file that cannot be read counts as empty."""

    changed = Signal()

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._speeds: dict[str, dict[int, Speed]] = {}
        if path is not None:
            with suppress(OSError, ValueError):  # msgspec's errors are ValueErrors
                self._speeds = msgspec.json.decode(
                    path.read_bytes(), type=dict[str, dict[int, Speed]]
                )

    def estimate(self, key: str, tokens: int) -> Estimate | None:
        """For a picture of so many tokens; None before this model was measured."""
        known = self._speeds.get(key, {})
        if not known:
            return None
        size = _size_of(tokens)
        nearest = min(known, key=lambda index: abs(index - size))
        speed = known[nearest]
        return Estimate(speed.seconds_per_token * tokens, speed.memory_bytes)

    def note(
        self, key: str, tokens: Sequence[int], seconds: float, memory_bytes: int | None
    ) -> None:
        """Take in that pictures of so many tokens each took so long together."""
        total = sum(tokens)
        if total <= 0 or seconds <= 0:
            return
        known = self._speeds.pop(key, {})
        size = _size_of(max(tokens))
        new = Speed(seconds / total, memory_bytes)
        old = known.get(size)
        if old is not None:
            mean = old.seconds_per_token + _NEWEST_SHARE * (
                new.seconds_per_token - old.seconds_per_token
            )
            # Buffers are kept from one picture to the next: only the first shows what they take.
            memory = max(old.memory_bytes or 0, memory_bytes or 0) or None
            new = replace(new, seconds_per_token=mean, memory_bytes=memory)
        self._speeds[key] = {**known, size: new}
        while len(self._speeds) > _MOST_MODELS:
            del self._speeds[next(iter(self._speeds))]
        self._save()
        self.changed.emit()

    def _save(self) -> None:
        if self._path is None:
            return
        data = msgspec.json.encode(self._speeds)
        run_job(partial(write_atomically, self._path, data), _do_nothing, _log_failure, owner=self)


class SpeedMeter(QObject):
    """Watches the engine prepare pictures and notes how long that took.

    Args:
        bridge: For the engine's events.
        model_state: For the model in use.
        tokens_now: Tokens of each picture of the question being written; a preparation counts only
            when it looked at exactly these.
        book: Where it is noted.
        memory_of: The memory a process has, in bytes; None when it cannot be asked.
    """

    def __init__(
        self,
        bridge: EngineBridge,
        model_state: ModelState,
        tokens_now: Callable[[], Sequence[int]],
        book: SpeedBook,
        parent: QObject | None = None,
        *,
        memory_of: Callable[[int], int | None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._model_state = model_state
        self._tokens_now = tokens_now
        self._book = book
        self._memory_of = memory_of or _resident
        self._pid: int | None = None
        self._request_id: str | None = None
        self._first: int | None = None
        self._most: int | None = None
        bridge.event_received.connect(self._follow)

    @Slot(object)
    def _follow(self, event: EngineEvent) -> None:
        match event:
            case WorkerReady(pid=pid):
                self._pid = pid
            case PromptProgress(phase=Phase.ENCODE, request_id=request_id):
                self._sample(request_id)
            case PromptPrepared(is_complete=True):
                self._note(event)
            case _:
                pass

    def _sample(self, request_id: str) -> None:
        loaded = self._model_state.loaded
        if self._pid is None or loaded is None or loaded.has_gpu:
            return
        memory = self._memory_of(self._pid)
        if memory is None:
            return
        if request_id != self._request_id:
            self._request_id, self._first, self._most = request_id, memory, memory
        self._most = max(self._most or 0, memory)

    def _note(self, event: PromptPrepared) -> None:
        model, tokens = self._model_state.model, tuple(self._tokens_now())
        read = event.usage.prompt_tokens - event.usage.reused_tokens
        is_of_these = (
            bool(tokens)
            and event.usage.pictures_encoded == len(tokens)
            and sum(tokens) <= read <= sum(tokens) + _MOST_EXTRA_TOKENS
        )
        if model is None or not is_of_these:
            return
        memory = None
        if event.request_id == self._request_id and self._most and self._first:
            memory = self._most - self._first or None
        seconds = event.timings.encode_s + event.timings.prefill_s
        self._book.note(speed_key(model), tokens, seconds, memory)


def _size_of(tokens: int) -> int:
    return next(index for index, most in enumerate(_SIZES) if tokens <= most)


def _resident(pid: int) -> int | None:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return None


def _do_nothing(_nothing: None) -> None:
    pass


def _log_failure(error: GroundglassError) -> None:
    log.warning("The measured speeds were not kept: %s", error.code)


def watch_speeds(services: Services, session: ChatSession, parent: QObject) -> SpeedBook:
    """The book of this machine, filled from now on by what the window's own questions take."""
    book = SpeedBook(paths.config_dir() / "speeds.json", parent)

    def tokens_now() -> list[int]:
        model = services.model_state.model
        if model is None:
            return []
        return [
            cost_of(picture.width, picture.height, session.budget, model.pictures).tokens
            for picture in session.draft.ready
        ]

    SpeedMeter(services.bridge, services.model_state, tokens_now, book, parent)
    return book
