"""Fields and schemas, what a model is asked for, and what comes back."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode, SchemaError
from desktop.core.form_fields import (
    MOST_FIELDS,
    Field,
    FieldKind,
    build_schema,
    fields_of,
    names_of,
    parse_fields,
)
from desktop.core.form_request import held_to, with_names, with_request, without_request
from desktop.core.form_table import form_table
from desktop.core.json_answer import as_json, read_answer, read_so_far
from desktop.core.json_schema import prepared
from desktop.core.types import GenerationSettings

if TYPE_CHECKING:
    from desktop.core.json_answer import Value

SPEC = "name, price:number, count: integer, ok:bool, seen on:date?, tags:list, size:choice(S|M, x)?"
FIELDS = (
    Field("name"),
    Field("price", FieldKind.NUMBER),
    Field("count", FieldKind.INTEGER),
    Field("ok", FieldKind.YES_NO),
    Field("seen on", FieldKind.DATE, is_required=False),
    Field("tags", FieldKind.LIST),
    Field("size", FieldKind.CHOICE, is_required=False, choices=("S", "M, x")),
)


# --- fields ---------------------------------------------------------------------------------------


def test_that_fields_are_read_as_they_are_written() -> None:
    assert parse_fields(SPEC) == FIELDS
    assert parse_fields("商品, 价格：") == (Field("商品"), Field("价格："))
    assert parse_fields("a?, b") == (Field("a", is_required=False), Field("b"))


def test_that_a_schema_of_fields_gives_them_back_and_is_one_to_hold_to() -> None:
    schema = build_schema(FIELDS)
    assert fields_of(schema) == FIELDS
    assert prepared(schema) == schema
    assert names_of(schema) == tuple(field.name for field in FIELDS)


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("", ErrorCode.FORM_EMPTY),
        (" , ,", ErrorCode.FORM_EMPTY),
        ("a, a", ErrorCode.FIELD_TWICE),
        ("a:colour", ErrorCode.FIELD_UNKNOWN),
        ("a:list(x|y)", ErrorCode.FIELD_UNKNOWN),
        ("a:choice(x", ErrorCode.FIELD_UNKNOWN),
        (":number", ErrorCode.FIELD_UNKNOWN),
        ("a:choice", ErrorCode.FIELD_WITHOUT_CHOICES),
        ("a:choice( | )", ErrorCode.FIELD_WITHOUT_CHOICES),
        (",".join(f"f{n}" for n in range(MOST_FIELDS + 1)), ErrorCode.FORM_TOO_LONG),
    ],
)
def test_that_fields_that_make_no_sense_are_refused(spec: str, code: ErrorCode) -> None:
    with pytest.raises(SchemaError) as caught:
        parse_fields(spec)
    assert caught.value.code is code


def test_that_a_field_needs_a_name() -> None:
    with pytest.raises(SchemaError) as caught:
        build_schema([Field(" ")])
    assert caught.value.code is ErrorCode.FIELD_UNNAMED


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {}},
        {"type": "array", "items": {"type": "string"}},
        {"type": "object", "properties": {"a": {"type": "string", "title": "A"}}},
        {"type": "object", "properties": {"a": {"type": "object"}}},
        {"type": "object", "properties": {"a": {"enum": ["x", 1]}}},
        {"type": "object", "properties": {"a": {"enum": [None]}}},
        {"type": "object", "properties": {"a": {"type": ["string", "number"]}}},
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]},
        {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True},
        {"$defs": {}, "type": "object", "properties": {"a": {"type": "string"}}},
        {"type": "object", "properties": {"a": True}},
    ],
)
def test_that_a_schema_that_says_more_is_no_list_of_fields(schema: object) -> None:
    assert fields_of(json.dumps(schema)) is None


def test_that_what_is_not_required_may_be_missing() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    assert fields_of(json.dumps(schema)) == (Field("a", FieldKind.INTEGER, is_required=False),)


def test_that_names_are_found_at_the_top_of_each_entry() -> None:
    entries = {"type": "array", "items": {"properties": {"a": {}, "b": {}}}}
    assert names_of(json.dumps(entries)) == ("a", "b")
    assert names_of("{") == names_of('{"type": "string"}') == ()


# --- asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["What is this?", "这是什么？", "これは何ですか？", ""])
@pytest.mark.parametrize("schema", [build_schema(FIELDS), '{"type": "array"}', "{"])
def test_that_the_request_follows_the_question_and_comes_off_again(
    question: str, schema: str
) -> None:
    asked = with_request(question, schema)
    assert asked.startswith(question)
    assert "JSON" in asked
    assert without_request(asked, schema) == question
    assert without_request(question, schema) == question


def test_that_the_request_speaks_the_questions_language_and_names_every_field() -> None:
    asked = with_request("What is on it?", build_schema(FIELDS))
    assert all(f'"{field.name}"' in asked for field in FIELDS)
    assert "one of S | M, x or null" in asked
    assert "请用" in with_request("上面有什么？", build_schema(FIELDS))
    assert "请用" not in with_request("何がありますか？日本", build_schema(FIELDS))


def test_that_notes_are_asked_for_by_names_alone() -> None:
    assert with_names("Q", build_schema(FIELDS[:2])) == "Q (name, price)"
    assert with_names("Q", "{}") == "Q"


def test_that_held_answers_are_drawn_without_penalties() -> None:
    usual = GenerationSettings(presence_penalty=1.5, repetition_penalty=1.2, temperature=0.3)
    held = held_to(usual, "{}")
    assert (held.json_schema, held.presence_penalty, held.repetition_penalty) == ("{}", 0.0, 1.0)
    assert held.temperature == 0.3
    assert held_to(usual, None) is usual


# --- what comes back ------------------------------------------------------------------------------

ANSWER = (
    '{"name \\"q\\"": "红 \\u00e9 \\ud83d\\ude42", "price": 12.40, "big": 123456789012345678901,'
    ' "list": ["a", {"b": true}], "none": null, "empty": []}'
)


def test_that_an_answer_is_read_with_its_digits_and_what_follows_it() -> None:
    found = read_answer(f" {ANSWER}\n\n---\nNotes")
    assert found is not None
    value, rest = found
    assert isinstance(value, dict)
    assert (value["price"], rest) == (Decimal("12.40"), "---\nNotes")
    assert value['name "q"'] == "红 é 🙂"
    assert json.loads(as_json(value)) == json.loads(ANSWER)
    assert '"price": 12.40' in as_json(value)
    assert "  " in as_json(value)


@pytest.mark.parametrize(
    "text", ["", "{", "words", '{"a": NaN}', "[" * 100_000, "1" * 5000, '{"a": 1', "Infinity"]
)
def test_that_what_is_no_whole_json_is_none(text: str) -> None:
    assert read_answer(text) is None


def test_that_half_a_pair_of_escapes_does_no_harm() -> None:
    found = read_answer('{"a\\ud83d": ["\\ud83d"]}')
    assert found == ({"a\ufffd": ["\ufffd"]}, "")
    found[0].__repr__().encode()  # as a file would


def test_that_an_answer_only_grows_while_it_is_written() -> None:
    """Cut anywhere, what was told before stays; texts and lists get longer."""
    before: Value = None
    for end in range(len(ANSWER) + 1):
        value = read_so_far(ANSWER[:end])
        assert _goes_on(before, value), (ANSWER[:end], before, value)
        before = value
    assert before == json.loads(ANSWER, parse_float=Decimal)


def _goes_on(before: Value, after: Value) -> bool:
    match before, after:
        case dict(), dict():
            return all(key in after and _goes_on(v, after[key]) for key, v in before.items())
        case list(), list():
            pairs = zip(before, after, strict=False)
            return len(after) >= len(before) and all(_goes_on(a, b) for a, b in pairs)
        case str(), str():
            return after.startswith(before)
        case ((int() | Decimal()), (int() | Decimal())):
            return str(after).startswith(str(before))
        case None, _:
            return True
        case _:
            return before == after


@pytest.mark.parametrize(
    ("value", "header", "rows"),
    [
        ({"a": 1, "b": {"c": None, "d": ["x", "y"]}}, ("a", "b.c", "b.d"), [("1", "", "x; y")]),
        ([{"a": True}, {"b": Decimal("1.50")}], ("a", "b"), [("true", ""), ("", "1.50")]),
        (["x", 2], ("value",), [("x",), ("2",)]),
        ("text", ("value",), [("text",)]),
        ([], ("value",), []),
        (
            {"shop": "A", "items": [{"n": 1}, {"n": 2}], "total": 3},
            ("shop", "total", "items.n"),
            [("A", "3", "1"), ("A", "3", "2")],
        ),
    ],
)
def test_that_a_form_becomes_rows(
    value: Value, header: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    table = form_table(value)
    assert (table.header, list(table.rows)) == (header, rows)


def test_that_two_lists_of_entries_stay_in_their_cells() -> None:
    table = form_table({"a": [{"x": 1}], "b": [{"y": 2}]})
    assert (table.header, len(table.rows)) == (("a", "b"), 1)
    assert json.loads(table.rows[0][0]) == [{"x": 1}]
