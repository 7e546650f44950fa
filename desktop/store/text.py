"""Text as SQLite and JSON can hold it, and as a search compares it."""

from __future__ import annotations

import unicodedata


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
