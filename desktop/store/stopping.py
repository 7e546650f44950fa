"""Asking a thread to stop, even one that waits for a server."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class StoppedError(Exception):
    """What was asked to stop has stopped. Not a failure: nobody shows it."""


class StopFlag:
    """Raised once, by any thread; never lowered."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._cuts: list[Callable[[], None]] = []

    @property
    def is_raised(self) -> bool:
        """Whether to stop."""
        return self._event.is_set()

    def stop(self) -> None:
        """Raise the flag; waits end, and connections being read are cut."""
        with self._lock:
            self._event.set()
            cuts = tuple(self._cuts)
        for cut in cuts:
            cut()

    def check(self) -> None:
        """Raise `StoppedError` if the flag is raised."""
        if self._event.is_set():
            raise StoppedError

    def wait(self, seconds: float) -> None:
        """Wait; raises `StoppedError` as soon as the flag is raised."""
        if self._event.wait(seconds):
            raise StoppedError

    @contextmanager
    def cutting(self, cut: Callable[[], None]) -> Iterator[None]:
        """Call `cut` when the flag is raised inside this block."""
        with self._lock:
            self._cuts.append(cut)
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._cuts.remove(cut)
