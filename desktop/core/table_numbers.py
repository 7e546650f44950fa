"""Numbers as people write them in tables: 1,234.50 and 1.234,50, with currencies and per cent."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable


class DecimalMark(StrEnum):
    """What stands before the decimals."""

    POINT = "."
    COMMA = ","


class Number(Struct, frozen=True):
    """A cell that is a number.

    Attributes:
        value: As it counts: 12 % is 12.
        decimals: Digits after the decimal mark, as written.
        prefix: What stood before it, such as "€" or "US$".
        suffix: What stood behind it, such as "%" or "EUR".
    """

    value: Decimal
    decimals: int
    prefix: str = ""
    suffix: str = ""

    @property
    def is_percentage(self) -> bool:
        """Whether a per cent sign stood behind it."""
        return self.suffix == "%"


# Longer ones are account numbers, barcodes and the like: a spreadsheet would round them.
_MOST_DIGITS = 15
_MOST_CHARACTERS = 48
_UNIT = r"(?:US|A|C|HK|NT|R|S|AU|CA|NZ|CN)?[$€£¥₩₹₽฿₫₺₴元円]|[A-Z]{3}|Fr\.?|kr\.?|zł|Kč|Ft|Rs\.?|RM"
_DIGITS = r"\d(?:[\d.,'’\u00a0\u202f\u2009 ]*\d)?|\.\d+"
_NUMBER = re.compile(
    rf"(?P<open>\()?(?P<sign>[-+−])?\s*(?P<prefix>{_UNIT})?\s*(?P<inner>[-+−])?\s*"
    rf"(?P<digits>{_DIGITS})\s*(?P<after>-)?\s*(?P<suffix>%|{_UNIT})?\s*(?P<close>\))?"
)
_SPACES = re.compile(r"[\s'’\u00a0\u202f\u2009]")
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\s]\d{3})+")
_INDIAN = re.compile(r"\d{1,3}(?:,\d{2})*,\d{3}")


def decimal_mark(cells: Iterable[str]) -> DecimalMark:
    """The mark that most of these cells show beyond doubt; the point where none does.

    1,234 and 1.234 say nothing by themselves; 1,234.5 and 12,40 do.
    """
    votes = {DecimalMark.POINT: 0, DecimalMark.COMMA: 0}
    for cell in cells:
        match = _matched(cell)
        if match is not None:
            vote = _vote(_SPACES.sub("", match["digits"]))
            if vote is not None:
                votes[vote] += 1
    is_comma = votes[DecimalMark.COMMA] > votes[DecimalMark.POINT]
    return DecimalMark.COMMA if is_comma else DecimalMark.POINT


def as_number(cell: str, mark: DecimalMark = DecimalMark.POINT) -> Number | None:
    """The number that a cell is, all of it; None for anything else.

    Not numbers: 007 and other codes with a leading zero, more than 15 digits, dates, telephone
    numbers, ranges.
    """
    match = _matched(cell)
    if match is None or bool(match["open"]) is not bool(match["close"]):
        return None
    digits = _plain(match["digits"], mark)
    if digits is None:
        return None
    whole, _, decimals = digits.partition(".")
    if len(whole) > 1 and whole.startswith("0"):
        return None
    if len(whole) + len(decimals) > _MOST_DIGITS:
        return None
    signs = [match["sign"], match["inner"], match["after"]]
    if sum(sign is not None for sign in signs) > 1:
        return None
    value = Decimal(digits)
    if any(sign in {"-", "−"} for sign in signs) or match["open"]:
        value = -value
    return Number(value, len(decimals), match["prefix"] or "", match["suffix"] or "")


@lru_cache(maxsize=4096)  # a cell is asked about several times while its table is checked
def _matched(cell: str) -> re.Match[str] | None:
    if not cell or len(cell) > _MOST_CHARACTERS:
        return None
    return _NUMBER.fullmatch(unicodedata.normalize("NFKC", cell).strip())


def _vote(digits: str) -> DecimalMark | None:
    """What the separators of one number show."""
    point, comma = digits.rfind("."), digits.rfind(",")
    if point >= 0 and comma >= 0:
        return DecimalMark.POINT if point > comma else DecimalMark.COMMA
    last = max(point, comma)
    if last < 0:
        return None
    separator, other = (
        (DecimalMark.POINT, DecimalMark.COMMA)
        if point >= 0
        else (DecimalMark.COMMA, DecimalMark.POINT)
    )
    if digits.count(separator) > 1:
        return other
    # Exactly three digits behind one separator may be a group or decimals, except behind a zero.
    return None if len(digits) - last - 1 == 3 and digits[:last] != "0" else separator


def _plain(digits: str, mark: DecimalMark) -> str | None:
    """The digits with at most a point in them; None when the separators make no number."""
    own = _vote(_SPACES.sub("", digits)) or mark
    other = "," if own is DecimalMark.POINT else "."
    whole, found, decimals = digits.rpartition(own)
    if not found:
        whole, decimals = digits, ""
    if not decimals.isascii() or (found and not decimals.isdigit()):
        return None
    bare = _SPACES.sub("", whole).replace(other, "")
    is_grouped = bare != whole
    if own in bare or (bare and not bare.isdigit()):
        return None
    if is_grouped and not (_GROUPED.fullmatch(whole) or _INDIAN.fullmatch(whole)):
        return None
    return f"{bare or '0'}.{decimals}" if decimals else bare or None
