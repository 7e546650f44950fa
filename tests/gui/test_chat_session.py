"""One chat's session against the fake engine in a real worker process, with a real store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode
from desktop.core.types import PictureBudget, Role, StopReason
from desktop.engine.api import ModelLoaded, PromptPrepared, PromptProgress
from desktop.gui.answering import Answering
from desktop.gui.chat_session import SendState
from desktop.gui.chat_view import Waiting
from desktop.gui.pending import PendingState
from desktop.gui.prompts import title_of
from tests.gui.asking import LONG, WAIT_MS, Bench, state_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_that_a_question_with_a_picture_is_stored_with_its_answer(bench: Bench) -> None:
    bench.load(reply="A red circle.")
    bench.add(bench.picture())
    answer = bench.ask("What is this?")
    question, stored = bench.stored()
    assert question.message.text == "What is this?"
    assert question.message.attachments[0].source_name == "红色 圆 1.png"
    assert question.message.budget is PictureBudget.FAST
    assert stored == answer
    assert stored.message.text == "A red circle."
    assert stored.stop_reason is StopReason.END
    assert stored.figures is not None
    assert stored.figures.usage.pictures_encoded == 0, "it was prepared before it was asked"
    assert bench.session.draft.is_empty
    assert bench.session.pictures == ()


def test_that_the_title_is_the_first_line_of_the_question(bench: Bench) -> None:
    bench.load(reply="Yes.")
    bench.ask("\n Is it raining?\nLook at the window.")
    assert bench.session.title == "Is it raining?"
    assert [c.title for c in bench.services.history.conversations()] == ["Is it raining?"]


def test_that_a_picture_alone_gives_its_name_and_a_default_question(bench: Bench) -> None:
    bench.load(reply="A circle.")
    bench.add(bench.picture())
    bench.ask("  ")
    assert bench.session.title == "红色 圆 1.png"
    assert bench.stored()[0].message.text == "Describe this image."


def test_that_a_long_title_is_cut_to_sixty_characters() -> None:
    assert len(title_of("word " * 40, (), "Picture")) <= 60
    assert title_of("", (), "Picture") == "Picture"


def test_that_pictures_are_prepared_while_the_question_is_written(bench: Bench) -> None:
    bench.load(encode_steps=6, encode_step_s=0.01, reply="Yes.")
    seen: list[float] = []
    bench.session.pictures_changed.connect(
        lambda: seen.extend(i.prepared for i in bench.session.pictures if i.prepared is not None)
    )
    bench.add(bench.picture("a.png", "red"), bench.picture("b.png", "blue"))
    bench.wait_for_preparation()
    assert any(0 < fraction < 1 for fraction in seen)
    assert [type(event) for event in bench.events].count(PromptPrepared) == 1
    answer = bench.ask("Which is red?")
    assert answer.figures is not None
    assert answer.figures.usage.pictures_encoded == 0


def test_that_other_pictures_cancel_the_preparation_and_start_another(bench: Bench) -> None:
    bench.load(encode_steps=50, encode_step_s=0.02)
    bench.add(bench.picture("a.png", "red"))
    bench.qtbot.waitUntil(
        lambda: any(isinstance(e, PromptProgress) for e in bench.events), timeout=WAIT_MS
    )
    bench.session.remove_picture(bench.session.pictures[0].key)
    bench.qtbot.waitUntil(
        lambda: any(isinstance(e, PromptPrepared) and not e.is_complete for e in bench.events),
        timeout=WAIT_MS,
    )
    bench.add(bench.picture("b.png", "blue"))
    bench.wait_for_preparation()


def test_that_adding_a_picture_lets_the_running_preparation_finish(bench: Bench) -> None:
    bench.load(encode_steps=10, encode_step_s=0.03)
    bench.add(bench.picture("a.png", "red"))
    bench.qtbot.waitUntil(
        lambda: any(isinstance(e, PromptProgress) for e in bench.events), timeout=WAIT_MS
    )
    bench.add(bench.picture("b.png", "blue"))
    bench.wait_for_preparation()
    prepared = [event for event in bench.events if isinstance(event, PromptPrepared)]
    assert [event.is_complete for event in prepared] == [True, True]
    assert [event.usage.pictures_encoded for event in prepared] == [1, 1]


def test_that_several_pictures_are_looked_at_in_the_plural(bench: Bench) -> None:
    bench.load(encode_steps=4, encode_step_s=0.03, reply="Yes.")
    bench.add(bench.picture())
    bench.add(bench.picture("b.png", "blue"))
    seen: list[Waiting | None] = []
    bench.session.waiting_changed.connect(lambda running: seen.append(running.waiting))
    bench.ask("Are they red?")
    assert Waiting.PICTURES in seen
    assert Waiting.PICTURE not in seen


def test_that_sending_while_it_prepares_goes_at_once_and_shows_its_progress(
    bench: Bench,
) -> None:
    bench.load(encode_steps=10, encode_step_s=0.03, reply="Yes.")
    bench.add(bench.picture())
    bench.qtbot.waitUntil(
        lambda: any(isinstance(e, PromptProgress) for e in bench.events), timeout=WAIT_MS
    )
    waits: list[tuple[Waiting | None, float | None]] = []
    bench.session.waiting_changed.connect(lambda r: waits.append((r.waiting, r.fraction)))
    answer = bench.ask("Is it red?")
    assert any(waiting is Waiting.PICTURE and (share or 0) > 0.3 for waiting, share in waits)
    assert answer.figures is not None
    assert answer.figures.usage.pictures_encoded == 0, "its own request reused the preparation"


def test_that_sending_while_a_picture_is_imported_waits_for_it(bench: Bench) -> None:
    bench.load(reply="Yes.")
    bench.session.set_text("What is this?")
    bench.session.add_pictures([bench.picture()])
    bench.session.send()
    assert state_of(bench) is SendState.WAITING
    assert bench.session.conversation_id is None
    bench.wait_for_answer()
    assert len(bench.stored()[0].message.attachments) == 1


def test_that_a_waiting_question_is_kept_when_its_picture_is_refused(bench: Bench) -> None:
    bench.load(reply="Yes.")
    note = bench.folder / "notes.txt"
    note.write_text("no picture", encoding="utf-8")
    bench.session.set_text("What is this?")
    bench.session.add_pictures([note])
    bench.session.send()
    bench.qtbot.waitUntil(
        lambda: bench.session.pictures[0].state is PendingState.REFUSED, timeout=WAIT_MS
    )
    assert state_of(bench) is SendState.READY
    assert bench.session.conversation_id is None
    assert bench.session.draft.text == "What is this?"
    error = bench.session.pictures[0].error
    assert error is not None
    assert error.code is ErrorCode.FILE_NOT_PICTURE


def test_that_waiting_for_an_import_can_be_stopped(bench: Bench) -> None:
    bench.load(reply="Yes.")
    bench.session.set_text("What is this?")
    bench.session.add_pictures([bench.picture()])
    bench.session.send()
    bench.session.stop()
    bench.qtbot.waitUntil(lambda: not bench.session.draft.pictures.is_importing, timeout=WAIT_MS)
    assert bench.session.conversation_id is None
    assert state_of(bench) is SendState.READY


def test_that_a_question_waits_for_a_model_that_is_loading(bench: Bench) -> None:
    waits: list[tuple[Waiting | None, float | None]] = []
    bench.session.waiting_changed.connect(lambda r: waits.append((r.waiting, r.fraction)))
    bench.load(is_awaited=False, load_s=0.3, reply="Yes.")
    answer = bench.ask("Are you there?")
    assert answer.message.text == "Yes."
    fractions = [share for waiting, share in waits if waiting is Waiting.MODEL]
    assert len(set(fractions)) > 3
    assert fractions == sorted(f for f in fractions if f is not None)


def test_that_without_a_model_the_answer_is_a_sentence(bench: Bench) -> None:
    answer = bench.ask("Are you there?")
    assert answer.stop_reason is StopReason.FAILED
    assert answer.error is not None
    assert answer.error.code is ErrorCode.NO_MODEL
    assert bench.stored()[-1] == answer


def test_that_stopping_keeps_the_text_already_received(bench: Bench) -> None:
    bench.load(reply=LONG, tokens_per_s=20)
    bench.session.set_text("Count.")
    bench.session.send()
    assert state_of(bench) is SendState.ANSWERING
    bench.wait_for_text()
    with bench.qtbot.waitSignal(bench.session.answer_finished, timeout=WAIT_MS):
        bench.session.stop()
    answer = bench.stored()[-1]
    assert answer.stop_reason is StopReason.CANCELLED
    assert LONG.startswith(answer.message.text)
    assert 0 < len(answer.message.text) < len(LONG)
    assert state_of(bench) is SendState.EMPTY


def test_that_stopping_while_the_model_loads_ends_the_answer(bench: Bench) -> None:
    bench.load(is_awaited=False, load_s=5)
    bench.session.set_text("Are you there?")
    bench.session.send()
    bench.session.stop()
    assert bench.stored()[-1].stop_reason is StopReason.CANCELLED


def test_that_stopping_while_it_looks_at_the_picture_ends_that_too(bench: Bench) -> None:
    bench.load(encode_steps=100, encode_step_s=0.05, reply="Yes.")
    bench.add(bench.picture())
    bench.session.set_text("Is it red?")
    bench.session.send()
    bench.qtbot.waitUntil(
        lambda: any(isinstance(e, PromptProgress) for e in bench.events), timeout=WAIT_MS
    )
    with bench.qtbot.waitSignal(bench.session.answer_finished, timeout=WAIT_MS):
        bench.session.stop()
    assert bench.stored()[-1].stop_reason is StopReason.CANCELLED
    assert any(isinstance(e, PromptPrepared) and not e.is_complete for e in bench.events)


@pytest.mark.parametrize("phase", ["encode", "prefill", "decode"])
def test_that_a_crash_keeps_the_text_and_the_next_question_is_answered(
    bench: Bench, phase: str
) -> None:
    once = str(bench.folder / "crashed")
    bench.load(reply=LONG, crash={"phase": phase, "signal": "SIGKILL"}, once=once)
    # Sent at once, so that the crash meets the question and not what is done in advance.
    bench.session.add_pictures([bench.picture()])
    answer = bench.ask("Count.")
    assert answer.error is not None
    assert answer.error.code is ErrorCode.WORKER_CRASHED
    if phase == "decode":
        assert answer.stop_reason is StopReason.INTERRUPTED
        assert LONG.startswith(answer.message.text)
        assert answer.message.text
    assert bench.stored()[-1] == answer
    bench.wait_for_model()
    second = bench.ask("Count again.")
    assert second.error is None
    assert second.message.text == LONG


def test_that_a_picture_that_crashes_the_worker_is_not_prepared_again(bench: Bench) -> None:
    bench.load(crash={"phase": "encode", "signal": "SIGSEGV"})
    bench.add(bench.picture())
    bench.qtbot.waitUntil(
        lambda: [type(event) for event in bench.events].count(ModelLoaded) == 2, timeout=WAIT_MS
    )
    assert bench.session.pictures[0].prepared is None
    answer = bench.ask("Is it red?")
    assert answer.stop_reason is StopReason.FAILED


def test_that_an_engine_error_keeps_the_text_and_names_the_reason(bench: Bench) -> None:
    bench.load(reply=LONG, fail={"phase": "decode", "code": "out_of_memory", "message": "Full."})
    answer = bench.ask("Count.")
    assert answer.stop_reason is StopReason.INTERRUPTED
    assert answer.message.text
    assert answer.error is not None
    assert answer.error.code is ErrorCode.OUT_OF_MEMORY


def test_that_streaming_text_is_written_at_intervals(bench: Bench, qtbot: QtBot) -> None:
    services = bench.services
    answering = Answering(
        bench.bridge, services.model_state, services.history, services.settings, checkpoint_ms=50
    )
    bench.load(reply=LONG, tokens_per_s=20)
    history = bench.services.history
    conversation_id = history.create_conversation("Counting")
    row = history.begin_answer(conversation_id)
    answering.start(conversation_id, (), row, None)

    def kept() -> str:
        return history.messages(conversation_id)[0].message.text

    qtbot.waitUntil(lambda: 0 < len(kept()) < len(LONG), timeout=WAIT_MS)
    running = answering.running
    assert running is not None
    assert running.text.startswith(kept())
    with qtbot.waitSignal(answering.finished, timeout=WAIT_MS):
        answering.stop()


def test_that_a_chosen_budget_is_stored_with_the_question(bench: Bench) -> None:
    bench.load(reply="Yes.")
    bench.services.settings.set_picture_budget(PictureBudget.DETAIL)
    bench.add(bench.picture())
    bench.ask("Fine print?")
    assert bench.stored()[0].message.budget is PictureBudget.DETAIL


def test_that_closing_keeps_the_text_of_a_running_answer(bench: Bench) -> None:
    bench.load(reply=LONG, tokens_per_s=20)
    bench.session.set_text("Count.")
    bench.session.send()
    bench.wait_for_text()
    bench.session.close()
    kept = bench.stored()[-1]
    assert kept.message.role is Role.ASSISTANT
    assert kept.message.text
    assert LONG.startswith(kept.message.text)
