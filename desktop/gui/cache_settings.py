"""The settings' rows on what the engine keeps on the disk: how much, of what, and away with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from desktop.core import cache_files, paths
from desktop.gui.amounts import size_text
from desktop.gui.jobs import run_job
from desktop.gui.setting_rows import Choice, hint
from desktop.store.files import unwritable

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QShowEvent

    from desktop.core.errors import GroundglassError
    from desktop.gui.setting_rows import SettingsPage
    from desktop.store.settings import Settings

_GB = 1_000_000_000
_BUDGETS = (0, _GB // 4, _GB, 4 * _GB, 16 * _GB, 64 * _GB)
_INDENT_PX = 26  # of the words below a check box


class CacheContents(QWidget):
    """What is on the disk now, and a button that deletes it. Both work at once, not with OK."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = QLabel()
        self._words.setProperty("kind", "secondary")
        self._words.setWordWrap(True)
        self.clear = QPushButton(self.tr("Clear"))
        self.clear.setProperty("kind", "outline")
        self.clear.setAutoDefault(False)
        self.clear.setEnabled(False)  # until it is known what there is
        self.clear.setAccessibleDescription(
            self.tr("Deletes everything that was kept; it is computed again when needed.")
        )
        self.clear.clicked.connect(self._clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._words, 1)
        layout.addWidget(self.clear)
        self.setFocusProxy(self.clear)

    @property
    def words(self) -> str:
        """What is said of the contents."""
        return self._words.text()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def _look(self) -> None:
        folder = paths.engine_cache_dir()
        run_job(partial(cache_files.used_bytes, folder), self._tell, self._refuse, owner=self)

    @Slot()
    def _clear(self) -> None:
        self.clear.setEnabled(False)
        folder = paths.engine_cache_dir()
        run_job(partial(_cleared, folder), self._tell, self._refuse, owner=self)

    def _tell(self, used: int) -> None:
        words = self.tr("On the disk now: {size}") if used else self.tr("Nothing on the disk now")
        self._words.setText(words.format(size=size_text(used)))
        self.clear.setEnabled(used > 0)

    def _refuse(self, _error: GroundglassError) -> None:
        words = self.tr(
            "Not all of it could be deleted from {folder}. Another program may hold it."
        )
        self._words.setText(words.format(folder=paths.engine_cache_dir()))
        self.clear.setEnabled(True)


class CacheSettings(QObject):
    """Rows at the end of a page: the budget, what else goes there, the contents."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self.budget = Choice[int]([(self._words(count), count) for count in _BUDGETS])
        self.budget.currentIndexChanged.connect(self._follow_budget)
        page.add_row(
            self.tr("Kept on the disk"),
            self.tr(
                "What the model saw in a picture, so that it need not look again after a restart."
            ),
            self.budget,
        )
        self.conversations = QCheckBox(self.tr("Keep conversations too"))
        cost = self.tr(
            "Going on with a chat after a restart then begins at once. Stores all that the model"
            " has read and written, often 100 MB for 1,000 tokens, in files that only you can"
            " read. Deleting a chat deletes them."
        )
        self.conversations.setAccessibleDescription(cost)
        words = hint(cost)
        words.setContentsMargins(_INDENT_PX, 0, 0, 0)
        self.contents = CacheContents()
        option = QWidget()
        column = QVBoxLayout(option)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.conversations)
        column.addWidget(words)
        page.add(option)
        page.add(self.contents)

    def _words(self, count: int) -> str:
        if count == 0:
            return self.tr("Nothing")
        size = f"{count // _GB} GB" if count % _GB == 0 else size_text(count)
        return self.tr("Up to {size}").format(size=size)

    def show_settings(self, settings: Settings) -> None:
        """Fill the controls."""
        budget = settings.engine.disk_cache_bytes
        self.budget.choose(budget, self._words(budget))
        self.conversations.setChecked(settings.engine.keeps_conversations)
        self._follow_budget()

    def change(self, settings: Settings) -> Settings:
        """These settings with the choices made here."""
        engine = replace(
            settings.engine,
            disk_cache_bytes=self.budget.value(),
            keeps_conversations=self.conversations.isChecked(),
        )
        return replace(settings, engine=engine)

    @Slot()
    def _follow_budget(self) -> None:
        self.conversations.setEnabled(self.budget.value() > 0)


def _cleared(folder: Path) -> int:
    try:
        cache_files.forget_all(folder)
    except OSError as error:
        raise unwritable(folder) from error
    return cache_files.used_bytes(folder)
