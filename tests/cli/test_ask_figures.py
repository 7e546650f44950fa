"""What an answer took, as the command line says it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desktop.cli import exit_codes
from desktop.cli.figures import figures_report, figures_table
from desktop.core.types import EngineKind, KvType, StopReason, Timings, Usage
from desktop.engine.api import GenerationFinished, ModelLoaded, Reduction
from tests.cli.test_ask_and_doctor import run
from tests.engine.harness import shape

if TYPE_CHECKING:
    from pathlib import Path

LOADED = ModelLoaded("m", 8192, False, True, 4, 1.25, EngineKind.MLX)
FINISHED = GenerationFinished(
    "r",
    StopReason.END,
    Usage(1300, 1100, 21, 2, 1, 1, context_used=1512, context_length=8192),
    Timings(0.12, 0.1, 0.31, 5.0),
    2_413_000_000,
)


def test_that_the_table_says_every_figure_with_its_unit() -> None:
    lines = figures_table(LOADED, FINISHED).splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "first word 310 ms",
        "looking at pictures 120 ms 2 looked at, 1 from the disk",
        "reading 100 ms 200 tokens, 2000.0 tokens/s",
        "writing 5.00 s 21 tokens, 4.0 tokens/s",
        "reused 85 % 1100 of 1300 tokens",
        "context 18 % 1512 of 8192 tokens",
        "memory 2.41 GB of the engine's process",
        "loading 1.25 s with MLX",
        "begun anew 1 x since it went round in circles",
    ]


def test_that_nothing_measured_is_no_error() -> None:
    loaded = ModelLoaded("m", 1, False, False, 1, 0.0)
    nothing = GenerationFinished("r", StopReason.CANCELLED, Usage(), Timings())
    assert "reading" in figures_table(loaded, nothing)
    assert figures_report(loaded, nothing)["tokens_per_second"] is None


def test_that_the_report_has_what_was_made_smaller() -> None:
    reduced = Reduction(context_length=2048, kv_type=KvType.Q8_0)
    loaded = ModelLoaded("m", 2048, False, True, 4, 1.0, EngineKind.LLAMA_CPP, reduced)
    report = json.loads(json.dumps(figures_report(loaded, FINISHED)))
    assert report["reduced"]["context_length"] == 2048
    assert report["reduced"]["kv_type"] == "q8_0"
    assert report["worker_bytes"] == 2_413_000_000


def test_that_a_real_answer_is_measured(tmp_path: Path) -> None:
    red = shape(tmp_path, "red").path
    done = run("ask", red, "What colour is the circle?", "--figures", "--json")
    assert done.returncode == exit_codes.OK, done.stderr
    report = json.loads(done.stdout)
    assert report["engine"] in {"llama_cpp", "mlx"}
    assert report["load_s"] > 0
    assert report["worker_bytes"] > 20_000_000
    assert report["reduced"] is None
    table = done.stderr.decode()
    assert f"{report['usage']['answer_tokens']} tokens" in table
    assert "1 looked at" in table
