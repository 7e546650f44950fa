"""Numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from desktop.core.table_numbers import DecimalMark, as_number, decimal_mark


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", "12"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,5", "1234.5"),
        ("1'234.50", "1234.50"),
        ("1,23,456", "123456"),
        ("12,40", "12.40"),
        ("0,500", "0.500"),
        (".5", "0.5"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("3-", "-3"),
        ("(3.00)", "-3.00"),
        ("€ 12.40", "12.40"),
        ("12,40 EUR", "12.40"),
        ("US$ 3", "3"),
        ("¥100", "100"),
        ("-€5", "-5"),
        ("100元", "100"),
        ("12 %", "12"),
        ("１２．５", "12.5"),
    ],
)
def test_that_it_is_read(cell: str, value: str) -> None:
    number = as_number(cell)
    assert number is not None
    assert number.value == Decimal(value)


@pytest.mark.parametrize(
    "cell",
    [
        *("", " ", "-", "€", "%", "abc", "A1", "1a", "3–5", "12:30", "1.2.3", "2026-01-02"),
        *("007", "+49 30 1234", "1234567890123456", "(5", "5)", "1,2345,678", "--3", "=1", "1e5"),
        *("12 34", "1" * 60),
    ],
)
def test_that_what_only_looks_like_a_number_is_text(cell: str) -> None:
    assert as_number(cell) is None


def test_that_the_unit_and_the_decimals_are_kept() -> None:
    number = as_number("US$ 1,200.50")
    assert number is not None
    assert (number.prefix, number.decimals, number.is_percentage) == ("US$", 2, False)
    share = as_number("12.5%")
    assert share is not None
    assert (share.value, share.decimals, share.is_percentage) == (Decimal("12.5"), 1, True)


def test_that_the_other_cells_decide_what_three_digits_mean() -> None:
    german, english = ["1.234", "12,40", "3"], ["1.234", "12.4"]
    assert decimal_mark(german) is DecimalMark.COMMA
    assert decimal_mark(english) is DecimalMark.POINT
    assert decimal_mark(["1.234", "x"]) is DecimalMark.POINT
    as_german, as_english = (
        as_number("1.234", mark) for mark in (DecimalMark.COMMA, DecimalMark.POINT)
    )
    assert as_german is not None
    assert as_german.value == 1234
    assert as_english is not None
    assert as_english.value == Decimal("1.234")
