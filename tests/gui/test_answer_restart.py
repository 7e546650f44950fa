"""An answer that is begun anew: in the history, in the session, and in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from desktop.core.types import StopReason
from desktop.gui.answer_words import figures_text
from desktop.gui.chat_pane import ChatPane
from tests.gui.asking import LONG, WAIT_MS, Bench

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

VOID = "round and round and round and round "


def test_that_only_the_second_text_stands(bench: Bench) -> None:
    bench.load(reply="One circle.", void=VOID)
    answer = bench.ask("What?")
    assert answer.message.text == "One circle."
    assert answer.stop_reason is StopReason.END
    assert answer.figures is not None
    assert answer.figures.usage.retries == 1
    assert "begun anew" in figures_text(answer.figures)
    assert bench.stored()[-1].message.text == "One circle."


def test_that_void_text_does_not_stay_in_the_history(bench: Bench) -> None:
    bench.load(reply=LONG, void=VOID, tokens_per_s=2)
    answering, kept = bench.session._answering, []

    def save_and_look() -> None:
        answering.save_text()
        kept.append(bench.stored()[-1].message.text)

    bench.session.text_received.connect(save_and_look)
    bench.session.answer_restarted.connect(lambda _: kept.append(bench.stored()[-1].message.text))
    bench.session.set_text("Count.")
    bench.session.send()
    bench.qtbot.waitUntil(lambda: len(kept) == 3, timeout=WAIT_MS)
    assert kept[:2] == [VOID, ""]
    assert LONG.startswith(kept[2])
    bench.session.stop()
    assert VOID not in bench.wait_for_answer().message.text


def test_that_the_window_takes_the_void_text_away(bench: Bench, qtbot: QtBot) -> None:
    pane = ChatPane(bench.services, bench.session)
    qtbot.addWidget(pane)
    pane.resize(900, 700)
    pane.show()
    bench.load(reply="One circle.", void=VOID)
    waited: list[str] = []

    def note_waiting(_: object) -> None:
        label = pane.findChild(QLabel, "waitingWords")
        waited.append(label.text() if label is not None else "")

    bench.session.waiting_changed.connect(note_waiting)
    bench.ask("What?")
    assert "Beginning anew: the model repeated itself" in waited
    item = pane.view._column.item(bench.session.messages[-1].id)
    assert item is not None
    shown = item._text.toPlainText()  # type: ignore[attr-defined]
    assert shown == "One circle."


def test_that_a_restart_elsewhere_does_not_touch_the_open_chat(bench: Bench) -> None:
    bench.load(reply=LONG, void=VOID, tokens_per_s=25)
    heard: list[object] = []
    bench.session.answer_restarted.connect(heard.append)
    bench.session.set_text("Count.")
    bench.session.send()
    first = bench.session.conversation_id
    assert first is not None
    bench.session.open_new()
    history = bench.services.history
    bench.qtbot.waitUntil(
        lambda: history.messages(first)[-1].stop_reason is not None, timeout=WAIT_MS
    )
    assert heard == []
    assert history.messages(first)[-1].message.text == LONG
