"""The question before a link leaves the app."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.gui.flowing_text import FlowingText
from desktop.gui.markdown_writer import MarkdownWriter
from desktop.gui.theme import theme

_OPENABLE = ("http", "https", "mailto")
_WIDTH = 440


class LinkPrompt(QDialog):
    """Shows a link's whole address, and opens it in the browser only when told to.

    Addresses other than http, https and mailto can be read but not opened. International names are
    shown in their encoded form, so that a look-alike letter cannot pass for another.
    """

    def __init__(self, address: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._url = QUrl(address)
        can_open = self._url.isValid() and self._url.scheme().lower() in _OPENABLE
        self.setWindowTitle(self.tr("Open link"))
        self.setObjectName("linkPrompt")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        question = QLabel(self._question(can_open=can_open))
        question.setWordWrap(True)
        column.addWidget(question)
        column.addWidget(self._address())
        column.addLayout(self._buttons(can_open=can_open))
        self.setFixedWidth(_WIDTH)

    def _question(self, *, can_open: bool) -> str:
        if not can_open:
            return self.tr("This link does not lead to a web page. It cannot be opened from here.")
        if self._url.scheme().lower() == "mailto":
            return self.tr("Open this address in your mail program?")
        host = self._url.host(QUrl.ComponentFormattingOption.FullyEncoded)
        return self.tr("Open this page on {host} in your browser?").format(host=host)

    def _address(self) -> FlowingText:
        shown = self._url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        text = FlowingText(self)
        text.setObjectName("linkAddress")
        text.setAccessibleName(self.tr("Address"))
        MarkdownWriter(text.document(), theme().colors).write_plain(shown)
        text.setFixedSize(_WIDTH - 48, text.fit(_WIDTH - 48))
        return text

    def _buttons(self, *, can_open: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        cancel = QPushButton(self.tr("Cancel") if can_open else self.tr("Close"))
        cancel.setObjectName("cancelLink")
        cancel.clicked.connect(self.reject)
        row.addWidget(cancel)
        if can_open:
            open_link = QPushButton(self.tr("Open"))
            open_link.setObjectName("openLink")
            open_link.setAutoDefault(False)
            open_link.clicked.connect(self._open)
            row.addWidget(open_link)
        cancel.setDefault(True)
        cancel.setFocus()
        return row

    def _open(self) -> None:
        self.accept()
        QDesktopServices.openUrl(self._url)


def ask_to_open(address: str, parent: QWidget) -> LinkPrompt:
    """Show the question over the parent's window; it goes away with its answer."""
    prompt = LinkPrompt(address, parent)
    prompt.finished.connect(prompt.deleteLater)
    prompt.open()
    return prompt
