"""The application: builds everything once, shows the window, and takes everything down again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFileOpenEvent, QIcon
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from desktop import __version__
from desktop.core import paths
from desktop.gui.app_log import start_logging
from desktop.gui.engine_bridge import EngineBridge
from desktop.gui.main_window import MainWindow
from desktop.gui.model_choice import ModelChoice
from desktop.gui.model_state import ModelState
from desktop.gui.services import Services, SettingsHolder
from desktop.gui.single_instance import SingleInstance, StartRequest, absolute
from desktop.gui.start_up import open_history
from desktop.gui.terminal_signals import TerminalSignals
from desktop.gui.theme import install_theme, theme
from desktop.gui.thumbnails import ThumbnailCache
from desktop.gui.translations import install_translations
from desktop.store.attachments import AttachmentStore
from desktop.store.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.gui.theme import Appearance
    from desktop.store.settings import Settings


class GroundglassApplication(QApplication):
    """The Qt application; also where the system hands over files (Finder, Dock, "Open with")."""

    files_opened = Signal(object)  # a list of Paths

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self.setApplicationName("Groundglass")
        self.setApplicationDisplayName("Groundglass")
        self.setApplicationVersion(__version__)
        self.setDesktopFileName("groundglass")
        self.setWindowIcon(QIcon(str(paths.resources_dir() / "icons" / "app" / "groundglass.svg")))

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            file = event.file() or event.url().toLocalFile()
            if file:
                self.files_opened.emit([Path(file)])
            return True
        return super().event(event)


def parse_arguments(arguments: Sequence[str]) -> StartRequest:
    """What a start asks for. Exits with a message and status 2 when the arguments make no sense."""
    parser = argparse.ArgumentParser(
        prog="groundglass", description="Ask about your pictures, on your own computer."
    )
    parser.add_argument("files", nargs="*", metavar="PICTURE", help="pictures to open")
    parser.add_argument("--model", metavar="F", help="a language model (GGUF) for this run")
    parser.add_argument("--mmproj", metavar="F", help="its vision encoder (GGUF)")
    values = parser.parse_args(list(arguments))
    if values.mmproj and not values.model:
        parser.error("--mmproj goes with --model")
    (model,) = absolute([values.model]) if values.model else (None,)
    (projector,) = absolute([values.mmproj]) if values.mmproj else (None,)
    return StartRequest(absolute(values.files), model, projector)


class Shell(QObject):
    """The running app: services, window, and what connects them with the system."""

    def __init__(self, services: Services, window: MainWindow) -> None:
        super().__init__()
        self.services = services
        self.window = window
        self.choice = ModelChoice(services.settings, services.model_state, self)
        services.settings.changed.connect(self._follow_settings)

    def start(self, request: StartRequest) -> None:
        """Show the window first; the engine starts once it has had its first turn to paint."""
        self._take(request)
        self.window.show()
        QTimer.singleShot(0, self.services.bridge.start)
        QTimer.singleShot(0, self.choice.apply)

    def close(self) -> None:
        """End the worker and close the files; the window is gone by now."""
        self.services.bridge.close()
        self.services.history.close()

    @Slot(object)
    def open_files(self, files: Sequence[Path]) -> None:
        """Open pictures that the system hands over."""
        self.window.open_files(files)
        self._come_forward()

    @Slot(object)
    def answer_start(self, request: StartRequest) -> None:
        """Do what a later start of the app asked for."""
        self._take(request)
        if request.model_path is not None:
            self.choice.apply()
        self._come_forward()

    def _take(self, request: StartRequest) -> None:
        if request.model_path is not None:
            self.choice.use(request.model_path, request.projector_path)
        if request.files:
            self.window.open_files(request.files)

    def _come_forward(self) -> None:
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    @Slot()
    def _follow_settings(self) -> None:
        _show_appearance(self.services.settings.value)


def _show_appearance(settings: Settings) -> None:
    # `load_settings` and the settings window let nothing else through.
    theme().set_appearance(cast("Appearance", settings.appearance))


def run(arguments: Sequence[str]) -> int:
    """Show the window until it is closed; gives the exit code.

    0 also when a Groundglass that runs already took the files.
    """
    request = parse_arguments(arguments)
    start_logging()
    app = GroundglassApplication(sys.argv[:1])
    instance = SingleInstance(app)
    if not instance.claim(request):
        return 0
    signals = TerminalSignals(app)
    settings = SettingsHolder(load_settings(paths.settings_file()), paths.settings_file(), app)
    install_translations(app, settings.value.language)
    install_theme(app)
    _show_appearance(settings.value)
    attachments = AttachmentStore(paths.attachments_dir())
    history = open_history(paths.history_file(), attachments.page_path)
    if history is None:
        return 1
    bridge = EngineBridge(app)
    services = Services(
        bridge=bridge,
        model_state=ModelState(bridge, app),
        history=history,
        attachments=attachments,
        settings=settings,
        thumbnails=ThumbnailCache(app),
    )
    shell = Shell(services, MainWindow(services))
    app.files_opened.connect(shell.open_files)
    instance.requested.connect(shell.answer_start)
    shell.start(request)
    try:
        return app.exec()
    finally:
        instance.release()
        shell.close()
        signals.close()
