"""What every way of taking a screenshot has in common."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.core.errors import ErrorCode, ImageError
from desktop.gui.jobs import run_job

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.errors import GroundglassError


class CaptureSource(QObject):
    """Lets a person choose a part of the screen. One capture at a time; a further start is ignored.

    Each ends with one of the three signals.
    """

    captured = Signal(object)  # a PictureSource: bytes of a picture file, or a QImage
    cancelled = Signal()
    failed = Signal(str)  # a sentence in the language of the interface

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_running = False

    @property
    def is_running(self) -> bool:
        """Whether a person is choosing now."""
        return self._is_running

    def start(self, window_id: int = 0) -> None:
        """Begin; `window_id` is the system's number of the window that asks."""
        if not self._is_running:
            self._is_running = True
            self._begin(window_id)

    def _begin(self, window_id: int) -> None:
        raise NotImplementedError

    def _finish(self, picture: object) -> None:
        self._is_running = False
        self.captured.emit(picture)

    def _cancel(self) -> None:
        self._is_running = False
        self.cancelled.emit()

    def _fail(self, sentence: str) -> None:
        self._is_running = False
        self.failed.emit(sentence)

    def _take_file(self, path: Path) -> None:
        """Read the file that was made for us, off the main thread, and remove it."""
        run_job(partial(_taken, path), self._finish, self._on_unreadable, owner=self)

    def _on_unreadable(self, _error: GroundglassError) -> None:
        self._fail(self.tr("The screenshot could not be read. Please try again."))


def _taken(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImageError(
            "The screenshot could not be read.", ErrorCode.FILE_UNREADABLE, name=path.name
        ) from error
    with suppress(OSError):
        path.unlink()
    return data
