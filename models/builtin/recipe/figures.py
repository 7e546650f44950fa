"""Tables of the model card from the answers of the engines."""

from __future__ import annotations

from typing import Any

TITLES = {
    "torch": "PyTorch",
    "f16": "llama.cpp F16",
    "q8_0": "llama.cpp Q8_0",
    "mlx": "MLX",
}
SOURCES = {
    "recipe": "held out",
    "another program": "from another program",
    "camera": "from a camera",
}
NAMES = {
    "color": "which colour",
    "shape": "which shape",
    "count": "how many",
    "countk": "how many of a kind",
    "yesno": "yes or no",
    "where": "where",
    "relation": "left, right, above, below",
    "box": "box (IoU 0.5)",
    "describe": "describe",
    "json": "JSON object",
    "word": "read a word",
    "price": "read a price",
    "number": "read a number",
    "code": "read letters at random",
    "text": "read among shapes",
    "clutter": "can't tell: clutter",
    "photograph": "can't tell: photographs",
    "follow-up": "follow-up question",
    "several: which": "which picture",
    "several: multi_count": "count in one of several",
    "several: multi_desc": "describe one of several",
    "several: all": "describe them all",
}
ORDER = list(NAMES)

Answered = list[dict[str, Any]]


def percent(items: Answered) -> str:
    """`97`, or a dash where nothing was asked."""
    return f"{100 * sum(item['right'] for item in items) / len(items):.0f}" if items else "–"


def _of(items: Answered, **wanted: str) -> Answered:
    return [item for item in items if all(item[key] == value for key, value in wanted.items())]


def _cell(items: Answered) -> str:
    tongues = (percent(_of(items, language=tongue)) for tongue in ("en", "zh"))
    return " / ".join(tongues)


def _place(task: str) -> tuple[int, str]:
    return (ORDER.index(task) if task in ORDER else len(ORDER), task)


def table(by_engine: dict[str, Answered]) -> list[str]:
    """Lines of Markdown: per cent right in English / Chinese, by task, for each engine."""
    first = next(iter(by_engine.values()))
    lines = [
        "| task | questions | " + " | ".join(TITLES[name] for name in by_engine) + " |",
        "|---|---|" + "---|" * len(by_engine),
    ]
    for source, title in SOURCES.items():
        part = _of(first, source=source)
        rows = [(f"**{title}**", {"source": source})]
        tasks = sorted({item["task"] for item in part}, key=_place)
        rows += [(NAMES.get(task, task), {"source": source, "task": task}) for task in tasks]
        for name, wanted in rows if part else ():
            cells = [_cell(_of(items, **wanted)) for items in by_engine.values()]
            lines.append(f"| {name} | {len(_of(first, **wanted))} | {' | '.join(cells)} |")
    cells = [_cell(items) for items in by_engine.values()]
    lines.append(f"| **all** | {len(first)} | {' | '.join(cells)} |")
    return lines


def agreement(by_engine: dict[str, Answered]) -> list[str]:
    """Sentences on how far each engine says the same as the first one, and is as often right."""
    name, *others = by_engine
    reference = {_key(item): item for item in by_engine[name]}
    lines = []
    for other in others:
        items = by_engine[other]
        same = sum(item["said"].strip() == reference[_key(item)]["said"].strip() for item in items)
        mine = sum(item["right"] for item in items)
        theirs = sum(reference[_key(item)]["right"] for item in items)
        apart = 100 * (mine - theirs) / len(items)
        lines.append(
            f"- {TITLES[other]}: the same answer as {TITLES[name]} to {same} of {len(items)} "
            f"questions; {mine} right against {theirs} ({apart:+.1f} points)."
        )
    return lines


def _key(item: dict[str, Any]) -> str:
    return f"{item['pictures']} {item['before']} {item['question']} {item['answer']}"
