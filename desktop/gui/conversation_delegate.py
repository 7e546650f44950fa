"""Draws one conversation in the sidebar: the day above it, its picture, its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QTransform,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from desktop.gui.conversation_list import ConversationRole
from desktop.gui.icons import icon
from desktop.gui.theme import SMALL_PX, theme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import QObject

    from desktop.gui.conversation_list import Index
    from desktop.gui.thumbnails import ThumbnailCache

_ROW_PX = 40
_SECTION_PX = 32
_MARGIN_PX = 8
_PICTURE_PX = 28
_MENU_PX = 24


class ConversationDelegate(QStyledItemDelegate):
    """Holds nothing but where pictures come from; rows are `_ROW_PX` high, plus the day's line."""

    menu_requested = Signal(object, object)  # the index and the global position

    def __init__(
        self,
        thumbnails: ThumbnailCache,
        thumbnail_path: Callable[[str, int], Path],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._thumbnail_path = thumbnail_path

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(option.rect.width(), _ROW_PX + _section_height(index))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if index.data(ConversationRole.STARTS_SECTION):
            self._paint_section(painter, option, index)
        row = _row_rect(option.rect, index)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        self._paint_ground(painter, option, row, is_hovered=is_hovered)
        self._paint_picture(painter, _picture_rect(row), index)
        title = _title_rect(row)
        if is_hovered:
            title.setRight(_menu_rect(row).left() - 4)
            icon("ellipsis", "secondary").paint(painter, _menu_rect(row).adjusted(4, 4, -4, -4))
        painter.setFont(option.font)
        painter.setPen(QColor(theme().colors.text))
        text = QFontMetrics(option.font).elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, title.width()
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(title, int(flags), text)
        painter.restore()

    @override
    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonRelease:
            place = _menu_rect(_row_rect(option.rect, index))
            if (
                event.button() is Qt.MouseButton.LeftButton
                and place.contains(event.position().toPoint())
                and option.widget is not None
            ):
                below = option.widget.mapToGlobal(place.bottomLeft() + QPoint(0, 4))
                self.menu_requested.emit(index, below)
                return True
        return super().editorEvent(event, model, option, index)

    def is_on_menu(self, position: QPoint, item_rect: QRect, index: Index) -> bool:
        """Whether a point of the viewport is on a row's menu button."""
        return _menu_rect(_row_rect(item_rect, index)).contains(position)

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setObjectName("renameEdit")
        editor.setMaxLength(200)
        editor.setAccessibleName(self.tr("Title of the chat"))
        return editor

    @override
    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        row = _row_rect(option.rect, index)
        editor.setGeometry(row.adjusted(_MARGIN_PX, 2, -_MARGIN_PX, -2))

    @override
    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        # A tool tip only where the title does not fit.
        width = QFontMetrics(option.font).horizontalAdvance(str(index.data()))
        if width <= _title_rect(_row_rect(option.rect, index)).width():
            return False
        return super().helpEvent(event, view, option, index)

    @staticmethod
    def _paint_section(painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        font = QFont(option.font)
        font.setPixelSize(SMALL_PX)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme().colors.secondary))
        place = QRect(option.rect.topLeft(), QSize(option.rect.width(), _SECTION_PX))
        place.adjust(_MARGIN_PX * 2, 0, -_MARGIN_PX, -4)
        painter.drawText(
            place,
            int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft),
            str(index.data(ConversationRole.SECTION)),
        )

    @staticmethod
    def _paint_ground(
        painter: QPainter, option: QStyleOptionViewItem, row: QRect, *, is_hovered: bool
    ) -> None:
        colors = theme().colors
        ground = QRectF(row.adjusted(_MARGIN_PX, 1, -_MARGIN_PX, -1))
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected or is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.line if is_selected else colors.hover))
            painter.drawRoundedRect(ground, 8, 8)
        if option.state & QStyle.StateFlag.State_HasFocus and _is_keyboard_focus(option):
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), 7, 7)

    def _paint_picture(self, painter: QPainter, place: QRect, index: Index) -> None:
        found: tuple[str, int] | None = index.data(ConversationRole.THUMBNAIL)
        pixmap = None
        if found is not None:
            pixmap = self._thumbnails.pixmap(self._thumbnail_path(*found), 128)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(place), 6, 6)
        if pixmap is None:
            painter.fillPath(frame, QColor(theme().colors.hover))
            icon("message-square" if found is None else "image", "secondary").paint(
                painter, place.adjusted(6, 6, -6, -6)
            )
        else:
            painter.fillPath(frame, _covering(pixmap, place))


def _is_keyboard_focus(option: QStyleOptionViewItem) -> bool:
    return bool(option.state & QStyle.StateFlag.State_KeyboardFocusChange)


def _section_height(index: Index) -> int:
    return _SECTION_PX if index.data(ConversationRole.STARTS_SECTION) else 0


def _row_rect(item: QRect, index: Index) -> QRect:
    return item.adjusted(0, _section_height(index), 0, 0)


def _picture_rect(row: QRect) -> QRect:
    top = row.top() + (row.height() - _PICTURE_PX) // 2
    return QRect(row.left() + _MARGIN_PX * 2 - 2, top, _PICTURE_PX, _PICTURE_PX)


def _title_rect(row: QRect) -> QRect:
    left = _picture_rect(row).right() + 10
    return QRect(left, row.top(), row.right() - _MARGIN_PX * 2 - left, row.height())


def _menu_rect(row: QRect) -> QRect:
    top = row.top() + (row.height() - _MENU_PX) // 2
    return QRect(row.right() - _MARGIN_PX - _MENU_PX - 4, top, _MENU_PX, _MENU_PX)


def _covering(pixmap: QPixmap, place: QRect) -> QBrush:
    """The middle of the picture, filling the place."""
    factor = max(place.width() / pixmap.width(), place.height() / pixmap.height())
    transform = QTransform()
    transform.translate(
        place.center().x() + 0.5 - pixmap.width() * factor / 2,
        place.center().y() + 0.5 - pixmap.height() * factor / 2,
    )
    transform.scale(factor, factor)
    brush = QBrush(pixmap)
    brush.setTransform(transform)
    return brush
