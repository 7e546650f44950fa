"""Names of files that somebody else chose, checked before they become part of a path."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from desktop.core.safe_path import is_safe_path

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_NAME = 200  # bytes; file systems take 255, and `.part.json` and more is put behind
_STATE_SUFFIXES = (".part", ".part.json")  # our own files beside a download


def checked_path(path: str) -> str:
    """The same relative path with `/`; raises `ValueError` if it could leave its folder.

    Refused beyond what `is_safe_path` refuses: invisible characters, and names of our own.
    """
    if not is_safe_path(path) or any(map(_is_odd, path)):
        raise ValueError("not a safe path")
    if any(len(name.encode()) > _LONGEST_NAME for name in path.split("/")):
        raise ValueError("a name too long")
    if path.casefold().endswith(_STATE_SUFFIXES):
        raise ValueError("a name of ours")
    return path


def path_in(folder: Path, path: str) -> Path:
    """Where a checked path is inside a folder; raises `ValueError`."""
    return folder.joinpath(*checked_path(path).split("/"))


def _is_odd(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
