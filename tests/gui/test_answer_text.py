"""An answer's text: growing, safe, selectable, in the colours of the theme."""

from __future__ import annotations

import http.server
import threading
import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage, QTextCursor
from PySide6.QtWidgets import QTextBrowser
from typing_extensions import override

from desktop.gui.answer_text import AnswerText
from desktop.gui.theme import DARK, LIGHT, theme

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.gui.flowing_text import FlowingText

SAMPLE = """## Heading

You paid **EUR 12.40**, see `total` on [the receipt](https://example.org/x). 这是**重点：**后面。

- first
  - nested
- [x] done

1. one
2. two

   ```python
   x = 1

   y = 2
   ```

| Item | Price |
|:-----|------:|
| Ferry | 12.40 |
| 渡轮 | 6.20 |

```
code = "block"

more
```

> quoted

---

The [last][ref] words.

[ref]: https://example.org/ref
"""


@pytest.fixture
def text(qtbot: QtBot) -> AnswerText:
    widget = AnswerText()
    qtbot.addWidget(widget)
    return widget


def _show(widget: FlowingText, width: int = 600) -> QImage:
    widget.resize(width, widget.fit(width))
    widget.show()
    return widget.grab().toImage()


# --- growing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 3, 7, 40, 10_000])
def test_that_a_streamed_answer_ends_like_one_shown_at_once(
    qtbot: QtBot, text: AnswerText, step: int
) -> None:
    for start in range(0, len(SAMPLE), step):
        text.grow(SAMPLE[start : start + step])
    text.finish(SAMPLE)
    whole = AnswerText()
    qtbot.addWidget(whole)
    whole.set_markdown(SAMPLE)
    assert text.toPlainText() == whole.toPlainText()
    assert text.fit(600) == whole.fit(600)
    assert _show(text) == _show(whole)


def test_that_no_word_is_missing_while_it_grows(text: AnswerText) -> None:
    for start in range(len(SAMPLE)):
        text.grow(SAMPLE[start])
        if SAMPLE[start] == "\n" and "```" not in SAMPLE[:start]:
            for word in ("Heading", "EUR 12.40", "重点", "nested", "two"):
                assert (word in text.toPlainText()) == (word in SAMPLE[: start + 1])


def test_that_marks_which_are_still_coming_are_not_shown(text: AnswerText) -> None:
    text.grow("Some **bold te")
    assert text.toPlainText() == "Some bold te"
    text.grow("xt** and a [link](https://exa")
    assert text.toPlainText() == "Some bold text and a link"


def test_that_settled_text_is_not_laid_out_again(text: AnswerText) -> None:
    text.fit(600)
    text.grow("First paragraph.\n\nSecond paragraph.\n\n")
    changes: list[int] = []
    text.document().contentsChange.connect(lambda start, _gone, _new: changes.append(start))
    before = text.document().findBlockByNumber(0).layout()
    settled = text.toPlainText().index("Second")
    for word in ("and", "a", "third", "one", "that", "grows", "by", "words"):
        text.grow(f"{word} ")
        text.fit(600)
    assert min(changes) > settled
    assert before.lineCount() == 1


def test_that_a_selection_in_settled_text_survives_growing(text: AnswerText) -> None:
    text.grow("First paragraph.\n\nSecond")
    cursor = text.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(5, QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    text.grow(" one.\n\nThird.\n\nFourth")
    assert text.selected_text() == "First"


def test_that_a_selection_in_the_tail_survives_growing(text: AnswerText) -> None:
    text.grow("First.\n\nSecond words")
    text.selectAll()
    text.grow(" follow")
    assert text.selected_text() == "First.\nSecond words"


def test_that_a_final_text_which_differs_replaces_what_was_streamed(text: AnswerText) -> None:
    text.grow("What was stre")
    text.finish("Something else.")
    assert text.toPlainText() == "Something else."
    assert text.markdown == "Something else."


def test_that_an_update_of_a_long_answer_costs_little(text: AnswerText) -> None:
    text.fit(700)
    text.grow("\n\n".join([SAMPLE.replace("[ref]: https://example.org/ref", "")] * 40))
    text.fit(700)
    started = time.process_time()
    for _ in range(20):
        text.grow("word ")
        text.fit(700)
    assert (time.process_time() - started) / 20 < 0.016


# --- what it looks like ---------------------------------------------------------------------------


def test_that_the_height_follows_the_content_and_the_width(text: AnswerText) -> None:
    text.set_markdown("word " * 100)
    wide, narrow = text.fit(700), text.fit(300)
    assert narrow > wide
    text.set_markdown("word")
    assert text.fit(300) == 22


def _table(columns: int) -> str:
    return "| " + " | ".join(["column"] * columns) + " |\n" + "|--" * columns + "|"


@pytest.mark.parametrize("markdown", ["```\n" + "x" * 400 + "\n```", "x" * 400, _table(12)])
def test_that_wide_content_stays_within_the_column(text: AnswerText, markdown: str) -> None:
    text.set_markdown(markdown)
    text.fit(400)
    assert text.document().size().width() <= 400
    _show(text, 400)
    assert not text.horizontalScrollBar().isVisible()


def test_that_only_a_table_of_very_many_columns_is_scrolled_sideways(text: AnswerText) -> None:
    text.set_markdown(_table(60))
    _show(text, 400)
    assert text.horizontalScrollBar().isVisible()
    assert text.width() == 400


def test_that_a_cell_before_empty_ones_is_written_once(text: AnswerText) -> None:
    text.set_markdown(
        "| a | b | c | d |\n|---|---|---|---|\n| **Total** | | | 12.60 |\n| x | | | |"
    )
    words = text.toPlainText().split()
    assert words == ["a", "b", "c", "d", "Total", "12.60", "x"]


def test_that_code_lies_on_a_surface_in_both_themes(text: AnswerText) -> None:
    text.set_markdown("Words.\n\n```\ncode\n```")
    for name, colors in (("light", LIGHT), ("dark", DARK)):
        theme().set_appearance(name)  # type: ignore[arg-type]
        image = _show(text)
        assert image.pixelColor(300, image.height() - 20).name() == colors.bubble


def test_that_links_take_the_colour_of_the_theme_live(text: AnswerText) -> None:
    text.set_markdown("[link](https://example.org)")
    assert _link_color(text) == LIGHT.accent
    theme().set_appearance("dark")
    _show(text)
    assert _link_color(text) == DARK.accent


def _link_color(text: AnswerText) -> str:
    return text.document().firstBlock().begin().fragment().charFormat().foreground().color().name()


def test_that_a_theme_change_keeps_a_streaming_answer_whole(text: AnswerText) -> None:
    text.grow("First.\n\n```\ncode\nmo")
    theme().set_appearance("dark")
    text.grow("re\n```\n\nEnd")
    text.finish(text.markdown)
    assert text.selected_text() == ""
    text.selectAll()
    assert text.selected_text() == "First.\ncode\nmore\nEnd"


# --- copying --------------------------------------------------------------------------------------


def test_that_copied_text_is_clean(text: AnswerText) -> None:
    text.set_markdown(SAMPLE)
    text.selectAll()
    mime = text.createMimeDataFromSelection()
    assert mime.formats() == ["text/plain"]
    assert mime.text().split("\n") == [
        "Heading",
        "You paid EUR 12.40, see total on the receipt. 这是重点：后面。",
        "- first",
        "  - nested",
        "- [x] done",
        "1. one",
        "2. two",
        "x = 1",
        "",
        "y = 2",
        "Item\tPrice",
        "Ferry\t12.40",
        "渡轮\t6.20",
        'code = "block"',
        "",
        "more",
        "quoted",
        "",
        "The last words.",
    ]


def test_that_the_text_can_be_selected_and_is_named_for_screen_readers(text: AnswerText) -> None:
    text.set_markdown("Some words")
    flags = text.textInteractionFlags()
    assert flags & Qt.TextInteractionFlag.TextSelectableByMouse
    assert flags & Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    assert text.focusPolicy() != Qt.FocusPolicy.NoFocus
    interface = QAccessible.queryAccessibleInterface(text)
    assert interface.text(QAccessible.Text.Name) == "Answer"


# --- nothing is loaded ----------------------------------------------------------------------------


class _Listener(http.server.BaseHTTPRequestHandler):
    hits: list[str]

    def do_GET(self) -> None:
        self.hits.append(self.path)
        self.send_response(200)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    hits: list[str] = []
    handler = type("Handler", (_Listener,), {"hits": hits})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    thread.join()
    server.server_close()


def test_that_no_picture_is_ever_loaded_from_an_answer(
    qtbot: QtBot, text: AnswerText, tmp_path: Path, listener: tuple[str, list[str]]
) -> None:
    address, hits = listener
    path = tmp_path / "red.png"
    red = QImage(200, 200, QImage.Format.Format_RGB32)
    red.fill(0xFF0000)
    assert red.save(str(path))
    markdown = "\n\n".join(
        (
            f"![a]({address}/a.png) \\![b]({address}/b.png) \\\\![c]({address}/c.png)",
            f"![d](file://{path}) ![e]({path}) \\\\![f]({path}) [![g]({path})]({address}/g)",
            f"![h][local] ![i][remote]\n\n[local]: {path}\n[remote]: {address}/i.png",
            f'<img src="{path}"> <img src="{address}/j.png">',
            f"| x |\n|---|\n| ![k]({path}) <img src='{path}'> |",
            f"- ![l]({path})\n\n> ![m]({path})\n\n# ![n]({path})",
        )
    )
    for start in range(0, len(markdown), 3):
        text.grow(markdown[start : start + 3])
        if start % 60 == 0:
            _show(text)
    text.finish(markdown)
    image = _show(text)
    qtbot.wait(100)
    assert hits == []
    assert "\ufffc" not in text.toPlainText()
    colors = {image.pixel(x, y) for x in range(0, 600, 3) for y in range(0, image.height(), 3)}
    assert 0xFFFF0000 not in colors


def test_that_the_test_above_could_fail(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    red = QImage(200, 200, QImage.Format.Format_RGB32)
    red.fill(0xFF0000)
    red.save(str(path))
    plain = QTextBrowser()
    qtbot.addWidget(plain)
    plain.resize(600, 400)
    plain.setMarkdown(f"![d]({path})")
    plain.show()
    image = plain.grab().toImage()
    colors = {image.pixel(x, y) for x in range(0, 600, 3) for y in range(0, 400, 3)}
    assert 0xFFFF0000 in colors


def test_that_html_is_shown_as_text(text: AnswerText) -> None:
    text.set_markdown("<b>bold</b> <script>x</script>\n\n<div>block</div>")
    assert text.toPlainText() == "<b>bold</b> <script>x</script>\n<div>block</div>"
