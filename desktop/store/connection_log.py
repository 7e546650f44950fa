"""Every connection the app makes, for the person to see."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = 1000  # records; about 200 kB


class ConnectionOutcome(StrEnum):
    """How a connection ended."""

    OPEN = "open"
    ANSWERED = "answered"
    REDIRECTED = "redirected"
    REFUSED = "refused"
    FAILED = "failed"
    STOPPED = "stopped"
    BLOCKED = "blocked"  # by the offline switch: nothing was opened


class ConnectionRecord(Struct, frozen=True):
    """One request to one host; a redirect to another host is a record of its own.

    Attributes:
        number: Counts up from 1 and tells records apart.
        started_at: In UTC.
        host: Name or address, with the port if it is unusual.
        purpose: What it was made for, as the caller put it.
        bytes_received: Of the body, so far.
        outcome: How it ended.
    """

    number: int
    started_at: datetime
    host: str
    purpose: str
    bytes_received: int
    outcome: ConnectionOutcome


class ConnectionLog:
    """The latest connections, in memory only. Any thread may use it.

    Attributes:
        kept: How many at most.
    """

    def __init__(
        self, kept: int = _KEPT, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.kept = kept
        self._now = now
        self._lock = threading.Lock()
        self._records: OrderedDict[int, ConnectionRecord] = OrderedDict()
        self._last = 0
        self._listeners: tuple[Callable[[ConnectionRecord], None], ...] = ()

    def records(self) -> tuple[ConnectionRecord, ...]:
        """What is kept, oldest first."""
        with self._lock:
            return tuple(self._records.values())

    def clear(self) -> None:
        """Forget the connections that have ended."""
        with self._lock:
            for record in tuple(self._records.values()):
                if record.outcome is not ConnectionOutcome.OPEN:
                    del self._records[record.number]

    def subscribe(self, listener: Callable[[ConnectionRecord], None]) -> None:
        """Call this for each record that is new or has changed, in the connection's thread."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def begin(self, host: str, purpose: str) -> ConnectionRecord:
        """A new record, open."""
        with self._lock:
            self._last += 1
            number = self._last
        record = ConnectionRecord(number, self._now(), host, purpose, 0, ConnectionOutcome.OPEN)
        self._keep(record)
        return record

    def progress(self, record: ConnectionRecord, bytes_received: int) -> None:
        """The same record, still open, with what has come so far."""
        self._keep(replace(record, bytes_received=bytes_received))

    def end(
        self, record: ConnectionRecord, bytes_received: int, outcome: ConnectionOutcome
    ) -> None:
        """The same record with its end."""
        self._keep(replace(record, bytes_received=bytes_received, outcome=outcome))

    def _keep(self, record: ConnectionRecord) -> None:
        with self._lock:
            self._records[record.number] = record
            while len(self._records) > self.kept:
                self._records.popitem(last=False)
            listeners = self._listeners
        for listener in listeners:
            listener(record)
