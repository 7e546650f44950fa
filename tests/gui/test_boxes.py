"""Boxes as they are painted, taken out of the app, and shown under an answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.core.box_places import PlacedBox
from desktop.core.boxes import Doubt
from desktop.core.errors import ErrorCode, StoreError
from desktop.core.geometry import Mapping, Rect
from desktop.gui.box_export import annotated, boxes_json, save_annotated, save_text
from desktop.gui.box_layer import BOX_COLORS, box_at, doubt_text, paint_boxes, shown_boxes
from desktop.gui.box_preview import BoxPreview
from desktop.gui.box_prompt import find_prompt
from desktop.gui.thumbnails import ThumbnailCache
from desktop.gui.viewer_picture import find_subject
from tests.gui.asking import WAIT_MS
from tests.gui.looking import Desk, move

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.gui.box_layer import ShownBox

SIZE = (400, 300)
IDENTITY = QTransform()


def placed(
    number: int, rect: Rect, label: str = "", doubt: Doubt | None = None, picture: int = 0
) -> PlacedBox:
    return PlacedBox(number, picture, rect, label, doubt, 0, 0)


def shown(*boxes: PlacedBox) -> tuple[ShownBox, ...]:
    return shown_boxes(boxes, SIZE, Mapping())


def painted(*boxes: PlacedBox, lit: int | None = None) -> QImage:
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_boxes(painter, shown(*boxes), IDENTITY, QRectF(0, 0, *SIZE), lit=lit)
    painter.end()
    return image


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


# --- painting -------------------------------------------------------------------------------------


def test_that_one_label_has_one_colour_and_another_label_another() -> None:
    boxes = shown(
        placed(0, Rect(0, 0, 9, 9), "Cat"),
        placed(1, Rect(0, 0, 9, 9), "dog"),
        placed(2, Rect(0, 0, 9, 9), "cat"),
    )
    assert [box.color for box in boxes] == [BOX_COLORS[0], BOX_COLORS[1], BOX_COLORS[0]]


@pytest.mark.parametrize("color", BOX_COLORS)
def test_that_white_words_can_be_read_on_every_colour(color: str) -> None:
    parts = [QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF()]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_that_a_frame_is_painted_where_the_box_is() -> None:
    image = painted(placed(0, Rect(100, 100, 300, 200)))
    assert image.pixelColor(100, 150).name() == BOX_COLORS[0]
    assert image.pixelColor(200, 200).name() == BOX_COLORS[0]
    assert image.pixelColor(200, 150).name() == "#ffffff"


def test_that_a_doubtful_box_is_dashed_and_says_so() -> None:
    rect = Rect(100, 100, 300, 200)
    whole, dashed = painted(placed(0, rect)), painted(placed(0, rect, "", Doubt.OUTSIDE))

    def inked(image: QImage) -> int:
        return sum(image.pixelColor(100, y).name() == BOX_COLORS[0] for y in range(110, 190))

    assert inked(whole) == 80
    assert 20 < inked(dashed) < 70
    assert shown(placed(0, rect, "x", Doubt.OUTSIDE))[0].caption == "x ?"
    assert len({doubt_text(doubt) for doubt in Doubt}) == 3


def test_that_a_box_without_size_or_outside_can_still_be_seen_and_hit() -> None:
    empty = placed(0, Rect(50, 50, 50, 50), "", Doubt.EMPTY)
    outside = placed(1, Rect(900, 100, 950, 120), "", Doubt.OUTSIDE)
    image, blank = painted(empty, outside), painted()
    assert image.copy(45, 45, 10, 10) != blank.copy(45, 45, 10, 10)
    assert image.copy(390, 95, 10, 30) != blank.copy(390, 95, 10, 30)
    found = box_at(shown(empty, outside), IDENTITY, QPointF(52, 52))
    assert found is not None
    assert found.number == 0


def test_that_of_boxes_within_each_other_the_smallest_is_meant() -> None:
    boxes = shown(placed(0, Rect(0, 0, 300, 300)), placed(1, Rect(100, 100, 150, 150)))
    for point, number in (((120, 120), 1), ((20, 20), 0)):
        found = box_at(boxes, IDENTITY, QPointF(*point))
        assert found is not None
        assert found.number == number
    assert box_at(boxes, IDENTITY, QPointF(350, 20)) is None


def test_that_a_box_that_is_pointed_at_stands_out_from_the_others() -> None:
    boxes = placed(0, Rect(20, 100, 120, 200), "a"), placed(1, Rect(200, 100, 300, 200), "b")
    image = painted(*boxes, lit=1)
    assert image.pixelColor(250, 150).name() != "#ffffff"  # filled
    faded = image.pixelColor(20, 150)
    assert faded.name() != QColor(BOX_COLORS[0]).name()
    assert faded.lightness() > QColor(BOX_COLORS[0]).lightness()


def test_that_a_label_stays_on_the_picture() -> None:
    image = painted(placed(0, Rect(380, 0, 400, 20), "a long label " * 9))
    blank = painted(placed(0, Rect(380, 0, 400, 20), ""))
    assert image != blank  # and nothing was painted beyond, or the plate would be cut
    right = [image.pixelColor(x, 10).name() for x in range(200, 400)]
    assert right.count(BOX_COLORS[0]) > 20


def test_that_labels_keep_off_other_boxes() -> None:
    lines = [placed(n, Rect(20, 40 + 24 * n, 200, 60 + 24 * n), f"line {n}") for n in range(6)]
    image = painted(*lines)
    for number in range(6):  # the middle of every box is still white
        row = [image.pixelColor(x, 50 + 24 * number).name() for x in range(30, 190)]
        assert set(row) == {"#ffffff"}
    assert image.pixelColor(204, 75).name() == BOX_COLORS[1]  # its label went to the right


def test_that_very_many_boxes_are_drawn_without_labels() -> None:
    boxes = [placed(n, Rect(20, 20, 200, 200), "x" * 30) for n in range(61)]
    alone = painted(*boxes[:1])
    assert alone.pixelColor(22, 11).name() == BOX_COLORS[0]
    assert painted(*boxes).pixelColor(22, 11).name() == "#ffffff"
    lit = painted(*boxes, lit=7)
    assert lit.pixelColor(22, 11).name() == BOX_COLORS[0]


# --- taking them out ------------------------------------------------------------------------------


def test_that_an_exported_picture_has_all_pixels_and_the_boxes(desk: Desk) -> None:
    picture = desk.keep(3000, 2000)
    boxes = shown_boxes([placed(0, Rect(0, 500, 1500, 1500), "x")], (3000, 2000), Mapping())
    image = annotated(find_subject(picture, desk.store), boxes, 0)
    assert (image.width(), image.height()) == (3000, 2000)
    assert image.pixelColor(1500, 1200).name() == BOX_COLORS[0]
    assert image.pixelColor(2000, 400).name() == "#008000"


def test_that_an_exported_picture_is_turned_as_it_was_seen(desk: Desk) -> None:
    picture = desk.keep()
    boxes = shown(placed(0, Rect(0, 0, 100, 200)))
    image = annotated(find_subject(picture, desk.store), boxes, 1)
    assert (image.width(), image.height()) == (300, 400)
    assert image.pixelColor(100, 50).name() == BOX_COLORS[0]  # the bottom edge stands at the left


def test_that_a_picture_is_saved_as_its_suffix_says(desk: Desk, tmp_path: Path) -> None:
    subject = find_subject(desk.keep(), desk.store)
    for name, start in (("标注.png", b"\x89PNG"), ("b.JPG", b"\xff\xd8"), ("c", b"\x89PNG")):
        path = save_annotated(subject, (), 0, tmp_path / name)
        assert path.read_bytes().startswith(start)


def test_that_a_folder_that_takes_nothing_is_a_sentence(desk: Desk, tmp_path: Path) -> None:
    subject = find_subject(desk.keep(), desk.store)
    folder = tmp_path / "not there"
    with pytest.raises(StoreError) as caught:
        save_annotated(subject, (), 0, folder / "a.png")
    assert caught.value.code is ErrorCode.STORE_UNWRITABLE
    with pytest.raises(StoreError) as caught:
        save_text("x", folder / "a.json")
    assert caught.value.code is ErrorCode.STORE_UNWRITABLE


def test_that_the_json_is_in_pixels_of_the_original_and_marks_doubts(desk: Desk) -> None:
    picture = desk.keep()
    boxes = shown(
        placed(0, Rect(10.4, 20.6, 30, 40), "红"), placed(1, Rect(-9, 0, 9, 9), "", Doubt.OUTSIDE)
    )
    assert json.loads(boxes_json(picture, boxes)) == {
        "picture": "图 green 400.png",
        "page": 1,
        "width": 400,
        "height": 300,
        "boxes": [
            {"label": "红", "bbox": [10, 21, 30, 40]},
            {"label": "", "bbox": [0, 0, 9, 9], "doubtful": "outside"},
        ],
    }


def test_that_the_menu_copies_and_saves_what_is_shown(desk: Desk, tmp_path: Path) -> None:
    picture = desk.keep()
    menu = desk.viewer.menu
    assert not menu.copy_json.isEnabled()
    desk.show(picture)
    desk.viewer.show_sheet(desk.sheet(picture))
    menu.copy_json.trigger()
    copied = json.loads(QApplication.clipboard().text())
    assert copied["boxes"] == [{"label": "top right", "bbox": [200, 0, 400, 150]}]
    with desk.qtbot.waitSignal(menu.copied, timeout=WAIT_MS):
        menu.copy_picture.trigger()
    image = QApplication.clipboard().image()
    assert image.pixelColor(200, 100).name() == BOX_COLORS[0]
    with desk.qtbot.waitSignal(menu.saved, timeout=WAIT_MS):
        menu.save_picture_to(tmp_path / "a.png")
    assert QImage(str(tmp_path / "a.png")).pixelColor(200, 100).name() == BOX_COLORS[0]
    with desk.qtbot.waitSignal(menu.saved, timeout=WAIT_MS):
        menu.save_json_to(tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == copied


def test_that_a_refused_file_is_told(desk: Desk, tmp_path: Path) -> None:
    picture = desk.keep()
    desk.show(picture)
    desk.viewer.show_sheet(desk.sheet(picture))
    with desk.qtbot.waitSignal(desk.viewer.failed, timeout=WAIT_MS) as caught:
        desk.viewer.menu.save_json_to(tmp_path / "not there" / "a.json")
    assert caught.args is not None
    assert caught.args[0].code is ErrorCode.STORE_UNWRITABLE


def test_that_the_question_for_boxes_is_one_that_models_know() -> None:
    assert find_prompt(" red square ") == "Locate the red square, output its bbox in JSON."


# --- under an answer ------------------------------------------------------------------------------


@pytest.fixture
def preview(qtbot: QtBot, desk: Desk) -> BoxPreview:
    picture = desk.keep()
    boxes = [placed(0, Rect(200, 0, 400, 150), "corner")]
    path = desk.store.thumbnail_path(picture.sha256, picture.page)
    preview = BoxPreview(picture, boxes, ThumbnailCache(desk.viewer), path)
    qtbot.addWidget(preview)
    preview.resize(preview.size_in(600))
    preview.show()
    return preview


def test_that_the_small_picture_shows_its_boxes(qtbot: QtBot, preview: BoxPreview) -> None:
    assert (preview.width(), preview.height()) == (267, 200)
    qtbot.waitUntil(
        lambda: preview.grab().toImage().pixelColor(240, 50).name() == "#008000", timeout=WAIT_MS
    )
    assert preview.grab().toImage().pixelColor(133, 80).name() == BOX_COLORS[0]
    assert preview.accessibleName() == "Boxes on the picture: corner"


def test_that_the_small_picture_tells_which_box_is_pointed_at(
    qtbot: QtBot, preview: BoxPreview
) -> None:
    with qtbot.waitSignal(preview.box_hovered) as caught:
        move(preview, QPoint(200, 40))
    assert caught.args == [0]
    with qtbot.waitSignal(preview.box_hovered) as caught:
        move(preview, QPoint(20, 190))
    assert caught.args == [None]


def test_that_the_small_picture_opens_by_click_and_by_keyboard(
    qtbot: QtBot, preview: BoxPreview
) -> None:
    with qtbot.waitSignal(preview.activated):
        QTest.mouseClick(preview, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(preview.activated):
        QTest.keyClick(preview, Qt.Key.Key_Return)


def test_that_a_wide_picture_fits_a_narrow_column(preview: BoxPreview) -> None:
    assert preview.size_in(133).width() == 133
    assert preview.size_in(133).height() == 100
