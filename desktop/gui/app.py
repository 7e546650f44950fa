"""The application: builds everything once, shows the window, and takes everything down again."""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, Qt, QThreadPool, QTimer, Signal, Slot
from PySide6.QtGui import QFileOpenEvent, QIcon
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from desktop import __version__
from desktop.core import paths
from desktop.engine.api import EngineInspected, ModelLoaded
from desktop.gui import answer_item
from desktop.gui.app_log import start_logging
from desktop.gui.collector import Collector
from desktop.gui.engine_bridge import EngineBridge
from desktop.gui.idle_unload import IdleUnload
from desktop.gui.main_window import MainWindow
from desktop.gui.model_choice import ModelChoice
from desktop.gui.model_library import ModelLibrary
from desktop.gui.model_state import ModelState
from desktop.gui.services import Services
from desktop.gui.settings_holder import SettingsHolder
from desktop.gui.single_instance import SingleInstance, StartRequest, absolute
from desktop.gui.start_up import open_history
from desktop.gui.terminal_signals import TerminalSignals
from desktop.gui.theme import install_theme, theme
from desktop.gui.thumbnails import ThumbnailCache
from desktop.gui.translations import install_translations
from desktop.intake import images
from desktop.store.attachments import AttachmentStore
from desktop.store.connection_log import ConnectionLog
from desktop.store.machine import measure_machine
from desktop.store.network import Network
from desktop.store.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.engine.api import EngineEvent
    from desktop.gui.theme import Appearance
    from desktop.store.settings import Settings


_WARM_UP_MS = 500


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
    parser.add_argument(
        "--model",
        metavar="ID_OR_FILE",
        help="a model for this run: an id as in `models list`, a GGUF file or an MLX folder",
    )
    parser.add_argument("--mmproj", metavar="F", help="its vision encoder (GGUF)")
    values = parser.parse_args(list(arguments))
    if values.mmproj and not values.model:
        parser.error("--mmproj goes with --model")
    (projector,) = absolute([values.mmproj]) if values.mmproj else (None,)
    model = _id_or_path(values.model, is_file=projector is not None) if values.model else None
    return StartRequest(absolute(values.files), model, projector)


def _id_or_path(name: str, *, is_file: bool) -> str:
    """A file as an absolute path; anything else is left as it is, for the library to know."""
    (path,) = absolute([name])
    looks_like_file = path.suffix.lower() == ".gguf" or any(sep in name for sep in "/\\")
    return str(path) if is_file or looks_like_file or path.exists() else name


class Shell(QObject):
    """The running app: services, window, and what connects them with the system."""

    def __init__(self, services: Services, window: MainWindow) -> None:
        super().__init__()
        self.services = services
        self.window = window
        self._has_inspected = False
        session = window.session
        self.choice = ModelChoice(
            services.settings,
            services.model_state,
            services.library,
            lambda: session.holds_model,
            self,
        )
        self.choice.postponed.connect(window.show_postponed)
        self.choice.failed.connect(window.pane.show_problem)
        session.state_changed.connect(self.choice.go_on)
        self.idle = IdleUnload(services.settings, services.model_state, services.bridge, self)
        session.state_changed.connect(self.idle.note_activity)
        services.settings.changed.connect(self._follow_settings)
        services.bridge.event_received.connect(self._follow_engine)

    def start(self, request: StartRequest) -> None:
        """Show the window first; the engine starts once it has had its first turn to paint."""
        self._take(request)
        self.window.show()
        QTimer.singleShot(0, self.services.bridge.start)
        QTimer.singleShot(0, self.choice.apply)
        QTimer.singleShot(_WARM_UP_MS, _warm_up)

    def tell_of_crash(self, report: str) -> None:
        """Say that the last run broke off, and offer what is known of it; it is sent nowhere."""
        text = self.tr("Groundglass ended unexpectedly last time. Your conversations are kept.")
        copy = functools.partial(QApplication.clipboard().setText, report)
        self.window.pane.tell(text, self.tr("Copy the report"), copy)

    def close(self) -> None:
        """End the worker, pause downloads and close the files; the window is gone by now."""
        self.services.library.close()
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
        if request.model is not None:
            self.choice.apply()
        self._come_forward()

    def _take(self, request: StartRequest) -> None:
        if request.model is not None:
            self.choice.use_for_now(request.model, request.projector_path)
        if request.files:
            self.window.open_files(request.files)

    def _come_forward(self) -> None:
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    @Slot()
    def _follow_settings(self) -> None:
        settings = self.services.settings.value
        _show_appearance(settings)
        if settings.is_offline != self.services.network.is_offline:
            self.services.network.set_offline(settings.is_offline)

    @Slot(object)
    def _follow_engine(self, event: EngineEvent) -> None:
        """Once the first model is loaded, ask what the engine can compute on: it knows the GPUs."""
        match event:
            case ModelLoaded() if not self._has_inspected:
                model = self.services.model_state.model
                if model is not None:
                    self._has_inspected = True
                    self.services.bridge.client.inspect(model.engine)
            case EngineInspected(devices=devices):
                self.services.library.set_machine(measure_machine(devices))
            case _:
                pass


def _warm_up() -> None:
    """Load what the first picture and the first answer need, before anybody waits for it."""
    QThreadPool.globalInstance().start(lambda: images.SUPPORTED_SUFFIXES)
    _ = answer_item.AnswerItem


def _show_appearance(settings: Settings) -> None:
    # `load_settings` and the settings window let nothing else through.
    theme().set_appearance(cast("Appearance", settings.appearance))


def open_shell(app: GroundglassApplication) -> Shell | None:
    """Dress the app as the settings say and build the window; None if its person rather quits."""
    Collector(app)
    settings = SettingsHolder(load_settings(paths.settings_file()), paths.settings_file(), app)
    install_translations(app, settings.value.language)
    install_theme(app)
    _show_appearance(settings.value)
    attachments = AttachmentStore(paths.attachments_dir())
    history = open_history(paths.history_file(), attachments.page_path)
    if history is None:
        return None
    bridge = EngineBridge(app)
    network = Network(ConnectionLog(), is_offline=settings.value.is_offline)
    services = Services(
        bridge=bridge,
        model_state=ModelState(bridge, app),
        history=history,
        attachments=attachments,
        settings=settings,
        thumbnails=ThumbnailCache(app),
        library=ModelLibrary(
            settings,
            network,
            models_dir=paths.models_dir(),
            downloads_file=paths.downloads_file(),
            local_models_file=paths.local_models_file(),
            parent=app,
        ),
        network=network,
    )
    return Shell(services, MainWindow(services))


def run(arguments: Sequence[str]) -> int:
    """Show the window until it is closed; gives the exit code.

    0 also when a Groundglass that runs already took the files.
    """
    request = parse_arguments(arguments)
    crash = start_logging()
    app = GroundglassApplication(sys.argv[:1])
    instance = SingleInstance(app)
    if not instance.claim(request):
        return 0
    signals = TerminalSignals(app)
    shell = open_shell(app)
    if shell is None:
        return 1
    app.files_opened.connect(shell.open_files)
    instance.requested.connect(shell.answer_start)
    shell.start(request)
    if crash is not None:
        shell.tell_of_crash(crash)
    try:
        return app.exec()
    finally:
        instance.release()
        shell.close()
        signals.close()
