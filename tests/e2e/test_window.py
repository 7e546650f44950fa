"""The whole way: a drop into the real window, a real worker process, a painted answer."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTextBrowser

from desktop.core.errors import ErrorCode
from desktop.core.types import EngineOptions, Role, StopReason
from desktop.engine.api import WorkerReady
from desktop.gui.error_texts import error_text
from desktop.gui.main_window import MainWindow
from desktop.gui.model_state import ModelStatus
from desktop.gui.theme import install_theme, theme
from desktop.store.model_store import builtin_model
from tests.gui.asking import (
    WAIT_MS,
    Bench,
    dragged,
    draw_picture,
    drop,
    enter,
    scripted_model,
    taken_down,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.store.history import StoredMessage

LONG = "one two three four five six seven eight nine ten"

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Stage(Bench):
    """A bench with the window on it, used as a person would."""

    window: MainWindow

    def show(self) -> None:
        self.window = MainWindow(self.services)
        self.session = self.window.session
        self.qtbot.addWidget(self.window)
        self.window.resize(QSize(1000, 720))
        with self.qtbot.waitExposed(self.window):
            self.window.show()

    def load_builtin(self) -> None:
        self.bridge.start()
        self.services.model_state.load(builtin_model(), EngineOptions(threads=2))
        self.wait_for_model()

    def drop(self, *files: Path) -> None:
        data = dragged(*files)
        assert enter(self.window, data).isAccepted()
        assert drop(self.window, data).isAccepted()

    def type(self, text: str) -> None:
        edit = self.window.pane.composer.edit
        edit.insertPlainText(text)
        QTest.keyClick(edit, Qt.Key.Key_Return)

    def ask_in_window(self, text: str) -> StoredMessage:
        with self.qtbot.waitSignal(self.session.answer_finished, timeout=WAIT_MS) as caught:
            self.type(text)
        return self.answer_in(caught.args)

    def painted(self) -> list[str]:
        """The texts in the chat that really show ink."""
        return [
            browser.toPlainText().strip()
            for browser in self.window.pane.view.findChildren(QTextBrowser)
            if browser.isVisible() and browser.toPlainText().strip() and has_ink(browser)
        ]


def has_ink(widget: QTextBrowser) -> bool:
    image = widget.grab().toImage()
    ink = QColor(theme().colors.text)
    return any(
        abs(image.pixelColor(x, y).red() - ink.red()) < 40
        and abs(image.pixelColor(x, y).blue() - ink.blue()) < 40
        for y in range(image.height())
        for x in range(image.width())
    )


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    install_theme(qapp).set_appearance("light")
    with taken_down(Stage(qtbot, tmp_path)) as stage:
        stage.show()
        yield stage


# --- the built-in model ---------------------------------------------------------------------------


@pytest.mark.parametrize("color", ["red", "blue"])
def test_that_a_dropped_picture_is_looked_at_and_the_answer_painted(
    stage: Stage, color: str
) -> None:
    stage.load_builtin()
    stage.drop(draw_sample(stage.folder / "我的 图片" / "圆 1.png", color))
    stage.wait_for_preparation()
    answer = stage.ask_in_window("What colour is the circle?")
    assert answer.stop_reason is StopReason.END
    assert color in answer.message.text.lower()
    assert answer.figures is not None
    assert answer.figures.usage.pictures_encoded == 0, "it was looked at while the question waited"
    assert answer.message.text in stage.painted()
    assert stage.window.conversations.rowCount() == 1


def test_that_a_chinese_question_gets_a_chinese_answer(stage: Stage) -> None:
    stage.load_builtin()
    stage.drop(draw_sample(stage.folder / "我的 图片" / "圆 1.png", "red"))
    answer = stage.ask_in_window("圆形是什么颜色？")
    assert "红" in answer.message.text
    assert any("红" in text for text in stage.painted())


def test_that_the_next_turn_reuses_what_was_seen(stage: Stage) -> None:
    stage.load_builtin()
    stage.drop(draw_sample(stage.folder / "a.png", "red"))
    first = stage.ask_in_window("What colour is the circle?")
    second = stage.ask_in_window("How many shapes are there?")
    assert first.figures is not None
    assert second.figures is not None
    assert second.figures.usage.pictures_encoded == 0
    assert second.figures.usage.reused_tokens >= first.figures.usage.prompt_tokens - 4
    assert [m.message.role for m in stage.stored()] == [Role.USER, Role.ASSISTANT] * 2


def test_that_killing_the_real_worker_leaves_the_window_usable(stage: Stage) -> None:
    stage.load_builtin()
    stage.drop(draw_sample(stage.folder / "a.png", "red"))
    stage.ask_in_window("What colour is the circle?")
    (ready,) = [event for event in stage.events if isinstance(event, WorkerReady)]
    os.kill(ready.pid, signal.SIGKILL)
    stage.qtbot.waitUntil(
        lambda: sum(isinstance(event, WorkerReady) for event in stage.events) == 2,
        timeout=WAIT_MS,
    )
    answer = stage.ask_in_window("What colour is the circle?")
    assert "red" in answer.message.text.lower()


# --- the scripted engine --------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["encode", "prefill", "decode"])
def test_that_a_crash_in_any_phase_is_a_sentence_and_the_next_question_is_answered(
    stage: Stage, phase: str
) -> None:
    once = str(stage.folder / "crashed")
    crash = {"phase": phase, "signal": "SIGKILL"}
    stage.load(reply=LONG, encode_step_s=0.1, prefill_s=0.2, crash=crash, once=once)
    stage.drop(draw_picture(stage.folder / "a.png"))
    # Sent at once, so that the crash meets the question and not only what was done in advance.
    first = stage.ask_in_window("What is this?")
    assert first.error is not None
    assert first.error.code is ErrorCode.WORKER_CRASHED
    sentence = error_text(first.error.code, first.error.details, first.error.message)
    shown = {label.text() for label in stage.window.pane.view.findChildren(QLabel)}
    assert sentence in shown
    if phase == "decode":
        assert first.message.text
        assert LONG.startswith(first.message.text)
        assert first.message.text in stage.painted()
    stage.wait_for_model()
    answer = stage.ask_in_window("Once more.")
    assert answer.error is None
    assert LONG in stage.painted()


def test_that_asking_after_a_crash_while_loading_loads_again(stage: Stage) -> None:
    stage.load(is_awaited=False, crash={"phase": "load"})
    state = stage.services.model_state
    stage.qtbot.waitUntil(lambda: state.status is ModelStatus.FAILED, timeout=WAIT_MS)
    scripted_model(stage.folder, reply=LONG)  # the same file, mended
    assert stage.ask_in_window("Are you there?").error is None
    assert state.status is ModelStatus.READY
    assert LONG in stage.painted()


def test_that_a_crash_while_loading_is_said_and_loading_again_helps(stage: Stage) -> None:
    stage.load(is_awaited=False, crash={"phase": "load", "signal": "SIGSEGV"})
    answer = stage.ask_in_window("Hello?")
    assert answer.stop_reason is StopReason.FAILED
    scripted_model(stage.folder, reply=LONG)
    stage.services.model_state.reload()
    stage.wait_for_model()
    assert stage.ask_in_window("Hello?").message.text == LONG


@pytest.mark.parametrize(
    "script",
    [
        {"encode_steps": 200, "encode_step_s": 0.05},
        {"prefill_s": 20},
        {"reply": LONG * 20, "tokens_per_s": 20},
    ],
    ids=["encode", "prefill", "decode"],
)
def test_that_escape_stops_in_every_phase(stage: Stage, script: dict[str, Any]) -> None:
    stage.load(**script)
    stage.drop(draw_picture(stage.folder / "a.png"))
    stage.type("What is this?")
    stage.qtbot.waitUntil(
        lambda: (
            stage.session.running is not None
            and (bool(stage.session.running.text) or stage.session.running.fraction is not None)
        ),
        timeout=WAIT_MS,
    )
    with stage.qtbot.waitSignal(stage.session.answer_finished, timeout=2000) as caught:
        QTest.keyClick(stage.window.pane.composer.edit, Qt.Key.Key_Escape)
    answer = stage.answer_in(caught.args)
    assert answer.stop_reason is StopReason.CANCELLED
    assert (LONG * 20).startswith(answer.message.text)


def test_that_a_deaf_worker_is_ended_and_the_text_kept(stage: Stage) -> None:
    once = str(stage.folder / "hung")
    stage.load(reply=LONG, hang={"phase": "decode"}, once=once)
    stage.type("Count.")
    stage.wait_for_text()
    with stage.qtbot.waitSignal(stage.session.answer_finished, timeout=WAIT_MS) as caught:
        QTest.keyClick(stage.window.pane.composer.edit, Qt.Key.Key_Escape)
    answer = stage.answer_in(caught.args)
    assert answer.stop_reason is StopReason.CANCELLED
    assert answer.message.text == "one"
    assert stage.ask_in_window("Count again.").message.text == LONG


def test_that_long_work_shows_its_progress_before_the_first_word(stage: Stage) -> None:
    stage.load(encode_steps=20, encode_step_s=0.03, reply=LONG)
    stage.drop(draw_picture(stage.folder / "a.png"))
    stage.qtbot.waitUntil(
        lambda: any(0 < (item.prepared or 0) < 1 for item in stage.session.pictures),
        timeout=WAIT_MS,
    )
    fractions: list[float] = []
    stage.session.waiting_changed.connect(lambda r: fractions.append(r.fraction or 0.0))
    stage.ask_in_window("What is this?")
    assert len({round(fraction, 2) for fraction in fractions}) > 3


def draw_sample(path: Path, color: str) -> Path:
    """A circle as the built-in model was shown them: large, plain, on a light ground."""
    picture = Image.new("RGB", (256, 256), "#f4f4f4")
    fill = {"red": "#dc2626", "blue": "#2563eb"}[color]
    ImageDraw.Draw(picture).ellipse((70, 70, 186, 186), fill=fill)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return path
