"""Where a question is put together: pictures, text, how closely to look, Send and Stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout
from typing_extensions import override

from desktop.gui.budget_button import BudgetButton
from desktop.gui.chat_session import SendState
from desktop.gui.chip_strip import ChipStrip
from desktop.gui.document_shelf import DocumentShelf
from desktop.gui.form_button import FormButton
from desktop.gui.icons import icon
from desktop.gui.prompt_edit import PromptEdit
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QWidget

    from desktop.gui.chat_session import ChatSession
    from desktop.gui.services import Services
    from desktop.gui.thumbnails import ThumbnailCache

_STOPPABLE = frozenset({SendState.ANSWERING, SendState.WAITING})


class Composer(QFrame):
    """Shows a draft and says what a person wants; the session decides."""

    send_requested = Signal()
    stop_requested = Signal()
    open_requested = Signal()  # the file dialog
    edit_cancelled = Signal()
    find_requested = Signal()  # where something is in the pictures
    capture_requested = Signal()  # a part of the screen

    def __init__(
        self,
        thumbnails: ThumbnailCache,
        thumbnail_path: Callable[[str, int], Path],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._state = SendState.EMPTY
        self._session: ChatSession | None = None
        self.documents = DocumentShelf()
        self.chips = ChipStrip(thumbnails, thumbnail_path)
        self.edit = PromptEdit()
        self.edit.setPlaceholderText(self.tr("Ask about the pictures…"))
        self.edit.setAccessibleName(self.tr("Question"))
        self.edit.send_requested.connect(self._on_enter)
        self.edit.focus_changed.connect(self._refresh_frame)
        self.add_button = _icon_button(self.tr("Add pictures or documents"))
        self.add_button.clicked.connect(self.open_requested)
        self.capture_button = _icon_button(self.tr("Capture a part of the screen"))
        self.capture_button.clicked.connect(self.capture_requested)
        self.find_button = _icon_button(self.tr("Find something in the pictures"))
        self.find_button.clicked.connect(self.find_requested)
        self.find_button.hide()
        self.form = FormButton()
        self.budget = BudgetButton()
        self.hint = QLabel()
        self.hint.setProperty("kind", "secondary")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.send_button = QToolButton()
        self.send_button.setObjectName("sendButton")
        self.send_button.setIconSize(QSize(20, 20))
        self.send_button.setFixedSize(36, 36)
        self.send_button.clicked.connect(self._on_button)
        self._banner = self._make_banner()
        self._lay_out()
        theme().changed.connect(self._refresh)
        self._refresh()

    @property
    def text(self) -> str:
        """What is written."""
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        """Put this in, with the cursor at its end."""
        if text != self.text:
            self.edit.setPlainText(text)
        self.edit.moveCursor(self.edit.textCursor().MoveOperation.End)

    def follow(self, session: ChatSession, services: Services) -> None:
        """Show this session's documents from now on. Called once."""
        self._session = session
        self.documents.follow(session, services)
        self.form.follow(session, services.history)
        session.pictures_changed.connect(self._refresh_find)
        session.message_added.connect(self._refresh_find)
        session.opened.connect(self._refresh_find)
        self._refresh_find()

    def set_state(self, state: SendState) -> None:
        """Show what the one button does now."""
        self._state = state
        self._refresh()

    def set_editing(self, *, is_editing: bool) -> None:
        """Say that an older question is being written anew."""
        self._banner.setVisible(is_editing)

    def _make_banner(self) -> QFrame:
        banner = QFrame()
        banner.setObjectName("editBanner")
        text = QLabel(self.tr("Editing: the answers after this question will be replaced."))
        text.setProperty("kind", "secondary")
        text.setWordWrap(True)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setProperty("kind", "quiet")
        cancel.clicked.connect(self.edit_cancelled)
        layout = QHBoxLayout(banner)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.addWidget(text, 1)
        layout.addWidget(cancel)
        banner.hide()
        return banner

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.add_button)
        row.addWidget(self.capture_button)
        row.addWidget(self.budget)
        row.addWidget(self.form)
        row.addWidget(self.find_button)
        row.addStretch(1)
        row.addWidget(self.hint)
        row.addSpacing(4)
        row.addWidget(self.send_button)
        field = QHBoxLayout()
        field.setContentsMargins(6, 2, 2, 0)
        field.addWidget(self.edit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._banner)
        layout.addWidget(self.documents)
        layout.addWidget(self.chips)
        layout.addLayout(field)
        layout.addLayout(row)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        # The whole card is the field's frame.
        self.edit.setFocus(Qt.FocusReason.MouseFocusReason)

    @Slot()
    def _on_enter(self) -> None:
        if self._state is SendState.READY:
            self.send_requested.emit()

    @Slot()
    def _on_button(self) -> None:
        if self._state in _STOPPABLE:
            self.stop_requested.emit()
        elif self._state is SendState.READY:
            self.send_requested.emit()

    @Slot()
    def _refresh(self) -> None:
        is_stop = self._state in _STOPPABLE
        self.add_button.setIcon(icon("plus", "secondary"))
        self.capture_button.setIcon(icon("camera", "secondary"))
        self.find_button.setIcon(icon("scan-search", "secondary"))
        is_enabled = is_stop or self._state is SendState.READY
        role = "on_accent" if is_enabled else "secondary"
        self.send_button.setIcon(icon("stop" if is_stop else "arrow-up", role))
        name = self.tr("Stop") if is_stop else self.tr("Send")
        self.send_button.setAccessibleName(name)
        self.send_button.setToolTip(self.tr("Stop (Esc)") if is_stop else self.tr("Send (Enter)"))
        self.send_button.setEnabled(is_enabled)
        self.hint.setText(self._hint_text())
        self.hint.setVisible(bool(self.hint.text()))

    def _hint_text(self) -> str:
        match self._state:
            case SendState.ELSEWHERE:
                return self.tr("Another chat is being answered")
            case SendState.WAITING:
                return self.tr("Waiting for the pictures")
            case SendState.EMPTY | SendState.READY | SendState.ANSWERING:
                return ""

    @Slot()
    def _refresh_find(self) -> None:
        session = self._session
        has_documents = session is not None and bool(session.documents)
        self.edit.setPlaceholderText(
            self.tr("Ask about the pages…") if has_documents else self.tr("Ask about the pictures…")
        )
        self.find_button.setVisible(
            session is not None
            and (
                bool(session.draft.ready)
                or any(stored.message.attachments for stored in session.messages)
            )
        )

    @Slot()
    def _refresh_frame(self) -> None:
        self.setProperty("focused", self.edit.has_keyboard_focus)
        self.style().unpolish(self)
        self.style().polish(self)


def _icon_button(name: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("kind", "icon")
    button.setIconSize(QSize(20, 20))
    button.setToolTip(name)
    button.setAccessibleName(name)
    return button
