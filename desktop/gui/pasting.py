"""Pictures and files on the clipboard go to the question, wherever in the window the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from typing_extensions import override

from desktop.gui.prompt_edit import pictures_in

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow


class PicturePasting(QObject):
    """Keeps text fields of the window from swallowing the paste key when they cannot use it.

    The key then reaches the window's own command, which pastes into the question. Text on the
    clipboard stays the field's.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        app = QApplication.instance()
        if isinstance(app, QApplication):
            # The field in focus alone: a filter on the application would see every event there is.
            app.focusChanged.connect(self._follow)

    @Slot(QWidget, QWidget)
    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(old, QLineEdit) and shiboken6.isValid(old):
            old.removeEventFilter(self)
        if isinstance(new, QLineEdit) and new.window() is self._window:
            new.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        is_paste = event.matches(QKeySequence.StandardKey.Paste)
        if not is_paste or not pictures_in(QGuiApplication.clipboard().mimeData()):
            return False
        event.ignore()
        return True
