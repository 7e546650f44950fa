"""Pages that answers name."""

from __future__ import annotations

from itertools import pairwise

import pytest

from desktop.core.citations import find_citations


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("The total is on p. 3.", [3]),
        ("See p.3 for it.", [3]),
        ("Total (page 12)", [12]),
        ("Page 1 says so; page 2 does not.", [1, 2]),
        ("pp. 3, 7 and 9", [3, 7, 9]),
        ("pages 3-5", [3, 5]),
        ("pages 3–5 of the contract", [3, 5]),
        ("page 3 of 12", [3]),
        ("auf Seite 4 und S. 5", [4, 5]),
        ("en la página 6", [6]),
        ("合计在第3页。", [3]),
        ("见第 3 页和第 7 页", [3, 7]),
        ("第3-5页", [3, 5]),
        ("第 3、5、9 页", [3, 5, 9]),
        ("第十二页", [12]),
        ("第二十页", [20]),
        ("第一百零三页", [103]),
        ("第3頁", [3]),
        ("**p. 4**: the [fee](x) (p. 5)", [4, 5]),
    ],
)
def test_that_pages_are_found_as_people_and_models_write_them(text: str, pages: list[int]) -> None:
    assert [citation.page for citation in find_citations(text)] == pages


@pytest.mark.parametrize(
    "text",
    [
        "no page at all",
        "app. 3 is not one",
        "at 3 p.m.",
        "p = 0.05",
        "1080p 60",
        "page 3.5",
        "p. 3.14",
        "a page 40% wider",
        "homepage 3",
        "page 0",
        "第3章",
        "webpage.3",
        "page 20261122",
    ],
)
def test_that_other_numbers_are_not_taken_for_pages(text: str) -> None:
    assert find_citations(text) == ()


def test_that_offsets_cover_the_words_that_name_the_page() -> None:
    text = "Fee: pp. 3, 7 (第 4 页)."
    words = [text[citation.start : citation.end] for citation in find_citations(text)]
    assert words == ["pp. 3", "7", "第 4 页"]


def test_that_citations_are_in_order_and_do_not_overlap() -> None:
    text = "第2页 and p. 1, 第3-5页, pages 7, 8"
    citations = find_citations(text)
    assert all(a.end <= b.start for a, b in pairwise(citations))
    assert [citation.page for citation in citations] == [2, 1, 3, 5, 7, 8]
