"""The worker as a process of the system: how it is started, and how it is ended."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from desktop.core import paths

log = logging.getLogger(__name__)

_LOG_LIMIT_BYTES = 1_000_000
_LAST_BYTES = 64_000


def worker_command() -> list[str]:
    """This program again, as the worker."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--engine-worker"]
    return [sys.executable, "-m", "desktop", "--engine-worker"]


def spawn_worker() -> subprocess.Popen[bytes]:
    """Start it, its pipes open; raises `OSError`."""
    environment = dict(os.environ, GGML_NO_BACKTRACE="1", PYTHONUTF8="1")
    package_parent = str(Path(__file__).resolve().parent.parent.parent)
    known = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = os.pathsep.join(
        [package_parent, known] if known else [package_parent]
    )
    with _error_log() as errors:
        return subprocess.Popen(
            worker_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )


def _error_log() -> BinaryIO:
    """Where the worker's stderr goes; nowhere when the log folder cannot be written."""
    log_file = _log_file()
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        is_full = log_file.exists() and log_file.stat().st_size > _LOG_LIMIT_BYTES
        return log_file.open("wb" if is_full else "ab")
    except OSError:
        return Path(os.devnull).open("wb")


def error_log_size() -> int:
    """Bytes of what workers wrote to stderr so far."""
    try:
        return _log_file().stat().st_size
    except OSError:
        return 0


def read_error_log(start: int) -> str:
    """The last that workers wrote to stderr since the log had this size; empty without a log."""
    try:
        with _log_file().open("rb") as log_bytes:
            size = log_bytes.seek(0, os.SEEK_END)
            since = start if start <= size else 0  # it has begun anew
            log_bytes.seek(max(since, size - _LAST_BYTES))
            return log_bytes.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _log_file() -> Path:
    return paths.log_dir() / "engine.log"


def close_stdin(process: subprocess.Popen[bytes]) -> None:
    """Say that no command follows; a pipe that is broken already is no matter."""
    if process.stdin is not None:
        try:
            process.stdin.close()
        except OSError:
            log.debug("the pipe was broken already")


def end_process(process: subprocess.Popen[bytes], first_wait_s: float) -> int:
    """Wait, then terminate, then kill; gives the exit status."""
    for stop in (process.terminate, process.kill):
        try:
            return process.wait(first_wait_s)
        except subprocess.TimeoutExpired:
            stop()
    return process.wait()
