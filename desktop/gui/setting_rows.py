"""The pieces that the settings are made of: a page, a row with its cost, a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_CONTROL_PX = 200


class SettingsPage(QScrollArea):
    """A titled column of rows that scrolls when the window is low."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsPage")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        body.setObjectName("settingsPageBody")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(24, 20, 24, 16)
        self._column.setSpacing(20)
        heading = QLabel(title)
        heading.setObjectName("settingsTitle")
        self._column.addWidget(heading)
        self._column.addStretch(1)
        self.setWidget(body)

    def add(self, widget: QWidget) -> None:
        """Put a widget below the others."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def add_row(self, title: str, cost: str, control: QWidget, *, is_wide: bool = False) -> None:
        """A row: what it is, one line on what it costs, and its control beside or below."""
        row = QWidget()
        layout = QBoxLayout(
            QBoxLayout.Direction.TopToBottom if is_wide else QBoxLayout.Direction.LeftToRight, row
        )
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8 if is_wide else 24)
        words = QVBoxLayout()
        words.setSpacing(2)
        label = QLabel(title)
        label.setBuddy(control)
        words.addWidget(label)
        if cost:
            words.addWidget(hint(cost))
        layout.addLayout(words, 1)
        if is_wide:
            layout.addWidget(control)
        else:
            control.setFixedWidth(_CONTROL_PX)
            layout.addWidget(control, 0, Qt.AlignmentFlag.AlignTop)
        control.setAccessibleName(title)
        control.setAccessibleDescription(cost)
        self.add(row)


def hint(text: str) -> QLabel:
    """A quiet line below a title."""
    label = QLabel(text)
    label.setProperty("kind", "secondary")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


class Choice(QComboBox, Generic[T]):
    """A combo box over values; one that was not offered is added when chosen."""

    def __init__(self, offered: Sequence[tuple[str, T]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[T] = []
        for text, value in offered:
            self.addItem(text)
            self._values.append(value)

    def value(self) -> T:
        """The chosen value."""
        return self._values[self.currentIndex()]

    def choose(self, value: T, text: str = "") -> None:
        """Show this value; `text` is for one that was not offered."""
        if value not in self._values:
            self.addItem(text or str(value))
            self._values.append(value)
        self.setCurrentIndex(self._values.index(value))
