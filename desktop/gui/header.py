"""The line above a conversation: its title, the model, and the way to the sidebar and the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget
from typing_extensions import override

from desktop.gui.icons import icon
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QMenu

    from desktop.gui.model_pill import ModelPill
    from desktop.gui.window_actions import WindowActions


class TitleLabel(QLabel):
    """One line that gives way: what does not fit becomes an ellipsis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chatTitle")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._title = ""

    def set_title(self, title: str) -> None:
        """Show this title."""
        self._title = title
        self._elide()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        text = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, self.width())
        self.setText(text)
        self.setToolTip(self._title if text != self._title else "")
        self.setAccessibleName(self._title)


class Header(QFrame):
    """Shows; its buttons trigger the window's actions."""

    def __init__(
        self,
        actions: WindowActions,
        pill: ModelPill,
        menu: QMenu | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("chatHeader")
        self.setFixedHeight(52)
        self._actions = actions
        self.title = TitleLabel()
        self.sidebar_button = self._button(self.tr("Show the sidebar"))
        self.sidebar_button.clicked.connect(actions.sidebar.trigger)
        self.new_button = self._button(self.tr("New chat"))
        self.new_button.clicked.connect(actions.new_chat.trigger)
        self.menu_button = self._button(self.tr("Menu"))
        if menu is None:
            self.menu_button.hide()
        else:
            self.menu_button.setMenu(menu)
            self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            self.menu_button.setShortcut("F10")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(self.sidebar_button)
        layout.addWidget(self.new_button)
        layout.addSpacing(8)
        layout.addWidget(self.title, 1)
        layout.addSpacing(8)
        layout.addWidget(pill)
        layout.addWidget(self.menu_button)
        theme().changed.connect(self._refresh_icons)
        self._refresh_icons()

    def set_sidebar_shown(self, *, is_shown: bool) -> None:
        """With the sidebar folded, its new-chat button stands here."""
        self.new_button.setVisible(not is_shown)
        name = self.tr("Hide the sidebar") if is_shown else self.tr("Show the sidebar")
        self.sidebar_button.setToolTip(name)
        self.sidebar_button.setAccessibleName(name)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "icon")
        button.setIconSize(QSize(20, 20))
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    @Slot()
    def _refresh_icons(self) -> None:
        self.sidebar_button.setIcon(icon("panel-left", "secondary"))
        self.new_button.setIcon(icon("square-pen", "secondary"))
        self.menu_button.setIcon(icon("ellipsis", "secondary"))
