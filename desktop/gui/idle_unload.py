"""Lets the model fall asleep when nobody has asked it anything for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from desktop.gui.model_state import ModelStatus

if TYPE_CHECKING:
    from desktop.gui.engine_bridge import EngineBridge
    from desktop.gui.model_state import ModelState
    from desktop.gui.settings_holder import SettingsHolder

_MINUTE_MS = 60_000


class IdleUnload(QObject):
    """Counts the idle minutes of the settings, from the last sign of life on.

    Never in the middle of something: an answer or a preparation that is open begins the time anew,
    and a model that is loading is not ready yet.
    """

    def __init__(
        self,
        settings: SettingsHolder,
        model_state: ModelState,
        bridge: EngineBridge,
        parent: QObject | None = None,
        *,
        minute_ms: int = _MINUTE_MS,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._model_state = model_state
        self._bridge = bridge
        self._minute_ms = minute_ms
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_timeout)
        settings.changed.connect(self.note_activity)
        model_state.state_changed.connect(self.note_activity)
        bridge.event_received.connect(self.note_activity)
        self.note_activity()

    @Slot()
    def note_activity(self) -> None:
        """Somebody is there, or the engine works: begin the time anew."""
        minutes = self._settings.value.idle_minutes
        if minutes is None or self._model_state.status is not ModelStatus.READY:
            self._timer.stop()
        else:
            self._timer.start(minutes * self._minute_ms)

    @Slot()
    def _on_timeout(self) -> None:
        if self._bridge.client.is_busy:
            self.note_activity()
        else:
            self._model_state.unload()
