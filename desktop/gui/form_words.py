"""The words of an answer that is shown as a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from desktop.core.json_answer import Value

translate = QCoreApplication.translate

NOTHING = "—"
_SPACES = str.maketrans({"_": " "})


def label_of(key: str) -> str:
    """A key of JSON as people write it: `total_amount` is Total amount."""
    words = key.translate(_SPACES).strip() or key
    return words[:1].upper() + words[1:]


def is_plain(value: Value) -> bool:
    """Whether a value is shown in one place: no names, and no lists within lists."""
    if isinstance(value, list):
        return not any(isinstance(part, dict | list) for part in value)
    return not isinstance(value, dict)


def value_text(value: Value) -> str:
    """A plain value; a list has a line for each of its texts."""
    match value:
        case True:
            return translate("FormWords", "Yes")
        case False:
            return translate("FormWords", "No")
        case None | "" | []:
            return NOTHING
        case list():
            return "\n".join(map(value_text, value))
        case _:
            return str(value)


def records_of(value: Value) -> list[dict[str, Value]] | None:
    """The rows of a list of entries with plain values; None for anything else."""
    if not isinstance(value, list) or not value:
        return None
    records = [entry for entry in value if isinstance(entry, dict) and entry]
    is_table = len(records) == len(value) and all(
        is_plain(part) for record in records for part in record.values()
    )
    return records if is_table else None


def columns_of(records: list[dict[str, Value]]) -> list[str]:
    """All keys, in the order in which they come up."""
    return list(dict.fromkeys(key for record in records for key in record))


def form_text(value: Value, indent: str = "") -> str:
    """The form as text, a line for each field."""
    lines: list[str] = []
    for label, part in _parts(value):
        if is_plain(part):
            text = value_text(part).replace("\n", ", ")
            lines.append(f"{indent}{label}: {text}" if label else f"{indent}{text}")
        else:
            lines += [f"{indent}{label}:", form_text(part, indent + "  ")]
    return "\n".join(lines)


def _parts(value: Value) -> list[tuple[str, Value]]:
    if isinstance(value, dict):
        return [(label_of(key), part) for key, part in value.items()]
    if isinstance(value, list) and not is_plain(value):
        return [(str(number), part) for number, part in enumerate(value, start=1)]
    return [("", value)]
