"""The settings' page on models: memory, where they come from, and where they are kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.core import paths
from desktop.gui.icons import icon
from desktop.gui.setting_rows import Choice, SettingsPage, hint
from desktop.gui.source_order import SourceOrder
from desktop.store.settings import ENDPOINT_PATTERN, TOKEN_PATTERN

if TYPE_CHECKING:
    from desktop.store.settings import Settings

_IDLE_MINUTES = (2, 5, 10, 30, 60)
_ENDPOINT, _TOKEN = re.compile(ENDPOINT_PATTERN), re.compile(TOKEN_PATTERN)


class ModelSettingsPage(SettingsPage):
    """How long a model stays loaded, and everything about downloads."""

    validity_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Models"), parent)
        self._idle = Choice[int | None](
            [
                *((self._minutes(count), count) for count in _IDLE_MINUTES),
                (self.tr("Never"), None),
            ]
        )
        self.add_row(
            self.tr("Unload when idle"),
            self.tr(
                "Gives the memory back to other apps; the next question loads the model again."
            ),
            self._idle,
        )
        self._offline = QCheckBox(self.tr("Stay offline"))
        self.add(
            _option(
                self._offline,
                self.tr("Forbids every connection, so that no model can be downloaded."),
            )
        )
        self._sources = SourceOrder()
        self.add_row(
            self.tr("Download from"),
            self.tr("Tried from top to bottom. What is not ticked is never asked."),
            self._sources,
            is_wide=True,
        )
        self._sources.list.setAccessibleName(self.tr("Download from"))
        self._endpoint = QLineEdit()
        self._endpoint.setPlaceholderText("https://")
        self.add_row(
            self.tr("Address of your own"),
            self.tr("A server that speaks like Hugging Face, such as your company's; tried first."),
            self._endpoint,
            is_wide=True,
        )
        self._token = self._make_token_field()
        self.add_row(
            self.tr("Hugging Face token"),
            self.tr(
                "Only for models that ask for an account. Sent to huggingface.co, never to a"
                " mirror; kept in a file that only you can read."
            ),
            self._token,
            is_wide=True,
        )
        self._folder = QLabel(str(paths.models_dir()))
        self.add_row(
            self.tr("Models are kept in"),
            "",
            self._make_folder_row(),
            is_wide=True,
        )
        self._problem = ""
        self._sources.changed.connect(self._check)
        self._endpoint.textChanged.connect(self._check)
        self._token.textChanged.connect(self._check)

    @property
    def problem(self) -> str:
        """What is wrong with the choices, in a sentence; empty when they can be used."""
        return self._problem

    @override
    def show_settings(self, settings: Settings) -> None:
        minutes = settings.idle_minutes
        self._idle.choose(minutes, self._minutes(minutes or 0))
        self._offline.setChecked(settings.is_offline)
        self._sources.set_value(settings.sources)
        self._endpoint.setText(settings.endpoint or "")
        self._token.setText(settings.hub_token or "")

    @override
    def change(self, settings: Settings) -> Settings:
        """These settings with this page's choices; only without a `problem`."""
        return replace(
            settings,
            idle_minutes=self._idle.value(),
            is_offline=self._offline.isChecked(),
            sources=self._sources.value(),
            endpoint=self._endpoint.text().strip() or None,
            hub_token=self._token.text().strip() or None,
        )

    def _minutes(self, count: int) -> str:
        one, many = self.tr("After 1 minute"), self.tr("After {count} minutes")
        return one if count == 1 else many.format(count=count)

    def _make_token_field(self) -> QLineEdit:
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setPlaceholderText("hf_…")
        self._reveal = field.addAction(
            icon("eye", "secondary"), QLineEdit.ActionPosition.TrailingPosition
        )
        self._reveal.setText(self.tr("Show the token"))
        self._reveal.setToolTip(self.tr("Show the token"))
        self._reveal.setCheckable(True)
        self._reveal.toggled.connect(self._show_token)
        return field

    def _make_folder_row(self) -> QWidget:
        self._folder.setTextFormat(Qt.TextFormat.PlainText)
        self._folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._folder.setWordWrap(True)
        self._folder.setProperty("kind", "secondary")
        button = QPushButton(self.tr("Open folder"))
        button.setAutoDefault(False)
        button.clicked.connect(self._open_folder)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._folder, 1)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        row.setFocusProxy(button)
        return row

    @Slot()
    def _check(self) -> None:
        endpoint, token = self._endpoint.text().strip(), self._token.text().strip()
        problem = ""
        if not self._sources.value():
            problem = self.tr("Tick at least one place to download from.")
        elif endpoint and not _ENDPOINT.match(endpoint):
            problem = self.tr("Your own address is not one: it begins with https://.")
        elif token and not _TOKEN.match(token):
            problem = self.tr("The token has characters that no token has.")
        if problem != self._problem:
            self._problem = problem
            self.validity_changed.emit()

    @Slot(bool)
    def _show_token(self, is_shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password
        self._token.setEchoMode(mode)

    @Slot()
    def _open_folder(self) -> None:
        folder = paths.models_dir()
        while not folder.exists() and folder != folder.parent:  # nothing was downloaded yet
            folder = folder.parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _option(box: QCheckBox, cost: str) -> QWidget:
    """A check box with a line below it."""
    option = QWidget()
    column = QVBoxLayout(option)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(box)
    line = hint(cost)
    line.setContentsMargins(26, 0, 0, 0)
    column.addWidget(line)
    box.setAccessibleDescription(cost)
    return option
