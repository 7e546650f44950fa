"""An answer in a form: how it fills, what it shows, and the ways out of the app."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.core.errors import ErrorCode, GroundglassError
from desktop.core.json_answer import read_answer
from desktop.gui.form_bar import FormBar
from desktop.gui.form_part import FormPart
from desktop.gui.form_view import FormView
from desktop.gui.form_words import form_text
from desktop.gui.theme import DARK, theme

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.core.json_answer import Value

RECEIPT = (
    '{"merchant_name": "Transtejo <b>", "total": 12.40, "paid": true, "note": null, '
    '"tags": ["ferry", "红"], "items": [{"name": "Adult", "n": 2}, {"name": "Bicycle", "n": 1}], '
    '"place": {"city": "Lisboa"}}'
)


def value_of(text: str) -> Value:
    found = read_answer(text)
    assert found is not None
    return found[0]


@pytest.fixture
def part(qtbot: QtBot) -> Iterator[FormPart]:
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.resize(760, 600)
    part = FormPart(holder)
    holder.show()
    part.show()
    yield part
    holder.close()


def words(part: FormPart) -> str:
    assert part.view is not None
    return part.view.toPlainText()


def test_that_every_value_stands_beside_its_name(part: FormPart) -> None:
    assert part.show_answer(RECEIPT, is_over=True) == ""
    lines = [line for line in words(part).splitlines() if line]
    assert lines[:8] == [
        "Merchant name",
        "Transtejo <b>",
        "Total",
        "12.40",
        "Paid",
        "Yes",
        "Note",
        "—",
    ]
    assert lines[8:11] == ["Tags", "ferry", "红"]
    assert lines[11:] == [
        *("Items", "Name", "N", "Adult", "2", "Bicycle", "1"),
        *("Place", "City", "Lisboa"),
    ]


def test_that_the_form_fills_while_the_answer_is_written(part: FormPart) -> None:
    part.show_answer("", is_over=False)
    seen: list[str] = []
    for start in range(0, len(RECEIPT), 5):
        part.grow(RECEIPT[start : start + 5])
        if part.is_shown:
            seen.append(words(part))
            assert part.bar is None
    assert "Trans" in seen[4]
    assert seen[-1].rstrip().endswith("Lisboa")
    part.restart()
    assert not part.is_shown
    part.grow('{"a": 1')
    assert words(part).split() == ["A", "1"]


def test_that_an_unfinished_answer_is_text(part: FormPart) -> None:
    part.grow(RECEIPT[:40])
    rest = part.show_answer(RECEIPT[:40], is_over=True)
    assert not part.is_shown
    assert RECEIPT[:40] in rest
    assert rest.startswith("```")
    assert part.show_answer("", is_over=True) == ""


def test_that_notes_behind_the_form_are_given_back(part: FormPart) -> None:
    assert part.show_answer(RECEIPT + "\n\n---\n#### Notes", is_over=True) == "---\n#### Notes"
    assert part.bar is not None


def test_that_any_json_can_be_shown(part: FormPart) -> None:
    deep = '{"a": [[1, 2], {"b": [{"c": {"d": []}}]}], "": "x"}'
    for text in ("12", '"words"', "[]", "{}", "[1, 2]", '[{"a": 1}, 2]', deep, "null", "false"):
        part.show_answer(text, is_over=True)
        assert part.arrange(400) > 0
    wide = [{f"k{n}": n for n in range(12)}]
    part.show_answer(json.dumps(wide), is_over=True)
    assert "K11" in words(part)


def test_that_a_narrow_form_is_higher_and_nothing_is_cut_off(qtbot: QtBot) -> None:
    view = FormView()
    qtbot.addWidget(view)
    view.show_value({"address": "https://example.org/" + "a" * 300})
    wide, narrow = view.fit(760), view.fit(300)
    assert narrow > wide
    assert not view.horizontalScrollBar().isVisible()
    assert view.document().size().width() <= 301


def test_that_the_form_keeps_its_words_in_other_colours(part: FormPart) -> None:
    part.show_answer(RECEIPT, is_over=True)
    before = words(part)
    theme().set_appearance("dark")
    assert words(part) == before
    assert part.view is not None
    assert DARK.line.lower() in part.view.toHtml().lower()


# --- ways out -------------------------------------------------------------------------------------


def bar_of(qtbot: QtBot, path: Path | None = None) -> FormBar:
    bar = FormBar(value_of(RECEIPT), choose_path=lambda *_: str(path) if path else "")
    qtbot.addWidget(bar)
    bar.resize(720, bar.sizeHint().height())
    bar.show()
    return bar


def test_that_a_form_is_copied_as_text_and_as_json(qtbot: QtBot) -> None:
    bar = bar_of(qtbot)
    bar.text_button.click()
    text = QApplication.clipboard().text()
    assert text == form_text(value_of(RECEIPT))
    assert "Merchant name: Transtejo <b>\nTotal: 12.40\n" in text
    assert "Tags: ferry, 红" in text
    assert "Items:\n  1:\n    Name: Adult\n    N: 2" in text
    bar.json_button.click()
    assert value_of(QApplication.clipboard().text()) == value_of(RECEIPT)
    assert "Copied" in bar.json_button.text()


def test_that_a_form_is_saved_as_csv_and_as_json(qtbot: QtBot, tmp_path: Path) -> None:
    bar = bar_of(qtbot, tmp_path / "表 1")
    with qtbot.waitSignal(bar.saved) as caught:
        bar.csv_button.click()
    assert caught.args == [tmp_path / "表 1.csv"]
    rows = (tmp_path / "表 1.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("merchant_name,total,paid,note,tags,place.city,items.name")
    assert len(rows) == 3
    with qtbot.waitSignal(bar.saved):
        bar.file_button.click()
    assert value_of((tmp_path / "表 1.json").read_text(encoding="utf-8")) == value_of(RECEIPT)


def test_that_a_file_that_cannot_be_written_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    bar = bar_of(qtbot, tmp_path / "no folder" / "x")
    with qtbot.waitSignal(bar.failed) as caught:
        bar.file_button.click()
    assert caught.args is not None
    error = caught.args[0]
    assert isinstance(error, GroundglassError)
    assert error.code is ErrorCode.STORE_UNWRITABLE
    with qtbot.assertNotEmitted(bar.failed):
        other = bar_of(qtbot)
        other.file_button.click()  # nothing was chosen


def test_that_the_json_is_shown_on_demand(part: FormPart, qtbot: QtBot) -> None:
    part.show_answer(RECEIPT, is_over=True)
    low = part.arrange(700)
    assert part.bar is not None
    with qtbot.waitSignal(part.height_changed):
        part.bar.source_button.click()
    assert part.arrange(700) > low
    assert part.source is not None
    assert '"total": 12.40' in part.source.toPlainText()
    assert part.bar.source_button.accessibleName() == "Hide JSON"
    part.bar.source_button.click()
    assert part.arrange(700) == low


def test_that_a_narrow_bar_has_icons_and_still_fits(qtbot: QtBot) -> None:
    bar = bar_of(qtbot)
    wide = bar.json_button.width()
    bar.resize(320, bar.height())
    qtbot.waitUntil(lambda: bar.json_button.width() < wide)
    assert bar.source_button.geometry().right() <= bar.width()
    assert len(bar.focus_chain()) == 5
