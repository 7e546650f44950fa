"""Conversations on disk: what was asked, with which pictures, and what was answered.

Used on the window's main thread: every call is a few indexed statements. Only the search reads all
texts (50 ms for 20,000 messages, 40 MB).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from desktop.core.errors import HistoryError
from desktop.core.types import (
    EngineKind,
    Figures,
    ImageAttachment,
    Message,
    PictureOrigin,
    Role,
    StopReason,
)
from desktop.store.database import Database
from desktop.store.history_rows import (
    EPOCH,
    AnswerError,
    ConversationSummary,
    Run,
    StoredMessage,
    as_json,
    damaged,
    parsed,
    storable_error,
    storable_figures,
    stored_message,
    time_of,
)
from desktop.store.text import folded, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

__all__ = ["AnswerError", "ConversationSummary", "History", "Run", "StoredMessage"]

_MESSAGE_COLUMNS = "id, role, text, budget, created_at, stop_reason, figures, error, json_schema"


class History:
    """The conversations. Owned by the thread that made it.

    Opening marks answers that were being written when the app ended as INTERRUPTED, keeping their
    text. Every method raises `StoreError` when the disk refuses and `HistoryError` when the file is
    damaged; a call that names a conversation or message that is gone raises `LookupError` where it
    has something to return, and does nothing otherwise.
    """

    def __init__(
        self,
        path: Path,
        page_path: Callable[[str, int], Path],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`page_path` finds a picture by sha256 and page; `Path(":memory:")` keeps nothing."""
        self._page_path = page_path
        self._now = now
        self._database = Database(path)
        try:
            self._database.write(
                """UPDATE messages SET stop_reason = ?
                WHERE role = 'assistant' AND stop_reason IS NULL""",
                (StopReason.INTERRUPTED.value,),
            )
        except BaseException:
            self._database.close()
            raise

    def conversations(self, search: str = "") -> list[ConversationSummary]:
        """The newest first; with `search`, those with it in the title or a message.

        Upper and lower case, full and half width are the same; no character is special.
        """
        wanted = folded(search.strip())
        rows = self._database.read(
            """SELECT c.id, c.title, c.updated_at, (
                SELECT json_array(a.sha256, a.page) FROM messages m
                JOIN attachments a ON a.message_id = m.id
                WHERE m.conversation_id = c.id ORDER BY m.id, a.position LIMIT 1
            ) FROM conversations c
            WHERE ?1 = '' OR instr(c.folded_title, ?1) OR EXISTS (
                SELECT 1 FROM messages m
                WHERE m.conversation_id = c.id AND instr(m.folded_text, ?1)
            ) ORDER BY c.updated_at DESC, c.id DESC""",
            (wanted,),
        )
        return [
            ConversationSummary(
                id=row_id,
                title=title,
                updated_at=time_of(updated_at),
                thumbnail=None if first is None else parsed(first, tuple[str, int]),
            )
            for row_id, title, updated_at, first in rows
        ]

    def create_conversation(self, title: str) -> int:
        """The new conversation's id."""
        title = storable(title)
        return self._database.write(
            "INSERT INTO conversations (title, folded_title, updated_at) VALUES (?, ?, ?)",
            (title, folded(title), self._stamp()),
        )

    def rename_conversation(self, conversation_id: int, title: str) -> None:
        """Give it another title; its place in the list stays."""
        title = storable(title)
        self._database.write(
            "UPDATE conversations SET title = ?, folded_title = ? WHERE id = ?",
            (title, folded(title), conversation_id),
        )

    def delete_conversation(self, conversation_id: int) -> list[str]:
        """Forget it; the sha256s of its pictures that no message refers to any more."""
        with self._database.transaction():
            pictures = self._pictures(conversation_id, 0)
            self._database.write("DELETE FROM conversations WHERE id = ?", (conversation_id,))
            return self._orphans(pictures)

    def messages(self, conversation_id: int) -> list[StoredMessage]:
        """All its messages, the oldest first; none if it does not exist."""
        rows = self._database.read(
            f"SELECT {_MESSAGE_COLUMNS} FROM messages WHERE conversation_id = ? ORDER BY id",  # noqa: S608
            (conversation_id,),
        )
        return self._stored(
            rows,
            self._database.read(
                """SELECT a.* FROM messages m JOIN attachments a ON a.message_id = m.id
                WHERE m.conversation_id = ? ORDER BY m.id, a.position""",
                (conversation_id,),
            ),
        )

    def add_message(
        self, conversation_id: int, message: Message, json_schema: str | None = None
    ) -> StoredMessage:
        """Keep a question with its pictures, and the schema that its answer has to follow."""
        with self._database.transaction():
            message_id = self._insert(conversation_id, message, json_schema)
            for position, picture in enumerate(message.attachments):
                self._database.write(
                    "INSERT INTO attachments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        message_id,
                        position,
                        picture.sha256,
                        picture.media_type,
                        picture.width,
                        picture.height,
                        picture.page,
                        storable(picture.source_name),
                        picture.page_count,
                        storable(picture.text),
                        None if picture.origin is None else picture.origin.sha256,
                        None if picture.origin is None else as_json(picture.origin),
                    ),
                )
        return self._message(message_id)

    def begin_answer(self, conversation_id: int) -> StoredMessage:
        """An empty answer, to be filled by `save_answer_text` and `finish_answer`."""
        with self._database.transaction():
            message_id = self._insert(conversation_id, Message(Role.ASSISTANT, ""))
        return self._message(message_id)

    def save_answer_text(self, message_id: int, text: str) -> None:
        """Keep what there is of an answer that is being written; a finished one stays as it is."""
        text = storable(text)
        self._database.write(
            """UPDATE messages SET text = ?, folded_text = ?
            WHERE id = ? AND role = 'assistant' AND stop_reason IS NULL""",
            (text, folded(text), message_id),
        )

    def finish_answer(
        self,
        message_id: int,
        text: str,
        stop_reason: StopReason,
        figures: Figures | None = None,
        error: AnswerError | None = None,
    ) -> StoredMessage:
        """Keep a whole answer; raises `LookupError` if it was deleted meanwhile."""
        text = storable(text)
        with self._database.transaction():
            self._database.write(
                """UPDATE messages
                SET text = ?, folded_text = ?, stop_reason = ?, figures = ?, error = ?
                WHERE id = ? AND role = 'assistant'""",
                (
                    text,
                    folded(text),
                    stop_reason.value,
                    None if figures is None else as_json(storable_figures(figures)),
                    None if error is None else as_json(storable_error(error)),
                    message_id,
                ),
            )
            self._database.write(
                """UPDATE conversations SET updated_at = ?
                WHERE id = (SELECT conversation_id FROM messages WHERE id = ?)""",
                (self._stamp(), message_id),
            )
        return self._message(message_id)

    def recent_runs(self, model_id: str, engine: EngineKind | None, limit: int) -> list[Run]:
        """The newest measured answers of a model with an engine, the oldest of them first.

        Those from before engines were kept count for every engine; None takes any.
        Figures that cannot be read are left out: there are others. A model that never answered
        takes a look at every message (50 ms for 20,000).
        """
        rows = self._database.read(
            """SELECT id, created_at, figures FROM messages
            WHERE CASE WHEN json_valid(figures) THEN figures ->> '$.model_id' = ?1
                AND (?2 IS NULL OR coalesce(figures ->> '$.engine', ?2) = ?2)
                AND figures ->> '$.usage.prompt_tokens' > 0 END
            ORDER BY id DESC LIMIT ?3""",
            (storable(model_id), None if engine is None else engine.value, limit),
        )
        runs = []
        for message_id, created_at, figures in reversed(rows):
            with suppress(HistoryError):
                runs.append(Run(message_id, time_of(created_at), parsed(figures, Figures)))
        return runs

    def delete_from(self, conversation_id: int, message_id: int) -> list[str]:
        """Forget this message and all after it; the sha256s that no message refers to any more."""
        with self._database.transaction():
            pictures = self._pictures(conversation_id, message_id)
            self._database.write(
                "DELETE FROM messages WHERE conversation_id = ? AND id >= ?",
                (conversation_id, message_id),
            )
            return self._orphans(pictures)

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._database.close()

    def recent_schemas(self, limit: int) -> list[str]:
        """What the newest questions held their answers to, each once, the newest first."""
        rows = self._database.read(
            """SELECT json_schema FROM messages WHERE json_schema IS NOT NULL
            GROUP BY json_schema ORDER BY max(id) DESC LIMIT ?""",
            (limit,),
        )
        return [schema for (schema,) in rows]

    def _insert(
        self, conversation_id: int, message: Message, json_schema: str | None = None
    ) -> int:
        stamp = self._stamp()
        touched = self._database.write(
            "UPDATE conversations SET updated_at = ? WHERE id = ?", (stamp, conversation_id)
        )
        if not touched:
            raise LookupError(f"no conversation {conversation_id}")
        text = storable(message.text)
        return self._database.write(
            """INSERT INTO messages
            (conversation_id, role, text, folded_text, budget, created_at, json_schema)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (
                conversation_id,
                message.role.value,
                text,
                folded(text),
                message.budget.value,
                stamp,
                None if json_schema is None else storable(json_schema),
            ),
        )

    def _message(self, message_id: int) -> StoredMessage:
        rows = self._database.read(
            f"SELECT {_MESSAGE_COLUMNS} FROM messages WHERE id = ?",  # noqa: S608
            (message_id,),
        )
        if not rows:
            raise LookupError(f"no message {message_id}")
        pictures = self._database.read(
            "SELECT * FROM attachments WHERE message_id = ? ORDER BY position", (message_id,)
        )
        return self._stored(rows, pictures)[0]

    def _stored(
        self, rows: Iterable[tuple[Any, ...]], picture_rows: Iterable[tuple[Any, ...]]
    ) -> list[StoredMessage]:
        pictures: dict[int, list[ImageAttachment]] = {}
        for message_id, _, *columns in picture_rows:
            pictures.setdefault(message_id, []).append(self._picture(columns))
        return [stored_message(row, tuple(pictures.get(row[0], ()))) for row in rows]

    def _picture(self, columns: Sequence[Any]) -> ImageAttachment:
        sha256, media_type, width, height, page, name, page_count, text, _, origin = columns
        try:
            path = self._page_path(sha256, page)
        except ValueError as error:  # no sha256
            raise damaged() from error
        return ImageAttachment(
            sha256=sha256,
            media_type=media_type,
            width=width,
            height=height,
            page=page,
            path=path,
            source_name=name,
            page_count=page_count,
            text=text,
            origin=None if origin is None else parsed(origin, PictureOrigin),
        )

    def _pictures(self, conversation_id: int, first_message_id: int) -> list[str]:
        """What these messages show, and what that was made from."""
        rows = self._database.read(
            """SELECT a.sha256, a.origin_sha256
            FROM messages m JOIN attachments a ON a.message_id = m.id
            WHERE m.conversation_id = ? AND m.id >= ?""",
            (conversation_id, first_message_id),
        )
        return sorted({sha256 for row in rows for sha256 in row if sha256 is not None})

    def _orphans(self, pictures: Iterable[str]) -> list[str]:
        find = "SELECT 1 FROM attachments WHERE sha256 = ?1 OR origin_sha256 = ?1 LIMIT 1"
        return [sha256 for sha256 in pictures if not self._database.read(find, (sha256,))]

    def _stamp(self) -> int:
        return (self._now() - EPOCH) // timedelta(microseconds=1)
