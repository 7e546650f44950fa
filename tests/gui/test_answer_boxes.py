"""Boxes, pages and tables of an answer, as they stand in the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from desktop.core.model_spec import Coordinates
from desktop.core.types import ImageAttachment, PictureLimits, PictureOrigin, Region, StopReason
from desktop.gui.answer_context import BoxSheet, ModelWays, context_of
from desktop.gui.answer_extras import AnswerExtras
from desktop.gui.answer_text import AnswerText
from desktop.gui.answer_words import Waiting, waiting_text
from desktop.gui.box_preview import BoxPreview
from desktop.gui.chat_view import ChatView
from desktop.gui.link_prompt import LinkPrompt
from desktop.gui.question_item import CropMark, QuestionItem, shown_pictures
from desktop.gui.table_bar import TableBar
from desktop.gui.thumbnails import ThumbnailCache, ThumbnailLabel
from tests.gui.conversations import (
    FIGURES,
    answer,
    column,
    item,
    picture,
    question,
    the,
    visible_labels,
)
from tests.gui.looking import BOX_JSON, move

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.store.history import StoredMessage

SECOND = '{"bbox_2d": [0, 500, 500, 1000], "label": "bottom left"}'
TABLE = "| a | b |\n|---|---|\n| 1 | 2 |\n"


@pytest.fixture
def view(qtbot: QtBot, tmp_path: Path) -> ChatView:
    widget = ChatView(ThumbnailCache(), lambda sha256, _page: tmp_path / sha256)
    qtbot.addWidget(widget)
    widget.resize(900, 700)
    widget.show()
    return widget


def text_of(view: ChatView, message_id: int = 2) -> AnswerText:
    return the(item(view, message_id), AnswerText)


def point_in(text: AnswerText, words: str) -> QPoint:
    """The middle of some words, on the text's viewport."""
    cursor = QTextCursor(text.document())
    cursor.setPosition(text.toPlainText().index(words) + len(words) // 2)
    return text.cursorRect(cursor).center()


def pages(count: int, *numbers: int) -> tuple[ImageAttachment, ...]:
    return tuple(replace(picture(0), page=number - 1, page_count=count) for number in numbers)


def asked_about(number: int, *attachments: ImageAttachment) -> StoredMessage:
    stored = question(number)
    return replace(stored, message=replace(stored.message, attachments=attachments))


# --- boxes ----------------------------------------------------------------------------------------


def test_that_an_answer_with_boxes_shows_them_on_its_picture(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages([question(1, pictures=1), answer(2, f"Here:\n\n{BOX_JSON}")])
    preview = the(item(view, 2), BoxPreview)
    assert preview.isVisible()
    with qtbot.waitSignal(view.boxes_requested) as caught:
        QTest.mouseClick(preview, Qt.MouseButton.LeftButton)
    assert caught.args is not None
    sheet, index = caught.args
    assert isinstance(sheet, BoxSheet)
    assert (sheet.message_id, index) == (2, 0)
    (box,) = sheet.boxes
    assert (box.rect.left, box.rect.top) == (400, 0)
    assert box.label == "top right"


def test_that_the_button_under_the_answer_does_the_same(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages([question(1, pictures=1), answer(2, BOX_JSON), answer(3, "Nothing.")])
    button = item(view, 2)._boxes_button
    assert not button.isHidden()
    assert item(view, 3)._boxes_button.isHidden()
    with qtbot.waitSignal(view.boxes_requested):
        button.click()


def test_that_boxes_come_when_the_answer_is_over(view: ChatView) -> None:
    view.set_messages([question(1, pictures=1)])
    view.add_message(answer(2, BOX_JSON, None))
    assert not item(view, 2).findChildren(BoxPreview)
    view.finish(answer(2, BOX_JSON, StopReason.CANCELLED))
    assert the(item(view, 2), BoxPreview).isVisible()
    assert item(view, 2).findChildren(AnswerExtras)[0].y() > 0


def test_that_without_a_picture_there_is_nothing_to_draw_on(view: ChatView) -> None:
    view.set_messages([question(1), answer(2, BOX_JSON)])
    assert not item(view, 2).findChildren(BoxPreview)


def test_that_a_later_question_is_about_the_picture_before(view: ChatView) -> None:
    view.set_messages(
        [question(1, pictures=2), answer(2), question(3, "And where?"), answer(4, BOX_JSON)]
    )
    sheet = view.sheet_of(4)
    assert sheet is not None
    assert len(sheet.pictures) == 2


def test_that_the_model_that_answered_decides_how_boxes_are_read(view: ChatView) -> None:
    asked: list[str | None] = []

    def ways_of(model_id: str | None) -> ModelWays:
        asked.append(model_id)
        way = Coordinates.ABSOLUTE if model_id == "model" else Coordinates.NONE
        return ModelWays(way, PictureLimits())

    view.set_ways(ways_of)
    text = '{"bbox_2d": [0, 0, 400, 304], "label": "left half"}'
    view.set_messages([question(1, pictures=1), answer(2, text, figures=FIGURES), answer(3, text)])
    sheet = view.sheet_of(2)
    assert sheet is not None
    assert sheet.boxes[0].rect.right == pytest.approx(400)  # 800 wide, seen at 800 x 608
    assert view.sheet_of(3) is None
    assert {"model", None} <= set(asked)


@pytest.mark.parametrize("fence", ["{}", "```json\n[\n{}\n]\n```", "Two 😀:\n\n- {}"])
def test_that_the_pointer_on_the_words_of_a_box_lights_it(
    qtbot: QtBot, view: ChatView, fence: str
) -> None:
    text = fence.replace("{}", f"{BOX_JSON},\n{SECOND}")
    view.set_messages([question(1, pictures=1), answer(2, text)])
    words = text_of(view)
    with qtbot.waitSignal(view.box_hovered) as caught:
        move(words.viewport(), point_in(words, "bottom left"))
    assert caught.args == [2, 1]
    (selection,) = words.extraSelections()
    assert selection.cursor.selectedText().startswith('{"bbox_2d": [0, 500')
    with qtbot.waitSignal(view.box_hovered) as caught:
        move(words.viewport(), QPoint(words.width() - 2, 1))
    assert caught.args == [2, None]
    assert not words.extraSelections()


def test_that_a_box_lit_elsewhere_stands_out_in_the_words(view: ChatView) -> None:
    view.set_messages([question(1, pictures=1), answer(2, f"{BOX_JSON},\n{SECOND}")])
    view.light_box(2, 0)
    (selection,) = text_of(view).extraSelections()
    assert "top right" in selection.cursor.selectedText()
    view.light_box(2, None)
    assert not text_of(view).extraSelections()


def test_that_the_keyboard_reaches_the_small_picture(view: ChatView) -> None:
    view.set_messages([question(1, pictures=1), answer(2, BOX_JSON)])
    chain = item(view, 2).focus_chain()
    assert the(item(view, 2), BoxPreview) in chain


# --- tables ---------------------------------------------------------------------------------------


def test_that_an_answer_with_a_table_has_the_way_out_for_it(view: ChatView) -> None:
    view.set_messages([question(1), answer(2, TABLE)])
    bar = the(item(view, 2), TableBar)
    assert bar.isVisible()
    assert set(bar.focus_chain()) <= set(item(view, 2).focus_chain())


# --- pages ----------------------------------------------------------------------------------------


def test_that_cited_pages_are_links_to_them(qtbot: QtBot, view: ChatView) -> None:
    about = asked_about(1, *pages(9, 2, 3))
    view.set_messages([about, answer(2, "The sum is on **p. 3**, not on p. 7 or `p. 2`.")])
    words = text_of(view)
    assert addresses(words) == {"p. 3": "page:3"}
    with qtbot.waitSignal(view.picture_activated) as caught:
        words.anchorClicked.emit("page:3")
    assert caught.args == [about.message.attachments[1]]


def test_that_chinese_citations_are_links_too(view: ChatView) -> None:
    view.set_messages([asked_about(1, *pages(9, 3)), answer(2, "金额见第3页。")])
    assert addresses(text_of(view)) == {"第3页": "page:3"}


def test_that_citations_are_links_while_the_answer_grows(qtbot: QtBot, view: ChatView) -> None:
    view.set_messages([asked_about(1, *pages(9, 3))])
    view.add_message(answer(2, "", None))
    view.append_text(2, "See p. 3 for it.\n\nAnd m")
    qtbot.waitUntil(lambda: "And m" in text_of(view).toPlainText())
    assert addresses(text_of(view)) == {"p. 3": "page:3"}


def test_that_single_pictures_have_no_pages_to_cite(view: ChatView) -> None:
    view.set_messages([question(1, pictures=3), answer(2, "See p. 3.")])
    assert addresses(text_of(view)) == {}


def test_that_an_address_that_looks_like_a_page_but_is_none_is_asked_about(
    view: ChatView,
) -> None:
    view.set_messages([asked_about(1, *pages(9, 3)), answer(2, "[x](page:8)")])
    text_of(view).anchorClicked.emit("page:8")
    prompt = view.window().findChild(LinkPrompt)
    assert prompt is not None
    prompt.reject()


def test_that_a_later_document_is_meant_first() -> None:
    old, new = pages(9, 1, 2), tuple(replace(p, sha256="b") for p in pages(9, 2))
    context = context_of([asked_about(1, *old), answer(2), asked_about(3, *new), answer(4)], 4)
    assert (context.pages[1].sha256, context.pages[2].sha256) == (old[0].sha256, "b")
    assert context_of([asked_about(1, *old), answer(2)], 1).pages == {}


def test_that_the_pages_of_a_long_document_are_counted_while_they_are_read(
    view: ChatView,
) -> None:
    assert waiting_text(Waiting.PAGES, 0.1, (7, 120)) == "Reading page 7 of 120"
    view.set_messages([question(1)])
    view.add_message(answer(2, "", None))
    view.set_waiting(2, Waiting.PAGES, 0.5, (60, 120))
    assert "Reading page 60 of 120" in visible_labels(item(view, 2))


# --- questions ------------------------------------------------------------------------------------


def test_that_a_long_document_does_not_fill_the_chat(view: ChatView) -> None:
    attachments = (picture(7), *pages(120, *range(1, 121)))
    shown, left_out = shown_pictures(attachments)
    assert (len(shown), left_out) == (7, 114)
    view.set_messages([asked_about(1, *attachments)])
    asked = column(view).item(1)
    assert isinstance(asked, QuestionItem)
    assert len(asked.findChildren(ThumbnailLabel)) == 7
    assert "114" in asked._more.text()


def test_that_a_few_pages_and_many_pictures_are_all_shown() -> None:
    few, many = pages(9, *range(1, 8)), [picture(n) for n in range(40)]
    assert shown_pictures(few) == (list(few), 0)
    assert shown_pictures(many) == (many, 0)


def test_that_a_part_of_a_picture_is_marked_as_one(view: ChatView) -> None:
    part = replace(picture(0), origin=PictureOrigin("a", 0, Region(0, 0, 5, 5)))
    view.set_messages([asked_about(1, part, picture(1))])
    asked = column(view).item(1)
    assert asked is not None
    assert len(asked.findChildren(CropMark)) == 1
    names = [label.accessibleName() for label in asked.findChildren(ThumbnailLabel)]
    assert names == ["Part of IMG_0.jpg", "IMG_1.jpg"]


def addresses(text: AnswerText) -> dict[str, str]:
    """The links of a text: words and address."""
    found = {}
    block = text.document().begin()
    while block.isValid():
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            if fragment.charFormat().isAnchor():
                found[fragment.text()] = fragment.charFormat().anchorHref()
            iterator += 1
        block = block.next()
    return found
