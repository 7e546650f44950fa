"""The sheet that makes bad pictures better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from desktop.core import paths
from desktop.core.skew import straight_size
from desktop.core.types import ImageAttachment, PictureOrigin, Region
from desktop.gui.improve_sheet import ImproveSheet
from desktop.gui.improve_view import BeforeAfterView
from desktop.intake.images import take_picture
from desktop.intake.improve import Look, look_at
from desktop.store.attachments import AttachmentStore
from tests.intake.pages import printed, scene

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

WAIT_MS = 20_000


class Bench:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.store = AttachmentStore(paths.attachments_dir())

    def keep(self, page: Image.Image, name: str = "receipt.png") -> ImageAttachment:
        path = self.folder / name
        page.save(path)
        return take_picture(path, self.store)

    def sheet(self, picture: ImageAttachment, look: Look | None = None) -> ImproveSheet:
        sheet = ImproveSheet(7, picture, look, self.store)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.qtbot.addWidget(sheet)
        sheet.open()
        return sheet

    def drawn(self, sheet: ImproveSheet) -> None:
        """Wait until the preview shows what is chosen."""
        self.qtbot.waitUntil(
            lambda: sheet.changes.is_any and sheet.drawn == sheet.changes, timeout=WAIT_MS
        )

    def apply(self, sheet: ImproveSheet) -> tuple[int, ImageAttachment, bool]:
        with self.qtbot.waitSignal(sheet.applied, timeout=WAIT_MS) as caught:
            sheet.apply_button.click()
        arguments: Any = caught.args
        return arguments[0], arguments[1], arguments[2]


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


def dim_and_tilted() -> Image.Image:
    return printed(26, (700, 700), tilt=4).point(lambda value: int(value * 0.4))


def test_that_it_proposes_what_helps_and_shows_it(bench: Bench) -> None:
    sheet = bench.sheet(bench.keep(dim_and_tilted()))
    assert not sheet.apply_button.isEnabled()
    bench.drawn(sheet)
    assert sheet.light.isChecked()
    assert not sheet.sharpen.isChecked()
    assert sheet.changes.turn_degrees == pytest.approx(-4, abs=0.26)
    assert sheet.view.after.width() > 700
    assert sheet.apply_button.isEnabled()


def test_that_a_good_picture_is_left_as_it_is_until_something_is_chosen(bench: Bench) -> None:
    sheet = bench.sheet(bench.keep(scene()), Look())
    bench.qtbot.waitUntil(lambda: not sheet.view.after.isNull(), timeout=WAIT_MS)
    assert not sheet.changes.is_any
    assert not sheet.apply_button.isEnabled()
    sheet.contrast.setChecked(True)
    bench.drawn(sheet)
    assert sheet.apply_button.isEnabled()


def test_that_what_is_used_is_kept_with_its_origin(bench: Bench) -> None:
    picture = bench.keep(dim_and_tilted())
    sheet = bench.sheet(picture)
    bench.drawn(sheet)
    key, improved, is_new = bench.apply(sheet)
    assert (key, is_new) == (7, True)
    assert improved.origin == PictureOrigin(
        picture.sha256, 0, is_improved=True, skew_degrees=sheet.changes.turn_degrees
    )
    assert (improved.width, improved.height) == straight_size(700, 700, sheet.changes.turn_degrees)
    assert improved.source_name == "receipt.png"
    with Image.open(improved.path) as page:
        assert look_at(page.convert("RGB")).faults == ()
    assert bench.store.find(picture.sha256, 0) is not None
    assert not sheet.isVisible()


def test_that_the_same_change_twice_is_not_new(bench: Bench) -> None:
    picture = bench.keep(scene())
    outcomes = []
    for _ in range(2):
        sheet = bench.sheet(picture, Look())
        bench.qtbot.waitUntil(lambda: not sheet.view.after.isNull(), timeout=WAIT_MS)  # noqa: B023
        sheet.sharpen.setChecked(True)
        outcomes.append(bench.apply(sheet))
    assert outcomes[0][1] == outcomes[1][1]
    assert [is_new for _, _, is_new in outcomes] == [True, False]


def test_that_a_region_stays_a_region_of_its_original(bench: Bench) -> None:
    kept = bench.keep(scene())
    region = Region(10, 20, 810, 620)
    crop = ImageAttachment(
        *(kept.sha256, kept.media_type, kept.width, kept.height, 0, kept.path, "crop.png"),
        text="what it says",
        origin=PictureOrigin("f" * 64, 3, region, quarter_turns=1),
    )
    sheet = bench.sheet(crop, Look())
    bench.qtbot.waitUntil(lambda: not sheet.view.after.isNull(), timeout=WAIT_MS)
    sheet.balance.setChecked(True)
    _, improved, _ = bench.apply(sheet)
    assert improved.origin == PictureOrigin("f" * 64, 3, region, 1, is_improved=True)
    assert improved.text == "what it says"


def test_that_a_page_keeps_its_number_in_its_name(bench: Bench) -> None:
    kept = bench.keep(scene())
    page = ImageAttachment(
        *(kept.sha256, kept.media_type, kept.width, kept.height, 2, kept.path, "report.pdf"),
        page_count=9,
    )
    sheet = bench.sheet(page, Look())
    bench.qtbot.waitUntil(lambda: not sheet.view.after.isNull(), timeout=WAIT_MS)
    sheet.sharpen.setChecked(True)
    assert bench.apply(sheet)[1].source_name == "report.pdf · p. 3"


def test_that_cancelling_changes_nothing(bench: Bench) -> None:
    sheet = bench.sheet(bench.keep(dim_and_tilted()))
    bench.drawn(sheet)
    with bench.qtbot.assertNotEmitted(sheet.applied):
        sheet.cancel_button.click()
    assert not sheet.isVisible()


def test_that_a_picture_that_is_gone_is_said_and_cannot_be_used(bench: Bench) -> None:
    picture = bench.keep(scene())
    picture.path.unlink()
    sheet = bench.sheet(picture)
    bench.qtbot.waitUntil(lambda: "no longer on the disk" in sheet.problem, timeout=WAIT_MS)
    assert not sheet.apply_button.isEnabled()


# --- before and after -----------------------------------------------------------------------------


def filled(color: str) -> QImage:
    image = QImage(200, 100, QImage.Format.Format_RGB888)
    image.fill(QColor(color))
    return image


@pytest.fixture
def view(qtbot: QtBot) -> BeforeAfterView:
    view = BeforeAfterView()
    qtbot.addWidget(view)
    view.resize(416, 216)
    view.show_before(filled("#ff0000"))
    view.show_after(filled("#0000ff"))
    view.show()
    return view


def colors_in(view: BeforeAfterView) -> tuple[str, str]:
    """At a quarter and at three quarters of the picture, away from line and labels."""
    image = view.grab().toImage()
    y = round(180 * image.devicePixelRatio())
    return (
        image.pixelColor(image.width() // 4, y).name(),
        image.pixelColor(image.width() * 3 // 4, y).name(),
    )


def test_that_the_old_picture_is_left_of_the_line_and_the_new_one_right(
    view: BeforeAfterView,
) -> None:
    assert colors_in(view) == ("#ff0000", "#0000ff")
    view.set_fraction(0.0)
    assert colors_in(view) == ("#0000ff", "#0000ff")
    view.set_fraction(1.0)
    assert colors_in(view) == ("#ff0000", "#ff0000")


def test_that_the_line_follows_the_pointer(view: BeforeAfterView) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(8 + 100, 100))
    assert view.fraction == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(
    ("key", "fraction"),
    [
        (Qt.Key.Key_Left, 0.48),
        (Qt.Key.Key_Right, 0.52),
        (Qt.Key.Key_Home, 0.0),
        (Qt.Key.Key_End, 1.0),
    ],
)
def test_that_the_line_moves_by_keyboard(
    view: BeforeAfterView, key: Qt.Key, fraction: float
) -> None:
    QTest.keyClick(view, key)
    assert view.fraction == pytest.approx(fraction)
