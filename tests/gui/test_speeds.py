"""Measured speeds: noted, kept, and told again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from desktop.core.types import EngineKind, InstalledModel, Timings, Usage
from desktop.engine.api import ModelLoaded, Phase, PromptPrepared, PromptProgress, WorkerReady
from desktop.gui.speeds import Estimate, SpeedBook, SpeedMeter, speed_key

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.engine.api import EngineEvent


class Bridge(QObject):
    """Says what a test wants to be heard."""

    event_received = Signal(object)


class State:
    """A loaded model."""

    def __init__(self, folder: Path, *, has_gpu: bool = False) -> None:
        self.model = InstalledModel("m", "M", EngineKind.FAKE, folder / "m", None)
        self.loaded = ModelLoaded("m", 8192, has_gpu, can_see=True, threads=2, load_s=0.1)


class Bench:
    def __init__(self, folder: Path, tokens: list[int], *, has_gpu: bool = False) -> None:
        self.bridge = Bridge()
        self.book = SpeedBook()
        self.memory = iter([100, 100, 700, 400])
        self.tokens = tokens
        self.meter = SpeedMeter(
            self.bridge,  # type: ignore[arg-type]
            State(folder, has_gpu=has_gpu),  # type: ignore[arg-type]
            lambda: self.tokens,
            self.book,
            self.bridge,
            memory_of=lambda pid: next(self.memory),
        )

    def say(self, *events: EngineEvent) -> None:
        for event in events:
            self.bridge.event_received.emit(event)


def prepared(tokens: int, encoded: int = 1, seconds: float = 2.0) -> PromptPrepared:
    usage = Usage(prompt_tokens=tokens + 20, reused_tokens=0, pictures_encoded=encoded)
    timings = Timings(encode_s=seconds * 0.75, prefill_s=seconds * 0.25)
    return PromptPrepared("r", is_complete=True, usage=usage, timings=timings)


def test_that_nothing_is_said_before_it_is_measured() -> None:
    assert SpeedBook().estimate("m", 1000) is None


def test_that_a_picture_takes_what_others_of_its_size_took() -> None:
    book = SpeedBook()
    book.note("m", [1000], 4.0, 500)
    assert book.estimate("m", 500) == Estimate(2.0, 500)
    assert book.estimate("other", 500) is None


def test_that_each_size_has_a_speed_of_its_own_and_the_nearest_stands_in() -> None:
    book = SpeedBook()
    book.note("m", [256], 0.256, None)
    book.note("m", [2000], 8.0, None)
    small, large = book.estimate("m", 200), book.estimate("m", 1500)
    assert small is not None
    assert small.seconds == pytest.approx(0.2)
    assert large is not None
    assert large.seconds == pytest.approx(6.0)


def test_that_several_pictures_are_counted_together() -> None:
    book = SpeedBook()
    book.note("m", [1000, 600], 3.2, None)
    estimate = book.estimate("m", 1000)
    assert estimate is not None
    assert estimate.seconds == pytest.approx(2.0)


def test_that_newer_measurements_count_more_and_memory_is_the_most_seen() -> None:
    book = SpeedBook()
    book.note("m", [1000], 4.0, 500)
    book.note("m", [1000], 2.0, None)
    assert book.estimate("m", 1000) == Estimate(3.0, 500)


def test_that_nonsense_is_not_noted() -> None:
    book = SpeedBook()
    book.note("m", [], 1.0, None)
    book.note("m", [100], 0.0, None)
    assert book.estimate("m", 100) is None


def test_that_speeds_survive_the_end_of_the_app(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "speeds.json"
    book = SpeedBook(path)
    book.note("m", [1000], 4.0, 500)
    qtbot.waitUntil(path.exists)
    assert SpeedBook(path).estimate("m", 1000) == Estimate(4.0, 500)


def test_that_a_model_of_two_engines_has_two_speeds() -> None:
    model = InstalledModel("m", "M", EngineKind.LLAMA_CPP, Path("m.gguf"), None)
    keys = {speed_key(model), speed_key(replace(model, engine=EngineKind.MLX))}
    assert len(keys) == 2
    assert "m" in keys, "what was measured before there were two is kept"


@pytest.mark.parametrize("content", ["", "[]", '{"m": {"x": 1}}', '{"m": 3}'])
def test_that_a_damaged_file_counts_as_empty(tmp_path: Path, content: str) -> None:
    path = tmp_path / "speeds.json"
    path.write_text(content)
    assert SpeedBook(path).estimate("m", 1000) is None


def test_that_a_preparation_is_measured_with_its_memory(tmp_path: Path, qtbot: QtBot) -> None:
    bench = Bench(tmp_path, [1000])
    progress = [PromptProgress("r", Phase.ENCODE, done, 4) for done in (0, 1, 2, 3)]
    bench.say(WorkerReady(7), *progress, prepared(1000))
    assert bench.book.estimate("m", 1000) == Estimate(2.0, 600)


def test_that_the_memory_of_a_gpu_is_not_guessed(tmp_path: Path, qtbot: QtBot) -> None:
    bench = Bench(tmp_path, [1000], has_gpu=True)
    bench.say(WorkerReady(7), PromptProgress("r", Phase.ENCODE, 0, 4), prepared(1000))
    assert bench.book.estimate("m", 1000) == Estimate(2.0, None)


@pytest.mark.parametrize(
    "event",
    [
        prepared(1000, encoded=2),  # another one was looked at as well
        prepared(1000, encoded=0),  # it was known already
        prepared(500),  # not all of it was read
        prepared(9000),  # a long conversation was read too
        PromptPrepared("r", is_complete=False, usage=prepared(1000).usage, timings=Timings(1, 1)),
    ],
)
def test_that_what_is_not_about_these_pictures_alone_is_no_measure(
    tmp_path: Path, qtbot: QtBot, event: PromptPrepared
) -> None:
    bench = Bench(tmp_path, [1000])
    bench.say(event)
    assert bench.book.estimate("m", 1000) is None
