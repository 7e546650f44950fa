"""The model's name and state, and the menu to change to another one.

The menu is the picker: what is ready to be used, and the way to more.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QColor,
    QIcon,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget, QWidgetAction

from desktop.core.engine_choice import engine_name
from desktop.core.types import EngineKind
from desktop.gui.amounts import size_text
from desktop.gui.engine_forms import other_form
from desktop.gui.engine_texts import load_lines
from desktop.gui.error_texts import error_text
from desktop.gui.icons import icon
from desktop.gui.model_entries import EntryState
from desktop.gui.model_state import ModelStatus
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from desktop.engine.api import ModelLoaded
    from desktop.gui.engine_forms import OtherForm
    from desktop.gui.model_entries import ModelEntry
    from desktop.gui.model_library import ModelLibrary
    from desktop.gui.model_state import ModelState

_DOT_PX = 12
_NAME_LIMIT_PX = 260
_INFO_PX = 300


class ModelPill(QToolButton):
    """Name, state dot and percentage; a click opens the picker. `more` leads to all models."""

    def __init__(
        self,
        state: ModelState,
        library: ModelLibrary,
        more: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("modelPill")
        self.setAutoRaise(True)
        self.setIconSize(QSize(_DOT_PX, _DOT_PX))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._state = state
        self._library = library
        self._more = more
        self._is_held = False  # an answer is being written
        self._next = ""  # the model that takes over afterwards
        self._info = QLabel()
        self._info.setObjectName("pillInfo")
        self._info.setTextFormat(Qt.TextFormat.PlainText)
        self._info.setWordWrap(True)
        self._info.setFixedWidth(_INFO_PX)
        self._choices = QActionGroup(self)
        self._choices.triggered.connect(self._on_chosen)
        self._unload = QAction(self.tr("Unload now"), self)
        self._unload.triggered.connect(state.unload)
        self._reload = QAction(self.tr("Load again"), self)
        self._reload.triggered.connect(state.reload)
        self._other: OtherForm | None = None
        self._switch = QAction(self)
        self._switch.triggered.connect(self._on_switch)
        for action in (self._unload, self._reload, self._switch):
            action.setIconVisibleInMenu(sys.platform != "darwin")
        self.setMenu(self._build_menu())
        state.state_changed.connect(self.refresh)
        library.changed.connect(self.refresh)
        theme().changed.connect(self.refresh)
        self.refresh()

    def set_held(self, *, is_held: bool) -> None:
        """Whether an answer is being written: then its model stays loaded."""
        if is_held != self._is_held:
            self._is_held = is_held
            self.refresh()

    def set_next(self, name: str) -> None:
        """The model that takes over when the answer is finished; empty: none."""
        self._next = name
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the state as it is now."""
        name = self._name()
        text = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_LIMIT_PX)
        status = self._state_text()
        if self._state.status is ModelStatus.LOADING and self._state.model is not None:
            text = self.tr("{name} · {percent} %").format(
                name=text, percent=round(self._state.fraction * 100)
            )
        elif self._state.status is ModelStatus.ASLEEP:
            text = self.tr("{name} · asleep").format(name=text)
        self.setText(text.replace("&", "&&"))
        self.setIcon(self._dot())
        self._unload.setIcon(icon("moon", "secondary"))
        self._reload.setIcon(icon("rotate-ccw", "secondary"))
        self.setToolTip(status)
        self.setAccessibleName(self.tr("Model: {name}").format(name=name))
        self.setAccessibleDescription(status)
        self._info.setText(self._info_text())
        self._unload.setVisible(self._state.status is ModelStatus.READY)
        self._unload.setEnabled(not self._is_held)
        self._reload.setVisible(
            self._state.status in {ModelStatus.READY, ModelStatus.ASLEEP, ModelStatus.FAILED}
        )
        self._reload.setEnabled(not self._is_held)
        self._reload.setText(
            self.tr("Load now")
            if self._state.status is ModelStatus.ASLEEP
            else self.tr("Load again")
        )
        self._show_switch()
        if self.menu().isVisible():
            self._fill_menu()

    def _show_switch(self) -> None:
        """The way to the other engine, where the model is here for both."""
        self._other = other_form(self._library.entries(), self._state)
        self._switch.setVisible(self._other is not None)
        if self._other is not None:
            is_failed = self._state.status is ModelStatus.FAILED
            words = self.tr("Try with {engine}") if is_failed else self.tr("Run with {engine}")
            self._switch.setText(words.format(engine=engine_name(self._other.engine)))
            self._switch.setIcon(icon("arrow-left-right", "secondary"))

    def _name(self) -> str:
        if self._state.name:
            return self._state.name
        if self._state.status is ModelStatus.LOADING:
            return self.tr("Looking for the model")
        return self.tr("No model")

    # --- the picker -------------------------------------------------------------------------------

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("modelMenu")
        info = QWidgetAction(menu)
        info.setDefaultWidget(self._info)
        menu.addAction(info)
        menu.addSeparator()
        self._end_of_choices = menu.addSeparator()
        menu.addActions([self._unload, self._reload, self._switch, self._more])
        menu.aboutToShow.connect(self._fill_menu)
        return menu

    @Slot()
    def _fill_menu(self) -> None:
        """List what is ready; and the one in use, whatever has become of it."""
        for action in self._choices.actions():
            self._choices.removeAction(action)
            self.menu().removeAction(action)
            action.deleteLater()
        for entry in self._library.entries():
            if entry.state is EntryState.READY or entry.is_in_use:
                action = QAction(f"{entry.name.replace('&', '&&')}\t{self._note(entry)}", self)
                action.setCheckable(True)
                action.setChecked(entry.is_in_use)
                action.setEnabled(entry.state is EntryState.READY)
                action.setData(entry.key)
                self._choices.addAction(action)
                self.menu().insertAction(self._end_of_choices, action)

    def _note(self, entry: ModelEntry) -> str:
        """What stands beside a name: its size, or what is the matter with it."""
        if entry.state is not EntryState.READY:
            return self.tr("cannot be found")
        if entry.is_in_use and self._next:
            return self.tr("after this answer")
        return size_text(entry.size_bytes) if entry.size_bytes is not None else ""

    @Slot(QAction)
    def _on_chosen(self, action: QAction) -> None:
        self._library.use(action.data())

    @Slot()
    def _on_switch(self) -> None:
        if self._other is not None:
            self._library.run_with(self._other.key, self._other.engine)

    # --- the state --------------------------------------------------------------------------------

    def _state_text(self) -> str:
        match self._state.status:
            case ModelStatus.NONE:
                return self.tr("No model is loaded")
            case ModelStatus.LOADING:
                return self.tr("The model is being loaded")
            case ModelStatus.READY:
                return self.tr("The model is ready")
            case ModelStatus.ASLEEP:
                return self.tr("Asleep: its memory is free. The next question wakes it.")
            case ModelStatus.FAILED:
                error = self._state.error
                if error is None:
                    return self.tr("The model is not loaded")
                return error_text(error.code, error.details, error.message)

    def _info_text(self) -> str:
        lines = []
        if self._state.model is not None and self._state.model.is_builtin:
            lines.append(
                self.tr(
                    "A small demonstration model for simple pictures. A full model reads photos."
                )
            )
        if self._state.loaded is not None:
            lines.append(self._figures(self._state.loaded))
            lines += load_lines(self._state.loaded)
        else:
            lines.append(self._state_text())
        if self._next:
            lines.append(
                self.tr("{name} takes over when this answer is finished.").format(name=self._next)
            )
        return "\n".join(lines)

    def _figures(self, loaded: ModelLoaded) -> str:
        context = QLocale().toString(loaded.context_length)
        if loaded.engine is EngineKind.MLX:
            words = (
                self.tr("Ready on the GPU with MLX · context {tokens} tokens")
                if loaded.has_gpu
                else self.tr("Ready on the CPU with MLX · context {tokens} tokens")
            )
            return words.format(tokens=context)
        if loaded.has_gpu:
            return self.tr("Ready on the GPU · context {tokens} tokens").format(tokens=context)
        return self.tr("Ready on the CPU, {threads} threads · context {tokens} tokens").format(
            threads=loaded.threads, tokens=context
        )

    def _dot(self) -> QIcon:
        """Full when ready, a growing ring while loading, a moon when asleep, else an empty ring."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(QSize(_DOT_PX, _DOT_PX) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        colors = theme().colors
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(2, 2, _DOT_PX - 4, _DOT_PX - 4)
        match self._state.status:
            case ModelStatus.READY:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colors.good))
                painter.drawEllipse(ring)
            case ModelStatus.LOADING:
                painter.setPen(QPen(QColor(colors.line), 2))
                painter.drawEllipse(ring)
                pen = QPen(QColor(colors.accent), 2)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                painter.drawArc(ring, 90 * 16, -round(max(self._state.fraction, 0.04) * 360 * 16))
            case ModelStatus.FAILED:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colors.danger))
                painter.drawEllipse(ring)
            case ModelStatus.ASLEEP:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colors.secondary))
                painter.drawPath(_crescent(ring))
            case ModelStatus.NONE:
                painter.setPen(QPen(QColor(colors.secondary), 1.5))
                painter.drawEllipse(ring)
        painter.end()
        return QIcon(pixmap)


def _crescent(ring: QRectF) -> QPainterPath:
    """A moon in this circle."""
    moon, shadow = QPainterPath(), QPainterPath()
    moon.addEllipse(ring.adjusted(-0.5, -0.5, 0.5, 0.5))
    shadow.addEllipse(ring.translated(ring.width() * 0.42, -ring.height() * 0.25))
    return moon.subtracted(shadow)
