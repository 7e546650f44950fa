"""Where a text names pages: "p. 3", "pages 4 and 7", "第3页", "第 3、5 页"."""

from __future__ import annotations

import re

from msgspec import Struct

# A page's number; four digits at most, so that a year in "p. 2026-11" is rather not one.
_NUMBER = r"\d{1,4}"
_DASH = r"\s?[-–—~～至到]\s?"
_AND = r"\s?(?:,|，|、|;|；|&|\band\b|\bor\b|\bund\b|\bet\b|\by\b|和|与|及|或)\s?"
_LATIN_WORD = (
    r"(?:pp?|pgs?|pág|págs|pages?|seiten?|s(?=\.\s?\d)|páginas?|pagina|pagine|strony?|sidan?)"
)
_LATIN = re.compile(
    rf"(?<![\w.]){_LATIN_WORD}(?:\.\s?|\s)(?P<pages>{_NUMBER}(?:(?:{_DASH}|{_AND}){_NUMBER})*)"
    r"(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
_HAN_NUMBER = rf"(?:{_NUMBER}|[一二三四五六七八九十百〇零两]{{1,6}})"
_HAN = re.compile(
    rf"第\s?(?P<pages>{_HAN_NUMBER}(?:(?:{_DASH}|{_AND})第?\s?{_HAN_NUMBER})*)\s?[页頁]"
)
_ONE = re.compile(_HAN_NUMBER)
_HAN_DIGITS = dict(
    zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_HAN_UNITS = {"十": 10, "百": 100}


class Citation(Struct, frozen=True):
    """A place in a text that names one page.

    Attributes:
        start: Of the words, as an offset into the text.
        end: End-exclusive.
        page: As written: the first page of a document is 1.
    """

    start: int
    end: int
    page: int


def find_citations(text: str) -> tuple[Citation, ...]:
    """All pages that a text names, in order; they do not overlap.

    The first of several ("pp. 3, 7") takes the word along, the last in Chinese the closing 页; the
    others are their number alone. A range gives its two ends. Numbers that no document has here
    (page 0) are left out; whether a page exists is for the caller to know.
    """
    found = [
        *(citation for match in _LATIN.finditer(text) for citation in _pages_of(match)),
        *(citation for match in _HAN.finditer(text) for citation in _pages_of(match)),
    ]
    return tuple(sorted(found, key=lambda citation: citation.start))


def _pages_of(match: re.Match[str]) -> list[Citation]:
    offset = match.start("pages")
    numbers = list(_ONE.finditer(match["pages"]))
    citations = []
    for index, number in enumerate(numbers):
        page = _value(number[0])
        is_first, is_last = index == 0, index == len(numbers) - 1
        start = match.start() if is_first else offset + number.start()
        end = match.end() if is_last else offset + number.end()
        if page > 0:
            citations.append(Citation(start, end, page))
    return citations


def _value(number: str) -> int:
    """Of digits, or of a Chinese numeral below a thousand."""
    if number[0] not in _HAN_DIGITS and number[0] not in _HAN_UNITS:
        return int(number)
    if not any(character in _HAN_UNITS for character in number):
        return int("".join(str(_HAN_DIGITS[character]) for character in number))
    total, digit = 0, 0
    for character in number:
        if character in _HAN_UNITS:
            total += (digit or 1) * _HAN_UNITS[character]
            digit = 0
        else:
            digit = _HAN_DIGITS[character]
    return total + digit
