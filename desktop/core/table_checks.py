"""What does not fit in a table: rows with too few or too many cells, sums that do not add up.

A total is wrong only when no usual way of counting gives it: subtotals, taxes that are already in
it, and rows behind it are taken into account, so that a good receipt is never marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from desktop.core.table_numbers import Number, as_number, decimal_mark

if TYPE_CHECKING:
    from desktop.core.table_numbers import DecimalMark
    from desktop.core.tables import Table


class ProblemKind(StrEnum):
    """What does not fit."""

    CELLS = "cells"  # the row has another number of cells than the header
    COLUMN_SUM = "column_sum"  # the total under a column is not what stands above it
    ROW_SUM = "row_sum"  # the total of a row is not what stands before it


class Problem(Struct, frozen=True):
    """One thing that does not fit.

    Attributes:
        kind: What it is.
        row: Of `Table.rows`, from 0.
        column: From 0; None for the whole row.
        found: What is there: the cell, or the number of cells.
        expected: What would fit: the sum nearest to what is there, or the number of cells.
    """

    kind: ProblemKind
    row: int
    column: int | None
    found: str
    expected: str


_Grid: TypeAlias = list[list[Number | None]]
_Rule: TypeAlias = Callable[[Sequence[Number]], Decimal]

_TOTAL = re.compile(
    r"\b(grand total|totals?|sum|gesamt\w*|summe|endbetrag|totale|importe|montant total|итого)\b"
    r"|合计|总计|總計|合計|总额|总和|总价|总金额|应付|共计|計$|计$",
    re.IGNORECASE,
)
_SUBTOTAL = re.compile(r"\bsub-?\s?total\w*|zwischensumme|sous-total|小计|小計", re.IGNORECASE)
_TAX = re.compile(
    r"\b(vat|tax(es)?|gst|mwst|ust|tva|iva|incl\w*|discount|rabatt|tip|service|change|cash|card|"
    r"paid|rounding)\b|税|稅|折扣|优惠|找零|现金|服务费|已付|实付",
    re.IGNORECASE,
)
_MOST_ROWS = 500  # a longer one is no table that a person checks by eye
_MOST_ADDENDS = 8  # columns before a row's total


def check(table: Table) -> tuple[Problem, ...]:
    """Everything that does not fit, in the order of the rows."""
    width = len(table.header)
    problems = [
        Problem(ProblemKind.CELLS, index, None, str(len(row)), str(width))
        for index, row in enumerate(table.rows)
        if len(row) != width
    ]
    if len(table.rows) <= _MOST_ROWS:
        mark = decimal_mark(cell for row in table.rows for cell in row)
        grid = [
            # With a cell missing nobody knows which column a number stands in.
            [as_number(cell, mark) if len(row) == width else None for cell in row]
            + [None] * (width - len(row))
            for row in table.rows
        ]
        if not problems:
            problems += _column_sums(table, grid, mark)
        problems += _row_sums(table, grid, mark)
    return tuple(sorted(problems, key=lambda found: (found.row, found.column or 0)))


# --- totals under columns -------------------------------------------------------------------------


def _column_sums(table: Table, grid: _Grid, mark: DecimalMark) -> list[Problem]:
    kinds = [_kind(row) for row in table.rows]
    problems = []
    for total, kind in enumerate(kinds):
        if kind not in {"total", "subtotal"}:
            continue
        for column in range(len(table.header)):
            found = grid[total][column]
            if found is None:
                continue
            sums = _possible_sums([row[column] for row in grid[:total]], kinds[:total])
            if sums and not any(_is_same(found, each) for each in sums):
                nearest = min(sums, key=lambda each: abs(each - found.value))
                problems.append(
                    Problem(
                        ProblemKind.COLUMN_SUM,
                        total,
                        column,
                        table.rows[total][column],
                        _written(nearest, found, mark),
                    )
                )
    return problems


def _kind(row: Sequence[str]) -> str:
    label = next((cell for cell in row if cell.strip() and as_number(cell) is None), "")
    if _SUBTOTAL.search(label):
        return "subtotal"
    # "Total tax" and "VAT (incl. in total)" are taxes.
    if _TAX.search(label):
        return "tax"
    return "total" if _TOTAL.search(label.strip()) else "item"


def _possible_sums(above: Sequence[Number | None], kinds: Sequence[str]) -> list[Decimal]:
    """What a total below these cells may say; empty when there are too few to say."""
    items = _values(above, kinds, {"item"})
    if len(items) < 2:
        return []
    sums = {sum(items, Decimal()), sum(_values(above, kinds, {"item", "tax"}), Decimal())}
    subtotals = _values(above, kinds, {"subtotal"})
    last = max((i for i, kind in enumerate(kinds) if kind in {"total", "subtotal"}), default=-1)
    since = above[last + 1 :], kinds[last + 1 :]
    if last >= 0:
        for wanted in ({"item"}, {"tax"}, {"item", "tax"}):
            sums.add(sum(_values(*since, wanted), Decimal()))
        before = above[last]
        base = before.value if before is not None else sum(items, Decimal())
        for wanted in ({"item"}, {"tax"}, {"item", "tax"}, set[str]()):
            sums.add(base + sum(_values(*since, wanted), Decimal()))
        sums |= {base - tax for tax in _values(*since, {"tax"})}
    if subtotals:
        sums |= {sum(subtotals, Decimal()), sum(subtotals + _values(*since, {"tax"}), Decimal())}
    # Any of the taxes and discounts may be counted in already, or be written without its minus.
    base = sum(items, Decimal())
    for tax in _values(above, kinds, {"tax"}):
        sums |= {base + tax, base - tax}
    return sorted(sums)


def _values(
    cells: Iterable[Number | None], kinds: Iterable[str], wanted: set[str]
) -> list[Decimal]:
    return [
        cell.value
        for cell, kind in zip(cells, kinds, strict=True)
        if cell is not None and kind in wanted
    ]


# --- totals at the end of rows --------------------------------------------------------------------


def _row_sums(table: Table, grid: _Grid, mark: DecimalMark) -> list[Problem]:
    """Rows that break the rule by which most of the others make their total."""
    column = next(
        (i for i in range(len(table.header) - 1, 0, -1) if _TOTAL.search(table.header[i].strip())),
        None,
    )
    if column is None:
        return []
    others = [i for i in range(column) if _is_numeric(grid, i)]
    if not 2 <= len(others) <= _MOST_ADDENDS:
        return []
    rows = []
    for index, cells in enumerate(grid):
        known = [cell for i in others if (cell := cells[i]) is not None]
        total = cells[column]
        if total is not None and len(known) == len(others):
            rows.append((index, known, total))
    best: tuple[int, _Rule | None] = (0, None)
    for rule in _rules(len(others)):
        fitting = sum(_is_same(total, rule(known)) for _, known, total in rows)
        best = max(best, (fitting, rule), key=lambda each: each[0])
    fitting, chosen = best
    # Two rows that agree are a rule; one may be chance, unless it is every second one.
    if chosen is None or fitting * 2 < len(rows) or fitting == len(rows):
        return []
    return [
        Problem(
            ProblemKind.ROW_SUM,
            index,
            column,
            table.rows[index][column],
            _written(chosen(known), total, mark),
        )
        for index, known, total in rows
        if not _is_same(total, chosen(known))
    ]


def _is_numeric(grid: _Grid, column: int) -> bool:
    return sum(row[column] is not None for row in grid) * 2 > len(grid)


def _rules(count: int) -> list[_Rule]:
    """Ways to make a total of `count` numbers: sums of neighbours, products of two."""

    def summed(first: int, last: int) -> _Rule:
        return lambda cells: sum((cell.value for cell in cells[first:last]), Decimal())

    def multiplied(one: int, other: int) -> _Rule:
        return lambda cells: cells[one].value * cells[other].value

    sums = [summed(i, j) for i in range(count) for j in range(i + 2, count + 1)]
    return sums + [multiplied(i, j) for i, j in combinations(range(count), 2)]


# --- comparing ------------------------------------------------------------------------------------


def _is_same(found: Number, wanted: Decimal) -> bool:
    """Whether they agree as far as the found one is written; percentages may be rounded."""
    unit = Decimal(1).scaleb(-found.decimals)
    room = unit * (2 if found.is_percentage else 0) + unit / 2
    return abs(found.value - wanted) <= room


def _written(value: Decimal, like: Number, mark: DecimalMark) -> str:
    """The value with the decimals and the unit of another number."""
    text = f"{value:,.{like.decimals}f}"
    if mark == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    suffix = like.suffix if like.suffix in {"", "%"} else f" {like.suffix}"
    return f"{like.prefix}{text}{suffix}"
