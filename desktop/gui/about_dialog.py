"""About Groundglass: versions and devices to copy, and the licences of everything inside."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop import __version__
from desktop.core.types import EngineKind
from desktop.engine.api import EngineInspected
from desktop.gui.amounts import size_text
from desktop.gui.jobs import run_job
from desktop.store.notices import third_party_notices

if TYPE_CHECKING:
    from desktop.core.errors import GroundglassError
    from desktop.engine.api import EngineEvent
    from desktop.gui.engine_bridge import EngineBridge
    from desktop.store.notices import Notice

_SIZE = QSize(720, 520)
_ICON_PX = 64
_LIST_PX = 216
_COPIED_MS = 1500


class AboutDialog(QDialog):
    """Asks the engine for its versions when it opens; they come a moment later.

    `engine` is the one in use: asking another would end it.
    """

    def __init__(
        self,
        bridge: EngineBridge,
        engine: EngineKind = EngineKind.LLAMA_CPP,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle(self.tr("About Groundglass"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_SIZE)
        self._notices: tuple[Notice, ...] = ()
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setAccessibleName(self.tr("Versions and devices"))
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.packages = QListWidget()
        self.packages.setFixedWidth(_LIST_PX)
        self.packages.setAccessibleName(self.tr("Packages"))
        self.licence = QPlainTextEdit()
        self.licence.setReadOnly(True)
        self.licence.setAccessibleName(self.tr("Licence"))
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.setAutoDefault(False)
        self._copied = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._lay_out()
        self._show_details(())
        self.packages.currentRowChanged.connect(self._show_licence)
        self.copy_button.clicked.connect(self._copy)
        self._copied.timeout.connect(self._name_copy)
        bridge.event_received.connect(self._follow)
        bridge.client.inspect(engine)
        run_job(third_party_notices, self._show_packages, self._leave_empty, owner=self)

    def _lay_out(self) -> None:
        picture = QLabel()
        picture.setPixmap(QGuiApplication.windowIcon().pixmap(QSize(_ICON_PX, _ICON_PX)))
        name = QLabel("Groundglass")
        name.setObjectName("settingsTitle")
        version = QLabel(self.tr("Version {version}").format(version=__version__))
        version.setProperty("kind", "secondary")
        promise = QLabel(self.tr("Asks about your pictures on this computer. Nothing is sent."))
        promise.setProperty("kind", "secondary")
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (name, version, promise):
            words.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(picture)
        head.addLayout(words, 1)
        licences = QWidget()
        row = QHBoxLayout(licences)
        row.setContentsMargins(0, 8, 0, 0)
        row.addWidget(self.packages)
        row.addWidget(self.licence, 1)
        versions = QWidget()
        column = QVBoxLayout(versions)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.details)
        column.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)
        tabs = QTabWidget()
        tabs.tabBar().setDrawBase(False)
        tabs.addTab(versions, self.tr("This computer"))
        tabs.addTab(licences, self.tr("Licences"))
        close = QPushButton(self.tr("Close"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(head)
        layout.addWidget(tabs, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    @Slot(object)
    def _follow(self, event: EngineEvent) -> None:
        if not isinstance(event, EngineInspected):
            return
        lines = [f"{name}: {version}" for name, version in sorted(event.versions.items())]
        for device in event.devices:
            memory = f", {size_text(device.total_bytes)}" if device.total_bytes else ""
            lines.append(f"{device.kind}: {device.description or device.name}{memory}")
        self._show_details(lines)

    def _show_details(self, engine: tuple[str, ...] | list[str]) -> None:
        # Not translated: it is for whoever answers a question about this installation.
        ours = (
            f"Groundglass {__version__}",
            f"Python {platform.python_version()}, Qt {PySide6.__version__}",
            platform.platform(),
        )
        self.details.setPlainText("\n".join([*ours, *engine]))

    def _show_packages(self, notices: tuple[Notice, ...]) -> None:
        self._notices = notices
        for notice in notices:
            self.packages.addItem(f"{notice.name} {notice.version}".strip())
        self.packages.setCurrentRow(0)

    def _leave_empty(self, _error: GroundglassError) -> None:
        self.licence.setPlainText("")

    @Slot(int)
    def _show_licence(self, row: int) -> None:
        if 0 <= row < len(self._notices):
            notice = self._notices[row]
            head = " · ".join(part for part in (notice.licence, notice.homepage) if part)
            self.licence.setPlainText(f"{head}\n\n{notice.text}".strip())

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())
        self.copy_button.setText(self.tr("Copied"))
        self._copied.start()

    @Slot()
    def _name_copy(self) -> None:
        self.copy_button.setText(self.tr("Copy"))
