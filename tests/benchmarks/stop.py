"""How soon Stop takes effect in each phase, through the real worker process.

    python -m tests.benchmarks.stop --model F --mmproj F [--side 384] [--runs 5]

Cancels at a moment inside each phase and prints, as JSON, milliseconds until the event that ends
the request: minimum, median and maximum, and how many runs needed the worker to be killed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.core.types import GenerationSettings
from desktop.engine.api import (
    EngineFailed,
    GenerationFinished,
    ModelLoaded,
    ModelLoading,
    Phase,
    PromptProgress,
    TextDelta,
    WorkerReady,
)
from tests.benchmarks.session import Session, picture
from tests.engine.harness import question

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.engine.api import EngineEvent

ENDLESS = GenerationSettings(max_tokens=4000, temperature=1.0, top_k=0, top_p=1.0)
LONG_TEXT = "what is in this picture " * 40
DELAYS_S = (0.0, 0.11, 0.23, 0.37, 0.53)  # after the phase began: not always at the same node


class Run:
    """One cancelled request."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.was_killed = False

    def milliseconds(self, is_there: Callable[[EngineEvent], bool], delay_s: float) -> float:
        """Cancel the running request (or load) `delay_s` after an event; time to its end."""
        while not is_there(event := self._session.next()):
            assert not isinstance(event, GenerationFinished | ModelLoaded), "over too soon"
        time.sleep(delay_s)
        started = time.perf_counter()
        request = getattr(event, "request_id", None)
        self._session.client.cancel(request)
        while True:
            at, event = self._session.events.get(timeout=120)
            self.was_killed |= isinstance(event, WorkerReady)
            if isinstance(event, GenerationFinished | EngineFailed | ModelLoaded):
                return (at - started) * 1000


def measure(model: Path, mmproj: Path, side: int, runs: int) -> dict[str, dict[str, float]]:
    """Milliseconds by phase."""
    found: dict[str, list[float]] = {}
    killed: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as name, Session(model, mmproj) as session:
        for index in range(runs):
            delay = DELAYS_S[index % len(DELAYS_S)]
            for phase in ("load", "encode", "prefill_picture", "prefill_text", "decode"):
                run = Run(session)
                _begin(session, phase, picture(Path(name), f"{phase}{index}", side, index))
                spent = run.milliseconds(_marks(phase), 0.0 if phase == "load" else delay)
                found.setdefault(phase, []).append(spent)
                killed[phase] = killed.get(phase, 0) + run.was_killed
                if phase == "load":
                    session.load(session.model, session.options)
    return {
        phase: {
            "min_ms": round(min(values), 1),
            "median_ms": round(statistics.median(values), 1),
            "max_ms": round(max(values), 1),
            "killed": killed[phase],
        }
        for phase, values in found.items()
    }


def _begin(session: Session, phase: str, shown: object) -> None:
    match phase:
        case "load":
            session.client.load(session.model, session.options)
        case "encode" | "prefill_picture":
            session.client.generate([question("what", shown)], ENDLESS)  # type: ignore[arg-type]
        case _:
            session.client.generate([question(LONG_TEXT)], ENDLESS)


def _marks(phase: str) -> Callable[[EngineEvent], bool]:
    """Whether an event shows that a phase has begun."""

    def is_there(event: EngineEvent) -> bool:
        match event:
            case ModelLoading(fraction=fraction):
                return phase == "load" and fraction > 0.3
            case PromptProgress(phase=Phase.ENCODE, done=done):
                return phase == "encode" and done >= 2
            case PromptProgress(phase=Phase.PREFILL, done=done):
                return phase == "prefill_text" or (phase == "prefill_picture" and done > 0)
            case TextDelta():
                return phase == "decode"
            case _:
                return False

    return is_there


def main() -> None:
    """Parse and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--mmproj", type=Path, required=True)
    parser.add_argument("--side", type=int, default=384, help="pixels of the square pictures")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    figures = measure(options.model, options.mmproj, options.side, options.runs)
    print(json.dumps({"model": options.model.name, "side_px": options.side, **figures}, indent=2))


if __name__ == "__main__":
    main()
