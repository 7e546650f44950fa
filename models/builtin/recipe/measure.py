"""Exact answers by task, teacher-forced: all tokens right is the same as greedy and exact."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

import torch

from recipe.batches import collate
from recipe.vocabulary import seeded

if TYPE_CHECKING:
    from recipe.dialogue import Dialogue
    from recipe.exam import Question
    from recipe.model import Reader

Counts = dict[tuple[str, str], tuple[int, int]]


@torch.no_grad()
def is_exact(model: Reader, one: Dialogue) -> bool:
    """Whether every token of the answer is the model's first choice."""
    batch = collate(seeded(0), [one])
    seen, deep = model.see(batch) if one.scenes else (batch.patches, [])
    right = model.read(batch, seen, deep).argmax(-1) == batch.answers
    return bool(right.all())


def by_task(model: Reader, questions: list[Question]) -> Counts:
    """Exact and all, for each task and language."""
    model.eval()
    counts: dict[tuple[str, str], list[int]] = collections.defaultdict(lambda: [0, 0])
    for one in questions:
        count = counts[one.task, one.dialogue.exchanges[-1].language]
        count[0] += is_exact(model, one.dialogue)
        count[1] += 1
    model.train()
    return {key: (right, total) for key, (right, total) in sorted(counts.items())}


def mean_of_tasks(counts: Counts) -> float:
    """Every task counts alike, however many questions it has."""
    tasks: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0])
    for (task, _), (right, total) in counts.items():
        tasks[task][0] += right
        tasks[task][1] += total
    return sum(right / total for right, total in tasks.values()) / len(tasks)


def summary(counts: Counts) -> str:
    """One line: per task and language, in per cent."""
    return " ".join(
        f"{task}.{tongue}={100 * right // total}"
        for (task, tongue), (right, total) in counts.items()
    )
