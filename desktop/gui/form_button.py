"""In the composer: whether the answer is wanted as a form, and which one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop.core.errors import StoreError
from desktop.gui import schema_sheet
from desktop.gui.icons import icon
from desktop.gui.schema_words import schema_name
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from desktop.gui.draft_desk import DraftDesk
    from desktop.gui.schema_sheet import SchemaSheet
    from desktop.store.history import History

_RECENT = 8
_MOST_PX = 200


class FormButton(QWidget):
    """An icon; with a form its name, and a way back to an answer in any form."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk: DraftDesk | None = None
        self._history: History | None = None
        self.sheet: SchemaSheet | None = None
        self.button = QToolButton()
        self.button.setIconSize(QSize(20, 20))
        self.button.clicked.connect(self.open_sheet)
        self.clear_button = QToolButton()
        self.clear_button.setProperty("kind", "icon")
        self.clear_button.setIconSize(QSize(16, 16))
        self.clear_button.setAccessibleName(self.tr("Answer in any form"))
        self.clear_button.setToolTip(self.tr("Answer in any form"))
        self.clear_button.clicked.connect(self._clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.button)
        row.addWidget(self.clear_button)
        theme().changed.connect(self._refresh)
        self._refresh()

    def follow(self, desk: DraftDesk, history: History) -> None:
        """Show this desk's draft from now on. Called once."""
        self._desk, self._history = desk, history
        desk.state_changed.connect(self._refresh)
        desk.draft_replaced.connect(self._refresh)
        self._refresh()

    @Slot()
    def open_sheet(self) -> None:
        """Let a person make or change the form of the draft's answer."""
        if self._desk is None or self._history is None:
            return
        recent: list[str] = []
        try:
            recent = self._history.recent_schemas(_RECENT)
        except StoreError as error:
            self._desk.failed.emit(error)
        self.sheet = schema_sheet.SchemaSheet(self._schema, recent, self.window())
        self.sheet.chosen.connect(self._desk.set_schema)
        self.sheet.open()

    @property
    def _schema(self) -> str | None:
        return self._desk.draft.json_schema if self._desk is not None else None

    @Slot()
    def _clear(self) -> None:
        if self._desk is not None:
            self._desk.set_schema(None)
        self.button.setFocus()

    @Slot()
    def _refresh(self) -> None:
        schema = self._schema
        is_form = schema is not None
        self.clear_button.setVisible(is_form)
        self.clear_button.setIcon(icon("x", "secondary"))
        self.button.setIcon(icon("clipboard-list", "accent" if is_form else "secondary"))
        name = self.tr("Answer as a form")
        words = ""
        if schema is not None:
            name = self.tr("Answer as a form: {name}").format(name=schema_name(schema))
            words = schema_name(schema)
        self.button.setToolTip(name)
        self.button.setAccessibleName(name)
        both, only = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
            Qt.ToolButtonStyle.ToolButtonIconOnly,
        )
        self.button.setToolButtonStyle(both if is_form else only)
        right = Qt.TextElideMode.ElideRight
        elided = self.button.fontMetrics().elidedText(words, right, _MOST_PX)
        self.button.setText(elided.replace("&", "&&"))
        if self.button.property("kind") != (kind := "quiet" if is_form else "icon"):
            self.button.setProperty("kind", kind)
            self.button.style().unpolish(self.button)
            self.button.style().polish(self.button)
