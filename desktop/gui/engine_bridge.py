"""The engine client's events as one Qt signal on the main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.engine.client import EngineClient

if TYPE_CHECKING:
    from desktop.engine.api import EngineEvent


class EngineBridge(QObject):
    """Owns the engine client; whoever needs the engine speaks to `client` and listens here.

    Attributes:
        client: Its methods may be called from the main thread at any time between `start` and
            `close`.
    """

    event_received = Signal(object)  # an EngineEvent; emitted on this object's thread, in order
    _heard = Signal(object)

    def __init__(self, parent: QObject | None = None, *, cancel_grace_s: float = 2.0) -> None:
        super().__init__(parent)
        self._is_closed = False
        self._heard.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self.client = EngineClient(self._hear, cancel_grace_s=cancel_grace_s)

    def start(self) -> None:
        """Start the worker process; returns at once."""
        self.client.start()

    def close(self) -> None:
        """End the worker and wait for it; no event is passed on afterwards. May be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        self.client.close()

    def _hear(self, event: EngineEvent) -> None:
        # On the client's thread: the queued signal carries the event over.
        if not self._is_closed:
            self._heard.emit(event)

    @Slot(object)
    def _pass_on(self, event: EngineEvent) -> None:
        if not self._is_closed:
            self.event_received.emit(event)
