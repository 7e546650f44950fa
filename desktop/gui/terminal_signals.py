"""Ctrl+C in the terminal, and a polite kill, end the app as closing its window does."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Slot

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication


class TerminalSignals(QObject):
    """Quits the application at SIGINT and SIGTERM.

    A signal writes a byte to a socket that Qt watches. That wakes a resting event loop, and makes
    the quitting an event of its own: Python's handlers may run in the middle of a paint event.
    """

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self._app = app
        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)
        signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _go_on)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._quit)

    def close(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._reading.close()
        self._writing.close()

    @Slot()
    def _quit(self) -> None:
        self._reading.recv(64)
        self._app.quit()


def _go_on(_number: int, _frame: object) -> None:
    """A handler, so that the signal does not end the process."""
