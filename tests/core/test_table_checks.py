"""Sums that do not add up, rows that do not fit."""

from __future__ import annotations

import pytest

from desktop.core.table_checks import Problem, ProblemKind, check
from desktop.core.tables import Table


def table(header: str, *rows: str) -> Table:
    """Cells with bars between them."""
    cells = [tuple(cell.strip() for cell in line.split("|")) for line in (header, *rows)]
    return Table(cells[0], tuple(cells[1:]))


def test_that_a_row_with_other_cells_than_the_header_is_marked() -> None:
    found = check(table("a|b|c", "1|2|3", "1|2", "1|2|3|4"))
    assert found == (
        Problem(ProblemKind.CELLS, 1, None, "2", "3"),
        Problem(ProblemKind.CELLS, 2, None, "4", "3"),
    )


def test_that_a_total_that_adds_up_is_not_marked() -> None:
    assert check(table("Item|Price", "Tea|3.20", "Cake|4.00", "Total|7.20")) == ()


def test_that_a_wrong_total_is_marked_with_what_would_fit() -> None:
    found = check(table("Item|Qty|Price", "Tea|1|€3.20", "Cake|2|€1,004.00", "Total||€1,007.80"))
    assert found == (Problem(ProblemKind.COLUMN_SUM, 2, 2, "€1,007.80", "€1,007.20"),)


def test_that_decimal_commas_are_read_and_written() -> None:
    rows = ("Tee|3,20 €", "Torte|1.004,00 €")
    assert check(table("Posten|Preis", *rows, "Summe|1.007,20 €")) == ()
    (found,) = check(table("Posten|Preis", *rows, "Gesamtbetrag|1.007,30 €"))
    assert found.expected == "1.007,20 €"


@pytest.mark.parametrize("label", ["合计", "总计", "总金额", "TOTAL", "Grand total:", "Sum"])
def test_that_totals_are_known_by_many_names(label: str) -> None:
    assert len(check(table("x|y", "a|1", "b|2", f"{label}|4"))) == 1


@pytest.mark.parametrize(
    "rows",
    [
        # VAT on top of a subtotal
        ("Tea|10.00", "Cake|20.00", "Subtotal|30.00", "VAT 20%|6.00", "Total|36.00"),
        # VAT that is in the prices already
        ("Tea|10.00", "Cake|20.00", "incl. VAT|5.00", "Total|30.00"),
        # a discount written without its minus
        ("Tea|10.00", "Cake|20.00", "Discount|3.00", "Total|27.00"),
        # groups, each with its own subtotal
        ("a|1", "b|2", "Subtotal|3", "c|3", "d|4", "Subtotal|7", "Total|10"),
        # what was paid, behind the total
        ("Tea|10.00", "Cake|20.00", "Total|30.00", "Cash|50.00", "Change|20.00"),
        # 小计, 税
        ("茶|10", "蛋糕|20", "小计|30", "税|3", "合计|33"),
        # negative numbers
        ("in|100", "out|-40", "Total|60"),
    ],
)
def test_that_the_usual_ways_of_counting_are_all_right(rows: tuple[str, ...]) -> None:
    assert check(table("x|y", *rows)) == ()


def test_that_a_subtotal_is_checked_too() -> None:
    (found,) = check(table("x|y", "a|1", "b|2", "Subtotal|4", "c|3", "Total|6"))
    assert (found.row, found.expected) == (2, "3")


def test_that_one_number_above_is_too_few_to_say() -> None:
    assert check(table("x|y", "Tea|3.00", "Total|5.00")) == ()


def test_that_rounded_percentages_may_miss_a_hundred() -> None:
    assert check(table("x|y", "a|33.3%", "b|33.3%", "c|33.3%", "Total|100%")) == ()
    assert len(check(table("x|y", "a|33.3%", "b|33.3%", "c|13.3%", "Total|100%"))) == 1


def test_that_a_row_that_breaks_the_others_rule_is_marked() -> None:
    found = check(
        table("Item|Net|VAT|Total", "a|1.00|0.20|1.20", "b|2.00|0.40|2.40", "c|3.00|0.60|6.30")
    )
    assert found == (Problem(ProblemKind.ROW_SUM, 2, 3, "6.30", "3.60"),)


def test_that_quantity_times_price_is_a_rule_as_well() -> None:
    rows = ("a|2|1.50|3.00", "b|3|2.00|6.00", "c|4|1.25|5.00")
    assert check(table("Item|Qty|Price|Total", *rows)) == ()
    (found,) = check(table("Item|Qty|Price|Total", *rows, "d|2|5.00|11.00"))
    assert (found.row, found.expected) == (3, "10.00")


def test_that_columns_without_any_rule_are_left_alone() -> None:
    rows = ("a|1|5|17", "b|2|9|31", "c|3|4|8")
    assert check(table("Item|No.|Points|Total", *rows)) == ()


def test_that_sums_are_not_taken_over_rows_with_missing_cells() -> None:
    found = check(table("x|y|z", "a|1", "b|2|5", "Total|9|9"))
    assert [problem.kind for problem in found] == [ProblemKind.CELLS]


def test_that_a_very_long_table_is_checked_for_its_cells_only() -> None:
    rows = [f"a{i}|1" for i in range(600)]
    assert check(table("x|y", *rows, "Total|1")) == ()
