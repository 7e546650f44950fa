"""Small pictures of a document's pages, drawn when they come into sight."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage, QPixmap

from desktop.gui.jobs import run_job

if TYPE_CHECKING:
    from desktop.core.errors import GroundglassError
    from desktop.intake.documents import Document

_KEPT = 200
_MOST_WAITING = 40  # what was scrolled past long ago is not drawn any more


class PageThumbnails(QObject):
    """Pixmaps by page. One is drawn at a time, the one asked for last first."""

    loaded = Signal(int)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._size = QSize()
        self._pixmaps: OrderedDict[int, QPixmap] = OrderedDict()
        self._waiting: list[int] = []
        self._drawing: int | None = None
        self._broken: set[int] = set()

    def set_size(self, size: QSize) -> None:
        """The room for a page, in device pixels. Pages that were drawn smaller are drawn anew."""
        if size != self._size:
            self._size = size
            self._pixmaps.clear()

    def pixmap(self, page: int) -> QPixmap | None:
        """The page, if it is there; else `loaded` follows, unless it `is_broken`."""
        found = self._pixmaps.get(page)
        if found is not None:
            self._pixmaps.move_to_end(page)
        elif page != self._drawing and page not in self._broken:
            if page in self._waiting:
                self._waiting.remove(page)
            self._waiting.append(page)
            del self._waiting[:-_MOST_WAITING]
            self._draw_next()
        return found

    @property
    def drawn(self) -> tuple[int, ...]:
        """The pages that are there now."""
        return tuple(self._pixmaps)

    def is_broken(self, page: int) -> bool:
        """Whether drawing it was tried and failed."""
        return page in self._broken

    def cancel(self) -> None:
        """Draw nothing more of what waits."""
        self._waiting.clear()

    def _draw_next(self) -> None:
        if self._drawing is not None or not self._waiting or self._size.isEmpty():
            return
        page = self._drawing = self._waiting.pop()
        run_job(
            partial(_drawn, self._document, page, QSize(self._size)),
            partial(self._keep, page),
            partial(self._give_up, page),
            owner=self,
        )

    def _keep(self, page: int, image: QImage) -> None:
        self._drawing = None
        self._pixmaps[page] = QPixmap.fromImage(image)
        while len(self._pixmaps) > _KEPT:
            self._pixmaps.popitem(last=False)
        self.loaded.emit(page)
        self._draw_next()

    def _give_up(self, page: int, _error: GroundglassError) -> None:
        self._drawing = None
        self._broken.add(page)
        self.loaded.emit(page)
        self._draw_next()


def _drawn(document: Document, page: int, room: QSize) -> QImage:
    """On a pool thread: as large as the room allows."""
    width, height = document.page_size(page)
    scale = min(room.width() / width, room.height() / height, 1.0)
    most = max(1, round(width * scale)) * max(1, round(height * scale))
    picture = document.render(page, most_pixels=max(64, most))
    image = QImage(
        picture.tobytes(),
        picture.width,
        picture.height,
        3 * picture.width,
        QImage.Format.Format_RGB888,
    )
    return image.copy()  # the bytes belong to this function
