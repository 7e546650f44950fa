"""Questions about scenes and their right answers.

Printed strings inside questions and answers stand between `MARK`s: the tokenizer gives them one
token a character, so that reading is copying, letter by letter.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recipe import phrases
from recipe import vocabulary as voc
from recipe.phrases import Language

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from recipe.scene import Scene, Shape

MARK = "\ue000"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer; both may hold marks."""

    task: str
    language: Language
    question: str
    answer: str


def plain(text: str) -> str:
    """The text as people see it."""
    return text.replace(MARK, "")


def printed(text: str) -> str:
    """Marks a string that is printed in the picture."""
    return f"{MARK}{text}{MARK}"


def thing(color: str, kind: str, language: Language) -> str:
    """`red circle`; either part may be empty."""
    if language == "zh":
        return voc.COLORS_ZH.get(color, "") + voc.SHAPES_ZH.get(kind, "图形")
    return f"{color} {kind or 'shape'}".strip()


def with_article(name: str) -> str:
    """`a red circle`, `an orange star`."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _ask(rng: random.Random, task: str, language: Language, name: str = "") -> str:
    text = rng.choice(phrases.QUESTIONS[task, language])
    return text.format(s=name, z=name).replace(" a o", " an o")


def _plural(name: str, count: int) -> str:
    return name if count == 1 else name + "s"


def _name_for(rng: random.Random, scene: Scene, shape: Shape, language: Language) -> str | None:
    """The shortest or the full name, if it means only this shape."""
    same = [s for s in scene.of_kind(shape.kind) if s.color == shape.color]
    if len(same) > 1:
        return None
    short = len(scene.of_kind(shape.kind)) == 1 and rng.random() < 0.4
    return thing("" if short else shape.color, shape.kind, language)


def describe(scene: Scene, language: Language) -> str:
    """The whole picture in a sentence, shapes in reading order."""
    zh = language == "zh"
    if scene.kind == "clutter":
        return phrases.UNCLEAR[language]
    if scene.kind == "receipt":
        count, total = len(scene.goods), printed(scene.total)
        if zh:
            return f"一张有{voc.NUMBERS_ZH[count]}件商品的小票，总计{total}。"
        return f"A receipt with {count} {_plural('item', count)} and a total of {total}."
    text = printed(" ".join(scene.lines))
    if scene.kind == "text":
        return f'图片中写着"{text}"。' if zh else f'An image with the text "{text}".'
    if zh:
        parts = [
            f"{voc.PLACES_ZH[s.cell[0]][s.cell[1]]}有一个{thing(s.color, s.kind, 'zh')}"
            for s in scene.shapes
        ]
        return "图中" + "，".join(parts) + (f'，还有文字"{text}"' if scene.lines else "") + "。"
    parts = [
        f"{with_article(thing(s.color, s.kind, 'en'))} {voc.PLACES[s.cell[0]][s.cell[1]]}"
        for s in scene.shapes
    ]
    listed = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
    return (
        listed[0].upper() + listed[1:] + (f', with the text "{text}"' if scene.lines else "") + "."
    )


def _counted(count: int, name: str, language: Language) -> str:
    if language == "zh":
        return f"图中有{voc.NUMBERS_ZH[count]}个{name}。" if count else f"图中没有{name}。"
    if count == 0:
        return f"There are no {name}s."
    return f"There {'is' if count == 1 else 'are'} {count} {_plural(name, count)}."


def count(scene: Scene, language: Language) -> str:
    """How many shapes there are."""
    return _counted(len(scene.shapes), thing("", "", language), language)


def _describe(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    return Exchange(
        "describe", language, _ask(rng, "describe", language), describe(scene, language)
    )


def _count(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    return Exchange("count", language, _ask(rng, "count", language), count(scene, language))


def _count_kind(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    shown = rng.choice(scene.shapes)
    kind = rng.choice(voc.SHAPES) if rng.random() < 0.35 else shown.kind
    color = ""
    if rng.random() < 0.3:
        color, kind = rng.choice((shown.color, rng.choice(list(voc.COLORS)))), ""
    found = [s for s in scene.shapes if kind in {"", s.kind} and color in {"", s.color}]
    name = thing(color, kind, language)
    question = _ask(rng, "countk", language, name + ("s" if language == "en" else ""))
    return Exchange("countk", language, question, _counted(len(found), name, language))


def _absent(kind: str, language: Language) -> str:
    name = thing("", kind, language)
    return f"图中没有{name}。" if language == "zh" else f"There is no {name}."


def color_answer(shape: Shape, language: Language) -> str:
    """A sentence such as `The circle is red`."""
    if language == "zh":
        return f"{voc.SHAPES_ZH[shape.kind]}是{voc.COLORS_ZH[shape.color]}的。"
    return f"The {shape.kind} is {shape.color}."


def _color(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    single = [s for s in scene.shapes if len(scene.of_kind(s.kind)) == 1]
    missing = [kind for kind in voc.SHAPES if not scene.of_kind(kind)]
    if missing and rng.random() < 0.12:
        kind = rng.choice(missing)
        question = _ask(rng, "color", language, thing("", kind, language))
        return Exchange("absent", language, question, _absent(kind, language))
    if not single:
        return None
    shape = rng.choice(single)
    question = _ask(rng, "color", language, thing("", shape.kind, language))
    return Exchange("color", language, question, color_answer(shape, language))


def _shape(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    single = [s for s in scene.shapes if sum(o.color == s.color for o in scene.shapes) == 1]
    if not single:
        return None
    shape = rng.choice(single)
    if language == "zh":
        name = voc.COLORS_ZH[shape.color]
        answer = f"{name}的图形是{voc.SHAPES_ZH[shape.kind]}。"
    else:
        name = shape.color
        answer = f"The {shape.color} shape is a {shape.kind}."
    return Exchange("shape", language, _ask(rng, "shape", language, name), answer)


def _candidates(rng: random.Random, scene: Scene) -> list[tuple[str, str]]:
    """Things that are not there, the most misleading ones first."""
    there = {(s.color, s.kind) for s in scene.shapes}
    swapped = [(a.color, b.kind) for a in scene.shapes for b in scene.shapes]
    shown = rng.choice(scene.shapes)
    near = [
        (shown.color, rng.choice(voc.SHAPES)),
        (rng.choice(list(voc.COLORS)), shown.kind),
        (rng.choice(list(voc.COLORS)), rng.choice(voc.SHAPES)),
        ("", rng.choice(voc.SHAPES)),
    ]
    rng.shuffle(near)
    pool = [*(swapped if rng.random() < 0.4 else []), *near]
    kinds = {kind for _, kind in there}
    return [c for c in pool if c not in there and not (c[0] == "" and c[1] in kinds)]


def _yes_no(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    wrong = _candidates(rng, scene)
    if rng.random() < 0.5:
        shape = rng.choice(scene.shapes)
        color, kind = ("" if rng.random() < 0.3 else shape.color), shape.kind
        name = thing(color, kind, language)
        answer = (
            f"有，图中有{name}。" if language == "zh" else f"Yes, there is {with_article(name)}."
        )
    elif wrong:
        name = thing(*wrong[0], language)
        answer = f"没有，图中没有{name}。" if language == "zh" else f"No, there is no {name}."
    else:
        return None
    return Exchange("yesno", language, _ask(rng, "yesno", language, name), answer)


def _where(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    shape = rng.choice(scene.shapes)
    name = _name_for(rng, scene, shape, language)
    if name is None:
        return None
    row, column = shape.cell
    question = _ask(rng, "where", language, name)
    if language == "zh":
        return Exchange("where", language, question, f"{name}在{voc.PLACES_ZH[row][column]}。")
    return Exchange("where", language, question, f"The {name} is {voc.PLACES[row][column]}.")


def thousandths(box: tuple[float, float, float, float], scene: Scene) -> list[int]:
    """A box in steps of ten on Qwen's scale from 0 to 1000."""
    sides = (scene.width, scene.height, scene.width, scene.height)
    return [min(1000, max(0, round(v / s * 100) * 10)) for v, s in zip(box, sides, strict=True)]


def _box(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    shape = rng.choice(scene.shapes)
    name = _name_for(rng, scene, shape, language)
    if name is None:
        return None
    found = {"bbox_2d": thousandths(shape.box, scene), "label": name}
    answer = json.dumps(found, ensure_ascii=False)
    return Exchange("box", language, _ask(rng, "box", language, name), answer)


def _relation(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    if len(scene.shapes) < 2:
        return None
    first, second = rng.sample(scene.shapes, 2)
    names = [_name_for(rng, scene, s, language) for s in (first, second)]
    apart = (first.x - second.x) / scene.width, (first.y - second.y) / scene.height
    if None in names or max(abs(part) for part in apart) < 0.12:
        return None
    axis = 0 if abs(apart[0]) > abs(apart[1]) else 1
    side = (("left", "right"), ("above", "below"))[axis][apart[axis] > 0]
    opposite = {"left": "right", "right": "left", "above": "below", "below": "above"}[side]
    asked = side if rng.random() < 0.5 else opposite
    # The side comes before yes or no: read off the picture first, then compared with the question.
    if language == "zh":
        question = f"{names[0]}在{names[1]}的{phrases.SIDES[asked][1]}吗？"
        said = f"{names[0]}在{names[1]}的{phrases.SIDES[side][1]}"
        said += "，是的。" if asked == side else "，不是。"
        return Exchange("relation", language, question, said)
    question = f"Is the {names[0]} {phrases.SIDES[asked][0]} the {names[1]}?"
    said = f"The {names[0]} is {phrases.SIDES[side][0]} the {names[1]}"
    said += ": yes." if asked == side else ": no."
    return Exchange("relation", language, question, said)


def _text(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    question = _ask(rng, "text", language)
    if scene.kind == "receipt":
        return Exchange("lines", language, question, printed("\n".join(scene.lines)))
    if not scene.lines:
        return Exchange("absent", language, question, phrases.NO_TEXT[language])
    said = printed(" ".join(scene.lines))
    answer = f'文字是"{said}"。' if language == "zh" else f'The text says "{said}".'
    return Exchange("text", language, question, answer)


def _total(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    question = _ask(rng, "total", language)
    if scene.kind != "receipt":
        return Exchange("absent", language, question, phrases.NO_TOTAL[language])
    total = printed(scene.total)
    answer = f"总计是{total}。" if language == "zh" else f"The total is {total}."
    return Exchange("total", language, question, answer)


def _price(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    name, price = (printed(part) for part in rng.choice(scene.goods))
    answer = f"{name}的价格是{price}。" if language == "zh" else f"{name} costs {price}."
    return Exchange("price", language, _ask(rng, "price", language, name), answer)


def _items(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    number = len(scene.goods)
    answer = f"There {'is' if number == 1 else 'are'} {number} {_plural('item', number)}."
    if language == "zh":
        answer = f"有{voc.NUMBERS_ZH[number]}件商品。"
    return Exchange("items", language, _ask(rng, "items", language), answer)


def _json(rng: random.Random, scene: Scene, language: Language) -> Exchange | None:
    zh = language == "zh"
    values: dict[str, object] = {}
    if scene.kind == "receipt":
        values = {"items": len(scene.goods), "total": printed(scene.total)}
    elif scene.kind == "text":
        values = {"text": printed(" ".join(scene.lines))}
    elif len(scene.shapes) == 1:
        only = scene.shapes[0]
        values = {
            "shape": voc.SHAPES_ZH[only.kind] if zh else only.kind,
            "color": voc.COLORS_ZH[only.color] if zh else only.color,
        }
    else:
        values = {"count": len(scene.shapes)}
    asked = rng.sample(list(values), rng.randint(1, len(values)))
    listed = " and ".join(f'"{name}"' for name in asked)
    question = rng.choice(phrases.QUESTIONS["json", language]).format(f=listed)
    answer = json.dumps({name: values[name] for name in asked}, ensure_ascii=False)
    return Exchange("json", language, question, answer)


ASKERS: dict[str, Callable[[random.Random, Scene, Language], Exchange | None]] = {
    "describe": _describe,
    "color": _color,
    "shape": _shape,
    "count": _count,
    "countk": _count_kind,
    "yesno": _yes_no,
    "where": _where,
    "box": _box,
    "relation": _relation,
    "text": _text,
    "total": _total,
    "price": _price,
    "items": _items,
    "json": _json,
}
