"""The questions that measure the model, as dialogues or as a folder of pictures and `exam.json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PIL import Image

from recipe import dialogue, pictures
from recipe import questions as ask
from recipe.dialogue import Dialogue
from recipe.vocabulary import seeded

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from recipe.phrases import Language
    from recipe.scene import Kind

BASICS = ("describe", "color", "count", "countk", "yesno", "where", "box")
# kind of picture, width and height, tasks
PLAN: tuple[tuple[Kind, tuple[int, int], tuple[str, ...]], ...] = (
    ("shapes", (128, 128), BASICS),
    ("shapes", (192, 160), BASICS),
    ("shapes", (224, 256), ("shape", "relation", "json", "count", "where", "box")),
    ("text", (128, 128), ("text",)),
    ("text", (192, 96), ("text",)),
    ("text", (256, 160), ("text",)),
    ("mixed", (128, 160), ("text", "color")),
    ("receipt", (160, 160), ("total", "price", "items")),
    ("receipt", (192, 256), ("total", "price", "json")),
    ("clutter", (128, 128), ("describe",)),
)


def _about(
    rng: random.Random,
    kind: Kind,
    size: tuple[int, int],
    task: str,
    tongue: Language,
    *,
    held_out: bool,
) -> Dialogue:
    """A fresh picture and one question of this task and language about it."""
    while True:
        scene = pictures.draw(rng, kind, *size, held_out=held_out)
        exchange = ask.ASKERS[task](rng, scene, tongue)
        if exchange is not None and exchange.task == task:
            return Dialogue((scene,), (exchange,), chained=False)


def questions(seed: int, each: int, *, held_out: bool) -> list[Dialogue]:
    """A fixed set: `each` questions for every line of the plan, English and Chinese in turn."""
    rng = seeded("questions", seed)
    found = []
    for kind, size, tasks in PLAN:
        for task in tasks:
            for index in range(each):
                tongue: Language = "zh" if index % 2 else "en"
                found.append(_about(rng, kind, size, task, tongue, held_out=held_out))
    for index in range(each):
        count = 2 + (index % 3 == 2)
        several = dialogue.about_several(rng, count, (128, 128), 4, held_out=held_out)
        found += [Dialogue(several.scenes, (e,), chained=False) for e in several.exchanges]
    for _ in range(each):
        found.append(Dialogue((), dialogue.about_nothing(rng, 1).exchanges, chained=False))
    return found


def write(dialogues: list[Dialogue], folder: Path) -> None:
    """Writes the pictures as PNG and the questions beside them, for engines of any kind."""
    folder.mkdir(parents=True, exist_ok=True)
    items = []
    for number, one in enumerate(dialogues):
        names = []
        for index, scene in enumerate(one.scenes):
            names.append(f"{number:04d}-{index}.png")
            Image.fromarray(scene.pixels).save(folder / names[-1])
        exchange = one.exchanges[0]
        items.append(
            {
                "task": exchange.task,
                "kind": one.scenes[0].kind if one.scenes else "none",
                "language": exchange.language,
                "pictures": names,
                "question": ask.plain(exchange.question),
                "answer": ask.plain(exchange.answer),
            }
        )
    text = json.dumps(items, ensure_ascii=False, indent=1)
    (folder / "exam.json").write_text(text, encoding="utf-8")
