"""A client whose events are waited for, and what there is to ask; the benchmarks use it too."""

from __future__ import annotations

import contextlib
import hashlib
import json
import queue
import time
from typing import TYPE_CHECKING, Any, TypeVar

from PIL import Image, ImageDraw

from desktop.core.types import (
    EngineKind,
    EngineOptions,
    GenerationSettings,
    ImageAttachment,
    InstalledModel,
    Message,
    PictureBudget,
    Role,
)
from desktop.engine.api import EngineFailed, GenerationFinished, ModelLoaded, TextDelta, WorkerReady
from desktop.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from desktop.engine.api import EngineEvent

Event = TypeVar("Event")

GREEDY = GenerationSettings(max_tokens=64, temperature=0.0, presence_penalty=0.0)


class Harness:
    """An `EngineClient` with its events in a queue; a context manager."""

    def __init__(self, *, cancel_grace_s: float = 2.0, timeout_s: float = 30.0) -> None:
        self.events: queue.SimpleQueue[tuple[float, EngineEvent]] = queue.SimpleQueue()
        self.client = EngineClient(
            lambda event: self.events.put((time.perf_counter(), event)),
            cancel_grace_s=cancel_grace_s,
        )
        self.timeout_s = timeout_s
        self.pid = 0

    def __enter__(self) -> Harness:
        self.client.start()
        self.pid = self.wait(WorkerReady).pid
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def next(self) -> EngineEvent:
        """The next event of any kind."""
        return self.events.get(timeout=self.timeout_s)[1]

    def wait(self, kind: type[Event]) -> Event:
        """The next event of a kind; a failure that was not waited for fails the test."""
        while True:
            event = self.next()
            if isinstance(event, kind):
                return event
            assert not isinstance(event, EngineFailed), event

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Let events pass until something outside them is so."""
        until = time.monotonic() + self.timeout_s
        while not is_so():
            assert time.monotonic() < until, "it did not come about in time"
            with contextlib.suppress(queue.Empty):
                self.events.get(timeout=0.02)

    def forget_events(self) -> None:
        """Drop what nobody waited for."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.events.get_nowait()

    def load(self, model: InstalledModel, options: EngineOptions | None = None) -> ModelLoaded:
        """Load and wait."""
        self.client.load(model, options or EngineOptions())
        return self.wait(ModelLoaded)

    def ask(
        self, messages: Sequence[Message], settings: GenerationSettings = GREEDY
    ) -> tuple[str, GenerationFinished]:
        """Generate and wait; the answer's text and its end."""
        self.client.generate(messages, settings)
        return self.read_answer()

    def read_answer(self) -> tuple[str, GenerationFinished]:
        """The text of the running answer up to its end."""
        text = ""
        while True:
            event = self.next()
            if isinstance(event, TextDelta):
                text += event.text
            elif isinstance(event, GenerationFinished):
                return text, event
            assert not isinstance(event, EngineFailed), event


class WorkerPool:
    """A worker for each engine, started when first asked for; a context manager."""

    def __init__(self) -> None:
        self._workers: dict[EngineKind, Harness] = {}

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers.values():
            worker.__exit__()

    def worker(self, engine: EngineKind) -> Harness:
        """The engine's worker, idle and with no event waiting; a new one if that one is not."""
        worker = self._workers.get(engine)
        if worker is not None and worker.client.is_busy:
            self._workers.pop(engine).__exit__()
            worker = None
        if worker is None:
            worker = self._workers[engine] = Harness().__enter__()
        worker.forget_events()
        return worker


def fake_model(folder: Path, name: str = "script", **script: Any) -> InstalledModel:
    """A model of the fake engine that follows this script."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(script), encoding="utf-8")
    return InstalledModel(name, name, EngineKind.FAKE, path, None)


def attachment(path: Path) -> ImageAttachment:
    """A picture file as a stored page: no intake, the file is the page."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with Image.open(path) as picture:
        width, height = picture.size
    return ImageAttachment(digest, "image/png", width, height, 0, path, path.name)


def shape(folder: Path, colour: str, kind: str = "circle", side: int = 256) -> ImageAttachment:
    """A picture of one shape in the middle, of the kind the built-in model knows."""
    rgb = {"red": (220, 30, 30), "blue": (30, 70, 220), "green": (30, 150, 50)}[colour]
    picture = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    box = (side * 0.28, side * 0.28, side * 0.72, side * 0.72)
    (draw.ellipse if kind == "circle" else draw.rectangle)(box, fill=rgb)
    path = folder / f"{colour} {kind} {side}.png"
    picture.save(path)
    return attachment(path)


def question(text: str, *pictures: ImageAttachment) -> Message:
    """A person's turn."""
    return Message(Role.USER, text, pictures, PictureBudget.NORMAL)


def answer(text: str) -> Message:
    """The model's turn."""
    return Message(Role.ASSISTANT, text)
