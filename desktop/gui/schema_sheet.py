"""The sheet that makes a form for an answer: from a list of fields, or from a JSON Schema."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.core.errors import ErrorCode, SchemaError
from desktop.core.form_fields import build_schema, fields_of
from desktop.core.json_schema import check_schema
from desktop.gui.error_texts import error_text
from desktop.gui.icons import icon
from desktop.gui.labels import wrapped_label
from desktop.gui.schema_fields import FieldsEditor
from desktop.gui.schema_words import schema_name
from desktop.gui.theme import mono_font, theme

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIZE = QSize(600, 480)
_FIELDS, _JSON = 0, 1


class SchemaSheet(QDialog):
    """Ends with `chosen`, or leaves everything as it was.

    Args:
        schema: The form in force; None for none.
        recent: Forms that were used before, the newest first.
    """

    chosen = Signal(object)  # the schema, None for an answer in any form

    def __init__(
        self, schema: str | None, recent: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("schemaSheet")
        self.setWindowTitle(self.tr("Answer as a form"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fields = FieldsEditor()
        self.json = QPlainTextEdit()
        self.json.setProperty("kind", "input")
        self.json.setFont(mono_font())
        self.json.setTabChangesFocus(True)
        self.json.setAccessibleName(self.tr("JSON Schema"))
        self.json.setPlaceholderText(self.tr("Paste a JSON Schema here"))
        self._too_much = wrapped_label("secondary")
        self._too_much.setText(
            self.tr("This schema says more than a list of fields can. Change it under JSON Schema.")
        )
        self._too_much.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._first = QStackedWidget()
        self._first.addWidget(self.fields)
        self._first.addWidget(self._too_much)
        self._make_tabs()
        self.recent_button = QToolButton()
        self._fill_recent(recent)
        self.problem = wrapped_label("danger")
        self._make_buttons()
        self.none_button.setVisible(schema is not None)
        self._lay_out()
        self.show_schema(schema or "")
        self.fields.changed.connect(self._check)
        self.json.textChanged.connect(self._check)
        self.tabs.currentChanged.connect(self._on_tab)
        self._check()
        theme().changed.connect(self._tint)
        self._tint()

    def show_schema(self, schema: str) -> None:
        """Put a form up for changing; an empty text begins a new one."""
        self.json.setPlainText(_pretty(schema))
        self._show_fields()
        is_list = self._first.currentWidget() is self.fields
        self.tabs.setCurrentIndex(_FIELDS if is_list else _JSON)
        if is_list:
            self.fields.rows[0].name.setFocus()

    @property
    def schema(self) -> str:
        """The form as it is written now; raises `SchemaError`."""
        if self._is_listed:
            return build_schema(self.fields.fields)
        text = self.json.toPlainText().strip()
        if not text:
            raise SchemaError("A form needs at least one field.", ErrorCode.FORM_EMPTY)
        check_schema(text)
        return json.dumps(json.loads(text), ensure_ascii=False)

    @override
    @Slot()
    def accept(self) -> None:
        """Hold the answer to this form."""
        try:
            schema = self.schema
        except SchemaError:
            return
        self.chosen.emit(schema)
        super().accept()

    @property
    def _is_listed(self) -> bool:
        is_first = self.tabs.currentIndex() == _FIELDS
        return is_first and self._first.currentWidget() is self.fields

    # --- building ---------------------------------------------------------------------------------

    def _make_tabs(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._first, self.tr("Fields"))
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 12, 0, 0)
        inner.addWidget(self.json)
        self.tabs.addTab(page, self.tr("JSON Schema"))

    def _make_buttons(self) -> None:
        self.none_button = QPushButton(self.tr("No form"))
        self.none_button.setProperty("kind", "quiet")
        self.none_button.setToolTip(self.tr("The model answers as it likes"))
        self.none_button.clicked.connect(self._choose_none)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.use_button = QPushButton(self.tr("Use this form"))
        self.use_button.setProperty("kind", "primary")
        self.use_button.clicked.connect(self.accept)
        for button in (self.none_button, self.cancel_button, self.use_button):
            button.setAutoDefault(False)  # Enter goes from field to field

    def _lay_out(self) -> None:
        meaning = wrapped_label("secondary")
        meaning.setText(
            self.tr(
                "The answer to this question will hold exactly what is asked for here. It can be "
                "copied and saved as a table or as JSON."
            )
        )
        self.tabs.setCornerWidget(self.recent_button)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.none_button)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.use_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(meaning)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)
        self.resize(_SIZE)

    def _fill_recent(self, recent: Sequence[str]) -> None:
        button = self.recent_button
        button.setText(self.tr("Used before"))
        button.setProperty("kind", "quiet")
        button.setProperty("edge", "right")
        button.setIconSize(QSize(16, 16))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setVisible(bool(recent))
        menu = QMenu(button)
        for schema in recent:
            action = QAction(schema_name(schema).replace("&", "&&"), menu)
            action.triggered.connect(partial(self.show_schema, schema))
            menu.addAction(action)
        button.setMenu(menu)

    @Slot()
    def _tint(self) -> None:
        self.recent_button.setIcon(icon("rotate-ccw", "secondary"))

    # --- what happens -----------------------------------------------------------------------------

    @Slot(int)
    def _on_tab(self, index: int) -> None:
        """Carry what was written over to the other way of writing it."""
        if index == _JSON and self._first.currentWidget() is self.fields and self.fields.fields:
            try:
                self.json.setPlainText(_pretty(build_schema(self.fields.fields)))
            except SchemaError:
                self.tabs.setCurrentIndex(_FIELDS)  # where the problem stands
        elif index == _FIELDS:
            self._show_fields()
        self._check()

    def _show_fields(self) -> None:
        text = self.json.toPlainText().strip()
        found = fields_of(text) if text else ()
        if found is not None:
            self.fields.show_fields(found)
        self._first.setCurrentWidget(self._too_much if found is None else self.fields)

    @Slot()
    def _check(self) -> None:
        problem: SchemaError | None = None
        try:
            _ = self.schema
        except SchemaError as error:
            problem = error
        self.use_button.setEnabled(problem is None)
        # Nothing was written yet: there is nothing wrong with that.
        is_said = problem is not None and problem.code is not ErrorCode.FORM_EMPTY
        sentence = ""
        if problem is not None and is_said:
            sentence = error_text(problem.code, problem.details, problem.message)
        self.problem.setText(sentence)
        self.problem.setVisible(is_said)

    @Slot()
    def _choose_none(self) -> None:
        self.chosen.emit(None)
        self.reject()


def _pretty(schema: str) -> str:
    try:
        return json.dumps(json.loads(schema), ensure_ascii=False, indent=2) if schema else ""
    except (ValueError, RecursionError):
        return schema
