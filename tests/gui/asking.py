"""What the tests of the asking side share: real services on a folder, a scripted worker."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from PIL import Image, ImageDraw
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.core import paths
from desktop.core.types import EngineKind, EngineOptions, InstalledModel, PictureLimits
from desktop.gui.chat_session import ChatSession, SendState
from desktop.gui.engine_bridge import EngineBridge
from desktop.gui.model_library import ModelLibrary
from desktop.gui.model_state import ModelState, ModelStatus
from desktop.gui.services import Services
from desktop.gui.settings_holder import SettingsHolder
from desktop.gui.thumbnails import ThumbnailCache
from desktop.store.attachments import AttachmentStore
from desktop.store.connection_log import ConnectionLog
from desktop.store.history import History
from desktop.store.network import Network
from desktop.store.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.engine.api import EngineEvent
    from desktop.store.history import StoredMessage

WAIT_MS = 20_000  # enough for a worker that starts on a busy machine
LONG = "one two three four five six seven eight nine ten"


def scripted_model(folder: Path, **script: Any) -> InstalledModel:
    """A model of the fake engine that does what the script says."""
    path = folder / "script.json"
    path.write_text(json.dumps(script), encoding="utf-8")
    return InstalledModel(
        "scripted", "Scripted", EngineKind.FAKE, path, None, PictureLimits(max_tokens=64)
    )


def draw_picture(path: Path, color: str = "red", size: tuple[int, int] = (320, 240)) -> Path:
    """A circle on white, as a PNG file."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).ellipse((60, 40, 220, 200), fill=color)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return path


class Bench:
    """Services and a session; `events` holds everything that the engine said."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.events: list[EngineEvent] = []
        self.bridge = EngineBridge(cancel_grace_s=0.5)
        self.bridge.event_received.connect(self.events.append)
        attachments = AttachmentStore(paths.attachments_dir())
        settings = SettingsHolder(Settings(), paths.settings_file(), self.bridge)
        network = Network(ConnectionLog())
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
            ),
            network=network,
        )
        self.session = ChatSession(self.services, self.bridge)

    def load(self, *, is_awaited: bool = True, **script: Any) -> None:
        """Start the worker with a script."""
        self.bridge.start()
        self.services.model_state.load(scripted_model(self.folder, **script), EngineOptions())
        if is_awaited:
            self.wait_for_model()

    def wait_for_model(self) -> None:
        state = self.services.model_state
        self.qtbot.waitUntil(lambda: state.status is ModelStatus.READY, timeout=WAIT_MS)

    def picture(self, name: str = "红色 圆 1.png", color: str = "red") -> Path:
        """A picture file with Chinese and spaces in its path."""
        return draw_picture(self.folder / "我的 图片" / name, color)

    def add(self, *sources: Path | bytes) -> None:
        """Add pictures and wait until all are taken in or refused."""
        self.session.add_pictures(sources)
        self.qtbot.waitUntil(lambda: not self.session.draft.pictures.is_importing, timeout=WAIT_MS)

    def wait_for_preparation(self) -> None:
        self.qtbot.waitUntil(
            lambda: (
                bool(self.session.pictures)
                and all(item.prepared == 1.0 for item in self.session.pictures)
            ),
            timeout=WAIT_MS,
        )

    def ask(self, text: str) -> StoredMessage:
        """Send, and wait for the whole answer."""
        self.session.set_text(text)
        with self.qtbot.waitSignal(self.session.answer_finished, timeout=WAIT_MS) as caught:
            self.session.send()
        return self.answer_in(caught.args)

    def wait_for_answer(self) -> StoredMessage:
        with self.qtbot.waitSignal(self.session.answer_finished, timeout=WAIT_MS) as caught:
            pass
        return self.answer_in(caught.args)

    def wait_for_text(self) -> None:
        with self.qtbot.waitSignal(self.session.text_received, timeout=WAIT_MS):
            pass

    @staticmethod
    def answer_in(arguments: list[Any] | None) -> StoredMessage:
        assert arguments is not None
        answer: StoredMessage = arguments[0]
        return answer

    def stored(self) -> list[StoredMessage]:
        """What the history holds of the open conversation."""
        assert self.session.conversation_id is not None
        return self.services.history.messages(self.session.conversation_id)

    def close(self) -> None:
        self.session.close()
        self.services.library.close()
        self.bridge.close()
        self.services.history.close()


def state_of(bench: Bench) -> SendState:
    return bench.session.send_state


BenchT = TypeVar("BenchT", bound=Bench)


@contextmanager
def taken_down(bench: BenchT) -> Iterator[BenchT]:
    """Use it, and close what it opened."""
    try:
        yield bench
    finally:
        bench.close()
        bench.bridge.deleteLater()


def dragged(*paths: Path) -> QMimeData:
    """Files under the pointer. Keep it as long as the events that carry it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def enter(widget: QWidget, data: QMimeData) -> QDragEnterEvent:
    """Drag into the widget; Qt delivers a drop only after that."""
    event = QDragEnterEvent(
        QPoint(300, 300),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)
    return event


def drop(widget: QWidget, data: QMimeData) -> QDropEvent:
    """Let go what was dragged in."""
    event = QDropEvent(
        QPointF(300, 300),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)
    return event
