"""Regions of a picture: drawn, changed, asked about, and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from desktop.core.types import PictureOrigin, Region
from desktop.intake.regions import RegionRequest, cut_region
from tests.gui.looking import Desk, press

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


def test_that_a_dragged_rectangle_is_asked_about(desk: Desk) -> None:
    picture = desk.keep()
    desk.show(picture)
    desk.drag(desk.spot(200, 0), desk.spot(400, 150))
    card = desk.viewer.card
    assert card.isVisible()
    with desk.qtbot.waitSignal(desk.viewer.region_requested) as caught:
        QTest.mouseClick(card.ask, Qt.MouseButton.LeftButton)
    assert caught.args == [RegionRequest(picture, Region(200, 0, 400, 150), 0)]
    assert not card.isVisible()
    assert desk.canvas.chosen_region() is None


def test_that_a_region_that_is_being_drawn_is_bright_and_all_else_dim(desk: Desk) -> None:
    desk.show(desk.keep())
    desk.drag(desk.spot(10, 10), desk.spot(150, 120))
    assert desk.color_at(80, 60) == (255, 255, 255)
    assert desk.color_at(80, 200)[0] < 180


def test_that_a_click_takes_the_rectangle_away(desk: Desk) -> None:
    desk.show(desk.keep())
    desk.drag(desk.spot(50, 50), desk.spot(150, 120))
    spot = desk.spot(300, 250)
    desk.drag(spot, spot + QPoint(1, 1))
    assert desk.canvas.chosen_region() is None
    assert not desk.viewer.card.isVisible()


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize(
    ("start", "end", "region"),
    [
        ((100, 100), (60, 70), Region(60, 70, 200, 200)),  # a corner
        ((200, 200), (240, 260), Region(100, 100, 240, 260)),  # the opposite one
        ((100, 150), (70, 110), Region(70, 100, 200, 200)),  # an edge
        ((150, 200), (190, 240), Region(100, 100, 200, 240)),  # another
        ((150, 150), (170, 140), Region(120, 90, 220, 190)),  # all of it
    ],
)
def test_that_handles_change_a_region_however_the_picture_is_turned(
    desk: Desk, turns: int, start: tuple[int, int], end: tuple[int, int], region: Region
) -> None:
    desk.show(desk.keep())
    desk.canvas.turn(turns)
    desk.drag(desk.spot(100, 100), desk.spot(200, 200))
    desk.drag(desk.spot(*start), desk.spot(*end))
    assert desk.canvas.chosen_region() == region


def test_that_a_region_stays_on_the_picture(desk: Desk) -> None:
    desk.show(desk.keep())
    desk.drag(desk.spot(300, 200), desk.spot(900, 900))
    assert desk.canvas.chosen_region() == Region(300, 200, 400, 300)
    desk.drag(desk.spot(350, 250), desk.spot(600, 600))
    assert desk.canvas.chosen_region() == Region(300, 200, 400, 300)


def test_that_shift_draws_a_region_on_a_picture_that_could_be_moved(desk: Desk) -> None:
    desk.show(desk.keep(2000, 1500))
    press(desk, Qt.Key.Key_1)
    start = desk.canvas.view.to_picture(QPointF(100, 100))
    desk.drag(QPoint(100, 100), QPoint(200, 180), SHIFT)
    region = desk.canvas.chosen_region()
    assert region is not None
    assert (region.left, region.top) == (int(start.x()), int(start.y()))
    assert (region.width, region.height) == (100, 80)


def test_that_the_region_button_does_the_same(desk: Desk) -> None:
    desk.show(desk.keep(2000, 1500))
    press(desk, Qt.Key.Key_1)
    QTest.mouseClick(desk.viewer.bottom.select, Qt.MouseButton.LeftButton)
    desk.drag(QPoint(100, 100), QPoint(200, 180))
    assert desk.canvas.chosen_region() is not None
    desk.viewer.ask()
    assert not desk.viewer.bottom.select.isChecked()


def test_that_a_region_can_be_made_and_asked_about_by_keyboard(desk: Desk) -> None:
    desk.show(desk.keep())
    press(desk, Qt.Key.Key_S)
    assert desk.canvas.chosen_region() == Region(100, 75, 300, 225)
    press(desk, Qt.Key.Key_Left)
    press(desk, Qt.Key.Key_Down, SHIFT)
    region = desk.canvas.chosen_region()
    assert region == Region(92, 75, 292, 233)
    with desk.qtbot.waitSignal(desk.viewer.region_requested) as caught:
        press(desk, Qt.Key.Key_Return)
    assert caught.args is not None
    assert caught.args[0].region == region


def test_that_escape_takes_the_region_first_and_closes_then(desk: Desk) -> None:
    desk.show(desk.keep())
    press(desk, Qt.Key.Key_S)
    press(desk, Qt.Key.Key_Escape)
    assert desk.canvas.chosen_region() is None
    assert desk.viewer.isVisible()
    press(desk, Qt.Key.Key_Escape)
    assert desk.viewer.isHidden()


def test_that_a_turned_picture_is_asked_about_as_it_is_seen(desk: Desk) -> None:
    picture = desk.keep()
    desk.show(picture)
    press(desk, Qt.Key.Key_R)
    desk.drag(desk.spot(200, 0), desk.spot(400, 150))
    with desk.qtbot.waitSignal(desk.viewer.region_requested) as caught:
        desk.viewer.ask()
    assert caught.args == [RegionRequest(picture, Region(200, 0, 400, 150), 1)]


def test_that_asking_needs_a_region_or_a_turn(desk: Desk) -> None:
    desk.show(desk.keep())
    with desk.qtbot.assertNotEmitted(desk.viewer.region_requested):
        press(desk, Qt.Key.Key_Return)


def test_that_a_turned_picture_offers_to_ask_about_all_of_it(desk: Desk) -> None:
    picture = desk.keep()
    desk.show(picture)
    assert not desk.viewer.card.isVisible()
    press(desk, Qt.Key.Key_R)
    assert desk.viewer.card.isVisible()
    with desk.qtbot.waitSignal(desk.viewer.region_requested) as caught:
        QTest.mouseClick(desk.viewer.card.ask, Qt.MouseButton.LeftButton)
    assert caught.args == [RegionRequest(picture, None, 1)]


@pytest.mark.parametrize("place", [(50, 50, 150, 100), (20, 180, 300, 298), (2, 2, 398, 298)])
def test_that_the_question_about_a_region_never_leaves_the_viewer(
    desk: Desk, place: tuple[int, int, int, int]
) -> None:
    desk.show(desk.keep())
    desk.drag(desk.spot(*place[:2]), desk.spot(*place[2:]))
    assert desk.canvas.rect().contains(desk.viewer.card.geometry())


# --- crops ----------------------------------------------------------------------------------------


def test_that_a_crop_is_shown_at_its_place_on_the_original(desk: Desk) -> None:
    original = desk.keep()
    region = Region(200, 0, 400, 150)
    path = desk.store.original_path(original.sha256)
    crop = cut_region(RegionRequest(original, region), path, desk.store)
    desk.show(crop)
    subject = desk.viewer.subject
    assert subject is not None
    assert (subject.root.sha256, subject.cut) == (original.sha256, region)
    assert desk.color_at(100, 250) == (255, 255, 255)  # the original around it


def test_that_a_crop_whose_original_is_gone_is_shown_by_itself(desk: Desk) -> None:
    original = desk.keep()
    path = desk.store.original_path(original.sha256)
    crop = cut_region(RegionRequest(original, Region(200, 0, 400, 150)), path, desk.store)
    desk.store.remove(original.sha256)
    desk.show(crop)
    assert desk.viewer.subject is not None
    assert desk.viewer.subject.root == crop
    assert desk.color_at(100, 100) == (0, 128, 0)


def test_that_places_asked_about_before_are_marked(desk: Desk) -> None:
    original = desk.keep()
    desk.show(original)
    plain = desk.canvas.grab().toImage()
    elsewhere = PictureOrigin("f" * 64, 0, Region(0, 0, 9, 9))
    desk.viewer.set_origins([elsewhere])
    assert desk.canvas.grab().toImage() == plain
    desk.viewer.set_origins([PictureOrigin(original.sha256, 0, Region(20, 20, 120, 120))])
    assert desk.canvas.grab().toImage() != plain
