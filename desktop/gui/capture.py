"""A part of the screen as a picture, in the way that each system offers it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from desktop.gui.capture_mac import MacCapture
from desktop.gui.capture_portal import PortalCapture
from desktop.gui.capture_windows import WindowsCapture

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from desktop.gui.capture_source import CaptureSource


def make_capture(parent: QObject | None = None, platform: str = sys.platform) -> CaptureSource:
    """The way of this system."""
    if platform == "darwin":
        return MacCapture(parent)
    if platform == "win32":
        return WindowsCapture(parent)
    return PortalCapture(parent)
