"""How an answer is drawn and what the model is told first, in both real engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core.types import GenerationSettings, Message, Role
from tests.engine.harness import GREEDY, question, shape
from tests.engine.real import DESCRIBE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.real import RealEngine

FREE = GenerationSettings(
    max_tokens=10, temperature=2.0, top_p=1.0, top_k=0, presence_penalty=0.0, seed=11
)
TOLD = Message(Role.SYSTEM, "You look at shapes. 请只用一个词回答。")


def test_that_a_seed_gives_the_same_answer_again(real: RealEngine, tmp_path: Path) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    first, again = (real.ask(asked, settings=FREE)[0] for _ in range(2))
    assert first == again
    assert first != real.ask(asked, settings=replace(FREE, seed=12))[0]


def test_that_every_bound_on_what_is_drawn_can_leave_the_likeliest_only(
    real: RealEngine, tmp_path: Path
) -> None:
    asked = question(DESCRIBE, shape(tmp_path, "red"))
    likeliest = real.ask(asked, settings=replace(GREEDY, max_tokens=10))[0]
    assert real.ask(asked, settings=FREE)[0] != likeliest
    for bound in (replace(FREE, min_p=1.0), replace(FREE, top_k=1), replace(FREE, top_p=0.0)):
        assert real.ask(asked, settings=bound)[0] == likeliest


def test_that_a_repetition_penalty_keeps_from_saying_things_twice(
    real: RealEngine, tmp_path: Path
) -> None:
    pictures = shape(tmp_path, "red"), shape(tmp_path, "blue", "square")
    asked = question("Describe all the images.", *pictures)  # "Image 1: A ... Image 2: A ..."
    settings = replace(GREEDY, max_tokens=24)
    plain = real.ask(asked, settings=settings)[0]
    firm = real.ask(asked, settings=replace(settings, repetition_penalty=20.0))[0]
    assert firm != plain
    assert firm.split()[0] == plain.split()[0]  # nothing was said before it


def test_that_what_the_model_is_told_is_read_once(real: RealEngine, tmp_path: Path) -> None:
    red, blue = shape(tmp_path, "red"), shape(tmp_path, "blue")
    plain = real.ask(question(DESCRIBE, red))[1].usage
    told = real.ask(TOLD, question(DESCRIBE, red))[1].usage
    cost = told.prompt_tokens - plain.prompt_tokens
    assert cost > 10
    other = real.ask(TOLD, question(DESCRIBE, blue))[1].usage
    assert cost <= other.reused_tokens < other.prompt_tokens
    assert other.pictures_encoded == 1
