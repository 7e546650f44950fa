"""The windows and dialogs that the main window opens; each is there once at most.

They are imported as modules, since those load when they are used first (`desktop.__main__`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.core.types import EngineKind
from desktop.gui import (
    about_dialog,
    connections_dialog,
    figures_dialog,
    models_window,
    settings_dialog,
    shortcuts_dialog,
    update_dialog,
)
from desktop.gui.connection_list import ConnectionTableModel
from desktop.store.releases import releases_url

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from desktop.gui.services import Services
    from desktop.store.history import StoredMessage


class WindowDialogs(QObject):
    """Settings and shortcuts are asked for and closed; models and connections stay beside."""

    failed = Signal(object)  # GroundglassError: something was not kept

    def __init__(self, services: Services, window: QWidget) -> None:
        super().__init__(window)
        self._services = services
        self._window = window
        self._connections = ConnectionTableModel(services.network.log, self)
        self._connections_dialog: connections_dialog.ConnectionsDialog | None = None
        self._models: models_window.ModelsWindow | None = None
        self._figures: figures_dialog.FiguresDialog | None = None

    @property
    def is_models_window_active(self) -> bool:
        """Whether a person is looking at the models just now."""
        return self._models is not None and self._models.isActiveWindow()

    @Slot()
    def show_settings(self) -> None:
        """The settings, from their first page on."""
        self._open_settings(settings_dialog.Page.GENERAL)

    @Slot()
    def show_engine_settings(self) -> None:
        """Where memory can be saved."""
        self._open_settings(settings_dialog.Page.ENGINE)

    @Slot()
    def show_answer_settings(self) -> None:
        """What was chosen for the model in use, its adapters among it."""
        self._open_settings(settings_dialog.Page.ANSWERS)

    @Slot()
    def show_shortcuts(self) -> None:
        """All keys."""
        dialog = shortcuts_dialog.ShortcutsDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def show_about(self) -> None:
        """Versions and licences."""
        model = self._services.model_state.model
        engine = EngineKind.LLAMA_CPP if model is None else model.engine
        about_dialog.AboutDialog(self._services.bridge, engine, self._window).open()

    @Slot()
    def show_updates(self) -> None:
        """Whether there is a newer version: the one place where that is asked."""
        url = releases_url()
        if url is not None:
            update_dialog.UpdateDialog(self._services.network, url, self._window).open()

    @Slot()
    def show_connections(self) -> None:
        """Every connection that was made."""
        dialog = self._connections_dialog
        if dialog is None or not shiboken6.isValid(dialog):
            dialog = connections_dialog.ConnectionsDialog(
                self._connections, self._services.settings, self._window
            )
            dialog.failed.connect(self.failed)
            self._connections_dialog = dialog
        _bring_up(dialog)

    @Slot(object)
    def show_figures(self, answer: StoredMessage) -> None:
        """What this answer took, beside the others of its model."""
        dialog = self._figures_dialog()
        dialog.show_answer(answer)
        _bring_up(dialog)

    @Slot()
    def show_latest_figures(self) -> None:
        """What the newest answer of the model in use took."""
        model = self._services.model_state.model
        dialog = self._figures_dialog()
        if model is None:
            dialog.show_latest("", None)
        else:
            dialog.show_latest(model.id, model.engine)
        _bring_up(dialog)

    @Slot(object)
    def follow_answer(self, answer: StoredMessage) -> None:
        """Where figures are shown already, show those of an answer that is over now."""
        if self._figures is not None and shiboken6.isValid(self._figures):
            self._figures.show_answer(answer)

    @Slot()
    def show_models(self) -> None:
        """All models."""
        _bring_up(self._models_window())

    @Slot(object)
    def offer_import(self, paths: Sequence[Path]) -> None:
        """Offer to add the model of these files."""
        window = self._models_window()
        _bring_up(window)
        window.offer_import(paths)

    def _open_settings(self, page: settings_dialog.Page) -> None:
        settings_dialog.SettingsDialog(self._services, self._window, page).open()

    def _figures_dialog(self) -> figures_dialog.FiguresDialog:
        if self._figures is None or not shiboken6.isValid(self._figures):
            self._figures = figures_dialog.FiguresDialog(
                self._services.history, self._name_of, self._window
            )
            self._figures.failed.connect(self.failed)
        return self._figures

    def _name_of(self, model_id: str) -> str:
        """As people know it: a model that is gone is known by its id."""
        entry, model = self._services.library.entry(model_id), self._services.model_state.model
        if entry is not None:
            return entry.name
        return model.name if model is not None and model.id == model_id else model_id

    def _models_window(self) -> models_window.ModelsWindow:
        if self._models is None or not shiboken6.isValid(self._models):
            self._models = models_window.ModelsWindow(
                self._services.library, self._services.settings, self._window
            )
            self._models.connections_requested.connect(self.show_connections)
        return self._models


def _bring_up(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
