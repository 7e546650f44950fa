"""How long a streaming answer holds the event loop: `python -m tests.benchmarks.streaming`.

Streams a Markdown answer with tables, code, lists and Chinese through the real `ChatView` in a
shown window, token by token, and prints JSON. Two measures: how long each turn of the event loop
takes (a zero timer's gaps, painting included), and how long each update of the text takes. Beside
it, in the same run, the plain way: `QTextBrowser.setMarkdown` of everything so far at each update.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import PySide6
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QTextBrowser

from desktop.core.types import Figures, Message, Role, StopReason, Timings, Usage
from desktop.gui.answer_item import AnswerItem
from desktop.gui.chat_view import PAINT_MS, ChatView
from desktop.gui.theme import install_theme
from desktop.gui.thumbnails import ThumbnailCache
from desktop.store.history import StoredMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

CHARS_PER_TOKEN = 4.15  # of a mixed answer by Qwen3's tokenizer
GOAL_MS = 16.0

_ENGLISH = (
    "the picture shows a narrow street with two bicycles near an old harbour wall while light "
    "falls from the left and every shadow points towards the open door of the small ferry office"
)
_WORDS = _ENGLISH.split()
_CHINESE = "这张照片展示了一条安静的街道，光线从左侧照进来，墙上的字写着开放时间和票价。"


def sample_answer(tokens: int, seed: int = 7) -> str:
    """An answer of about this many tokens; the same for the same seed."""
    pick = random.Random(seed)

    def words(count: int) -> str:
        return " ".join(pick.choice(_WORDS) for _ in range(count))

    def paragraph() -> str:
        return f"{words(30).capitalize()} **{words(2)}** and `{words(1)}`, {words(14)}."

    def chinese() -> str:
        return f"{_CHINESE * 2}这是**重点：**{_CHINESE}"

    def bullets() -> str:
        return "\n".join(f"- **{words(2)}:** {words(9)}\n  - {words(6)}" for _ in range(4))

    def numbers() -> str:
        return "\n".join(f"{n}. {words(11)}" for n in range(1, 7))

    def table() -> str:
        rows = [f"| {words(2)} | {n * 1.7:.2f} | 第{n}行 {words(3)} |" for n in range(1, 9)]
        return "| Item | Price | Note |\n|:--|--:|:--|\n" + "\n".join(rows)

    def code() -> str:
        lines = [f"    {pick.choice(_WORDS)}_{n} = look({n!r})  # {words(4)}" for n in range(14)]
        return "```python\ndef describe(picture):\n" + "\n".join(lines) + "\n```"

    kinds = (paragraph, chinese, bullets, table, paragraph, code, numbers)
    parts: list[str] = []
    while sum(map(len, parts)) < tokens * CHARS_PER_TOKEN:
        if len(parts) % len(kinds) == 0:
            parts.append(f"### {words(3).capitalize()}")
        parts.append(kinds[len(parts) % len(kinds)]())
    return "\n\n".join(parts)[: round(tokens * CHARS_PER_TOKEN)]


@dataclass(frozen=True, slots=True)
class Holding:
    """Milliseconds, over `count` samples."""

    count: int
    p50: float
    p95: float
    p99: float
    max: float


def holding(seconds: Sequence[float]) -> Holding:
    """Percentiles by nearest rank."""
    ranked = sorted(seconds)

    def at(share: float) -> float:
        return round(1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))], 2)

    return Holding(len(ranked), at(0.5), at(0.95), at(0.99), at(1.0))


class LoopWatch:
    """Measures every turn of the event loop in which something was done."""

    def __init__(self) -> None:
        self.turns: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        # A millisecond is the timer's own wait; what is longer, the loop was held for.
        self.turns.append(max(0.0, now - self._last - 0.001))
        self._last = now

    def stop(self) -> None:
        self._timer.stop()


def stream(text: str, tokens_per_s: float, speedup: float, sink: Callable[[str], None]) -> None:
    """Give the text to `sink` token by token at this rate, with the event loop running."""
    size = CHARS_PER_TOKEN
    started, loop, sent = time.perf_counter(), QEventLoop(), 0
    timer = QTimer()

    def send() -> None:
        nonlocal sent
        due = min(len(text), int((time.perf_counter() - started) * tokens_per_s * speedup * size))
        if due > sent:
            sink(text[sent:due])
            sent = due
        if sent >= len(text):
            loop.quit()

    timer.timeout.connect(send)
    timer.start(max(1, round(1000 / tokens_per_s)))
    loop.exec()
    timer.stop()


def measure_chat_view(text: str, args: argparse.Namespace) -> dict[str, object]:
    """The real view: figures of the loop and of the updates."""
    view = ChatView(ThumbnailCache(), _no_thumbnail)
    view.resize(1000, 720)
    view.show()
    now = datetime.now(UTC)
    question = StoredMessage(1, Message(Role.USER, "What is this?"), now, None, None, None)
    view.set_messages([question])
    view.add_message(StoredMessage(2, Message(Role.ASSISTANT, ""), now, None, None, None))
    updates: list[float] = []
    grow = AnswerItem.grow

    def timed(item: AnswerItem, text: str) -> None:
        started = time.perf_counter()
        grow(item, text)
        updates.append(time.perf_counter() - started)

    AnswerItem.grow = timed  # type: ignore[method-assign, assignment]
    QApplication.processEvents()
    watch, cpu, started = LoopWatch(), time.process_time(), time.perf_counter()
    stream(text, args.rate, args.speedup, lambda part: view.append_text(2, part))
    figures = Figures(
        "m", Usage(answer_tokens=args.tokens), Timings(decode_s=args.tokens / args.rate)
    )
    final = time.perf_counter()
    view.finish(StoredMessage(2, Message(Role.ASSISTANT, text), now, StopReason.END, figures, None))
    finish_ms = round(1000 * (time.perf_counter() - final), 2)
    QApplication.processEvents()
    watch.stop()
    AnswerItem.grow = grow  # type: ignore[method-assign]
    busy = [turn for turn in watch.turns if turn > 0.0002]
    return {
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_s": round(time.process_time() - cpu, 2),
        "loop_held_ms": asdict(holding(watch.turns)),
        "loop_held_when_busy_ms": asdict(holding(busy)),
        "update_ms": asdict(holding(updates)),
        "update_last_tenth_ms": asdict(holding(updates[-max(1, len(updates) // 10) :])),
        "finish_ms": finish_ms,
    }


def measure_plain(text: str, args: argparse.Namespace) -> dict[str, object]:
    """Everything laid out again at each update, as often as the view paints."""
    browser = QTextBrowser()
    browser.resize(760, 720)
    browser.show()
    shown, updates, last = "", list[float](), 0.0

    def show(part: str) -> None:
        nonlocal shown, last
        shown += part
        started = time.perf_counter()
        if started - last >= PAINT_MS / 1000:
            browser.setMarkdown(shown)
            browser.document().size()
            browser.verticalScrollBar().setValue(browser.verticalScrollBar().maximum())
            last = time.perf_counter()
            updates.append(last - started)

    QApplication.processEvents()
    watch, cpu = LoopWatch(), time.process_time()
    stream(text, args.rate, args.speedup, show)
    watch.stop()
    return {
        "cpu_s": round(time.process_time() - cpu, 2),
        "loop_held_ms": asdict(holding(watch.turns)),
        "update_ms": asdict(holding(updates)),
        "update_last_tenth_ms": asdict(holding(updates[-max(1, len(updates) // 10) :])),
    }


def _no_thumbnail(_sha256: str, _page: int) -> Path:
    raise FileNotFoundError


def main(argv: Sequence[str]) -> int:
    """Print the figures; exit code 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=4000)
    parser.add_argument("--rate", type=float, default=100.0, help="tokens a second")
    parser.add_argument("--speedup", type=float, default=1.0, help="stream so many times faster")
    parser.add_argument("--baseline-tokens", type=int, default=1500, help="0: no baseline")
    args = parser.parse_args(argv)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    install_theme(app)
    chat = measure_chat_view(sample_answer(args.tokens), args)
    plain = (
        measure_plain(sample_answer(args.baseline_tokens), args) if args.baseline_tokens else None
    )
    held = chat["loop_held_when_busy_ms"]
    assert isinstance(held, dict)
    report = {
        "tokens": args.tokens,
        "tokens_per_s": args.rate,
        "speedup": args.speedup,
        "goal": {"p99_ms": GOAL_MS, "is_met": held["p99"] <= GOAL_MS},
        "chat_view": chat,
        "set_markdown_of_everything": {"tokens": args.baseline_tokens, "figures": plain},
        "versions": {"python": platform.python_version(), "pyside6": PySide6.__version__},
        "load_average": os.getloadavg(),
    }
    print(json.dumps(report, indent=2))
    return 0 if held["p99"] <= GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
