"""The chips beside a question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop.core.errors import ErrorCode, ImageError
from desktop.core.types import ImageAttachment, PictureBudget, PictureLimits
from desktop.gui.chip_strip import ChipStrip
from desktop.gui.pending import PendingPicture, PendingState
from desktop.gui.theme import theme
from desktop.gui.thumbnails import ThumbnailCache

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.gui.chips import Chip

LIMITS = PictureLimits(9, 64, 16)


def ready(key: int, prepared: float | None = None) -> PendingPicture:
    attachment = ImageAttachment(f"{key:064x}", "image/png", 800, 800, 0, Path("x"), f"{key}.png")
    return PendingPicture(
        key, f"{key}.png", PendingState.READY, attachment=attachment, prepared=prepared
    )


def refused(key: int) -> PendingPicture:
    error = ImageError("It is not.", ErrorCode.FILE_NOT_PICTURE, name="notes.txt")
    return PendingPicture(key, "notes.txt", PendingState.REFUSED, error=error)


@pytest.fixture
def strip(qtbot: QtBot) -> ChipStrip:
    strip = ChipStrip(ThumbnailCache(), lambda sha256, page: Path(sha256))
    qtbot.addWidget(strip)
    strip.resize(728, 60)
    return strip


def show(strip: ChipStrip, *items: PendingPicture) -> tuple[Chip, ...]:
    strip.show_items(items, PictureBudget.NORMAL, LIMITS)
    return strip.chips


def test_that_it_is_hidden_while_there_is_no_picture(strip: ChipStrip) -> None:
    show(strip, ready(1))
    assert strip.isVisible()
    show(strip)
    assert strip.isHidden()


def test_that_a_chip_says_what_the_model_will_see(strip: ChipStrip) -> None:
    (chip,) = show(strip, ready(1))
    assert chip.accessibleName() == "Picture 1.png"
    assert chip.accessibleDescription() == "128 × 128 px · 16 tk"


def test_that_a_refused_file_shows_its_sentence_and_a_way_to_remove_it(
    strip: ChipStrip, qtbot: QtBot
) -> None:
    (chip,) = show(strip, refused(1))
    assert "notes.txt" in chip.accessibleDescription()
    assert "picture" in chip.accessibleDescription()
    assert chip.remove_button.isVisible()
    with qtbot.waitSignal(strip.remove_requested) as caught:
        chip.remove_button.click()
    assert caught.args == [1]


def test_that_delete_removes_the_chip_in_focus(strip: ChipStrip, qtbot: QtBot) -> None:
    _, second = show(strip, ready(1), ready(2))
    second.setFocus()
    with qtbot.waitSignal(strip.remove_requested) as caught:
        QTest.keyClick(second, Qt.Key.Key_Delete)
    assert caught.args == [2]


def test_that_the_focus_goes_to_the_neighbour_of_a_removed_chip(
    strip: ChipStrip, qtbot: QtBot
) -> None:
    first, second = show(strip, ready(1), ready(2))
    strip.activateWindow()
    second.setFocus()
    qtbot.waitUntil(second.hasFocus)
    show(strip, ready(1))
    assert first.hasFocus()


@pytest.mark.parametrize(
    ("key", "expected"), [(Qt.Key.Key_Left, [2, 0]), (Qt.Key.Key_Right, [2, 2])]
)
def test_that_alt_with_an_arrow_moves_a_chip(
    strip: ChipStrip, qtbot: QtBot, key: Qt.Key, expected: list[int]
) -> None:
    chips = show(strip, ready(1), ready(2), ready(3))
    with qtbot.waitSignal(strip.move_requested) as caught:
        QTest.keyClick(chips[1], key, modifier=Qt.KeyboardModifier.AltModifier)
    assert caught.args == expected


def test_that_the_ends_of_the_row_are_ends(strip: ChipStrip, qtbot: QtBot) -> None:
    chips = show(strip, ready(1), ready(2))
    with qtbot.assertNotEmitted(strip.move_requested):
        QTest.keyClick(chips[0], Qt.Key.Key_Left, modifier=Qt.KeyboardModifier.AltModifier)
        QTest.keyClick(chips[1], Qt.Key.Key_Right, modifier=Qt.KeyboardModifier.AltModifier)


def test_that_dragging_a_chip_over_another_takes_its_place(strip: ChipStrip, qtbot: QtBot) -> None:
    chips = show(strip, ready(1), ready(2), ready(3))
    first = chips[0]
    QTest.mousePress(first, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    for _ in range(5):
        QTest.mouseMove(first, QPoint(90, 12))
    assert [chip.key for chip in strip.chips] != [1, 2, 3]
    place = [chip.key for chip in strip.chips].index(1)
    with qtbot.waitSignal(strip.move_requested) as caught:
        QTest.mouseRelease(first, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert caught.args == [1, place]


def test_that_a_click_moves_nothing(strip: ChipStrip, qtbot: QtBot) -> None:
    chips = show(strip, ready(1), ready(2))
    with qtbot.assertNotEmitted(strip.move_requested):
        QTest.mouseClick(chips[0], Qt.MouseButton.LeftButton)


def test_that_many_chips_wrap_into_rows(strip: ChipStrip, qtbot: QtBot) -> None:
    show(strip, *(ready(key) for key in range(1, 8)))
    qtbot.waitUntil(lambda: len(strip.chips) == 7)
    chips = strip.chips
    assert chips[0].y() == chips[2].y() < chips[3].y()
    assert strip.height() >= chips[-1].geometry().bottom()
    assert max(chip.geometry().right() for chip in chips) < 728


def test_that_a_bar_is_drawn_while_a_picture_is_prepared(strip: ChipStrip) -> None:
    def accents(chip: Chip) -> int:
        image = chip.grab().toImage()
        row = image.height() - round(6.5 * image.devicePixelRatio())
        colors = [image.pixelColor(x, row).name() for x in range(image.width())]
        return colors.count(theme().colors.accent)

    (chip,) = show(strip, ready(1, 0.3))
    third = accents(chip)
    show(strip, ready(1, 0.9))
    assert accents(chip) > 2 * third > 0
    show(strip, ready(1, 1.0))
    assert accents(chip) == 0


def test_that_fifty_chips_come_in_turns_and_in_order(strip: ChipStrip, qtbot: QtBot) -> None:
    items = [ready(key) for key in range(1, 51)]
    assert 0 < len(show(strip, *items)) < 10
    show(strip, *items[1:])  # one is taken out meanwhile
    qtbot.waitUntil(lambda: len(strip.chips) == 49)
    assert [chip.key for chip in strip.chips] == list(range(2, 51))


def test_that_a_look_that_arrives_while_a_chip_is_dragged_mixes_nothing_up(
    strip: ChipStrip,
) -> None:
    chips = show(strip, ready(1), ready(2), ready(3))
    QTest.mousePress(chips[0], Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    for _ in range(5):
        QTest.mouseMove(chips[0], QPoint(90, 12))
    strip.preflight.changed.emit()
    names = [chip.accessibleName() for chip in strip.chips]
    assert names == [f"Picture {chip.key}.png" for chip in strip.chips]


def test_that_a_click_or_enter_opens_the_picture(strip: ChipStrip, qtbot: QtBot) -> None:
    (chip,) = show(strip, ready(1))
    with qtbot.waitSignal(strip.activated) as caught:
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert caught.args == [1]
    with qtbot.waitSignal(strip.activated) as caught:
        QTest.keyClick(chip, Qt.Key.Key_Return)
    assert caught.args == [1]


def test_that_a_refused_file_opens_nothing(strip: ChipStrip, qtbot: QtBot) -> None:
    (chip,) = show(strip, refused(1))
    with qtbot.assertNotEmitted(strip.activated):
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
