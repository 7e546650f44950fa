"""The list over a real history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from desktop.core.types import Message, Role
from desktop.gui.conversation_list import ConversationListModel, ConversationRole
from desktop.intake.images import take_picture
from desktop.store.attachments import AttachmentStore
from desktop.store.history import History
from tests.gui.asking import draw_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday


class Clock:
    def __init__(self) -> None:
        self.now = NOW


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(clock: Clock) -> Iterator[History]:
    history = History(Path(":memory:"), lambda sha256, page: Path(sha256), now=lambda: clock.now)
    yield history
    history.close()


@pytest.fixture
def conversations(history: History, qtbot: QtBot) -> ConversationListModel:
    return ConversationListModel(history, today=lambda: date(2026, 11, 18))


def fill(history: History, clock: Clock, *ages_in_days: int) -> list[int]:
    ids = []
    for days in ages_in_days:
        clock.now = NOW - timedelta(days=days)
        ids.append(history.create_conversation(f"{days} days old"))
    clock.now = NOW
    return ids


def titles(conversations: ConversationListModel) -> list[str]:
    return [conversations.index(row).data() for row in range(conversations.rowCount())]


def test_that_it_is_a_sound_item_model(
    conversations: ConversationListModel,
    history: History,
    clock: Clock,
    qtmodeltester: ModelTester,
) -> None:
    ids = fill(history, clock, 0, 1, 3, 40, 400)
    qtmodeltester.check(conversations)  # type: ignore[no-untyped-call]
    conversations.reload()
    history.delete_conversation(ids[2])
    history.add_message(ids[4], Message(Role.USER, "Hello again"))
    history.create_conversation("new")
    conversations.reload()
    conversations.hide(ids[0])
    conversations.set_search("days")
    qtmodeltester.check(conversations)  # type: ignore[no-untyped-call]
    assert titles(conversations) == ["400 days old", "1 days old", "40 days old"]


def test_that_each_row_names_its_day_and_the_first_of_a_day_says_so(
    conversations: ConversationListModel, history: History, clock: Clock
) -> None:
    fill(history, clock, 0, 0, 1, 4, 40, 400)
    conversations.reload()
    rows = [conversations.index(row) for row in range(6)]
    assert [index.data(ConversationRole.SECTION) for index in rows] == [
        "Today",
        "Today",
        "Yesterday",
        "Saturday",
        "9 October",
        "14 October 2025",
    ]
    starts = [index.data(ConversationRole.STARTS_SECTION) for index in rows]
    assert starts == [True, False, True, True, True, True]


def test_that_a_reload_keeps_hold_of_rows_that_move(
    conversations: ConversationListModel, history: History, clock: Clock
) -> None:
    ids = fill(history, clock, 0, 1, 2)
    conversations.reload()
    held = QPersistentModelIndex(conversations.index(2))
    clock.now = NOW + timedelta(minutes=1)
    history.add_message(ids[2], Message(Role.USER, "Hello again"))
    conversations.reload()
    assert held.row() == 0
    assert held.data(ConversationRole.ID) == ids[2]


def test_that_the_picture_is_that_of_the_first_message(
    conversations: ConversationListModel, history: History, tmp_path: Path
) -> None:
    store = AttachmentStore(tmp_path / "attachments")
    attachment = take_picture(draw_picture(tmp_path / "a.png"), store)
    conversation_id = history.create_conversation("With a picture")
    history.add_message(conversation_id, Message(Role.USER, "What?", (attachment,)))
    conversations.reload()
    found = conversations.index(0).data(ConversationRole.THUMBNAIL)
    assert found == (attachment.sha256, 0)


def test_that_renaming_in_place_is_kept(
    conversations: ConversationListModel, history: History, clock: Clock, qtbot: QtBot
) -> None:
    (conversation_id,) = fill(history, clock, 0)
    conversations.reload()
    with qtbot.waitSignal(conversations.renamed) as caught:
        assert conversations.setData(conversations.index(0), "  里斯本  receipt ")
    assert caught.args == [conversation_id]
    assert history.conversations()[0].title == "里斯本 receipt"
    assert titles(conversations) == ["里斯本 receipt"]


@pytest.mark.parametrize("title", ["", "   "])
def test_that_an_empty_title_is_not_taken(
    conversations: ConversationListModel, history: History, clock: Clock, title: str
) -> None:
    fill(history, clock, 0)
    conversations.reload()
    assert not conversations.setData(conversations.index(0), title)
    assert titles(conversations) == ["0 days old"]


def test_that_a_search_looks_into_messages(
    conversations: ConversationListModel, history: History, clock: Clock
) -> None:
    first, _ = fill(history, clock, 0, 1)
    history.add_message(first, Message(Role.USER, "船票多少钱？"))
    conversations.set_search("船票")
    assert titles(conversations) == ["0 days old"]
    conversations.set_search("")
    assert len(titles(conversations)) == 2


def test_that_a_hidden_conversation_can_come_back(
    conversations: ConversationListModel, history: History, clock: Clock
) -> None:
    first, _ = fill(history, clock, 0, 1)
    conversations.hide(first)
    assert titles(conversations) == ["1 days old"]
    assert conversations.row_of(first) == -1
    conversations.show(first)
    assert conversations.row_of(first) == 0
    assert conversations.title_of(first) == "0 days old"


def test_that_a_damaged_history_is_reported_and_not_raised(
    conversations: ConversationListModel, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "history.sqlite3"
    history = History(path, lambda sha256, page: Path(sha256))
    broken = ConversationListModel(history)
    history.create_conversation("one")
    broken.reload()
    with qtbot.waitSignal(broken.failed):
        _break(history)
        broken.reload()
    assert titles(broken) == ["one"], "what was shown stays"
    history.close()


def _break(history: History) -> None:
    history._database.write("UPDATE conversations SET updated_at = 'never'", ())


def test_that_unknown_places_and_roles_give_nothing(
    conversations: ConversationListModel, history: History, clock: Clock
) -> None:
    fill(history, clock, 0)
    conversations.reload()
    assert conversations.data(QModelIndex()) is None
    assert conversations.index(0).data(Qt.ItemDataRole.FontRole) is None
    assert conversations.flags(QModelIndex()) == Qt.ItemFlag.NoItemFlags
    assert b"starts_section" in {bytes(n.data()) for n in conversations.roleNames().values()}
