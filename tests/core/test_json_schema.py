from __future__ import annotations

import json
from typing import Any

import pytest

from desktop.core.errors import ErrorCode, SchemaError
from desktop.core.json_schema import MOST_CHARACTERS, check_schema, prepared


def ready(schema: object) -> Any:
    return json.loads(prepared(json.dumps(schema)))


def refusal(text: str) -> SchemaError:
    with pytest.raises(SchemaError) as caught:
        check_schema(text)
    return caught.value


def test_that_objects_hold_what_is_named_and_nothing_else() -> None:
    inner = {"properties": {"b": {"type": "number", "title": "B"}}}
    found = ready({"title": "Receipt", "x-more": 1, "properties": {"a": inner}, "required": ["a"]})
    assert found == {
        "type": "object",
        "properties": {
            "a": {
                "type": "object",
                "properties": {"b": {"type": "number"}},
                "additionalProperties": False,
            }
        },
        "required": ["a"],
        "additionalProperties": False,
    }


def test_that_what_is_said_of_other_properties_stays() -> None:
    schema = {"properties": {"a": {}}, "required": ["b"], "additionalProperties": {"type": "null"}}
    assert ready(schema)["additionalProperties"] == {"type": "null"}


def test_that_parts_that_are_put_together_stay_open() -> None:
    parts: list[dict[str, Any]] = [{"properties": {"a": {}}}, {"properties": {"b": {}}}]
    assert "additionalProperties" not in json.dumps(ready({"allOf": parts}))


def test_that_references_within_the_schema_are_kept() -> None:
    schema = {"$defs": {"a/b": {"type": "string"}}, "items": {"$ref": "#/$defs/a~1b"}}
    assert ready(schema) == schema
    assert ready({"items": {"$ref": "#"}}) == {"items": {"$ref": "#"}}


def test_that_keys_keep_their_order() -> None:
    names = ["z", "名称", "a"]
    found = ready({"properties": {name: {} for name in names}})
    assert list(found["properties"]) == names


@pytest.mark.parametrize("text", ["", "{", "nothing", '{"a": }'])
def test_that_what_is_no_json_is_told_with_its_place(text: str) -> None:
    error = refusal(text)
    assert error.code is ErrorCode.SCHEMA_NOT_JSON
    assert int(error.details["line"]) == 1
    assert str(error.details["column"]) in error.message


@pytest.mark.parametrize("text", ["[]", "true", '"{}"', "null", "3"])
def test_that_a_schema_is_an_object(text: str) -> None:
    assert refusal(text).code is ErrorCode.SCHEMA_NOT_OBJECT


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ({"type": "text"}, "type"),
        ({"type": []}, "type"),
        ({"properties": ["a"]}, "properties"),
        ({"properties": {"b": 1}}, "b"),
        ({"properties": {}, "required": ["b"]}, "required"),
        ({"required": "a"}, "required"),
        ({"enum": []}, "enum"),
        ({"anyOf": []}, "anyOf"),
        ({"items": [{}]}, "items"),
        ({"minLength": -1}, "minLength"),
        ({"maxItems": 10**9}, "maxItems"),
        ({"minimum": True}, "minimum"),
        ({"multipleOf": 0}, "multipleOf"),
        ({"pattern": "("}, "pattern"),
        ({"pattern": 1}, "pattern"),
        ({"$ref": "#/nowhere"}, "$ref"),
        ({"$ref": 1}, "$ref"),
    ],
)
def test_that_a_wrong_part_is_named_with_its_place(part: object, word: str) -> None:
    error = refusal(json.dumps({"properties": {"a": part}}))
    assert error.code is ErrorCode.SCHEMA_WRONG
    assert error.details["word"] == word
    assert error.details["place"].startswith("#/properties/a")
    assert f"“{word}”" in error.message


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ({"not": {}}, "not"),
        ({"if": {}, "then": {}}, "if"),
        ({"uniqueItems": True}, "uniqueItems"),
        ({"nullable": True}, "nullable"),
        ({"pattern": "(?!x)"}, "pattern"),
        ({"pattern": "(a)\\1"}, "pattern"),
        ({"format": "regex"}, "format: regex"),
        ({"$ref": "https://example.org/schema"}, "$ref"),
    ],
)
def test_that_nothing_is_silently_passed_over(part: object, word: str) -> None:
    error = refusal(json.dumps({"items": part}))
    assert error.code is ErrorCode.SCHEMA_NOT_HELD
    assert (error.details["word"], error.details["place"]) == (word, "#/items")


def test_that_what_is_too_large_or_too_deep_is_refused() -> None:
    assert refusal("{" + " " * MOST_CHARACTERS).code is ErrorCode.SCHEMA_TOO_LARGE
    assert refusal('{"items":' * 40 + "{}" + "}" * 40).code is ErrorCode.SCHEMA_TOO_DEEP
    assert refusal('{"a":' * 6000).code is ErrorCode.SCHEMA_TOO_DEEP
    many: dict[str, Any] = {"properties": {f"k{number}": {} for number in range(2001)}}
    assert refusal(json.dumps(many)).code is ErrorCode.SCHEMA_TOO_DEEP
