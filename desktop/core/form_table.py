"""An answer in a form as rows and columns, for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.core.json_answer import as_json
from desktop.core.tables import Table

if TYPE_CHECKING:
    from desktop.core.json_answer import Value

_ONLY = "value"  # the column of an answer without names


def form_table(value: Value) -> Table:
    """One row for a form; one for each entry where the answer is, or holds, a list of them.

    Names within names are joined by a point, texts of a list by a semicolon. A form with one list
    of entries, such as a receipt with its items, repeats its other fields in every row.
    """
    records = [_flat(one) for one in _entries(value)]
    columns = tuple(dict.fromkeys(name for record in records for name in record))
    rows = tuple(tuple(record.get(name, "") for name in columns) for record in records)
    return Table(columns or (_ONLY,), rows)


def _entries(value: Value) -> list[Value]:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return [value]
    lists = {name: part for name, part in value.items() if _is_entries(part)}
    if len(lists) != 1:
        return [value]
    name, entries = next(iter(lists.items()))
    around = {key: part for key, part in value.items() if key != name}
    if not isinstance(entries, list):
        return [value]
    return [{**around, name: entry} for entry in entries]


def _is_entries(value: Value) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _flat(value: Value, name: str = "") -> dict[str, str]:
    if not isinstance(value, dict):
        return {name or _ONLY: cell_text(value)}
    found: dict[str, str] = {}
    for key, part in value.items():
        found |= _flat(part, f"{name}.{key}" if name else key)
    return found


def cell_text(value: Value) -> str:
    """A value that has no names in it, as a cell has it; nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() if not any(isinstance(part, dict | list) for part in value):
            return "; ".join(map(cell_text, value))
        case list() | dict():
            return as_json(value)
        case _:
            return str(value)
