"""What the tests of the viewer share: kept pictures, and a viewer that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.core.box_places import LookedAt, place_boxes
from desktop.core.model_spec import Coordinates
from desktop.core.types import PictureBudget, PictureLimits
from desktop.gui.answer_context import BoxSheet
from desktop.gui.viewer import Viewer
from desktop.intake.images import take_picture
from desktop.store.attachments import AttachmentStore
from tests.gui.asking import WAIT_MS

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from desktop.core.types import ImageAttachment
    from desktop.gui.viewer_canvas import ViewerCanvas

BOX_JSON = '{"bbox_2d": [500, 0, 1000, 500], "label": "top right"}'


class Desk:
    """A store and a viewer on it, 640 pixels wide."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.store = AttachmentStore(folder / "attachments")
        self.viewer = Viewer(self.store)
        self.viewer.canvas.glide_ms = 0
        qtbot.addWidget(self.viewer)
        self.viewer.resize(640, 600)
        self.viewer.show()

    @property
    def canvas(self) -> ViewerCanvas:
        return self.viewer.canvas

    def keep(self, width: int = 400, height: int = 300, color: str = "green") -> ImageAttachment:
        """A white picture whose top right quarter is of this colour."""
        picture = Image.new("RGB", (width, height), "white")
        box = (width // 2, 0, width, height // 2 - 1)
        ImageDraw.Draw(picture).rectangle(box, fill=color)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"图 {color} {width}.png"
        picture.save(path)
        return take_picture(path, self.store)

    def show(self, *pictures: ImageAttachment, index: int = 0) -> None:
        self.viewer.show_pictures(pictures, index)
        self.wait_for(pictures[index])

    def wait_for(self, picture: ImageAttachment) -> None:
        """Until the picture is painted from tiles."""
        viewer = self.viewer
        self.qtbot.waitUntil(
            lambda: (
                viewer.subject is not None
                and viewer.subject.picture == picture
                and viewer.picture.is_loaded
                and viewer.picture.kept_bytes > 0
                and not self.is_waiting_for_tiles()
            ),
            timeout=WAIT_MS,
        )

    def is_waiting_for_tiles(self) -> bool:
        self.canvas.repaint()
        return self.viewer.picture.is_busy

    def sheet(self, *pictures: ImageAttachment, text: str = BOX_JSON) -> BoxSheet:
        looked_at = LookedAt(
            pictures, PictureBudget.NORMAL, PictureLimits(), Coordinates.RELATIVE_1000
        )
        return BoxSheet(7, pictures, place_boxes(text, looked_at))

    def spot(self, x: float, y: float) -> QPoint:
        """Where a point of the picture is on the canvas."""
        return self.canvas.view.transform().map(QPointF(x, y)).toPoint()

    def drag(
        self,
        start: QPoint,
        end: QPoint,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(self.canvas, left, modifier, start)
        move(self.canvas, (start + end) / 2, left)
        move(self.canvas, end, left)
        QTest.mouseRelease(self.canvas, left, modifier, end)

    def color_at(self, x: float, y: float) -> tuple[int, int, int]:
        """What is painted where this point of the picture is."""
        image = self.canvas.grab().toImage()
        color = image.pixelColor(self.spot(x, y) * image.devicePixelRatio())
        return color.red(), color.green(), color.blue()


def move(widget: QWidget, point: QPoint, buttons: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """Move the pointer; QTest's own leaves the buttons out."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        widget.mapToGlobal(QPointF(point)),
        Qt.MouseButton.NoButton,
        buttons,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def press(
    desk: Desk, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """A key, with the keyboard on the picture."""
    QTest.keyClick(desk.canvas, key, modifier)
