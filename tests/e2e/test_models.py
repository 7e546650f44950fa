"""The whole way to a model: get, close in the middle, open, resume, use, ask about a picture.

The built-in model's files, served on the loopback, are "the model".
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest

from desktop.core import paths
from desktop.core.paths import builtin_model_dir
from desktop.core.types import EngineOptions, StopReason
from desktop.gui.app import Shell
from desktop.gui.engine_bridge import EngineBridge
from desktop.gui.main_window import MainWindow
from desktop.gui.model_library import EntryState, ModelLibrary
from desktop.gui.model_state import ModelState, ModelStatus
from desktop.gui.models_row import ModelRow
from desktop.gui.models_window import ModelsWindow
from desktop.gui.services import Services
from desktop.gui.settings_holder import SettingsHolder
from desktop.gui.single_instance import StartRequest
from desktop.gui.theme import install_theme
from desktop.gui.thumbnails import ThumbnailCache
from desktop.store import hubs as sources
from desktop.store.attachments import AttachmentStore
from desktop.store.connection_log import ConnectionLog, ConnectionOutcome
from desktop.store.history import History
from desktop.store.network import Network
from desktop.store.settings import Settings, load_settings, save_settings
from tests.gui.asking import dragged, drop, enter
from tests.gui.models import model_spec, variant
from tests.hub import Hub, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop.core.model_spec import ModelSpec
    from desktop.store.history import StoredMessage

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

WAIT_MS = 60_000
KEY = "served:f16"
FILES = {path.name: path.read_bytes() for path in sorted(builtin_model_dir().glob("*.gguf"))}
SPEC = model_spec("served", "Served Mini", variant("f16", FILES))


class Run:
    """One start of the app on the home folder, with its windows."""

    def __init__(
        self, qtbot: QtBot, app: QApplication, hub: Hub, *specs: ModelSpec, awaited: str = "builtin"
    ) -> None:
        self.qtbot = qtbot
        self.bridge = EngineBridge(app)
        settings = SettingsHolder(
            load_settings(paths.settings_file()), paths.settings_file(), self.bridge
        )
        network = Network(ConnectionLog(), is_offline=settings.value.is_offline)
        attachments = AttachmentStore(paths.attachments_dir())
        self.services = Services(
            bridge=self.bridge,
            model_state=ModelState(self.bridge, self.bridge),
            history=History(paths.history_file(), attachments.page_path),
            attachments=attachments,
            settings=settings,
            thumbnails=ThumbnailCache(self.bridge),
            library=ModelLibrary(
                settings,
                network,
                models_dir=paths.models_dir(),
                downloads_file=paths.downloads_file(),
                local_models_file=paths.local_models_file(),
                parent=self.bridge,
                catalog=specs or (SPEC,),
                hubs=lambda: (sources.hugging_face(base_url=hub.base_url),),
            ),
            network=network,
        )
        self.window = MainWindow(self.services)
        self.shell = Shell(self.services, self.window)
        self.shell.start(StartRequest((), None, None))
        if awaited:
            self.wait_for_model(awaited)

    @property
    def library(self) -> ModelLibrary:
        return self.services.library

    def wait_for_model(self, key: str) -> None:
        state = self.services.model_state
        self.qtbot.waitUntil(
            lambda: (
                state.status is ModelStatus.READY
                and state.model is not None
                and state.model.id == key
            ),
            timeout=WAIT_MS,
        )

    def wait(self, state: EntryState) -> None:
        def has_come() -> bool:
            entry = self.library.entry(KEY)
            return entry is not None and entry.state is state

        self.qtbot.waitUntil(has_come, timeout=WAIT_MS)

    def open_models(self) -> ModelsWindow:
        """As Ctrl+Shift+M does."""
        self.window.actions_of_window.models.trigger()
        (window,) = self.window.findChildren(ModelsWindow)
        assert window.isVisible()
        return window

    def close(self) -> None:
        self.window.close()
        self.shell.close()
        # All of it goes now and on this thread, as at the end of a process; a collection of garbage
        # on a thread of the pool must not find widgets.
        for part in (self.shell, self.window, self.bridge):
            part.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()


def row(window: ModelsWindow) -> ModelRow:
    found = window.list.row("served")
    assert isinstance(found, ModelRow)
    return found


@contextmanager
def started(qtbot: QtBot, app: QApplication, hub: Hub) -> Iterator[Run]:
    run = Run(qtbot, app, hub)
    try:
        yield run
    finally:
        run.close()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[Hub]:
    monkeypatch.setenv("HOME", str(tmp_path))  # other programs' models are not looked for
    install_theme(qapp).set_appearance("light")
    # The built-in model's own context would be as good; it is only to load quickly.
    save_settings(paths.settings_file(), Settings(engine=EngineOptions(threads=2)))
    with Hub(FILES) as hub:
        yield hub


def test_that_a_model_is_got_over_two_starts_used_and_asked_about_a_picture(
    qtbot: QtBot, qapp: QApplication, hub: Hub, tmp_path: Path
) -> None:
    hub.troubles.append(Trouble(stall_after=2_000_000))
    with started(qtbot, qapp, hub) as run:
        window = run.open_models()
        assert row(window).button.text() == "Get"
        row(window).button.click()
        run.wait(EntryState.RUNNING)
        part = paths.models_dir() / "served" / "f16" / f"{next(iter(FILES))}.part"
        qtbot.waitUntil(lambda: part.exists() and part.stat().st_size > 1_000_000, timeout=WAIT_MS)
    kept = part.stat().st_size
    assert kept > 1_000_000, "what came is kept when the app is closed in the middle"

    with started(qtbot, qapp, hub) as run:
        window = run.open_models()
        assert row(window).button.text() == "Resume"
        row(window).button.click()
        run.wait(EntryState.READY)
        ranges = [request.headers.get("range") for request in hub.requests]
        assert f"bytes={kept}-" in ranges, "only the rest was asked for"
        folder = paths.models_dir() / "served" / "f16"
        assert {name: (folder / name).read_bytes() for name in FILES} == FILES
        assert not list(paths.models_dir().rglob("*.part*"))
        assert row(window).button.text() == "Use"
        row(window).button.click()
        run.wait_for_model(KEY)
        model = run.services.model_state.model
        assert model is not None
        assert model.model_path.is_relative_to(paths.models_dir())
        window.close()
        answer = ask(run, red_circle(tmp_path / "我的 图片" / "圆.png"))
        assert answer.stop_reason is StopReason.END
        assert "red" in answer.message.text.lower()
        assert answer.figures is not None
        assert answer.figures.model_id == KEY
        outcomes = {record.outcome for record in run.services.network.log.records()}
        assert outcomes <= {ConnectionOutcome.ANSWERED, ConnectionOutcome.REDIRECTED}
    assert load_settings(paths.settings_file()).model_id == KEY


def ask(run: Run, picture: Path) -> StoredMessage:
    """Drop a picture, type, press Enter, wait for the end of the answer."""
    data = dragged(picture)
    assert enter(run.window, data).isAccepted()
    assert drop(run.window, data).isAccepted()
    session = run.window.session
    run.qtbot.waitUntil(lambda: bool(session.draft.pictures.ready), timeout=WAIT_MS)
    edit = run.window.pane.composer.edit
    edit.insertPlainText("What colour is the circle?")
    with run.qtbot.waitSignal(session.answer_finished, timeout=WAIT_MS) as caught:
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert caught.args is not None
    message: StoredMessage = caught.args[0]
    return message


def red_circle(path: Path) -> Path:
    """Large and plain, as the built-in model was shown them."""
    picture = Image.new("RGB", (256, 256), "#f4f4f4")
    ImageDraw.Draw(picture).ellipse((70, 70, 186, 186), fill="#dc2626")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return path
