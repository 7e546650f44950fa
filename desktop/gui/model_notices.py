"""What the window says about models in passing, below the conversation."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from desktop.core.adapters import ADAPTER_CODES
from desktop.core.engine_choice import engine_name
from desktop.core.errors import ErrorCode
from desktop.gui.engine_forms import other_form
from desktop.gui.engine_texts import load_lines
from desktop.gui.model_state import ModelStatus
from desktop.gui.smaller_model import smaller_installed

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.core.errors import GroundglassError
    from desktop.engine.api import Reduction
    from desktop.gui.chat_pane import ChatPane
    from desktop.gui.chat_session import ChatSession
    from desktop.gui.model_library import ModelLibrary
    from desktop.gui.model_state import ModelState
    from desktop.gui.window_dialogs import WindowDialogs

_FAILURE, _REDUCED = "failure", "reduced"
# Failures for which neither another engine nor another model is the way out.
_NOT_THE_ENGINES = frozenset({ErrorCode.LOAD_CANCELLED, ErrorCode.WORKER_START_FAILED})


class ModelNotices(QObject):
    """Speaks only where nothing else on the screen says the same already."""

    def __init__(
        self,
        library: ModelLibrary,
        model_state: ModelState,
        session: ChatSession,
        pane: ChatPane,
        dialogs: WindowDialogs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._model_state = model_state
        self._was_failed = False
        self._reduced: tuple[str, Reduction | None, int | None] | None = None  # told of last
        self._session = session
        self._pane = pane
        self._dialogs = dialogs
        library.finished.connect(self._on_finished)
        library.failed.connect(self._on_failed)
        model_state.state_changed.connect(self._follow_state)

    def tell_postponed(self, name: str) -> None:
        """Say which model takes over after the answer; an empty name takes that away again."""
        self._pane.withdraw_notice("postponed")
        if name:
            text = self.tr("{name} takes over when this answer is finished.").format(name=name)
            if self._session.running is not None:
                stop = self._session.stop
                self._pane.tell(text, self.tr("Stop the answer"), stop, topic="postponed")
            else:
                self._pane.tell(text, topic="postponed")

    @Slot()
    def _follow_state(self) -> None:
        is_failed = self._model_state.status is ModelStatus.FAILED
        if is_failed is not self._was_failed:
            self._was_failed = is_failed
            self._pane.withdraw_notice(_FAILURE)
            if is_failed:
                self._tell_failure()
        self._tell_reduced()

    def _tell_reduced(self) -> None:
        """Say once what is smaller than was asked for; not again each time the model wakes."""
        loaded = self._model_state.loaded
        if loaded is None:
            return
        told = (loaded.model_id, loaded.reduced, loaded.context_limit)
        if self._reduced == told:
            return
        self._reduced = told
        self._pane.withdraw_notice(_REDUCED)
        if lines := load_lines(loaded):
            show = self._dialogs.show_engine_settings
            self._pane.tell("\n".join(lines), self.tr("Settings"), show, _REDUCED)

    def _tell_failure(self) -> None:
        """Offer what may help with one click; why it failed is said where the answer was to be."""
        ways = self._ways_out()
        if not ways:
            return
        (action, act), *others = ways
        text = self.tr("{name} could not be loaded.").format(name=self._model_state.name)
        if (model := self._model_state.model) is not None:
            text = self.tr("{name} could not be loaded with {engine}.").format(
                name=model.name, engine=engine_name(model.engine)
            )
        self._pane.tell(text, action, act, _FAILURE, others[0] if others else None)

    def _ways_out(self) -> list[tuple[str, Callable[[], None]]]:
        """At most two, the more promising one first."""
        ways: list[tuple[str, Callable[[], None]]] = []
        library, error, model = self._library, self._model_state.error, self._model_state.model
        if error is None or error.code in _NOT_THE_ENGINES:
            return ways
        if error.code in ADAPTER_CODES:
            return [(self.tr("Settings"), self._dialogs.show_answer_settings)]
        if error.code is ErrorCode.OUT_OF_MEMORY and model is not None:
            smaller = smaller_installed(library.entries(), library.machine, model.id)
            if smaller is not None:
                words = self.tr("Use {name} instead").format(name=smaller.name)
                ways.append((words, functools.partial(library.use, smaller.key)))
        other = other_form(library.entries(), self._model_state)
        if other is not None:
            words = self.tr("Try with {engine}").format(engine=engine_name(other.engine))
            ways.append((words, functools.partial(library.run_with, other.key, other.engine)))
        return ways

    @Slot(object)
    def _on_finished(self, key: str) -> None:
        entry = self._library.entry(key)
        offer = self._pane.welcome.offer
        if entry is None or entry.is_in_use or self._dialogs.is_models_window_active:
            return
        if offer.isVisible() and offer.key == key:
            return  # it says so itself
        use = functools.partial(self._library.use, key)
        text = self.tr("{name} is ready.").format(name=entry.name)
        self._pane.tell(text, self.tr("Use it"), use)

    @Slot(object)
    def _on_failed(self, error: GroundglassError) -> None:
        if not self._dialogs.is_models_window_active:
            self._pane.show_problem(error)
