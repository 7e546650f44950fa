"""What an answer took: in words, in the panel, in the plot, and from the window."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from desktop.core.errors import ErrorCode, HistoryError
from desktop.core.types import (
    EngineKind,
    Figures,
    InAdvance,
    Message,
    Role,
    StopReason,
    Timings,
    Usage,
)
from desktop.engine.api import GenerationFinished, PromptProgress
from desktop.gui.figures_dialog import FiguresDialog
from desktop.gui.figures_made import made_figures
from desktop.gui.figures_texts import figure_rows, pace_text, plain_text, time_text
from desktop.gui.main_window import MainWindow
from desktop.gui.reading import ReadingResult
from desktop.gui.running_answer import RunningAnswer
from desktop.store.history import History, StoredMessage
from tests.gui.asking import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from tests.gui.asking import Bench

pytestmark = [
    pytest.mark.usefixtures("american_numbers"),
    pytest.mark.qt_log_ignore("This plugin does not support"),
]

WHOLE = Figures(
    "m",
    Usage(1300, 1100, 213, 2, 1, 1, context_used=1512, context_length=8192),
    Timings(encode_s=0.1204, prefill_s=0.1, first_token_s=0.31, decode_s=5.3),
    EngineKind.MLX,
    load_s=12.34,
    worker_bytes=2_413_000_000,
)
OLD = Figures("m", Usage(20, 0, 1), Timings(prefill_s=0.2, first_token_s=0.25))


@pytest.fixture
def history() -> Iterator[History]:
    clock = [datetime(2026, 3, 1, 12, tzinfo=UTC)]

    def now() -> datetime:
        clock[0] += timedelta(minutes=1)
        return clock[0]

    with closing(History(Path(":memory:"), lambda _sha, _page: Path("x"), now=now)) as opened:
        yield opened


@pytest.fixture
def dialog(history: History, qtbot: QtBot) -> FiguresDialog:
    names = {"m": "Ferry 4B"}
    made = FiguresDialog(history, lambda model_id: names.get(model_id, model_id))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    return made


def answer(history: History, figures: Figures | None) -> StoredMessage:
    conversation = history.create_conversation("x")
    history.add_message(conversation, Message(Role.USER, "q"))
    row = history.begin_answer(conversation)
    return history.finish_answer(row.id, "a", StopReason.END, figures)


def timed(first_s: float, decode_s: float) -> Figures:
    return replace(WHOLE, timings=Timings(0, 0.1, first_s, decode_s))


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 ms"), (0.0841, "84 ms"), (0.9994, "999 ms"), (1.2399, "1.24 s"), (61.24, "61.2 s")],
)
def test_that_times_have_their_unit(seconds: float, words: str) -> None:
    assert time_text(seconds) == words


def test_that_every_figure_is_said_with_what_belongs_to_it() -> None:
    assert plain_text("Ferry 4B", figure_rows(WHOLE)).splitlines() == [
        "Ferry 4B",
        "First word: 310 ms",
        "Looking at pictures: 120 ms (2 looked at · 1 known from the disk)",
        "Reading: 100 ms (200 tokens · 2,000 tokens/s)",
        "Writing: 5.30 s (213 tokens · 40 tokens/s)",
        "Reused: 85 % (1,100 of 1,300 tokens)",
        "Context: 18 % (1,512 of 8,192 tokens)",
        "Memory: 2.4 GB (of the engine's process)",
        "Loading: 12.3 s (when the model was loaded last)",
        "Begun anew: 1 × (since the answer went round in circles)",
    ]


def test_that_figures_from_before_say_what_they_know() -> None:
    assert plain_text("", figure_rows(OLD)).splitlines() == [
        "First word: 250 ms",
        "Looking at pictures: 0 ms (nothing new to look at)",
        "Reading: 200 ms (20 tokens · 100 tokens/s)",
        "Writing: 0 ms (1 token)",
        "Reused: 0 % (0 of 20 tokens)",
    ]


def test_that_slow_answers_keep_a_decimal() -> None:
    assert (pace_text(4.84), pace_text(41.2)) == ("4.8 tokens/s", "41 tokens/s")


def test_that_work_in_advance_comes_first_when_there_was_some() -> None:
    looked = replace(OLD, in_advance=InAdvance(1.2, 0.3, 1, 2))
    assert plain_text("", figure_rows(looked)).splitlines()[0] == (
        "In advance: 1.50 s (1 looked at · 2 known from the disk, in 1.20 s)"
    )
    read = replace(OLD, in_advance=InAdvance(prefill_s=0.02))
    assert plain_text("", figure_rows(read)).splitlines()[0] == (
        "In advance: 20 ms (while the question was written)"
    )
    nothing = replace(OLD, in_advance=InAdvance(prefill_s=0.0001))
    assert figure_rows(nothing) == figure_rows(OLD)


# --- the panel ------------------------------------------------------------------------------------


def test_that_the_panel_shows_an_answer_beside_its_models_others(
    dialog: FiguresDialog, history: History
) -> None:
    for _ in range(3):
        answer(history, OLD)
    answer(history, replace(OLD, model_id="other"))
    answer(history, None)
    answer(history, Figures("m", Usage(), Timings()))  # stopped before anything was measured
    dialog.show_answer(answer(history, WHOLE))
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Ferry 4B", "310 ms", "2.4 GB", "The last 4 answers of this model"} <= shown
    assert any(text.startswith("MLX · ") for text in shown)
    assert len(dialog.rows) == len(figure_rows(WHOLE))


def test_that_copying_gives_the_whole_table(dialog: FiguresDialog, history: History) -> None:
    dialog.show_answer(answer(history, WHOLE))
    dialog.copy_button.click()
    copied = QApplication.clipboard().text()
    assert copied.startswith("Ferry 4B, MLX · ")
    assert plain_text("", figure_rows(WHOLE)) in copied
    assert dialog.copy_button.text() == "Copied"


def test_that_a_model_without_answers_is_said_to_have_none(dialog: FiguresDialog) -> None:
    dialog.show_latest("gone", None)
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"gone", "No answer of this model has been measured yet."} <= shown
    assert not dialog.copy_button.isEnabled()
    assert dialog.plot.isHidden()


def test_that_without_a_choice_it_is_the_newest(dialog: FiguresDialog, history: History) -> None:
    answer(history, OLD)
    newest = answer(history, WHOLE)
    dialog.show_latest("m", None)
    assert dialog.shown is not None
    assert dialog.shown.message_id == newest.id


def test_that_an_answer_without_figures_changes_nothing(
    dialog: FiguresDialog, history: History
) -> None:
    dialog.show_answer(answer(history, WHOLE))
    dialog.show_answer(answer(history, None))
    dialog.show_answer(answer(history, Figures("m", Usage(), Timings())))
    assert dialog.shown is not None
    assert dialog.shown.figures == WHOLE


def test_that_a_history_that_cannot_be_read_is_said(
    dialog: FiguresDialog, history: History, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_model_id: str, _engine: EngineKind | None, _limit: int) -> NoReturn:
        raise HistoryError("It is damaged.", ErrorCode.HISTORY_DAMAGED)

    shown = answer(history, WHOLE)
    monkeypatch.setattr(history, "recent_runs", refuse)
    with qtbot.waitSignal(dialog.failed):
        dialog.show_answer(shown)
    assert dialog.shown is not None, "what is known is shown all the same"


# --- the plot -------------------------------------------------------------------------------------


def test_that_the_plot_reads_a_run_under_the_pointer_and_a_click_chooses_it(
    dialog: FiguresDialog, history: History, qtbot: QtBot
) -> None:
    runs = [answer(history, timed(first, 5.3)) for first in (0.5, 2.0, 1.0)]
    dialog.show_answer(runs[-1])
    with qtbot.waitExposed(dialog):
        dialog.show()
    plot = dialog.plot
    assert plot.readout.endswith("· 1.00 s · 40 tokens/s")
    place = QPoint(round(plot.x_of(1)) + 3, 30)
    QTest.mouseMove(plot, place)
    qtbot.waitUntil(lambda: plot.readout.endswith("· 2.00 s · 40 tokens/s"))
    assert dialog.shown is not None
    assert dialog.shown.message_id == runs[-1].id, "reading is not choosing"
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
    assert dialog.shown.message_id == runs[1].id
    assert "2.00 s" in dialog.as_text()


def test_that_the_arrow_keys_go_from_run_to_run(dialog: FiguresDialog, history: History) -> None:
    runs = [answer(history, timed(n / 10, 5.3)) for n in range(1, 5)]
    dialog.show_answer(runs[1])
    chosen = []
    dialog.plot.run_chosen.connect(lambda run: chosen.append(run.message_id))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Home):
        QTest.keyClick(dialog.plot, key)
    assert chosen == [runs[0].id, runs[3].id, runs[0].id]
    assert "100 ms" in dialog.plot.accessibleDescription()


def test_that_the_line_is_broken_where_nothing_was_measured_and_stays_inside(
    dialog: FiguresDialog, history: History, qtbot: QtBot
) -> None:
    for figures in (timed(1.0, 5.3), replace(OLD, timings=Timings()), timed(3.0, 2.0)):
        answer(history, figures)
    dialog.show_latest("m", None)
    with qtbot.waitExposed(dialog):
        dialog.show()
    plot = dialog.plot
    first, speed = plot._lanes
    assert [value for value in speed.values if value is None] == [None]
    assert len(plot._stretches(speed, 64)) == 2
    (line,) = plot._stretches(first, 64)
    assert [round(point.y()) for point in line.toList()] == [49, 64, 20]
    assert all(0 <= point.x() <= plot.width() for point in line.toList())
    plain = plot.grab().toImage()
    assert plain.pixelColor(round(plot.x_of(2)), 20) != plain.pixelColor(30, 40), "a dot is there"


# --- in the window --------------------------------------------------------------------------------


def test_that_the_line_under_an_answer_opens_its_figures_and_they_follow(
    bench: Bench, qtbot: QtBot
) -> None:
    window = MainWindow(bench.services)
    bench.session = window.session
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    bench.load(reply="a red circle", tokens_per_s=200)
    first = bench.ask("what is this")
    line = window.pane.view.findChild(QPushButton, "figuresLine")
    assert line is not None
    assert "tokens/s" in line.text()
    QTest.keyClick(line, Qt.Key.Key_Return)
    panel = window.findChild(FiguresDialog)
    assert panel is not None
    assert panel.isVisible()
    assert panel.shown is not None
    assert panel.shown.message_id == first.id
    figures = panel.shown.figures
    assert (figures.model_id, figures.engine) == ("scripted", EngineKind.FAKE)
    assert figures.load_s is not None
    assert figures.worker_bytes > 5_000_000
    second = bench.ask("and this")
    assert panel.shown.message_id == second.id
    panel.close()
    qtbot.waitUntil(lambda: window.findChild(FiguresDialog) is None, timeout=WAIT_MS)
    window.actions_of_window.figures.trigger()
    again = window.findChild(FiguresDialog)
    assert again is not None
    assert again.shown is not None
    assert again.shown.message_id == second.id
    window.close()


def test_that_without_an_answer_the_menu_shows_the_model_in_use(bench: Bench, qtbot: QtBot) -> None:
    window = MainWindow(bench.services)
    bench.session = window.session
    qtbot.addWidget(window)
    bench.load()
    window.actions_of_window.figures.trigger()
    panel = window.findChild(FiguresDialog)
    assert panel is not None
    assert panel.shown is None
    assert panel.windowTitle() == "Figures"
    assert "Scripted" in {label.text() for label in panel.findChildren(QLabel)}
    window.close()


def test_that_going_over_the_pages_before_counts() -> None:
    row = StoredMessage(1, Message(Role.ASSISTANT, ""), datetime.now(UTC), None, None, None)
    running = RunningAnswer(1, (), row, None)
    event = GenerationFinished("r", StopReason.END, Usage(9, 0, 3, 1), Timings(0, 0, 0.5), 7)
    assert made_figures(running, None, event) == Figures(
        "", event.usage, event.timings, None, None, 7
    )
    running.found = ReadingResult(
        3, pictures_encoded=6, pictures_from_disk=2, retries=1, seconds=4.0
    )
    made = made_figures(running, None, event)
    usage = made.usage
    assert (usage.pictures_encoded, usage.pictures_from_disk, usage.retries) == (7, 2, 1)
    assert made.timings.first_token_s == 4.5


def test_that_what_was_done_while_the_question_was_written_is_kept_apart(
    bench: Bench, qtbot: QtBot
) -> None:
    bench.load(encode_step_s=0.02, prefill_s=0.02)
    bench.add(bench.picture())
    bench.wait_for_preparation()
    first = bench.ask("what is this")
    assert first.figures is not None
    done = first.figures.in_advance
    assert done.pictures_encoded == 1
    assert done.encode_s > 0
    assert first.figures.usage.pictures_encoded == 0
    assert "In advance" in plain_text("", figure_rows(first.figures))
    second = bench.ask("and this")
    assert second.figures is not None
    assert second.figures.in_advance.pictures_encoded == 0
    assert bench.stored()[1].figures == first.figures, "and kept"
    bench.session.again(second.id)
    third = bench.wait_for_answer()
    assert third.figures is not None
    assert third.figures.in_advance == InAdvance()


def test_that_a_preparation_that_the_question_overtook_counts_as_well(bench: Bench) -> None:
    bench.load(encode_step_s=0.1)
    bench.add(bench.picture())
    bench.qtbot.waitUntil(
        lambda: any(isinstance(event, PromptProgress) for event in bench.events), timeout=WAIT_MS
    )
    answer = bench.ask("what is this")
    assert answer.figures is not None
    assert answer.figures.in_advance.pictures_encoded == 1
    assert answer.figures.usage.pictures_encoded == 0
