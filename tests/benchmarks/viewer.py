"""The viewer with a 108-megapixel JPEG: how long, how fluid, and how much memory comes back.

    python -m tests.benchmarks.viewer [--width 12000 --height 9000] [--output F.json]

Prints JSON: seconds until the picture is seen and until all its pixels are there, the gaps of the
event loop while decoding and while zooming and moving, milliseconds of one painting, and the
memory of the process before, at its highest, and after closing. `--check` fails when the memory
does not come back or the picture is not fluid.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from PIL import Image

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QElapsedTimer, QEventLoop, QObject, QPointF, QTimer
from PySide6.QtWidgets import QApplication

from desktop.gui.theme import install_theme
from desktop.gui.viewer import Viewer
from desktop.intake.images import take_picture
from desktop.store.attachments import AttachmentStore

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024 * 1024
FRAME_MS = 16
WAIT_S = 120.0
# What is not the viewer's: the widgets themselves, threads, what Python keeps.
MOST_LEFT_MIB = 64
MOST_PAINT_MS = 33.0


class Pulse(QObject):
    """Longest gaps between turns of the event loop, sampled every millisecond."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps_ms: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=1)
        self._timer.timeout.connect(self._note)

    def start(self) -> None:
        self.gaps_ms = []
        self._clock.start()
        self._timer.start()

    def stop(self) -> dict[str, float]:
        self._timer.stop()
        ordered = sorted(self.gaps_ms) or [0.0]
        return {
            "p50_ms": round(ordered[len(ordered) // 2], 2),
            "p99_ms": round(ordered[int(len(ordered) * 0.99)], 2),
            "longest_ms": round(ordered[-1], 2),
        }

    def _note(self) -> None:
        self.gaps_ms.append(self._clock.nsecsElapsed() / 1e6)
        self._clock.start()


def wait_until(condition: Callable[[], bool]) -> float:
    """Seconds until the condition holds, the event loop running."""
    started = time.perf_counter()
    loop = QEventLoop()
    timer = QTimer(interval=2)
    timer.timeout.connect(lambda: loop.quit() if condition() else None)
    QTimer.singleShot(round(WAIT_S * 1000), loop.quit)
    timer.start()
    loop.exec()
    timer.stop()
    if not condition():
        raise TimeoutError
    return time.perf_counter() - started


def rest(pause_ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(pause_ms, loop.quit)
    loop.exec()


def draw_photo(path: Path, size: tuple[int, int]) -> None:
    """Noise, blurred and enlarged: it compresses about as a photo does."""
    small = Image.effect_noise((size[0] // 8, size[1] // 8), 60).convert("RGB")
    small.resize(size, Image.Resampling.BICUBIC).save(path, quality=88)


def memory_mib() -> float:
    return float(round(psutil.Process().memory_info().rss / MIB, 1))


def measure(folder: Path, size: tuple[int, int]) -> dict[str, object]:
    path = folder / "照片 108.jpg"
    draw_photo(path, size)
    store = AttachmentStore(folder / "attachments")
    picture = take_picture(path, store)
    viewer, pulse = Viewer(store), Pulse()
    viewer.resize(900, 800)
    viewer.show()
    warm_up(viewer, folder, store)
    figures: dict[str, object] = {"megapixels": round(size[0] * size[1] / 1e6, 1)}
    before = memory_mib()
    started = time.perf_counter()
    viewer.show_pictures([picture])
    wait_until(lambda: viewer.picture.is_loaded and not viewer.picture.is_busy)
    figures["seen_after_s"] = round(time.perf_counter() - started, 3)
    pulse.start()
    viewer.canvas.zoom_to(1.0)
    decoded_s = wait_until(lambda: viewer.picture.pyramid_at(1) is not None)
    figures["all_pixels_after_s"] = round(decoded_s, 2)
    figures["while_decoding"] = pulse.stop()
    highest = memory_mib()
    figures["while_zooming"], figures["paint_ms"] = roam(viewer, pulse)
    highest = max(highest, memory_mib())
    figures["kept_mib"] = round(viewer.picture.kept_bytes / MIB, 1)
    viewer.dismiss()
    rest(500)
    after = memory_mib()
    figures["memory_mib"] = {"before": before, "highest_seen": highest, "after_closing": after}
    figures["left_mib"] = round(after - before, 1)
    return figures


def warm_up(viewer: Viewer, folder: Path, store: AttachmentStore) -> None:
    """A small picture first: fonts, threads and libraries are loaded once and stay."""
    path = folder / "small.jpg"
    draw_photo(path, (3000, 2000))
    viewer.show_pictures([take_picture(path, store)])
    wait_until(lambda: viewer.picture.is_loaded and not viewer.picture.is_busy)
    viewer.canvas.zoom_to(1.0)
    wait_until(lambda: viewer.picture.pyramid_at(1) is not None)
    roam(viewer, Pulse())
    viewer.dismiss()
    rest(500)


def roam(viewer: Viewer, pulse: Pulse) -> tuple[dict[str, float], dict[str, float]]:
    """From the whole picture to 1600 % and across it, a movement for every frame."""
    canvas = viewer.canvas
    canvas.fit()
    pulse.start()
    paints: list[float] = []
    for step in range(120):
        if step < 60:
            canvas.view.zoom_to(canvas.view.zoom * 1.1, QPointF(300 + step, 350))
        else:
            canvas.view.pan(-35, -20)
        started = time.perf_counter()
        canvas.repaint()
        paints.append((time.perf_counter() - started) * 1000)
        rest(FRAME_MS)
    gaps = pulse.stop()
    ordered = sorted(paints)
    return gaps, {
        "p50": round(ordered[len(ordered) // 2], 2),
        "p99": round(ordered[int(len(ordered) * 0.99)], 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=12_000)
    parser.add_argument("--height", type=int, default=9_000)
    parser.add_argument("--check", action="store_true", help="fail when it is not good enough")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    install_theme(app)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), (arguments.width, arguments.height))
    text = json.dumps(figures, indent=2, ensure_ascii=False)
    print(text)
    if arguments.output:
        arguments.output.write_text(text + "\n", encoding="utf-8")
    paint_ms, left = figures["paint_ms"], figures["left_mib"]
    assert isinstance(paint_ms, dict)
    assert isinstance(left, float)
    is_good = left <= MOST_LEFT_MIB and paint_ms["p50"] <= MOST_PAINT_MS
    return 0 if is_good or not arguments.check else 1


if __name__ == "__main__":
    sys.exit(main())
