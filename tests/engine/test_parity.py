"""Both real engines answer the same: 100 drawn pictures, one question each, greedily."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PIL import Image, ImageDraw

from desktop.core.types import EngineOptions, PictureLimits
from tests.engine.harness import attachment, question

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop.core.types import InstalledModel, Message
    from tests.engine.harness import WorkerPool

_COUNT = 100
_SIDE = 96  # the smallest that the model knows: an encode on a CPU takes 0.1 s
_COLOURS = {
    "red": (214, 34, 38),
    "green": (34, 152, 56),
    "blue": (28, 76, 214),
    "yellow": (246, 218, 24),
    "purple": (134, 44, 172),
    "black": (18, 18, 18),
}
_QUESTIONS = (
    "Describe this image.",
    "How many shapes are there?",
    "What colour is the {kind}?",
    "Where is the {colour} {kind}?",
    "请用中文描述这张图片",
    "图中有几个图形？",
)


def drawn(folder: Path, number: int) -> Message:
    """One to three shapes in cells of a 3 x 3 grid, and a question; the same at every run."""
    rng = random.Random(20_000 + number)
    paper = rng.choice([(255, 255, 255), (238, 238, 232), (222, 230, 240)])
    picture = Image.new("RGB", (_SIDE, _SIDE), paper)
    draw = ImageDraw.Draw(picture)
    things = []
    for cell in rng.sample(range(9), rng.choice([1, 1, 2, 3])):
        colour, kind = rng.choice(list(_COLOURS)), rng.choice(["circle", "square", "triangle"])
        things.append((colour, kind))
        half = rng.randint(10, 14)
        x, y = (_SIDE // 6) * (1 + 2 * (cell % 3)), (_SIDE // 6) * (1 + 2 * (cell // 3))
        box = (x - half, y - half, x + half, y + half)
        match kind:
            case "circle":
                draw.ellipse(box, fill=_COLOURS[colour])
            case "square":
                draw.rectangle(box, fill=_COLOURS[colour])
            case _:
                corners = [(x, y - half), (x - half, y + half), (x + half, y + half)]
                draw.polygon(corners, fill=_COLOURS[colour])
    path = folder / f"{number}.png"
    picture.save(path)
    colour, kind = things[0]
    asked = _QUESTIONS[number % len(_QUESTIONS)].format(colour=colour, kind=kind)
    return question(asked, attachment(path))


def answers(
    pool: WorkerPool, model: InstalledModel, messages: Sequence[Message]
) -> list[tuple[str, int]]:
    """Each message's answer and the tokens of its prompt."""
    worker = pool.worker(model.engine)
    options = EngineOptions(context_length=512, threads=1)
    worker.load(replace(model, pictures=PictureLimits(9, 64, 9)), options)
    found = [worker.ask([message]) for message in messages]
    return [(text, finished.usage.prompt_tokens) for text, finished in found]


@pytest.mark.timeout(300)
def test_that_both_engines_answer_alike(
    pool: WorkerPool, builtin: InstalledModel, builtin_mlx: InstalledModel, tmp_path: Path
) -> None:
    messages = [drawn(tmp_path, number) for number in range(_COUNT)]
    with ThreadPoolExecutor(2) as threads:
        tasks = [threads.submit(answers, pool, model, messages) for model in (builtin, builtin_mlx)]
        llama, mlx = (task.result() for task in tasks)
    assert [tokens for _, tokens in llama] == [tokens for _, tokens in mlx]
    assert len({text for text, _ in llama}) > 30  # the pictures make the difference
    different = [pair for pair in zip(llama, mlx, strict=True) if pair[0] != pair[1]]
    assert len(different) <= _COUNT * 0.05, different
