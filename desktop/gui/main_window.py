"""The window: sidebar, header, chat; drops, commands, and what is remembered of its shape."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QMainWindow, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from desktop.core import paths
from desktop.gui.chat_pane import ChatPane
from desktop.gui.chat_session import ChatSession, SendState
from desktop.gui.conversation_list import ConversationListModel
from desktop.gui.drop_overlay import DropOverlay, offer_of
from desktop.gui.header import Header
from desktop.gui.model_notices import ModelNotices
from desktop.gui.model_pill import ModelPill
from desktop.gui.picture_tools import PictureTools
from desktop.gui.sidebar import SIDEBAR_PX, Sidebar
from desktop.gui.viewer_host import ViewerHost
from desktop.gui.window_actions import WindowActions
from desktop.gui.window_dialogs import WindowDialogs
from desktop.intake import images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDragLeaveEvent,
        QDragMoveEvent,
        QDropEvent,
    )

    from desktop.gui.services import Services

_FIRST_SIZE = QSize(1120, 760)
_SMALLEST = QSize(720, 520)


class MainWindow(QMainWindow):
    """One window per app. Closing it keeps the text of an answer that is being written."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Groundglass")
        self.setMinimumSize(_SMALLEST)
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._services = services
        self._state = QSettings(str(paths.window_state_file()), QSettings.Format.IniFormat, self)
        self.session = ChatSession(services, self)
        self.actions_of_window = WindowActions(self)
        self.conversations = ConversationListModel(services.history, self)
        self.sidebar = Sidebar(
            self.conversations, services.thumbnails, services.attachments.thumbnail_path
        )
        self.pane = ChatPane(services, self.session)
        self.tools = PictureTools(self, services, self.session, self.pane)
        self.dialogs = WindowDialogs(services, self)
        self.pill = ModelPill(services.model_state, services.library, self.actions_of_window.models)
        self.notices = ModelNotices(
            services.library, services.model_state, self.session, self.pane, self.dialogs, self
        )
        is_mac = sys.platform == "darwin"
        menu = None if is_mac else self.actions_of_window.make_menu()
        if is_mac:
            self.actions_of_window.fill_menu_bar()
        self.header = Header(self.actions_of_window, self.pill, menu)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.viewer_host = ViewerHost(
            services, self.session, self.pane, self.splitter, self.actions_of_window.sidebar, self
        )
        self.overlay = DropOverlay(self)
        self._connect()
        self._restore()
        self.sidebar.refresh()
        self._on_state()
        self.pane.composer.edit.setFocus()

    def open_files(self, files: Sequence[Path]) -> None:
        """Add pictures beside the question of the open conversation, and come to the front."""
        self.session.add_pictures(files)
        self.raise_()
        self.activateWindow()
        self.pane.composer.edit.setFocus()

    @Slot(object)
    def show_postponed(self, name: str) -> None:
        """Say which model takes over when the answer is finished; empty: none any more."""
        self.pill.set_next(name)
        self.notices.tell_postponed(name)

    # --- building ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.pane, 1)
        self.splitter.setObjectName("windowSplitter")
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.sidebar)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        self.setCentralWidget(self.splitter)

    def _connect(self) -> None:
        session, actions, dialogs = self.session, self.actions_of_window, self.dialogs
        session.opened.connect(self._on_opened)
        session.state_changed.connect(self._on_state)
        session.conversations_changed.connect(self._on_conversations_changed)
        self.conversations.failed.connect(self.pane.show_problem)
        self.conversations.renamed.connect(self._on_renamed)
        self.sidebar.open_requested.connect(self._open)
        self.sidebar.view.picked.connect(self.pane.composer.edit.setFocus)
        self.sidebar.hidden.connect(self._on_hidden)
        self.sidebar.restored.connect(self._open)
        self.sidebar.delete_requested.connect(session.delete)
        self.sidebar.connections_requested.connect(dialogs.show_connections)
        dialogs.failed.connect(self.pane.show_problem)
        self.sidebar.new_button.clicked.connect(actions.new_chat.trigger)
        self.pane.open_requested.connect(actions.open.trigger)
        self.pane.models_requested.connect(dialogs.show_models)
        self.pane.settings_requested.connect(dialogs.show_engine_settings)
        self.pane.adapters_requested.connect(dialogs.show_answer_settings)
        self.pane.connections_requested.connect(dialogs.show_connections)
        self.viewer_host.failed.connect(self.pane.show_problem)
        self.pane.view.figures_requested.connect(dialogs.show_figures)
        session.answer_finished.connect(dialogs.follow_answer)
        actions.new_chat.triggered.connect(self._new_chat)
        actions.open.triggered.connect(self._choose_files)
        actions.capture.triggered.connect(self.tools.capture)
        actions.find.triggered.connect(self._find)
        actions.sidebar.toggled.connect(self._show_sidebar)
        actions.paste.triggered.connect(self.pane.composer.edit.paste)
        actions.edit_last.triggered.connect(session.edit_last)
        actions.stop.triggered.connect(self._stop)
        actions.settings.triggered.connect(dialogs.show_settings)
        actions.models.triggered.connect(dialogs.show_models)
        actions.connections.triggered.connect(dialogs.show_connections)
        actions.figures.triggered.connect(self._show_figures)
        actions.shortcuts.triggered.connect(dialogs.show_shortcuts)
        actions.updates.triggered.connect(dialogs.show_updates)
        actions.about.triggered.connect(dialogs.show_about)
        actions.quit.triggered.connect(self.close)

    def _restore(self) -> None:
        geometry = self._state.value("geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(_FIRST_SIZE)
        splitter = self._state.value("splitter")
        if not (isinstance(splitter, QByteArray) and self.splitter.restoreState(splitter)):
            self.splitter.setSizes([SIDEBAR_PX, self.width() - SIDEBAR_PX])
        is_shown = self._state.value("sidebar", "true") != "false"
        self.actions_of_window.sidebar.setChecked(is_shown)
        self._show_sidebar(is_shown)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self._services.library.refresh()  # models may have come or gone in the meantime

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.viewer_host.close()
        self.sidebar.settle_deletion()
        self.session.close()
        self._state.setValue("geometry", self.saveGeometry())
        self._state.setValue("splitter", self.splitter.saveState())
        is_shown = self.actions_of_window.sidebar.isChecked()
        self._state.setValue("sidebar", "true" if is_shown else "false")
        self._state.sync()
        event.accept()

    # --- conversations ----------------------------------------------------------------------------

    @Slot(object)
    def _open(self, conversation_id: int) -> None:
        self.session.open(conversation_id, self.conversations.title_of(conversation_id))

    @Slot()
    def _new_chat(self) -> None:
        self.session.open_new()
        self.pane.composer.edit.setFocus()

    @Slot(object)
    def _on_hidden(self, conversation_id: int) -> None:
        if conversation_id == self.session.conversation_id:
            self.session.open_new()

    @Slot(object)
    def _on_renamed(self, conversation_id: int) -> None:
        if conversation_id == self.session.conversation_id:
            self.session.set_title(self.conversations.title_of(conversation_id))

    @Slot()
    def _on_opened(self) -> None:
        self.sidebar.set_current(self.session.conversation_id)

    @Slot()
    def _on_conversations_changed(self) -> None:
        self.sidebar.refresh()
        self.sidebar.set_current(self.session.conversation_id)

    @Slot()
    def _on_state(self) -> None:
        title = self.session.title
        self.header.title.set_title(title or self.tr("New chat"))
        self.setWindowTitle(f"{title} - Groundglass" if title else "Groundglass")
        state = self.session.send_state
        is_stoppable = state in {SendState.ANSWERING, SendState.WAITING}
        is_editing = self.session.draft.editing is not None
        self.pill.set_held(is_held=self.session.holds_model)
        self.actions_of_window.stop.setEnabled(is_stoppable or is_editing)
        self.actions_of_window.edit_last.setEnabled(
            bool(self.session.messages) and not is_stoppable
        )

    @Slot()
    def _stop(self) -> None:
        if self.session.send_state in {SendState.ANSWERING, SendState.WAITING}:
            self.session.stop()
        elif self.session.draft.editing is not None:
            self.session.cancel_edit()

    # --- commands ---------------------------------------------------------------------------------

    @Slot()
    def _choose_files(self) -> None:
        suffixes = sorted(images.SUPPORTED_SUFFIXES | images.DOCUMENT_SUFFIXES)
        patterns = " ".join(f"*{suffix}" for suffix in suffixes)
        pictures, everything = self.tr("Pictures and documents"), self.tr("All files")
        chosen, _ = QFileDialog.getOpenFileNames(
            self,
            self.tr("Add pictures or documents"),
            str(self._state.value("folder", "")),
            f"{pictures} ({patterns});;{everything} (*)",
        )
        if chosen:
            self._state.setValue("folder", str(Path(chosen[0]).parent))
            self.open_files([Path(name) for name in chosen])

    @Slot()
    def _show_figures(self) -> None:
        """Of the open conversation's last answer; without one, of the model in use."""
        figures = [(message, message.figures) for message in self.session.messages]
        measured = [message for message, known in figures if known and known.is_measured]
        if measured:
            self.dialogs.show_figures(measured[-1])
        else:
            self.dialogs.show_latest_figures()

    @Slot()
    def _find(self) -> None:
        self.actions_of_window.sidebar.setChecked(True)
        self.sidebar.focus_search()

    @Slot(bool)
    def _show_sidebar(self, is_shown: bool) -> None:
        self.sidebar.setVisible(is_shown)
        self.header.set_sidebar_shown(is_shown=is_shown)

    # --- drops ------------------------------------------------------------------------------------

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        offer = offer_of(event.mimeData())
        if offer is None:
            event.ignore()
            return
        self.overlay.show_offer(offer)
        self._answer_drag(event)

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._answer_drag(event)

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.withdraw()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        offer = offer_of(event.mimeData())
        self.overlay.withdraw()
        if offer is None or not offer.is_wanted:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if offer.model_files:
            self.dialogs.offer_import(offer.model_files)
            return
        self.session.add_pictures(offer.sources)
        self.activateWindow()
        self.pane.composer.edit.setFocus()

    def _answer_drag(self, event: QDragMoveEvent) -> None:
        """Copy what can be added; a refused drag stays accepted, so that its reason is seen."""
        offer = self.overlay.offer
        is_wanted = offer is not None and offer.is_wanted
        event.setDropAction(Qt.DropAction.CopyAction if is_wanted else Qt.DropAction.IgnoreAction)
        event.accept()
