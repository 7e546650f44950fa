"""Keeps the remarks that Pillow makes about odd files out of the warnings of the program."""

from __future__ import annotations

import threading
import warnings
from contextlib import suppress
from typing import Any


class _QuietPillow:
    """Ignores warnings that come from the decoders while any thread is inside.

    A picture with a slightly broken EXIF block is still a good picture; what is really wrong is
    raised as an error, not warned of. `warnings.catch_warnings` would put a whole list of filters
    back, and with several threads the wrong one; this takes out only what it has put in.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._filter: Any = None

    def __enter__(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                warnings.filterwarnings("ignore", module=r"PIL\b")
                self._filter = warnings.filters[0]

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                with suppress(ValueError):  # someone has replaced the filters meanwhile
                    warnings.filters.remove(self._filter)  # type: ignore[attr-defined]


quiet_pillow = _QuietPillow()
