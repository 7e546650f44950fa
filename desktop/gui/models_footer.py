"""The manager's last line: the disk used in all, what is free, and the way to the connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.gui.amounts import size_text
from desktop.gui.icons import icon
from desktop.gui.model_marks import ElidedLabel
from desktop.gui.theme import theme
from desktop.store.machine import free_disk_bytes

if TYPE_CHECKING:
    from desktop.gui.model_library import ModelLibrary

_ICON = QSize(16, 16)


class ModelsFooter(QFrame):
    """Asks the library and the disk when told to."""

    connections_requested = Signal()

    def __init__(self, library: ModelLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelsFooter")
        self._library = library
        self._disk = QLabel()
        self._disk.setFixedSize(_ICON)
        self._words = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._words.setProperty("kind", "secondary")
        self.connections = QPushButton(self.tr("Connections…"))
        self.connections.setProperty("kind", "quiet")
        self.connections.setAutoDefault(False)
        self.connections.setIconSize(_ICON)
        self.connections.setToolTip(self.tr("Every connection that Groundglass has made"))
        self.connections.clicked.connect(self.connections_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self._disk)
        layout.addWidget(self._words, 1)
        layout.addWidget(self.connections)
        theme().changed.connect(self._draw_icons)
        self._draw_icons()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def refresh(self) -> None:
        """Ask again."""
        used = self._library.disk_bytes()
        words = (
            self.tr("Models take {used}  ·  {free} free on the disk")
            if used
            else self.tr("No model has been downloaded yet  ·  {free} free on the disk")
        )
        free = size_text(free_disk_bytes(self._library.models_dir))
        self._words.show_text(words.format(used=size_text(used), free=free))

    @Slot()
    def _draw_icons(self) -> None:
        pixmap = icon("hard-drive", "secondary").pixmap(_ICON, self.devicePixelRatioF())
        self._disk.setPixmap(pixmap)
        self.connections.setIcon(icon("shield-check", "secondary"))
