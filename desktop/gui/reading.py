"""Goes over the pages of a long document one by one and notes what each says to a question."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from desktop.core.types import StopReason
from desktop.engine.api import AnswerRestarted, EngineFailed, GenerationFinished, TextDelta
from desktop.gui.prompts import is_nothing, note_prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desktop.core.types import GenerationSettings, ImageAttachment, Message, PictureBudget
    from desktop.engine.api import EngineEvent
    from desktop.gui.engine_bridge import EngineBridge

_BULLET = re.compile(r"^\s*(?:[-*•·]|#{1,6})\s+")
_NOTE_TOKENS = 320
_CALM = 0.2  # a note is no place for ideas


class PageNote(Struct, frozen=True):
    """What one page says.

    Attributes:
        page: Zero-based.
        text: The model's words, trimmed.
    """

    page: int
    text: str


class ReadingResult(Struct):
    """What was found so far.

    Attributes:
        notes: Of the pages that hold something, in their order.
        pages_read: How many pages were gone over, those without a note, too.
        page_count: How many there are to go over.
        pictures_encoded: How many pages went through the vision encoder for it.
        pictures_from_disk: How many were known from the cache on disk instead.
        retries: How many notes were begun anew since they went round in circles.
        seconds: How long it took, the wait for the engine included.
    """

    page_count: int
    pages_read: int = 0
    notes: list[PageNote] = field(default_factory=list)
    pictures_encoded: int = 0
    pictures_from_disk: int = 0
    retries: int = 0
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether all pages were read."""
        return self.pages_read == self.page_count


class Reading(QObject):
    """One pass over the pages. Stopping keeps the notes so far.

    It speaks with the engine as any question does: one `Generate` per page, whose beginning is the
    same for all pages.
    """

    progressed = Signal()  # see `step`
    finished = Signal(object)  # ReadingResult; also after `stop`
    failed = Signal(object)  # EngineFailed; what was read is in `result`

    def __init__(
        self,
        bridge: EngineBridge,
        pages: Sequence[ImageAttachment],
        question: str,
        budget: PictureBudget,
        settings: GenerationSettings,
        fit: Callable[[Sequence[Message]], tuple[Message, ...]],
        system_prompt: str = "",
        parent: QObject | None = None,
    ) -> None:
        """`fit` cuts the text of a page that is too long for the context."""
        super().__init__(parent)
        self._fit = fit
        self._bridge = bridge
        self._pages = tuple(pages)
        self._question = question
        self._system_prompt = system_prompt
        self._budget = budget
        self._settings = replace(
            settings,
            max_tokens=min(_NOTE_TOKENS, settings.max_tokens),
            temperature=min(_CALM, settings.temperature),
        )
        self.result = ReadingResult(len(self._pages))
        self._request_id: str | None = None
        self._text = ""
        self._started = 0.0
        self._is_stopped = False
        self._is_over = False

    @property
    def step(self) -> tuple[int, int]:
        """Which page is being read, counted from one, of how many."""
        count = self.result.page_count
        return min(self.result.pages_read + 1, count), count

    @property
    def request_id(self) -> str | None:
        """The page's request in progress."""
        return self._request_id

    def start(self) -> None:
        """Begin with the first page."""
        self._started = time.monotonic()
        self._bridge.event_received.connect(self._on_event)
        self._ask()

    def stop(self) -> None:
        """End with what was found; the page in progress is not noted."""
        if self._is_over or self._is_stopped:
            return
        self._is_stopped = True
        if self._request_id is not None:
            self._bridge.client.cancel(self._request_id)  # its end leads on

    def abandon(self) -> None:
        """End without a word."""
        self._is_over = True
        if self._request_id is not None:
            self._bridge.client.cancel(self._request_id)
            self._request_id = None

    def _ask(self) -> None:
        page = self._pages[self.result.pages_read]
        self._text = ""
        prompt = note_prompt(self._question, page, self._budget, self._system_prompt)
        self._request_id = self._bridge.client.generate(self._fit(prompt), self._settings)
        self.progressed.emit()

    @Slot(object)
    def _on_event(self, event: EngineEvent) -> None:
        if self._is_over or self._request_id is None:
            return
        match event:
            case TextDelta(request_id=self._request_id, text=text):
                self._text += text
            case AnswerRestarted(request_id=self._request_id):
                self._text = ""
            case GenerationFinished(request_id=self._request_id):
                self._request_id = None
                self.result.pictures_encoded += event.usage.pictures_encoded
                self.result.pictures_from_disk += event.usage.pictures_from_disk
                self.result.retries += event.usage.retries
                self.result.seconds = time.monotonic() - self._started
                self._on_page_read(event.stop_reason)
            case EngineFailed(request_id=self._request_id):
                self._request_id = None
                self._is_over = True
                self.failed.emit(event)
            case _:
                pass

    def _on_page_read(self, reason: StopReason) -> None:
        if reason is not StopReason.CANCELLED:
            note = _on_one_line(self._text)
            if not is_nothing(note):
                page = self._pages[self.result.pages_read].page
                self.result.notes.append(PageNote(page, note))
            self.result.pages_read += 1
        if self._is_stopped or self.result.is_whole or reason is StopReason.CANCELLED:
            self._is_over = True
            self.finished.emit(self.result)
        else:
            self._ask()


def _on_one_line(note: str) -> str:
    """Lists become a sentence: the note stands behind its page in a list itself."""
    lines = (_BULLET.sub("", line).strip() for line in note.splitlines())
    return "; ".join(line.rstrip(";") for line in lines if line)
