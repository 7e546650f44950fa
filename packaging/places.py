"""Where the build puts things, and what of them is shipped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import bundle

if TYPE_CHECKING:
    from pathlib import Path

BUILD, DIST = bundle.ROOT / "build", bundle.ROOT / "dist"


def contents() -> Path:
    """The folder that is shipped."""
    return DIST / ("Groundglass.app" if sys.platform == "darwin" else "groundglass")


def program() -> Path:
    """What a terminal starts."""
    match sys.platform:
        case "darwin":
            return contents() / "Contents" / "MacOS" / "Groundglass"
        case "win32":
            return contents() / "groundglass-cli.exe"
        case _:
            return contents() / "groundglass"
