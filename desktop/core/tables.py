"""Tables in an answer: those of its Markdown, and JSON that has the shape of one."""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Table(Struct, frozen=True):
    """A table as plain text, cells without Markdown.

    Attributes:
        header: The names of the columns.
        rows: As written: a row may be shorter or longer than the header.
        title: The key that a JSON table stood under; empty otherwise.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""

    @property
    def width(self) -> int:
        """Columns of the longest row."""
        return max(map(len, (self.header, *self.rows)))

    def filled(self) -> tuple[tuple[str, ...], ...]:
        """The header and all rows, each as wide as the widest."""
        width = self.width
        return tuple(row + ("",) * (width - len(row)) for row in (self.header, *self.rows))


_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*([\w+-]*)[^`]*$")
_TABLE_LANGUAGES = frozenset({"", "markdown", "md", "table", "text", "txt", "plaintext"})
_JSON_LANGUAGES = frozenset({"", "json", "json5", "jsonc"})
_DELIMITER = re.compile(r"\|?(\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?")
_PLACE_KEYS = frozenset({"bbox_2d", "bbox", "box_2d", "point_2d", "box", "point"})
_HEADER_KEYS = ("columns", "header", "headers", "fields")
_ROW_KEYS = ("rows", "data", "values", "items")
_MOST_DEPTH = 4
_DECODER = json.JSONDecoder(parse_float=Decimal)  # keeps 12.40 as it was written
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_EMPHASIS = (
    re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"),
    re.compile(r"(~~)(?=\S)(.+?)(?<=\S)\1"),
    re.compile(r"(?<![\w*])(\*)(?=[^\s*])(.+?)(?<=[^\s*])\1(?![\w*])"),
    re.compile(r"(?<!\w)(_)(?=[^\s_])(.+?)(?<=[^\s_])\1(?!\w)"),
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_HIDDEN = 0xF0000  # private signs stand for escaped ones while emphasis is taken off
_ESCAPED_SIGN = re.compile(f"[{chr(_HIDDEN)}-{chr(_HIDDEN + 127)}]")
_MARKUP = re.compile(r"[\\*_~\[<&`]")
_CODE = re.compile(r"(`+)(.+?)\1")
_TEXT_SPACES = "\u200a\u200b\u2060"  # what is put around bold Chinese to make Markdown see it


def find_tables(text: str) -> tuple[Table, ...]:
    """All tables of an answer, in order.

    JSON that says where things are in a picture is none. A table in a fenced block counts when the
    block says Markdown or nothing; a JSON block that is cut off gives nothing.
    """
    found: list[Table] = []
    for language, lines in _blocks(text):
        if language is None:
            found.extend(_markdown_tables(lines))
            found.extend(_bare_json(lines))
            continue
        tables = _json_tables("\n".join(lines)) if language in _JSON_LANGUAGES else []
        if not tables and language in _TABLE_LANGUAGES:
            tables = _markdown_tables(lines)
        found.extend(tables)
    return tuple(found)


def _blocks(text: str) -> Iterator[tuple[str | None, list[str]]]:
    """Runs of lines: (None, lines) outside fences, (language, lines) within one."""
    lines: list[str] = []
    fence, language = "", ""
    for line in text.splitlines():
        match = _FENCE.fullmatch(line)
        if not fence and match:
            yield None, lines
            lines, fence, language = [], match[1], match[2].lower()
        elif fence and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            yield language, lines
            lines, fence = [], ""
        else:
            lines.append(line)
    yield (language if fence else None), lines


# --- Markdown -------------------------------------------------------------------------------------


def _markdown_tables(lines: Sequence[str]) -> list[Table]:
    found = []
    index = 0
    while index + 1 < len(lines):
        header = _header(lines[index], lines[index + 1])
        if header is None:
            index += 1
            continue
        index += 2
        rows = []
        while index < len(lines) and "|" in lines[index]:
            rows.append(_cells(lines[index]))
            index += 1
        if rows:
            found.append(Table(header, tuple(rows)))
    return found


def _header(line: str, below: str) -> tuple[str, ...] | None:
    """The cells of a line that begins a table; the line below it says so."""
    if "|" not in line or not _DELIMITER.fullmatch(below.strip()):
        return None
    header = _cells(line)
    return header if len(_cells(below)) == len(header) else None


def _cells(line: str) -> tuple[str, ...]:
    """The cells of one line; a bar within a code span or behind a backslash parts nothing."""
    cells, cell, ticks = [], "", 0
    for piece in re.findall(r"\\.|`+|[^\\`|]+|\\|\|", line.strip()):
        if piece == "|" and not ticks:
            cells.append(cell)
            cell = ""
            continue
        if piece.startswith("`"):
            ticks = 0 if ticks == len(piece) else ticks or _opens(piece, line)
        cell += "|" if piece == "\\|" else piece
    cells.append(cell)
    if line.strip().startswith("|"):
        cells = cells[1:]
    if not cells[-1].strip() and len(cells) > 1:
        cells.pop()
    return tuple(_plain(cell) for cell in cells)


def _opens(ticks: str, line: str) -> int:
    """The length of a code span's opening; 0 for a lonely tick, which parts as usual."""
    return len(ticks) if len(re.findall(rf"(?<!`){ticks}(?!`)", line)) > 1 else 0


def _plain(cell: str) -> str:
    """A cell without its Markdown; line breaks become real ones."""
    if not _MARKUP.search(cell):
        return cell.strip().strip(_TEXT_SPACES)
    text = _BREAK.sub("\n", cell)
    parts = []
    end = 0
    for match in _CODE.finditer(text):
        parts += [_unmarked(text[end : match.start()]), match[2].strip()]
        end = match.end()
    parts.append(_unmarked(text[end:]))
    return "".join(parts).strip().strip(_TEXT_SPACES)


def _unmarked(text: str) -> str:
    text = _ESCAPED.sub(lambda found: chr(_HIDDEN + ord(found[1])), text)
    text = _LINK.sub(r"\1", text)
    for mark in _EMPHASIS:
        text = mark.sub(r"\2", text)
    return html.unescape(_ESCAPED_SIGN.sub(lambda found: chr(ord(found[0]) - _HIDDEN), text))


# --- JSON -----------------------------------------------------------------------------------------


def _bare_json(lines: Sequence[str]) -> list[Table]:
    """JSON that stands in the text without a fence, from the beginning of a line on."""
    text = "\n".join(lines)
    found: list[Table] = []
    end = 0
    for match in re.finditer(r"^[ \t]*([\[{])", text, re.MULTILINE):
        if match.start() < end:
            continue
        try:
            value, end = _DECODER.raw_decode(text, match.start(1))
        except (ValueError, RecursionError):
            continue
        found += _tables_in(value, "", 0)
    return found


def _json_tables(text: str) -> list[Table]:
    try:
        return _tables_in(_DECODER.decode(text), "", 0)
    except (ValueError, RecursionError):
        return []


def _tables_in(value: Any, title: str, depth: int) -> list[Table]:  # noqa: ANN401 - any JSON
    if depth > _MOST_DEPTH:
        return []
    if isinstance(value, list):
        table = _of_objects(value, title) or _of_lists(value, title)
        return [table] if table else []
    if not isinstance(value, dict) or _PLACE_KEYS & value.keys():
        return []
    table = _of_parts(value, title) or _of_columns(value, title)
    if table:
        return [table]
    return [t for key, part in value.items() for t in _tables_in(part, str(key), depth + 1)]


def _of_objects(value: list[Any], title: str) -> Table | None:
    """A list of objects: their keys are the columns."""
    if not value or not all(isinstance(item, dict) and item for item in value):
        return None
    keys = list(dict.fromkeys(key for item in value for key in item))
    if _PLACE_KEYS & set(keys):
        return None
    rows = tuple(tuple(_written(item.get(key)) for key in keys) for item in value)
    return Table(tuple(keys), rows, title)


def _of_lists(value: list[Any], title: str) -> Table | None:
    """A list of lists: the first is the header."""
    if len(value) < 2 or not all(isinstance(row, list) and row for row in value):
        return None
    if any(isinstance(cell, list | dict) for row in value for cell in row):
        return None
    header, *rows = (tuple(map(_written, row)) for row in value)
    if not all(isinstance(cell, str) for cell in value[0]):
        return None
    return Table(header, tuple(rows), title)


def _of_parts(value: dict[str, Any], title: str) -> Table | None:
    """An object with a list of column names and a list of rows."""
    header = next((value[key] for key in _HEADER_KEYS if key in value), None)
    rows = next((value[key] for key in _ROW_KEYS if key in value), None)
    if not (isinstance(header, list) and isinstance(rows, list) and header and rows):
        return None
    if not all(isinstance(name, str) for name in header):
        return None
    if not all(isinstance(row, list) for row in rows):
        return None
    return Table(tuple(header), tuple(tuple(map(_written, row)) for row in rows), title)


def _of_columns(value: dict[str, Any], title: str) -> Table | None:
    """An object of lists of one length: each is a column."""
    columns = list(value.values())
    if len(columns) < 2 or not all(isinstance(column, list) and column for column in columns):
        return None
    if len({len(column) for column in columns}) != 1:
        return None
    if any(isinstance(cell, list | dict) for column in columns for cell in column):
        return None
    rows = tuple(tuple(map(_written, row)) for row in zip(*columns, strict=True))
    return Table(tuple(value), rows, title)


def _written(value: Any) -> str:  # noqa: ANN401 - any JSON
    """A JSON value as a cell's text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list() if not any(isinstance(item, list | dict) for item in value):
            return ", ".join(map(_written, value))
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
