"""An answer that is JSON, shown as a form: what each value is, and beside it the value."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextFormat, QTextLength
from typing_extensions import override

from desktop.gui.flowing_text import FlowingText
from desktop.gui.form_words import (
    columns_of,
    is_plain,
    label_of,
    records_of,
    value_text,
)
from desktop.gui.text_formats import INDENT_PX, TextFormats, block_format, table_format
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QTextTable
    from PySide6.QtWidgets import QWidget

    from desktop.core.json_answer import Value

_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
_LABEL_PERCENT = 30
_GAP_PX = 16
_MOST_COLUMNS = 8  # with more, entries stand under each other


class FormView(FlowingText):
    """Shows a value; it may be one that is still growing. Its height changes with every call."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Answer as a form"))
        self.document().setDocumentMargin(0)
        self._value: Value = None
        self._formats = TextFormats(theme().colors)
        self._tiny = QTextCharFormat()
        self._tiny.setProperty(QTextFormat.Property.FontPixelSize, 1)
        theme().changed.connect(self._draw_anew)

    @property
    def value(self) -> Value:
        """What is shown."""
        return self._value

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._draw_anew()

    def show_value(self, value: Value) -> None:
        """Show this in place of what is there."""
        self._value = value
        document = self.document()
        document.clear()
        document.setUndoRedoEnabled(False)
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        self._flatten_end()
        self._write(value, 0)
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    @Slot()
    def _draw_anew(self) -> None:
        self._formats = TextFormats(theme().colors)
        self.show_value(self._value)

    def _write(self, value: Value, depth: int) -> None:
        records = records_of(value)
        if records is not None and len(columns_of(records)) <= _MOST_COLUMNS:
            self._write_records(records, depth)
        elif isinstance(value, dict):
            self._write_fields([(label_of(key), part) for key, part in value.items()], depth)
        elif isinstance(value, list) and not is_plain(value):
            numbers = map(self.locale().toString, range(1, len(value) + 1))
            self._write_fields(list(zip(numbers, value, strict=True)), depth)
        else:
            cursor = self._end()
            cursor.setBlockFormat(block_format(top=0))
            cursor.insertText(value_text(value), self._formats.words())

    def _write_fields(self, fields: list[tuple[str, Value]], depth: int) -> None:
        """Runs of plain values as one table, what has parts under a heading."""
        run: list[tuple[str, Value]] = []
        for label, value in fields:
            if is_plain(value):
                run.append((label, value))
                continue
            self._write_run(run, depth)
            run = []
            self._write_heading(label, depth)
            self._write(value, depth + 1)
        self._write_run(run, depth)

    def _write_heading(self, label: str, depth: int) -> None:
        form = block_format(top=14 if self._end().position() else 0)
        form.setBottomMargin(2)
        form.setLeftMargin(depth * INDENT_PX)
        cursor = self._end()  # in the empty block that Qt keeps behind a table
        cursor.setBlockFormat(form)
        cursor.insertText(label, self._formats.words(level=4))
        cursor.insertBlock()
        self._flatten_end()

    def _write_run(self, fields: list[tuple[str, Value]], depth: int) -> None:
        if not fields:
            return
        table = self._table(len(fields), 2, depth)
        form = table.format()
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        form.setColumnWidthConstraints(
            [
                QTextLength(QTextLength.Type.PercentageLength, _LABEL_PERCENT),
                QTextLength(QTextLength.Type.PercentageLength, 100 - _LABEL_PERCENT),
            ]
        )
        table.setFormat(form)
        for row, (label, value) in enumerate(fields):
            self._fill(table, row, 0, label, self._formats.words(is_quoted=True))
            self._fill(table, row, 1, value_text(value), self._formats.words())

    def _write_records(self, records: list[dict[str, Value]], depth: int) -> None:
        columns = columns_of(records)
        table = self._table(len(records) + 1, len(columns), depth)
        for column, key in enumerate(columns):
            side = _LEFT if any(map(_is_text, (r.get(key) for r in records))) else _RIGHT
            label = self._formats.words(is_quoted=True)
            self._fill(table, 0, column, label_of(key), label, side)
            for row, record in enumerate(records, start=1):
                text = value_text(record.get(key))
                self._fill(table, row, column, text, self._formats.words(), side)

    def _table(self, rows: int, columns: int, depth: int) -> QTextTable:
        form = table_format(top=0)
        form.setLeftMargin(depth * INDENT_PX)
        form.setHeaderRowCount(0)
        table = self._end().insertTable(rows, columns, form)
        self._flatten_end()
        return table

    def _flatten_end(self) -> None:
        """Let the last block, which is empty, take no room until something is written to it."""
        cursor = self._end()
        cursor.setBlockFormat(block_format(top=0, line=1))
        cursor.setBlockCharFormat(self._tiny)

    def _fill(
        self,
        table: QTextTable,
        row: int,
        column: int,
        text: str,
        words: QTextCharFormat,
        side: Qt.AlignmentFlag = _LEFT,
    ) -> None:
        cell = table.cellAt(row, column)
        cell.setFormat(self._formats.cell(0 if column == table.columns() - 1 else _GAP_PX))
        cursor = cell.firstCursorPosition()
        form = block_format(top=0)
        form.setAlignment(side)
        cursor.setBlockFormat(form)
        for index, line in enumerate(text.split("\n")):
            if index:
                cursor.insertBlock(form)
            cursor.insertText(line, words)

    def _end(self) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        return cursor


def _is_text(value: Value) -> bool:
    """Whether a value stands at the left: all but numbers, and what is not there."""
    return isinstance(value, bool) or not isinstance(value, int | Decimal | None)
