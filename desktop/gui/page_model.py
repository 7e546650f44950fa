"""The pages of a document as rows of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Slot,
)
from typing_extensions import override

from desktop.gui.page_thumbnails import PageThumbnails

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from desktop.intake.documents import Document

_Index = QModelIndex | QPersistentModelIndex


class PageListModel(QAbstractListModel):
    """One row per page. A page's picture is drawn when it is first asked for."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = document.page_count
        self._thumbnails = PageThumbnails(document, self)
        self._thumbnails.loaded.connect(self._on_loaded)

    def set_thumbnail_size(self, size: QSize) -> None:
        """Room for a page, in device pixels."""
        self._thumbnails.set_size(size)

    def pixmap(self, row: int) -> QPixmap | None:
        """The page's picture, None until it is drawn or if it cannot be."""
        return self._thumbnails.pixmap(row)

    @property
    def drawn(self) -> tuple[int, ...]:
        """The pages whose pictures are there now."""
        return self._thumbnails.drawn

    def is_broken(self, row: int) -> bool:
        """Whether a page cannot be shown."""
        return self._thumbnails.is_broken(row)

    def cancel(self) -> None:
        """Draw nothing more."""
        self._thumbnails.cancel()

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature
        return 0 if parent.isValid() else self._count

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return str(index.row() + 1)
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return self.tr("Page {page}").format(page=index.row() + 1)
        return None

    @Slot(int)
    def _on_loaded(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index)
