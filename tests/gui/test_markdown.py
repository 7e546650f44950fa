"""Where a growing Markdown text may be cut, and what Qt is told differently."""

from __future__ import annotations

import random
import re
import time

import pytest
from PySide6.QtGui import QTextDocument

from desktop.gui.markdown import (
    HAIR_SPACE,
    link_definitions,
    prepared,
    presentable,
    split_settled,
    streaming_fence,
)
from desktop.gui.markdown_writer import MarkdownWriter
from desktop.gui.theme import LIGHT

PIECES = (
    "Some words of text.",
    "more text",
    "**bold:**后面",
    "# Heading",
    "Title\n===",
    "---",
    "***",
    "- item",
    "- x\n- y\n\n- z",
    "- other\n  - nested",
    "  continued",
    "    indented code",
    "\tcode by tab",
    "* star",
    "1. one",
    "2. two\n\n   second paragraph of two",
    "10) ten",
    "> quote",
    "> - quoted item",
    "> ```\n> quoted code\n>\n> more",
    "```python\ncode = 1\n\nmore = 2\n```",
    "~~~\ntilde\n```\n~~~",
    "````\n```\nnested\n```\n````",
    "- with code:\n  ```\n  x\n\n  y\n  ```",
    "   ```\n   indented\n   ```",
    "- ```\n  on the item's line\n\n  ```",
    "| a | b |\n|---|:-:|\n| 1 | 2 |",
    "[ref]: http://example.org",
    "see [ref] and [that][ref]",
    "![x](file:///a.png)",
    "<div>\n\nhtml\n\n</div>",
    "`code with | pipe`",
    "```",
    "~~~",
    "中文段落，没有空格。",
    "a\\\nb",
    "- [ ] open\n- [x] done",
    "",
    "",
    "",
    "   ",
)


def _random_text(seed: int) -> str:
    pick = random.Random(seed)
    return "\n".join(pick.choice(PIECES) for _ in range(pick.randint(1, 14)))


@pytest.mark.parametrize("seed", range(300))
def test_that_the_parts_joined_are_the_text(seed: int) -> None:
    text = _random_text(seed)
    settled, tail = split_settled(text)
    assert "".join(settled) + tail == text
    assert all(settled)


@pytest.mark.parametrize("seed", range(120))
def test_that_later_text_never_changes_a_settled_block(seed: int) -> None:
    text = _random_text(seed)
    before: list[str] = []
    for end in range(len(text) + 1):
        settled, _tail = split_settled(text[:end])
        assert settled[: len(before)] == before
        before = settled


@pytest.mark.parametrize("seed", range(120))
def test_that_going_on_with_the_tail_alone_gives_the_same_blocks(seed: int) -> None:
    text = _random_text(seed)
    blocks: list[str] = []
    tail = ""
    for start in range(0, len(text), 5):
        settled, tail = split_settled(tail + text[start : start + 5])
        blocks += settled
    assert (blocks, tail) == split_settled(text)


@pytest.mark.parametrize("seed", range(120))
def test_that_blocks_rendered_one_by_one_have_the_words_of_the_whole(
    qapp: object, seed: int
) -> None:
    text = _random_text(seed)
    definitions = link_definitions(text)
    whole, parts = QTextDocument(), QTextDocument()
    MarkdownWriter(whole, LIGHT).write(text)
    writer = MarkdownWriter(parts, LIGHT)
    settled, tail = split_settled(text)
    for block in (*settled, tail):
        writer.write(f"{definitions}\n\n{block}" if definitions else block)
    assert _words(parts) == _words(whole), settled


def _words(document: QTextDocument) -> list[str]:
    # Letters only: where CommonMark leaves room, Qt's reader lets some marks stand as text.
    return re.findall(r"[^\W\d_]+", document.toPlainText())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("one\n\ntwo", 1),
        ("one\ntwo", 0),
        ("one\n", 0),
        ("one\n\n", 1),
        ("\n\none\n\n", 1),
        ("```\na\n\nb\n", 0),
        ("```\na\n\nb\n```\n", 1),
        ("````\n```\n\n````\n", 1),
        ("~~~\n```\n\n~~~\n", 1),
        ("```\n\n~~~\n", 0),
        ("- a\n\n- b\n\n", 0),
        ("- a\n\n- b\n\nno item", 1),
        ("- a\n\n  more of a\n\nno item", 1),
        ("- a\n\n1", 0),  # may become "1. next"
        ("- a\n\n100 is a number\n", 1),
        ("- a\n\n---\n", 1),
        ("1. a\n   ```\n   x\n\n   y\n   ```\n\n2. b\n\nend", 1),
        ("- ```\n  x\n\nend\n\nnext", 2),
        ("> ```\n> x\n\nend\n\nnext", 2),
        ("| a |\n|---|\n| 1 |\n\n", 1),
        ("    code\n\n    more code\n\ntext", 1),
        ("a\r\n\r\nb", 1),
    ],
)
def test_where_blocks_end(text: str, count: int) -> None:
    settled, tail = split_settled(text)
    assert len(settled) == count
    assert "".join(settled) + tail == text


def test_that_a_long_text_is_split_in_little_time() -> None:
    text = "\n\n".join(_random_text(seed) for seed in range(400))
    started = time.process_time()
    split_settled(text)
    prepared(text)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "text", ["`" * 3000, "` `` " * 1500, "*a " * 3000, "![" * 3000, "> " * 900]
)
def test_that_hostile_text_takes_little_time(text: str) -> None:
    started = time.process_time()
    split_settled(text)
    prepared(text)
    presentable(text)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("这是**重点：**后面", "重点："),
        ("为**￥100**元", "￥100"),
        ("说**“你好”**然后", "“你好”"),
        ("这是**重点**后面", "重点"),
        ("これは**「重要」**です", "「重要」"),
        ("plain **bold:** text", "bold:"),
    ],
)
def test_that_bold_works_beside_chinese_and_punctuation(qapp: object, text: str, bold: str) -> None:
    document = QTextDocument()
    MarkdownWriter(document, LIGHT).write(text)
    assert document.toPlainText() == text.replace("*", "")  # and no hair space is left in it
    fragments = []
    iterator = document.firstBlock().begin()
    while not iterator.atEnd():
        if iterator.fragment().charFormat().fontWeight() > 500:
            fragments.append(iterator.fragment().text())
        iterator += 1
    assert fragments == [bold]


@pytest.mark.parametrize(
    "text", ["2*(3+4)*5", "a ** b ** c", "`为**￥100**元`", "```\n为**￥100**元\n```", "\\**：**后"]
)
def test_that_stars_which_are_not_emphasis_stay_alone(text: str) -> None:
    assert HAIR_SPACE not in prepared(text)


def test_that_pictures_become_links_but_not_in_code() -> None:
    assert prepared("![cat](http://x/c.png)") == "[cat](http://x/c.png)"
    assert prepared("![](http://x/c.png)") == "[…](http://x/c.png)"
    assert prepared("`![cat](c.png)`") == "`![cat](c.png)`"
    assert prepared("```\n![cat](c.png)\n```") == "```\n![cat](c.png)\n```"
    assert prepared("wow![cat][c]") == "wow[cat][c]"


def test_that_a_table_needs_no_empty_line_above_but_code_stays_as_it_is() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    assert prepared(f"Prices:\n{table}") == f"Prices:\n\n{table}"
    assert prepared(table) == table
    code = f"```\nPrices:\n{table}\n```"
    assert prepared(code) == code


@pytest.mark.parametrize("below", ["# Heading", "```\ncode\n```", "- item", "> quote", "1. one"])
def test_that_what_follows_a_table_directly_is_no_row(qapp: object, below: str) -> None:
    apart, close = QTextDocument(), QTextDocument()
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n"
    MarkdownWriter(apart, LIGHT).write(f"{table}\n{below}")
    MarkdownWriter(close, LIGHT).write(f"{table}{below}")
    assert close.toPlainText() == apart.toPlainText()


def test_that_text_between_two_rules_is_kept(qapp: object) -> None:
    document = QTextDocument()
    MarkdownWriter(document, LIGHT).write("---\ntitle: kept\n\n---\nend")
    assert "title: kept" in document.toPlainText()


def test_that_footnotes_are_kept_as_text(qapp: object) -> None:
    document = QTextDocument()
    MarkdownWriter(document, LIGHT).write("A claim[^1].\n\n[^1]: The source.")
    assert "[^1]: The source." in document.toPlainText()


def test_that_link_definitions_are_found() -> None:
    text = "see [a]\n\n[a]: http://x\n  [b c]: <http://y> 'title'\n\n[^1]: no\n\n    [d]: code"
    assert link_definitions(text) == "[a]: http://x\n[b c]: <http://y> 'title'"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```python\na = 1\nb =", "a = 1\n"),
        ("\n~~~\na\n\n", "a\n\n"),
        ("```python", None),
        ("```\na\n```\n", None),
        ("text\n```\na", None),
        ("```a`b\n", None),
    ],
)
def test_what_an_open_fence_holds(text: str, code: str | None) -> None:
    assert streaming_fence(text) == code


@pytest.mark.parametrize(
    ("tail", "shown"),
    [
        ("Prices:\n-", "Prices:\n"),
        ("Prices:\n--", "Prices:\n"),
        ("a **bo", "a **bo**"),
        ("a **bo*", "a **bo**"),
        ("a **bo**", "a **bo**"),
        ("a **", "a"),
        ("a `co", "a `co`"),
        ("a `", "a "),
        ("`a*b` **c", "`a*b` **c**"),
        ("see [the page](https://exa", "see the page"),
        ("see [the page](https://exa.org)", "see [the page](https://exa.org)"),
        ("1.", ""),
        ("1. o", "1. o"),
        ("a\n\n| - |", "a\n\n"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_how_a_tail_is_made_presentable(tail: str, shown: str) -> None:
    assert presentable(tail) == shown
