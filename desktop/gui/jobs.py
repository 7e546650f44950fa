"""Work off the main thread that comes back to it as a value or an error."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import shiboken6
from msgspec import Struct
from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from typing_extensions import override

from desktop.core.errors import GroundglassError

T = TypeVar("T")

_LONGEST_GOODBYE_MS = 10_000


def run_job(
    work: Callable[[], T],
    on_done: Callable[[T], None],
    on_error: Callable[[GroundglassError], None],
    *,
    owner: QObject,
) -> None:
    """Run `work` on a pool thread; one of the callbacks follows on the main thread.

    Call it on the main thread. When `owner` is destroyed before the work is over, its result is
    dropped. An exception that is not a `GroundglassError` is a bug: `sys.excepthook` gets it, on
    the main thread, and no callback is called.
    """
    if not _couriers:
        _couriers.append(_Courier())
    outcome = _Outcome(_Order(work, on_done, on_error, owner))
    QThreadPool.globalInstance().start(_Task(outcome, _couriers[0]))


class _Order(Struct, frozen=True):
    work: Callable[[], Any]
    on_done: Callable[[Any], None]
    on_error: Callable[[GroundglassError], None]
    owner: QObject


class _Outcome(Struct):
    """Carries an order to the pool and back.

    The main thread takes the order out at the end, so that what it refers to (widgets, often) is
    never given up on a pool thread.
    """

    order: _Order | None
    value: Any = None
    error: Exception | None = None


class _Courier(QObject):
    """Lives on the main thread and is never destroyed: a pool thread can always reach it."""

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _deliver(self, outcome: _Outcome) -> None:
        order, outcome.order = outcome.order, None
        error = outcome.error
        if order is None:
            return
        if error is not None and not isinstance(error, GroundglassError):
            sys.excepthook(type(error), error, error.__traceback__)
        elif not shiboken6.isValid(order.owner):
            return
        elif error is not None:
            order.on_error(error)
        else:
            order.on_done(outcome.value)


_couriers: list[_Courier] = []


class _Task(QRunnable):
    def __init__(self, outcome: _Outcome, courier: _Courier) -> None:
        super().__init__()
        self._outcome = outcome
        self._courier = courier

    @override
    def run(self) -> None:
        order = self._outcome.order
        if order is None:
            return
        try:
            self._outcome.value = order.work()
        except Exception as error:  # noqa: BLE001  # carried to the main thread, see run_job
            self._outcome.error = error
        del order
        with suppress(RuntimeError):  # Qt is gone: the program is ending, and nobody waits for it
            self._courier.arrived.emit(self._outcome)


def _leave() -> None:
    """Let the last jobs end while there is an interpreter; Qt would wait for them after it."""
    pdf = sys.modules.get("desktop.intake.documents_pdf")  # is loaded with the first document
    if pdf is not None:
        pdf.end_pdfium()  # a job that draws page after page ends at its next page
    pool = QThreadPool.globalInstance()
    pool.clear()
    pool.waitForDone(_LONGEST_GOODBYE_MS)


atexit.register(_leave)
