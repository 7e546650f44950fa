"""All keys of the window on one page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)


class ShortcutsDialog(QDialog):
    """A table of commands and their keys, as this system writes them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        columns = QHBoxLayout()
        columns.setSpacing(48)
        for title, rows in (
            (self.tr("Everywhere"), self._window_rows()),
            (self.tr("In the viewer"), self._viewer_rows()),
        ):
            heading = QLabel(title)
            heading.setObjectName("popupTitle")
            column = QVBoxLayout()
            column.setSpacing(10)
            column.addWidget(heading)
            column.addLayout(_table(rows))
            column.addStretch(1)
            columns.addLayout(column)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(columns)
        layout.addWidget(buttons)

    def _window_rows(self) -> list[tuple[str, str]]:
        return [
            (self.tr("New chat"), _native("Ctrl+N")),
            (self.tr("Add pictures or documents"), _native("Ctrl+O")),
            (self.tr("Paste a picture, files or text"), _native("Ctrl+V")),
            (self.tr("Capture a part of the screen"), _native("Ctrl+Shift+S")),
            (self.tr("Send"), _native("Return")),
            (self.tr("Break the line"), _native("Shift+Return")),
            (self.tr("Stop the answer"), _native("Esc")),
            (self.tr("Edit the last question, in the empty field"), _native("Up")),
            (self.tr("Remove the picture in focus"), _native("Del")),
            (self.tr("Move the picture in focus"), _native("Alt+Left", "Alt+Right")),
            (self.tr("Find a chat"), _native("Ctrl+K")),
            (self.tr("Rename the chat in the list"), _native("F2")),
            (self.tr("Show or hide the sidebar"), _native("Ctrl+\\")),
            (self.tr("Get models"), _native("Ctrl+Shift+M")),
            (self.tr("Figures of the last answer"), _native("Ctrl+Shift+I")),
            (self.tr("Settings"), _native("Ctrl+,")),
            (self.tr("This list"), _native("F1")),
            (self.tr("Quit"), _native("Ctrl+Q")),
        ]

    def _viewer_rows(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Open the picture in focus"), _native("Return")),
            (self.tr("Show all of it, or each pixel"), _native("0", "1")),
            (self.tr("Closer, farther"), _native("+", "-")),
            (self.tr("Turn"), _native("R")),
            (self.tr("Choose a region"), _native("S")),
            (self.tr("Ask about the region"), _native("Return")),
            (self.tr("Next box"), _native("B")),
            (self.tr("Next, previous picture"), _native("PgDown", "PgUp")),
            (self.tr("Close the viewer"), _native("Esc")),
        ]


def _table(rows: list[tuple[str, str]]) -> QGridLayout:
    table = QGridLayout()
    table.setHorizontalSpacing(24)
    table.setVerticalSpacing(6)
    for row, (command, keys) in enumerate(rows):
        key = QLabel(keys)
        key.setObjectName("keyCap")
        table.addWidget(QLabel(command), row, 0)
        table.addWidget(key, row, 1, Qt.AlignmentFlag.AlignRight)
    return table


def _native(*keys: str) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return "  ".join(QKeySequence(key).toString(native) for key in keys)
