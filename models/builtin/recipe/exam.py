"""The questions that measure the model, as dialogues or as a folder of pictures and `exam.json`."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from recipe import dialogue, pictures
from recipe import questions as ask
from recipe import vocabulary as voc
from recipe.dialogue import Dialogue
from recipe.vocabulary import seeded

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from recipe.phrases import Language
    from recipe.scene import Kind, Scene

BASICS = ("describe", "color", "count", "countk", "yesno", "where", "box")
MORE = ("shape", "relation", "json")
# kind of picture, width and height, tasks; text is asked for twice as often
PLAN: tuple[tuple[Kind, tuple[int, int], tuple[str, ...]], ...] = (
    ("shapes", (160, 160), (*BASICS, *MORE)),
    ("shapes", (128, 128), BASICS),
    ("shapes", (192, 128), (*BASICS, *MORE)),
    ("shapes", (96, 128), ("color", "count", "yesno", "where")),
    ("shapes", (224, 256), BASICS),
    ("text", (160, 160), ("word", "word", "price", "number", "code")),
    ("text", (128, 128), ("word", "price")),
    ("text", (192, 96), ("word", "word", "price")),
    ("text", (256, 160), ("word", "price")),
    ("mixed", (128, 160), ("text", "color")),
    ("receipt", (160, 160), ("total", "price", "items", "json")),
    ("receipt", (192, 256), ("total", "price", "total", "price")),
    ("clutter", (160, 160), ("describe",)),
)
FROM_ELSEWHERE = ("describe", "color", "count", "countk", "yesno", "where", "box", "relation")
PHOTOGRAPHS = (
    "astronaut.png",
    "brick.png",
    "camera.png",
    "chelsea.png",
    "clock_motion.png",
    "coffee.png",
    "coins.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "moon.png",
    "motorcycle_left.png",
    "retina.jpg",
    "rocket.jpg",
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a picture, after earlier ones of the same conversation; `task` as shown."""

    task: str
    source: str
    dialogue: Dialogue


def _about(
    rng: random.Random, draw: Callable[[], Scene], task: str, tongue: Language
) -> tuple[str, Dialogue]:
    """A fresh picture and one question of this task and language about it."""
    while True:
        scene = draw()
        asked = task
        if scene.kind == "text":
            asked = "text"
            sorts = {voc.sort_of_print(line) for line in scene.lines}
            if task != "text" and sorts != {task}:
                continue
        exchange = ask.ASKERS[asked](rng, scene, tongue)
        if exchange is not None and exchange.task == asked:
            return task, Dialogue((scene,), (exchange,), chained=False)


def _tongues(number: int) -> Iterator[Language]:
    return itertools.islice(itertools.cycle(("en", "zh")), number)


def questions(seed: int, each: int, *, held_out: bool) -> list[Question]:
    """A fixed set: `each` questions for every line of the plan, English and Chinese in turn."""
    rng = seeded("questions", seed)
    found = []
    for kind, size, tasks in PLAN:

        def draw(kind: Kind = kind, size: tuple[int, int] = size) -> Scene:
            return pictures.draw(rng, kind, *size, held_out=held_out)

        for task in tasks:
            for tongue in _tongues(each):
                name, one = _about(rng, draw, task, tongue)
                name = f"receipt: {name}" if kind == "receipt" else name
                found.append(Question("clutter" if kind == "clutter" else name, "recipe", one))
    for index in range(each):
        count = 2 + (index % 3 == 2)
        size = ((128, 128), (160, 128))[index % 2]
        several = dialogue.about_several(rng, count, size, 4, held_out=held_out)
        for exchange in several.exchanges:
            one = Dialogue(several.scenes, (exchange,), chained=False)
            found.append(Question(f"several: {exchange.task}", "recipe", one))
        found.append(Question("follow-up", "recipe", _follow_up(rng, held_out=held_out)))
        said = dialogue.about_nothing(rng, 1).exchanges
        found.append(Question("without a picture", "recipe", Dialogue((), said, chained=False)))
    return found


def _follow_up(rng: random.Random, *, held_out: bool) -> Dialogue:
    """A conversation whose last question can be understood only after the one before."""
    while True:
        scene = pictures.draw(rng, "shapes", 160, 160, held_out=held_out)
        turns = dialogue.follow_up(rng, scene)
        if turns:
            return Dialogue((scene,), tuple(turns), chained=True)


def from_elsewhere(seed: int, each: int) -> list[Question]:
    """Questions on pictures that another program has drawn; see `other_program.py`."""
    from recipe import other_program as other  # noqa: PLC0415 - needs Qt, which training does not

    rng = seeded("elsewhere", seed)
    found = []
    jobs = [(task, task, other.shapes) for task in FROM_ELSEWHERE]
    jobs += [("word", "text", other.sign), ("word", "text", other.sign)]
    jobs += [("price", "text", other.price_tag)]
    jobs += [(f"receipt: {task}", task, other.receipt) for task in ("total", "price")]
    for name, task, draw in jobs:
        for tongue in _tongues(each):
            _, one = _about(rng, lambda draw=draw: draw(rng), task, tongue)
            found.append(Question(name, "another program", one))
    return found


def photographs() -> list[Question]:
    """Photographs that scikit-image brings along: the answer is that the model can't tell."""
    from recipe import other_program as other  # noqa: PLC0415 - as above

    found = []
    for index, name in enumerate(PHOTOGRAPHS):
        scene = other.photograph(name)
        for tongue in ("en", "zh"):
            exchange = ask.ASKERS["describe"](seeded(name, index), scene, tongue)
            if exchange is not None:
                one = Dialogue((scene,), (exchange,), chained=False)
                found.append(Question("photograph", "camera", one))
    return found


def write(asked: list[Question], folder: Path) -> None:
    """Writes the pictures as PNG and the questions beside them, for engines of any kind."""
    folder.mkdir(parents=True, exist_ok=True)
    items = []
    for number, one in enumerate(asked):
        names = []
        for index, scene in enumerate(one.dialogue.scenes):
            names.append(f"{number:04d}-{index}.png")
            Image.fromarray(scene.pixels).save(folder / names[-1])
        *before, last = one.dialogue.exchanges
        items.append(
            {
                "task": one.task,
                "source": one.source,
                "language": last.language,
                "pictures": names,
                "before": [[ask.plain(e.question), ask.plain(e.answer)] for e in before],
                "question": ask.plain(last.question),
                "answer": ask.plain(last.answer),
            }
        )
    text = json.dumps(items, ensure_ascii=False, indent=1)
    (folder / "exam.json").write_text(text, encoding="utf-8")
