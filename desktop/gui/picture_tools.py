"""What a window can do for its pictures before they are sent: costs, help, screenshots, pasting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from desktop.core.reading_plan import text_tokens
from desktop.gui import improve_sheet
from desktop.gui.capture import make_capture
from desktop.gui.pasting import PicturePasting
from desktop.gui.speeds import speed_key, watch_speeds

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from desktop.gui.capture_source import CaptureSource
    from desktop.gui.chat_pane import ChatPane
    from desktop.gui.chat_session import ChatSession
    from desktop.gui.services import Services


class PictureTools(QObject):
    """Connects the chips, the composer and the session; made once per window.

    Args:
        window: Over which sheets open.
        capture: In place of the system's way.
    """

    def __init__(
        self,
        window: QMainWindow,
        services: Services,
        session: ChatSession,
        pane: ChatPane,
        *,
        capture: CaptureSource | None = None,
    ) -> None:
        super().__init__(window)
        self._window, self._services = window, services
        self._session, self._pane = session, pane
        self._capture = capture or make_capture(self)
        self._pasting = PicturePasting(window)
        self._context: tuple[str, int | None] = ("", None)
        composer, chips = pane.composer, pane.composer.chips
        chips.preflight.set_speeds(watch_speeds(services, session, self))
        chips.budget_requested.connect(session.set_draft_budget)
        chips.improve_requested.connect(self.improve)
        chips.restore_requested.connect(session.restore_picture)
        composer.capture_requested.connect(self.capture)
        composer.budget.chosen.connect(self._forget_budget)
        self._capture.captured.connect(self._add_captured)
        self._capture.cancelled.connect(self._come_back)
        self._capture.failed.connect(self._on_capture_failed)
        session.pictures_changed.connect(self._show_budget)
        session.pictures_changed.connect(self._show_pages)
        session.state_changed.connect(self._show_budget)
        services.model_state.state_changed.connect(self._follow_model)
        services.settings.changed.connect(self._follow_model)
        self._follow_model()
        self._show_budget()

    @Slot()
    def capture(self) -> None:
        """Let a person choose a part of the screen for the question."""
        self._capture.start(int(self._window.winId()))

    @Slot(object)
    def improve(self, key: int) -> None:
        """Open the sheet for one of the draft's pictures; others are ignored."""
        chips = self._pane.composer.chips
        item = chips.item(key)
        if item is None or item.attachment is None:
            return
        look = chips.preflight.look_of(item.attachment)
        sheet = improve_sheet.ImproveSheet(
            key, item.attachment, look, self._services.attachments, self._window
        )
        sheet.applied.connect(self._session.replace_picture)
        sheet.open()

    @Slot(object)
    def _add_captured(self, picture: bytes) -> None:
        self._session.add_pictures([picture])
        self._come_back()

    @Slot()
    def _come_back(self) -> None:
        self._window.raise_()
        self._window.activateWindow()
        self._pane.composer.edit.setFocus()

    @Slot(str)
    def _on_capture_failed(self, sentence: str) -> None:
        self._come_back()
        self._pane.tell(sentence)

    @Slot()
    def _forget_budget(self) -> None:
        """What is chosen in the menu holds for this question, too."""
        self._session.set_draft_budget(None)

    @Slot()
    def _show_budget(self) -> None:
        self._pane.composer.budget.set_once(is_once=self._session.draft.budget is not None)

    @Slot()
    def _show_pages(self) -> None:
        self._pane.composer.chips.set_pages(self._session.draft.documents.ready)

    @Slot()
    def _follow_model(self) -> None:
        """The context of a model that is asleep is remembered: it will be the same.

        What the model is told before every conversation is no room for pictures.
        """
        state = self._services.model_state
        key = speed_key(state.model) if state.model is not None else ""
        if state.loaded is not None:
            self._context = key, state.loaded.context_length
        is_known = self._context[0] == key
        told = text_tokens(self._services.settings.system_prompt(state.model))
        length = self._context[1] if is_known else None
        room = None if length is None else max(0, length - told)
        self._pane.composer.chips.set_model(key, room)
