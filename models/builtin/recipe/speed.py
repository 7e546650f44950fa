"""How long an answer takes: `python -m recipe.speed EXPORT`, on llama.cpp with two threads.

Cold is a fresh process: the model is loaded, then the first question is asked. Warm is what comes
after, each time about another picture. Times are from sending to the first words and to the end.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import time
from pathlib import Path
from typing import Any

from recipe import engines

THREADS = 2


def _times(engine: engines.LlamaEngine, picture: Path, question: str) -> tuple[float, float]:
    began = time.perf_counter()
    first = 0.0
    for piece in engine.stream([picture], question):
        if piece and not first:
            first = time.perf_counter() - began
    return first, time.perf_counter() - began


def measure(export: Path, pictures: list[Path]) -> dict[str, Any]:
    """Seconds: to `load`; to the first words and the end, when `cold` and (medians) `warm`."""
    began = time.perf_counter()
    engine = engines.LlamaEngine(export, engines.F16, THREADS)
    loaded = time.perf_counter() - began
    cold = _times(engine, pictures[0], "Describe this image.")
    warm = [_times(engine, picture, "Describe this image.") for picture in pictures[1:]]
    medians = [statistics.median(part) for part in zip(*warm, strict=True)]
    return {"load": [loaded], "cold": cold, "warm": medians}


def machine() -> str:
    """The processor's name and how many of them there are."""
    name = platform.processor() or platform.machine()
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        lines = [line for line in listed.read_text("utf-8").splitlines() if "model name" in line]
        name = f"{len(lines)} x {lines[0].split(':')[1].strip()}" if lines else name
    return name


def main() -> None:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("export", type=Path)
    parser.add_argument("pictures", type=Path, nargs="+")
    options = parser.parse_args()
    found = measure(options.export, options.pictures)
    print(json.dumps({**found, "machine": machine()}))  # noqa: T201 - what this command is for


if __name__ == "__main__":
    main()
