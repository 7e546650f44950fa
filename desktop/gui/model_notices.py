"""What the window says about models in passing, below the conversation."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from desktop.core.errors import GroundglassError
    from desktop.gui.chat_pane import ChatPane
    from desktop.gui.chat_session import ChatSession
    from desktop.gui.model_library import ModelLibrary
    from desktop.gui.window_dialogs import WindowDialogs


class ModelNotices(QObject):
    """Speaks only where nothing else on the screen says the same already."""

    def __init__(
        self,
        library: ModelLibrary,
        session: ChatSession,
        pane: ChatPane,
        dialogs: WindowDialogs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._session = session
        self._pane = pane
        self._dialogs = dialogs
        library.finished.connect(self._on_finished)
        library.failed.connect(self._on_failed)

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
