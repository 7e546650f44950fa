"""The pictures beside a question, in rows; their order can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Signal, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop.core.sizing import target_size
from desktop.gui.chips import CHIP_HEIGHT_PX, Chip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent

    from desktop.core.types import PictureBudget, PictureLimits
    from desktop.gui.pending import PendingPicture
    from desktop.gui.thumbnails import ThumbnailCache

_GAP_PX = 8


class ChipStrip(QWidget):
    """All chips, in rows as wide as there is room; hidden while there is none."""

    remove_requested = Signal(object)  # key
    move_requested = Signal(object, int)  # key, place counted without it

    def __init__(
        self,
        thumbnails: ThumbnailCache,
        thumbnail_path: Callable[[str, int], Path],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._thumbnail_path = thumbnail_path
        self._chips: list[Chip] = []
        self.hide()

    @property
    def chips(self) -> tuple[Chip, ...]:
        """In the order in which they are shown."""
        return tuple(self._chips)

    def show_items(
        self, items: Sequence[PendingPicture], budget: PictureBudget, limits: PictureLimits
    ) -> None:
        """Show these; a chip whose picture stays keeps the focus."""
        known = {chip.key: chip for chip in self._chips}
        focused = next((i for i, chip in enumerate(self._chips) if chip.hasFocus()), None)
        self._chips = [
            known.pop(item.key) if item.key in known else self._make(item) for item in items
        ]
        for chip, item in zip(self._chips, items, strict=True):
            picture = item.attachment
            path = self._thumbnail_path(picture.sha256, picture.page) if picture else None
            seen = target_size(picture.width, picture.height, budget, limits) if picture else None
            chip.show_item(item, path, seen)
            chip.show()
        for chip in known.values():
            chip.hide()
            chip.deleteLater()
        for before, after in zip(self._chips, self._chips[1:], strict=False):
            QWidget.setTabOrder(before, after)
        if focused is not None and not any(chip.hasFocus() for chip in self._chips) and self._chips:
            self._chips[min(focused, len(self._chips) - 1)].setFocus()
        self.setVisible(bool(self._chips))
        self._arrange()

    def _make(self, item: PendingPicture) -> Chip:
        chip = Chip(self._thumbnails, item, self)
        chip.remove_requested.connect(self.remove_requested)
        chip.step_requested.connect(self._on_step)
        chip.drag_moved.connect(self._on_drag_moved)
        chip.drag_ended.connect(self._on_drag_ended)
        return chip

    def _index(self, key: int) -> int:
        return next((i for i, chip in enumerate(self._chips) if chip.key == key), -1)

    @Slot(object, int)
    def _on_step(self, key: int, step: int) -> None:
        place = self._index(key) + step
        if 0 <= place < len(self._chips):
            self.move_requested.emit(key, place)

    @Slot(object, object)
    def _on_drag_moved(self, key: int, position: QPoint) -> None:
        index = self._index(key)
        if index < 0:
            return
        chip = self._chips[index]
        chip.move(position)
        middle = chip.geometry().center()
        over = next((i for i, place in enumerate(self._places()) if place.contains(middle)), index)
        if over != index:
            self._chips.insert(over, self._chips.pop(index))
            self._arrange(held=chip)

    @Slot(object)
    def _on_drag_ended(self, key: int) -> None:
        self._arrange()
        self.move_requested.emit(key, self._index(key))

    def _places(self) -> list[QRect]:
        places = []
        x = y = 0
        for chip in self._chips:
            if x > 0 and x + chip.width() > self.width():
                x, y = 0, y + CHIP_HEIGHT_PX + _GAP_PX
            places.append(QRect(QPoint(x, y), chip.size()))
            x += chip.width() + _GAP_PX
        return places

    def _arrange(self, held: Chip | None = None) -> None:
        places = self._places()
        for chip, place in zip(self._chips, places, strict=True):
            if chip is not held:
                chip.move(place.topLeft())
        height = places[-1].bottom() + 1 if places else 0
        if self.height() != height:
            self.setFixedHeight(height)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
