"""Documents beside a question: opening, choosing pages, passwords, and what is kept of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QPainter, QPdfWriter

from desktop.core.errors import ErrorCode, GroundglassError
from desktop.core.types import PictureBudget, PictureOrigin, Region
from desktop.gui.chat_session import SendState
from desktop.gui.document_draft import DocumentStatus, DraftDocument
from desktop.gui.pending import PendingState
from desktop.intake.images import take_picture
from tests.documents import fax, numbered, printed_pdf
from tests.gui.asking import WAIT_MS, Bench, state_of, taken_down
from tests.intake.pictures import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.core.types import ImageAttachment
    from desktop.intake.keeper import PictureKeeper


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    with taken_down(Bench(qtbot, tmp_path)) as made:
        yield made


def report(bench: Bench, pages: int) -> Path:
    path = bench.folder / "年度 报告.pdf"
    path.write_bytes(printed_pdf(numbered(pages)))
    return path


def opened(bench: Bench, path: Path) -> DraftDocument:
    bench.session.add_pictures([path])
    bench.qtbot.waitUntil(lambda: bool(bench.session.documents), timeout=WAIT_MS)
    wait(bench)
    return bench.session.documents[-1]


def wait(bench: Bench) -> None:
    bench.qtbot.waitUntil(lambda: not bench.session.draft.is_importing, timeout=WAIT_MS)


def status_of(document: DraftDocument) -> DocumentStatus:
    return document.status


def error_of(document: DraftDocument) -> GroundglassError | None:
    return document.error


def budget_of(bench: Bench) -> PictureBudget:
    return bench.session.budget


def kept(bench: Bench, sha256: str) -> bool:
    return bench.services.attachments.original_path(sha256) is not None


def test_that_a_document_of_several_pages_stands_beside_the_chips(bench: Bench) -> None:
    document = opened(bench, report(bench, 3))
    assert bench.session.pictures == ()
    assert (document.name, document.page_count) == ("年度 报告.pdf", 3)
    assert document.pages == (0, 1, 2), "a short document is asked about as a whole"
    assert document.has_text
    assert [page.page for page in bench.session.draft.ready] == [0, 1, 2]
    assert bench.session.draft.ready[1].text == "This is page number 2 of the report"


def test_that_of_a_long_document_only_the_first_page_is_chosen_and_drawn(bench: Bench) -> None:
    document = opened(bench, report(bench, 500))
    assert document.page_count == 500
    assert document.pages == (0,)
    assert list(document.taken) == [0]


def test_that_what_qt_prints_is_a_document(bench: Bench) -> None:
    path = bench.folder / "qt.pdf"
    writer = QPdfWriter(str(path))
    painter = QPainter(writer)
    painter.drawText(800, 800, "Printed by Qt")
    writer.newPage()
    painter.drawText(800, 800, "On two pages")
    painter.end()
    document = opened(bench, path)
    texts = [document.taken[page].text for page in (0, 1)]
    assert [" ".join(text.split()) for text in texts] == ["Printed by Qt", "On two pages"]


def test_that_a_fax_is_a_document_and_a_single_page_is_a_picture(bench: Bench) -> None:
    document = opened(bench, fax(bench.folder / "fax.tif", ["One", "Two"]))
    assert document.page_count == 2
    assert not document.has_text
    single = bench.folder / "one.pdf"
    single.write_bytes(printed_pdf(["Only one"]))
    bench.add(single)
    (picture,) = bench.session.pictures
    assert picture.state is PendingState.READY
    assert picture.attachment is not None
    assert picture.attachment.text == "Only one"


def test_that_pages_are_asked_about_in_the_order_of_the_document(bench: Bench) -> None:
    bench.load(reply="Yes.")
    document = opened(bench, report(bench, 9))
    document.choose([7, 2, 2, 99, -1])
    assert document.pages == (2, 7)
    bench.add(bench.picture())
    bench.ask("What is this?")
    pages = [(a.page, a.page_count) for a in bench.stored()[0].message.attachments]
    assert pages == [(2, 9), (7, 9), (0, 1)]
    assert bench.session.documents == (), "the draft is empty again"


def test_that_the_text_layer_is_left_out_when_it_is_switched_off(bench: Bench) -> None:
    document = opened(bench, report(bench, 2))
    document.set_text_wanted(is_wanted=False)
    assert [page.text for page in bench.session.draft.ready] == ["", ""]
    document.set_text_wanted(is_wanted=True)
    assert all(page.text for page in bench.session.draft.ready)


def test_that_a_question_waits_for_its_pages(bench: Bench) -> None:
    bench.load(reply="Yes.")
    document = opened(bench, report(bench, 20))
    document.choose(range(8))
    bench.session.set_text("What is this?")
    bench.session.send()
    assert state_of(bench) is SendState.WAITING
    bench.wait_for_answer()
    assert len(bench.stored()[0].message.attachments) == 8


def test_that_pages_are_prepared_while_the_question_is_written(bench: Bench) -> None:
    bench.load(reply="Yes.")
    opened(bench, report(bench, 3))
    bench.qtbot.waitUntil(lambda: bench.session._preparation.fraction == 1.0, timeout=WAIT_MS)
    answer = bench.ask("What is this?")
    assert answer.figures is not None
    assert answer.figures.usage.pictures_encoded == 0


def test_that_a_protected_document_waits_for_its_password(bench: Bench) -> None:
    bench.load(reply="Yes.")
    document = opened(bench, FIXTURES / "locked.pdf")
    assert status_of(document) is DocumentStatus.LOCKED
    bench.session.set_text("What is this?")
    with bench.qtbot.waitSignal(bench.session.password_wanted):
        bench.session.send()
    assert bench.session.conversation_id is None
    document.unlock("sesame")
    bench.qtbot.waitUntil(lambda: document.error is not None, timeout=WAIT_MS)
    error = error_of(document)
    assert error is not None
    assert error.code is ErrorCode.DOCUMENT_PASSWORD_WRONG
    document.unlock("opensesame")
    bench.qtbot.waitUntil(lambda: status_of(document) is DocumentStatus.OPEN, timeout=WAIT_MS)
    wait(bench)
    assert error_of(document) is None
    bench.ask("What is this?")
    assert len(bench.stored()[0].message.attachments) == 3


def test_that_a_broken_document_is_refused_on_its_chip(bench: Bench) -> None:
    path = bench.folder / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nnonsense")
    bench.add(path)
    (picture,) = bench.session.pictures
    assert picture.error is not None
    assert picture.error.code is ErrorCode.DOCUMENT_DAMAGED


def test_that_a_damaged_page_is_left_out_with_a_sentence(bench: Bench) -> None:
    path = bench.folder / "spoilt.pdf"
    good = printed_pdf(numbered(3))
    path.write_bytes(good.replace(b"6 0 obj\n<< /Type /Page ", b"6 0 obj\n<<<(/Type /Pa"))
    document = opened(bench, path)
    assert document.pages == (0, 2)
    error = error_of(document)
    assert error is not None
    assert error.details["page"] == "2"
    assert [page.page for page in bench.session.draft.ready] == [0, 2]


def test_that_a_document_taken_out_again_leaves_nothing_on_disk(bench: Bench) -> None:
    document = opened(bench, report(bench, 3))
    sha256 = document.sha256
    assert sha256 is not None
    assert kept(bench, sha256)
    bench.session.remove_document(document.key)
    assert bench.session.draft.ready == ()
    bench.qtbot.waitUntil(lambda: not kept(bench, sha256), timeout=WAIT_MS)


def test_that_a_document_taken_out_while_its_pages_are_made_leaves_nothing(bench: Bench) -> None:
    bench.session.add_pictures([report(bench, 9)])
    bench.qtbot.waitUntil(lambda: bool(bench.session.documents), timeout=WAIT_MS)
    document = bench.session.documents[0]
    bench.qtbot.waitUntil(lambda: document.sha256 is not None, timeout=WAIT_MS)
    assert document.is_preparing
    sha256 = document.sha256
    assert sha256 is not None
    with bench.qtbot.waitSignal(document.destroyed, timeout=WAIT_MS):
        bench.session.remove_document(document.key)
    bench.qtbot.waitUntil(lambda: not kept(bench, sha256), timeout=WAIT_MS)


def test_that_new_pages_of_an_asked_document_do_not_make_it_new(bench: Bench) -> None:
    bench.load(reply="Yes.")
    path = report(bench, 12)
    opened(bench, path)
    bench.ask("What is this?")
    document = opened(bench, path)
    document.choose([5])
    wait(bench)
    assert not document.is_new
    sha256 = document.sha256
    assert sha256 is not None
    with bench.qtbot.waitSignal(document.destroyed, timeout=WAIT_MS):
        bench.session.remove_document(document.key)
    assert kept(bench, sha256), "the first question shows it"


def test_that_editing_a_question_brings_its_document_back(bench: Bench) -> None:
    bench.load(reply="Yes.")
    document = opened(bench, report(bench, 12))
    document.choose([1, 4])
    wait(bench)
    bench.ask("What is this?")
    other = opened(bench, fax(bench.folder / "fax.tif", ["One", "Two"]))
    bench.session.edit_last()
    (again,) = bench.session.documents
    assert again is not other
    bench.qtbot.waitUntil(lambda: again.document is not None, timeout=WAIT_MS)
    assert again.pages == (1, 4)
    assert bench.session.pictures == ()
    again.choose([4, 6])
    wait(bench)
    assert [page.page for page in bench.session.draft.ready] == [4, 6]
    bench.session.cancel_edit()
    assert bench.session.documents == (other,)
    bench.session.edit_last()
    bench.session.documents[0].choose([4])
    wait(bench)
    bench.ask("And this?")
    assert [a.page for a in bench.stored()[0].message.attachments] == [4]
    assert bench.session.documents == (other,), "what was set aside comes back"


def test_that_a_part_of_a_page_keeps_the_document_it_was_cut_from(bench: Bench) -> None:
    document = opened(bench, report(bench, 2))
    sha256 = document.sha256
    assert sha256 is not None
    part = bench.picture("part.png")

    def make(keeper: PictureKeeper) -> ImageAttachment:
        taken = take_picture(part, keeper)
        return replace(taken, origin=PictureOrigin(sha256, 1, Region(0, 0, 9, 9)))

    bench.session.add_made("part", make)
    assert bench.session.pictures[0].state is PendingState.IMPORTING
    wait(bench)
    assert bench.session.pictures[0].attachment is not None
    with bench.qtbot.waitSignal(document.destroyed, timeout=WAIT_MS):
        bench.session.remove_document(document.key)
    assert kept(bench, sha256)


def test_that_an_improved_picture_can_be_put_back(bench: Bench) -> None:
    bench.add(bench.picture("a.png", "red"))
    bench.add(bench.picture("b.png", "blue"))
    first, second = bench.session.pictures
    before, improved = first.attachment, second.attachment
    assert before is not None
    assert improved is not None
    improved = replace(improved, origin=PictureOrigin(before.sha256, 0, is_improved=True))
    bench.session.replace_picture(first.key, improved, is_new=False)
    shown = bench.session.pictures[0]
    assert shown.key == first.key
    assert shown.before == before
    assert shown.attachment is not None
    assert (shown.attachment.sha256, shown.attachment.source_name) == (improved.sha256, "a.png")
    assert kept(bench, before.sha256)
    bench.session.restore_picture(first.key)
    assert bench.session.pictures[0] == first


def test_that_a_budget_for_one_question_ends_with_it(bench: Bench) -> None:
    bench.load(reply="Yes.")
    bench.services.settings.set_picture_budget(PictureBudget.FAST)
    bench.session.set_draft_budget(PictureBudget.DETAIL)
    assert budget_of(bench) is PictureBudget.DETAIL
    bench.add(bench.picture())
    bench.ask("Fine print?")
    assert bench.stored()[0].message.budget is PictureBudget.DETAIL
    assert budget_of(bench) is PictureBudget.FAST
