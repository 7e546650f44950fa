from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import pytest

from desktop.core.paths import builtin_model_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Recipe = Callable[[str], Any]

RIGHT_BOX = '{"bbox_2d": [100, 100, 300, 300], "label": "red circle"}'
LARGEST_BYTES = 24_000_000


def answered(said: str, *, task: str = "count", tongue: str = "en", right: bool = True) -> Any:
    return {
        "task": task,
        "source": "recipe",
        "language": tongue,
        "pictures": [f"{said}.png"],
        "before": [],
        "question": "?",
        "answer": "yes",
        "said": said,
        "right": right,
    }


@pytest.mark.parametrize(
    ("said", "overlap"),
    [
        ("[100, 100, 300, 300]", 1.0),
        ("[200, 100, 400, 300]", 1 / 3),
        ("[300, 300, 400, 400]", 0.0),
        ("nothing", 0.0),
    ],
)
def test_that_boxes_are_compared_by_what_they_share(
    recipe: Recipe, said: str, overlap: float
) -> None:
    assert recipe("evaluate").overlap(said, RIGHT_BOX) == pytest.approx(overlap)


def test_that_only_boxes_may_be_a_little_off(recipe: Recipe) -> None:
    is_right = recipe("evaluate").is_right
    near = RIGHT_BOX.replace("300, 300", "290, 310")
    assert is_right({"task": "box", "answer": RIGHT_BOX}, near)
    assert is_right({"task": "word", "answer": "OPEN"}, "OPEN\n")
    assert not is_right({"task": "word", "answer": "OPEN"}, "OPEN.")


def test_that_the_table_counts_by_task_language_and_engine(recipe: Recipe) -> None:
    f16 = [answered("a"), answered("b", right=False), answered("c", tongue="zh")]
    torch = [answered("a"), answered("b"), answered("c", tongue="zh", right=False)]
    lines = recipe("figures").table({"torch": torch, "f16": f16})
    assert lines[0] == "| task | questions | PyTorch | llama.cpp F16 |"
    assert "| how many | 3 | 100 / 0 | 50 / 100 |" in lines
    assert lines[-1] == "| **all** | 3 | 100 / 0 | 50 / 100 |"


def test_that_agreement_is_counted_on_the_questions_both_were_asked(recipe: Recipe) -> None:
    torch = [answered("a"), answered("b"), answered("c")]
    changed = {**answered("b", right=False), "said": "no"}
    (line,) = recipe("figures").agreement({"torch": torch, "mlx": [answered("a"), changed]})
    assert "to 1 of 2 questions; 1 right against 2 (-50.0 points)" in line


def test_that_only_the_marked_part_of_the_card_is_written(recipe: Recipe, tmp_path: Path) -> None:
    card = recipe("card")
    path = tmp_path / "README.md"
    path.write_text(f"before\n{card.BEGIN}\nold\n{card.END}\nafter\n", encoding="utf-8")
    card.write(path, "new\n")
    card.write(path, "newer\n")
    assert path.read_text("utf-8") == f"before\n{card.BEGIN}\n\nnewer\n\n{card.END}\nafter\n"


def test_that_the_card_names_the_files_as_they_are_and_shows_its_examples() -> None:
    folder = builtin_model_dir()
    card = (folder / "README.md").read_text("utf-8")
    for path in (*folder.glob("*.gguf"), folder / "mlx" / "model.safetensors"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in card
    shown = re.findall(r"!\[[^]]*\]\((examples/[^)]+)\)", card)
    assert len(shown) >= 4
    assert all((folder / name).stat().st_size < 60_000 for name in shown)
    assert len(list((folder / "examples").iterdir())) == len(shown)


def test_that_the_model_stays_small() -> None:
    folder = builtin_model_dir()
    files = [*folder.glob("*.gguf"), *(folder / "mlx").iterdir()]
    assert sum(path.stat().st_size for path in files) <= LARGEST_BYTES
