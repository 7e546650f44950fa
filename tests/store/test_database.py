from __future__ import annotations

import sqlite3
import stat
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode, HistoryError, StoreError
from desktop.store.database import IN_MEMORY, MIGRATIONS, Database

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "我的 data" / "历史 1.sqlite3"


def make(path: Path, conversations: int = 0) -> None:
    with closing(Database(path)) as database, database.transaction():
        for number in range(conversations):
            add(database, f"conversation {number} " + "x" * 2000)


def add(database: Database, title: str) -> int:
    return database.write(
        "INSERT INTO conversations (title, folded_title, updated_at) VALUES (?, ?, 0)",
        (title, title),
    )


def titles(database: Database) -> list[str]:
    return [title for (title,) in database.read("SELECT title FROM conversations ORDER BY id")]


def test_that_a_new_file_has_the_newest_version_and_survives_opening_again(path: Path) -> None:
    make(path, 2)
    with closing(Database(path)) as database:
        assert database.read("PRAGMA user_version") == [(len(MIGRATIONS),)]
        assert database.read("PRAGMA journal_mode") == [("wal",)]
        assert len(titles(database)) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_that_only_its_owner_can_read_the_file_and_those_beside_it(path: Path) -> None:
    with closing(Database(path)) as database:
        add(database, "x")
        files = list(path.parent.iterdir())
        assert {file.name for file in files} == {path.name, f"{path.name}-wal", f"{path.name}-shm"}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_that_an_older_file_is_brought_up_to_date_with_its_rows(path: Path) -> None:
    make(path, 3)
    more = (*MIGRATIONS, ("ALTER TABLE conversations ADD COLUMN colour TEXT DEFAULT 'blue'",), ())
    with closing(Database(path, more)) as database:
        assert database.read("SELECT DISTINCT colour FROM conversations") == [("blue",)]
        assert len(titles(database)) == 3
        assert database.read("PRAGMA user_version") == [(len(MIGRATIONS) + 2,)]


def test_that_pictures_of_the_first_version_are_single_pages_as_they_came(path: Path) -> None:
    with closing(Database(path, MIGRATIONS[:1])) as database:
        conversation = add(database, "old")
        message = database.write(
            """INSERT INTO messages (conversation_id, role, text, folded_text, budget, created_at)
            VALUES (?, 'user', '', '', 'fast', 0)""",
            (conversation,),
        )
        values = (message, 0, "a" * 64, "image/png", 1, 1, 0, "a.png")
        database.write("INSERT INTO attachments VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    with closing(Database(path)) as database:
        assert database.read("SELECT * FROM attachments") == [(*values, 1, "", None, None)]


def test_that_a_migration_that_fails_changes_nothing(path: Path) -> None:
    make(path, 1)
    before = path.read_bytes()
    broken = (*MIGRATIONS, ("CREATE TABLE extra (id)", "CREATE TABLE extra (id)"))
    with pytest.raises(sqlite3.OperationalError):
        Database(path, broken)
    with closing(Database(path)) as database:
        assert database.read("PRAGMA user_version") == [(len(MIGRATIONS),)]
        assert database.read("SELECT name FROM sqlite_master WHERE name = 'extra'") == []
    assert path.read_bytes() == before


def test_that_a_newer_file_is_refused_and_left_as_it_is(path: Path) -> None:
    with closing(Database(path, (*MIGRATIONS, ("CREATE TABLE future (id)",)))) as database:
        add(database, "from the future")
    before = path.read_bytes()
    with pytest.raises(HistoryError) as caught:
        Database(path)
    assert caught.value.code == ErrorCode.HISTORY_NEWER
    assert path.name in caught.value.message
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"not a database at all",
        b"\0" * 4096,
        b"SQLite format 3\0" + b"\xff" * 5000,
        b"x",
        b"SQLite format 3\0",
    ],
)
def test_that_a_file_of_another_kind_is_refused_and_left_as_it_is(
    path: Path, content: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(HistoryError) as caught:
        Database(path)
    assert caught.value.code == ErrorCode.HISTORY_DAMAGED
    assert path.read_bytes() == content
    assert {file.name for file in path.parent.iterdir()} == {path.name}


@pytest.mark.parametrize("damage", ["cut", "middle", "header"])
def test_that_a_damaged_database_is_refused_and_left_as_it_is(path: Path, damage: str) -> None:
    make(path, 200)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    elif damage == "middle":
        content[8192 : len(content) - 8192] = bytes(len(content) - 16384)
    else:
        content[100:200] = b"\xee" * 100
    path.write_bytes(content)
    with pytest.raises(HistoryError) as caught:
        Database(path)
    assert caught.value.code == ErrorCode.HISTORY_DAMAGED
    assert path.read_bytes() == content


def test_that_another_programs_database_is_refused_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(HistoryError) as caught:
        Database(path)
    assert caught.value.code == ErrorCode.HISTORY_DAMAGED
    assert path.read_bytes() == before


def test_that_an_empty_file_becomes_a_history(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    make(path, 1)


def test_that_a_full_disk_is_a_sentence_and_undoes_the_transaction() -> None:
    with closing(Database(IN_MEMORY)) as database:
        add(database, "kept")
        ((pages,),) = database.read("PRAGMA page_count")
        database.read(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError) as caught, database.transaction():  # noqa: PT012
            add(database, "lost")
            add(database, "x" * 100_000)
        assert caught.value.code == ErrorCode.DISK_FULL
        assert titles(database) == ["kept"]
        database.read(f"PRAGMA max_page_count = {pages + 100}")
        add(database, "later")
        assert titles(database) == ["kept", "later"]


def test_that_a_file_that_may_not_be_written_is_a_sentence(path: Path) -> None:
    with closing(Database(path)) as database:
        database.read("PRAGMA query_only = ON")
        with pytest.raises(StoreError) as caught:
            add(database, "x")
        assert caught.value.code == ErrorCode.STORE_UNWRITABLE


def test_that_a_place_that_cannot_hold_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "history.sqlite3", tmp_path):
        with pytest.raises(StoreError) as caught:
            Database(path)
        assert caught.value.code == ErrorCode.STORE_UNWRITABLE


def test_that_a_file_held_by_another_program_is_a_sentence(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.store.database._BUSY_TIMEOUT_S", 0.05)
    make(path)
    with closing(sqlite3.connect(path)) as other, closing(Database(path)) as database:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            add(database, "x")
        assert caught.value.code == ErrorCode.STORE_UNWRITABLE
        assert "in use" in caught.value.message
        other.rollback()
        assert add(database, "x") == 1


def test_that_a_failed_block_undoes_its_writes() -> None:
    with closing(Database(IN_MEMORY)) as database:
        with pytest.raises(KeyError), database.transaction():  # noqa: PT012
            add(database, "x")
            raise KeyError
        assert titles(database) == []
        add(database, "y")
        assert titles(database) == ["y"]


def test_that_a_wrong_byte_in_a_text_does_not_hide_the_row() -> None:
    with closing(Database(IN_MEMORY)) as database:
        add(database, "x")
        database.write("UPDATE conversations SET title = CAST(x'61ff62' AS TEXT)")
        assert titles(database) == ["a\ufffdb"]


def test_that_closing_twice_is_allowed(path: Path) -> None:
    database = Database(path)
    database.close()
    database.close()


def test_that_questions_of_the_second_version_are_answered_freely(path: Path) -> None:
    with closing(Database(path, MIGRATIONS[:2])) as database:
        database.write(
            """INSERT INTO messages (conversation_id, role, text, folded_text, budget, created_at)
            VALUES (?, 'user', 'x', 'x', 'fast', 0)""",
            (add(database, "old"),),
        )
    with closing(Database(path)) as database:
        assert database.read("SELECT text, json_schema FROM messages") == [("x", None)]
