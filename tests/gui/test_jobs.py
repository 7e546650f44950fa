"""Work off the main thread, and what comes back."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QThreadPool

from desktop.core.errors import ErrorCode, GroundglassError, ImageError
from desktop.gui.jobs import run_job

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def _unexpected(value: object) -> None:
    pytest.fail(f"called with {value!r}")


def test_that_the_work_is_done_elsewhere_and_its_value_comes_home(qtbot: QtBot) -> None:
    owner = QObject()
    seen: list[tuple[int, threading.Thread]] = []
    run_job(
        threading.get_ident,
        lambda ident: seen.append((ident, threading.current_thread())),
        _unexpected,
        owner=owner,
    )
    qtbot.waitUntil(lambda: bool(seen))
    ident, thread = seen[0]
    assert ident != threading.get_ident()
    assert thread is threading.main_thread()


def test_that_an_error_of_ours_comes_home_as_an_error(qtbot: QtBot) -> None:
    owner = QObject()
    seen: list[GroundglassError] = []

    def refuse() -> int:
        raise ImageError("This file is empty.", ErrorCode.FILE_EMPTY)

    run_job(refuse, _unexpected, seen.append, owner=owner)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0].code is ErrorCode.FILE_EMPTY


def test_that_a_bug_goes_to_the_except_hook_on_the_main_thread(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = QObject()
    seen: list[tuple[object, threading.Thread]] = []
    monkeypatch.setattr(
        "sys.excepthook",
        lambda kind, value, trace: seen.append((value, threading.current_thread())),
    )
    run_job(lambda: 1 // 0, _unexpected, _unexpected, owner=owner)
    qtbot.waitUntil(lambda: bool(seen))
    error, thread = seen[0]
    assert isinstance(error, ZeroDivisionError)
    assert thread is threading.main_thread()


def test_that_the_result_is_dropped_when_its_owner_is_gone(qtbot: QtBot) -> None:
    parent = QObject()
    doomed, other = QObject(parent), QObject()
    may_end = threading.Event()
    seen: list[bool] = []
    run_job(may_end.wait, _unexpected, _unexpected, owner=doomed)
    doomed.deleteLater()
    with qtbot.waitSignal(doomed.destroyed):
        pass
    may_end.set()
    QThreadPool.globalInstance().waitForDone()
    run_job(lambda: True, seen.append, _unexpected, owner=other)
    qtbot.waitUntil(lambda: bool(seen))


def test_that_many_jobs_all_come_home(qtbot: QtBot) -> None:
    owner = QObject()
    seen: list[int] = []
    for number in range(300):
        run_job(lambda number=number: number, seen.append, _unexpected, owner=owner)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(seen) == 300)
    assert sorted(seen) == list(range(300))
