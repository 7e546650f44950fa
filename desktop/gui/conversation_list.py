"""The stored conversations as a Qt list, newest first, with the day each one belongs to."""

from __future__ import annotations

from datetime import date, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QDate,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from typing_extensions import override

from desktop.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.store.history import ConversationSummary, History

Index = QModelIndex | QPersistentModelIndex
_USER = int(Qt.ItemDataRole.UserRole)


class ConversationRole(IntEnum):
    """What the delegate asks for besides the title."""

    ID = _USER + 1
    SECTION = _USER + 2  # the day, in words
    STARTS_SECTION = _USER + 3  # whether the row above belongs to another day
    THUMBNAIL = _USER + 4  # (sha256, page) of its first picture, or None


class ConversationListModel(QAbstractListModel):
    """Reads the history; `reload` keeps rows that stay, so that selection and scrolling survive."""

    failed = Signal(object)  # a StoreError
    renamed = Signal(object)  # the id of the conversation whose title was edited here

    def __init__(
        self,
        history: History,
        parent: QObject | None = None,
        *,
        today: Callable[[], date] | None = None,
    ) -> None:
        super().__init__(parent)
        self._history = history
        self._today = today or _local_today
        self._search = ""
        self._hidden: set[int] = set()
        self._rows: list[ConversationSummary] = []

    # --- Qt ---------------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case (
                Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole | Qt.ItemDataRole.ToolTipRole
            ):
                return row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.title}, {self._section(index.row())}"
            case _:
                return self._extra(index.row(), role)

    @override
    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        title = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or not title:
            return False
        row = self._rows[index.row()]
        if title == row.title:
            return True
        try:
            self._history.rename_conversation(row.id, title)
        except StoreError as error:
            self.failed.emit(error)
            return False
        self.reload()
        self.renamed.emit(row.id)
        return True

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsEditable
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    @override
    def roleNames(self) -> dict[int, QByteArray]:
        names = {int(role): QByteArray(role.name.lower().encode()) for role in ConversationRole}
        return {**super().roleNames(), **names}

    # --- ours -------------------------------------------------------------------------------------

    def set_search(self, text: str) -> None:
        """Show only what matches, in titles or in what was said."""
        if text.strip() != self._search:
            self._search = text.strip()
            self.reload()

    def hide(self, conversation_id: int) -> None:
        """Leave a conversation out, as long as its deletion can be undone."""
        self._hidden.add(conversation_id)
        self.reload()

    def show(self, conversation_id: int) -> None:
        """Take a hidden conversation in again."""
        self._hidden.discard(conversation_id)
        self.reload()

    def row_of(self, conversation_id: int | None) -> int:
        """The row of a conversation, or -1."""
        return next((i for i, row in enumerate(self._rows) if row.id == conversation_id), -1)

    def title_of(self, conversation_id: int) -> str:
        """The title in the list; empty if the conversation is not in it."""
        row = self.row_of(conversation_id)
        return self._rows[row].title if row >= 0 else ""

    def reload(self) -> None:
        """Read the history again and change only what changed."""
        try:
            found = self._history.conversations(self._search)
        except StoreError as error:
            self.failed.emit(error)
            return
        wanted = [row for row in found if row.id not in self._hidden]
        wanted_ids = {row.id for row in wanted}
        for position in range(len(self._rows) - 1, -1, -1):
            if self._rows[position].id not in wanted_ids:
                self.beginRemoveRows(QModelIndex(), position, position)
                del self._rows[position]
                self.endRemoveRows()
        for position, row in enumerate(wanted):
            self._place(position, row)
        self._rows = wanted
        if wanted:
            # Also the neighbours: who starts a section may have changed.
            self.dataChanged.emit(self.index(0), self.index(len(wanted) - 1))

    def _place(self, position: int, row: ConversationSummary) -> None:
        """Bring one row to its position; all positions before it are right already."""
        if position < len(self._rows) and self._rows[position].id == row.id:
            return
        present = self.row_of(row.id)
        if present < 0:
            self.beginInsertRows(QModelIndex(), position, position)
            self._rows.insert(position, row)
            self.endInsertRows()
            return
        self.beginMoveRows(QModelIndex(), present, present, QModelIndex(), position)
        self._rows.insert(position, self._rows.pop(present))
        self.endMoveRows()

    def _extra(self, row: int, role: int) -> Any:  # noqa: ANN401 - as Qt has it
        match role:
            case ConversationRole.ID:
                return self._rows[row].id
            case ConversationRole.SECTION:
                return self._section(row)
            case ConversationRole.STARTS_SECTION:
                return row == 0 or self._section(row - 1) != self._section(row)
            case ConversationRole.THUMBNAIL:
                return self._rows[row].thumbnail
            case _:
                return None

    def _section(self, row: int) -> str:
        day = self._rows[row].updated_at.astimezone().date()
        today = self._today()
        if day >= today:
            return self.tr("Today")
        if day == today - timedelta(days=1):
            return self.tr("Yesterday")
        locale = QLocale()
        if day > today - timedelta(days=7):
            return locale.dayName(day.isoweekday())
        #: Qt date format of an earlier day of this year, such as "3 May"; Chinese: M月d日
        pattern = self.tr("d MMMM") if day.year == today.year else self.tr("d MMMM yyyy")
        return locale.toString(QDate(day.year, day.month, day.day), pattern)


def _local_today() -> date:
    return date.today()  # noqa: DTZ011  # the day on the person's own calendar
