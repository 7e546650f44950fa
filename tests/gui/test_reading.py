"""Long documents: page by page, then one answer from the notes; with a scripted worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desktop.core.errors import ErrorCode
from desktop.core.types import Role, StopReason
from desktop.engine.api import GenerationFinished
from desktop.gui.answer_words import Waiting
from desktop.gui.chat_session import SendState
from tests.documents import numbered, printed_pdf
from tests.gui.asking import WAIT_MS, Bench, state_of, taken_down

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

REDUCE = "These are notes from"
# A page takes about 80 tokens of a model that sees 64 at most: three do not fit in 400.
SMALL: dict[str, Any] = {"context_length": 400}


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    with taken_down(Bench(qtbot, tmp_path)) as made:
        yield made


def add_report(bench: Bench, pages: int = 6) -> None:
    path = bench.folder / "年度 报告.pdf"
    path.write_bytes(printed_pdf(numbered(pages)))
    bench.session.add_pictures([path])
    bench.qtbot.waitUntil(lambda: bool(bench.session.documents), timeout=WAIT_MS)
    bench.session.documents[0].choose(range(pages))
    bench.qtbot.waitUntil(lambda: not bench.session.draft.is_importing, timeout=WAIT_MS)


def script(**more: Any) -> dict[str, Any]:
    return {
        "replies": [
            {"words": REDUCE, "text": "The fee is EUR 3.10 (p. 2), the total EUR 12.40 (p. 5)."},
            {"words": "[Page 2:", "text": "- Harbour fee: EUR 3.10\n- paid in cash"},
            {"words": "[Page 5:", "text": "Total: EUR 12.40"},
        ],
        "reply": "Nothing.",
        **SMALL,
        **more,
    }


def test_that_a_long_document_is_read_page_by_page_and_answered_from_the_notes(
    bench: Bench,
) -> None:
    bench.load(**script())
    add_report(bench)
    steps: list[tuple[int, int] | None] = []
    waits: list[Waiting | None] = []

    def watch(running: Any) -> None:
        waits.append(running.waiting)
        if running.waiting is Waiting.PAGES:
            steps.append(running.step)

    bench.session.waiting_changed.connect(watch)
    answer = bench.ask("What does it cost?")
    assert steps == [(n, 6) for n in range(1, 7)]
    assert waits[-1] is Waiting.QUESTION
    text = answer.message.text
    assert text.startswith("The fee is EUR 3.10 (p. 2), the total EUR 12.40 (p. 5).\n\n---\n")
    assert "- **p. 2** Harbour fee: EUR 3.10; paid in cash\n- **p. 5** Total: EUR 12.40\n" in text
    assert "6 of 6 pages were read, 2 of them hold something" in text
    assert answer.stop_reason is StopReason.END
    assert answer.figures is not None
    assert answer.figures.usage.pictures_encoded == 6
    assert answer.figures.timings.first_token_s > answer.figures.timings.prefill_s
    assert bench.stored()[-1] == answer


def test_that_each_page_is_shown_alone_and_the_notes_without_pages(bench: Bench) -> None:
    described: dict[str, Any] = {"replies": [], "reply": None, **SMALL}
    bench.load(**described)
    add_report(bench, pages=5)
    answer = bench.ask("总额是多少？")
    # The fake engine describes its prompt: the last one holds the descriptions of all before.
    reduced, notes = answer.message.text.split("\n---\n")
    assert reduced.startswith("user []: 总额是多少？\n\n以下是文档“年度 报告.pdf”中 5 页的笔记")
    assert "[第3页]" in reduced
    for n in range(1, 6):
        (line,) = (line for line in notes.splitlines() if line.startswith(f"- **p. {n}** "))
        assert line.count("Page ") == 1
        assert f"Page {n}: " in line
        assert f"This is page number {n} of the report" in line
        assert line.count("总额是多少？") == 1


def test_that_the_beginning_common_to_all_pages_is_reused(bench: Bench) -> None:
    bench.load(**script())
    add_report(bench)
    bench.ask("What does it cost?")
    finished = [event for event in bench.events if isinstance(event, GenerationFinished)]
    assert len(finished) == 7
    assert all(event.usage.reused_tokens > 50 for event in finished[1:6])


def test_that_a_long_document_is_not_prepared_as_one_prompt(bench: Bench) -> None:
    bench.load(**script())
    add_report(bench)
    bench.session.set_text("What")
    assert all(item.prepared is None for item in bench.session.pictures)
    assert not bench.session._preparation.fraction


def test_that_a_document_that_fits_is_read_at_once(bench: Bench) -> None:
    bench.load(reply=None, context_length=8192)
    add_report(bench, pages=3)
    answer = bench.ask("What does it cost?")
    text = answer.message.text
    assert text.index("Page 1:") < text.index("Page 2:") < text.index("Page 3:")
    assert text.endswith("What does it cost?\n\n(Name the page of each finding, such as p. 3.)")
    assert bench.stored()[0].message.text == "What does it cost?", "the history has the question"


def test_that_stopping_answers_from_the_notes_so_far(bench: Bench) -> None:
    bench.load(**script(prefill_s=0.15))
    add_report(bench)

    def stop_at_page_four(running: Any) -> None:
        if running.step == (4, 6):
            bench.session.stop()

    bench.session.waiting_changed.connect(stop_at_page_four)
    answer = bench.ask("What does it cost?")
    assert answer.message.text.startswith("The fee is EUR 3.10")
    assert "3 of 6 pages were read, 1 of them" in answer.message.text
    assert "p. 5** " not in answer.message.text
    assert state_of(bench) is SendState.EMPTY


def test_that_stopping_before_any_note_ends_the_answer(bench: Bench) -> None:
    bench.load(**script(prefill_s=0.15))
    add_report(bench)

    def stop_at_once(running: Any) -> None:
        if running.step == (1, 6):
            bench.session.stop()

    bench.session.waiting_changed.connect(stop_at_once)
    answer = bench.ask("What does it cost?")
    assert answer.stop_reason is StopReason.CANCELLED
    assert answer.message.text == ""


def test_that_stopping_twice_keeps_the_notes(bench: Bench) -> None:
    bench.load(**script(prefill_s=0.1))
    add_report(bench)
    bench.session.set_text("What does it cost?")
    bench.session.waiting_changed.connect(
        lambda running: bench.session.stop() if running.step == (4, 6) else None
    )
    bench.session.send()
    bench.qtbot.waitUntil(
        lambda: bench.session.running is not None and bench.session.running.request_id is not None,
        timeout=WAIT_MS,
    )
    with bench.qtbot.waitSignal(bench.session.answer_finished, timeout=WAIT_MS):
        bench.session.stop()
    answer = bench.stored()[-1]
    assert answer.stop_reason is StopReason.CANCELLED
    assert "**p. 2** Harbour fee" in answer.message.text


def test_that_a_crash_in_the_middle_keeps_the_notes(bench: Bench) -> None:
    bench.load(**script(prefill_s=0.05))
    add_report(bench)
    bench.session.waiting_changed.connect(
        lambda running: (
            bench.services.bridge.client._process.kill()  # type: ignore[union-attr]
            if running.step == (4, 6)
            else None
        )
    )
    answer = bench.ask("What does it cost?")
    assert answer.stop_reason is StopReason.INTERRUPTED
    assert answer.error is not None
    assert answer.error.code is ErrorCode.WORKER_CRASHED
    assert "**p. 2** Harbour fee" in answer.message.text


def test_that_notes_are_on_disk_while_reading_goes_on(bench: Bench) -> None:
    bench.session._answering._checkpoint.setInterval(10)
    bench.load(**script(prefill_s=0.2))
    add_report(bench)
    bench.session.set_text("What does it cost?")
    bench.session.send()

    def kept() -> str:
        return bench.stored()[-1].message.text

    bench.qtbot.waitUntil(lambda: "**p. 2** Harbour" in kept(), timeout=WAIT_MS)
    assert bench.session.running is not None
    assert bench.session.running.reading is not None
    bench.session.stop()
    bench.wait_for_answer()


def test_that_nothing_on_any_page_is_still_an_answer(bench: Bench) -> None:
    bench.load(
        replies=[{"words": REDUCE, "text": "The document does not say."}], reply="无", **SMALL
    )
    add_report(bench)
    answer = bench.ask("What does it cost?")
    assert answer.message.text == "The document does not say."


def test_that_a_follow_up_goes_over_the_pages_again(bench: Bench) -> None:
    bench.load(**script())
    add_report(bench)
    bench.ask("What does it cost?")
    answer = bench.ask("And in cash?")
    assert answer.message.text.startswith("The fee is EUR 3.10")
    assert "6 of 6 pages were read" in answer.message.text


def test_that_a_conversation_that_is_deleted_is_not_read_on(bench: Bench) -> None:
    bench.load(**script(prefill_s=0.1))
    add_report(bench)
    bench.session.set_text("What does it cost?")
    bench.session.send()
    running = bench.session.running
    assert running is not None
    bench.qtbot.waitUntil(lambda: running.step == (2, 6), timeout=WAIT_MS)
    assert bench.session.conversation_id is not None
    bench.session.delete(bench.session.conversation_id)
    assert bench.session.running is None
    assert state_of(bench) is SendState.EMPTY
    answer = bench.ask("Are you there?")
    assert answer.message.role is Role.ASSISTANT
