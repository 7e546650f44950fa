"""The settings: one window, few pages. What is accepted is saved and takes effect."""

from __future__ import annotations

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
from desktop.gui.model_page import AnswersPage
from desktop.gui.model_settings import ModelSettingsPage
from desktop.gui.settings_pages import EnginePage, GeneralPage
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from desktop.gui.services import Services
    from desktop.gui.setting_rows import SettingsPage
    from desktop.store.settings import Settings

_SIZE = QSize(720, 560)
_LIST_PX = 168
_ICONS = ("sliders-horizontal", "message-square", "download", "cpu")


class Page(IntEnum):
    """The pages, in their order."""

    GENERAL = 0
    ANSWERS = 1
    MODELS = 2
    ENGINE = 3


class SettingsDialog(QDialog):
    """Shows a copy of the settings in force and puts it in force when it is accepted."""

    def __init__(
        self,
        services: Services,
        parent: QWidget | None = None,
        page: Page = Page.GENERAL,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(self.tr("Settings"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = services.settings
        self._general = GeneralPage()
        self._answers = AnswersPage(services)
        self._models = ModelSettingsPage()
        self._engine = EnginePage(loaded=services.model_state.loaded)
        self._all: tuple[SettingsPage, ...] = (
            self._general,
            self._answers,
            self._models,
            self._engine,
        )
        self._pages = QStackedWidget()
        self._list = QListWidget()
        self._list.setObjectName("settingsList")
        self._list.setAccessibleName(self.tr("Pages"))
        self._list.setFixedWidth(_LIST_PX)
        self._list.setIconSize(QSize(16, 16))
        self._list.currentRowChanged.connect(self._show_page)
        self._reset = QPushButton()
        self._reset.setProperty("kind", "quiet")
        self._reset.setAutoDefault(False)
        self._reset.clicked.connect(self._reset_page)
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
        self._add_pages()
        self._models.validity_changed.connect(self._show_validity)
        theme().changed.connect(self._draw_icons)
        self._draw_icons()
        self._show_validity()
        self._list.setCurrentRow(page)
        self.resize(_SIZE)

    def page(self, page: Page) -> SettingsPage:
        """One of the pages."""
        return self._all[page]

    def _add_pages(self) -> None:
        titles = (
            self.tr("General"),
            self.tr("Answers"),
            self.tr("Models"),
            self.tr("Engine"),
        )
        for title, page in zip(titles, self._all, strict=True):
            self._list.addItem(QListWidgetItem(title))
            self._pages.addWidget(page)
            page.show_settings(self._settings.value)

    def _arrange(self) -> None:
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        footer = QWidget()
        footer.setObjectName("settingsFooter")
        buttons = QHBoxLayout(footer)
        buttons.setContentsMargins(16, 12, 16, 12)
        buttons.setSpacing(8)
        buttons.addWidget(self._reset)
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
        chosen = self._settings.value  # with what was chosen elsewhere in the meantime
        for page in self._all:
            chosen = page.change(chosen)
        return chosen

    @Slot(int)
    def _show_page(self, row: int) -> None:
        self._pages.setCurrentIndex(row)
        is_of_model = self._all[row] is self._answers
        self._reset.setText(
            self.tr("Reset to the model's defaults")
            if is_of_model
            else self.tr("Reset this page to defaults")
        )

    @Slot()
    def _reset_page(self) -> None:
        self._all[self._list.currentRow()].reset()

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
