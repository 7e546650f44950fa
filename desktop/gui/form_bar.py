"""Under an answer in a form: the ways out of the app for it, and the JSON it was written as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from desktop.core.form_table import form_table
from desktop.core.json_answer import as_json
from desktop.gui.export_bar import ExportBar
from desktop.gui.form_words import form_text
from desktop.store.table_export import save_csv, save_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QToolButton, QWidget

    from desktop.core.json_answer import Value


class FormBar(ExportBar):
    """One row of buttons for one answer."""

    source_toggled = Signal(bool)  # whether the JSON is to be shown

    def __init__(
        self,
        value: Value,
        parent: QWidget | None = None,
        *,
        choose_path: Callable[[QWidget, str, str, str], str] | None = None,
    ) -> None:
        super().__init__(parent, choose_path=choose_path)
        self._value = value
        self.text_button = self._button("copy", self.tr("Copy as text"))
        self.text_button.setToolTip(self.tr("A line for each field"))
        self.text_button.clicked.connect(self._copy_text)
        self.json_button = self._button("braces", self.tr("Copy JSON"))
        self.json_button.setToolTip(self.tr("For a program"))
        self.json_button.clicked.connect(self._copy_json)
        self.csv_button = self._button("sheet", self.tr("Save CSV…"))
        self.csv_button.setToolTip(self.tr("A table, for any spreadsheet"))
        self.csv_button.clicked.connect(self._save_csv)
        self.file_button = self._button("download", self.tr("Save JSON…"))
        self.file_button.setToolTip(self.tr("As the model wrote it, for a program"))
        self.file_button.clicked.connect(self._save_json)
        self.source_button = self._button("eye", self.tr("Show JSON"))
        self.source_button.setCheckable(True)
        self.source_button.toggled.connect(self._on_source_toggled)
        self.text_button.setProperty("edge", "left")
        self.source_button.setProperty("edge", "right")
        for button in self._ways_out():
            self._row.addWidget(button)
        self._row.addStretch(1)
        self._row.addWidget(self.source_button)
        self._tint()

    @override
    def _ways_out(self) -> tuple[QToolButton, ...]:
        return self.text_button, self.json_button, self.csv_button, self.file_button

    @Slot()
    def _copy_text(self) -> None:
        QApplication.clipboard().setText(form_text(self._value))
        self._say_done(self.text_button, self.tr("Copied"))

    @Slot()
    def _copy_json(self) -> None:
        QApplication.clipboard().setText(as_json(self._value))
        self._say_done(self.json_button, self.tr("Copied"))

    @Slot()
    def _save_csv(self) -> None:
        table = form_table(self._value)
        kind = (".csv", self.tr("CSV table"))
        title, name = self.tr("Save the form"), self.tr("Form")
        self._save(self.csv_button, title, name, kind, lambda path: save_csv(path, table))

    @Slot()
    def _save_json(self) -> None:
        text = as_json(self._value)
        kind = (".json", self.tr("JSON file"))
        title, name = self.tr("Save the form"), self.tr("Form")
        self._save(self.file_button, title, name, kind, lambda path: save_text(path, text))

    @Slot(bool)
    def _on_source_toggled(self, is_shown: bool) -> None:
        self._name(self.source_button, self.tr("Hide JSON") if is_shown else self.tr("Show JSON"))
        self._fit_words()
        self.source_toggled.emit(is_shown)
