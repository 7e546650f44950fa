"""Pages as people write them: "1-3, 7" or "2-"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEPARATOR = re.compile(r"[,;，、；\s]+")
_AROUND_DASH = re.compile(r"\s*[-–—~～]\s*")
_PART = re.compile(r"(?P<first>\d{1,6})?(?P<dash>-)?(?P<last>\d{1,6})?")


def parse_pages(text: str, page_count: int) -> tuple[int, ...] | None:
    """The zero-based pages that a person names, sorted, each once; None for what makes no sense.

    "3-5, 8" are four pages, "8-" runs to the end, "-2" from the beginning. A range that runs over
    the end is cut there; a page that is not there at all makes no sense. Nothing is no page.
    """
    pages: set[int] = set()
    for part in _SEPARATOR.split(_AROUND_DASH.sub("-", text).strip()):
        if not part:
            continue
        match = _PART.fullmatch(part)
        if match is None or part == "-":
            return None
        first = int(match["first"] or 1)
        last = int(match["last"] or (page_count if match["dash"] else first))
        if not 1 <= first <= min(last, page_count):
            return None
        pages.update(range(first - 1, min(last, page_count)))
    return tuple(sorted(pages))


def write_pages(pages: Iterable[int]) -> str:
    """Zero-based pages the way `parse_pages` reads them, as short as can be."""
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(
        f"{first + 1}" if first == last else f"{first + 1}-{last + 1}" for first, last in runs
    )
