"""Opening the SQLite database: migrations, refusals, and SQLite's errors as sentences.

The connection belongs to the thread that opened it.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.core.errors import ErrorCode, HistoryError, StoreError
from desktop.store.files import PRIVATE_FOLDER, disk_full, store_error, unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

IN_MEMORY = Path(":memory:")

_APPLICATION_ID = 0x47474C53  # "GGLS": tells our file from another program's database
_SMALLEST_PAGE = 512  # bytes
_BUSY_TIMEOUT_S = 3.0  # waited for on the main thread while another process writes
_CHECKED_BYTES = 32 << 20  # below this a whole check at opening takes less than 0.1 s

# One tuple of statements per version. Only append: a released entry never changes. A new value of a
# stored enum needs an entry too, though an empty one, so that older programs refuse the file.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE conversations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL,
            folded_title TEXT NOT NULL,
            updated_at INTEGER NOT NULL
        )""",
        "CREATE INDEX conversations_by_time ON conversations (updated_at)",
        """CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            role TEXT NOT NULL,
            text TEXT NOT NULL,
            folded_text TEXT NOT NULL,
            budget TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            stop_reason TEXT,
            figures TEXT,
            error TEXT
        )""",
        "CREATE INDEX messages_by_conversation ON messages (conversation_id)",
        """CREATE INDEX unfinished_answers ON messages (id)
            WHERE role = 'assistant' AND stop_reason IS NULL""",
        """CREATE TABLE attachments (
            message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            media_type TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            page INTEGER NOT NULL,
            source_name TEXT NOT NULL,
            PRIMARY KEY (message_id, position)
        ) WITHOUT ROWID""",
        "CREATE INDEX attachments_by_picture ON attachments (sha256)",
    ),
    (
        "ALTER TABLE attachments ADD COLUMN page_count INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE attachments ADD COLUMN page_text TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE attachments ADD COLUMN origin_sha256 TEXT",
        "ALTER TABLE attachments ADD COLUMN origin TEXT",
        """CREATE INDEX attachments_by_origin ON attachments (origin_sha256)
            WHERE origin_sha256 IS NOT NULL""",
    ),
    (
        "ALTER TABLE messages ADD COLUMN json_schema TEXT",
        """CREATE INDEX questions_by_schema ON messages (json_schema)
            WHERE json_schema IS NOT NULL""",
    ),
)


class Database:
    """One connection, in WAL mode. Every method raises `StoreError` or `HistoryError`.

    A file that is damaged, newer or not ours is refused before anything is written to it.
    """

    def __init__(self, path: Path, migrations: Sequence[tuple[str, ...]] = MIGRATIONS) -> None:
        self._path = path
        if path != IN_MEMORY:
            _make_private(path)
        with self._sentences():
            self._connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
        try:
            with self._sentences():
                self._open(migrations)
        except BaseException:
            self._connection.close()
            raise

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._sentences():
            return self._connection.execute(sql, parameters).fetchall()

    def write(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement; its new row's id, or the number of rows it changed."""
        with self._sentences():
            cursor = self._connection.execute(sql, parameters)
            return int(cursor.lastrowid or 0) if sql.startswith("INSERT") else cursor.rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen, or none."""
        with self._sentences():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._sentences():
                self._connection.execute("COMMIT")
        except BaseException:
            # A full disk may have rolled back by itself; the first error is the one that counts.
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file; may be called twice."""
        with self._sentences():
            self._connection.close()

    def _open(self, migrations: Sequence[tuple[str, ...]]) -> None:
        # One wrong byte in a text is one wrong sign on the screen, not a conversation that is lost.
        self._connection.text_factory = _decode
        version = self._checked_version(len(migrations))
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")  # safe in WAL, no fsync per answer
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute("PRAGMA secure_delete = ON")  # what a person deletes is gone
        if version < len(migrations):
            self._migrate(migrations)

    def _checked_version(self, newest: int) -> int:
        # SQLite takes a file shorter than a page for an empty one and would write over it.
        if self._path != IN_MEMORY and 0 < self._path.stat().st_size < _SMALLEST_PAGE:
            raise self._damaged()
        version = self._number("PRAGMA user_version")
        tables = self._number("SELECT count(*) FROM sqlite_master")
        if (version or tables) and self._number("PRAGMA application_id") != _APPLICATION_ID:
            raise self._damaged()
        if version > newest:
            raise HistoryError(
                f"“{self._path.name}” was written by a newer version of Groundglass. "
                "Update the app to open it.",
                ErrorCode.HISTORY_NEWER,
                name=self._path.name,
            )
        if self._path != IN_MEMORY and self._path.stat().st_size <= _CHECKED_BYTES:
            verdict = self._connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != ("ok",):
                raise self._damaged()
        return version

    def _migrate(self, migrations: Sequence[tuple[str, ...]]) -> None:
        with self.transaction():
            # Asked again under the lock: another process may have been faster.
            done = self._number("PRAGMA user_version")
            for statements in migrations[done:]:
                for statement in statements:
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {max(done, len(migrations))}")

    def _number(self, sql: str) -> int:
        (value,) = self._connection.execute(sql).fetchone()
        return int(value)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
            raise  # a mistake of ours
        except sqlite3.DatabaseError as error:
            raise self._as_store_error(error) from error
        except OSError as error:
            raise store_error(error, self._path) from error

    def _as_store_error(self, error: sqlite3.DatabaseError) -> StoreError:
        match error.sqlite_errorcode & 0xFF:  # without the extension bits
            case sqlite3.SQLITE_FULL:
                return disk_full(self._path)
            case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_FORMAT:
                return self._damaged()
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return StoreError(
                    f"“{self._path.name}” is in use by another program. Close it and try again.",
                    ErrorCode.STORE_UNWRITABLE,
                    name=self._path.name,
                    folder=str(self._path.parent),
                )
            case (
                sqlite3.SQLITE_READONLY
                | sqlite3.SQLITE_CANTOPEN
                | sqlite3.SQLITE_PERM
                | sqlite3.SQLITE_IOERR
            ):
                return unwritable(self._path)
            case _:
                raise error

    def _damaged(self) -> HistoryError:
        return HistoryError(
            f"The history “{self._path.name}” is damaged. It was left as it is; "
            "move it away to start a new one.",
            ErrorCode.HISTORY_DAMAGED,
            name=self._path.name,
            folder=str(self._path.parent),
        )


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _make_private(path: Path) -> None:
    """Create the file for its owner only; SQLite gives its side files the same mode."""
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise store_error(error, path) from error
