"""The settings: one window, few pages. What is accepted is saved and takes effect."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.core.errors import StoreError
from desktop.gui.error_texts import error_text
from desktop.gui.icons import icon
from desktop.gui.model_settings import ModelSettingsPage
from desktop.gui.settings_pages import EnginePage, GeneralPage
from desktop.gui.theme import theme
from desktop.store.settings import Settings

if TYPE_CHECKING:
    from desktop.gui.settings_holder import SettingsHolder

_SIZE = QSize(720, 500)
_LIST_PX = 168
_ICONS = ("sliders-horizontal", "download", "cpu")


class Page(IntEnum):
    """The pages, in their order."""

    GENERAL = 0
    MODELS = 1
    ENGINE = 2


class SettingsDialog(QDialog):
    """Shows a copy of the settings in force and puts it in force when it is accepted."""

    def __init__(
        self,
        settings: SettingsHolder,
        parent: QWidget | None = None,
        page: Page = Page.GENERAL,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(self.tr("Settings"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings
        self._base = settings.value
        self._general = GeneralPage()
        self._models = ModelSettingsPage()
        self._engine = EnginePage()
        self._pages = QStackedWidget()
        self._list = QListWidget()
        self._list.setObjectName("settingsList")
        self._list.setAccessibleName(self.tr("Pages"))
        self._list.setFixedWidth(_LIST_PX)
        self._list.setIconSize(QSize(16, 16))
        titles = (self.tr("General"), self.tr("Models"), self.tr("Engine"))
        for title, widget in zip(titles, (self._general, self._models, self._engine), strict=True):
            self._list.addItem(QListWidgetItem(title))
            self._pages.addWidget(widget)
        self._list.currentRowChanged.connect(self._pages.setCurrentIndex)
        self._problem = QLabel()
        self._problem.setProperty("kind", "danger")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._ok = QPushButton(self.tr("OK"))
        self._ok.setProperty("kind", "primary")
        self._ok.setDefault(True)
        self._ok.clicked.connect(self.accept)
        self._arrange()
        self._fill(settings.value)
        self._models.validity_changed.connect(self._show_validity)
        theme().changed.connect(self._draw_icons)
        self._draw_icons()
        self._show_validity()
        self._list.setCurrentRow(page)
        self.resize(_SIZE)

    def _arrange(self) -> None:
        reset = QPushButton(self.tr("Reset to defaults"))
        reset.setProperty("kind", "quiet")
        reset.setAutoDefault(False)
        reset.clicked.connect(self._reset)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        footer = QWidget()
        footer.setObjectName("settingsFooter")
        buttons = QHBoxLayout(footer)
        buttons.setContentsMargins(16, 12, 16, 12)
        buttons.setSpacing(8)
        buttons.addWidget(reset)
        buttons.addWidget(self._problem, 1)
        buttons.addStretch(0)
        buttons.addWidget(cancel)
        buttons.addWidget(self._ok)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._list)
        middle.addWidget(self._pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addWidget(footer)

    @override
    @Slot()
    def accept(self) -> None:
        """Put the choices in force and write them; a disk that refuses leaves the window open."""
        chosen = self._chosen()
        self._settings.set(chosen)
        try:
            self._settings.save()
        except StoreError as error:
            self._problem.setText(error_text(error.code, error.details, error.message))
            self._problem.show()
            return
        super().accept()

    def _chosen(self) -> Settings:
        chosen = replace(self._base, model_id=self._settings.value.model_id)  # chosen elsewhere
        for page in (self._general, self._models, self._engine):
            chosen = page.change(chosen)
        return chosen

    def _fill(self, settings: Settings) -> None:
        self._base = settings
        for page in (self._general, self._models, self._engine):
            page.show_settings(settings)

    @Slot()
    def _reset(self) -> None:
        """Show the defaults; they take effect with OK like any other choice."""
        self._fill(Settings())

    @Slot()
    def _show_validity(self) -> None:
        problem = self._models.problem
        self._ok.setEnabled(not problem)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    @Slot()
    def _draw_icons(self) -> None:
        for row, name in enumerate(_ICONS):
            self._list.item(row).setIcon(icon(name, "secondary"))
