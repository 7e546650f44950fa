"""How one page of the strip is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from desktop.gui.icons import icon
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QListView

    from desktop.gui.page_model import PageListModel

PAGE_PX = QSize(84, 96)  # the most room that a page has
_MARGIN_PX = 6
_NUMBER_PX = 18
_TICK_PX = 16
_A4 = 297 / 210


class PageDelegate(QStyledItemDelegate):
    """A page on white, its number under it; a chosen one has a ring and a tick."""

    SIZE = QSize(PAGE_PX.width() + 2 * _MARGIN_PX, PAGE_PX.height() + 2 * _MARGIN_PX + _NUMBER_PX)

    def __init__(self, pages: PageListModel, view: QListView) -> None:
        super().__init__(view)
        self._pages = pages

    def tick_at(self, rect: QRect, row: int) -> QRect:
        """Where the tick of a page is that is drawn in `rect`; a click there toggles the page."""
        tick = _tick_of(self._place(rect, self._pages.pixmap(row)))
        return tick.adjusted(-3, -3, 3, 3).toRect()

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return self.SIZE

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row = index.row()
        rect: QRect = option.rect
        state = option.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_under_pointer = bool(state & QStyle.StateFlag.State_MouseOver)
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        pixmap = self._pages.pixmap(row)
        page = self._place(rect, pixmap)
        colors = theme().colors
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        if pixmap is None:
            painter.setBrush(QColor(colors.hover))
            painter.drawRoundedRect(page, 3, 3)
            if self._pages.is_broken(row):
                corner = page.center() - QPointF(8, 8)
                icon("image-off", "secondary").paint(
                    painter, QRectF(corner, QSize(16, 16)).toRect()
                )
        else:
            if not is_chosen:
                painter.setOpacity(1.0 if is_under_pointer else 0.72)
            painter.drawPixmap(page, pixmap, QRectF(pixmap.rect()))
            painter.setOpacity(1.0)
        self._outline(painter, page, is_chosen=is_chosen, is_near=is_under_pointer)
        number = QRectF(rect.left(), rect.bottom() - _NUMBER_PX - 2, rect.width(), _NUMBER_PX)
        font = painter.font()
        font.setPixelSize(12)
        font.setUnderline(has_focus)
        painter.setFont(font)
        painter.setPen(QColor(colors.text if is_chosen else colors.secondary))
        painter.drawText(number, int(Qt.AlignmentFlag.AlignCenter), str(row + 1))
        painter.restore()

    @staticmethod
    def _place(rect: QRect, pixmap: QPixmap | None) -> QRectF:
        """In the middle of the room; an A4 page until the real one is there."""
        room = QRectF(rect).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX - _NUMBER_PX)
        shape = 1 / _A4
        if pixmap is not None and not pixmap.isNull():
            shape = pixmap.width() / pixmap.height()
        width = min(room.width(), room.height() * shape)
        page = QRectF(0, 0, max(4.0, width), max(4.0, width / shape))
        page.moveCenter(room.center())
        return page

    @staticmethod
    def _outline(painter: QPainter, page: QRectF, *, is_chosen: bool, is_near: bool) -> None:
        colors = theme().colors
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if not is_chosen:
            painter.setPen(QPen(QColor(colors.secondary if is_near else colors.line), 1))
            painter.drawRoundedRect(page.adjusted(-0.5, -0.5, 0.5, 0.5), 2, 2)
            if is_near:
                painter.setPen(QPen(QColor(colors.secondary), 1.5))
                painter.setBrush(QColor(colors.surface))
                painter.drawEllipse(_tick_of(page).adjusted(1, 1, -1, -1))
            return
        painter.setPen(QPen(QColor(colors.accent), 2))
        painter.drawRoundedRect(page.adjusted(-2, -2, 2, 2), 4, 4)
        tick = _tick_of(page)
        painter.setPen(QPen(QColor(colors.canvas), 1.5))
        painter.setBrush(QColor(colors.accent))
        painter.drawEllipse(tick)
        icon("check", "on_accent").paint(painter, tick.adjusted(3, 3, -3, -3).toRect())


def _tick_of(page: QRectF) -> QRectF:
    tick = QRectF(0, 0, _TICK_PX, _TICK_PX)
    tick.moveCenter(page.topRight() + QPointF(-4, 4))
    return tick
