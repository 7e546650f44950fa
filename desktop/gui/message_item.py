"""What a question and an answer have in common: they lay themselves out for a width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from typing_extensions import override

from desktop.gui.icons import icon
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent, QPaintEvent

    from desktop.store.history import StoredMessage

FOOTER_PX = 28


class QuietButton(QToolButton):
    """An icon button that shows itself only when its message is hovered, or when it has the focus.

    It is always there for the keyboard and for screen readers.
    """

    def __init__(self, icon_name: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._is_revealed = False
        self.setProperty("kind", "icon")
        self.setIconSize(QSize(16, 16))
        self.setFixedSize(FOOTER_PX, FOOTER_PX)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.show_icon(icon_name)
        theme().changed.connect(self._tint)

    def show_icon(self, icon_name: str) -> None:
        """Show another icon."""
        self._icon_name = icon_name
        self._tint()

    def reveal(self, *, is_revealed: bool) -> None:
        """Show or hide the button's face."""
        self._is_revealed = is_revealed
        self.update()

    @Slot()
    def _tint(self) -> None:
        self.setIcon(icon(self._icon_name, "secondary"))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_revealed or self.hasFocus():
            super().paintEvent(event)


class MessageItem(QWidget):
    """One message in the column. `arrange` places its children; nothing else gives it a size."""

    height_changed = Signal()
    gap_above = 24

    def __init__(self, message: StoredMessage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = message
        self._quiet: list[QuietButton] = []

    def arrange(self, width: int) -> int:
        """Lay the message out at this width, in pixels; the height it then needs."""
        raise NotImplementedError

    def focus_chain(self) -> list[QWidget]:
        """The children that take the keyboard focus, in reading order."""
        raise NotImplementedError

    def _add_quiet_button(self, icon_name: str, name: str) -> QuietButton:
        button = QuietButton(icon_name, name, self)
        self._quiet.append(button)
        return button

    @staticmethod
    def _copy(text: str) -> None:
        QApplication.clipboard().setText(text)

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        for button in self._quiet:
            button.reveal(is_revealed=True)
        super().enterEvent(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        for button in self._quiet:
            button.reveal(is_revealed=False)
        super().leaveEvent(event)
