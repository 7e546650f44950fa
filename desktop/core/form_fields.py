"""A form as a list of fields: the simple way to write a schema, and to read one back."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from desktop.core.errors import ErrorCode, SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_FIELDS = 100


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    YES_NO = "yesno"
    DATE = "date"
    LIST = "list"  # of texts
    CHOICE = "choice"  # one of some words


class Field(Struct, frozen=True):
    """One line of a form.

    Attributes:
        name: The key in the answer, as the model reads it.
        kind: What it holds.
        is_required: Whether there is always a value; else the model may say that there is none.
        choices: The words of a CHOICE; empty for all other kinds.
    """

    name: str
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = True
    choices: tuple[str, ...] = ()


_TYPES = {
    FieldKind.TEXT: "string",
    FieldKind.NUMBER: "number",
    FieldKind.INTEGER: "integer",
    FieldKind.YES_NO: "boolean",
    FieldKind.DATE: "string",
    FieldKind.LIST: "array",
}
_ALIASES = {
    "string": FieldKind.TEXT,
    "int": FieldKind.INTEGER,
    "bool": FieldKind.YES_NO,
    "boolean": FieldKind.YES_NO,
}
_PARTS = re.compile(r"[^,(]*(?:\([^)]*\)[^,]*)?")
_WRITTEN = re.compile(
    r"(?P<name>[^:?]+?)\s*(?::\s*(?P<kind>\w+)\s*(?:\((?P<choices>[^)]*)\))?\s*)?(?P<open>\?)?"
)
_ROOT_WORDS = frozenset({"type", "properties", "required", "additionalProperties"})


def build_schema(fields: Sequence[Field]) -> str:
    """The schema of these fields, as JSON; raises `SchemaError` for a field that makes no sense.

    A field that need not have a value stands in every answer all the same, as null: forms of
    several answers then have the same lines.
    """
    if not fields:
        raise SchemaError("A form needs at least one field.", ErrorCode.FORM_EMPTY)
    if len(fields) > MOST_FIELDS:
        raise SchemaError(
            f"A form has at most {MOST_FIELDS} fields.",
            ErrorCode.FORM_TOO_LONG,
            most=str(MOST_FIELDS),
        )
    properties: dict[str, Any] = {}
    for field in fields:
        _check(field, properties)
        properties[field.name] = _part(field)
    root = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return json.dumps(root, ensure_ascii=False)


def _check(field: Field, known: dict[str, Any]) -> None:
    if not field.name.strip():
        raise SchemaError("Every field needs a name.", ErrorCode.FIELD_UNNAMED)
    if field.name in known:
        raise SchemaError(
            f"Two fields have the name “{field.name}”.", ErrorCode.FIELD_TWICE, field=field.name
        )
    if field.kind is FieldKind.CHOICE and not field.choices:
        raise SchemaError(
            f"Say what can be chosen for “{field.name}”.",
            ErrorCode.FIELD_WITHOUT_CHOICES,
            field=field.name,
        )


def _part(field: Field) -> dict[str, Any]:
    if field.kind is FieldKind.CHOICE:
        return {"enum": [*dict.fromkeys(field.choices), *([] if field.is_required else [None])]}
    name = _TYPES[field.kind]
    part: dict[str, Any] = {"type": name if field.is_required else [name, "null"]}
    if field.kind is FieldKind.DATE:
        part["format"] = "date"
    if field.kind is FieldKind.LIST:
        part["items"] = {"type": "string"}
    return part


def fields_of(schema: str) -> tuple[Field, ...] | None:
    """The fields of a schema; None for one that says more than a list of fields can."""
    try:
        root = json.loads(schema)
    except (ValueError, RecursionError):
        return None
    if not isinstance(root, dict) or not root.keys() <= _ROOT_WORDS or root.get("type") != "object":
        return None
    properties, required = root.get("properties"), root.get("required", [])
    is_closed = root.get("additionalProperties", False) is False
    if not isinstance(properties, dict) or not isinstance(required, list) or not is_closed:
        return None
    if not properties or set(map(str, required)) - properties.keys():
        return None
    fields = [_field(name, part, name in required) for name, part in properties.items()]
    found = tuple(field for field in fields if field is not None)
    return found if len(found) == len(fields) else None


def names_of(schema: str) -> tuple[str, ...]:
    """The names that an answer, or each entry of it, has at its top; none where that is open."""
    try:
        root = json.loads(schema)
    except (ValueError, RecursionError):
        return ()
    while isinstance(root, dict) and "properties" not in root and "items" in root:
        root = root["items"]
    properties = root.get("properties") if isinstance(root, dict) else None
    return tuple(properties) if isinstance(properties, dict) else ()


def _field(name: str, part: object, is_named: bool) -> Field | None:
    if not isinstance(part, dict):
        return None
    if part.keys() == {"enum"} and isinstance(part["enum"], list):
        words = tuple(word for word in part["enum"] if isinstance(word, str))
        has_null = None in part["enum"]
        if not words or len(words) + has_null != len(part["enum"]):
            return None
        return Field(name, FieldKind.CHOICE, is_named and not has_null, words)
    kind = part.get("type")
    is_open = isinstance(kind, list) and len(kind) == 2 and "null" in kind
    if isinstance(kind, list) and is_open:
        kind = next((one for one in kind if one != "null"), None)
    rest = {word: value for word, value in part.items() if word != "type"}
    found = next(
        (
            known
            for known, type_name in _TYPES.items()
            if kind == type_name
            and rest
            == {word: value for word, value in _part(Field("", known)).items() if word != "type"}
        ),
        None,
    )
    return None if found is None else Field(name, found, is_named and not is_open)


def parse_fields(text: str) -> tuple[Field, ...]:
    """Fields as they are written on a command line.

    Such as `name, price:number, tags:list, size:choice(S|M|L), date:date?`; a question mark says
    that there may be no value. Raises `SchemaError`.
    """
    fields = tuple(_parsed(part) for part in _split(text))
    build_schema(fields)
    return fields


def _split(text: str) -> Iterator[str]:
    """At commas outside of parentheses."""
    at = 0
    while at <= len(text):
        match = _PARTS.match(text, at)
        part = match[0] if match else ""
        end = at + len(part)
        if end < len(text) and text[end] != ",":  # an open parenthesis that is never closed
            part, end = text[at:], len(text)
        if part.strip():
            yield part.strip()
        at = end + 1


def _parsed(part: str) -> Field:
    match = _WRITTEN.fullmatch(part)
    if match is None:
        raise _unknown(part)
    word = (match["kind"] or FieldKind.TEXT.value).lower()
    kind = _ALIASES.get(word)
    if kind is None:
        if word not in set(FieldKind):
            raise _unknown(part)
        kind = FieldKind(word)
    choices = tuple(one.strip() for one in (match["choices"] or "").split("|") if one.strip())
    if choices and kind is not FieldKind.CHOICE:
        raise _unknown(part)
    return Field(match["name"].strip(), kind, match["open"] is None, choices)


def _unknown(part: str) -> SchemaError:
    kinds = ", ".join(FieldKind)
    return SchemaError(
        f"The field “{part}” is not understood. Write it as name or name:kind; kinds are {kinds}, "
        "and choice takes its words as in size:choice(S|M|L).",
        ErrorCode.FIELD_UNKNOWN,
        part=part,
        kinds=kinds,
    )
