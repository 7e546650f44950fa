"""The window's commands: one action each, shared by menu, buttons and shortcuts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from desktop.gui.icons import icon
from desktop.gui.theme import theme
from desktop.store.releases import releases_url

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow


class WindowActions(QObject):
    """Made once per window; whoever owns a command connects its `triggered`."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._icons: list[tuple[QAction, str]] = []
        standard = QKeySequence.StandardKey
        self.new_chat = self._add(self.tr("New chat"), standard.New, "square-pen")
        self.open = self._add(self.tr("Add pictures or documents…"), standard.Open, "image-plus")
        self.find = self._add(self.tr("Find a chat"), QKeySequence("Ctrl+K"), "search")
        self.sidebar = self._add(self.tr("Show the sidebar"), QKeySequence("Ctrl+\\"), "panel-left")
        self.sidebar.setCheckable(True)
        self.sidebar.toggled.connect(self._name_sidebar)
        self.paste = self._add(self.tr("Paste"), standard.Paste, "clipboard")
        self.capture = self._add(
            self.tr("Capture a part of the screen"), QKeySequence("Ctrl+Shift+S"), "camera"
        )
        self.edit_last = self._add(self.tr("Edit the last question"), None, "pencil")
        self.stop = self._add(self.tr("Stop the answer"), QKeySequence(Qt.Key.Key_Escape), "square")
        self.settings = self._add(self.tr("Settings…"), standard.Preferences, "settings")
        if self.settings.shortcut().isEmpty():
            self.settings.setShortcut(QKeySequence("Ctrl+,"))
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.models = self._add(self.tr("Get models…"), QKeySequence("Ctrl+Shift+M"), "cpu")
        self.figures = self._add(self.tr("Figures…"), QKeySequence("Ctrl+Shift+I"), "activity")
        self.connections = self._add(self.tr("Connections…"), None, "shield-check")
        self.shortcuts = self._add(
            self.tr("Keyboard shortcuts"), QKeySequence(Qt.Key.Key_F1), "keyboard"
        )
        self.updates = self._add(self.tr("Check for updates…"), None, "download")
        self.updates.setMenuRole(QAction.MenuRole.ApplicationSpecificRole)
        self.updates.setVisible(releases_url() is not None)
        self.about = self._add(self.tr("About Groundglass"), None, "circle-question-mark")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.quit = self._add(self.tr("Quit"), QKeySequence("Ctrl+Q"), "")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        theme().changed.connect(self._refresh_icons)
        self._refresh_icons()

    def fill_menu_bar(self) -> None:
        """The system-wide menu bar of macOS."""
        bar = self._window.menuBar()
        file = bar.addMenu(self.tr("File"))
        file.addActions([self.new_chat, self.open, self.capture])
        file.addSeparator()
        file.addActions([self.settings, self.quit])
        edit = bar.addMenu(self.tr("Edit"))
        edit.addActions([self.paste, self.edit_last, self.stop, self.find])
        view = bar.addMenu(self.tr("View"))
        view.addActions([self.sidebar, self.figures])
        model = bar.addMenu(self.tr("Model"))
        model.addActions([self.models, self.connections])
        helping = bar.addMenu(self.tr("Help"))
        helping.addActions([self.shortcuts, self.updates, self.about])

    def make_menu(self) -> QMenu:
        """All of it in one short menu, for the button in the window's corner."""
        menu = QMenu(self._window)
        menu.addActions([self.new_chat, self.open, self.capture])
        menu.addSeparator()
        menu.addActions([self.paste, self.edit_last, self.find])
        menu.addSeparator()
        menu.addActions([self.sidebar, self.figures])
        menu.addSeparator()
        menu.addActions([self.models, self.connections])
        menu.addSeparator()
        menu.addActions([self.settings, self.shortcuts, self.updates, self.about])
        menu.addSeparator()
        menu.addAction(self.quit)
        return menu

    def _add(
        self, text: str, key: QKeySequence | QKeySequence.StandardKey | None, icon_name: str
    ) -> QAction:
        action = QAction(text, self._window)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.setIconVisibleInMenu(sys.platform != "darwin")
        self._window.addAction(action)
        if icon_name:
            self._icons.append((action, icon_name))
        return action

    @Slot(bool)
    def _name_sidebar(self, is_shown: bool) -> None:
        self.sidebar.setText(
            self.tr("Hide the sidebar") if is_shown else self.tr("Show the sidebar")
        )

    @Slot()
    def _refresh_icons(self) -> None:
        for action, name in self._icons:
            action.setIcon(icon(name, "secondary"))
