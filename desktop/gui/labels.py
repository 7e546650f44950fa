"""Labels as sheets and pages use them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def wrapped_label(kind: str) -> QLabel:
    """An empty label of this kind of the style sheet: plain text on as many lines as it takes."""
    label = QLabel()
    label.setProperty("kind", kind)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
