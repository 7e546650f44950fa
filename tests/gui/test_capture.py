"""Screenshots: the tool of macOS, the portal of Linux, the snip of Windows."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtDBus import QDBusConnection
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from desktop.gui.capture import make_capture
from desktop.gui.capture_mac import MacCapture
from desktop.gui.capture_portal import PortalCapture
from desktop.gui.capture_windows import WindowsCapture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QUrl
    from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[2]
WAIT_MS = 20_000


def test_that_each_system_has_its_own_way(qtbot: QtBot) -> None:
    found = [type(make_capture(None, name)) for name in ("darwin", "win32", "linux", "freebsd")]
    assert found == [MacCapture, WindowsCapture, PortalCapture, PortalCapture]


# --- macOS ----------------------------------------------------------------------------------------


def tool(folder: Path, script: str) -> str:
    """A stand-in for `screencapture`; its last argument is the file to write."""
    path = folder / "screencapture"
    path.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$@" > "{folder}/said"\n{script}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for the tool")
class TestMac:
    def test_that_the_picture_is_handed_over_and_its_file_removed(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        capture = MacCapture(tool=tool(tmp_path, 'printf picture > "$last"'))
        with qtbot.waitSignal(capture.captured, timeout=WAIT_MS) as caught:
            capture.start()
            was_running = capture.is_running
        assert caught.args == [b"picture"]
        assert (was_running, capture.is_running) == (True, False)
        arguments = (tmp_path / "said").read_text().split()
        assert "-i" in arguments
        assert not Path(arguments[-1]).exists()

    def test_that_leaving_with_escape_is_no_failure(self, qtbot: QtBot, tmp_path: Path) -> None:
        capture = MacCapture(tool=tool(tmp_path, "exit 1"))
        with qtbot.waitSignal(capture.cancelled, timeout=WAIT_MS):
            capture.start()

    def test_that_a_refusal_by_the_system_says_where_to_allow_it(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        capture = MacCapture(tool=tool(tmp_path, "echo could not create image >&2; exit 1"))
        with qtbot.waitSignal(capture.failed, timeout=WAIT_MS) as caught:
            capture.start()
        assert caught.args is not None
        assert "Screen Recording" in caught.args[0]

    def test_that_a_missing_tool_is_a_sentence(self, qtbot: QtBot, tmp_path: Path) -> None:
        capture = MacCapture(tool=str(tmp_path / "none"))
        with qtbot.waitSignal(capture.failed, timeout=WAIT_MS):
            capture.start()
        assert not capture.is_running

    def test_that_a_second_start_while_choosing_is_ignored(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        capture = MacCapture(tool=tool(tmp_path, 'echo x >> "$0.count"; printf p > "$last"'))
        with qtbot.waitSignal(capture.captured, timeout=WAIT_MS):
            capture.start()
            capture.start()
        assert (tmp_path / "screencapture.count").read_text() == "x\n"


# --- Windows --------------------------------------------------------------------------------------


def picture() -> QImage:
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    return image


def test_that_the_snip_is_opened_and_its_picture_taken_from_the_clipboard(qtbot: QtBot) -> None:
    opened: list[QUrl] = []
    capture = WindowsCapture(open_url=lambda url: not opened.append(url))  # type: ignore[func-returns-value]
    capture.start()
    assert [url.toString() for url in opened] == ["ms-screenclip:"]
    QApplication.clipboard().setText("words are not what is waited for")
    assert capture.is_running
    with qtbot.waitSignal(capture.captured) as caught:
        QApplication.clipboard().setImage(picture())
    assert caught.args is not None
    assert caught.args[0].size() == picture().size()


def test_that_pictures_on_the_clipboard_are_left_alone_while_nobody_captures(
    qtbot: QtBot,
) -> None:
    capture = WindowsCapture(open_url=lambda url: True)
    with qtbot.assertNotEmitted(capture.captured):
        QApplication.clipboard().setImage(picture())


def test_that_waiting_for_the_snip_ends_some_day(qtbot: QtBot) -> None:
    capture = WindowsCapture(open_url=lambda url: True, patience_ms=1)
    with qtbot.waitSignal(capture.cancelled):
        capture.start()
    assert not capture.is_running


def test_that_a_missing_snip_is_a_sentence(qtbot: QtBot) -> None:
    capture = WindowsCapture(open_url=lambda url: False)
    with qtbot.waitSignal(capture.failed):
        capture.start()


# --- Linux ----------------------------------------------------------------------------------------


@contextmanager
def bus() -> Iterator[str]:
    """A message bus of its own."""
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--print-address=1", "--nofork"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
    finally:
        daemon.terminate()
        daemon.wait(10)
        daemon.communicate()


@contextmanager
def portal(address: str, code: int, *files: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.gui.portal", address, str(code), *map(str, files)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        yield
    finally:
        process.terminate()
        process.wait(10)
        process.communicate()


@contextmanager
def connected(address: str, name: str) -> Iterator[PortalCapture]:
    yield PortalCapture(bus=QDBusConnection.connectToBus(address, name))
    QDBusConnection.disconnectFromBus(name)


@pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon")
class TestPortal:
    def test_that_the_desktop_hands_over_a_file_that_is_removed(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        path = tmp_path / "屏幕 截图.png"
        path.write_bytes(b"picture")
        with (
            bus() as address,
            portal(address, 0, path),
            connected(address, "a") as capture,
            qtbot.waitSignal(capture.captured, timeout=WAIT_MS) as caught,
        ):
            capture.start(7)
        assert caught.args == [b"picture"]
        assert not path.exists()
        assert not capture.is_running

    def test_that_leaving_is_no_failure(self, qtbot: QtBot) -> None:
        with (
            bus() as address,
            portal(address, 1),
            connected(address, "b") as capture,
            qtbot.waitSignal(capture.cancelled, timeout=WAIT_MS),
        ):
            capture.start()

    @pytest.mark.parametrize("code", [0, 2])
    def test_that_an_answer_without_a_file_is_a_sentence(self, qtbot: QtBot, code: int) -> None:
        with (
            bus() as address,
            portal(address, code),
            connected(address, f"c{code}") as capture,
            qtbot.waitSignal(capture.failed, timeout=WAIT_MS),
        ):
            capture.start()

    def test_that_a_file_that_is_gone_is_a_sentence(self, qtbot: QtBot, tmp_path: Path) -> None:
        gone = tmp_path / "gone.png"
        with (
            bus() as address,
            portal(address, 0, gone),
            connected(address, "d") as capture,
            qtbot.waitSignal(capture.failed, timeout=WAIT_MS),
        ):
            capture.start()

    def test_that_a_desktop_without_a_portal_is_a_sentence(self, qtbot: QtBot) -> None:
        with (
            bus() as address,
            connected(address, "e") as capture,
            qtbot.waitSignal(capture.failed, timeout=WAIT_MS) as caught,
        ):
            capture.start()
        assert caught.args is not None
        assert "paste it here" in caught.args[0]


def test_that_a_machine_without_a_bus_is_a_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    nowhere = QDBusConnection.connectToBus(f"unix:path={tmp_path}/none", "f")
    capture = PortalCapture(bus=nowhere)
    with qtbot.waitSignal(capture.failed):
        capture.start()
    assert not capture.is_running
