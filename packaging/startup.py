"""How long the bundle takes to its first painted pixel, against a bare PySide6 window's bundle.

    build/.venv/bin/python packaging/startup.py [--runs 15]      (Linux; needs Xvfb and libX11)

Both are started alternately on a virtual screen of their own, warm, with the same home each time.
A pixel counts as painted when it is no longer the screen's black. The processor's time up to then
is told too: on a busy machine it says more. Fails above the goal.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bundle
import psutil
from places import BUILD, program

if TYPE_CHECKING:
    from collections.abc import Iterator

# The goal: so many times the bare window's time, and so many seconds.
_FACTOR, _EXTRA_S = 1.3, 0.3
_LONGEST_S = 60.0
_POLL_S = 0.002
_SMALLEST_PX = 300  # what a program has besides its window is smaller
_PATCH_PX = 8

_BARE = """\
import sys
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

app = QApplication(sys.argv)
window = QMainWindow()
window.setCentralWidget(QLabel("Groundglass"))
window.resize(1120, 760)
window.show()
sys.exit(app.exec())
"""


class _Attributes(ctypes.Structure):
    """XWindowAttributes of Xlib.h, as far as `map_state`."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("x", "y", "width", "height", "border_width", "depth")),
        ("visual", ctypes.c_void_p),
        ("root", ctypes.c_ulong),
        *((name, ctypes.c_int) for name in ("c_class", "bit_gravity", "win_gravity", "store")),
        ("planes", ctypes.c_ulong),
        ("pixel", ctypes.c_ulong),
        ("save_under", ctypes.c_int),
        ("colormap", ctypes.c_ulong),
        ("map_installed", ctypes.c_int),
        ("map_state", ctypes.c_int),
        ("rest", ctypes.c_byte * 128),
    )


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)  # type: ignore[untyped-decorator]
def _ignore(_display: object, _error: object) -> int:
    """Xlib would end the process: a window may go while it is looked at."""
    return 0


class Screen:
    """Looks at a display's windows; a second client beside the program that is measured."""

    def __init__(self, display: str) -> None:
        self.name = display
        self._x: Any = ctypes.CDLL("libX11.so.6")
        pointer, window = ctypes.c_void_p, ctypes.c_ulong
        for name, result in (
            ("XOpenDisplay", pointer),
            ("XDefaultRootWindow", window),
            ("XGetImage", pointer),
            ("XGetPixel", ctypes.c_ulong),
        ):
            getattr(self._x, name).restype = result
        self._x.XSetErrorHandler(_ignore)
        address = self._x.XOpenDisplay(display.encode())
        if not address:
            raise RuntimeError("the virtual screen cannot be opened")
        self._display = pointer(address)
        self._root = window(self._x.XDefaultRootWindow(self._display))

    def is_painted(self) -> bool:
        """Whether the middle of a mapped window shows anything but black."""
        for x, y in self._middles():
            image = self._x.XGetImage(
                self._display, self._root, x, y, _PATCH_PX, _PATCH_PX, ctypes.c_ulong(0xFFFFFF), 2
            )
            if image:
                image = ctypes.c_void_p(image)
                color = self._x.XGetPixel(image, 0, 0)
                self._x.XDestroyImage(image)
                if color & 0xFFFFFF:
                    return True
        return False

    def _middles(self) -> list[tuple[int, int]]:
        root, parent = ctypes.c_ulong(), ctypes.c_ulong()
        children, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
        self._x.XQueryTree(
            self._display,
            self._root,
            *(ctypes.byref(out) for out in (root, parent, children, count)),
        )
        found = []
        for index in range(count.value):
            seen = _Attributes()
            child = ctypes.c_ulong(children[index])
            if self._x.XGetWindowAttributes(self._display, child, ctypes.byref(seen)):
                is_shown = seen.map_state == 2 and min(seen.width, seen.height) > _SMALLEST_PX
                if is_shown:
                    found.append((seen.x + seen.width // 2, seen.y + seen.height // 2))
        self._x.XFree(children)
        return found


def bare_bundle() -> Path:
    """A window with one label, bundled the same way; gives the program."""
    folder = BUILD / "bare"
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "bare.py"
    script.write_text(_BARE, encoding="utf-8")
    excluded = [f"--exclude-module={name}" for name in bundle.EXCLUDED_MODULES]
    places = [f"--distpath={folder}", f"--workpath={folder / 'work'}", f"--specpath={folder}"]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=ERROR"]
    subprocess.run([*command, *excluded, *places, str(script)], check=True)
    return folder / "bare" / "bare"


@contextlib.contextmanager
def _virtual_screen() -> Iterator[str]:
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-noreset"]
    with subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=[writing], stderr=subprocess.DEVNULL
    ) as xvfb:
        os.close(writing)
        try:
            with os.fdopen(reading) as stream:
                yield f":{stream.readline().strip()}"
        finally:
            xvfb.terminate()


def first_paint_s(program: Path, screen: Screen, home: Path) -> tuple[float, float]:
    """Seconds from starting the program to its first painted pixel, and of its processor time.

    Ends the program.
    """
    name = screen.name
    settings = {"DISPLAY": name, "QT_QPA_PLATFORM": "xcb", "GROUNDGLASS_HOME": str(home)}
    began = time.perf_counter()
    with subprocess.Popen(
        [str(program)], env=os.environ | settings, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while not screen.is_painted():
                if time.perf_counter() - began > _LONGEST_S or process.poll() is not None:
                    raise RuntimeError(f"{program.name} showed no window")
                time.sleep(_POLL_S)
            took, used = time.perf_counter() - began, psutil.Process(process.pid).cpu_times()
            return took, used.user + used.system
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LONGEST_S)
            process.kill()
            while screen.is_painted():
                time.sleep(_POLL_S)


def main() -> int:
    """Measure and compare; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    programs = {"bare": bare_bundle(), "groundglass": program()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    with _virtual_screen() as display, tempfile.TemporaryDirectory() as home:
        screen = Screen(display)
        for run in range(runs + 1):
            for name, path in programs.items():
                took = first_paint_s(path, screen, Path(home))
                if run:  # the first one warms the disk's cache
                    times[name].append(took)
    walls = {name: [wall for wall, _used in found] for name, found in times.items()}
    for name, found in times.items():
        wall, used = (1000 * statistics.median(column) for column in zip(*found, strict=True))
        least, most = 1000 * min(walls[name]), 1000 * max(walls[name])
        _say(f"{name:12} {wall:6.0f} ms ({least:.0f} to {most:.0f}), {used:.0f} ms of a processor")
    bare, ours = (statistics.median(walls[name]) for name in ("bare", "groundglass"))
    allowed = _FACTOR * bare + _EXTRA_S
    _say(f"medians of {runs}; ratio {ours / bare:.2f}; allowed {allowed * 1000:.0f} ms")
    return 0 if ours <= allowed else 1


def _say(line: str) -> None:
    print(line)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
