"""What is known of an answer while it is being made, and what is said of it."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from desktop.core.types import InAdvance, InstalledModel, Message
from desktop.gui.answer_words import Waiting
from desktop.gui.document_texts import notes_markdown
from desktop.gui.reading import Reading, ReadingResult
from desktop.store.history import StoredMessage


class RunningAnswer(Struct):
    """What is known of the answer so far.

    `preparing_id` is a `Prepare` that this answer continues: until the answer's own request begins,
    that one's progress is its progress. `waiting` is None from the first word on. `step` is which
    page of a long document is being read, counted from one, of how many; `reading` is that pass,
    which comes before the answer's own request, and `found` what it brought. Once it is begun,
    `model` is the model as it is asked, and `prompt` begins with what that is told before every
    conversation. `in_advance` is what was done for it while its question was being written.
    """

    conversation_id: int
    prompt: tuple[Message, ...]
    row: StoredMessage
    preparing_id: str | None
    json_schema: str | None = None
    request_id: str | None = None
    model: InstalledModel | None = None
    text: str = ""
    waiting: Waiting | None = Waiting.MODEL
    fraction: float | None = None
    step: tuple[int, int] | None = None
    reading: Reading | None = None
    found: ReadingResult | None = None
    in_advance: InAdvance = field(default_factory=InAdvance)

    @property
    def is_begun(self) -> bool:
        """Whether the engine works on it."""
        return self.request_id is not None or self.reading is not None

    @property
    def whole_text(self) -> str:
        """The answer so far, and under it the notes that it was made from."""
        notes = notes_markdown(self.found) if self.found is not None else ""
        return "\n\n".join(part for part in (self.text, notes) if part)

    @property
    def message_id(self) -> int:
        """The answer's row."""
        return self.row.id

    def as_stored(self) -> StoredMessage:
        """The row with all text received so far."""
        return replace(self.row, message=replace(self.row.message, text=self.text))


class AnswerText(Struct, frozen=True):
    """The next piece of an answer."""

    conversation_id: int
    message_id: int
    text: str


class AnswerFinished(Struct, frozen=True):
    """An answer that is over, whole."""

    conversation_id: int
    message: StoredMessage
