"""Tables as other programs get them."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from desktop.core.errors import ErrorCode, StoreError
from desktop.core.tables import Table
from desktop.store.table_export import as_csv, as_html, as_tsv, as_xlsx, save_csv, save_xlsx

if TYPE_CHECKING:
    from pathlib import Path

RECEIPT = Table(
    ("Item", "Price"), (("Tea, green", "€1,200.50"), ('He said "no"', "-3"), ("茶\n叶", "007"))
)
DANGEROUS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", " =1", "＝1+1", "\t=1", '"=1', "+49 30 1234"]
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheets_of(data: bytes) -> dict[str, list[list[object]]]:
    """Every sheet's cells as a spreadsheet reads them: numbers as floats, text as str."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        shared = [
            "".join(part.text or "" for part in item.iter(f"{{{NS['m']}}}t"))
            for item in _parsed(book.read("xl/sharedStrings.xml"))
        ]
        names = [
            sheet.get("name") or ""
            for sheet in _parsed(book.read("xl/workbook.xml")).iterfind(".//m:sheet", NS)
        ]
        found = {}
        for index, name in enumerate(names, start=1):
            root = _parsed(book.read(f"xl/worksheets/sheet{index}.xml"))
            assert not list(root.iterfind(".//m:f", NS)), "a formula"
            found[name] = [
                [_cell(cell, shared) for cell in row.iterfind("m:c", NS)]
                for row in root.iterfind(".//m:row", NS)
            ]
        return found


def _parsed(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314 - what this test has just written


def _cell(cell: ET.Element, shared: list[str]) -> object:
    value = cell.findtext("m:v", default="", namespaces=NS)
    return shared[int(value)] if cell.get("t") == "s" else float(value)


def test_that_tsv_has_a_line_for_each_row() -> None:
    assert as_tsv(RECEIPT) == 'Item\tPrice\nTea, green\t€1,200.50\nHe said "no"\t-3\n茶 叶\t007\n'


def test_that_csv_opens_as_utf_8_with_right_quotes() -> None:
    data = as_csv(RECEIPT)
    assert data.startswith(b"\xef\xbb\xbf")
    assert b'"Tea, green","\xe2\x82\xac1,200.50"\r\n"He said ""no""",-3\r\n' in data
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [list(RECEIPT.header), *map(list, RECEIPT.rows)]


@pytest.mark.parametrize("cell", DANGEROUS)
def test_that_no_cell_becomes_a_formula(cell: str) -> None:
    table = Table(("a", cell), ((cell, "1"),))
    rows = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline="")))
    assert rows[0][1].startswith("'")
    assert rows[0][1].replace("'", "") == cell
    assert rows[1][0] == rows[0][1]
    assert all("'" in line for line in as_tsv(table).splitlines())
    assert as_html(table).count("&#x27;") == 2
    assert [type(value) for value in sheets_of(as_xlsx([table]))["Table 1"][1]] == [str, float]


def test_that_a_formula_behind_a_semicolon_is_guarded_in_csv() -> None:
    rows = as_csv(Table(("a",), (("x;=1+1",), ("x; y",)))).decode("utf-8-sig").splitlines()
    assert rows == ["a", "x;'=1+1", "x; y"]


def test_that_negative_numbers_stay_numbers() -> None:
    assert b"'" not in as_csv(Table(("a",), (("-3",), ("-€4.50",), ("+2",), ("(3.00)",))))


def test_that_html_shows_text_and_nothing_else() -> None:
    page = as_html(Table(("a<b",), (("<script>x</script>",), ("one\ntwo",), ("12",), ("007",))))
    assert "<script>" not in page
    assert "a&lt;b" in page
    assert "one<br>two" in page
    assert '<td align="right">12</td>' in page
    assert "mso-number-format:'\\@'\">007</td>" in page


def test_that_xlsx_holds_numbers_as_numbers_and_text_as_text() -> None:
    rows = (("€1,200.50", "12.5%", "(3)"), ("007", "2026-01-02", "a\x0bb"))
    cells = sheets_of(as_xlsx([Table(("x", "y", "z"), rows)]))["Table 1"]
    assert cells == [["x", "y", "z"], [1200.5, 0.125, -3.0], ["007", "2026-01-02", "ab"]]


def test_that_decimal_commas_reach_the_workbook_as_what_they_mean() -> None:
    cells = sheets_of(as_xlsx([Table(("x",), (("1.234",), ("12,40",)))]))["Table 1"]
    assert cells[1:] == [[1234.0], [12.4]]


def test_that_each_table_is_a_sheet_with_a_name_that_excel_takes() -> None:
    long = "items/of [the] receipt: a very long name indeed"
    tables = [Table(("a",), (("1",),), title) for title in (long, long, "", "history", "'x'")]
    names = list(sheets_of(as_xlsx(tables)))
    assert len(names) == len(set(names)) == 5
    assert all(0 < len(name) <= 31 for name in names)
    assert not any(set(name) & set("[]:*?/\\") for name in names)
    assert names[2] == "Table 3"
    assert "history" not in map(str.lower, names)


def test_that_rows_of_different_lengths_are_filled_up() -> None:
    table = Table(("a", "b"), (("1",), ("1", "2", "3")))
    assert as_tsv(table) == "a\tb\t\n1\t\t\n1\t2\t3\n"


def test_that_a_file_is_put_in_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "我的 表.csv"
    path.write_text("old")
    save_csv(path, RECEIPT)
    assert path.read_bytes() == as_csv(RECEIPT)
    save_xlsx(tmp_path / "a.xlsx", [RECEIPT])
    assert sorted(found.name for found in tmp_path.glob("*.*")) == ["a.xlsx", "我的 表.csv"]


def test_that_a_folder_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        save_csv(tmp_path / "gone" / "a.csv", RECEIPT)
    assert caught.value.code is ErrorCode.STORE_UNWRITABLE
