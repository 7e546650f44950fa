"""Every connection that Groundglass made, and the switch that forbids them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import StoreError
from desktop.gui.amounts import size_text
from desktop.gui.connection_list import Column
from desktop.gui.icons import icon
from desktop.gui.setting_rows import hint
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from desktop.gui.connection_list import ConnectionTableModel
    from desktop.gui.settings_holder import SettingsHolder

_SIZE = QSize(840, 520)
_SMALLEST = QSize(560, 360)
_ROW_PX = 32
_WIDTHS = {Column.TIME: 84, Column.HOST: 168, Column.RECEIVED: 96, Column.OUTCOME: 108}
_ICON_PX = 32


class ConnectionsDialog(QDialog):
    """Shows the list as it grows. What the switch says is in force at once, and kept."""

    failed = Signal(object)  # StoreError: the switch is in force, but was not kept

    def __init__(
        self,
        connections: ConnectionTableModel,
        settings: SettingsHolder,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("connectionsDialog")
        self.setWindowTitle(self.tr("Connections"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(_SMALLEST)
        self.resize(_SIZE)
        self._connections = connections
        self._settings = settings
        self.offline = QCheckBox(self.tr("Stay offline"))
        self.offline.setObjectName("offlineSwitch")
        self.offline.setAccessibleDescription(
            self.tr("Forbids every connection and cuts those that are open.")
        )
        self.table = self._make_table()
        self._sign = QLabel()
        self.empty_text = QLabel()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._make_empty_page())
        self._pages.addWidget(self.table)
        self.summary = QLabel()
        self.summary.setProperty("kind", "secondary")
        self.clear_button = QPushButton(self.tr("Clear the list"))
        self._close_button = QPushButton(self.tr("Close"))
        self._lay_out()
        self.clear_button.clicked.connect(connections.clear)
        self.offline.toggled.connect(self._set_offline)
        settings.changed.connect(self._show)
        for changed in (
            connections.rowsInserted,
            connections.rowsRemoved,
            connections.modelReset,
            connections.dataChanged,
        ):
            changed.connect(self._show)
        theme().changed.connect(self._show)
        self._show()
        self._close_button.setFocus()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("connectionTable")
        table.setAccessibleName(self.tr("Connections"))
        table.setModel(self._connections)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # a file's kind stands at its end
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        for column in Column:
            if column in _WIDTHS:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(column, _WIDTHS[column])
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        return table

    def _make_empty_page(self) -> QWidget:
        page = QWidget()
        page.setObjectName("connectionsEmpty")
        self._sign.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.empty_text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.empty_text.setProperty("kind", "secondary")
        column = QVBoxLayout(page)
        column.addStretch(2)
        column.addWidget(self._sign)
        column.addSpacing(8)
        column.addWidget(self.empty_text)
        column.addStretch(3)
        return page

    def _lay_out(self) -> None:
        lead = QLabel(
            self.tr(
                "Groundglass goes online only to fetch models that you ask for. Your pictures,"
                " questions and answers stay on this computer."
            )
        )
        lead.setWordWrap(True)
        switch = QVBoxLayout()
        switch.setSpacing(2)
        switch.addWidget(self.offline)
        cost = hint(self.tr("Forbids every connection and cuts those that are open."))
        cost.setContentsMargins(26, 0, 0, 0)
        switch.addWidget(cost)
        close = self._close_button
        close.clicked.connect(self.close)
        self.clear_button.setProperty("kind", "quiet")
        self.clear_button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.summary, 1)
        buttons.addWidget(self.clear_button)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        column.addWidget(lead)
        column.addLayout(switch)
        column.addWidget(self._pages, 1)
        column.addLayout(buttons)

    @Slot()
    def _show(self) -> None:
        is_offline = self._settings.value.is_offline
        self.offline.setChecked(is_offline)
        count = self._connections.rowCount()
        self._pages.setCurrentIndex(1 if count else 0)
        self.empty_text.setText(
            self.tr("Offline: nothing can connect.")
            if is_offline
            else self.tr("No connections since Groundglass was started.")
        )
        name = "lock" if is_offline else "shield-check"
        self._sign.setPixmap(icon(name, "secondary", _ICON_PX).pixmap(QSize(_ICON_PX, _ICON_PX)))
        self.clear_button.setEnabled(count > 0)
        self.summary.setText(self._summary_text(count))

    def _summary_text(self, count: int) -> str:
        note = self.tr("Kept until Groundglass is closed.")
        if not count:
            return note
        one, many = self.tr("1 connection"), self.tr("{count} connections")
        words = one if count == 1 else many.format(count=count)
        size = size_text(self._connections.received_bytes)
        received = self.tr("{size} received").format(size=size)
        return f"{words} · {received}\n{note}"

    @Slot(bool)
    def _set_offline(self, is_offline: bool) -> None:
        if is_offline == self._settings.value.is_offline:
            return
        self._settings.set_offline(is_offline)
        try:
            self._settings.save()
        except StoreError as error:
            self.failed.emit(error)
