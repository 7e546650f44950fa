"""Tables for other programs: the clipboard, CSV and XLSX.

No cell becomes a formula there. Text that a spreadsheet would run (it begins with =, +, -, @) comes
with an apostrophe before it where the format has no way to say that it is text. Numbers stay
numbers.
"""

from __future__ import annotations

import csv
import html
import io
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from desktop.core.table_numbers import as_number, decimal_mark
from desktop.store.files import store_error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop.core.table_numbers import DecimalMark, Number
    from desktop.core.tables import Table

# Also behind spaces and quotes, and as the wide forms that some programs narrow on import.
_RUNS = re.compile(r"[\s\"']*[=+\-@＝＋－＠]|[\t\r\n]")
# Where the list separator is a semicolon, Excel cuts a CSV file's cells at those.
_RUNS_INSIDE = re.compile(r"([;\t]\s*[\"']*)(?=[=+\-@＝＋－＠])")
_ODD_SPACES = re.compile(r"[\t\r\n\v\f\u0085\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_SHEET_NAME_LENGTH = 31
_CELL_LENGTH = 32_767  # of an Excel cell
_WIDEST, _NARROWEST = 60, 8  # columns, in characters


def as_tsv(table: Table) -> str:
    """Tab-separated, for the clipboard; one line a row."""
    mark = _mark(table)
    rows = (
        "\t".join(_ODD_SPACES.sub(" ", _harmless(cell, mark)) for cell in row)
        for row in table.filled()
    )
    return "\n".join(rows) + "\n"


def as_html(table: Table) -> str:
    """An HTML table, for the clipboard; text cells say that they are text."""
    mark = _mark(table)
    header, *rows = table.filled()
    head = "".join(f"<th>{_escaped(_harmless(cell, mark))}</th>" for cell in header)
    body = ("".join(_html_cell(cell, mark) for cell in row) for row in rows)
    lines = "".join(f"<tr>{line}</tr>\n" for line in (head, *body))
    return f"<table>\n{lines}</table>"


def as_csv(table: Table) -> bytes:
    """CSV as spreadsheets open it best: UTF-8 with a byte order mark, lines end in CR LF."""
    mark = _mark(table)
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    for row in table.filled():
        cells = (_harmless(_CONTROLS.sub("", cell), mark) for cell in row)
        writer.writerow([_RUNS_INSIDE.sub(r"\1'", cell) for cell in cells])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def as_xlsx(tables: Sequence[Table]) -> bytes:
    """A workbook with a sheet for each table; numbers are numbers, everything else is text."""
    import xlsxwriter  # noqa: PLC0415 - 85 ms of every start, for what few of them need

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    formats: dict[str, Any] = {}
    used: set[str] = set()
    for index, table in enumerate(tables, start=1):
        _write_sheet(book, _sheet_name(table.title, index, used), table, formats)
    book.close()
    return buffer.getvalue()


def save_csv(path: Path, table: Table) -> None:
    """Put the table's CSV in place of the file; raises `StoreError`."""
    _write(path, as_csv(table))


def save_xlsx(path: Path, tables: Sequence[Table]) -> None:
    """Put a workbook of the tables in place of the file; raises `StoreError`."""
    _write(path, as_xlsx(tables))


def save_text(path: Path, text: str) -> None:
    """Put a text, UTF-8 with a line end behind it, in place of the file; raises `StoreError`."""
    _write(path, f"{text}\n".encode("utf-8", "replace"))


def _mark(table: Table) -> DecimalMark:
    return decimal_mark(cell for row in table.rows for cell in row)


def _harmless(cell: str, mark: DecimalMark) -> str:
    if _RUNS.match(cell) and as_number(cell, mark) is None:
        return f"'{cell}"
    return cell


def _escaped(cell: str) -> str:
    return html.escape(_CONTROLS.sub("", cell)).replace("\n", "<br>")


def _html_cell(cell: str, mark: DecimalMark) -> str:
    if as_number(cell, mark) is not None:
        return f'<td align="right">{_escaped(cell)}</td>'
    # Excel and LibreOffice read this as "text, whatever it looks like"; others may not.
    return f"<td style=\"mso-number-format:'\\@'\">{_escaped(_harmless(cell, mark))}</td>"


# --- XLSX -----------------------------------------------------------------------------------------


def _write_sheet(book: Any, name: str, table: Table, formats: dict[str, Any]) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(name)
    mark = _mark(table)
    header, *rows = table.filled()
    bold = formats.setdefault("header", book.add_format({"bold": True, "bottom": 1}))
    plain = formats.setdefault("text", book.add_format({"num_format": "@", "valign": "top"}))
    widths = [len(cell) for cell in header]
    for column, cell in enumerate(header):
        sheet.write_string(0, column, _text(cell), bold)
    for index, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            widths[column] = max(widths[column], *map(_columns_of, cell.split("\n")))
            number = as_number(cell, mark)
            if number is None:
                sheet.write_string(index, column, _text(cell), plain) if cell else None
            else:
                _write_number(book, sheet, (index, column), number, formats)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(_WIDEST, max(_NARROWEST, width + 2)))
    sheet.freeze_panes(1, 0)


def _write_number(
    book: Any,  # noqa: ANN401 - the library has no types
    sheet: Any,  # noqa: ANN401
    place: tuple[int, int],
    number: Number,
    formats: dict[str, Any],
) -> None:
    code = _number_format(number)
    style = formats.get(code)
    if style is None:
        style = formats[code] = book.add_format({"num_format": code, "valign": "top"})
    value = number.value / 100 if number.is_percentage else number.value
    sheet.write_number(*place, float(value), style)


def _number_format(number: Number) -> str:
    """How Excel is to show it: with the decimals and the unit that it was written with."""
    decimals = f".{'0' * number.decimals}" if number.decimals else ""
    if number.is_percentage:
        return f"0{decimals}%"
    if not (number.prefix or number.suffix):
        return f"0{decimals}" if abs(number.value) < 10_000 else f"#,##0{decimals}"
    prefix = f'"{number.prefix}"' if number.prefix else ""
    suffix = f'" {number.suffix}"' if number.suffix else ""
    return f"{prefix}#,##0{decimals}{suffix}"


def _text(cell: str) -> str:
    return _CONTROLS.sub("", cell)[:_CELL_LENGTH]


def _columns_of(line: str) -> int:
    """About how wide a line is: Chinese takes two columns a character."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in line)


def _sheet_name(title: str, number: int, used: set[str]) -> str:
    """A name that Excel takes: short, without certain signs, not twice."""
    base = _SHEET_FORBIDDEN.sub(" ", title).strip(" '")[:_SHEET_NAME_LENGTH] or f"Table {number}"
    if base.lower() == "history":  # Excel keeps this one for itself
        base = f"{base} 1"
    name, count = base, 2
    while name.lower() in used:
        tail = f" {count}"
        name, count = base[: _SHEET_NAME_LENGTH - len(tail)] + tail, count + 1
    used.add(name.lower())
    return name


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, with the permissions that new files have in that folder."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise store_error(error, path) from error
