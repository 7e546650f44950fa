"""Boxes in the viewer, and the search for things in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from desktop.core.types import Region
from desktop.gui.viewer import FindRequest
from desktop.intake.regions import RegionRequest, cut_region
from tests.gui.asking import WAIT_MS
from tests.gui.looking import BOX_JSON, Desk, move, press

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


def test_that_boxes_are_drawn_on_the_picture_and_can_be_hidden(desk: Desk) -> None:
    picture = desk.keep()
    desk.show(picture)
    plain = desk.canvas.grab().toImage()
    desk.viewer.show_sheet(desk.sheet(picture))
    assert desk.viewer.bottom.boxes.text() == "Boxes: 1"
    edge = desk.color_at(200, 100)
    assert edge == (168, 78, 18)
    QTest.mouseClick(desk.viewer.bottom.boxes, Qt.MouseButton.LeftButton)
    assert desk.canvas.grab().toImage() == plain


def test_that_the_pointer_on_a_box_tells_which(desk: Desk) -> None:
    picture = desk.keep()
    desk.show(picture)
    desk.viewer.show_sheet(desk.sheet(picture))
    with desk.qtbot.waitSignal(desk.viewer.box_hovered) as caught:
        move(desk.canvas, desk.spot(300, 70))
    assert caught.args == [0]
    with desk.qtbot.waitSignal(desk.viewer.box_hovered) as caught:
        move(desk.canvas, desk.spot(50, 250))
    assert caught.args == [None]


def test_that_a_box_that_is_pointed_at_elsewhere_comes_into_sight(desk: Desk) -> None:
    picture = desk.keep(2000, 1500)
    desk.show(picture)
    desk.viewer.show_sheet(desk.sheet(picture))
    desk.canvas.zoom_to(8)
    desk.canvas.view.pan(-100_000, -100_000)
    desk.viewer.light_box(0)
    assert desk.canvas.view.visible().contains(QPointF(1500, 375))


def test_that_boxes_of_a_crop_lie_on_the_original(desk: Desk) -> None:
    original = desk.keep()
    path = desk.store.original_path(original.sha256)
    crop = cut_region(RegionRequest(original, Region(200, 0, 400, 150)), path, desk.store)
    desk.show(crop)
    desk.viewer.show_sheet(desk.sheet(crop))
    (box,) = desk.viewer.boxes
    assert box.rect.getRect() == (300, 0, 100, 75)


def test_that_each_picture_has_its_own_boxes(desk: Desk) -> None:
    pictures = [desk.keep(color="red"), desk.keep(color="blue")]
    second = BOX_JSON.replace('"label"', '"image": 2, "label"')
    sheet = desk.sheet(*pictures, text=f"[{BOX_JSON}, {second}, {second}]")
    desk.viewer.show_sheet(sheet)
    desk.wait_for(pictures[0])
    assert desk.viewer.bottom.boxes.text() == "Boxes: 1"
    desk.viewer.show_next()
    desk.wait_for(pictures[1])
    assert desk.viewer.bottom.boxes.text() == "Boxes: 2"


def test_that_the_keyboard_goes_from_box_to_box(desk: Desk) -> None:
    picture = desk.keep()
    desk.show(picture)
    desk.viewer.show_sheet(desk.sheet(picture, text=f"[{BOX_JSON}, {BOX_JSON}]"))
    lit: list[int | None] = []
    desk.viewer.box_hovered.connect(lit.append)
    for modifier in (NONE, NONE, NONE, SHIFT):
        press(desk, Qt.Key.Key_B, modifier)
    assert lit == [0, 1, 0, 1]
    assert desk.canvas.accessibleDescription() == "Boxes on the picture: top right, top right"


def test_that_a_click_on_a_box_says_which(desk: Desk) -> None:
    picture = desk.keep()
    desk.show(picture)
    desk.viewer.show_sheet(desk.sheet(picture))
    with desk.qtbot.waitSignal(desk.viewer.box_clicked) as caught:
        QTest.mouseClick(desk.canvas, Qt.MouseButton.LeftButton, NONE, desk.spot(300, 70))
    assert caught.args == [0]


def test_that_what_was_copied_is_said_for_a_while(desk: Desk) -> None:
    picture = desk.keep()
    desk.show(picture)
    desk.viewer.show_sheet(desk.sheet(picture))
    desk.viewer.menu.copy_json.trigger()
    hint = desk.viewer.bottom.hint
    assert hint.text() == "Copied"
    press(desk, Qt.Key.Key_Plus)
    assert hint.text() == "Copied"
    desk.qtbot.waitUntil(lambda: "choose a region" in hint.text(), timeout=WAIT_MS)


def test_that_in_a_narrow_viewer_every_button_can_still_be_hit(desk: Desk) -> None:
    picture = desk.keep()
    desk.show(picture)
    desk.viewer.show_sheet(desk.sheet(picture))
    desk.viewer.resize(desk.viewer.minimumWidth(), 500)
    bottom = desk.viewer.bottom
    for button in (bottom.zoom, bottom.fit, bottom.turn, bottom.find_button, bottom.select):
        assert button.isVisible()
        assert min(button.width(), button.height()) >= 24
    assert bottom.more.geometry().right() < bottom.width()
    assert not bottom.closer.isVisible()


# --- finding --------------------------------------------------------------------------------------


def test_that_something_can_be_looked_for_in_the_picture(desk: Desk) -> None:
    picture = desk.keep()
    desk.show(picture)
    QTest.mouseClick(desk.viewer.bottom.find_button, Qt.MouseButton.LeftButton)
    row = desk.viewer.find_row
    assert row.isVisible()
    with desk.qtbot.assertNotEmitted(desk.viewer.find_requested):
        QTest.keyClick(row.field, Qt.Key.Key_Return)
    QTest.keyClicks(row.field, " red square ")
    with desk.qtbot.waitSignal(desk.viewer.find_requested) as caught:
        QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert caught.args == [FindRequest(picture, "red square")]
    assert not row.isVisible()


def test_that_escape_closes_the_search_and_not_the_viewer(desk: Desk) -> None:
    desk.show(desk.keep())
    QTest.mouseClick(desk.viewer.bottom.find_button, Qt.MouseButton.LeftButton)
    QTest.keyClick(desk.viewer.find_row.field, Qt.Key.Key_Escape)
    assert not desk.viewer.find_row.isVisible()
    assert desk.viewer.isVisible()
