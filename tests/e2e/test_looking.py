"""Looking closely, the whole way: a click on a picture, a region, boxes, with the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from desktop.core.types import PictureOrigin, Region, StopReason
from desktop.gui.answer_text import AnswerText
from desktop.gui.box_preview import BoxPreview
from desktop.gui.question_item import QuestionItem
from desktop.gui.theme import install_theme
from desktop.gui.thumbnails import ThumbnailLabel
from tests.e2e.test_window import Stage
from tests.gui.asking import WAIT_MS, taken_down
from tests.gui.looking import move

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop.gui.viewer import Viewer
    from desktop.gui.viewer_host import ViewerHost

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SIZE = (1600, 1200)
SQUARE = (960, 160, 1440, 640)  # red, top right
CIRCLE = (160, 620, 640, 1100)  # blue, bottom left


def draw_shapes(path: Path, orientation: int = 1) -> Path:
    """A red square and a blue circle on cream, as they look when upright."""
    picture = Image.new("RGB", SIZE, "#f6f1e6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle(SQUARE, fill="#d02020")
    draw.ellipse(CIRCLE, fill="#2050d0")
    if orientation == 6:  # the camera lay on its side
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, exif=exif)
    return path


class Look(Stage):
    """A stage with the viewer, used as a person would."""

    @property
    def host(self) -> ViewerHost:
        return self.window.viewer_host

    @property
    def viewer(self) -> Viewer:
        return self.host.viewer

    def ask_about(self, path: Path, question: str) -> str:
        self.drop(path)
        self.wait_for_preparation()
        answer = self.ask_in_window(question)
        assert answer.stop_reason is StopReason.END
        return answer.message.text

    def click_picture(self, number: int = -1) -> None:
        """On one of the pictures of the questions."""
        labels = [
            label
            for item in self.window.pane.view.findChildren(QuestionItem)
            for label in item.findChildren(ThumbnailLabel)
        ]
        QTest.mouseClick(labels[number], Qt.MouseButton.LeftButton)
        self.wait_for_viewer()

    def wait_for_viewer(self) -> None:
        self.qtbot.waitUntil(
            lambda: self.viewer.subject is not None and self.viewer.picture.is_loaded,
            timeout=WAIT_MS,
        )

    def spot(self, x: float, y: float) -> QPoint:
        return self.viewer.canvas.view.transform().map(QPointF(x, y)).toPoint()

    def drag(self, left: float, top: float, right: float, bottom: float) -> None:
        canvas, button = self.viewer.canvas, Qt.MouseButton.LeftButton
        start, end = self.spot(left, top), self.spot(right, bottom)
        QTest.mousePress(canvas, button, Qt.KeyboardModifier.NoModifier, start)
        move(canvas, end, button)
        QTest.mouseRelease(canvas, button, Qt.KeyboardModifier.NoModifier, end)

    def wait_for_draft(self, count: int) -> None:
        self.qtbot.waitUntil(lambda: len(self.session.draft.ready) == count, timeout=WAIT_MS)


@pytest.fixture
def look(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Look]:
    install_theme(qapp).set_appearance("light")
    with taken_down(Look(qtbot, tmp_path)) as look:
        look.show()
        yield look


def overlap(
    left: tuple[float, float, float, float], right: tuple[float, float, float, float]
) -> float:
    """Intersection over union."""
    width = min(left[2], right[2]) - max(left[0], right[0])
    height = min(left[3], right[3]) - max(left[1], right[1])
    both = max(0.0, width) * max(0.0, height)
    areas = [(r[2] - r[0]) * (r[3] - r[1]) for r in (left, right)]
    return both / (sum(areas) - both)


@pytest.mark.parametrize("orientation", [1, 6])
def test_that_a_region_of_a_picture_is_asked_about(look: Look, orientation: int) -> None:
    look.load_builtin()
    look.ask_about(
        draw_shapes(look.folder / "我的 图片" / "形状 1.png", orientation), "What do you see?"
    )
    look.click_picture()
    assert look.viewer.isVisible()
    look.drag(900, 100, 1500, 700)
    look.viewer.ask()
    look.wait_for_draft(1)
    (crop,) = look.session.draft.ready
    assert crop.origin is not None
    assert crop.origin.region is not None
    assert isinstance(crop.origin, PictureOrigin)
    assert (crop.width, crop.height) == (crop.origin.region.width, crop.origin.region.height)
    assert abs(crop.width - 600) < 8  # at the original's resolution, to a pixel of the screen
    look.wait_for_preparation()
    answer = look.ask_in_window("What shape is red?")
    assert "square" in answer.message.text.lower()
    stored = look.stored()[-2].message.attachments
    assert stored == (crop,)
    look.click_picture()  # the crop: back to its place on the original
    look.qtbot.waitUntil(
        lambda: look.viewer.subject is not None and look.viewer.subject.picture == crop,
        timeout=WAIT_MS,
    )
    assert look.viewer.subject is not None
    assert look.viewer.subject.cut == crop.origin.region


def test_that_two_regions_are_asked_about_together(look: Look) -> None:
    look.load_builtin()
    look.ask_about(draw_shapes(look.folder / "a.png"), "What do you see?")
    look.click_picture()
    look.drag(900, 100, 1500, 700)
    look.viewer.ask()
    look.drag(100, 560, 700, 1160)
    look.viewer.ask()
    look.wait_for_draft(2)
    regions = [picture.origin and picture.origin.region for picture in look.session.draft.ready]
    assert all(isinstance(region, Region) for region in regions)
    assert look.session.draft.ready[0].sha256 != look.session.draft.ready[1].sha256


@pytest.mark.parametrize("orientation", [1, 6])
def test_that_boxes_of_an_answer_lie_on_what_they_name(look: Look, orientation: int) -> None:
    look.load_builtin()
    look.ask_about(
        draw_shapes(look.folder / "形状.png", orientation),
        "Locate the red square, output its bbox in JSON.",
    )
    previews = look.window.pane.view.findChildren(BoxPreview)
    assert len(previews) == 1
    QTest.mouseClick(previews[0], Qt.MouseButton.LeftButton)
    look.wait_for_viewer()
    (box,) = look.viewer.boxes
    assert box.label == "red square"
    assert box.doubt is None
    rect = box.rect
    sides = (rect.left(), rect.top(), rect.right(), rect.bottom())
    assert overlap(sides, SQUARE) > 0.4


def test_that_finding_in_the_viewer_draws_the_boxes_there(look: Look) -> None:
    look.load_builtin()
    look.ask_about(draw_shapes(look.folder / "形状.png"), "What do you see?")
    look.click_picture()
    look.window.pane.composer.edit.insertPlainText("half a thought")
    QTest.mouseClick(look.viewer.bottom.find_button, Qt.MouseButton.LeftButton)
    look.viewer.find_row.field.setText("red square")
    with look.qtbot.waitSignal(look.session.answer_finished, timeout=WAIT_MS):
        QTest.keyClick(look.viewer.find_row.field, Qt.Key.Key_Return)
    assert look.session.messages[-2].message.attachments == ()  # it is in the chat already
    look.qtbot.waitUntil(lambda: len(look.viewer.boxes) == 1, timeout=WAIT_MS)
    assert look.viewer.boxes[0].label == "red square"
    assert look.window.pane.composer.text == "half a thought"
    with look.qtbot.waitSignal(look.viewer.box_hovered):
        move(look.viewer.canvas, look.spot(*look.viewer.boxes[0].rect.center().toTuple()))
    item = look.window.pane.view._column.item(look.session.messages[-1].id)
    assert item is not None
    words = item.findChild(AnswerText)
    assert words is not None
    assert words.extraSelections()  # the pointer on the box marks its words
    with look.qtbot.waitSignal(look.window.pane.view.box_hovered):
        move(words.viewport(), QPoint(words.width() - 2, words.height() - 1))
        move(words.viewport(), words.cursorRect(QTextCursor(words.document())).center())
    assert look.viewer.canvas.lit_box == 0  # and the pointer on its words marks the box


def test_that_a_picture_beside_the_question_opens_too_and_is_searched(look: Look) -> None:
    look.load_builtin()
    look.drop(draw_shapes(look.folder / "形状.png"))
    look.wait_for_preparation()
    look.host.show_pending(look.session.pictures[0].key)
    look.wait_for_viewer()
    look.viewer.find_row.field.setText("blue circle")
    with look.qtbot.waitSignal(look.session.answer_finished, timeout=WAIT_MS):
        look.viewer.find_row._go()
    assert len(look.session.messages[-2].message.attachments) == 1
    look.qtbot.waitUntil(lambda: len(look.viewer.boxes) == 1, timeout=WAIT_MS)
    rect = look.viewer.boxes[0].rect
    assert overlap((rect.left(), rect.top(), rect.right(), rect.bottom()), CIRCLE) > 0.4


def test_that_the_find_button_of_the_question_asks_for_what_is_written(look: Look) -> None:
    look.load_builtin()
    look.drop(draw_shapes(look.folder / "形状.png"))
    look.wait_for_preparation()
    look.host.find_in_pictures()
    composer = look.window.pane.composer
    assert composer.text == "Locate the thing, output its bbox in JSON."
    assert composer.edit.textCursor().selectedText() == "thing"
    composer.edit.setPlainText("red square")
    with look.qtbot.waitSignal(look.session.answer_finished, timeout=WAIT_MS):
        look.host.find_in_pictures()
    question = look.session.messages[-2].message.text
    assert question == "Locate the red square, output its bbox in JSON."


def test_that_the_viewer_takes_its_place_and_gives_it_back(look: Look) -> None:
    look.load_builtin()
    look.ask_about(draw_shapes(look.folder / "形状.png"), "What do you see?")
    assert look.viewer.isHidden()
    look.window.resize(900, 600)
    look.click_picture()
    assert look.viewer.width() >= look.viewer.minimumWidth()
    assert look.window.pane.width() >= 300
    assert look.window.sidebar.isHidden()  # there is no room for three
    QTest.keyClick(look.viewer.canvas, Qt.Key.Key_Escape)
    assert look.viewer.isHidden()
    assert look.window.sidebar.isVisible()
    assert look.viewer.picture.kept_bytes == 0


def test_that_another_chat_closes_the_viewer(look: Look) -> None:
    look.load_builtin()
    look.ask_about(draw_shapes(look.folder / "形状.png"), "What do you see?")
    look.click_picture()
    look.window.actions_of_window.new_chat.trigger()
    assert look.viewer.isHidden()
