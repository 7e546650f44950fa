"""Garbage is collected on the main thread only.

Python's collector runs in whichever thread allocates last. One that meets a forgotten widget in a
download's thread destroys it there, which Qt forbids: it crashes, or waits for ever for a lock that
the main thread holds while it waits for the interpreter (both were seen).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_INTERVAL_MS = 500


class Collector(QObject):
    """Takes the place of the automatic collection until the process ends.

    What is there when it is made is never looked at again, so that a collection takes little time.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.freeze()  # without a collection before: imports leave some hundred objects in 100,000
        gc.disable()
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self.collect_if_due)
        self._timer.start()

    @Slot()
    def collect_if_due(self) -> None:
        """Collect the oldest generation that has reached the interpreter's own threshold."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return
