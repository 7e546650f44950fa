"""Forms from the composer to the history and back, with a scripted worker and with a real one."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.core import paths
from desktop.core.errors import ErrorCode
from desktop.core.form_fields import build_schema, parse_fields
from desktop.core.types import EngineOptions, StopReason
from desktop.gui.chat_pane import ChatPane
from desktop.gui.composer import Composer
from desktop.gui.form_part import FormPart
from desktop.gui.form_view import FormView
from desktop.store.history import History
from desktop.store.model_store import builtin_model
from tests.documents import numbered, printed_pdf
from tests.gui.asking import WAIT_MS, Bench
from tests.gui.conversations import item, shown_text

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = build_schema(parse_fields("colour:choice(red|blue), round:yesno"))
REPLY = '{"colour": "red", "round": true}'


def drafted(bench: Bench) -> str | None:
    return bench.session.draft.json_schema


def ask_for_form(bench: Bench, text: str, schema: str | None = SCHEMA) -> Any:
    bench.session.set_schema(schema)
    return bench.ask(text)


def test_that_a_form_is_kept_with_its_question_and_for_it_alone(bench: Bench) -> None:
    bench.load()  # the fake engine describes its prompt
    answer = ask_for_form(bench, "What is it?")
    assert "What is it?\n\n(Answer with a JSON object" in answer.message.text
    assert bench.session.draft.json_schema is None
    assert [m.json_schema for m in bench.stored()] == [SCHEMA, None]
    assert bench.stored()[0].message.text == "What is it?"
    answer = bench.ask("And why?")
    assert answer.message.text.endswith("And why?")
    assert bench.stored()[2].json_schema is None


def test_that_a_form_without_words_asks_for_itself(bench: Bench) -> None:
    bench.load(reply=REPLY)
    bench.add(bench.picture())
    ask_for_form(bench, "")
    assert bench.stored()[0].message.text == "Fill in the form."


def test_that_answering_again_and_editing_keep_the_form(bench: Bench) -> None:
    bench.load()
    answer = ask_for_form(bench, "What is it?")
    bench.session.again(answer.id)
    assert "JSON object" in bench.wait_for_answer().message.text
    bench.session.set_schema(None)
    bench.session.set_text("another draft")
    bench.session.edit_last()
    assert drafted(bench) == SCHEMA
    bench.session.cancel_edit()
    assert drafted(bench) is None
    bench.session.edit_last()
    bench.session.set_text("What is it really?")
    bench.session.send()
    bench.wait_for_answer()
    assert [m.json_schema for m in bench.stored()] == [SCHEMA, None]
    bench.session.edit_last()
    bench.session.set_schema(None)
    bench.session.send()
    assert "JSON object" not in bench.wait_for_answer().message.text


def test_that_an_answer_is_a_form_now_and_when_it_is_opened_again(bench: Bench) -> None:
    pane = ChatPane(bench.services, bench.session)
    bench.qtbot.addWidget(pane)
    pane.resize(800, 600)
    pane.show()
    bench.load(reply=REPLY)
    answer = ask_for_form(bench, "What is it?")
    form = item(pane.view, answer.id).findChild(FormView)
    assert isinstance(form, FormView)
    assert form.toPlainText().split() == ["Colour", "red", "Round", "Yes"]
    assert shown_text(pane.view, answer.id) == ""
    first = bench.session.conversation_id
    assert first is not None
    bench.session.open_new()
    bench.session.open(first, "x")
    form = item(pane.view, answer.id).findChild(FormView)
    assert isinstance(form, FormView)
    assert form.value == {"colour": "red", "round": True}
    later = bench.ask("And why?")
    assert item(pane.view, later.id).findChild(FormPart) is None


def test_that_an_answer_that_is_cut_off_is_shown_as_it_is(bench: Bench) -> None:
    pane = ChatPane(bench.services, bench.session)
    bench.qtbot.addWidget(pane)
    pane.resize(800, 600)
    pane.show()
    bench.load(reply='{"colour": "re')
    answer = ask_for_form(bench, "What is it?")
    assert item(pane.view, answer.id).findChild(FormView) is None
    assert shown_text(pane.view, answer.id).strip() == '{"colour": "re'


def test_that_a_long_document_is_noted_freely_and_answered_in_the_form(bench: Bench) -> None:
    pane = ChatPane(bench.services, bench.session)
    bench.qtbot.addWidget(pane)
    pane.resize(800, 600)
    pane.show()
    bench.load(
        replies=[{"words": "These are notes from", "text": REPLY}], reply=None, context_length=400
    )
    path = bench.folder / "report.pdf"
    path.write_bytes(printed_pdf(numbered(5)))
    bench.session.add_pictures([path])
    bench.qtbot.waitUntil(lambda: bool(bench.session.documents), timeout=WAIT_MS)
    bench.session.documents[0].choose(range(5))
    bench.qtbot.waitUntil(lambda: not bench.session.draft.is_importing, timeout=WAIT_MS)
    answer = ask_for_form(bench, "What is it?")
    text = answer.message.text
    assert text.startswith(REPLY)
    # The fake engine describes what it was asked for each page.
    assert text.count("Question: What is it? (colour, round)") == 5
    assert "JSON" not in text
    form = item(pane.view, answer.id).findChild(FormView)
    assert isinstance(form, FormView)
    assert form.value == {"colour": "red", "round": True}
    assert shown_text(pane.view, answer.id).strip().startswith("Notes from the pages")


def test_that_the_composer_says_which_form_is_wanted(bench: Bench, tmp_path: Path) -> None:
    composer = Composer(bench.services.thumbnails, lambda sha256, _page: tmp_path / sha256)
    bench.qtbot.addWidget(composer)
    composer.resize(700, 200)
    composer.follow(bench.session, bench.services)
    composer.show()
    button, clear = composer.form.button, composer.form.clear_button
    assert (button.text(), clear.isVisible()) == ("", False)
    bench.session.set_schema(SCHEMA)
    assert button.text() == "colour, round"
    assert "colour, round" in button.accessibleName()
    clear.click()
    assert bench.session.draft.json_schema is None
    assert (button.text(), clear.isVisible()) == ("", False)
    button.click()
    sheet = composer.form.sheet
    assert sheet is not None
    bench.qtbot.waitUntil(sheet.isVisible)
    sheet.fields.rows[0].name.setText("name")
    QTest.mouseClick(sheet.use_button, Qt.MouseButton.LeftButton)
    assert bench.session.draft.json_schema == build_schema(parse_fields("name"))


def test_that_forms_used_before_are_offered(bench: Bench, tmp_path: Path) -> None:
    bench.load(reply=REPLY)
    ask_for_form(bench, "What is it?")
    composer = Composer(bench.services.thumbnails, lambda sha256, _page: tmp_path / sha256)
    bench.qtbot.addWidget(composer)
    composer.follow(bench.session, bench.services)
    composer.form.open_sheet()
    sheet = composer.form.sheet
    assert sheet is not None
    assert [a.text() for a in sheet.recent_button.menu().actions()] == ["colour, round"]
    sheet.reject()


# --- with the built-in model ----------------------------------------------------------------------


@pytest.fixture
def real(bench: Bench) -> Bench:
    bench.bridge.start()
    bench.services.model_state.load(builtin_model(), EngineOptions(context_length=2048))
    bench.wait_for_model()
    return bench


def test_that_the_built_in_model_fills_in_a_form(real: Bench) -> None:
    real.add(real.picture())
    answer = ask_for_form(real, "What is it?")
    assert answer.stop_reason is StopReason.END
    found = json.loads(answer.message.text)
    assert list(found) == ["colour", "round"]
    with closing(History(paths.history_file(), real.services.attachments.page_path)) as history:
        chat = real.session.conversation_id
        assert chat is not None
        assert [m.json_schema for m in history.messages(chat)] == [SCHEMA, None]


def test_that_a_form_that_nothing_can_follow_is_told_and_can_be_mended(real: Bench) -> None:
    answer = ask_for_form(real, "x", '{"type": "integer", "minimum": 3, "maximum": 1}')
    assert answer.stop_reason is StopReason.FAILED
    assert answer.error is not None
    assert answer.error.code is ErrorCode.SCHEMA_REFUSED
    assert ask_for_form(real, "y", '{"const": "fine"}').message.text == '"fine"'
