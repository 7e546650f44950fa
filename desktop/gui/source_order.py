"""Where models are downloaded from, as a list that can be put in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.gui.icons import icon
from desktop.gui.theme import theme
from desktop.store.settings import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROW_PX = 32
_SOURCE = int(Qt.ItemDataRole.UserRole)


class SourceOrder(QWidget):
    """Ticked sources are used, from top to bottom; rows move by dragging or with the buttons."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setObjectName("sourceOrder")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.setFixedHeight(len(Source) * _ROW_PX + 10)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.up = self._button(self.tr("Move up"))
        self.down = self._button(self.tr("Move down"))
        buttons = QVBoxLayout()
        buttons.setSpacing(2)
        buttons.addWidget(self.up)
        buttons.addWidget(self.down)
        buttons.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.list, 1)
        row.addLayout(buttons)
        self.setFocusProxy(self.list)
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.list.itemChanged.connect(self.changed)
        self.list.currentRowChanged.connect(self._show_buttons)
        self.list.model().rowsMoved.connect(self._show_buttons)
        theme().changed.connect(self._refresh_icons)
        self._refresh_icons()

    def value(self) -> tuple[Source, ...]:
        """The ticked ones in their order; empty when none is."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(
            Source(item.data(_SOURCE))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        )

    def set_value(self, sources: Sequence[Source]) -> None:
        """Show this order; the others stand below it."""
        self.list.clear()
        for source in (*sources, *(other for other in Source if other not in sources)):
            item = QListWidgetItem(self._name(source))
            item.setSizeHint(QSize(0, _ROW_PX))
            item.setData(_SOURCE, source.value)
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsDragEnabled
            )
            is_used = source in sources
            item.setCheckState(Qt.CheckState.Checked if is_used else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._show_buttons()
        self.changed.emit()

    def _name(self, source: Source) -> str:
        match source:
            case Source.HUGGING_FACE:
                return "Hugging Face (huggingface.co)"
            case Source.HF_MIRROR:
                return self.tr("HF-Mirror (hf-mirror.com)")
            case Source.MODELSCOPE:
                return self.tr("ModelScope (modelscope.cn)")

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "icon")
        button.setIconSize(QSize(16, 16))
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    @Slot()
    def _move_up(self) -> None:
        self._move(-1)

    @Slot()
    def _move_down(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        row = self.list.currentRow()
        if row >= 0 and 0 <= row + step < self.list.count():
            self.list.insertItem(row + step, self.list.takeItem(row))
            self.list.setCurrentRow(row + step)
            self.changed.emit()

    @Slot()
    def _show_buttons(self) -> None:
        row = self.list.currentRow()
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < self.list.count() - 1)

    @Slot()
    def _refresh_icons(self) -> None:
        self.up.setIcon(icon("arrow-up", "secondary"))
        self.down.setIcon(icon("arrow-down", "secondary"))
