"""The bar under an answer with tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.core.tables import find_tables
from desktop.gui.table_bar import ProblemsPopup, TableBar
from desktop.store.table_export import as_csv, as_html, as_tsv

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

GOOD = "| Item | Price |\n|-|-|\n| Tea | 3.20 |\n| Cake | 4.00 |\n| Total | 7.20 |\n"
WRONG = GOOD.replace("7.20", "8.20")


class Chooser:
    """Answers the question for a path, and notes what was asked."""

    def __init__(self, answer: Path | None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, str]] = []

    def __call__(self, window: QWidget, title: str, proposed: str, kinds: str) -> str:
        self.asked.append((title, proposed, kinds))
        return str(self.answer) if self.answer else ""


def bar_of(qtbot: QtBot, text: str, chooser: Chooser | None = None) -> TableBar:
    bar = TableBar(find_tables(text), choose_path=chooser)
    qtbot.addWidget(bar)
    bar.resize(720, bar.sizeHint().height())
    bar.show()
    return bar


def test_that_a_table_is_copied_for_spreadsheets_and_for_text(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, GOOD)
    bar.copy_button.click()
    data = QApplication.clipboard().mimeData()
    assert data.text() == as_tsv(bar.table)
    assert as_html(bar.table) in data.html()
    assert "Copied" in bar.copy_button.text()
    qtbot.waitUntil(lambda: "Copy as table" in bar.copy_button.text())


def test_that_csv_is_saved_where_a_person_says(qtbot: QtBot, tmp_path: Path) -> None:
    chooser = Chooser(tmp_path / "mine")
    bar = bar_of(qtbot, GOOD, chooser)
    with qtbot.waitSignal(bar.saved) as caught:
        bar.csv_button.click()
    assert caught.args == [tmp_path / "mine.csv"]
    assert (tmp_path / "mine.csv").read_bytes() == as_csv(bar.table)
    assert chooser.asked[0][2] == "CSV table (*.csv)"


def test_that_a_workbook_holds_all_tables(qtbot: QtBot, tmp_path: Path) -> None:
    bar = bar_of(qtbot, GOOD + "\n" + WRONG, Chooser(tmp_path / "all.xlsx"))
    with qtbot.waitSignal(bar.saved):
        bar.xlsx_button.click()
    assert (tmp_path / "all.xlsx").read_bytes().count(b"xl/worksheets/sheet") == 4


def test_that_nothing_is_saved_without_a_path(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, GOOD, Chooser(None))
    with qtbot.assertNotEmitted(bar.saved, wait=50), qtbot.assertNotEmitted(bar.failed):
        bar.csv_button.click()


def test_that_a_file_that_cannot_be_written_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    bar = bar_of(qtbot, GOOD, Chooser(tmp_path / "gone" / "a.csv"))
    with qtbot.waitSignal(bar.failed) as caught:
        bar.csv_button.click()
    assert caught.args is not None
    assert caught.args[0].details["name"] == "a.csv"


def test_that_a_table_that_fits_has_no_warning(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, GOOD)
    assert bar.problems == ()
    assert bar.problem_button.isHidden()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # raise, grab
def test_that_what_does_not_fit_is_said_on_a_click(qtbot: QtBot) -> None:
    bar = bar_of(qtbot, WRONG)
    assert bar.problem_button.accessibleName() == "1 place does not fit"
    bar.problem_button.click()
    popup = bar.findChild(ProblemsPopup)
    assert popup is not None
    words = [label.text() for label in popup.findChildren(QLabel)]
    assert "Row 3 (“Total”), “Price”: 8.20 is written, what stands above adds up to 7.20." in words
    popup.close()


def test_that_one_of_several_tables_can_be_chosen(qtbot: QtBot) -> None:
    text = GOOD + "\n" + GOOD.replace("Tea", "Coffee")
    bar = bar_of(qtbot, text)
    actions = bar.focus_chain()[0].menu().actions()  # type: ignore[attr-defined]
    assert [action.isChecked() for action in actions] == [True, False]
    actions[1].trigger()
    assert bar.table.rows[0][0] == "Coffee"
    bar.copy()
    assert "Coffee" in QApplication.clipboard().text()


@pytest.mark.parametrize(("width", "style"), [(720, "Beside"), (260, "IconOnly")])
def test_that_words_give_way_where_there_is_no_room(qtbot: QtBot, width: int, style: str) -> None:
    bar = bar_of(qtbot, GOOD)
    bar.resize(width, bar.height())
    assert style in bar.copy_button.toolButtonStyle().name
    assert bar.copy_button.accessibleName() == "Copy as table"
    assert bar.sizeHint().height() == bar.height()


def test_that_every_button_can_be_reached_by_keyboard(qtbot: QtBot) -> None:
    chain = bar_of(qtbot, WRONG).focus_chain()
    assert len(chain) == 4
    assert all(button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in chain)
