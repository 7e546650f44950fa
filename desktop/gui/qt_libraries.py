"""Loading Qt: without what nobody needs of it, and with a sentence where this Linux lacks a part.

Standard library only: it is asked when PySide6 itself cannot be imported.
"""

from __future__ import annotations

import builtins
import ctypes
import os
import re
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# What the wheels of PySide6 6.11 do not bring themselves, and the Debian package that has it.
IMPORT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libzstd.so.1": "libzstd1",
    "libbrotlidec.so.1": "libbrotli1",
    "libz.so.1": "zlib1g",
}
XCB_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
_PACKAGES = IMPORT_LIBRARIES | XCB_LIBRARIES | WAYLAND_LIBRARIES


def load_qt() -> None:
    """Load PySide6 and leave out its import hook. Raises `ImportError` where it cannot be loaded.

    The hook serves `from __future__`-like switches (`from __feature__ import snake_case`), which
    nothing here uses, and searches the source of each module that is imported from then on: a
    tenth of the window's start.
    """
    import PySide6.QtCore  # noqa: F401, PLC0415

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def is_loadable(library: str) -> bool:
    """Whether the system's loader finds and takes this library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def import_problem(error: ImportError, *, loads: Callable[[str], bool] = is_loadable) -> str | None:
    """A sentence for a PySide6 that cannot be imported; None for any other error."""
    if isinstance(error, ModuleNotFoundError):
        if (error.name or "").partition(".")[0] in {"PySide6", "shiboken6"}:
            return (
                "The window needs PySide6, which is not installed for this Python. "
                "Run: make run (or pip install groundglass)"
            )
        return None
    named = re.match(r"(?:/.*/)?(lib[\w.+-]+\.so[.\d]*): ", str(error))
    if named is None:
        return None
    missing = [library for library in IMPORT_LIBRARIES if not loads(library)]
    return missing_libraries_sentence(missing or [named[1]])


def screen_problem(
    environment: Mapping[str, str] = os.environ, *, loads: Callable[[str], bool] = is_loadable
) -> str | None:
    """A sentence if no window can be shown here (Linux); None if Qt will find a screen.

    A platform named by the person, such as `QT_QPA_PLATFORM=offscreen`, is taken at its word.
    """
    platform = environment.get("QT_QPA_PLATFORM", "").partition(";")[0].partition(":")[0]
    if platform not in {"", "xcb", "wayland"}:
        return None
    no_wayland = [library for library in WAYLAND_LIBRARIES if not loads(library)]
    has_wayland = platform != "xcb" and _has_wayland(environment)
    if has_wayland and not no_wayland:
        return None
    if environment.get("DISPLAY") and platform != "wayland":
        return _x_problem(environment["DISPLAY"], loads)
    if has_wayland:
        return missing_libraries_sentence(no_wayland)
    return (
        "There is no screen to show a window on: neither DISPLAY nor WAYLAND_DISPLAY leads to one. "
        'Start Groundglass on a desktop, or ask here in the terminal: groundglass ask PICTURE "…"'
    )


def _x_problem(display: str, loads: Callable[[str], bool]) -> str | None:
    missing = [library for library in XCB_LIBRARIES if not loads(library)]
    if missing:
        return missing_libraries_sentence(missing)
    if _has_x_server():
        return None
    return (
        f"The screen {display} cannot be reached, so no window can be shown. "
        "Check DISPLAY, or start Groundglass from a terminal on the desktop."
    )


def missing_libraries_sentence(libraries: Iterable[str]) -> str:
    """What is missing, with the exact command where the system has `apt-get`."""
    names = list(dict.fromkeys(libraries))
    packages = sorted({_PACKAGES[name] for name in names if name in _PACKAGES})
    listed = ", ".join(names)
    beginning = f"Groundglass cannot open its window, because this system lacks {listed}."
    if packages and all(name in _PACKAGES for name in names) and shutil.which("apt-get"):
        command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
        return f"{beginning} Run: sudo {command}"
    return f"{beginning} Install what provides it with the system's package manager."


def _has_wayland(environment: Mapping[str, str]) -> bool:
    """Whether a compositor answers, at the place where Wayland clients look for it."""
    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    address = Path(environment.get("XDG_RUNTIME_DIR", "/nonexistent"), name)
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(address))
        except OSError:
            return False
    return True


def _has_x_server() -> bool:
    """Whether the X server that DISPLAY names takes us; needs libxcb.

    The connection stays open: a server whose last client leaves may start anew and then refuses
    Qt's connection for a moment.
    """
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    return bool(xcb.xcb_connection_has_error(connection) == 0)
