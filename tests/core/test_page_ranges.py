"""Pages as people write them."""

from __future__ import annotations

import pytest

from desktop.core.page_ranges import parse_pages, write_pages


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("1-3, 7", (0, 1, 2, 6)),
        ("7, 1 - 3", (0, 1, 2, 6)),
        ("1–3，7", (0, 1, 2, 6)),
        ("2、4；5", (1, 3, 4)),
        ("9-", (8, 9)),
        ("-2", (0, 1)),
        ("3 3 3", (2,)),
        ("8-40", (7, 8, 9)),
        ("", ()),
        (" , ", ()),
    ],
)
def test_that_ranges_are_understood_as_they_are_written(text: str, pages: tuple[int, ...]) -> None:
    assert parse_pages(text, 10) == pages


@pytest.mark.parametrize(
    "text", ["0", "11", "5-3", "-", "1-2-3", "a", "3,x", "1.5", "-0", "99999999"]
)
def test_that_what_makes_no_sense_is_no_selection(text: str) -> None:
    assert parse_pages(text, 10) is None


@pytest.mark.parametrize("pages", [(), (0,), (0, 1, 2, 6), (4, 5, 9), tuple(range(500))])
def test_that_pages_are_written_as_they_are_read(pages: tuple[int, ...]) -> None:
    assert parse_pages(write_pages(pages), 500) == pages


def test_that_runs_of_pages_are_written_short() -> None:
    assert write_pages([6, 0, 1, 2]) == "1-3, 7"
