"""The choice of how closely pictures are looked at, with what each costs."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QIcon
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop.core.types import PictureBudget
from desktop.gui.icons import icon
from desktop.gui.theme import theme


class BudgetButton(QToolButton):
    """Shows the budget in force; its menu offers the three and the automatic choice."""

    chosen = Signal(object)  # a PictureBudget, or None for automatic

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._in_force = PictureBudget.NORMAL
        self._is_once = False
        self.setProperty("kind", "quiet")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(16, 16))
        # The arrow stands behind the word, where the writing runs from left to right.
        self._reading_direction = self.layoutDirection()
        is_rightward = self._reading_direction is Qt.LayoutDirection.LeftToRight
        self.setLayoutDirection(
            Qt.LayoutDirection.RightToLeft if is_rightward else Qt.LayoutDirection.LeftToRight
        )
        self.setToolTip(self.tr("How closely the pictures are looked at"))
        self._group = QActionGroup(self)
        self._actions: dict[PictureBudget | None, QAction] = {}
        menu = QMenu(self)
        menu.setLayoutDirection(self._reading_direction)
        for budget in (None, *PictureBudget):
            action = QAction(self._line(budget), self._group)
            action.setCheckable(True)
            action.setData(budget)
            menu.addAction(action)
            self._actions[budget] = action
        menu.insertSeparator(self._actions[PictureBudget.FAST])
        self.setMenu(menu)
        self._group.triggered.connect(self._on_triggered)
        theme().changed.connect(self._refresh_icon)
        self._refresh_icon()

    def show_budget(self, chosen: PictureBudget | None, in_force: PictureBudget) -> None:
        """Mark the choice, and say what it comes to."""
        self._actions[chosen].setChecked(True)
        self._in_force = in_force
        self._refresh_icon()
        self._refresh_text()

    def set_once(self, *, is_once: bool) -> None:
        """Say whether the budget in force is for this question alone."""
        if is_once != self._is_once:
            self._is_once = is_once
            self._refresh_text()

    def _refresh_text(self) -> None:
        name = self._name(self._in_force)
        if self._is_once:
            name = self.tr("{budget}, this time").format(budget=name)
        self.setText(name)
        self.setAccessibleName(self.tr("Looks at pictures: {budget}").format(budget=name))

    def _name(self, budget: PictureBudget) -> str:
        match budget:
            case PictureBudget.FAST:
                return self.tr("Fast")
            case PictureBudget.NORMAL:
                return self.tr("Normal")
            case PictureBudget.DETAIL:
                return self.tr("Detail")

    def _line(self, budget: PictureBudget | None) -> str:
        if budget is None:
            return self.tr("Automatic: chosen to suit this computer")
        line = ""
        match budget:
            case PictureBudget.FAST:
                line = self.tr("Fast: {tokens} tokens a picture; quickest, misses small print")
            case PictureBudget.NORMAL:
                line = self.tr("Normal: {tokens} tokens; reads most photos and pages")
            case PictureBudget.DETAIL:
                line = self.tr("Detail: {tokens} tokens; reads small print, takes longest")
        return line.format(tokens=QLocale().toString(budget.tokens))

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(next(b for b, known in self._actions.items() if known is action))

    @Slot()
    def _refresh_icon(self) -> None:
        self.setIcon(icon("chevron-down", "secondary"))
        for action in self._actions.values():
            # The style sheet's menus draw no check marks of their own.
            action.setIcon(icon("check", "accent") if action.isChecked() else QIcon())
