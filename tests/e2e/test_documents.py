"""The whole way of a document: a drop into the window, pages chosen, an answer that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.core.citations import find_citations
from desktop.core.types import StopReason
from tests.documents import fax, numbered, printed_pdf, scan, scanned_pdf, without_xref
from tests.e2e.test_window import stage as stage  # noqa: PLC0414  # a fixture
from tests.gui.asking import WAIT_MS
from tests.intake.pictures import FIXTURES

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.gui.document_card import DocumentCard
    from tests.e2e.test_window import Stage

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def dropped(stage: Stage, path: Path) -> DocumentCard:
    shelf = stage.window.pane.composer.documents
    stage.drop(path)
    stage.qtbot.waitUntil(lambda: bool(shelf.cards), timeout=WAIT_MS)
    wait(stage)
    return shelf.cards[-1]


def wait(stage: Stage) -> None:
    stage.qtbot.waitUntil(lambda: not stage.session.draft.is_importing, timeout=WAIT_MS)


def labels(stage: Stage) -> list[str]:
    return [
        label.text() for label in stage.window.pane.view.findChildren(QLabel) if label.isVisible()
    ]


def test_that_the_builtin_model_answers_about_a_page(stage: Stage) -> None:
    stage.load_builtin()
    card = dropped(stage, FIXTURES / "reportlab.pdf")
    card.none_button.click()
    card.ranges.setFocus()
    QTest.keyClicks(card.ranges, "2")
    wait(stage)
    answer = stage.ask_in_window("What colour is the text?")
    assert answer.stop_reason is StopReason.END
    assert answer.message.text.strip()
    assert any(answer.message.text.strip()[:20] in text for text in stage.painted())
    (page,) = stage.stored()[0].message.attachments
    assert (page.page, page.page_count) == (1, 3)
    assert page.text.startswith("Report, page 2")


@pytest.mark.parametrize("producer", ["reportlab.pdf", "chromium.pdf", "libreoffice.pdf"])
def test_that_what_others_print_is_asked_about_page_by_page_with_its_text(
    stage: Stage, producer: str
) -> None:
    stage.load(reply=None)
    dropped(stage, FIXTURES / producer)
    answer = stage.ask_in_window("What does it cost?")
    said = answer.message.text
    assert said.index("Page 1: ") < said.index("Page 2: ") < said.index("Page 3: ")
    assert "“" in said, "the text layer stands beside the pictures"


def test_that_a_scan_and_a_broken_file_are_asked_about(stage: Stage) -> None:
    stage.load(reply=None)
    scanned = stage.folder / "扫描 件.pdf"
    scanned.write_bytes(scanned_pdf([scan("One"), scan("Two")]))
    card = dropped(stage, scanned)
    assert not card.text_switch.isVisible()
    said = stage.ask_in_window("What is this?").message.text
    assert "Page 2: " in said
    assert "“" not in said
    broken = stage.folder / "broken.pdf"
    broken.write_bytes(without_xref(printed_pdf(numbered(3))))
    dropped(stage, broken)
    assert "This is page number 3" in stage.ask_in_window("And this?").message.text


def test_that_a_protected_document_is_opened_in_the_window(stage: Stage) -> None:
    stage.load(reply="On page 2.")
    card = dropped(stage, FIXTURES / "locked.pdf")
    stage.type("What is this?")
    assert stage.session.conversation_id is None
    assert card.password.edit.hasFocus(), "the question waits for the password"
    QTest.keyClicks(card.password.edit, "opensesame")
    QTest.keyClick(card.password.edit, Qt.Key.Key_Return)
    stage.qtbot.waitUntil(lambda: card.strip is not None, timeout=WAIT_MS)
    wait(stage)
    answer = stage.ask_in_window("")
    assert [citation.page for citation in find_citations(answer.message.text)] == [2]
    assert len(stage.stored()[0].message.attachments) == 3


def test_that_a_long_fax_is_read_with_progress_and_its_findings_keep_their_pages(
    stage: Stage,
) -> None:
    stage.load(
        replies=[
            {"words": "These are notes from", "text": "It costs EUR 12.40 (p. 9)."},
            {"words": "[Page 9:", "text": "EUR 12.40"},
        ],
        reply="nothing",
        prefill_s=0.02,
        context_length=600,
    )
    card = dropped(stage, fax(stage.folder / "fax.tif", [f"Page {n}" for n in range(1, 15)]))
    card.all_button.click()
    wait(stage)
    seen: list[str] = []
    stage.session.waiting_changed.connect(lambda _running: seen.extend(labels(stage)))
    answer = stage.ask_in_window("What does it cost?")
    assert any("7" in line and "14" in line for line in seen), "Reading page 7 of 14"
    assert answer.message.text.startswith("It costs EUR 12.40 (p. 9).")
    assert "- **p. 9** EUR 12.40" in answer.message.text
    assert {c.page for c in find_citations(answer.message.text)} == {9}
    assert any("Notes from the pages" in text for text in stage.painted())
