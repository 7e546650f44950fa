"""Asks the engine to work on a prompt in advance, while its question is still being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from desktop.core.types import InAdvance
from desktop.engine.api import EngineFailed, Phase, PromptPrepared, PromptProgress
from desktop.gui.model_state import ModelStatus

if TYPE_CHECKING:
    from desktop.core.types import Message
    from desktop.engine.api import EngineEvent
    from desktop.gui.engine_bridge import EngineBridge
    from desktop.gui.model_state import ModelState

# Looking at a picture takes far longer than reading the few tokens around it.
_ENCODE_SHARE = 0.85


def overall(progress: PromptProgress) -> float:
    """Both phases as one fraction."""
    share = progress.done / progress.total
    match progress.phase:
        case Phase.ENCODE:
            return share * _ENCODE_SHARE
        case Phase.PREFILL:
            return _ENCODE_SHARE + share * (1 - _ENCODE_SHARE)


def extends(longer: tuple[Message, ...], shorter: tuple[Message, ...]) -> bool:
    """Whether the work for the shorter prompt is needed for the longer one anyway."""
    if not shorter or longer[: len(shorter) - 1] != shorter[:-1] or len(longer) != len(shorter):
        return False
    new, old = longer[-1], shorter[-1]
    return new.budget is old.budget and new.attachments[: len(old.attachments)] == old.attachments


class Preparation(QObject):
    """At most one open `Prepare`, for the newest aim or for its beginning.

    An aim on which the engine failed is not tried again: the question itself will bring the error,
    and a picture that makes the worker crash must not do so over and over.
    """

    changed = Signal()

    def __init__(
        self, bridge: EngineBridge, model_state: ModelState, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._model_state = model_state
        self._aim: tuple[Message, ...] | None = None
        self._asked: tuple[Message, ...] = ()  # what the open request, or the last one, is about
        self._failed: tuple[Message, ...] | None = None
        self._request_id: str | None = None
        self._is_done = False
        self._fraction: float | None = None
        self._in_advance = InAdvance()
        bridge.event_received.connect(self._on_event)
        model_state.state_changed.connect(self._on_model_state)

    @property
    def fraction(self) -> float | None:
        """How far the aim is, 0..1; None when nothing is being prepared and nothing was."""
        return self._fraction

    def aim(self, messages: tuple[Message, ...] | None) -> None:
        """Prepare this prompt instead of the last one; None: nothing.

        An open request goes on if the new prompt only adds pictures to it: a picture that is half
        looked at is not begun again.
        """
        if messages == self._aim:
            return
        self._aim = messages
        self._is_done = False
        if messages is None or not extends(messages, self._asked):
            self._in_advance = InAdvance()
        if self._request_id is not None:
            if messages is not None and extends(messages, self._asked):
                return
            self._bridge.client.cancel(self._request_id)
            self._request_id = None
        self._set_fraction(None)
        self._start()

    def hand_over(self) -> tuple[str | None, InAdvance]:
        """Leave what was done to the question that continues it.

        Gives the open request's id, and what those took that are over and of use to the last aim.
        """
        request_id, done = self._request_id, self._in_advance
        self._aim, self._in_advance = None, InAdvance()
        self._forget_request()
        return request_id, done

    def _start(self) -> None:
        if self._aim is None or self._aim == self._failed:
            return
        if self._request_id is not None or self._is_done:
            return
        if self._model_state.status is ModelStatus.READY:
            self._asked = self._aim
            self._request_id = self._bridge.client.prepare(self._aim)
            self._set_fraction(0.0)

    def _forget_request(self) -> None:
        self._request_id = None
        self._is_done = False
        self._set_fraction(None)

    def _set_fraction(self, fraction: float | None) -> None:
        if fraction != self._fraction:
            self._fraction = fraction
            self.changed.emit()

    def _share(self) -> float:
        """How much of the aim the open request covers, by pictures."""
        wanted = len(self._aim[-1].attachments) if self._aim else 0
        return len(self._asked[-1].attachments) / wanted if wanted else 1.0

    @Slot(object)
    def _on_event(self, event: EngineEvent) -> None:
        if self._request_id is None:
            return
        match event:
            case PromptProgress(request_id=self._request_id):
                self._set_fraction(overall(event) * self._share())
            case PromptPrepared(request_id=self._request_id, is_complete=is_complete):
                self._in_advance = self._in_advance.plus(event.usage, event.timings)
                self._on_prepared(is_complete=is_complete)
            case EngineFailed(request_id=self._request_id):
                self._failed = self._asked
                self._forget_request()
            case _:
                pass

    def _on_prepared(self, *, is_complete: bool) -> None:
        self._request_id = None
        if is_complete and self._asked == self._aim:
            self._is_done = True
            self._set_fraction(1.0)
        elif is_complete:
            self._start()
        else:
            self._forget_request()

    @Slot()
    def _on_model_state(self) -> None:
        if self._model_state.status is ModelStatus.READY:
            self._start()
        else:
            # Whatever was prepared went with the model; the client ends the open request.
            self._forget_request()
