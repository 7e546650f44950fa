"""The pieces that the settings are made of: a page, a row with its cost, a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QComboBox,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.store.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QWheelEvent

T = TypeVar("T")

_CONTROL_PX = 200


class SettingsPage(QScrollArea):
    """A titled column of rows that scrolls when the window is low. It keeps no settings itself."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsPage")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body = QWidget()
        self.body.setObjectName("settingsPageBody")
        self._column = QVBoxLayout(self.body)
        self._column.setContentsMargins(24, 20, 24, 16)
        self._column.setSpacing(20)
        heading = QLabel(title)
        heading.setObjectName("settingsTitle")
        self._column.addWidget(heading)
        self._column.addStretch(1)
        self.setWidget(self.body)

    def show_settings(self, settings: Settings) -> None:
        """Fill the controls."""
        raise NotImplementedError

    def change(self, settings: Settings) -> Settings:
        """These settings with this page's choices."""
        raise NotImplementedError

    @Slot()
    def reset(self) -> None:
        """Show the defaults; they take effect like any other choice."""
        self.show_settings(Settings())

    def add(self, widget: QWidget) -> None:
        """Put a widget below the others."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def add_row(
        self,
        title: str,
        cost: str,
        control: QWidget,
        *,
        is_wide: bool = False,
        note: QLabel | None = None,
    ) -> QWidget:
        """A row: what it is, one line on what it costs, and its control beside or below.

        `note` stands under the cost where there is more to say.
        """
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
        if note is not None:
            words.addWidget(note)
        layout.addLayout(words, 1)
        if is_wide:
            layout.addWidget(control)
        else:
            words.addStretch(1)
            control.setFixedWidth(_CONTROL_PX)
            layout.addWidget(control, 0, Qt.AlignmentFlag.AlignTop)
        for part in {control, control.focusProxy() or control}:
            if not isinstance(part, QAbstractButton):  # which has its own words
                part.setAccessibleName(title)
            part.setAccessibleDescription(cost)
        self.add(row)
        return row


def hint(text: str) -> QLabel:
    """A quiet line below a title."""
    label = QLabel(text)
    label.setProperty("kind", "secondary")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


class Choice(QComboBox, Generic[T]):
    """A combo box over values; one that was not offered is added when chosen.

    The wheel moves it only while it has the focus, so that it does not change when the page below
    it is scrolled.
    """

    def __init__(self, offered: Sequence[tuple[str, T]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
