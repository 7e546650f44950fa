"""Pages of a document in the viewer: cited, clicked, cut out."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw

from desktop.core.types import ImageAttachment, Message, Region, Role
from desktop.gui.answer_text import AnswerText
from desktop.gui.theme import install_theme
from desktop.intake.documents import open_document, take_page
from tests.e2e.test_looking import Look
from tests.gui.asking import WAIT_MS, taken_down

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def look(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Look]:
    install_theme(qapp).set_appearance("light")
    with taken_down(Look(qtbot, tmp_path)) as look:
        look.show()
        yield look


def scanned_pdf(path: Path, count: int) -> Path:
    """Pages that are pictures, the number of each drawn as so many bars."""
    pages = []
    for number in range(1, count + 1):
        page = Image.new("RGB", (850, 1100), "white")
        for bar in range(number):
            box = (100 + 60 * bar, 200, 140 + 60 * bar, 500)
            ImageDraw.Draw(page).rectangle(box, fill="black")
        pages.append(page)
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return path


def take_pages(look: Look, path: Path) -> tuple[ImageAttachment, ...]:
    with open_document(path) as document:
        return tuple(
            take_page(document, page, look.services.attachments)
            for page in range(document.page_count)
        )


def test_that_a_cited_page_opens_in_the_viewer_and_can_be_asked_about(look: Look) -> None:
    look.load(reply="The signature is on **p. 3**; p. 9 does not exist.")
    pages = take_pages(look, scanned_pdf(look.folder / "合同.pdf", 4))
    history = look.services.history
    conversation = history.create_conversation("合同")
    history.add_message(conversation, Message(Role.USER, "Look at it.", pages))
    look.session.open(conversation, "合同")
    answer = look.ask("Where is the signature?")
    item = look.window.pane.view._column.item(answer.id)
    assert item is not None
    text = item.findChild(AnswerText)
    assert text is not None
    text.anchorClicked.emit("page:3")
    look.wait_for_viewer()
    assert look.viewer.subject is not None
    assert look.viewer.subject.picture == pages[2]
    assert look.viewer.top.count.text() == "3 of 4"
    look.drag(*(side * pages[2].width / 850 for side in (80, 180, 320, 520)))
    look.viewer.ask()
    look.wait_for_draft(1)
    (crop,) = look.session.draft.ready
    assert crop.origin is not None
    assert (crop.origin.sha256, crop.origin.page) == (pages[2].sha256, 2)
    assert isinstance(crop.origin.region, Region)
    with Image.open(crop.path) as picture:
        middle = [picture.getpixel((x, picture.height // 2)) for x in range(picture.width)]
    edges = [1 for a, b in itertools.pairwise(middle) if abs(_grey(a) - _grey(b)) > 60]
    assert len(edges) >= 6  # three bars: it is page 3


def _grey(pixel: object) -> int:
    assert isinstance(pixel, tuple)
    return int(pixel[0])


def test_that_a_page_beside_the_question_opens_from_its_strip(look: Look) -> None:
    look.load(reply="Yes.")
    pages = take_pages(look, scanned_pdf(look.folder / "a.pdf", 3))
    look.window.pane.composer.documents.page_activated.emit(pages[1])
    look.wait_for_viewer()
    assert look.viewer.subject is not None
    assert look.viewer.subject.picture == pages[1]
    assert look.viewer.top.title.accessibleName() == "a.pdf, page 2"
    look.qtbot.waitUntil(lambda: not look.viewer.picture.is_busy, timeout=WAIT_MS)


def test_that_a_page_with_small_print_is_opened_to_choose_a_part_of_it(look: Look) -> None:
    look.load(reply="Yes.")
    pages = take_pages(look, scanned_pdf(look.folder / "a.pdf", 2))
    look.window.pane.composer.chips.page_region_requested.emit(pages[0])
    look.wait_for_viewer()
    assert look.viewer.bottom.select.isChecked()
    look.drag(100, 200, 500, 600)
    look.viewer.ask()
    look.wait_for_draft(1)
