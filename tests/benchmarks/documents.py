"""Long documents and many photos in the window: `python -m tests.benchmarks.documents`.

Drops a PDF of 500 pages, then 50 photos of 12 megapixels, on the chat of a shown window and prints
JSON: how soon the first page is on the screen, how many pages were drawn for it, and how long the
event loop was held meanwhile (a zero timer's gaps, painting included).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from desktop.gui.chat_pane import ChatPane
from desktop.gui.theme import install_theme
from tests.documents import numbered, printed_pdf
from tests.gui.asking import Bench

if TYPE_CHECKING:
    from collections.abc import Callable

GOAL_MS = 16.0
GOAL_FIRST_PAGE_S = 1.0
PHOTO_SIZE = (4000, 3000)
_MOST_S = 300
_BUSY_MS = 0.2


@dataclass(slots=True)
class Turns:
    """Turns of the event loop, in milliseconds.

    Flat numbers, no object for each: the collector would hold the loop for the measure's own sake.
    Those that did nothing are only counted; they would thin out the ones that matter.

    Attributes:
        held: By the clock, with all that other threads and programs took away.
        own: What the window's own thread computed.
        idle: How many did nothing.
    """

    held: array[float] = field(default_factory=lambda: array("d"))
    own: array[float] = field(default_factory=lambda: array("d"))
    idle: int = 0

    def note(self, held_ms: float, own_ms: float) -> None:
        if own_ms > _BUSY_MS:
            self.held.append(held_ms)
            self.own.append(own_ms)
        else:
            self.idle += 1

    def __add__(self, other: Turns) -> Turns:
        return Turns(self.held + other.held, self.own + other.own, self.idle + other.idle)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", choices=("pages", "photos"))
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--photos", type=int, default=50)
    options = parser.parse_args()
    result: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "load_average": os.getloadavg(),
    }
    app = cast("QApplication", QApplication.instance() or QApplication(sys.argv[:1]))
    install_theme(app)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GROUNDGLASS_HOME"] = folder
        if options.part != "photos":
            result["pages"] = measure_pages(Path(folder), options.pages)
        if options.part != "pages":
            result["photos"] = measure_photos(Path(folder), options.photos)
    print(json.dumps(result, indent=2))
    return 0


def measure_pages(folder: Path, count: int) -> dict[str, Any]:
    """From the drop to the first page on the screen; then all pages are chosen, and the strip is
    scrolled from end to end."""
    path = folder / "long.pdf"
    path.write_bytes(printed_pdf(numbered(count)))
    bench, pane = _window(folder)
    started = time.perf_counter()
    bench.session.add_pictures([path])

    def drawn() -> tuple[int, ...]:
        cards = pane.composer.documents.cards
        strip = cards[0].strip if cards else None
        return strip.pages.drawn if strip is not None else ()

    opening = _gaps(lambda: 0 in drawn())
    first_s = time.perf_counter() - started
    settling = _gaps(lambda: len(drawn()) >= 7)
    settled_s = time.perf_counter() - started
    few = len(drawn())
    strip = pane.composer.documents.cards[0].strip
    assert strip is not None
    bar = strip.horizontalScrollBar()
    steps = iter(range(0, bar.maximum(), max(1, bar.maximum() // 200)))

    def scroll() -> bool:
        step = next(steps, None)
        if step is not None:
            bar.setValue(step)
        return step is None

    scrolling = _gaps(scroll)
    result = {
        "pages": count,
        "first_page_s": round(first_s, 3),
        "first_page_goal_s": GOAL_FIRST_PAGE_S,
        "is_within_goal": first_s < GOAL_FIRST_PAGE_S,
        "visible_pages_s": round(settled_s, 3),
        "pages_drawn_by_then": few,
        "event_loop_opening": _figures(opening + settling),
        "event_loop_scrolling": _figures(scrolling),
    }
    _close(bench, pane)
    return result


def measure_photos(folder: Path, count: int) -> dict[str, Any]:
    """From the drop of the photos until all are taken in."""
    paths = [_photo(folder / f"IMG_{n:04d}.jpg", n) for n in range(count)]
    bench, pane = _window(folder)
    started = time.perf_counter()
    QTimer.singleShot(0, lambda: bench.session.add_pictures(paths))
    gaps = _gaps(lambda: len(pane.composer.chips.chips) == count)
    chips_s = time.perf_counter() - started
    gaps += _gaps(lambda: not bench.session.draft.is_importing)
    taken_s = time.perf_counter() - started
    figures = _figures(gaps)
    result = {
        "photos": count,
        "megapixels": PHOTO_SIZE[0] * PHOTO_SIZE[1] // 1_000_000,
        "chips": len(pane.composer.chips.chips),
        "chips_s": round(chips_s, 3),
        "all_taken_in_s": round(taken_s, 2),
        "taken_in": len(bench.session.draft.ready),
        "event_loop": figures,
        "goal_ms": GOAL_MS,
        "is_within_goal": figures["own_p99_ms"] < GOAL_MS,
    }
    _close(bench, pane)
    return result


def _window(folder: Path) -> tuple[Bench, ChatPane]:
    bench = Bench(cast("Any", None), folder)
    pane = ChatPane(bench.services, bench.session)
    pane.resize(1000, 760)
    pane.show()
    _gaps(_after(0.3))
    return bench, pane


def _close(bench: Bench, pane: ChatPane) -> None:
    for document in bench.session.documents:
        bench.session.remove_document(document.key)
    for picture in bench.session.pictures:
        bench.session.remove_picture(picture.key)
    _gaps(_after(0.5))
    pane.close()
    pane.deleteLater()
    bench.close()


def _after(seconds: float) -> Callable[[], bool]:
    until = time.perf_counter() + seconds
    return lambda: time.perf_counter() > until


def _gaps(is_over: Callable[[], bool]) -> Turns:
    """Turns of the event loop until then."""
    loop = QEventLoop()
    timer = QTimer()
    turns = Turns()
    last = started = time.perf_counter()
    last_cpu = time.thread_time()

    def turn() -> None:
        nonlocal last, last_cpu
        now, cpu = time.perf_counter(), time.thread_time()
        turns.note((now - last) * 1000, (cpu - last_cpu) * 1000)
        last = now
        if is_over() or now - started > _MOST_S:
            loop.quit()
        last_cpu = time.thread_time()

    timer.timeout.connect(turn)
    timer.start(0)
    loop.exec()
    timer.stop()
    return turns


def _figures(turns: Turns) -> dict[str, float]:
    held, own = sorted(turns.held) or [0.0], sorted(turns.own) or [0.0]
    return {
        "idle_turns": turns.idle,
        "busy_turns": len(turns.held),
        "held_p50_ms": round(held[len(held) // 2], 2),
        "held_p99_ms": round(_p99(held), 2),
        "held_longest_ms": round(held[-1], 2),
        "own_p50_ms": round(own[len(own) // 2], 2),
        "own_p99_ms": round(_p99(own), 2),
        "own_longest_ms": round(own[-1], 2),
    }


def _p99(ordered: list[float]) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def _photo(path: Path, seed: int) -> Path:
    """Noise of a photo's weight, another one each time."""
    small = Image.effect_noise((PHOTO_SIZE[0] // 8, PHOTO_SIZE[1] // 8), 60 + seed)
    small.convert("RGB").resize(PHOTO_SIZE, Image.Resampling.BILINEAR).save(path, quality=90)
    return path


if __name__ == "__main__":
    sys.exit(main())
