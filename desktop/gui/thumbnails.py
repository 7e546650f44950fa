"""Small pictures, loaded off the main thread and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QImageReader,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QTransform,
)
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop.core.errors import ErrorCode, ImageError
from desktop.gui.icons import icon
from desktop.gui.jobs import run_job
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.errors import GroundglassError

_KEPT = 300


class ThumbnailCache(QObject):
    """Pixmaps by path and size; the least recently used ones go first."""

    loaded = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pixmaps: OrderedDict[tuple[Path, int], QPixmap] = OrderedDict()
        self._loading: set[tuple[Path, int]] = set()
        self._broken: set[Path] = set()

    def pixmap(self, path: Path, max_px: int) -> QPixmap | None:
        """The picture with a long side of at most `max_px` device pixels, if it is there.

        None: it is being loaded, `loaded` follows with the path; or it cannot be, see `is_broken`.
        """
        key = (path, max_px)
        found = self._pixmaps.get(key)
        if found is not None:
            self._pixmaps.move_to_end(key)
        elif key not in self._loading and path not in self._broken:
            self._load(key)
        return found

    def is_broken(self, path: Path) -> bool:
        """Whether loading this file was tried and failed."""
        return path in self._broken

    def forget(self, path: Path) -> None:
        """Read the file anew when it is asked for again."""
        self._broken.discard(path)
        for key in [key for key in self._pixmaps if key[0] == path]:
            del self._pixmaps[key]

    def _load(self, key: tuple[Path, int]) -> None:
        self._loading.add(key)

        def keep(image: QImage) -> None:
            self._loading.discard(key)
            self._pixmaps[key] = QPixmap.fromImage(image)
            while len(self._pixmaps) > _KEPT:
                self._pixmaps.popitem(last=False)
            self.loaded.emit(str(key[0]))

        def give_up(_error: GroundglassError) -> None:
            self._loading.discard(key)
            self._broken.add(key[0])
            self.loaded.emit(str(key[0]))

        run_job(lambda: _read(*key), keep, give_up, owner=self)


def _read(path: Path, max_px: int) -> QImage:
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > max_px:
        size.scale(max_px, max_px, Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(size.expandedTo(QSize(1, 1)))
    image = reader.read()
    if image.isNull():
        raise ImageError("The picture could not be shown.", ErrorCode.PICTURE_MISSING)
    return image


class ThumbnailLabel(QWidget):
    """A picture with rounded corners that fills the widget, cropped where the shapes differ.

    The widget's owner sets its size. With `is_clickable` it takes the keyboard focus, and
    `activated` follows a click, Enter or Space. A file that cannot be read is shown as a calm
    placeholder.
    """

    activated = Signal()

    def __init__(
        self,
        cache: ThumbnailCache,
        path: Path | None = None,
        *,
        radius: int = 8,
        is_clickable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._cache = cache
        self._path = path
        self._radius = radius
        self._is_clickable = is_clickable
        if is_clickable:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        cache.loaded.connect(self._repaint_if_mine)
        theme().changed.connect(self.update)

    @property
    def path(self) -> Path | None:
        """The file that is shown."""
        return self._path

    def set_path(self, path: Path | None) -> None:
        """Show another file."""
        self._path = path
        self.update()

    @Slot(str)
    def _repaint_if_mine(self, path: str) -> None:
        if self._path is not None and str(self._path) == path:
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        scale = self.devicePixelRatioF()
        pixmap = None
        if self._path is not None:
            # In steps, so that widgets of similar size share one entry.
            longest = max(self.width(), self.height()) * scale
            pixmap = self._cache.pixmap(self._path, next((s for s in _STEPS if s >= longest), 1024))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if pixmap is None:
            self._paint_placeholder(painter, frame)
        else:
            painter.setBrush(_covering(pixmap, frame))
            painter.drawRoundedRect(frame, self._radius, self._radius)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme().colors.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), self._radius, self._radius)
        painter.end()

    def _paint_placeholder(self, painter: QPainter, frame: QRectF) -> None:
        painter.setBrush(QColor(theme().colors.hover))
        painter.drawRoundedRect(frame, self._radius, self._radius)
        if self._path is not None and self._cache.is_broken(self._path):
            side = 20 if min(self.width(), self.height()) >= 40 else 16
            corner = frame.center() - QPointF(side / 2, side / 2)
            icon("image-off", "secondary").paint(
                painter, QRectF(corner, QSize(side, side)).toRect()
            )

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_inside = self.rect().contains(event.position().toPoint())
        if self._is_clickable and event.button() == Qt.MouseButton.LeftButton and is_inside:
            self.activated.emit()
        else:
            super().mouseReleaseEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._is_clickable:
            super().mousePressEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if self._is_clickable and event.key() in keys:
            self.activated.emit()
        else:
            super().keyPressEvent(event)


_STEPS = (64, 128, 256, 512, 1024)


def _covering(pixmap: QPixmap, frame: QRectF) -> QBrush:
    """A brush that fills the frame with the picture's middle, keeping its aspect ratio."""
    brush = QBrush(pixmap)
    width, height = pixmap.width(), pixmap.height()
    factor = max(frame.width() / width, frame.height() / height)
    transform = QTransform()
    transform.translate(
        frame.x() + (frame.width() - width * factor) / 2,
        frame.y() + (frame.height() - height * factor) / 2,
    )
    transform.scale(factor, factor)
    brush.setTransform(transform)
    return brush
