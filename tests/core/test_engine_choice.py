"""Which engines are here, and which of them runs what."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from desktop.core.engine_choice import (
    engine_order,
    engines_here,
    preferred_engine,
    recommended_engines,
    runnable,
)
from desktop.core.types import EngineKind
from desktop.store.catalog import load_catalog

if TYPE_CHECKING:
    from tests.engines import Engines

LLAMA, MLX = EngineKind.LLAMA_CPP, EngineKind.MLX
BOTH = (LLAMA, MLX)


def test_that_looking_for_the_engines_imports_none_of_them() -> None:
    code = (
        "import sys; from desktop.core.engine_choice import engines_here; print(*engines_here());"
        "assert not {'llama_cpp', 'mlx', 'mlx_vlm', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert LLAMA in done.stdout.split()


def test_that_only_what_is_installed_is_here(engines: Engines) -> None:
    assert engines_here() == {LLAMA, MLX}
    engines.are_here(LLAMA)
    assert engines_here() == {LLAMA}
    engines.are_here()
    assert engines_here() == frozenset()


def test_that_mlx_is_preferred_on_apple_silicon_alone(engines: Engines) -> None:
    engines.on_a_mac()
    assert engine_order() == recommended_engines() == (MLX, LLAMA)
    assert preferred_engine(BOTH) is MLX
    assert preferred_engine([LLAMA]) is LLAMA
    engines.are_here(LLAMA)
    assert preferred_engine(BOTH) is LLAMA
    engines.on_a_pc()
    engines.are_here(*BOTH)
    assert engine_order() == (LLAMA, MLX)
    assert recommended_engines() == (LLAMA,)
    assert preferred_engine(BOTH) is LLAMA


def test_that_a_person_can_choose_what_can_run(engines: Engines) -> None:
    engines.on_a_mac()
    assert preferred_engine(BOTH, LLAMA) is LLAMA
    assert preferred_engine([MLX], LLAMA) is MLX  # there is no such form
    engines.on_a_pc()
    assert preferred_engine(BOTH, MLX) is MLX
    engines.are_here(LLAMA)
    assert preferred_engine(BOTH, MLX) is LLAMA  # chosen on another computer
    assert preferred_engine(BOTH, EngineKind.FAKE) is LLAMA


def test_that_what_cannot_run_is_named_for_its_error(engines: Engines) -> None:
    engines.are_here(LLAMA)
    assert preferred_engine([MLX]) is MLX
    engines.are_here()
    assert preferred_engine(BOTH) is LLAMA
    assert recommended_engines() == ()
    with pytest.raises(ValueError, match="without a form"):
        preferred_engine([])


def test_that_the_forms_of_the_better_engine_come_first(engines: Engines) -> None:
    spec = next(spec for spec in load_catalog() if spec.id == "qwen3-vl-4b")
    engines.on_a_pc()
    assert [v.engine for v in runnable(spec)] == [LLAMA, LLAMA, LLAMA, MLX]
    engines.on_a_mac()
    assert [v.engine for v in runnable(spec)] == [MLX, LLAMA, LLAMA, LLAMA]
    assert runnable(spec)[1].id == "q4_k_m"
    engines.are_here(LLAMA)
    assert [v.id for v in runnable(spec)] == ["q4_k_m", "q4_k_m_f16", "q8_0"]
