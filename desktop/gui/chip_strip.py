"""The pictures beside a question, in rows; their order can be changed. Below: what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop.core.cost import cost_of
from desktop.gui.chips import CHIP_HEIGHT_PX, Chip
from desktop.gui.pending import PendingState
from desktop.gui.preflight import Preflight, Seeing
from desktop.gui.preflight_line import PreflightLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent

    from desktop.core.types import ImageAttachment, PictureBudget, PictureLimits
    from desktop.gui.pending import PendingPicture
    from desktop.gui.thumbnails import ThumbnailCache

_GAP_PX = 8
_MOST_PAGES = 8  # looked at for small print; a document is mostly set alike from page to page
_MOST_AT_ONCE = 3  # new chips in one turn of the event loop, which each holds for 2 ms


class ChipStrip(QWidget):
    """All chips, in rows as wide as there is room; hidden while there is none."""

    activated = Signal(object)  # key: a person wants to see it large
    region_requested = Signal(object)  # key: or only a part of it
    page_region_requested = Signal(object)  # ImageAttachment: of a document's page
    improve_requested = Signal(object)  # key
    restore_requested = Signal(object)  # key: the original in place of the improved one
    budget_requested = Signal(object)  # PictureBudget, for this question
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
        self._items: tuple[PendingPicture, ...] = ()
        self._pages: tuple[ImageAttachment, ...] = ()
        self._seeing = Seeing()
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(self._set_out)
        self.preflight = Preflight(self)
        self.preflight.changed.connect(self._refresh)
        self.line = PreflightLine(self)
        self.line.hide()
        self.line.budget_requested.connect(self.budget_requested)
        self.line.region_requested.connect(self.region_requested)
        self.line.page_region_requested.connect(self.page_region_requested)
        self.line.improve_requested.connect(self.improve_requested)
        self.hide()

    @property
    def chips(self) -> tuple[Chip, ...]:
        """In the order in which they are shown."""
        return tuple(self._chips)

    def item(self, key: int) -> PendingPicture | None:
        """What the chip with this key shows."""
        return next((item for item in self._items if item.key == key), None)

    def set_model(self, speed_key: str, context_length: int | None) -> None:
        """Tell costs for this model; an empty key for none, None for a context not known."""
        seeing = replace(self._seeing, speed_key=speed_key, context_length=context_length)
        if seeing != self._seeing:
            self._seeing = seeing
            self._refresh()

    def show_items(
        self,
        items: Sequence[PendingPicture],
        budget: PictureBudget,
        limits: PictureLimits,
    ) -> None:
        """Show these; a chip whose picture stays keeps the focus.

        Of many new ones some follow in the next turns of the event loop.
        """
        self._items = tuple(items)
        self._seeing = replace(self._seeing, budget=budget, limits=limits)
        self._set_out()
        self._look()

    def set_pages(self, pages: Sequence[ImageAttachment]) -> None:
        """Warn of small print on these pages of documents as well; of many, on the first ones."""
        wanted = tuple(pages[:_MOST_PAGES])
        if wanted != self._pages:
            self._pages = wanted
            self._refresh()
            self._look()

    def _look(self) -> None:
        # While others still come in, the disk and the processor are theirs.
        if not any(item.state is PendingState.IMPORTING for item in self._items):
            pictures = [item.attachment for item in self._items if item.attachment is not None]
            self.preflight.want([*pictures, *self._pages])

    @Slot()
    def _set_out(self) -> None:
        """Bring the chips in line with the items."""
        known = {chip.key: chip for chip in self._chips}
        focused = next((i for i, chip in enumerate(self._chips) if chip.hasFocus()), None)
        fresh = [item for item in self._items if item.key not in known]
        known |= {item.key: self._make(item) for item in fresh[:_MOST_AT_ONCE]}
        self._chips = [known.pop(item.key) for item in self._items if item.key in known]
        self._fill()
        for chip in known.values():
            chip.hide()
            chip.deleteLater()
        for before, after in zip(self._chips, self._chips[1:], strict=False):
            QWidget.setTabOrder(before, after)
        if focused is not None and not any(chip.hasFocus() for chip in self._chips) and self._chips:
            self._chips[min(focused, len(self._chips) - 1)].setFocus()
        self._arrange()
        if len(fresh) > _MOST_AT_ONCE:
            self._more.start()

    @Slot()
    def _refresh(self) -> None:
        self._fill()
        self._arrange()

    def _fill(self) -> None:
        chips = {chip.key: chip for chip in self._chips}
        for item in self._items:
            chip, picture = chips.get(item.key), item.attachment
            if chip is None:
                continue
            path = self._thumbnail_path(picture.sha256, picture.page) if picture else None
            check = self.preflight.check(picture, self._seeing) if picture else None
            chip.show_item(item, path, check, self._seeing)
            chip.show()
        pictures = [item.attachment for item in self._items if item.attachment is not None]
        seeing = self._seeing
        tokens = sum(
            cost_of(picture.width, picture.height, seeing.budget, seeing.limits).tokens
            for picture in pictures
        )
        advice = self.preflight.advice(self._items, seeing)
        if advice is None:
            advice = self.preflight.page_advice(self._pages, seeing)
        self.line.tell(advice, len(pictures), tokens, seeing)

    def _make(self, item: PendingPicture) -> Chip:
        chip = Chip(self._thumbnails, item, self)
        chip.activated.connect(self.activated)
        chip.region_requested.connect(self.region_requested)
        chip.improve_requested.connect(self.improve_requested)
        chip.restore_requested.connect(self.restore_requested)
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
        line = self.line.height_for(self.width())
        if line:
            top = height + _GAP_PX if height else 0
            self.line.setGeometry(0, top, self.width(), line)
            height = top + line
        self.setVisible(height > 0)
        if self.height() != height:
            self.setFixedHeight(height)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
