"""Sentences for schemas and forms that no answer can be held to."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QCoreApplication

from desktop.core.errors import ErrorCode

translate = QCoreApplication.translate

SchemaCode = Literal[
    ErrorCode.SCHEMA_NOT_JSON,
    ErrorCode.SCHEMA_NOT_OBJECT,
    ErrorCode.SCHEMA_WRONG,
    ErrorCode.SCHEMA_NOT_HELD,
    ErrorCode.SCHEMA_TOO_LARGE,
    ErrorCode.SCHEMA_TOO_DEEP,
    ErrorCode.SCHEMA_REFUSED,
    ErrorCode.FORM_EMPTY,
    ErrorCode.FORM_TOO_LONG,
    ErrorCode.FIELD_UNNAMED,
    ErrorCode.FIELD_TWICE,
    ErrorCode.FIELD_WITHOUT_CHOICES,
    ErrorCode.FIELD_UNKNOWN,
    ErrorCode.ANSWER_UNFINISHED,
]


def schema_wordings(code: SchemaCode) -> tuple[str, ...]:  # noqa: PLR0911  # one for each
    """Ways to say it, the richest in details first; see `error_texts`."""
    match code:
        case ErrorCode.SCHEMA_NOT_JSON:
            return (
                translate("SchemaTexts", "This is no JSON yet: see line {line}, column {column}."),
                translate("SchemaTexts", "The schema is no JSON. Look for a missing mark."),
            )
        case ErrorCode.SCHEMA_NOT_OBJECT:
            return (
                translate(
                    "SchemaTexts", "A schema is a JSON object: it begins with a curly bracket."
                ),
            )
        case ErrorCode.SCHEMA_WRONG:
            return (
                translate(
                    "SchemaTexts", "“{word}” at {place} is not written as JSON Schema wants it."
                ),
                translate("SchemaTexts", "A part of the schema is not as JSON Schema has it."),
            )
        case ErrorCode.SCHEMA_NOT_HELD:
            return (
                translate(
                    "SchemaTexts",
                    "An answer cannot be held to “{word}”, which stands at {place}. Leave it out.",
                ),
                translate(
                    "SchemaTexts",
                    "An answer cannot be held to a part of this schema. Leave it out.",
                ),
            )
        case ErrorCode.SCHEMA_TOO_LARGE:
            return (
                translate(
                    "SchemaTexts", "The schema is too long: {size} characters of at most {most}."
                ),
                translate("SchemaTexts", "The schema is too long for a model to read beside it."),
            )
        case ErrorCode.SCHEMA_TOO_DEEP:
            return (
                translate(
                    "SchemaTexts",
                    "The schema has too many parts within each other. Make it simpler.",
                ),
            )
        case ErrorCode.SCHEMA_REFUSED:
            return (
                translate(
                    "SchemaTexts",
                    "No answer can follow this form ({reason}). Change it and ask again.",
                ),
                translate(
                    "SchemaTexts", "No answer can follow this form. Change it and ask again."
                ),
            )
        case ErrorCode.ANSWER_UNFINISHED:
            return (
                translate(
                    "SchemaTexts",
                    "The answer ended before its form was complete. Ask for less, or allow longer "
                    "answers.",
                ),
            )
        case _:
            return _field_wordings(code)


def _field_wordings(
    code: Literal[
        ErrorCode.FORM_EMPTY,
        ErrorCode.FORM_TOO_LONG,
        ErrorCode.FIELD_UNNAMED,
        ErrorCode.FIELD_TWICE,
        ErrorCode.FIELD_WITHOUT_CHOICES,
        ErrorCode.FIELD_UNKNOWN,
    ],
) -> tuple[str, ...]:
    match code:
        case ErrorCode.FORM_EMPTY:
            return (translate("SchemaTexts", "A form needs at least one field. Give one a name."),)
        case ErrorCode.FORM_TOO_LONG:
            return (
                translate(
                    "SchemaTexts", "A form has at most {most} fields. Take some of them out."
                ),
                translate("SchemaTexts", "This form has too many fields. Take some of them out."),
            )
        case ErrorCode.FIELD_UNNAMED:
            return (
                translate(
                    "SchemaTexts", "Every field needs a name. Write one or remove the field."
                ),
            )
        case ErrorCode.FIELD_TWICE:
            return (
                translate("SchemaTexts", "Two fields have the name “{field}”. Change one of them."),
                translate("SchemaTexts", "Two fields have the same name. Change one of them."),
            )
        case ErrorCode.FIELD_WITHOUT_CHOICES:
            return (
                translate(
                    "SchemaTexts", "Say what can be chosen for “{field}”, with commas between."
                ),
                translate(
                    "SchemaTexts", "Say what can be chosen for a field, with commas between."
                ),
            )
        case ErrorCode.FIELD_UNKNOWN:
            return (
                translate("SchemaTexts", "The field “{part}” is not understood. Write it anew."),
                translate("SchemaTexts", "A field of this form is not understood. Write it anew."),
            )
