"""How long things may move: not at all when the system asks for less motion."""

from __future__ import annotations

from PySide6.QtWidgets import QStyle, QWidget

FADE_MS = 120


def fade_ms(widget: QWidget) -> int:
    """Milliseconds of a fade; 0 where animations are switched off."""
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return FADE_MS if widget.style().styleHint(hint, None, widget) > 0 else 0
