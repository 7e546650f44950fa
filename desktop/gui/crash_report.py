"""What is left of a crash of the window: places in the code, for the person to copy if they want.

Python's fault handler writes to a file when native code ends the process. The next start finds it,
takes it aside and offers it. It is sent nowhere.
"""

from __future__ import annotations

import platform
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import PySide6

from desktop import __version__

if TYPE_CHECKING:
    from pathlib import Path

CRASH_FILE = "crash.log"
_ASIDE = "crash-previous.log"
_LONGEST = 20_000  # characters; the first thread is the one that crashed
_FILE = re.compile(r'File "(?P<path>[^"]*)"')
_KEPT_PARTS = 3  # of a path: enough for a place in the code, too little for a home folder


def take_crash(log_dir: Path) -> str | None:
    """The report on the last crash, once; None if the last run ended well. Never raises.

    Call it before the fault handler opens its file again.
    """
    file = log_dir / CRASH_FILE
    try:
        trace = file.read_text(encoding="utf-8", errors="replace")
        if not trace.strip():
            return None
        file.replace(log_dir / _ASIDE)
    except OSError:
        return None
    return _report(trace)


def _report(trace: str) -> str:
    """Versions and the trace, with the folders of its files cut off."""
    lines = (
        f"Groundglass {__version__}",
        f"Python {platform.python_version()}, Qt {PySide6.__version__}",
        platform.platform(),
        "",
        _FILE.sub(_short_place, trace.strip())[:_LONGEST],
    )
    return "\n".join(lines) + "\n"


def _short_place(match: re.Match[str]) -> str:
    parts = [part for part in re.split(r"[/\\]", match["path"]) if part]
    kept = parts[-_KEPT_PARTS:]
    with suppress(ValueError):  # from our own package or an installed one: everything inside it
        start = max(i for i, part in enumerate(parts) if part in {"desktop", "site-packages"})
        kept = parts[start:]
    return f'File "{"/".join(kept)}"'
