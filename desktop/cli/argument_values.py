"""Values on the command line, held to what the settings allow; types for argparse."""

from __future__ import annotations

import argparse
import contextlib
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from desktop.store.settings import RANGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

EnumT = TypeVar("EnumT", bound=StrEnum)
NumberT = TypeVar("NumberT", int, float)


def whole(name: str) -> Callable[[str], int]:
    """A whole number within the range of the setting of that name."""
    return _within(name, int, "a whole number", ".0f")


def number(name: str) -> Callable[[str], float]:
    """A number within the range of the setting of that name."""
    return _within(name, float, "a number", "g")


def _within(
    name: str, kind: Callable[[str], NumberT], what: str, form: str
) -> Callable[[str], NumberT]:
    lowest, highest = RANGES[name]

    def parse(text: str) -> NumberT:
        with contextlib.suppress(ValueError):
            value = kind(text)
            if lowest <= value <= highest:
                return value
        raise argparse.ArgumentTypeError(f"must be {what} from {lowest:{form}} to {highest:{form}}")

    return parse


def one_of(kind: Iterable[EnumT]) -> Callable[[str], EnumT]:
    """One of the words of an enumeration, or of some of them."""
    offered = tuple(kind)

    def parse(text: str) -> EnumT:
        for word in offered:
            if word == text:
                return word
        raise argparse.ArgumentTypeError(f"choose from {', '.join(offered)}")

    return parse


def words_of(kind: Iterable[StrEnum]) -> str:
    """The words to choose from, as a usage line has them."""
    return f"{{{','.join(kind)}}}"
