"""Text as SQLite and JSON can hold it, and as a search compares it."""

from __future__ import annotations

import re
import unicodedata

from desktop.core.safe_path import is_safe_path

_LONGEST_SLUG = 60  # characters: at most 240 bytes, so that a number fits behind


def storable(text: str) -> str:
    """The text with stray halves of surrogate pairs as U+FFFD.

    File names and the clipboard may hold such halves. Two that belong together become their
    character.
    """
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def folded(text: str) -> str:
    """The text without upper case, full width and other differences that a search ignores."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", storable(text)).casefold()


def slug(name: str) -> str:
    """A name as part of an id and of a path: letters and digits of any script, dots and lines."""
    plain = unicodedata.normalize("NFKC", storable(name)).casefold()
    found = re.sub(r"[^\w.]+", "-", plain)[:_LONGEST_SLUG].strip("-._")
    return found if is_safe_path(found) else "model"
