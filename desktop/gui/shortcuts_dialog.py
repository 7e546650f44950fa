"""All keys of the window on one page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget


class ShortcutsDialog(QDialog):
    """A table of commands and their keys, as this system writes them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        table = QGridLayout()
        table.setHorizontalSpacing(32)
        table.setVerticalSpacing(10)
        for row, (command, keys) in enumerate(self._rows()):
            key = QLabel(keys)
            key.setObjectName("keyCap")
            table.addWidget(QLabel(command), row, 0)
            table.addWidget(key, row, 1, Qt.AlignmentFlag.AlignRight)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(24)
        layout.addLayout(table)
        layout.addWidget(buttons)

    def _rows(self) -> list[tuple[str, str]]:
        return [
            (self.tr("New chat"), _native("Ctrl+N")),
            (self.tr("Add pictures"), _native("Ctrl+O")),
            (self.tr("Paste a picture, files or text"), _native("Ctrl+V")),
            (self.tr("Send"), _native("Return")),
            (self.tr("Break the line"), _native("Shift+Return")),
            (self.tr("Stop the answer"), _native("Esc")),
            (self.tr("Edit the last question, in the empty field"), _native("Up")),
            (self.tr("Remove the picture in focus"), _native("Del")),
            (
                self.tr("Move the picture in focus"),
                f"{_native('Alt+Left')}  {_native('Alt+Right')}",
            ),
            (self.tr("Find a chat"), _native("Ctrl+K")),
            (self.tr("Rename the chat in the list"), _native("F2")),
            (self.tr("Show or hide the sidebar"), _native("Ctrl+\\")),
            (self.tr("Get models"), _native("Ctrl+Shift+M")),
            (self.tr("Settings"), _native("Ctrl+,")),
            (self.tr("This list"), _native("F1")),
            (self.tr("Quit"), _native("Ctrl+Q")),
        ]


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
