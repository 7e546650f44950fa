"""What stands under the words of an answer that is over: its boxes, and the way out for tables."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.gui import box_preview, table_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.core.tables import Table
    from desktop.gui.answer_context import BoxSheet, Surroundings
    from desktop.gui.box_preview import BoxPreview
    from desktop.gui.table_bar import TableBar

_GAP_PX = 8
_MOST_PREVIEWS = 4


class AnswerExtras(QWidget):
    """Made when there is something to show; it lays itself out for a width."""

    picture_activated = Signal(int)  # index of a picture of the sheet
    box_hovered = Signal(object)  # number of a box, None
    failed = Signal(object)  # GroundglassError

    def __init__(
        self,
        sheet: BoxSheet | None,
        tables: Sequence[Table],
        surroundings: Surroundings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.previews: list[BoxPreview] = []
        if sheet is not None:
            shown = list(dict.fromkeys(box.picture for box in sheet.boxes))
            for index in shown[:_MOST_PREVIEWS]:
                self.previews.append(self._preview(index, sheet, surroundings))
        self.table_bar: TableBar | None = None
        if tables:
            self.table_bar = table_bar.TableBar(tables, self)
            self.table_bar.failed.connect(self.failed)

    def _preview(self, index: int, sheet: BoxSheet, surroundings: Surroundings) -> BoxPreview:
        picture = sheet.pictures[index]
        boxes = [box for box in sheet.boxes if box.picture == index]
        path = surroundings.thumbnail_path(picture.sha256, picture.page)
        preview = box_preview.BoxPreview(picture, boxes, surroundings.thumbnails, path, self)
        preview.activated.connect(partial(self.picture_activated.emit, index))
        preview.box_hovered.connect(self.box_hovered)
        return preview

    def light_box(self, number: int | None) -> None:
        """Let a box stand out wherever it is drawn."""
        for preview in self.previews:
            preview.light_box(number)

    def arrange(self, width: int) -> int:
        """Lay out at this width; the height it then takes."""
        x = y = row = 0
        for preview in self.previews:
            size = preview.size_in(width)
            if x and x + size.width() > width:
                x, y, row = 0, y + row + _GAP_PX, 0
            preview.setGeometry(x, y, size.width(), size.height())
            x, row = x + size.width() + _GAP_PX, max(row, size.height())
        y += row
        if self.table_bar is not None:
            y += _GAP_PX if y else 0
            height = self.table_bar.sizeHint().height()
            self.table_bar.setGeometry(0, y, width, height)
            y += height
        return y

    def focus_chain(self) -> list[QWidget]:
        """What takes the keyboard focus, in reading order."""
        bar = [] if self.table_bar is None else self.table_bar.focus_chain()
        return [*self.previews, *bar]
