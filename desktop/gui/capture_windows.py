"""Screenshots on Windows: the system's snip puts the picture on the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from typing_extensions import override

from desktop.gui.capture_source import CaptureSource

if TYPE_CHECKING:
    from collections.abc import Callable

_SNIP = QUrl("ms-screenclip:")
_PATIENCE_MS = 120_000  # leaving the snip is told to nobody


class WindowsCapture(CaptureSource):
    """Opens the snip and waits until a picture is on the clipboard."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl,
        patience_ms: int = _PATIENCE_MS,
    ) -> None:
        super().__init__(parent)
        self._open_url = open_url
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(patience_ms)
        self._patience.timeout.connect(self._give_up)
        QGuiApplication.clipboard().dataChanged.connect(self._on_clipboard)

    @override
    def _begin(self, window_id: int) -> None:
        if self._open_url(_SNIP):
            self._patience.start()
        else:
            self._fail(
                self.tr(
                    "The system's tool for screenshots could not be started. Take one with "
                    "Win+Shift+S and paste it."
                )
            )

    @Slot()
    def _on_clipboard(self) -> None:
        if not self.is_running:
            return
        image = QGuiApplication.clipboard().image()
        if not image.isNull():
            self._patience.stop()
            self._finish(image)

    @Slot()
    def _give_up(self) -> None:
        if self.is_running:
            self._cancel()
