"""From the hint on a chip to the picture that is asked about; the worker is scripted."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QMainWindow
from typing_extensions import override

from desktop.core.model_choices import ModelChoices
from desktop.core.types import PictureBudget
from desktop.gui.capture_source import CaptureSource
from desktop.gui.chat_pane import ChatPane
from desktop.gui.improve_sheet import ImproveSheet
from desktop.gui.picture_tools import PictureTools
from desktop.intake.improve import Fault
from tests.gui.asking import WAIT_MS, Bench
from tests.intake.pages import printed, scene

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Capture(CaptureSource):
    """Hands over what a test wants."""

    picture: object = b""
    sentence = ""

    @override
    def _begin(self, window_id: int) -> None:
        if self.sentence:
            self._fail(self.sentence)
        else:
            self._finish(self.picture)


class Desk:
    def __init__(self, bench: Bench, qtbot: QtBot) -> None:
        self.bench, self.qtbot = bench, qtbot
        self.window = QMainWindow()
        self.window.resize(900, 700)
        self.pane = ChatPane(bench.services, bench.session)
        self.window.setCentralWidget(self.pane)
        self.screen = Capture()
        self.tools = PictureTools(
            self.window, bench.services, bench.session, self.pane, capture=self.screen
        )
        qtbot.addWidget(self.window)
        self.window.show()

    @property
    def chips(self) -> list[str]:
        return [chip.accessibleDescription() for chip in self.pane.composer.chips.chips]

    def budget(self) -> PictureBudget:
        return self.bench.session.budget

    @property
    def said(self) -> str:
        return self.pane.composer.chips.line.text

    def add(self, picture: Image.Image, name: str) -> None:
        path = self.bench.folder / name
        picture.save(path)
        self.bench.add(path)

    def wait_for(self, words: str) -> None:
        self.qtbot.waitUntil(lambda: words in self.said, timeout=WAIT_MS)

    def sheet(self) -> ImproveSheet:
        sheet = self.window.findChild(ImproveSheet)
        assert sheet is not None
        self.qtbot.waitUntil(sheet.apply_button.isEnabled, timeout=WAIT_MS)
        return sheet


@pytest.fixture
def desk(bench: Bench, qtbot: QtBot) -> Desk:
    return Desk(bench, qtbot)


def test_that_a_bad_picture_is_improved_and_put_back(desk: Desk) -> None:
    desk.add(printed(26, (700, 700), tilt=4).point(lambda value: int(value * 0.4)), "dim.png")
    desk.wait_for("dim.png is dim and tilted.")
    (before,) = desk.bench.session.draft.ready
    desk.pane.composer.chips.line.improve_button.click()
    desk.sheet().apply_button.click()
    desk.qtbot.waitUntil(lambda: "the original is kept" in desk.chips[0], timeout=WAIT_MS)
    (after,) = desk.bench.session.draft.ready
    assert after.sha256 != before.sha256
    assert after.origin is not None
    assert after.origin.sha256 == before.sha256
    assert desk.said == ""
    menu = desk.pane.composer.chips.chips[0].make_menu()
    next(a for a in menu.actions() if a.text() == "Put the original back").trigger()
    assert desk.bench.session.draft.ready == (before,)
    assert desk.bench.services.attachments.find(before.sha256, 0) is not None


def test_that_looking_closer_holds_for_this_question_alone(desk: Desk) -> None:
    desk.bench.services.settings.set_picture_budget(PictureBudget.NORMAL)
    desk.bench.load(reply="ok")
    desk.pane.composer.budget.chosen.emit(PictureBudget.NORMAL)
    desk.bench.session.set_draft_budget(PictureBudget.DETAIL)
    assert desk.pane.composer.budget.text() == "Detail, this time"
    desk.bench.add(desk.bench.picture())
    desk.bench.ask("What?")
    assert desk.bench.stored()[0].message.budget is PictureBudget.DETAIL
    assert desk.bench.session.budget is PictureBudget.NORMAL
    assert desk.pane.composer.budget.text() == "Normal"


def test_that_the_hint_asks_for_more_detail_at_one_click(desk: Desk) -> None:
    desk.bench.services.settings.set_picture_budget(PictureBudget.NORMAL)
    desk.add(printed(14, (1200, 1600), lines=20), "receipt.png")
    desk.wait_for("Small print in receipt.png will be lost")
    desk.pane.composer.chips.line.closer_button.click()
    assert desk.budget() is PictureBudget.DETAIL
    assert desk.said == ""
    desk.pane.composer.budget.chosen.emit(PictureBudget.FAST)
    assert desk.budget() is PictureBudget.FAST


def test_that_the_context_of_the_model_is_what_the_sum_is_told_against(desk: Desk) -> None:
    desk.bench.load(reply="ok", context_length=3000)
    desk.add(scene((640, 480)), "a.png")
    desk.add(scene((640, 500)), "b.png")
    line = desk.pane.composer.chips.line
    assert line.total.endswith(" of 3000 tokens")
    settings = desk.bench.services.settings
    told = ModelChoices(system_prompt="你" * 100)
    settings.set(settings.value.with_choices("scripted", told))
    assert line.total.endswith(" of 2900 tokens")


def test_that_a_screenshot_becomes_a_picture_of_the_question(desk: Desk) -> None:
    buffer = io.BytesIO()
    scene((320, 200)).save(buffer, "PNG")
    desk.screen.picture = buffer.getvalue()
    desk.pane.composer.capture_button.click()
    desk.qtbot.waitUntil(lambda: bool(desk.bench.session.draft.ready), timeout=WAIT_MS)
    (picture,) = desk.bench.session.draft.ready
    assert (picture.width, picture.height) == (320, 200)


def test_that_a_desktop_without_screenshots_is_told_in_the_window(desk: Desk) -> None:
    desk.screen.sentence = "Paste one."
    desk.tools.capture()
    assert not desk.pane.notice.isHidden()


def test_that_a_chip_that_is_gone_opens_no_sheet(desk: Desk) -> None:
    desk.tools.improve(99)
    assert desk.window.findChild(ImproveSheet) is None


def test_that_faults_are_known_to_the_sheet_already(desk: Desk, tmp_path: Path) -> None:
    desk.add(scene().point(lambda value: int(value * 0.35)), "night.png")
    desk.wait_for("night.png is dim.")
    (picture,) = desk.bench.session.draft.ready
    look = desk.pane.composer.chips.preflight.look_of(picture)
    assert look is not None
    assert look.faults == (Fault.DIM,)
    desk.pane.composer.chips.line.improve_button.click()
    assert desk.sheet().light.isChecked()
