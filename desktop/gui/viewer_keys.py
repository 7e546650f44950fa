"""What the keys do while the picture in the viewer has the keyboard."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent


class KeyCommand(StrEnum):
    """One thing that a key does."""

    FIT = "fit"
    ACTUAL_SIZE = "actual_size"
    CLOSER = "closer"
    FARTHER = "farther"
    TURN_RIGHT = "turn_right"
    TURN_LEFT = "turn_left"
    MOVE = "move"  # the region if there is one, else the picture; see `direction_of`
    RESIZE = "resize"  # the region
    SELECT = "select"  # a region in the middle
    ASK = "ask"
    NEXT_BOX = "next_box"
    PREVIOUS_BOX = "previous_box"
    NEXT = "next"
    PREVIOUS = "previous"
    CLOSE = "close"  # the region if there is one, else the viewer


_KEYS = {
    Qt.Key.Key_0: KeyCommand.FIT,
    Qt.Key.Key_1: KeyCommand.ACTUAL_SIZE,
    Qt.Key.Key_Plus: KeyCommand.CLOSER,
    Qt.Key.Key_Equal: KeyCommand.CLOSER,
    Qt.Key.Key_Minus: KeyCommand.FARTHER,
    Qt.Key.Key_Underscore: KeyCommand.FARTHER,
    Qt.Key.Key_R: KeyCommand.TURN_RIGHT,
    Qt.Key.Key_S: KeyCommand.SELECT,
    Qt.Key.Key_B: KeyCommand.NEXT_BOX,
    Qt.Key.Key_Return: KeyCommand.ASK,
    Qt.Key.Key_Enter: KeyCommand.ASK,
    Qt.Key.Key_PageDown: KeyCommand.NEXT,
    Qt.Key.Key_PageUp: KeyCommand.PREVIOUS,
    Qt.Key.Key_Escape: KeyCommand.CLOSE,
}
_SHIFTED = {
    KeyCommand.TURN_RIGHT: KeyCommand.TURN_LEFT,
    KeyCommand.NEXT_BOX: KeyCommand.PREVIOUS_BOX,
}
_DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_PLAIN = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
_ZOOMS = {KeyCommand.FIT, KeyCommand.ACTUAL_SIZE, KeyCommand.CLOSER, KeyCommand.FARTHER}


def direction_of(event: QKeyEvent) -> tuple[int, int]:
    """Where an arrow points, right and down; (0, 0) for another key."""
    return _DIRECTIONS.get(Qt.Key(event.key()), (0, 0))


def command_of(event: QKeyEvent, *, has_region: bool) -> KeyCommand | None:
    """What a key does; None for one that does nothing here. Ctrl with 0, 1, + and - zooms too."""
    modifiers = event.modifiers()
    is_shifted = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    command = _KEYS.get(Qt.Key(event.key()))
    if modifiers & ~_PLAIN:
        is_control = not modifiers & ~(_PLAIN | Qt.KeyboardModifier.ControlModifier)
        return command if is_control and command in _ZOOMS else None
    if direction_of(event) != (0, 0):
        return KeyCommand.RESIZE if is_shifted and has_region else KeyCommand.MOVE
    return _SHIFTED.get(command, command) if is_shifted and command is not None else command
