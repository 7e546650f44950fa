"""The pages of a document in a row: look, and choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget
from typing_extensions import override

from desktop.gui.page_delegate import PAGE_PX, PageDelegate
from desktop.gui.page_model import PageListModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QShowEvent, QWheelEvent

    from desktop.intake.documents import Document

_BAR_PX = 10


class PageStrip(QListView):
    """A row of pages. Click, Shift and Ctrl choose as in any list; Enter opens a page.

    A click on a page's tick toggles that page alone.

    `chosen` follows what a person chooses; `show_chosen` does not cause it.
    """

    chosen = Signal(object)  # tuple of zero-based pages, sorted
    page_activated = Signal(int)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageStrip")
        self.setAccessibleName(self.tr("Pages"))
        self._pages = PageListModel(document, self)
        self.setModel(self._pages)
        self._delegate = PageDelegate(self._pages, self)
        self.setItemDelegate(self._delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setSpacing(0)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setFixedHeight(PageDelegate.SIZE.height() + _BAR_PX + 2)
        self.activated.connect(self._on_activated)
        self._is_told = False
        self.selectionModel().selectionChanged.connect(self._on_selection)

    @property
    def pages(self) -> PageListModel:
        """What is shown."""
        return self._pages

    def show_chosen(self, pages: Iterable[int]) -> None:
        """Mark exactly these."""
        wanted = tuple(pages)
        if wanted == self._marked():
            return
        selection = QItemSelection()
        for first, last in _runs(wanted):
            selection.select(self._pages.index(first), self._pages.index(last))
        self._is_told = True
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._is_told = False

    def reveal(self, page: int) -> None:
        """Scroll to a page."""
        self.scrollTo(self._pages.index(page))

    def _marked(self) -> tuple[int, ...]:
        return tuple(sorted(index.row() for index in self.selectionModel().selectedIndexes()))

    @Slot()
    def _on_selection(self) -> None:
        if not self._is_told:
            self.chosen.emit(self._marked())

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.page_activated.emit(index.row())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pages.set_thumbnail_size(PAGE_PX * self.devicePixelRatioF())

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pages.cancel()  # nobody sees them now

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        index = self.indexAt(place)
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if is_plain and index.isValid():
            tick = self._delegate.tick_at(self.visualRect(index), index.row())
            if tick.contains(place):
                toggle = QItemSelectionModel.SelectionFlag.Toggle
                self.selectionModel().setCurrentIndex(index, toggle)
                return
        super().mousePressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        # A wheel that turns one way only moves the strip along its only way.
        step = event.angleDelta()
        bar = self.horizontalScrollBar()
        if step.x() == 0 and step.y() != 0 and bar.maximum() > 0:
            bar.setValue(bar.value() - step.y())
            event.accept()
        else:
            super().wheelEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            event.ignore()  # there is one row: these keys are for others
        else:
            super().keyPressEvent(event)


def _runs(pages: tuple[int, ...]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], page)
        else:
            runs.append((page, page))
    return runs
