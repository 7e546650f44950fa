"""The real app in a real X server, seen from outside: what a person would see."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageGrab
from pytestqt.qtbot import QtBot

from desktop.core import paths
from desktop.gui.theme import LIGHT
from desktop.store.settings import Settings, save_settings
from tests.shots import x_server

ROOT = Path(__file__).resolve().parents[2]
WAIT_MS = 30_000

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed"),
]


@pytest.fixture
def display() -> Iterator[str]:
    with x_server() as display:
        yield display


def start(display: str, *arguments: str) -> subprocess.Popen[str]:
    environment = dict(os.environ, DISPLAY=display)
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        environment.pop(name, None)  # Qt shall choose, as it does for a person
    environment["XDG_RUNTIME_DIR"] = str(paths.config_dir())
    return subprocess.Popen(
        [sys.executable, "-m", "desktop", *arguments],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


def screen(display: str) -> Image.Image:
    return ImageGrab.grab(xdisplay=display).convert("RGB")


def color_counts(picture: Image.Image) -> Counter[tuple[int, ...]]:
    colors = picture.getcolors(maxcolors=picture.width * picture.height) or []
    return Counter({color: count for count, color in colors if isinstance(color, tuple)})


def rgb(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color.removeprefix("#")))


def test_that_the_window_shows_in_its_colours_and_ends_without_a_word(
    qtbot: QtBot, display: str, tmp_path: Path
) -> None:
    save_settings(paths.settings_file(), Settings(language="en", appearance="light"))
    paths.config_dir().chmod(0o700)
    blue = (30, 60, 200)
    picture = tmp_path / "blue.png"
    Image.new("RGB", (400, 300), blue).save(picture)
    app = start(display, str(picture))
    try:

        def can_ask() -> bool:
            """Send is drawn in the accent once the picture has arrived, and its thumbnail shows."""
            assert app.poll() is None
            colors = color_counts(screen(display))
            return colors[rgb(LIGHT.accent)] > 400 and colors[blue] > 100

        qtbot.waitUntil(can_ask, timeout=WAIT_MS)
        colors = color_counts(screen(display))
        assert len(colors) > 100
        assert colors[rgb(LIGHT.canvas)] > 50_000
        assert colors[rgb(LIGHT.surface)] > 5_000
        assert colors[blue] > 100
        app.send_signal(signal.SIGTERM)
        _, said = app.communicate(timeout=20)
    finally:
        app.kill()
        app.wait()
    assert app.returncode == 0
    assert said == ""
