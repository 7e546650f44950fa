"""Looking for a newer version, when a person chose to: asks once, and says what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from desktop import __version__
from desktop.gui.error_texts import error_text
from desktop.gui.jobs import run_job
from desktop.gui.link_prompt import ask_to_open
from desktop.store.releases import Release, newest_release
from desktop.store.stopping import StopFlag, StoppedError

if TYPE_CHECKING:
    from desktop.core.errors import GroundglassError
    from desktop.store.network import Network

_WIDTH_PX = 440


class UpdateDialog(QDialog):
    """Asks `url` as soon as it is made; closing it ends the question.

    It downloads nothing: a newer version is fetched by the person, in the browser.
    """

    def __init__(
        self,
        network: Network,
        url: str,
        parent: QWidget | None = None,
        *,
        version: str = __version__,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("updateDialog")
        self.setWindowTitle(self.tr("Check for updates"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._network = network
        self._url = url
        self._version = version
        self._stop = StopFlag()
        self._page = ""
        self.headline = _label()
        self.headline.setObjectName("popupTitle")
        self.details = _label()
        self.promise = _label(
            self.tr(
                "Groundglass asks only when you choose this, and sends nothing but the question. "
                "The connection is listed under Connections."
            )
        )
        self.promise.setProperty("kind", "secondary")
        self.again_button = QPushButton(self.tr("Try again"))
        self.again_button.setAutoDefault(False)
        self.open_button = QPushButton(self.tr("Open the download page…"))
        self.open_button.setProperty("kind", "primary")
        self.open_button.setAutoDefault(False)
        self.close_button = QPushButton()
        self.close_button.setDefault(True)
        self._lay_out()
        self.again_button.clicked.connect(self.ask)
        self.open_button.clicked.connect(self._open)
        self.close_button.clicked.connect(self.reject)
        self.ask()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.again_button, self.open_button, self.close_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        for label in (self.headline, self.details, self.promise):
            label.setFixedWidth(_WIDTH_PX - 48)
            column.addWidget(label)
        column.addSpacing(4)
        column.addLayout(buttons)

    @Slot()
    def ask(self) -> None:
        """Ask, again if need be."""
        host = urlsplit(self._url).netloc
        self._stop = stop = StopFlag()
        network, url = self._network, self._url
        self._show(self.tr("Asking {host}…").format(host=host), "", is_asking=True)

        def work() -> Release | StoppedError | None:
            try:
                return newest_release(network, url, stop)
            except StoppedError as stopped:
                return stopped

        run_job(work, self._show_release, self._show_problem, owner=self)

    def _show_release(self, release: Release | StoppedError | None) -> None:
        if isinstance(release, StoppedError):
            return
        yours = self.tr("You have version {version}.").format(version=self._version)
        if release is None:
            host = urlsplit(self._url).netloc
            self._show(self.tr("No version has been published yet"), f"{yours} ({host})")
        elif release.is_newer_than(self._version):
            self._page = release.page
            headline = self.tr("Version {version} is there").format(version=release.version)
            self._show(headline, yours)
            self.open_button.setFocus()
        elif release.is_older_than(self._version):
            newest = self.tr("The newest that was published is {version}.")
            self._show(
                self.tr("You have a version that is not published yet"),
                f"{yours} {newest.format(version=release.version)}",
            )
        else:
            self._show(self.tr("You have the newest version"), yours)

    def _show_problem(self, error: GroundglassError) -> None:
        sentence = error_text(error.code, error.details, error.message)
        self._show(self.tr("There is no answer"), sentence, is_failed=True)

    def _show(
        self, headline: str, details: str, *, is_asking: bool = False, is_failed: bool = False
    ) -> None:
        self.headline.setText(headline)
        self.details.setText(details)
        self.details.setVisible(bool(details))
        self.again_button.setVisible(is_failed)
        self.open_button.setVisible(bool(self._page))
        self.close_button.setText(self.tr("Cancel") if is_asking else self.tr("Close"))

    @Slot()
    def _open(self) -> None:
        ask_to_open(self._page, self)

    @override
    def done(self, result: int) -> None:
        self._stop.stop()
        super().done(result)


def _label(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
