"""Which model is loaded and how far it is: the state that pill, welcome and chat show."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field
from PySide6.QtCore import QObject, Signal, Slot

from desktop.core.errors import ErrorCode
from desktop.engine.api import EngineFailed, ModelLoaded, ModelLoading

if TYPE_CHECKING:
    from desktop.core.errors import GroundglassError
    from desktop.core.types import EngineOptions, InstalledModel
    from desktop.engine.api import EngineEvent
    from desktop.gui.engine_bridge import EngineBridge

_ALWAYS_FATAL = frozenset({ErrorCode.WORKER_CRASHED, ErrorCode.WORKER_START_FAILED})


class ModelStatus(StrEnum):
    """How far the model is."""

    NONE = "none"
    LOADING = "loading"
    READY = "ready"
    ASLEEP = "asleep"  # unloaded, its memory given back; loaded again when it is needed
    FAILED = "failed"


class ModelFailure(Struct, frozen=True):
    """Why no model is ready; `message` is the English sentence, see `error_texts` for others."""

    code: ErrorCode
    message: str
    details: Mapping[str, str] = field(default_factory=dict)


class ModelState(QObject):
    """Follows the engine's events and asks it for one load at a time.

    Attributes:
        name: Of the model that is meant, also while it is looked for; empty when nobody knows.
        model: What is loaded, asleep, being loaded, or failed to load; None while it is looked for,
            and when its files were refused.
        status: How far it is.
        fraction: Of the load, 0..1.
        loaded: What the engine says of the loaded model; None unless it is ready.
        has_gpu: Whether the model that was loaded last ran on a GPU; also while it is asleep.
        error: Why it failed; None unless it did.
    """

    state_changed = Signal()
    search_requested = Signal()  # `reload` of a model whose files were refused: look again

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self.model: InstalledModel | None = None
        self.status = ModelStatus.NONE
        self.fraction = 0.0
        self.loaded: ModelLoaded | None = None
        self.has_gpu = False
        self.error: ModelFailure | None = None
        self._bridge = bridge
        self._options: EngineOptions | None = None
        self._is_load_open = False
        self._is_open_load_outdated = False
        bridge.event_received.connect(self._follow)

    @property
    def has_model(self) -> bool:
        """Whether a question is answered, after a moment of waking at most."""
        return self.status in {ModelStatus.READY, ModelStatus.ASLEEP}

    def expect(self, name: str = "") -> None:
        """Say that a load is about to begin, while the model's files are still being looked at."""
        self._forget()
        self.name = name
        self._become(ModelStatus.LOADING)

    def load(self, model: InstalledModel, options: EngineOptions) -> None:
        """Load a model in place of the present one; a load that still runs is stopped first."""
        self.model, self._options, self.name = model, options, model.name
        if self._is_load_open:
            self._stop_open_load()
        else:
            self._send()
        self._become(ModelStatus.LOADING)

    def reload(self) -> None:
        """Load the same model again, or have it looked for again if it was not found."""
        if self.model is not None and self._options is not None:
            self.load(self.model, self._options)
        elif self.status is ModelStatus.FAILED:
            self.search_requested.emit()

    def unload(self) -> None:
        """Let a model that is ready fall asleep: its worker ends, and all its memory is free."""
        if self.status is ModelStatus.READY:
            self._bridge.client.unload()
            self._become(ModelStatus.ASLEEP)

    def wake(self) -> None:
        """Load the model that is asleep; otherwise nothing happens."""
        if self.status is ModelStatus.ASLEEP:
            self.reload()

    def fail(self, failure: GroundglassError) -> None:
        """Show that the model a person chose cannot even be handed to the engine."""
        self._forget()
        self._become(
            ModelStatus.FAILED,
            error=ModelFailure(failure.code, failure.message, dict(failure.details)),
        )

    def _forget(self) -> None:
        self.model = self._options = None
        if self._is_load_open:
            self._stop_open_load()

    def _stop_open_load(self) -> None:
        if not self._is_open_load_outdated:
            self._is_open_load_outdated = True
            self._bridge.client.cancel(None)

    def _send(self) -> None:
        if self.model is None or self._options is None:
            return
        self._is_load_open = True
        self._bridge.client.load(self.model, self._options)

    def _become(
        self,
        status: ModelStatus,
        *,
        fraction: float = 0.0,
        loaded: ModelLoaded | None = None,
        error: ModelFailure | None = None,
    ) -> None:
        self.status, self.fraction, self.loaded, self.error = status, fraction, loaded, error
        self.state_changed.emit()

    @Slot(object)
    def _follow(self, event: EngineEvent) -> None:
        match event:
            case ModelLoading(fraction=fraction):
                if not self._is_open_load_outdated:
                    self._is_load_open = True  # also when the client loads again after a crash
                    self._become(ModelStatus.LOADING, fraction=fraction)
            case ModelLoaded():
                self._end_load(ModelStatus.READY, loaded=event)
            case EngineFailed(request_id=None, code=code, message=message, details=details):
                if self._is_load_open or code in _ALWAYS_FATAL:
                    self._end_load(
                        ModelStatus.FAILED, error=ModelFailure(code, message, dict(details))
                    )
            case _:
                pass

    def _end_load(
        self,
        status: ModelStatus,
        *,
        loaded: ModelLoaded | None = None,
        error: ModelFailure | None = None,
    ) -> None:
        self._is_load_open = False
        if self._is_open_load_outdated:
            self._is_open_load_outdated = False
            self._send()  # what ended is of no interest any more
            return
        if loaded is not None:
            self.has_gpu = loaded.has_gpu
        self._become(status, fraction=1.0 if loaded else 0.0, loaded=loaded, error=error)
