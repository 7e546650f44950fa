"""Measures an export with one engine: `python -m recipe.evaluate EXPORT --engine f16`.

The held-out exam has fonts, words and compositions that training never shows, pictures from another
program, and photographs. Answers count when they are exactly right; boxes when they cover the right
one well (IoU of at least one half).
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import time
from pathlib import Path
from typing import Any

from recipe import engines, exam, figures

LOG = logging.getLogger("recipe.evaluate")
HELD_OUT_SEED = 20270102
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


def items_in(folder: Path, each: int = 10, elsewhere: int = 14) -> list[dict[str, Any]]:
    """The exam's questions; draws its pictures when the folder has none."""
    listed = folder / "exam.json"
    if not listed.exists():
        asked = exam.questions(HELD_OUT_SEED, each, held_out=True)
        asked += exam.from_elsewhere(HELD_OUT_SEED, elsewhere) + exam.photographs()
        exam.write(asked, folder)
    found: list[dict[str, Any]] = json.loads(listed.read_text("utf-8"))
    return found


def answers(engine: engines.Engine, folder: Path, asked: list[dict[str, Any]]) -> list[str]:
    """What the engine says to every question."""
    return [
        engine.ask([folder / name for name in item["pictures"]], item["question"], item["before"])
        for item in asked
    ]


def main() -> None:
    """Reads the command line, asks, writes the answers, shows the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("export", type=Path)
    parser.add_argument("--engine", choices=engines.NAMES, default="f16")
    parser.add_argument("--each", type=int, default=10, help="questions a line of the plan")
    parser.add_argument("--every", type=int, default=1, help="ask only every so manieth question")
    parser.add_argument("--exam", type=Path, help="where the pictures go; default: EXPORT/exam")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = options.exam or options.export / "exam"
    asked = items_in(folder, options.each)[:: options.every]
    began = time.monotonic()
    said = answers(engines.start(options.engine, options.export), folder, asked)
    seconds = (time.monotonic() - began) / len(asked)
    for item, answer in zip(asked, said, strict=True):
        item["said"], item["right"] = answer, is_right(item, answer)
    listed = json.dumps(asked, ensure_ascii=False, indent=1)
    (options.export / f"answers-{options.engine}.json").write_text(listed, "utf-8")
    LOG.info("%s, %.2f s a question", options.engine, seconds)
    LOG.info("\n".join(figures.table({options.engine: asked})))


if __name__ == "__main__":
    main()
