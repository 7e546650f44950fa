"""Screenshots on macOS, with the system's own tool."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTemporaryDir, Slot
from typing_extensions import override

from desktop.gui.capture_source import CaptureSource

_TOOL = "/usr/sbin/screencapture"
# What it says when the app may not record the screen; leaving with Esc says nothing.
_REFUSED = b"could not create image"


class MacCapture(CaptureSource):
    """`screencapture -i`: drag a region, or Space for a window, Esc to leave."""

    def __init__(self, parent: QObject | None = None, *, tool: str = _TOOL) -> None:
        super().__init__(parent)
        self._tool = tool
        self._folder = QTemporaryDir()  # goes with its owner
        self._process = QProcess(self)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    @override
    def _begin(self, window_id: int) -> None:
        self._path.unlink(missing_ok=True)
        # Interactive, without a sound, without a window's shadow.
        self._process.start(self._tool, ["-i", "-x", "-o", "-t", "png", str(self._path)])

    @property
    def _path(self) -> Path:
        return Path(self._folder.filePath("screenshot.png"))

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, _code: int, _status: QProcess.ExitStatus) -> None:
        if self._path.is_file():
            self._take_file(self._path)
        elif _REFUSED in self._process.readAllStandardError().data():
            self._fail(
                self.tr(
                    "macOS does not let Groundglass see the screen. Allow it in System Settings, "
                    "Privacy & Security, Screen Recording, and start Groundglass again."
                )
            )
        else:
            self._cancel()

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._fail(
                self.tr(
                    "The system's tool for screenshots could not be started. Take one with "
                    "Cmd+Ctrl+Shift+4 and paste it."
                )
            )
