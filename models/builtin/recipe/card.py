"""The part of the model card that an evaluation writes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

BEGIN, END = "<!-- figures: written by make eval -->", "<!-- end of figures -->"
# What is shown, by source and task; in turn in English and Chinese.
SHOWN = (
    ("recipe", "describe"),
    ("recipe", "word"),
    ("recipe", "receipt: total"),
    ("recipe", "box"),
    ("another program", "count"),
    ("another program", "word"),
)


def measured(count: int, with_mlx: int) -> str:
    """A sentence on what was asked."""
    fewer = f"; MLX was asked {with_mlx} of them" if with_mlx < count else ""
    return (
        f"{count} questions{fewer}. Per cent exactly right, English / Chinese; boxes count from an "
        "IoU of 0.5."
    )


def examples(items: list[dict[str, Any]], exam: Path, folder: Path) -> list[str]:
    """Saves a few pictures; lines of Markdown that show them with question and answer.

    Of each kind the first question is shown, right or wrong.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    lines = ["| picture | question | answer | |", "|---|---|---|---|"]
    for number, (source, task) in enumerate(SHOWN, 1):
        wanted = {"source": source, "task": task, "language": ("zh", "en")[number % 2]}
        item = next(i for i in items if all(i[key] == value for key, value in wanted.items()))
        name = f"{number}-{task.split()[-1]}.png"
        shutil.copy(exam / item["pictures"][0], folder / name)
        said, right = (
            item[key].replace("|", "\\|").replace("\n", " ") for key in ("said", "answer")
        )
        verdict = "right" if item["right"] else f"wrong: {right}"
        link = f"![{task}]({folder.name}/{name})"
        lines.append(f"| {link} | {item['question']} | {said} | {verdict} |")
    return lines


def write(path: Path, text: str) -> None:
    """Replaces what lies between the marks, and nothing else."""
    before, rest = path.read_text("utf-8").split(BEGIN)
    _, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", "utf-8")
