"""Answers in a form on the command line: what is asked for, and whether it came whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.core.errors import EngineError, ErrorCode, SchemaError
from desktop.core.form_fields import build_schema, parse_fields
from desktop.core.json_answer import read_answer
from desktop.core.json_schema import check_schema

if TYPE_CHECKING:
    import argparse


def add_form_options(parser: argparse.ArgumentParser) -> None:
    """The options that `schema_of` reads."""
    group = parser.add_argument_group(
        "form", "The answer is JSON and nothing else; it is printed when it is whole."
    ).add_mutually_exclusive_group()
    group.add_argument(
        "--fields",
        metavar="LIST",
        help='what to read out, such as "name, price:number, tags:list, size:choice(S|M|L), '
        'date:date?"; kinds are text, number, integer, yesno, date, list and choice, and a '
        "question mark lets the model say that there is nothing",
    )
    group.add_argument(
        "--schema", metavar="FILE|JSON", help="a JSON Schema that the answer has to follow"
    )


def schema_of(options: argparse.Namespace) -> str | None:
    """The schema that was asked for, checked; None for an answer in any form.

    Raises:
        SchemaError: it is none that an answer can be held to, or its file cannot be read.
    """
    if options.fields is not None:
        return build_schema(parse_fields(options.fields))
    if options.schema is None:
        return None
    text: str = options.schema
    if not text.lstrip().startswith(("{", "[")):
        text = _read(Path(text))
    check_schema(text)
    return text


def check_whole(answer: str) -> None:
    """Raises `EngineError` for an answer that ended too early; what there is goes to stderr."""
    if read_answer(answer) is None:
        sys.stderr.write(f"{answer}\n" if answer else "")
        raise EngineError(
            "The answer ended before its form was complete. Ask for less, or allow longer answers "
            "with --max-tokens.",
            ErrorCode.ANSWER_UNFINISHED,
        )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        is_missing = isinstance(error, FileNotFoundError)
        raise SchemaError(
            f"The schema {path.name} {'was not found' if is_missing else 'cannot be read'}.",
            ErrorCode.FILE_NOT_FOUND if is_missing else ErrorCode.FILE_UNREADABLE,
            name=path.name,
        ) from error
