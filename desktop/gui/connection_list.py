"""The connections that were made, newest first, as a Qt table that stays up to date."""

from __future__ import annotations

from contextlib import suppress
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor
from typing_extensions import override

from desktop.gui.amounts import size_text
from desktop.gui.theme import theme
from desktop.store.connection_log import ConnectionLog, ConnectionOutcome, ConnectionRecord
from desktop.store.releases import PURPOSE

Index = QModelIndex | QPersistentModelIndex

_ALIGN_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_ALIGN_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

translate = QCoreApplication.translate


class Column(IntEnum):
    """What is said of a connection."""

    TIME = 0
    HOST = 1
    PURPOSE = 2
    RECEIVED = 3
    OUTCOME = 4


class ConnectionTableModel(QAbstractTableModel):
    """Follows a `ConnectionLog`, whose connections run in other threads."""

    _heard = Signal(object)  # a ConnectionRecord, from any thread

    def __init__(self, log: ConnectionLog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log = log
        self._records = list(reversed(log.records()))
        self._heard.connect(self._take, Qt.ConnectionType.QueuedConnection)
        log.subscribe(self._hear)

    @property
    def received_bytes(self) -> int:
        """By all connections of the list."""
        return sum(record.bytes_received for record in self._records)

    def clear(self) -> None:
        """Forget the connections that have ended."""
        self._log.clear()
        self.beginResetModel()
        self._records = list(reversed(self._log.records()))
        self.endResetModel()

    # --- Qt ---------------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._records)

    @override
    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(Column)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._records):
            return None
        record, column = self._records[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(record, column)
            case Qt.ItemDataRole.ToolTipRole:
                return _details(record, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _ALIGN_RIGHT if column is Column.RECEIVED else _ALIGN_LEFT
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(getattr(theme().colors, _color(record, column)))
            case _:
                return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_RIGHT if section == Column.RECEIVED else _ALIGN_LEFT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.TIME: translate("Connections", "Time"),
            Column.HOST: translate("Connections", "Host"),
            Column.PURPOSE: translate("Connections", "Purpose"),
            Column.RECEIVED: translate("Connections", "Received"),
            Column.OUTCOME: translate("Connections", "Outcome"),
        }[Column(section)]

    # --- what happens -----------------------------------------------------------------------------

    def _hear(self, record: ConnectionRecord) -> None:
        with suppress(RuntimeError):  # the app is ending, and this object is gone
            self._heard.emit(record)

    @Slot(object)
    def _take(self, record: ConnectionRecord) -> None:
        for row, known in enumerate(self._records):
            if known.number == record.number:
                self._records[row] = record
                self.dataChanged.emit(self.index(row, Column.TIME), self.index(row, Column.OUTCOME))
                return
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._records.insert(0, record)
        self.endInsertRows()
        if (extra := len(self._records) - self._log.kept) > 0:
            first = len(self._records) - extra
            self.beginRemoveRows(QModelIndex(), first, len(self._records) - 1)
            del self._records[first:]
            self.endRemoveRows()


def outcome_text(outcome: ConnectionOutcome) -> str:
    """How a connection ended, in a word or two."""
    return {
        ConnectionOutcome.OPEN: translate("Connections", "Open"),
        ConnectionOutcome.ANSWERED: translate("Connections", "Complete"),
        ConnectionOutcome.REDIRECTED: translate("Connections", "Sent on"),
        ConnectionOutcome.REFUSED: translate("Connections", "Refused"),
        ConnectionOutcome.FAILED: translate("Connections", "Failed"),
        ConnectionOutcome.STOPPED: translate("Connections", "Stopped"),
        ConnectionOutcome.BLOCKED: translate("Connections", "Blocked"),
    }[outcome]


def purpose_text(purpose: str) -> str:
    """What a connection was made for, in words."""
    what, _, name = purpose.partition(" ")
    if what == "list" and name:
        return translate("Connections", "Look up the files of {name}").format(name=name)
    if what == "download" and name:
        return translate("Connections", "Download {name}").format(name=name)
    if purpose == PURPOSE:
        return translate("Connections", "Look for a newer version")
    return purpose


def _text(record: ConnectionRecord, column: Column) -> str:
    match column:
        case Column.TIME:
            return record.started_at.astimezone().strftime("%H:%M:%S")
        case Column.HOST:
            return record.host
        case Column.PURPOSE:
            return purpose_text(record.purpose)
        case Column.RECEIVED:
            return size_text(record.bytes_received) if record.bytes_received else "–"
        case Column.OUTCOME:
            return outcome_text(record.outcome)


def _details(record: ConnectionRecord, column: Column) -> str:
    match column:
        case Column.TIME:
            started = QDateTime.fromSecsSinceEpoch(int(record.started_at.timestamp()))
            return QLocale().toString(started, QLocale.FormatType.LongFormat)
        case Column.RECEIVED:
            count = QLocale().toString(record.bytes_received)
            return translate("Amounts", "{count} bytes").format(count=count)
        case Column.OUTCOME:
            return _explanation(record.outcome)
        case Column.HOST | Column.PURPOSE:
            return _text(record, column)


def _explanation(outcome: ConnectionOutcome) -> str:
    return {
        ConnectionOutcome.OPEN: translate("Connections", "Data is being received."),
        ConnectionOutcome.ANSWERED: translate("Connections", "The server sent what was asked for."),
        ConnectionOutcome.REDIRECTED: translate(
            "Connections", "The server named another address; that one has a line of its own."
        ),
        ConnectionOutcome.REFUSED: translate("Connections", "The server answered with an error."),
        ConnectionOutcome.FAILED: translate(
            "Connections", "There was no connection, or it was lost."
        ),
        ConnectionOutcome.STOPPED: translate("Connections", "You paused or removed the download."),
        ConnectionOutcome.BLOCKED: translate(
            "Connections", "“Stay offline” is on: no connection was made, or it was cut."
        ),
    }[outcome]


def _color(record: ConnectionRecord, column: Column) -> str:
    if column is Column.OUTCOME:
        if record.outcome in {ConnectionOutcome.FAILED, ConnectionOutcome.REFUSED}:
            return "danger"
        return "accent" if record.outcome is ConnectionOutcome.OPEN else "secondary"
    return "secondary" if column in {Column.TIME, Column.RECEIVED} else "text"
