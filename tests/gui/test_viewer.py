"""The viewer: pictures, keys and wheel, as a person meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.core.errors import ErrorCode
from desktop.gui.error_texts import error_text
from tests.gui.asking import WAIT_MS
from tests.gui.looking import Desk, press

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


def wheel(desk: Desk, at: QPoint, angle: int, pixels: QPoint | None = None) -> None:
    event = QWheelEvent(
        QPointF(at),
        desk.canvas.mapToGlobal(QPointF(at)),
        pixels or QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase if pixels is None else Qt.ScrollPhase.ScrollUpdate,
        False,
    )
    QApplication.sendEvent(desk.canvas, event)


# --- pictures -------------------------------------------------------------------------------------


def test_that_a_picture_is_painted_in_its_place(desk: Desk) -> None:
    desk.show(desk.keep())
    assert desk.color_at(300, 70) == (0, 128, 0)
    assert desk.color_at(100, 70) == (255, 255, 255)
    assert desk.viewer.top.title.accessibleName() == "图 green 400.png"


def test_that_one_of_several_is_shown_and_the_others_are_a_key_away(desk: Desk) -> None:
    pictures = [desk.keep(color=color) for color in ("red", "green", "blue")]
    desk.show(*pictures, index=1)
    assert desk.viewer.top.count.text() == "2 of 3"
    press(desk, Qt.Key.Key_PageDown)
    desk.wait_for(pictures[2])
    assert desk.color_at(300, 70) == (0, 0, 255)
    assert not desk.viewer.top.next.isEnabled()
    press(desk, Qt.Key.Key_PageDown)  # there is no other one
    QTest.mouseClick(desk.viewer.top.previous, Qt.MouseButton.LeftButton)
    QTest.mouseClick(desk.viewer.top.previous, Qt.MouseButton.LeftButton)
    desk.wait_for(pictures[0])
    assert desk.color_at(300, 70) == (255, 0, 0)


def test_that_one_picture_alone_has_no_arrows(desk: Desk) -> None:
    desk.show(desk.keep())
    assert not desk.viewer.top.next.isVisible()
    assert not desk.viewer.top.count.isVisible()


def test_that_a_page_of_a_document_says_which(desk: Desk) -> None:
    page = replace(desk.keep(), page_count=3, source_name="合同.pdf")
    desk.show(page)
    assert desk.viewer.top.title.accessibleName() == "合同.pdf, page 1"


def test_that_pixels_beyond_the_page_picture_come_from_the_original(desk: Desk) -> None:
    huge = desk.keep(3000, 2000)
    desk.show(huge)
    assert desk.viewer.picture.pyramid_at(1) is None  # fitted in, the page picture is enough
    press(desk, Qt.Key.Key_1)
    desk.canvas.repaint()
    assert desk.viewer.picture.is_sharpening
    assert desk.viewer.bottom.hint.text() == "Loading all the detail…"
    desk.qtbot.waitUntil(lambda: desk.viewer.picture.pyramid_at(1) is not None, timeout=WAIT_MS)
    desk.wait_for(huge)
    assert desk.viewer.bottom.zoom.text() == "100 %"
    assert desk.color_at(1501, 999) == (0, 128, 0)
    assert desk.color_at(1499, 999) == (255, 255, 255)
    assert desk.color_at(1501, 1001) == (255, 255, 255)


def test_that_a_missing_file_is_a_sentence_in_the_pictures_place(desk: Desk) -> None:
    picture = desk.keep()
    picture.path.unlink()
    desk.viewer.show_pictures([picture])
    desk.qtbot.waitUntil(desk.viewer.problem.isVisible, timeout=WAIT_MS)
    assert desk.viewer.problem.text() == error_text(ErrorCode.PICTURE_MISSING, {}, "")


def test_that_closing_gives_the_memory_back_and_says_so(desk: Desk) -> None:
    desk.show(desk.keep())
    assert desk.viewer.picture.kept_bytes > 0
    with desk.qtbot.waitSignal(desk.viewer.closed):
        press(desk, Qt.Key.Key_Escape)
    assert desk.viewer.isHidden()
    assert desk.viewer.picture.kept_bytes == 0
    assert desk.viewer.subject is None


def test_that_what_was_loaded_for_a_closed_viewer_is_dropped(desk: Desk) -> None:
    desk.viewer.show_pictures([desk.keep()])
    desk.viewer.dismiss()
    other = desk.keep(color="blue")
    desk.show(other)
    assert desk.viewer.subject is not None
    assert desk.viewer.subject.picture == other


# --- moving about ---------------------------------------------------------------------------------


def test_that_keys_zoom_fit_and_turn(desk: Desk) -> None:
    desk.show(desk.keep(2000, 1500))
    view = desk.canvas.view
    fitted = view.zoom
    press(desk, Qt.Key.Key_Plus)
    assert view.zoom > fitted
    press(desk, Qt.Key.Key_1)
    assert view.zoom == 1
    press(desk, Qt.Key.Key_Minus)
    assert view.zoom == 0.75
    press(desk, Qt.Key.Key_0)
    assert view.is_fitted
    press(desk, Qt.Key.Key_R)
    assert view.quarter_turns == 1
    press(desk, Qt.Key.Key_R, SHIFT)
    assert view.quarter_turns == 0


def test_that_a_turned_picture_is_painted_turned(desk: Desk) -> None:
    desk.show(desk.keep())
    upright = desk.spot(300, 70)
    press(desk, Qt.Key.Key_R)
    assert desk.spot(300, 70) != upright
    assert desk.color_at(300, 70) == (0, 128, 0)


def test_that_arrows_move_what_is_seen(desk: Desk) -> None:
    desk.show(desk.keep(2000, 1500))
    press(desk, Qt.Key.Key_1)
    before = desk.canvas.view.visible()
    press(desk, Qt.Key.Key_Right)
    press(desk, Qt.Key.Key_Down)
    after = desk.canvas.view.visible()
    assert after.left() == pytest.approx(before.left() + 60)
    assert after.top() == pytest.approx(before.top() + 60)


def test_that_the_wheel_zooms_at_the_pointer(desk: Desk) -> None:
    desk.show(desk.keep(2000, 1500))
    at = desk.spot(1500, 400)
    held = desk.canvas.view.to_picture(QPointF(at))
    wheel(desk, at, 480)
    assert desk.canvas.view.can_pan
    now = desk.canvas.view.to_picture(QPointF(at))
    assert (now.x(), now.y()) == pytest.approx((held.x(), held.y()), abs=0.1)


def test_that_two_fingers_on_a_touchpad_move_the_picture(desk: Desk) -> None:
    desk.show(desk.keep(2000, 1500))
    press(desk, Qt.Key.Key_1)
    before, zoom = desk.canvas.view.visible(), desk.canvas.view.zoom
    wheel(desk, QPoint(100, 100), -120, QPoint(-10, -20))
    assert desk.canvas.view.zoom == zoom
    assert desk.canvas.view.visible().topLeft() == before.topLeft() + QPointF(10, 20)


def test_that_a_pinch_zooms_at_the_fingers(desk: Desk) -> None:
    desk.show(desk.keep(2000, 1500))
    zoom, at = desk.canvas.view.zoom, QPointF(desk.spot(500, 500))
    held = desk.canvas.view.to_picture(at)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        at,
        at,
        desk.canvas.mapToGlobal(at),
        0.7,
        QPointF(),
    )
    QApplication.sendEvent(desk.canvas, event)
    assert desk.canvas.view.zoom == pytest.approx(zoom * 2.01375, rel=1e-3)
    now = desk.canvas.view.to_picture(at)
    assert (now.x(), now.y()) == pytest.approx((held.x(), held.y()), abs=0.1)


def test_that_dragging_moves_a_picture_that_is_larger_than_the_viewer(desk: Desk) -> None:
    desk.show(desk.keep(2000, 1500))
    press(desk, Qt.Key.Key_1)
    before = desk.canvas.view.visible()
    desk.drag(QPoint(300, 300), QPoint(250, 280))
    assert desk.canvas.view.visible().topLeft() == before.topLeft() + QPointF(50, 20)
    assert desk.canvas.chosen_region() is None


def test_that_a_double_click_goes_near_and_back(desk: Desk) -> None:
    desk.show(desk.keep(2000, 1500))
    spot = desk.spot(1000, 700)
    QTest.mouseDClick(desk.canvas, Qt.MouseButton.LeftButton, NONE, spot)
    assert desk.canvas.view.zoom == 1
    QTest.mouseDClick(desk.canvas, Qt.MouseButton.LeftButton, NONE, spot)
    assert desk.canvas.view.is_fitted


def test_that_the_windows_shortcuts_wait_for_the_keys_of_the_viewer(desk: Desk) -> None:
    desk.show(desk.keep())
    for key, is_own in ((Qt.Key.Key_Escape, True), (Qt.Key.Key_R, True), (Qt.Key.Key_F1, False)):
        event = QKeyEvent(QKeyEvent.Type.ShortcutOverride, key, NONE)
        event.ignore()
        QApplication.sendEvent(desk.canvas, event)
        assert event.isAccepted() is is_own
