"""Schemas in the history: kept with their questions, and offered again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop.store.history import History
from tests.store.test_history import page_path, question

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def history() -> Iterator[History]:
    with closing(History(Path(":memory:"), page_path)) as history:
        yield history


def test_that_a_question_keeps_the_schema_that_its_answer_has_to_follow(tmp_path: Path) -> None:
    schema = '{"type": "object", "properties": {"名称": {}}}'
    path = tmp_path / "历史.sqlite3"
    with closing(History(path, page_path)) as history:
        chat = history.create_conversation("x")
        assert history.add_message(chat, question("a"), schema).json_schema == schema
        assert history.begin_answer(chat).json_schema is None
        assert history.add_message(chat, question("b")).json_schema is None
    with closing(History(path, page_path)) as history:
        assert [m.json_schema for m in history.messages(chat)] == [schema, None, None]


def test_that_recent_schemas_come_once_and_the_newest_first(history: History) -> None:
    first, second = history.create_conversation("x"), history.create_conversation("y")
    for chat, schema in ((first, "A"), (second, "B"), (first, None), (first, "A"), (second, "C")):
        history.add_message(chat, question("q"), schema)
    assert history.recent_schemas(8) == ["C", "A", "B"]
    assert history.recent_schemas(2) == ["C", "A"]
    history.delete_conversation(second)
    assert history.recent_schemas(8) == ["A"]
