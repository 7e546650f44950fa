"""A form as a list of fields that can be written, changed and taken away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.core.form_fields import MOST_FIELDS, Field, FieldKind
from desktop.gui.icons import icon
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

_KIND_PX = 148
_COMMAS = re.compile(r"[,，、;；]")


class FieldRow(QWidget):
    """One field."""

    changed = Signal()
    remove_requested = Signal()
    entered = Signal()  # Enter in the name

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit(field.name)
        self.name.setPlaceholderText(self.tr("Name, such as total"))
        self.name.setAccessibleName(self.tr("Name of the field"))
        self.kind = QComboBox()
        self.kind.setFixedWidth(_KIND_PX)
        self.kind.setAccessibleName(self.tr("What the field holds"))
        for kind in FieldKind:
            self.kind.addItem(self._kind_name(kind), kind)
        self.kind.setCurrentIndex(tuple(FieldKind).index(field.kind))
        self.choices = QLineEdit(", ".join(field.choices))
        self.choices.setPlaceholderText(self.tr("What can be chosen, such as red, green, blue"))
        self.choices.setAccessibleName(self.tr("What can be chosen"))
        self.required = QCheckBox(self.tr("Always there"))
        self.required.setToolTip(
            self.tr("Otherwise the model may say that the picture has nothing for it")
        )
        self.required.setChecked(field.is_required)
        self.remove = QToolButton()
        self.remove.setProperty("kind", "icon")
        self.remove.setIconSize(QSize(16, 16))
        self.remove.setAccessibleName(self.tr("Remove the field"))
        self.remove.setToolTip(self.tr("Remove the field"))
        self._lay_out()
        self.name.textChanged.connect(self.changed)
        self.name.returnPressed.connect(self.entered)
        self.choices.textChanged.connect(self.changed)
        self.choices.returnPressed.connect(self.entered)
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.required.toggled.connect(self.changed)
        self.remove.clicked.connect(self.remove_requested)
        theme().changed.connect(self._tint)
        self._tint()
        self._on_kind()

    @property
    def field(self) -> Field:
        """As it is written now."""
        kind = tuple(FieldKind)[self.kind.currentIndex()]
        words = (word.strip() for word in _COMMAS.split(self.choices.text()))
        choices = tuple(dict.fromkeys(word for word in words if word))
        return Field(
            self.name.text().strip(),
            kind,
            self.required.isChecked(),
            choices if kind is FieldKind.CHOICE else (),
        )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written yet."""
        return not self.name.text().strip() and not self.choices.text().strip()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.name, 1)
        row.addWidget(self.kind)
        row.addWidget(self.required)
        row.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.choices)

    def _kind_name(self, kind: FieldKind) -> str:
        return {
            FieldKind.TEXT: self.tr("Text"),
            FieldKind.NUMBER: self.tr("Number"),
            FieldKind.INTEGER: self.tr("Whole number"),
            FieldKind.YES_NO: self.tr("Yes or no"),
            FieldKind.DATE: self.tr("Date"),
            FieldKind.LIST: self.tr("List of texts"),
            FieldKind.CHOICE: self.tr("Choice"),
        }[kind]

    @Slot()
    def _on_kind(self) -> None:
        is_choice = tuple(FieldKind)[self.kind.currentIndex()] is FieldKind.CHOICE
        self.choices.setVisible(is_choice)
        self.changed.emit()

    @Slot()
    def _tint(self) -> None:
        self.remove.setIcon(icon("x", "secondary"))


class FieldsEditor(QScrollArea):
    """The fields under each other. There is always one to write in."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fieldsEditor")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows: list[FieldRow] = []
        self.add_button = QPushButton(self.tr("Add a field"))
        self.add_button.setProperty("kind", "quiet")
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(self._add_blank)
        body = QWidget()
        body.setObjectName("fieldsBody")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 12, 4, 4)
        self._column.setSpacing(8)
        end = QHBoxLayout()
        end.addWidget(self.add_button)
        end.addStretch(1)
        self._column.addLayout(end)
        self._column.addStretch(1)
        self.setWidget(body)
        theme().changed.connect(self._tint)
        self._tint()
        self.show_fields(())

    @property
    def fields(self) -> tuple[Field, ...]:
        """What is written; rows that are still blank do not count."""
        return tuple(row.field for row in self.rows if not row.is_blank)

    def show_fields(self, fields: Sequence[Field]) -> None:
        """Put these in place of what is there."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        for field in fields or (Field(""),):
            self._add(field)
        self.changed.emit()

    def _add(self, field: Field) -> FieldRow:
        row = FieldRow(field)
        self._column.insertWidget(len(self.rows), row)
        self.rows.append(row)
        row.changed.connect(self.changed)
        row.remove_requested.connect(self._on_remove)
        row.entered.connect(self._on_enter)
        self.add_button.setEnabled(len(self.rows) < MOST_FIELDS)
        return row

    @Slot()
    def _add_blank(self) -> None:
        self._add(Field("")).name.setFocus()
        self.changed.emit()

    @Slot()
    def _on_enter(self) -> None:
        """The next field, or a new one behind the last."""
        index = next(i for i, row in enumerate(self.rows) if row is self.sender())
        if index + 1 < len(self.rows):
            self.rows[index + 1].name.setFocus()
        elif not self.rows[index].is_blank and self.add_button.isEnabled():
            self._add_blank()

    @Slot()
    def _on_remove(self) -> None:
        row = next(row for row in self.rows if row is self.sender())
        index = self.rows.index(row)
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        if not self.rows:
            self._add(Field(""))
        self.rows[min(index, len(self.rows) - 1)].name.setFocus()
        self.add_button.setEnabled(True)
        self.changed.emit()

    @Slot()
    def _tint(self) -> None:
        self.add_button.setIcon(icon("plus", "secondary"))
