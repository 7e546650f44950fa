"""A number that a model brings along and a person may change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QToolButton, QWidget
from typing_extensions import override

from desktop.gui.icons import icon
from desktop.gui.setting_rows import hint
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent

_TEXT_LEFT_PX = 7  # style sheets leave the padding of a box with arrows out


class NumberBox(QDoubleSpinBox):
    """A number without needless zeros, whole with no decimals.

    The wheel moves it only while it has the focus, so that it does not change when the page below
    it is scrolled.
    """

    def __init__(self, lowest: float, highest: float, step: float, decimals: int = 0, /) -> None:
        super().__init__()
        self.setDecimals(decimals)
        self.setRange(lowest, highest)
        self.setSingleStep(step)
        self.setGroupSeparatorShown(decimals == 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setTextMargins(_TEXT_LEFT_PX, 0, 0, 0)

    @override
    def textFromValue(self, value: float) -> str:
        text, point = super().textFromValue(value), QLocale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text and self.decimals() else text

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberField(QWidget):
    """Shows the number in force and under it the model's own, to which a button goes back."""

    changed = Signal()

    def __init__(self, box: NumberBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = box
        self.reset_button = QToolButton()
        self.reset_button.setProperty("kind", "icon")
        self.reset_button.setIconSize(QSize(16, 16))
        self.reset_button.setFixedSize(28, 28)
        self.reset_button.clicked.connect(self.reset)
        policy = self.reset_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(policy)
        self.own_label: QLabel = hint("")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(4)
        layout.setVerticalSpacing(2)
        layout.addWidget(box, 0, 0)
        layout.addWidget(self.reset_button, 0, 1)
        layout.addWidget(self.own_label, 1, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        self.setFocusProxy(box)
        self._own = 0.0
        self._given = 0.0  # as it was set: what is shown of it may be rounded
        box.valueChanged.connect(self._follow)
        theme().changed.connect(self._draw_icon)
        self._draw_icon()

    def set_value(self, chosen: float | None, own: float) -> None:
        """Show what was chosen; None, or the model's own, shows that."""
        self._own = own
        self._given = own if chosen is None else chosen
        # Settings written by hand may go beyond what a model's maker had in mind.
        self.box.setRange(
            min(self.box.minimum(), own, self._given), max(self.box.maximum(), own, self._given)
        )
        self.box.setValue(self._given)
        text = self.tr("The model's own: {value}").format(value=self.box.textFromValue(own))
        self.own_label.setText(text)
        self.reset_button.setToolTip(
            self.tr("Back to {value}").format(value=self.box.textFromValue(own))
        )
        self._follow()

    def chosen(self) -> float | None:
        """What differs from the model's own, whole with no decimals; None where nothing does."""
        value = self.box.value()
        if value == self._shown(self._own):
            return None
        chosen = self._given if value == self._shown(self._given) else value
        return chosen if self.box.decimals() else round(chosen)

    @Slot()
    def reset(self) -> None:
        """Show the model's own."""
        self.box.setValue(self._own)

    def _shown(self, value: float) -> float:
        return round(value, self.box.decimals())

    @Slot()
    def _follow(self) -> None:
        self.reset_button.setVisible(self.chosen() is not None)
        self.changed.emit()

    @Slot()
    def _draw_icon(self) -> None:
        self.reset_button.setIcon(icon("rotate-ccw", "secondary"))
