"""The recipe of the built-in model, imported from where it lies; what needs PyTorch stays out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest

from desktop.core.paths import builtin_model_dir

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """A function that gives a module of the recipe by name."""
    monkeypatch.syspath_prepend(str(builtin_model_dir()))
    return lambda name: importlib.import_module(f"recipe.{name}")
