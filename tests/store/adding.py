"""What the tests of added models share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.store.stopping import StopFlag

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.store.local_models import (
        Candidate,
        Keep,
        LocalModel,
        LocalModels,
    )

NAME, EYES = "小 Mini-Q8_0.gguf", "mmproj-小 Mini-F16.gguf"


def tell_nobody(_done: int, _total: int) -> None: ...


def add(models: LocalModels, candidate: Candidate, keep: Keep) -> LocalModel:
    return models.add(candidate, keep, StopFlag(), tell_nobody)


def files_in(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir())
