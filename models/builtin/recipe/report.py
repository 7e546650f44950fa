"""Measures the model beside this folder with all engines, and writes its card: `make eval`.

PyTorch and Q8_0 get their files here, from the shipped ones: float32 from the MLX folder, Q8_0 from
the F16 file. Answers stay in the work folder, and an engine that has answered there is not asked
again: remove the folder to begin anew.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from recipe import card, engines, evaluate, export, figures

LOG = logging.getLogger("recipe.report")
HERE = Path(__file__).resolve().parent.parent
WORK = HERE.parent.parent / "build" / "eval"
Q8_0_FILE_TYPE = 7  # LLAMA_FTYPE_MOSTLY_Q8_0


def to_q8_0(source: Path, target: Path) -> None:
    """Quantizes the language model as llama.cpp's own tool does."""
    import llama_cpp  # noqa: PLC0415

    wanted = llama_cpp.llama_model_quantize_default_params()
    wanted.ftype = Q8_0_FILE_TYPE
    failed = llama_cpp.llama_model_quantize(
        str(source).encode(), str(target).encode(), ctypes.byref(wanted)
    )
    if failed:
        raise RuntimeError(f"llama.cpp could not quantize {source.name}")


def prepare(model: Path, work: Path) -> None:
    """Puts the files for all engines into the work folder; what other weights left there goes."""
    kept = work / engines.F16
    if kept.exists() and kept.read_bytes() != (model / engines.F16).read_bytes():
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    for path in model.glob("*.gguf"):
        shutil.copy(path, work / path.name)
    shutil.copytree(model / "mlx", work / "mlx", dirs_exist_ok=True)
    export.from_mlx(model / "mlx", work / "hf")
    to_q8_0(work / engines.F16, work / engines.Q8_0)


def ask(name: str, work: Path, every: int) -> list[dict[str, Any]]:
    """One engine's answers, from a process of its own."""
    answers = work / f"answers-{name}.json"
    if not answers.exists():
        command = [sys.executable, "-W", "ignore", "-m", "recipe.evaluate", str(work)]
        command += ["--engine", name, "--every", str(every)]
        subprocess.run(command, check=True, cwd=HERE)
    found: list[dict[str, Any]] = json.loads(answers.read_text("utf-8"))
    return found


def first_answer(work: Path) -> list[str]:
    """Sentences on how long the first words and the answer take."""
    items = evaluate.items_in(work / "exam")
    tasks = {"describe", "count", "where"}
    shown = [item["pictures"][0] for item in items if item["task"] in tasks and item["pictures"]]
    pictures = [str(work / "exam" / name) for name in shown[:41]]
    command = [sys.executable, "-W", "ignore", "-m", "recipe.speed", str(work), *pictures]
    done = subprocess.run(command, check=True, cwd=HERE, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    (cold_first, cold_all), (warm_first, warm_all), load = (
        [f"{1000 * seconds:.0f} ms" for seconds in found[name]] for name in ("cold", "warm", "load")
    )
    return [
        f"From sending to the first words, llama.cpp F16 with two threads on {found['machine']}:",
        f"{cold_first} for the first question of a process (after {load[0]} of loading),",
        f"{warm_first} for later ones (median of {len(pictures) - 1}, each with a new picture).",
        f'The whole answer to "Describe this image." takes {cold_all} and {warm_all}.',
    ]


def main() -> None:
    """Reads the command line; measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=HERE, help="folder with GGUF pair and mlx/")
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--mlx-every", type=int, default=3, help="odd, for both languages")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    prepare(options.model, options.work)
    evaluate.items_in(options.work / "exam")
    by_engine = {
        name: ask(name, options.work, options.mlx_every if name == "mlx" else 1)
        for name in engines.NAMES
    }
    parts = [
        [card.measured(len(by_engine["f16"]), len(by_engine["mlx"]))],
        figures.table(by_engine),
        figures.agreement(by_engine),
        first_answer(options.work),
        card.examples(by_engine["f16"], options.work / "exam", options.model / "examples"),
    ]
    text = "\n\n".join("\n".join(lines) for lines in parts) + "\n"
    card.write(options.model / "README.md", text)
    LOG.info("%s", text)


if __name__ == "__main__":
    main()
