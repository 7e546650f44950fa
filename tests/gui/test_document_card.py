"""The document card: strip, ranges, switch, password; in a real composer on a real session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from desktop.gui.composer import Composer
from desktop.gui.page_model import PageListModel
from desktop.gui.page_thumbnails import PageThumbnails
from desktop.intake.documents import open_document
from tests.documents import fax, numbered, printed_pdf
from tests.gui.asking import WAIT_MS, Bench, taken_down
from tests.intake.pictures import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtGui import QImage
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from desktop.gui.document_card import DocumentCard
    from desktop.gui.page_strip import PageStrip
    from desktop.intake.documents import Document


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    with taken_down(Bench(qtbot, tmp_path)) as made:
        yield made


@pytest.fixture
def composer(bench: Bench, qtbot: QtBot) -> Composer:
    composer = Composer(bench.services.thumbnails, bench.services.attachments.thumbnail_path)
    qtbot.addWidget(composer)
    composer.follow(bench.session, bench.services)
    composer.resize(720, 400)
    composer.show()
    return composer


@pytest.fixture
def long_document() -> Iterator[Document]:
    with open_document(printed_pdf(numbered(500))) as document:
        yield document


def shown(bench: Bench, composer: Composer, pages: int) -> DocumentCard:
    path = bench.folder / "年度 报告.pdf"
    path.write_bytes(printed_pdf(numbered(pages)))
    return opened(bench, composer, path)


def opened(bench: Bench, composer: Composer, path: Path) -> DocumentCard:
    count = len(composer.documents.cards)
    bench.session.add_pictures([path])
    bench.qtbot.waitUntil(lambda: len(composer.documents.cards) > count, timeout=WAIT_MS)
    bench.qtbot.waitUntil(lambda: not bench.session.draft.is_importing, timeout=WAIT_MS)
    return composer.documents.cards[-1]


def strip_size() -> QSize:
    return QSize(84, 96)


def strip_of(card: DocumentCard) -> PageStrip:
    assert card.strip is not None
    return card.strip


def click(
    card: DocumentCard, page: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    strip = strip_of(card)
    place = strip.visualRect(strip.pages.index(page)).center()
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, keys, place)


def pages_of(card: DocumentCard) -> tuple[int, ...]:
    return card.document.pages


def note_of(card: DocumentCard) -> str:
    return card._note.text()


def test_that_the_shelf_appears_with_a_document_and_goes_with_it(
    bench: Bench, composer: Composer
) -> None:
    assert not composer.documents.isVisible()
    assert composer.edit.placeholderText() == "Ask about the pictures…"
    card = shown(bench, composer, 3)
    assert composer.documents.isVisible()
    assert composer.documents.height() >= card.height() > 100
    assert composer.edit.placeholderText() == "Ask about the pages…"
    card._remove.click()
    assert bench.session.documents == ()
    assert not composer.documents.isVisible()


def test_that_pages_are_chosen_as_in_any_list(bench: Bench, composer: Composer) -> None:
    card = shown(bench, composer, 12)
    click(card, 1)
    assert pages_of(card) == (1,)
    click(card, 4, Qt.KeyboardModifier.ShiftModifier)
    assert pages_of(card) == (1, 2, 3, 4)
    click(card, 2, Qt.KeyboardModifier.ControlModifier)
    assert pages_of(card) == (1, 3, 4)
    assert card.ranges.text() == "2, 4-5"
    card.all_button.click()
    assert pages_of(card) == tuple(range(12))
    card.none_button.click()
    assert pages_of(card) == ()
    assert note_of(card).startswith("No page of 12 chosen")


def test_that_a_click_on_the_tick_toggles_that_page_alone(bench: Bench, composer: Composer) -> None:
    card = shown(bench, composer, 12)
    strip = strip_of(card)
    bench.qtbot.waitUntil(lambda: 4 in strip.pages.drawn, timeout=WAIT_MS)
    for page, expected in ((4, (0, 4)), (2, (0, 2, 4)), (0, (2, 4))):
        index = strip.pages.index(page)
        tick = strip._delegate.tick_at(strip.visualRect(index), page).center()
        QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=tick)
        assert pages_of(card) == expected


def test_that_pages_are_chosen_by_keyboard(bench: Bench, composer: Composer) -> None:
    card = shown(bench, composer, 12)
    strip = strip_of(card)
    strip.setFocus()
    click(card, 1)
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert pages_of(card) == (2,)
    QTest.keyClick(strip, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert pages_of(card) == (2, 3)
    QTest.keyClick(strip, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert pages_of(card) == tuple(range(12))


def test_that_pages_are_chosen_by_their_numbers(bench: Bench, composer: Composer) -> None:
    card = shown(bench, composer, 40)
    card.ranges.setFocus()
    card.ranges.selectAll()
    QTest.keyClicks(card.ranges, "3-5, 38")
    assert pages_of(card) == (2, 3, 4, 37)
    assert card.ranges.text() == "3-5, 38", "what is being typed is not put right meanwhile"
    assert not card.ranges.property("wrong")
    card.ranges.selectAll()
    QTest.keyClicks(card.ranges, "7, x")
    assert card.ranges.property("wrong")
    assert pages_of(card) == (6,), "the part that made sense stays"
    composer.edit.setFocus()
    assert card.ranges.text() == "7"


def test_that_the_line_counts_pages_and_tokens(bench: Bench, composer: Composer) -> None:
    card = opened(bench, composer, fax(bench.folder / "fax.tif", ["One", "Two", "Three"]))
    assert note_of(card).startswith("All 3 pages · ")
    exact = note_of(card)
    assert "about" not in exact, "every page is known"
    click(card, 0)
    assert note_of(card).startswith("1 of 3 pages · ")
    assert note_of(card) != exact
    assert not card.text_switch.isVisible(), "a fax has no text"


def test_that_the_line_says_when_it_will_be_read_page_by_page(
    bench: Bench, composer: Composer
) -> None:
    bench.load(reply="Yes.", context_length=400)
    card = shown(bench, composer, 6)
    assert note_of(card).endswith("read page by page")
    click(card, 0)
    assert not note_of(card).endswith("read page by page")


def test_that_the_text_layer_can_be_switched_off(bench: Bench, composer: Composer) -> None:
    card = shown(bench, composer, 2)
    assert card.text_switch.isVisible()
    assert card.text_switch.isChecked()
    card.text_switch.click()
    assert not card.document.is_text_wanted


def test_that_a_password_is_asked_for_in_the_card(bench: Bench, composer: Composer) -> None:
    bench.session.add_pictures([FIXTURES / "locked.pdf"])
    bench.qtbot.waitUntil(lambda: bool(composer.documents.cards), timeout=WAIT_MS)
    (card,) = composer.documents.cards
    assert card.strip is None
    edit = card.password.edit
    assert edit.isVisible()
    assert edit.echoMode() is QLineEdit.EchoMode.Password
    assert not card.password.button.isEnabled()
    QTest.keyClicks(edit, "sesame")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "", "it is not kept in the field"
    bench.qtbot.waitUntil(card._problem.isVisible, timeout=WAIT_MS)
    assert card._problem.text().startswith("This password does not open")
    QTest.keyClicks(edit, "opensesame")
    card.password.button.click()
    bench.qtbot.waitUntil(lambda: card.strip is not None, timeout=WAIT_MS)
    assert not card.password.isVisible()
    assert not card._problem.isVisible()


def test_that_sending_leads_to_the_password_that_is_missing(
    bench: Bench, composer: Composer
) -> None:
    bench.session.add_pictures([FIXTURES / "locked.pdf"])
    bench.qtbot.waitUntil(lambda: bool(composer.documents.cards), timeout=WAIT_MS)
    (card,) = composer.documents.cards
    composer.edit.setFocus()
    bench.session.set_text("What is this?")
    bench.session.send()
    assert card.password.edit.hasFocus()


def test_that_one_document_shows_its_pages_at_a_time(bench: Bench, composer: Composer) -> None:
    first = shown(bench, composer, 3)
    assert not first.fold_button.isVisible()
    second = opened(bench, composer, fax(bench.folder / "fax.tif", ["One", "Two"]))
    assert not strip_of(first).isVisible()
    assert strip_of(second).isVisible()
    first.fold_button.click()
    assert strip_of(first).isVisible()
    assert not strip_of(second).isVisible()
    first._remove.click()
    assert strip_of(second).isVisible()
    assert not second.fold_button.isVisible()


def test_that_a_bar_shows_how_far_the_pages_are_looked_at(bench: Bench, composer: Composer) -> None:
    bench.load(reply="Yes.", encode_steps=20, encode_step_s=0.02)
    seen: list[int] = []
    bench.session.pictures_changed.connect(
        lambda: seen.extend(
            card.progress.value() for card in composer.documents.cards if card.progress.isVisible()
        )
    )
    card = shown(bench, composer, 3)
    bench.qtbot.waitUntil(lambda: bench.session.prepared_pages == 1.0, timeout=WAIT_MS)
    assert any(0 < value < 1000 for value in seen)
    assert not card.progress.isVisible()


def test_that_other_conversations_have_other_documents(bench: Bench, composer: Composer) -> None:
    bench.load(reply="Yes.")
    shown(bench, composer, 3)
    bench.ask("What is this?")
    assert composer.documents.cards == ()
    shown(bench, composer, 2)
    bench.session.open_new()
    assert composer.documents.cards == ()


def test_that_find_is_offered_when_there_is_something_to_look_at(
    bench: Bench, composer: Composer, qtbot: QtBot
) -> None:
    assert not composer.find_button.isVisible()
    bench.add(bench.picture())
    assert composer.find_button.isVisible()
    with qtbot.waitSignal(composer.find_requested):
        composer.find_button.click()
    bench.load(reply="Yes.")
    bench.ask("What is this?")
    assert composer.find_button.isVisible(), "the conversation has a picture"
    bench.session.open_new()
    assert not composer.find_button.isVisible()


def test_that_enter_opens_a_page_that_is_a_picture(
    bench: Bench, composer: Composer, qtbot: QtBot
) -> None:
    card = shown(bench, composer, 3)
    strip = strip_of(card)
    strip.setCurrentIndex(strip.pages.index(1))
    with qtbot.waitSignal(composer.documents.page_activated) as caught:
        strip.activated.emit(strip.pages.index(1))
    assert caught.args is not None
    assert caught.args[0].page == 1


def test_that_the_pages_are_a_proper_list(
    long_document: Document, qtmodeltester: ModelTester
) -> None:
    model = PageListModel(long_document)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    assert model.rowCount() == 500
    assert model.rowCount(model.index(0)) == 0
    assert model.index(6).data() == "7"
    assert model.data(QModelIndex()) is None


def test_that_only_pages_in_sight_are_drawn(bench: Bench, composer: Composer) -> None:
    card = shown(bench, composer, 500)
    strip = strip_of(card)
    bench.qtbot.waitUntil(lambda: 5 in strip.pages.drawn, timeout=WAIT_MS)
    assert len(strip.pages.drawn) < 20
    strip.reveal(400)
    bench.qtbot.waitUntil(lambda: 400 in strip.pages.drawn, timeout=WAIT_MS)
    assert len(strip.pages.drawn) < 40
    assert 200 not in strip.pages.drawn


def test_that_the_page_asked_for_last_is_drawn_first(long_document: Document, qtbot: QtBot) -> None:
    thumbnails = PageThumbnails(long_document)
    thumbnails.set_size(strip_size())
    order: list[int] = []
    thumbnails.loaded.connect(order.append)
    for page in range(100):
        thumbnails.pixmap(page)
    qtbot.waitUntil(lambda: len(order) == 41, timeout=WAIT_MS)
    # The first is under way at once; of the others, those scrolled past are left out.
    assert order == [0, *range(99, 59, -1)]


def test_that_cancelling_leaves_what_waits_undrawn(long_document: Document, qtbot: QtBot) -> None:
    thumbnails = PageThumbnails(long_document)
    thumbnails.set_size(strip_size())
    for page in range(30):
        thumbnails.pixmap(page)
    with qtbot.waitSignal(thumbnails.loaded, timeout=WAIT_MS):
        thumbnails.cancel()
    assert thumbnails.drawn == (0,)


def test_that_a_thumbnail_shows_its_page(long_document: Document, qtbot: QtBot) -> None:
    thumbnails = PageThumbnails(long_document)
    thumbnails.set_size(strip_size() * 4)
    with qtbot.waitSignal(thumbnails.loaded, timeout=WAIT_MS):
        assert thumbnails.pixmap(3) is None
    pixmap = thumbnails.pixmap(3)
    assert pixmap is not None
    image: QImage = pixmap.toImage()
    dots = image.width() / 595
    inside, outside = QPoint(150, 150) * dots, QPoint(300, 150) * dots
    assert image.pixelColor(inside).lightness() < 20
    assert image.pixelColor(outside).lightness() > 235
