"""What does not fit in a table, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.core.table_checks import ProblemKind

if TYPE_CHECKING:
    from desktop.core.table_checks import Problem
    from desktop.core.tables import Table

_LONGEST_NAME = 40
translate = QCoreApplication.translate


def problem_text(table: Table, problem: Problem) -> str:
    """One sentence that says where, what is there and what would fit."""
    where = _row_name(table, problem.row)
    match problem.kind:
        case ProblemKind.CELLS:
            return translate(
                "TableTexts", "{row} has {found} cells, the table has {expected} columns."
            ).format(row=where, found=problem.found, expected=problem.expected)
        case ProblemKind.COLUMN_SUM:
            return translate(
                "TableTexts",
                "{row}, {column}: {found} is written, what stands above adds up to {expected}.",
            ).format(
                row=where,
                column=_column_name(table, problem.column),
                found=problem.found,
                expected=problem.expected,
            )
        case ProblemKind.ROW_SUM:
            return translate(
                "TableTexts",
                "{row}, {column}: {found} is written; made as in the other rows it is {expected}.",
            ).format(
                row=where,
                column=_column_name(table, problem.column),
                found=problem.found,
                expected=problem.expected,
            )


def table_name(table: Table, number: int) -> str:
    """How a table is told from the others of its answer."""
    title = table.title or ", ".join(name for name in table.header if name)
    return translate("TableTexts", "{number}: {title}").format(
        number=QLocale().toString(number), title=_short(title)
    )


def _row_name(table: Table, row: int) -> str:
    number = QLocale().toString(row + 1)
    label = next((cell for cell in table.rows[row] if cell.strip()), "")
    if not label:
        return translate("TableTexts", "Row {number}").format(number=number)
    return translate("TableTexts", "Row {number} (“{label}”)").format(
        number=number, label=_short(label)
    )


def _column_name(table: Table, column: int | None) -> str:
    if column is None or column >= len(table.header) or not table.header[column]:
        return translate("TableTexts", "column {number}").format(
            number=QLocale().toString((column or 0) + 1)
        )
    return f"“{_short(table.header[column])}”"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"
