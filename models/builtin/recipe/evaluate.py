"""Measures an export: `python -m recipe.evaluate EXPORT --engine f16`.

The held-out exam has fonts, words and compositions that training never shows. Answers count when
they are exactly right; boxes also by how far they cover the right one (IoU of at least one half).
"""

from __future__ import annotations

import argparse
import collections
import json
import logging
import re
import time
from pathlib import Path

from recipe import engines, exam

LOG = logging.getLogger("recipe.evaluate")
HELD_OUT_SEED = 20270101
BOX = re.compile(r"\[(\d+), ?(\d+), ?(\d+), ?(\d+)\]")


def overlap(said: str, right: str) -> float:
    """Intersection over union of the first box in each text."""
    found = [BOX.search(text) for text in (said, right)]
    if found[0] is None or found[1] is None:
        return 0.0
    first, second = (tuple(map(int, match.groups())) for match in found)
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    both = max(0, width) * max(0, height)
    areas = sum(max(0, b[2] - b[0]) * max(0, b[3] - b[1]) for b in (first, second))
    return both / (areas - both) if areas > both else 0.0


def is_right(item: dict[str, str], said: str) -> bool:
    """Exact for everything but boxes, which may be off a little."""
    if item["task"] == "box":
        return overlap(said, item["answer"]) >= 0.5
    return said.strip() == item["answer"]


def answers(engine: engines.Engine, folder: Path) -> tuple[list[str], float]:
    """What the engine says to every question, and how many seconds one takes on average."""
    items = json.loads((folder / "exam.json").read_text("utf-8"))
    began = time.monotonic()
    said = [
        engine.ask([folder / name for name in item["pictures"]], item["question"]) for item in items
    ]
    return said, (time.monotonic() - began) / len(items)


def table(items: list[dict[str, str]], said: list[str]) -> list[str]:
    """Lines of a Markdown table: per cent right by task, then by language."""
    counts: dict[str, dict[str, list[bool]]] = collections.defaultdict(lambda: {"en": [], "zh": []})
    for item, answer in zip(items, said, strict=True):
        right = is_right(item, answer)
        name = (
            item["task"]
            if item["kind"] in {"shapes", "none"}
            else f"{item['task']} ({item['kind']})"
        )
        for row in (name, "all"):
            counts[row][item["language"]].append(right)
    lines = ["| task | n | English | Chinese | both |", "|---|---|---|---|---|"]
    for name in sorted(counts, key=lambda row: (row == "all", row)):
        english, chinese = counts[name]["en"], counts[name]["zh"]
        cells = [
            f"{100 * sum(part) / len(part):.0f} %" if part else "–"
            for part in (english, chinese, english + chinese)
        ]
        lines.append(f"| {name} | {len(english + chinese)} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Reads the command line, asks everything, writes the answers and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("export", type=Path)
    parser.add_argument("--engine", choices=("torch", "f16", "q8_0", "mlx"), default="f16")
    parser.add_argument("--each", type=int, default=10, help="questions a line of the plan")
    parser.add_argument("--exam", type=Path, help="where the pictures go; default: EXPORT/exam")
    parser.add_argument("--write-only", action="store_true", help="write the exam, ask nothing")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = options.exam or options.export / "exam"
    if not (folder / "exam.json").exists():
        exam.write(exam.questions(HELD_OUT_SEED, options.each, held_out=True), folder)
    if options.write_only:
        return
    said, seconds = answers(engines.start(options.engine, options.export), folder)
    items = json.loads((folder / "exam.json").read_text("utf-8"))
    listed = json.dumps(said, ensure_ascii=False, indent=0)
    (options.export / f"answers-{options.engine}.json").write_text(listed, "utf-8")
    LOG.info("%s, %.2f s a question", options.engine, seconds)
    LOG.info("\n".join(table(items, said)))


if __name__ == "__main__":
    main()
