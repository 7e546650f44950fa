"""An engine client whose events are waited for, with its progress on the terminal."""

from __future__ import annotations

import queue
import sys
from typing import TYPE_CHECKING, TypeVar

from desktop.cli.reduction_words import load_lines
from desktop.core.adapters import ADAPTER_CODES
from desktop.core.errors import EngineError, ErrorCode, GroundglassError, ModelError, SchemaError
from desktop.engine.api import (
    AnswerRestarted,
    EngineFailed,
    GenerationFinished,
    ModelLoaded,
    ModelLoading,
    Phase,
    PromptProgress,
    TextDelta,
)
from desktop.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.cli.answer_printer import AnswerPrinter
    from desktop.core.types import EngineOptions, InstalledModel
    from desktop.engine.api import EngineEvent

EventT = TypeVar("EventT")


class Conversation:
    """A client whose events are waited for; a context manager that ends the worker."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()
        self.client = EngineClient(self._events.put)

    def __enter__(self) -> Conversation:
        self.client.start()
        return self

    def __exit__(self, *_: object) -> None:
        show_status("")
        self.client.close()

    def load(self, model: InstalledModel, options: EngineOptions) -> ModelLoaded:
        """Load and wait, and say what is smaller than asked for; raises what went wrong."""
        self.client.load(model, options)
        loaded = self.wait_for(ModelLoaded)
        for line in load_lines(loaded):
            show_status("")
            sys.stderr.write(f"{line}\n")
        return loaded

    def wait_for(self, kind: type[EventT]) -> EventT:
        """The next event of a kind; progress goes to the terminal, failures are raised."""
        for event in self._until():
            if isinstance(event, kind):
                return event
        raise AssertionError("events do not end")

    def answer(self, printer: AnswerPrinter) -> GenerationFinished:
        """Hand every piece of text on until the answer is over."""
        for event in self._until():
            if isinstance(event, TextDelta):
                show_status("")
                printer.write(event.text)
            elif isinstance(event, AnswerRestarted):
                printer.restart()
            elif isinstance(event, GenerationFinished):
                return event
        raise AssertionError("events do not end")

    def _until(self) -> Iterator[EngineEvent]:
        while True:
            # The short timeout lets Ctrl+C through on Windows.
            try:
                event = self._events.get(timeout=0.5)
            except queue.Empty:
                continue
            match event:
                case EngineFailed(code=code, message=message, details=details):
                    raise _error_of(code, message, dict(details))
                case ModelLoading(fraction=fraction):
                    show_status(f"Loading the model {fraction:.0%}")
                case PromptProgress(phase=phase, done=done, total=total):
                    what = (
                        "Looking at the pictures"
                        if phase is Phase.ENCODE
                        else "Reading the question"
                    )
                    show_status(f"{what} {done / total:.0%}")
                case _:
                    yield event


def _error_of(code: ErrorCode, message: str, details: dict[str, str]) -> GroundglassError:
    if code is ErrorCode.SCHEMA_REFUSED:
        return SchemaError(message, code, **details)
    is_model = code in ADAPTER_CODES | {
        ErrorCode.MODEL_FILE_MISSING,
        ErrorCode.MODEL_UNREADABLE,
        ErrorCode.MODEL_LOAD_FAILED,
        ErrorCode.PROJECTOR_MISSING,
        ErrorCode.PROJECTOR_MISMATCH,
    }
    return (ModelError if is_model else EngineError)(message, code, **details)


def show_status(text: str) -> None:
    """One line on stderr that the next one replaces; nothing where stderr is no terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
    elif text.startswith("("):
        sys.stderr.write(f"{text}\n")
