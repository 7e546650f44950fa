"""Which questions are put to which picture, one after another or in one conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recipe import phrases, pictures
from recipe import questions as ask
from recipe import vocabulary as voc
from recipe.questions import Exchange
from recipe.scene import Scene

if TYPE_CHECKING:
    import random
    from collections.abc import Collection

    from recipe.phrases import Language
    from recipe.scene import Shape

WEIGHTS: dict[str, dict[str, float]] = {
    "shapes": {
        "describe": 1.8,
        "color": 1.4,
        "shape": 0.7,
        "count": 1.9,
        "countk": 3.0,
        "yesno": 1.6,
        "where": 1.8,
        "box": 3.2,
        "relation": 3.2,
        "json": 0.4,
        "text": 0.15,
        "total": 0.1,
    },
    "mixed": {
        "describe": 1.2,
        "color": 0.8,
        "count": 0.5,
        "countk": 0.5,
        "yesno": 0.7,
        "where": 0.7,
        "box": 0.6,
        "text": 3.0,
        "total": 0.1,
    },
    "text": {"describe": 0.8, "text": 4.0, "json": 0.4, "total": 0.12},
    "receipt": {
        "describe": 0.6,
        "total": 1.8,
        "price": 6.0,
        "items": 0.6,
        "text": 0.5,
        "json": 0.4,
    },
    "clutter": {"describe": 2.0, "total": 0.2},
}


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Questions on the same pictures: each on its own, or (`chained`) one after another."""

    scenes: tuple[Scene, ...]
    exchanges: tuple[Exchange, ...]
    chained: bool


def language(rng: random.Random) -> Language:
    """Evenly English and Chinese."""
    return "zh" if rng.random() < 0.5 else "en"


def exchanges(
    rng: random.Random, scene: Scene, number: int, tasks: Collection[str] = ()
) -> list[Exchange]:
    """Up to this many different questions on one picture."""
    weights = {t: w for t, w in WEIGHTS[scene.kind].items() if not tasks or t in tasks}
    found: dict[tuple[str, str], Exchange] = {}
    for _ in range(number * 4):
        task = rng.choices(list(weights), list(weights.values()))[0]
        exchange = ask.ASKERS[task](rng, scene, language(rng))
        if exchange is not None:
            found.setdefault((exchange.task, exchange.answer), exchange)
        if len(found) == number:
            break
    return list(found.values())


def follow_up(rng: random.Random, scene: Scene) -> list[Exchange]:
    """A question and one that can be understood only after it."""
    single = [s for s in scene.shapes if len(scene.of_kind(s.kind)) == 1]
    if len(single) < 2:
        return []
    first, second = rng.sample(single, 2)
    tongue = language(rng)

    def put(task: str, shape: Shape) -> Exchange:
        name = ask.thing("", shape.kind, tongue)
        text = rng.choice(phrases.QUESTIONS[task, tongue]).format(s=name, z=name)
        return Exchange(
            "color" if task == "color" else "follow", tongue, text, ask.color_answer(shape, tongue)
        )

    return [put("color", first), put("and_color", second)]


def about_one(rng: random.Random, scene: Scene, number: int) -> Dialogue:
    """Questions on one picture; a quarter of them as a conversation."""
    if rng.random() >= 0.25:
        return Dialogue((scene,), tuple(exchanges(rng, scene, number)), chained=False)
    follow = follow_up(rng, scene) if rng.random() < 0.5 else []
    others = exchanges(rng, scene, max(1, number - len(follow)))
    put_first = rng.random() < 0.5
    turns = [*follow, *others] if put_first else [*others, *follow]
    return Dialogue((scene,), tuple(turns), chained=True)


def _which(rng: random.Random, scenes: list[Scene], tongue: Language) -> Exchange | None:
    """Asks for something that exactly one of the pictures has."""
    kinds = [{("", s.kind) for s in scene.shapes} for scene in scenes]
    whole = [{(s.color, s.kind) for s in scene.shapes} for scene in scenes]
    sets = kinds if rng.random() < 0.5 else whole
    only = [
        (index, what)
        for index, here in enumerate(sets)
        for what in sorted(here)
        if sum(what in other for other in sets) == 1
    ]
    if not only:
        return None
    index, what = rng.choice(only)
    name = ask.thing(*what, tongue)
    question = rng.choice(phrases.QUESTIONS["which", tongue]).format(s=name, z=name)
    answer = f"The {voc.ORDINALS[index]} image has {ask.with_article(name)}."
    if tongue == "zh":
        answer = f"第{voc.ORDINALS_ZH[index]}张图片里有{name}。"
    return Exchange("which", tongue, question.replace(" a o", " an o"), answer)


def all_of_them(rng: random.Random, scenes: list[Scene], tongue: Language) -> Exchange:
    """Asks for each picture to be described in turn."""
    said = [ask.describe(scene, tongue) for scene in scenes]
    if tongue == "zh":
        answer = "".join(f"图{number}：{text}" for number, text in enumerate(said, 1))
    else:
        answer = " ".join(f"Image {number}: {text}" for number, text in enumerate(said, 1))
    return Exchange("all", tongue, rng.choice(phrases.QUESTIONS["all", tongue]), answer)


def about_several(
    rng: random.Random,
    count: int,
    size: tuple[int, int],
    number: int,
    *,
    held_out: bool = False,
) -> Dialogue:
    """Questions on two or three pictures of simple shapes."""
    scenes = [
        pictures.draw(
            rng,
            rng.choices(("shapes", "text"), (9, 1))[0],
            *size,
            most=rng.choice((1, 1, 2, 3)),
            held_out=held_out,
        )
        for _ in range(count)
    ]
    found: dict[str, Exchange] = {}
    for _ in range(number * 4):
        tongue = language(rng)
        task = rng.choices(("which", "multi_count", "multi_desc", "all"), (3, 1.2, 1.5, 1.3))[0]
        index = rng.randrange(count)
        if task == "which":
            exchange = _which(rng, scenes, tongue)
        elif task == "all":
            exchange = all_of_them(rng, scenes, tongue)
        else:
            name = (voc.ORDINALS_ZH if tongue == "zh" else voc.ORDINALS)[index]
            text = rng.choice(phrases.QUESTIONS[task, tongue]).format(s=name, z=name)
            say = ask.count if task == "multi_count" else ask.describe
            exchange = Exchange(task, tongue, text, say(scenes[index], tongue))
        if exchange is not None:
            found.setdefault(exchange.question, exchange)
        if len(found) == number:
            break
    return Dialogue(tuple(scenes), tuple(found.values()), chained=False)


def about_nothing(rng: random.Random, number: int) -> Dialogue:
    """Talk without any picture: greetings, and questions that can't be answered."""
    turns = []
    for _ in range(number):
        if rng.random() < 0.35:
            turns.append(Exchange("chat", *rng.choice(phrases.CHAT)))
            continue
        tongue = language(rng)
        tasks = ("describe", "color", "count", "text", "total", "yesno", "where")
        kind = ask.thing(rng.choice(("", *voc.COLORS)), rng.choice(voc.SHAPES), tongue)
        text = rng.choice(phrases.QUESTIONS[rng.choice(tasks), tongue]).format(s=kind, z=kind)
        turns.append(
            Exchange("chat", tongue, text.replace(" a o", " an o"), phrases.NO_PICTURE[tongue])
        )
    return Dialogue((), tuple(turns), chained=rng.random() < 0.25)
