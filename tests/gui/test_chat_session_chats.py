"""Several chats in one session: drafts, edited questions, deleted chats; real worker and store."""

from __future__ import annotations

from desktop.core.types import InAdvance
from desktop.gui.chat_session import SendState
from tests.gui.asking import LONG, WAIT_MS, Bench, state_of


def test_that_an_answer_goes_on_in_its_own_row_while_another_chat_is_open(bench: Bench) -> None:
    bench.load(reply=LONG, tokens_per_s=25)
    bench.session.set_text("Count.")
    bench.session.send()
    bench.wait_for_text()
    first = bench.session.conversation_id
    assert first is not None
    bench.session.open_new()
    assert bench.session.messages == ()
    bench.session.set_text("And here?")
    assert state_of(bench) is SendState.ELSEWHERE
    bench.session.send()
    assert bench.session.conversation_id is None, "one at a time"
    heard: list[object] = []
    bench.session.text_received.connect(heard.append)
    bench.qtbot.waitUntil(lambda: bench.session.send_state is SendState.READY, timeout=WAIT_MS)
    assert heard == [], "its words belong to the other conversation"
    assert bench.services.history.messages(first)[-1].message.text == LONG


def test_that_returning_to_a_streaming_chat_shows_its_text_so_far(bench: Bench) -> None:
    bench.load(reply=LONG, tokens_per_s=20)
    bench.session.set_text("Count.")
    bench.session.send()
    bench.wait_for_text()
    first = bench.session.conversation_id
    assert first is not None
    bench.session.open_new()
    bench.session.open(first, "Count.")
    shown = bench.session.messages[-1]
    assert shown.stop_reason is None
    assert shown.message.text
    assert state_of(bench) is SendState.ANSWERING
    assert bench.wait_for_answer().message.text == LONG


def test_that_each_chat_keeps_its_own_draft(bench: Bench) -> None:
    bench.load(reply="Yes.")
    bench.ask("First?")
    first = bench.session.conversation_id
    assert first is not None
    bench.add(bench.picture())
    bench.session.set_text("half a quest")
    bench.session.open_new()
    assert (bench.session.draft.text, len(bench.session.pictures)) == ("", 0)
    bench.session.open(first, "First?")
    assert (bench.session.draft.text, len(bench.session.pictures)) == ("half a quest", 1)
    bench.wait_for_preparation()


def test_that_again_makes_the_answer_anew(bench: Bench) -> None:
    bench.load()
    first = bench.ask("Who speaks?")
    with bench.qtbot.waitSignal(bench.session.answer_finished, timeout=WAIT_MS):
        bench.session.again(first.id)
    question, answer = bench.stored()
    assert question.message.text == "Who speaks?"
    assert answer.id != first.id
    assert answer.message.text == first.message.text


def test_that_an_answer_made_anew_took_no_work_in_advance(bench: Bench) -> None:
    bench.load(encode_step_s=0.01)
    bench.add(bench.picture())
    bench.wait_for_preparation()
    first = bench.ask("what is this")
    assert first.figures is not None
    assert first.figures.in_advance.pictures_encoded == 1
    with bench.qtbot.waitSignal(bench.session.answer_finished, timeout=WAIT_MS):
        bench.session.again(first.id)
    figures = bench.stored()[-1].figures
    assert figures is not None
    assert figures.in_advance == InAdvance()


def test_that_again_on_an_earlier_answer_loses_nothing_at_one_click(bench: Bench) -> None:
    bench.load()
    first = bench.ask("One.")
    bench.ask("Two.")
    bench.session.again(first.id)
    assert bench.session.draft.editing == bench.stored()[0].id
    assert bench.session.draft.text == "One."
    assert len(bench.stored()) == 4


def test_that_an_edited_question_replaces_the_old_one_and_its_unused_picture(
    bench: Bench,
) -> None:
    bench.load()
    bench.add(bench.picture("a.png", "red"), bench.picture("b.png", "blue"))
    bench.ask("Which is red?")
    old = bench.stored()[0]
    red, blue = old.message.attachments
    bench.session.set_text("")
    bench.session.edit_last()
    assert bench.session.draft.text == "Which is red?"
    bench.session.remove_picture(bench.session.pictures[1].key)
    assert blue.path.exists(), "the stored question still shows it"
    bench.ask("Is it red?")
    question, answer = bench.stored()
    assert question.message.text == "Is it red?"
    assert [a.sha256 for a in question.message.attachments] == [red.sha256]
    assert answer.message.text == f"user [{red.sha256[:8]} 320 x 240]: Is it red?"
    bench.qtbot.waitUntil(lambda: not blue.path.exists(), timeout=WAIT_MS)
    assert red.path.exists()
    assert bench.session.draft.editing is None


def test_that_leaving_an_edit_brings_back_what_was_being_written(bench: Bench) -> None:
    bench.load(reply="Yes.")
    bench.ask("First?")
    bench.session.set_text("half a quest")
    bench.session.edit_last()
    assert bench.session.draft.text == "First?"
    bench.session.cancel_edit()
    assert bench.session.draft.text == "half a quest"
    assert len(bench.stored()) == 2


def test_that_a_picture_taken_out_again_leaves_no_file(bench: Bench) -> None:
    bench.add(bench.picture())
    attachment = bench.session.pictures[0].attachment
    assert attachment is not None
    bench.session.remove_picture(bench.session.pictures[0].key)
    bench.qtbot.waitUntil(lambda: not attachment.path.exists(), timeout=WAIT_MS)


def test_that_deleting_a_chat_removes_only_pictures_that_nothing_shows(bench: Bench) -> None:
    bench.load(reply="Yes.")
    bench.add(bench.picture("a.png", "red"), bench.picture("b.png", "blue"))
    bench.ask("First?")
    first = bench.session.conversation_id
    assert first is not None
    red, blue = bench.stored()[0].message.attachments
    bench.session.open_new()
    bench.add(bench.picture("a.png", "red"))
    bench.session.delete(first)
    bench.qtbot.waitUntil(lambda: not blue.path.exists(), timeout=WAIT_MS)
    assert red.path.exists(), "the next question shows it"
    assert bench.services.history.conversations() == []


def test_that_deleting_the_chat_being_answered_stops_it(bench: Bench) -> None:
    bench.load(reply=LONG, tokens_per_s=20)
    bench.session.set_text("Count.")
    bench.session.send()
    bench.wait_for_text()
    conversation_id = bench.session.conversation_id
    assert conversation_id is not None
    bench.session.delete(conversation_id)
    assert bench.session.conversation_id is None
    assert state_of(bench) is SendState.EMPTY
    assert bench.ask("Still there?").error is None


def test_that_the_next_turn_carries_the_earlier_ones(bench: Bench) -> None:
    bench.load()
    bench.ask("One.")
    answer = bench.ask("Two.")
    assert answer.message.text == "user []: One.\n\nassistant []: user []: One.\n\nuser []: Two."
