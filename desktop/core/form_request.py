"""How a model is asked for an answer in a form, beside being held to it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core.form_fields import Field, FieldKind, fields_of, names_of

if TYPE_CHECKING:
    from desktop.core.types import GenerationSettings

# In the question's language, not in the window's: small models answer in the one they read last.
_HAN = re.compile(r"[\u4e00-\u9fff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_FIELDS = "\n\n(Answer with a JSON object that has these fields: {fields}.)"
_FIELDS_ZH = "\n\n（请用一个JSON对象回答，包含这些字段：{fields}。）"
_SCHEMA = "\n\n(Answer with JSON that follows this JSON Schema: {schema})"
_SCHEMA_ZH = "\n\n（请用符合以下JSON Schema的JSON回答：{schema}）"
_KINDS = {
    FieldKind.TEXT: ("text", "文字"),
    FieldKind.NUMBER: ("number", "数字"),
    FieldKind.INTEGER: ("whole number", "整数"),
    FieldKind.YES_NO: ("true or false", "true或false"),
    FieldKind.DATE: ("date as YYYY-MM-DD", "日期，格式为YYYY-MM-DD"),
    FieldKind.LIST: ("list of texts", "文字列表"),
    FieldKind.CHOICE: ("one of {choices}", "以下之一：{choices}"),
}
_MOST_NAMES = 40
_OR_NULL = ("or null when it is not there", "没有时写null")


def with_request(question: str, schema: str) -> str:
    """The question, with what its answer has to look like behind it."""
    is_chinese = bool(_HAN.search(question)) and not _KANA_OR_HANGUL.search(question)
    return question + _request(schema, is_chinese=is_chinese)


def _request(schema: str, *, is_chinese: bool) -> str:
    fields = fields_of(schema)
    if fields is None:
        return (_SCHEMA_ZH if is_chinese else _SCHEMA).format(schema=_short(schema))
    words = ("、" if is_chinese else ", ").join(_said(field, is_chinese) for field in fields)
    return (_FIELDS_ZH if is_chinese else _FIELDS).format(fields=words)


def without_request(asked: str, schema: str) -> str:
    """The question as it was before `with_request`."""
    for is_chinese in (False, True):
        bare = asked.removesuffix(_request(schema, is_chinese=is_chinese))
        if bare != asked:
            return bare
    return asked


def with_names(question: str, schema: str) -> str:
    """The question with the names of what is wanted, for notes that are free in their form."""
    names = names_of(schema)[:_MOST_NAMES]
    return f"{question} ({', '.join(names)})" if names else question


def held_to(settings: GenerationSettings, schema: str | None) -> GenerationSettings:
    """Settings for an answer that has to follow a schema; the same ones without a schema.

    Penalties are left out: JSON says its quotes and commas again and again, and a model that is
    punished for the closing quote does not close.
    """
    if schema is None:
        return settings
    return replace(settings, json_schema=schema, presence_penalty=0.0, repetition_penalty=1.0)


def _said(field: Field, is_chinese: bool) -> str:
    kind = _KINDS[field.kind][is_chinese].format(choices=" | ".join(field.choices))
    parts = [kind] if field.is_required else [kind, _OR_NULL[is_chinese]]
    name = json.dumps(field.name, ensure_ascii=False)
    if is_chinese:
        return f"{name}（{'，'.join(parts)}）"
    return f"{name} ({' '.join(parts)})"


def _short(schema: str) -> str:
    try:
        return json.dumps(json.loads(schema), ensure_ascii=False)
    except (ValueError, RecursionError):
        return schema
