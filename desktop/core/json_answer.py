"""An answer that is JSON: read when it is whole, guessed at while it is still being written."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import NoReturn, TypeAlias

Value: TypeAlias = "bool | int | Decimal | str | list[Value] | dict[str, Value] | None"
"""JSON; numbers with a point keep the digits that were written."""

_CUT_ESCAPE = re.compile(r"(?:\\u[dD][89abAB][0-9a-fA-F]{2})?(?:\\u[0-9a-fA-F]{0,3})?$")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)


def read_answer(text: str) -> tuple[Value, str] | None:
    """The value that a text begins with, and what follows it; None when it is not whole."""
    begun = text.lstrip()
    try:
        value, end = _DECODER.raw_decode(begun)
    except (ValueError, RecursionError):
        return None
    # Half of a pair of escapes is no character: Qt and files could not take it.
    return (_mended(value) if "\\u" in begun else value), begun[end:].strip()


def _mended(value: Value) -> Value:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_mended(part) for part in value]
        case dict():
            return {str(_mended(key)): _mended(part) for key, part in value.items()}
        case _:
            return value


def read_so_far(text: str) -> Value:
    """What can be told of a value whose end is not there yet; None before anything can be."""
    closers: list[str] = []
    whole, waiting = 0, ""  # up to where all is whole, and what closes it there
    in_text = is_escaped = False
    for index, sign in enumerate(text):
        if in_text:
            in_text = is_escaped or sign != '"'
            is_escaped = sign == "\\" and not is_escaped
            continue
        if sign == '"':
            in_text = True
        elif sign in "{[":
            closers.append("}" if sign == "{" else "]")
            whole, waiting = index + 1, "".join(reversed(closers))
        elif sign in "}]" and closers:
            closers.pop()
            whole, waiting = index + 1, "".join(reversed(closers))
        elif sign == ",":
            whole, waiting = index, "".join(reversed(closers))
    rest = "".join(reversed(closers))
    begun = text
    if in_text:
        begun = _CUT_ESCAPE.sub("", text[:-1] if is_escaped else text) + '"'
    # A number may end where it must go on: "12." is shown as 12.
    guesses = (begun + rest, begun.rstrip(".eE+-") + rest, text[:whole] + waiting)
    for guess in guesses:
        found = read_answer(guess)
        if found is not None:
            return found[0]
    return None


def as_json(value: Value) -> str:
    """The value for a file or the clipboard: two spaces a level, Chinese as it is."""
    return _written(value, 0)


def _written(value: Value, depth: int) -> str:
    inner, outer = "  " * (depth + 1), "  " * depth
    match value:
        case dict() if value:
            lines = (
                f"{inner}{json.dumps(key, ensure_ascii=False)}: {_written(part, depth + 1)}"
                for key, part in value.items()
            )
            return "{\n" + ",\n".join(lines) + f"\n{outer}}}"
        case list() if value:
            lines = (f"{inner}{_written(part, depth + 1)}" for part in value)
            return "[\n" + ",\n".join(lines) + f"\n{outer}]"
        case Decimal():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)
