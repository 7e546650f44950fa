"""The window with everything behind it, connected as `app` does it; real workers, real files."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import psutil
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desktop.core import paths
from desktop.core.types import EngineOptions, StopReason
from desktop.engine.api import EngineInspected, WorkerReady
from desktop.gui.answer_parts import ProblemCard
from desktop.gui.app import Shell
from desktop.gui.connections_dialog import ConnectionsDialog
from desktop.gui.import_dialog import ImportDialog
from desktop.gui.main_window import MainWindow
from desktop.gui.model_state import ModelStatus
from desktop.gui.models_window import ModelsWindow
from desktop.gui.single_instance import StartRequest
from desktop.gui.theme import install_theme
from desktop.store.import_model import inspect_paths
from desktop.store.local_models import Keep
from desktop.store.settings import load_settings
from tests.gui.asking import (
    LONG,
    WAIT_MS,
    Bench,
    dragged,
    drop,
    enter,
    scripted_model,
    taken_down,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop.store.history import StoredMessage

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Stage(Bench):
    """The whole app but its process."""

    shell: Shell

    @property
    def window(self) -> MainWindow:
        return self.shell.window

    def open(self) -> None:
        self.shell = Shell(self.services, MainWindow(self.services))
        self.session = self.window.session
        self.qtbot.addWidget(self.window)
        self.window.resize(QSize(1000, 720))

    def start(self, request: StartRequest | None = None) -> None:
        self.shell.start(request or StartRequest())
        self.wait_for_model()

    def add_model(self, name: str = "second.gguf", *, keep: Keep = Keep.REFERENCE) -> Path:
        """The built-in model's files once more, as a person's own; gives the model's file."""
        folder = self.folder / "模型 mine"
        folder.mkdir()
        builtin = paths.builtin_model_dir()
        model = folder / name
        shutil.copyfile(builtin / "groundglass-mini-f16.gguf", model)
        shutil.copyfile(builtin / "mmproj-groundglass-mini-f16.gguf", folder / "mmproj.gguf")
        with self.qtbot.waitSignal(self.services.library.finished, timeout=WAIT_MS):
            self.services.library.add_local(inspect_paths([model]), keep)
        return model

    @property
    def local_key(self) -> str:
        return next(e.key for e in self.services.library.entries() if e.local is not None)

    def ask_in_window(self, text: str) -> StoredMessage:
        with self.qtbot.waitSignal(self.session.answer_finished, timeout=WAIT_MS) as caught:
            self.window.pane.composer.edit.insertPlainText(text)
            QTest.keyClick(self.window.pane.composer.edit, Qt.Key.Key_Return)
        return self.answer_in(caught.args)

    def workers(self) -> list[int]:
        """The process ids of all workers there were, in order."""
        return [event.pid for event in self.events if isinstance(event, WorkerReady)]


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    install_theme(qapp).set_appearance("light")
    with taken_down(Stage(qtbot, tmp_path)) as stage:
        stage.open()
        yield stage


def test_that_an_unloaded_model_gives_its_process_back_and_the_next_question_wakes_it(
    stage: Stage,
) -> None:
    stage.start()
    worker = psutil.Process(stage.workers()[0])
    assert stage.ask_in_window("Describe this image.").error is None
    next(a for a in stage.window.pill.menu().actions() if a.text() == "Unload now").trigger()
    assert stage.window.pill.text() == "Groundglass Mini · asleep"
    stage.qtbot.waitUntil(lambda: not worker.is_running(), timeout=WAIT_MS)
    answer = stage.ask_in_window("And again?")
    assert answer.error is None
    assert answer.message.text
    assert len(stage.workers()) == 2


def test_that_another_model_answers_the_next_question_of_the_same_conversation(
    stage: Stage,
) -> None:
    stage.start()
    first = stage.ask_in_window("Describe this image.")
    assert first.figures is not None
    stage.add_model()
    stage.services.library.use(stage.local_key)
    second = stage.ask_in_window("And again?")
    assert second.figures is not None
    assert (first.figures.model_id, second.figures.model_id) == ("builtin", stage.local_key)
    assert len(stage.stored()) == 4
    assert load_settings(paths.settings_file()).model_id == stage.local_key


def test_that_a_model_chosen_during_an_answer_takes_over_when_it_is_stopped(stage: Stage) -> None:
    stage.start()
    stage.add_model()
    slow = scripted_model(stage.folder, reply=LONG * 50, tokens_per_s=20)
    stage.services.model_state.load(slow, EngineOptions())
    stage.wait_for_model()
    stage.session.set_text("Count.")
    stage.session.send()
    stage.wait_for_text()
    stage.services.library.use(stage.local_key)
    state = stage.services.model_state
    assert state.name == "Scripted"
    notice = stage.window.pane.notice
    assert "takes over when this answer is finished" in notice.accessibleName()
    with stage.qtbot.waitSignal(stage.session.answer_finished, timeout=WAIT_MS) as caught:
        next(b for b in notice.findChildren(QPushButton) if b.text() == "Stop the answer").click()
    assert stage.answer_in(caught.args).stop_reason is StopReason.CANCELLED
    stage.qtbot.waitUntil(
        lambda: state.status is ModelStatus.READY and state.name != "Scripted", timeout=WAIT_MS
    )
    assert notice.isHidden()
    assert stage.ask_in_window("And again?").error is None


def test_that_a_model_whose_file_vanished_is_said_and_leads_to_all_models(stage: Stage) -> None:
    model = stage.add_model()
    stage.services.settings.set(replace(stage.services.settings.value, model_id=stage.local_key))
    model.unlink()
    stage.shell.start(StartRequest())
    state = stage.services.model_state
    stage.qtbot.waitUntil(lambda: state.status is ModelStatus.FAILED, timeout=WAIT_MS)
    assert "“second.gguf” is not there any more" in stage.window.pill.toolTip()
    assert "“second.gguf” is not there any more" in stage.window.pane.welcome.model_line.text()
    answer = stage.ask_in_window("Hello?")
    assert answer.stop_reason is StopReason.FAILED
    card = stage.window.pane.view.findChild(ProblemCard)
    assert card is not None
    card.button.click()
    models = stage.window.findChild(ModelsWindow)
    assert models is not None
    assert models.isVisible()
    shutil.copyfile(paths.builtin_model_dir() / "groundglass-mini-f16.gguf", model)
    assert stage.ask_in_window("Are you back?").error is None


def test_that_a_model_for_this_run_is_found_by_its_id(stage: Stage) -> None:
    stage.add_model()
    stage.start(StartRequest(model=stage.local_key))
    assert stage.services.model_state.model is not None
    assert stage.services.model_state.model.id == stage.local_key
    assert stage.services.settings.value.model_id == "builtin"


def test_that_what_the_engine_computes_on_decides_what_fits(stage: Stage) -> None:
    stage.start()
    stage.qtbot.waitUntil(
        lambda: any(isinstance(event, EngineInspected) for event in stage.events),
        timeout=WAIT_MS,
    )
    assert stage.services.library.machine.total_ram_bytes == psutil.virtual_memory().total


def test_that_staying_offline_reaches_the_network_at_once(stage: Stage) -> None:
    stage.window.sidebar.promise.click()
    dialog = stage.window.findChild(ConnectionsDialog)
    assert dialog is not None
    offline = []
    for _click in range(2):
        dialog.offline.click()
        offline.append(stage.services.network.is_offline)
    assert offline == [True, False]
    stage.window.pane.welcome.promise.click()
    assert stage.window.findChildren(ConnectionsDialog) == [dialog]


def test_that_a_dropped_model_is_offered_to_be_added(stage: Stage) -> None:
    stage.start()
    data = dragged(paths.builtin_model_dir() / "groundglass-mini-f16.gguf")
    assert enter(stage.window, data).isAccepted()
    assert stage.window.overlay.offer is not None
    assert stage.window.overlay.offer.title == "Add this model"
    assert drop(stage.window, data).isAccepted()
    assert stage.session.pictures == ()
    stage.qtbot.waitUntil(lambda: bool(stage.window.findChildren(ImportDialog)), timeout=WAIT_MS)
    stage.window.findChildren(ImportDialog)[0].reject()


def test_that_a_new_model_is_told_quietly_and_used_with_a_click(stage: Stage) -> None:
    stage.start()
    stage.ask_in_window("Describe this image.")
    stage.add_model()
    notice = stage.window.pane.notice
    assert notice.isVisible()
    assert notice.accessibleName().endswith("is ready.")
    next(b for b in notice.findChildren(QPushButton) if b.text() == "Use it").click()
    assert notice.isHidden()
    assert stage.services.settings.value.model_id == stage.local_key
    state = stage.services.model_state
    stage.qtbot.waitUntil(
        lambda: (
            state.status is ModelStatus.READY
            and state.model is not None
            and state.model.id == stage.local_key
        ),
        timeout=WAIT_MS,
    )


def test_that_the_models_window_is_opened_once(stage: Stage) -> None:
    stage.window.actions_of_window.models.trigger()
    stage.window.actions_of_window.models.trigger()
    (models,) = stage.window.findChildren(ModelsWindow)
    assert models.isVisible()
    models.close()
    stage.window.pane.welcome.models_requested.emit()
    assert stage.window.findChildren(ModelsWindow) == [models]
    assert models.isVisible()
