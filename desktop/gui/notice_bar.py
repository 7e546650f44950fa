"""A calm line that comes up for a while: a sentence, and at most two things to do about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from desktop.gui.icons import icon
from desktop.gui.theme import theme


class NoticeBar(QFrame):
    """Hidden until `announce`. One notice at a time: a new one settles the one before."""

    activated = Signal()  # the button was pressed; the bar is hidden already
    second_activated = Signal()  # the second one was
    settled = Signal()  # the notice went without that

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._button = _action()
        self._button.clicked.connect(self._activate)
        self._second = _action()
        self._second.clicked.connect(self._activate_second)
        self._close = QToolButton()
        self._close.setProperty("kind", "icon")
        self._close.setIconSize(QSize(16, 16))
        self._close.setAccessibleName(self.tr("Dismiss"))
        self._close.setToolTip(self.tr("Dismiss"))
        self._close.clicked.connect(self.settle)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(4)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        layout.addWidget(self._second)
        layout.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.settle)
        theme().changed.connect(self._refresh_icon)
        self._refresh_icon()
        self.hide()

    def announce(
        self, text: str, action: str = "", *, second: str = "", duration_ms: int = 0
    ) -> None:
        """Show a notice; 0 keeps it until it is dismissed."""
        self.settle()
        self._text.setText(text)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._second.setText(second)
        self._second.setVisible(bool(second))
        self.setAccessibleName(text)
        self.show()
        if duration_ms:
            self._timer.start(duration_ms)

    @Slot()
    def settle(self) -> None:
        """Take the notice away, as if its time were over."""
        if not self.isHidden():
            self._withdraw()
            self.settled.emit()

    @Slot()
    def _activate(self) -> None:
        self._withdraw()
        self.activated.emit()

    @Slot()
    def _activate_second(self) -> None:
        self._withdraw()
        self.second_activated.emit()

    def _withdraw(self) -> None:
        self._timer.stop()
        self.hide()

    @Slot()
    def _refresh_icon(self) -> None:
        self._close.setIcon(icon("x", "secondary"))


def _action() -> QPushButton:
    button = QPushButton()
    button.setObjectName("noticeAction")
    button.setProperty("kind", "quiet")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button
