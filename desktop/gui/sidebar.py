"""The list of conversations at the window's side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.gui.conversation_delegate import ConversationDelegate
from desktop.gui.conversation_list import ConversationListModel, ConversationRole
from desktop.gui.conversation_view import ConversationView
from desktop.gui.icons import icon
from desktop.gui.notice_bar import NoticeBar
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop.gui.conversation_list import Index
    from desktop.gui.thumbnails import ThumbnailCache

SIDEBAR_PX = 248
_SEARCH_DELAY_MS = 150
_UNDO_MS = 7000


class Sidebar(QFrame):
    """Search, new chat, the list, and what may be undone.

    A deleted conversation disappears at once; `delete_requested` follows when it can no longer be
    undone: after some seconds, at the next deletion, or with `settle_deletion`.
    """

    open_requested = Signal(object)  # conversation id
    new_requested = Signal()
    hidden = Signal(object)  # id of a conversation that is about to be deleted
    restored = Signal(object)  # id of one whose deletion was undone
    delete_requested = Signal(object)  # conversation id
    connections_requested = Signal()

    def __init__(
        self,
        conversations: ConversationListModel,
        thumbnails: ThumbnailCache,
        thumbnail_path: Callable[[str, int], Path],
        parent: QWidget | None = None,
        *,
        undo_ms: int = _UNDO_MS,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setMinimumWidth(200)
        self._list_model = conversations
        self._undo_ms = undo_ms
        self._doomed: int | None = None
        self._menu_row: int | None = None  # id of the conversation whose menu is open
        self._current: int | None = None

        self._make_search()
        self.new_button = QToolButton()
        self.new_button.setProperty("kind", "icon")
        self.new_button.setIconSize(QSize(20, 20))
        self.new_button.setAccessibleName(self.tr("New chat"))
        self.new_button.setToolTip(self.tr("New chat"))
        self._delegate = ConversationDelegate(thumbnails, thumbnail_path, self)
        self._delegate.menu_requested.connect(self._show_menu)
        self.view = ConversationView(self._delegate)
        self.view.setModel(conversations)
        self.view.opened.connect(self._on_opened)
        self.view.customContextMenuRequested.connect(self._on_context_menu)
        thumbnails.loaded.connect(self._on_thumbnail)
        self.notice = NoticeBar()
        self.notice.activated.connect(self._undo)
        self.notice.settled.connect(self._commit)
        self._make_actions()
        self._lay_out()
        theme().changed.connect(self._refresh_icons)
        self._refresh_icons()
        self._refresh_empty_text()

    def set_current(self, conversation_id: int | None) -> None:
        """Mark the open conversation; None marks nothing."""
        self._current = conversation_id
        row = self._list_model.row_of(conversation_id)
        selection = self.view.selectionModel()
        if row < 0:
            selection.clear()
            return
        index = self._list_model.index(row)
        if self.view.currentIndex() != index or not selection.isSelected(index):
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    def refresh(self) -> None:
        """Read the history again; the open conversation stays marked."""
        self._list_model.reload()
        self._refresh_empty_text()
        self.set_current(self._current)

    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def settle_deletion(self) -> None:
        """Make a pending deletion final, for instance before the app ends."""
        self.notice.settle()

    # --- inside -----------------------------------------------------------------------------------

    def _make_search(self) -> None:
        self.search = QLineEdit()
        self.search.setObjectName("searchField")
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search in all chats"))
        self.search.setClearButtonEnabled(True)
        self.search.setAcceptDrops(False)  # the window takes drops, wherever they fall
        self._search_icon = self.search.addAction(
            icon("search", "secondary"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._search_icon.setText(self.tr("Search"))
        self._search_delay = QTimer(self)
        self._search_delay.setSingleShot(True)
        self._search_delay.setInterval(_SEARCH_DELAY_MS)
        self._search_delay.timeout.connect(self._apply_search)
        self.search.textChanged.connect(self._on_search_edited)

    def _make_actions(self) -> None:
        self._rename_action = QAction(self.tr("Rename"), self)
        self._rename_action.setShortcut(QKeySequence(Qt.Key.Key_F2))
        self._rename_action.triggered.connect(self._rename)
        self._delete_action = QAction(self.tr("Delete"), self)
        self._delete_action.setShortcuts(
            [QKeySequence(Qt.Key.Key_Delete), QKeySequence(Qt.Key.Key_Backspace)]
        )
        self._delete_action.triggered.connect(self._delete)
        for action in (self._rename_action, self._delete_action):
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self.view.addAction(action)
        self._menu = QMenu(self)
        self._menu.addActions([self._rename_action, self._delete_action])

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 10, 8, 2)
        top.setSpacing(4)
        top.addWidget(self.search, 1)
        top.addWidget(self.new_button)
        self.promise = QPushButton(self.tr("Nothing leaves this computer"))
        self.promise.setProperty("kind", "quiet")
        self.promise.setObjectName("promise")
        self.promise.setIconSize(QSize(16, 16))
        self.promise.setCursor(Qt.CursorShape.PointingHandCursor)
        self.promise.setToolTip(self.tr("Show all connections"))
        self.promise.clicked.connect(self.connections_requested)
        footer = QFrame()
        footer.setObjectName("sidebarFooter")
        bottom = QHBoxLayout(footer)
        bottom.setContentsMargins(6, 6, 8, 8)
        bottom.addWidget(self.promise, 0, Qt.AlignmentFlag.AlignLeft)
        notice = QHBoxLayout()
        notice.setContentsMargins(8, 0, 8, 8)
        notice.addWidget(self.notice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)
        layout.addLayout(notice)
        layout.addWidget(footer)

    @Slot()
    def _refresh_icons(self) -> None:
        self.new_button.setIcon(icon("square-pen"))
        self._search_icon.setIcon(icon("search", "secondary"))
        self.promise.setIcon(icon("lock", "secondary"))
        self._rename_action.setIcon(icon("pencil", "secondary"))
        self._delete_action.setIcon(icon("trash-2", "secondary"))
        self.view.viewport().update()

    def _refresh_empty_text(self) -> None:
        is_search = bool(self.search.text().strip())
        self.view.empty_text = (
            self.tr("No chat matches.") if is_search else self.tr("Your chats will be listed here.")
        )
        self.view.viewport().update()

    @Slot(str)
    def _on_search_edited(self) -> None:
        self._search_delay.start()

    @Slot()
    def _apply_search(self) -> None:
        self._list_model.set_search(self.search.text())
        self._refresh_empty_text()
        self.set_current(self._current)

    @Slot(object)
    def _on_opened(self, index: Index) -> None:
        self.open_requested.emit(index.data(ConversationRole.ID))

    @Slot(str)
    def _on_thumbnail(self) -> None:
        self.view.viewport().update()

    @Slot(QPoint)
    def _on_context_menu(self, position: QPoint) -> None:
        index = self.view.indexAt(position)
        if index.isValid():
            self._show_menu(index, self.view.viewport().mapToGlobal(position))

    @Slot(object, object)
    def _show_menu(self, index: Index, position: QPoint) -> None:
        self._menu_row = index.data(ConversationRole.ID)
        self._menu.popup(position)

    def _target(self) -> QModelIndex:
        """The row a command is meant for: the menu's while it is open, else the list's own."""
        chosen, self._menu_row = self._menu_row, None
        row = self._list_model.row_of(chosen)
        return self._list_model.index(row) if row >= 0 else self.view.currentIndex()

    @Slot()
    def _rename(self) -> None:
        index = self._target()
        if index.isValid():
            self.view.edit(index)

    @Slot()
    def _delete(self) -> None:
        index = self._target()
        if not index.isValid():
            return
        conversation_id: int = index.data(ConversationRole.ID)
        self.notice.settle()
        self._doomed = conversation_id
        self._list_model.hide(conversation_id)
        self._refresh_empty_text()
        self.hidden.emit(conversation_id)
        self.set_current(self._current)
        self.notice.announce(self.tr("Chat deleted"), self.tr("Undo"), duration_ms=self._undo_ms)

    @Slot()
    def _undo(self) -> None:
        doomed, self._doomed = self._doomed, None
        if doomed is not None:
            self._list_model.show(doomed)
            self._refresh_empty_text()
            self.restored.emit(doomed)

    @Slot()
    def _commit(self) -> None:
        doomed, self._doomed = self._doomed, None
        if doomed is not None:
            self.delete_requested.emit(doomed)
