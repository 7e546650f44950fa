"""Tables in answers: Markdown and JSON."""

from __future__ import annotations

import pytest

from desktop.core.tables import Table, find_tables

RECEIPT = """Here it is:

| Item | Qty | Price |
|:-----|----:|:-----:|
| Tea  | 1   | 3.20  |
| Cake | 2   | 4.00  |

That is all."""


def test_that_a_markdown_table_is_found() -> None:
    assert find_tables(RECEIPT) == (
        Table(("Item", "Qty", "Price"), (("Tea", "1", "3.20"), ("Cake", "2", "4.00"))),
    )


def test_that_text_without_a_table_gives_none() -> None:
    assert find_tables("") == ()
    assert find_tables("a | b is not a table\nc | d neither") == ()
    assert find_tables("| a | b |\n|---|---|\n") == ()  # still without a row
    assert find_tables("| a | b |\n|---|\n| 1 | 2 |") == ()  # the line below has other columns


def test_that_the_outer_bars_may_be_missing() -> None:
    assert find_tables("a | b\n--- | ---\n1 | 2\n\n3 | 4") == (Table(("a", "b"), (("1", "2"),)),)


def test_that_rows_keep_the_cells_they_have() -> None:
    (table,) = find_tables("|a|b|\n|-|-|\n|1|\n|1|2|3|\n||2|\n")
    assert table.rows == (("1",), ("1", "2", "3"), ("", "2"))
    assert table.width == 3
    assert table.filled()[0] == ("a", "b", "")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("**Total**", "Total"),
        ("这是 **重点** 吗", "这是 重点 吗"),
        ("*a* and _b_", "a and b"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("~~old~~ new", "old new"),
        ("`a*b*c`", "a*b*c"),
        ("`a\\|b`", "a|b"),
        ("`a|b`", "a|b"),
        ("a \\| b", "a | b"),
        ("\\*kept\\*", "*kept*"),
        ("[site](http://x.invalid)", "site"),
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ("a &amp; b", "a & b"),
        ("5` long", "5` long"),
    ],
)
def test_that_cells_are_plain_text(cell: str, text: str) -> None:
    (table,) = find_tables(f"| a | b |\n|---|---|\n| {cell} | x |")
    assert table.rows == ((text, "x"),)


@pytest.mark.parametrize("language", ["", "markdown", "md"])
def test_that_a_table_in_a_fence_counts_when_the_fence_is_markdown(language: str) -> None:
    assert len(find_tables(f"```{language}\n|a|b|\n|-|-|\n|1|2|\n```")) == 1


@pytest.mark.parametrize("language", ["python", "sql", "csv"])
def test_that_code_holds_no_table(language: str) -> None:
    assert find_tables(f"```{language}\n|a|b|\n|-|-|\n|1|2|\n```") == ()


def test_that_the_text_behind_a_fence_is_read_again() -> None:
    text = "~~~~\n```\n|a|b|\n~~~~\n" + RECEIPT
    assert len(find_tables(text)) == 1


def test_that_a_list_of_objects_is_a_table_with_all_their_keys() -> None:
    text = '```json\n[{"item": "Tea", "price": 3.20}, {"item": "Cake", "note": null}]\n```'
    (table,) = find_tables(text)
    assert table.header == ("item", "price", "note")
    assert table.rows == (("Tea", "3.20", ""), ("Cake", "", ""))


def test_that_json_without_a_fence_is_found_between_words() -> None:
    text = 'The rows:\n\n[\n {"a": 1, "b": true}\n]\n\nThat is all.'
    assert find_tables(text) == (Table(("a", "b"), (("1", "true"),)),)


def test_that_a_table_within_an_object_has_its_key_as_title() -> None:
    text = '{"shop": "X", "items": [{"n": "Tea", "tags": ["hot", "green"]}], "total": 3}'
    assert find_tables(text) == (Table(("n", "tags"), (("Tea", "hot, green"),), "items"),)


@pytest.mark.parametrize(
    "text",
    [
        '[["a", "b"], [1, 2]]',
        '{"columns": ["a", "b"], "rows": [[1, 2]]}',
        '{"a": [1], "b": [2]}',
    ],
)
def test_that_the_other_shapes_of_tables_are_known(text: str) -> None:
    assert find_tables(text) == (Table(("a", "b"), (("1", "2"),)),)


@pytest.mark.parametrize(
    "text",
    [
        '[{"bbox_2d": [1, 2, 3, 4], "label": "cat"}]',
        '{"objects": [{"bbox": [1, 2, 3, 4], "label": "cat"}]}',
        '{"bbox_2d": [1, 2, 3, 4], "label": ["cat"]}',
        "[1, 2, 3]",
        '{"a": 1}',
        '[{"a": 1}, 2]',
        '[{"a": 1}, {"a": ',
        "[" * 100_000,
    ],
)
def test_that_places_in_pictures_and_other_json_are_no_tables(text: str) -> None:
    assert find_tables(text) == ()
    assert find_tables(f"```json\n{text}\n```") == ()


def test_that_several_tables_are_found_in_order() -> None:
    text = RECEIPT + '\n```json\n[{"z": 1, "y": 2}]\n```\n' + RECEIPT
    assert [table.header[0] for table in find_tables(text)] == ["Item", "z", "Item"]
