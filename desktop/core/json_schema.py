"""JSON Schemas that an answer can be held to: what is understood, and sentences for what is not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from desktop.core.errors import ErrorCode, SchemaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_CHARACTERS = 32_768  # the model has to read it, too
_MOST_DEPTH = 32
_MOST_PARTS = 2_000
_MOST_COUNT = 10_000  # of a list's items or a text's letters: each costs the engine memory

_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_FORMATS = frozenset(
    {
        "date",
        "time",
        "date-time",
        "duration",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uuid",
    }
)
# Words that would be silently broken if they were passed over. All others that are not known, such
# as `title`, say something to a reader and nothing about what an answer may be.
_NOT_HELD = frozenset(
    {
        "not",
        "if",
        "then",
        "else",
        "uniqueItems",
        "contains",
        "minContains",
        "maxContains",
        "propertyNames",
        "dependentRequired",
        "dependentSchemas",
        "dependencies",
        "additionalItems",
        "unevaluatedItems",
        "unevaluatedProperties",
        "$anchor",
        "$dynamicRef",
        "$dynamicAnchor",
        "$recursiveRef",
        "nullable",
    }
)
_MANY = ("properties", "patternProperties", "$defs", "definitions")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_ONE = ("items", "additionalProperties")
_LOOKS_AROUND = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]")

Schema: TypeAlias = dict[str, Any]


def check_schema(text: str) -> None:
    """Nothing, for a schema that an answer can be held to; else raises `SchemaError`.

    What only the engine can know (whether any answer is possible at all) is said by it.
    """
    prepared(text)


def prepared(text: str) -> str:
    """A schema as the engine takes it.

    Objects hold the properties that are named and no others, unless `additionalProperties` says
    otherwise: a small model would never stop to invent some. What `allOf` puts together stays
    open, since its parts would exclude each other.

    Raises:
        SchemaError: it is no JSON, not as the standard has it, too large, or says what cannot be
            held to.
    """
    if len(text) > MOST_CHARACTERS:
        raise SchemaError(
            f"The schema is too long: {len(text)} characters of at most {MOST_CHARACTERS}.",
            ErrorCode.SCHEMA_TOO_LARGE,
            size=str(len(text)),
            most=str(MOST_CHARACTERS),
        )
    root = _parsed(text)
    reader = _Reader(root, closes_objects=not _uses(root, "allOf"))
    return json.dumps(reader.read(root, "#"), ensure_ascii=False)


def _parsed(text: str) -> Schema:
    try:
        root = json.loads(text)
    except json.JSONDecodeError as error:
        raise SchemaError(
            f"The schema is no JSON: see line {error.lineno}, column {error.colno}.",
            ErrorCode.SCHEMA_NOT_JSON,
            line=str(error.lineno),
            column=str(error.colno),
        ) from None
    except (RecursionError, ValueError):
        raise _too_deep() from None
    if not isinstance(root, dict):
        raise SchemaError(
            "A schema is a JSON object: it begins with { and ends with }.",
            ErrorCode.SCHEMA_NOT_OBJECT,
        )
    return root


class _Reader:
    """Goes through a schema, part by part, and copies what is understood."""

    def __init__(self, root: Schema, *, closes_objects: bool) -> None:
        self._root = root
        self._closes_objects = closes_objects
        self._parts = 0

    def read(self, schema: object, place: str, depth: int = 0) -> Any:  # noqa: ANN401 - JSON
        """The part at this place, checked."""
        self._parts += 1
        if depth > _MOST_DEPTH or self._parts > _MOST_PARTS:
            raise _too_deep()
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict):
            raise _wrong(place.rpartition("/")[2], place)
        kept: Schema = {}
        for word, value in schema.items():
            if word in _NOT_HELD:
                raise _not_held(word, place)
            if word in _WORDS:
                kept[word] = self._word(word, value, place, depth)
        self._complete(kept, place)
        return kept

    def _word(self, word: str, value: object, place: str, depth: int) -> Any:  # noqa: ANN401
        if word in _CHECKS:
            if not _CHECKS[word](value):
                raise _wrong(word, place)
            return value
        if word in _MANY:
            return self._many(word, value, place, depth)
        if word in _LISTS:
            return self._list(word, value, place, depth)
        if word in _ONE:
            return self.read(value, f"{place}/{word}", depth + 1)
        return self._reference(value, place) if word == "$ref" else _text(word, value, place)

    def _many(self, word: str, value: object, place: str, depth: int) -> Schema:
        if not isinstance(value, dict):
            raise _wrong(word, place)
        return {
            name: self.read(part, f"{place}/{word}/{name}", depth + 1)
            for name, part in value.items()
        }

    def _list(self, word: str, value: object, place: str, depth: int) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise _wrong(word, place)
        return [
            self.read(part, f"{place}/{word}/{index}", depth + 1)
            for index, part in enumerate(value)
        ]

    def _reference(self, value: object, place: str) -> str:
        if not isinstance(value, str):
            raise _wrong("$ref", place)
        if not value.startswith("#"):
            raise _not_held("$ref", place)  # nothing is fetched
        found: Any = self._root
        for step in value.removeprefix("#").split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, dict) or name not in found:
                raise _wrong("$ref", place)
            found = found[name]
        return value

    def _complete(self, kept: Schema, place: str) -> None:
        """Say what is meant though not written."""
        properties = kept.get("properties")
        if properties is None or not self._closes_objects:
            return
        kept.setdefault("type", "object")
        is_closed = kept.setdefault("additionalProperties", False) is False
        unknown = set(kept.get("required", ())) - set(properties)
        if is_closed and unknown and "patternProperties" not in kept:
            raise _wrong("required", place)


def _text(word: str, value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(word, place)
    if word == "format":
        if value not in _FORMATS:
            raise _not_held(f"format: {value}", place)
        return value
    try:
        re.compile(value)
    except (re.error, RecursionError, OverflowError):
        raise _wrong(word, place) from None
    if _LOOKS_AROUND.search(value):
        raise _not_held(word, place)
    return value


def _is_type(value: object) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(isinstance(name, str) and name in _TYPES for name in names)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_COUNT


def _is_step(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_choice(value: object) -> bool:
    return isinstance(value, list) and bool(value)


def _is_anything(_value: object) -> bool:
    return True


_CHECKS: Mapping[str, Callable[[object], bool]] = {
    "type": _is_type,
    "enum": _is_choice,
    "const": _is_anything,
    "required": _is_names,
    "multipleOf": _is_step,
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number),
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
        _is_count,
    ),
}
_WORDS = frozenset({*_CHECKS, *_MANY, *_LISTS, *_ONE, "$ref", "pattern", "format"})


def _uses(part: object, word: str) -> bool:
    """Whether a word stands anywhere in a schema; the JSON reader has bounded its depth."""
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if word in one:
                return True
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return False


def _wrong(word: str, place: str) -> SchemaError:
    return SchemaError(
        f"In the schema, “{word}” at {place} is not as JSON Schema has it.",
        ErrorCode.SCHEMA_WRONG,
        word=word,
        place=place,
    )


def _not_held(word: str, place: str) -> SchemaError:
    return SchemaError(
        f"An answer cannot be held to “{word}”, which the schema has at {place}. Leave it out.",
        ErrorCode.SCHEMA_NOT_HELD,
        word=word,
        place=place,
    )


def _too_deep() -> SchemaError:
    return SchemaError(
        "The schema has too many parts within each other. Make it simpler.",
        ErrorCode.SCHEMA_TOO_DEEP,
    )
