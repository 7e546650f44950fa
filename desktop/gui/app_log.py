"""Where the window writes down what went wrong: a rotating log and a file for hard crashes.

It holds places in the code and Qt's own messages, never prompts, answers or file names of a person.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from desktop.core import paths
from desktop.gui.crash_report import CRASH_FILE, take_crash

if TYPE_CHECKING:
    from types import TracebackType

log = logging.getLogger(__name__)

_LIMIT_BYTES = 500_000
_KEPT = 3
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_open_files: list[TextIO] = []  # faulthandler writes to it until the end


def start_logging() -> str | None:
    """Send warnings, uncaught exceptions, Qt's messages and hard crashes to the log folder.

    Gives the report on a hard crash of the run before this one, if there was one. What goes to the
    log goes to the terminal too, if there is one. A folder that cannot be written leaves the
    terminal alone as the log: the app starts all the same.
    """
    handlers: list[logging.Handler] = []
    crash: str | None = None
    if sys.stderr is not None:
        handlers.append(logging.StreamHandler())
    try:
        folder = paths.log_dir()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handlers.append(
            RotatingFileHandler(
                folder / "groundglass.log",
                maxBytes=_LIMIT_BYTES,
                backupCount=_KEPT,
                encoding="utf-8",
            )
        )
        crash = take_crash(folder)
        _open_files.append((folder / CRASH_FILE).open("a", encoding="utf-8"))
        faulthandler.enable(_open_files[-1])
    except OSError:
        log.debug("no log folder")
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        level=logging.WARNING,
        handlers=handlers,
        force=True,
    )
    sys.excepthook = _log_exception
    threading.excepthook = _log_thread_exception
    qInstallMessageHandler(_log_qt_message)
    return crash


def _log_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.error("uncaught %s", _without_content(error, trace))


def _log_thread_exception(raised: threading.ExceptHookArgs) -> None:
    name = raised.thread.name if raised.thread else "a thread"
    log.error("uncaught in %s: %s", name, _without_content(raised.exc_value, raised.exc_traceback))


def _without_content(error: BaseException | None, trace: TracebackType | None) -> str:
    """Kinds and places; the messages of exceptions may hold a person's text."""
    if error is None:
        return "exception"
    text = f"{type(error).__name__}\n{''.join(traceback.format_tb(trace))}"
    before = error.__cause__ or error.__context__
    if before is not None:
        text += f"from {_without_content(before, before.__traceback__)}"
    return text


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    logging.getLogger(f"qt.{context.category or 'default'}").log(_LEVELS[kind], "%s", message)
