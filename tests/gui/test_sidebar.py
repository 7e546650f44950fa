"""The sidebar over a real history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from desktop.gui.conversation_list import ConversationListModel, ConversationRole
from desktop.gui.sidebar import Sidebar
from desktop.gui.thumbnails import ThumbnailCache
from desktop.store.history import History

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def history() -> Iterator[History]:
    history = History(Path(":memory:"), lambda sha256, page: Path(sha256))
    for title in ("Old", "Middle", "New"):
        history.create_conversation(title)
    yield history
    history.close()


@pytest.fixture
def sidebar(qtbot: QtBot, history: History) -> Sidebar:
    sidebar = Sidebar(
        ConversationListModel(history),
        ThumbnailCache(),
        lambda sha256, page: Path(sha256),
        undo_ms=60_000,
    )
    qtbot.addWidget(sidebar)
    sidebar.resize(QSize(248, 600))
    sidebar.refresh()
    sidebar.show()
    return sidebar


def centre(sidebar: Sidebar, row: int) -> QPoint:
    place = sidebar.view.visualRect(sidebar.view.model().index(row, 0))
    return QPoint(place.left() + 80, place.bottom() - 16)


def id_of(sidebar: Sidebar, row: int) -> int:
    found: int = sidebar.view.model().index(row, 0).data(ConversationRole.ID)
    return found


def shown(sidebar: Sidebar) -> list[str]:
    listed = sidebar.view.model()
    return [listed.index(row, 0).data() for row in range(listed.rowCount())]


def test_that_a_click_opens_a_chat(sidebar: Sidebar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sidebar.open_requested) as caught:
        QTest.mouseClick(sidebar.view.viewport(), Qt.MouseButton.LeftButton, pos=centre(sidebar, 1))
    assert caught.args == [id_of(sidebar, 1)]


def test_that_the_arrow_keys_open_the_next_chat(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.set_current(id_of(sidebar, 0))
    with qtbot.waitSignal(sidebar.open_requested) as caught:
        QTest.keyClick(sidebar.view, Qt.Key.Key_Down)
    assert caught.args == [id_of(sidebar, 1)]


def test_that_the_first_row_is_taller_by_the_line_of_its_day(sidebar: Sidebar) -> None:
    rects = [sidebar.view.visualRect(sidebar.view.model().index(row, 0)) for row in (0, 1)]
    assert rects[0].height() == rects[1].height() + 32


def test_that_renaming_in_place_is_kept(sidebar: Sidebar, history: History, qtbot: QtBot) -> None:
    sidebar.set_current(id_of(sidebar, 2))
    sidebar.view.setFocus()
    QTest.keyClick(sidebar.view, Qt.Key.Key_F2)
    editor = sidebar.view.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.setText("Receipt from Lisbon")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Receipt from Lisbon" in {c.title for c in history.conversations()})


def test_that_a_deleted_chat_is_gone_at_once_and_comes_back_with_undo(
    sidebar: Sidebar, history: History, qtbot: QtBot
) -> None:
    doomed = id_of(sidebar, 0)
    sidebar.set_current(doomed)
    heard: list[object] = []
    sidebar.delete_requested.connect(heard.append)
    with qtbot.waitSignal(sidebar.hidden) as caught:
        sidebar._delete_action.trigger()
    assert caught.args == [doomed]
    assert shown(sidebar) == ["Middle", "Old"]
    assert sidebar.notice.isVisible()
    with qtbot.waitSignal(sidebar.restored):
        sidebar.notice._button.click()
    assert shown(sidebar) == ["New", "Middle", "Old"]
    assert heard == []
    assert len(history.conversations()) == 3


def test_that_a_deletion_is_final_when_its_time_is_over(history: History, qtbot: QtBot) -> None:
    sidebar = Sidebar(
        ConversationListModel(history), ThumbnailCache(), lambda s, p: Path(s), undo_ms=20
    )
    qtbot.addWidget(sidebar)
    sidebar.refresh()
    doomed = id_of(sidebar, 1)
    sidebar.set_current(doomed)
    with qtbot.waitSignal(sidebar.delete_requested) as caught:
        sidebar._delete_action.trigger()
    assert caught.args == [doomed]
    assert sidebar.notice.isHidden()


def test_that_the_next_deletion_settles_the_one_before(sidebar: Sidebar, qtbot: QtBot) -> None:
    first, second = id_of(sidebar, 0), id_of(sidebar, 1)
    sidebar.set_current(first)
    sidebar._delete_action.trigger()
    sidebar.set_current(second)
    with qtbot.waitSignal(sidebar.delete_requested) as caught:
        sidebar._delete_action.trigger()
    assert caught.args == [first]
    with qtbot.waitSignal(sidebar.delete_requested) as caught:
        sidebar.settle_deletion()
    assert caught.args == [second]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_that_the_rows_menu_is_meant_for_its_row(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.set_current(id_of(sidebar, 0))
    row = sidebar.view.visualRect(sidebar.view.model().index(2, 0))
    opened: list[object] = []
    sidebar.open_requested.connect(opened.append)
    place = QPoint(row.right() - 22, row.center().y())
    QTest.mouseClick(sidebar.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert sidebar._menu.isVisible()
    assert opened == []
    doomed = id_of(sidebar, 2)
    with qtbot.waitSignal(sidebar.hidden) as caught:
        sidebar._delete_action.trigger()
    assert caught.args == [doomed]
    sidebar._menu.hide()


def test_that_searching_narrows_the_list_and_says_when_nothing_matches(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    sidebar.focus_search()
    sidebar.search.setText("mid")
    qtbot.waitUntil(lambda: shown(sidebar) == ["Middle"])
    sidebar.search.setText("nothing like it")
    qtbot.waitUntil(lambda: shown(sidebar) == [])
    assert sidebar.view.empty_text == "No chat matches."
    assert not sidebar.grab().isNull()


def test_that_the_promise_is_there_and_leads_to_the_connections(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    assert sidebar.promise.text() == "Nothing leaves this computer"
    with qtbot.waitSignal(sidebar.connections_requested):
        sidebar.promise.click()
