"""The pill that shows the model's name and state, with the way to its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget, QWidgetAction

from desktop.gui.error_texts import error_text
from desktop.gui.model_state import ModelStatus
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from desktop.engine.api import ModelLoaded
    from desktop.gui.model_state import ModelState

_DOT_PX = 12
_READY_LIGHT, _READY_DARK = "#2f7d4f", "#7fc79b"  # beside the palette: the one green there is
_NAME_LIMIT_PX = 260


class ModelPill(QToolButton):
    """Name, state dot and percentage; a click opens a menu on the model."""

    settings_requested = Signal()

    def __init__(self, state: ModelState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelPill")
        self.setAutoRaise(True)
        self.setIconSize(QSize(_DOT_PX, _DOT_PX))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._state = state
        self._info = QLabel()
        self._info.setObjectName("pillInfo")
        self._info.setTextFormat(Qt.TextFormat.PlainText)
        self._info.setWordWrap(True)
        self._info.setFixedWidth(_NAME_LIMIT_PX)
        self._reload = QAction(self.tr("Load again"), self)
        self._reload.triggered.connect(state.reload)
        self._settings = QAction(self.tr("Model settings…"), self)
        self._settings.triggered.connect(self.settings_requested)
        self.setMenu(self._build_menu())
        state.state_changed.connect(self.refresh)
        theme().changed.connect(self.refresh)
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
        self.setText(text.replace("&", "&&"))
        self.setIcon(self._dot())
        self.setToolTip(status)
        self.setAccessibleName(self.tr("Model: {name}").format(name=name))
        self.setAccessibleDescription(status)
        self._info.setText(self._info_text(name))
        self._reload.setVisible(
            self._state.model is not None and self._state.status is not ModelStatus.LOADING
        )

    def _name(self) -> str:
        if self._state.model is not None:
            return self._state.model.name
        if self._state.status is ModelStatus.LOADING:
            return self.tr("Looking for the model")
        return self.tr("No model")

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        info = QWidgetAction(menu)
        info.setDefaultWidget(self._info)
        menu.addAction(info)
        menu.addSeparator()
        menu.addActions([self._reload, self._settings])
        return menu

    def _state_text(self) -> str:
        match self._state.status:
            case ModelStatus.NONE:
                return self.tr("No model is loaded")
            case ModelStatus.LOADING:
                return self.tr("The model is being loaded")
            case ModelStatus.READY:
                return self.tr("The model is ready")
            case ModelStatus.FAILED:
                error = self._state.error
                if error is None:
                    return self.tr("The model is not loaded")
                return error_text(error.code, error.details, error.message)

    def _info_text(self, name: str) -> str:
        lines = [name]
        if self._state.model is not None and self._state.model.is_builtin:
            lines.append(
                self.tr(
                    "A small demonstration model for simple pictures. A full model reads photos."
                )
            )
        if self._state.loaded is not None:
            lines.append(self._figures(self._state.loaded))
        else:
            lines.append(self._state_text())
        return "\n".join(lines)

    def _figures(self, loaded: ModelLoaded) -> str:
        context = QLocale().toString(loaded.context_length)
        if loaded.has_gpu:
            return self.tr("Ready on the GPU · context {tokens} tokens").format(tokens=context)
        return self.tr("Ready on the CPU, {threads} threads · context {tokens} tokens").format(
            threads=loaded.threads, tokens=context
        )

    def _dot(self) -> QIcon:
        """A full dot when ready, a growing ring while loading, an empty ring otherwise."""
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
                painter.setBrush(QColor(_READY_DARK if theme().is_dark else _READY_LIGHT))
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
            case ModelStatus.NONE:
                painter.setPen(QPen(QColor(colors.secondary), 1.5))
                painter.drawEllipse(ring)
        painter.end()
        return QIcon(pixmap)
