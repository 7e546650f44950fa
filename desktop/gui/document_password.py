"""The field for the password of a protected document. What is typed is not kept."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget


class PasswordRow(QWidget):
    """A field and a button; the field is empty again as soon as its text was handed on."""

    entered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setPlaceholderText(self.tr("Password of this document"))
        self.edit.setAccessibleName(self.tr("Password of this document"))
        self.edit.setAcceptDrops(False)  # pictures dropped on it are meant for the window
        self.edit.returnPressed.connect(self._enter)
        self.edit.textChanged.connect(self._refresh)
        self.button = QPushButton(self.tr("Open"))
        self.button.setProperty("kind", "outline")
        self.button.clicked.connect(self._enter)
        self._is_busy = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 6, 0)
        layout.setSpacing(8)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.button)
        self._refresh()

    def set_busy(self, *, is_busy: bool) -> None:
        """A password is being tried."""
        self._is_busy = is_busy
        self._refresh()

    def set_wrong(self, *, is_wrong: bool) -> None:
        """The last one did not fit."""
        self.edit.setProperty("wrong", is_wrong)
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)

    @Slot()
    def _enter(self) -> None:
        password = self.edit.text()
        if password and not self._is_busy:
            self.edit.clear()
            self.entered.emit(password)

    @Slot()
    def _refresh(self) -> None:
        self.edit.setReadOnly(self._is_busy)
        self.button.setEnabled(bool(self.edit.text()) and not self._is_busy)
