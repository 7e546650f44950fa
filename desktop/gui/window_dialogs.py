"""The windows and dialogs that the main window opens; each is there once at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.core.types import EngineKind
from desktop.gui.about_dialog import AboutDialog
from desktop.gui.connection_list import ConnectionTableModel
from desktop.gui.connections_dialog import ConnectionsDialog
from desktop.gui.models_window import ModelsWindow
from desktop.gui.settings_dialog import Page, SettingsDialog
from desktop.gui.shortcuts_dialog import ShortcutsDialog
from desktop.gui.update_dialog import UpdateDialog
from desktop.store.releases import releases_url

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from desktop.gui.services import Services


class WindowDialogs(QObject):
    """Settings and shortcuts are asked for and closed; models and connections stay beside."""

    failed = Signal(object)  # GroundglassError: something was not kept

    def __init__(self, services: Services, window: QWidget) -> None:
        super().__init__(window)
        self._services = services
        self._window = window
        self._connections = ConnectionTableModel(services.network.log, self)
        self._connections_dialog: ConnectionsDialog | None = None
        self._models: ModelsWindow | None = None

    @property
    def is_models_window_active(self) -> bool:
        """Whether a person is looking at the models just now."""
        return self._models is not None and self._models.isActiveWindow()

    @Slot()
    def show_settings(self) -> None:
        """The settings, from their first page on."""
        self._open_settings(Page.GENERAL)

    @Slot()
    def show_engine_settings(self) -> None:
        """Where memory can be saved."""
        self._open_settings(Page.ENGINE)

    @Slot()
    def show_shortcuts(self) -> None:
        """All keys."""
        dialog = ShortcutsDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def show_about(self) -> None:
        """Versions and licences."""
        model = self._services.model_state.model
        engine = EngineKind.LLAMA_CPP if model is None else model.engine
        AboutDialog(self._services.bridge, engine, self._window).open()

    @Slot()
    def show_updates(self) -> None:
        """Whether there is a newer version: the one place where that is asked."""
        url = releases_url()
        if url is not None:
            UpdateDialog(self._services.network, url, self._window).open()

    @Slot()
    def show_connections(self) -> None:
        """Every connection that was made."""
        dialog = self._connections_dialog
        if dialog is None or not shiboken6.isValid(dialog):
            dialog = ConnectionsDialog(self._connections, self._services.settings, self._window)
            dialog.failed.connect(self.failed)
            self._connections_dialog = dialog
        _bring_up(dialog)

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

    def _open_settings(self, page: Page) -> None:
        SettingsDialog(self._services.settings, self._window, page).open()

    def _models_window(self) -> ModelsWindow:
        if self._models is None or not shiboken6.isValid(self._models):
            self._models = ModelsWindow(
                self._services.library, self._services.settings, self._window
            )
            self._models.connections_requested.connect(self.show_connections)
        return self._models


def _bring_up(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
