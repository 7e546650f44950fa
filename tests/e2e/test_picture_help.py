"""Help with pictures before they are sent, and the way out for tables, in the real window."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from desktop.core.types import EngineOptions, PictureBudget
from desktop.gui import export_bar, picture_tools
from desktop.gui.capture_source import CaptureSource
from desktop.gui.improve_sheet import ImproveSheet
from desktop.gui.main_window import MainWindow
from desktop.gui.table_bar import TableBar
from desktop.gui.theme import install_theme
from desktop.store.model_store import builtin_model
from tests.gui.asking import WAIT_MS, Bench, taken_down
from tests.intake.pages import printed, scene
from tests.intake.pictures import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

RECEIPT = """You paid:

| Item | Price |
|---|---:|
| Ferry | €12.40 |
| Tea | €3.20 |
| **Total** | **€16.60** |

The total does not add up."""


class Screen(CaptureSource):
    """A screen with a picture on it."""

    @override
    def _begin(self, window_id: int) -> None:
        buffer = io.BytesIO()
        scene((300, 200)).save(buffer, "PNG")
        self._finish(buffer.getvalue())


class Stage(Bench):
    window: MainWindow

    def show(self) -> None:
        self.window = MainWindow(self.services)
        self.session = self.window.session
        self.qtbot.addWidget(self.window)
        self.window.resize(QSize(1100, 760))
        with self.qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()

    def file(self, picture: Image.Image, name: str) -> Path:
        path = self.folder / name
        picture.save(path)
        return path

    def tip(self) -> str:
        return self.window.pane.composer.chips.chips[0].toolTip()

    def said(self) -> str:
        return self.window.pane.composer.chips.line.text


@pytest.fixture
def stage(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    install_theme(qapp).set_appearance("light")
    monkeypatch.setattr(picture_tools, "make_capture", Screen)
    with taken_down(Stage(qtbot, tmp_path)) as stage:
        stage.show()
        yield stage


def test_that_a_table_leaves_the_window_as_a_workbook_and_its_wrong_total_is_marked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "receipt.xlsx"
    monkeypatch.setattr(export_bar, "_ask_for_path", lambda *_asked: str(path))
    stage.load(reply=RECEIPT)
    stage.add(stage.picture())
    stage.ask("What did we pay?")
    bar = stage.window.pane.view.findChild(TableBar)
    assert bar is not None
    assert bar.isVisible()
    assert bar.problems == (
        "Row 3 (“Total”), “Price”: €16.60 is written, what stands above adds up to €15.60.",
    )
    bar.copy_button.click()
    assert QApplication.clipboard().text().splitlines()[1] == "Ferry\t€12.40"
    with stage.qtbot.waitSignal(bar.saved, timeout=WAIT_MS):
        bar.xlsx_button.click()
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>12.4</v>" in sheet
    assert "<f>" not in sheet


def test_that_a_bad_picture_is_improved_before_it_is_asked_about(stage: Stage) -> None:
    dim = printed(26, (700, 700), tilt=4).point(lambda value: int(value * 0.4))
    stage.load(reply="ok")
    stage.add(stage.file(dim, "夜里 拍的.png"))
    (before,) = stage.session.draft.ready
    # The scripted model sees 64 tokens at most, so the small print is what is said first.
    button = stage.window.pane.composer.chips.line.improve_button
    stage.qtbot.waitUntil(lambda: bool(stage.said()), timeout=WAIT_MS)
    assert not button.isHidden()
    button.click()
    sheet = stage.window.findChild(ImproveSheet)
    assert sheet is not None
    stage.qtbot.waitUntil(sheet.apply_button.isEnabled, timeout=WAIT_MS)
    sheet.apply_button.click()
    stage.qtbot.waitUntil(lambda: stage.session.draft.ready != (before,), timeout=WAIT_MS)
    stage.ask("What is written there?")
    (asked,) = stage.stored()[0].message.attachments
    assert asked.origin is not None
    assert (asked.origin.sha256, asked.origin.is_improved) == (before.sha256, True)
    assert asked.path.is_file()
    assert stage.services.attachments.find(before.sha256, 0) is not None


def test_that_a_region_is_offered_where_no_detail_would_be_enough(stage: Stage) -> None:
    stage.services.settings.set_picture_budget(PictureBudget.NORMAL)
    stage.load(reply="ok")
    stage.add(stage.file(printed(30, (1200, 1600)), "receipt.png"))
    stage.qtbot.waitUntil(lambda: "will be lost" in stage.said(), timeout=WAIT_MS)
    line = stage.window.pane.composer.chips.line
    assert line.closer_button.isHidden()
    assert not line.region_button.isHidden()


def test_that_what_people_really_have_says_what_of_it_will_be_seen(stage: Stage) -> None:
    """A rotated HEIC, a 16-bit TIFF, and a JPEG of 108 megapixels."""
    stage.services.settings.set_picture_budget(PictureBudget.NORMAL)
    ramp = np.tile(np.linspace(0, 65535, 1800), (900, 1)).astype(np.uint16)
    deep = stage.folder / "deep.tif"
    Image.fromarray(ramp).save(deep)
    huge = Image.new("L", (12_000, 9_000), 200)
    ImageDraw.Draw(huge).ellipse((2_000, 2_000, 7_000, 7_000), 60)
    stage.add(FIXTURES / "rotated.heic", deep, stage.file(huge, "108 百万像素.jpg"))
    chips = stage.window.pane.composer.chips
    pictures = stage.session.draft.ready
    stage.qtbot.waitUntil(
        lambda: all(chips.preflight.look_of(picture) for picture in pictures), timeout=WAIT_MS
    )
    tips = [chip.toolTip() for chip in chips.chips]
    assert [(p.width, p.height) for p in pictures[1:]] == [(1800, 900), (12_000, 9_000)]
    assert pictures[0].height > pictures[0].width  # upright, as it was taken
    assert "1800 × 900 px, shown to the model at" in tips[1]
    assert "12000 × 9000 px, shown to the model at 1152 × 896 px" in tips[2]
    assert len(chips.line.total) > 0


def test_that_a_screenshot_is_taken_by_key(stage: Stage) -> None:
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(stage.window.pane.composer.edit, Qt.Key.Key_S, modifier=keys)
    stage.qtbot.waitUntil(lambda: bool(stage.session.draft.ready), timeout=WAIT_MS)
    (picture,) = stage.session.draft.ready
    assert (picture.width, picture.height) == (300, 200)


def test_that_a_picture_is_pasted_while_the_search_field_has_the_focus(stage: Stage) -> None:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    QApplication.clipboard().setImage(image)
    stage.window.actions_of_window.find.trigger()
    field = QApplication.focusWidget()
    assert field is not None
    assert field is not stage.window.pane.composer.edit
    QTest.keyClick(field, Qt.Key.Key_V, modifier=Qt.KeyboardModifier.ControlModifier)
    assert len(stage.session.pictures) == 1


def test_that_the_time_of_the_built_in_model_is_told_once_it_was_measured(stage: Stage) -> None:
    stage.bridge.start()
    stage.services.model_state.load(builtin_model(), EngineOptions(threads=2))
    stage.wait_for_model()
    stage.session.add_pictures([stage.picture()])
    stage.qtbot.waitUntil(lambda: "to look at on this computer" in stage.tip(), timeout=WAIT_MS)
    assert "tokens" in stage.tip()
