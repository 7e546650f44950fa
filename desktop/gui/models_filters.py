"""The manager's filters: one purpose, and whether only what fits is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from desktop.core.model_spec import Strength
from desktop.gui.flow_layout import FlowLayout
from desktop.gui.model_groups import Filters
from desktop.gui.model_words import strength_text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton


class FilterBar(QWidget):
    """Pills: one purpose of several, and "fits this computer" beside them."""

    changed = Signal(object)  # Filters

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._purposes = QButtonGroup(self)
        self._purposes.setExclusive(True)
        self._strengths: tuple[Strength | None, ...] = (None, *Strength)
        layout = FlowLayout(self, gap=6)
        for number, strength in enumerate(self._strengths):
            text = self.tr("All") if strength is None else strength_text(strength)
            layout.addWidget(self._pill(text, number))
        self._fits = QPushButton(self.tr("Fits this computer"))
        self._fits.setObjectName("filterPill")
        self._fits.setCheckable(True)
        self._fits.setAutoDefault(False)
        self._fits.clicked.connect(self._tell)
        layout.addWidget(self._fits)
        self._purposes.button(0).setChecked(True)

    @property
    def filters(self) -> Filters:
        """What is chosen."""
        return Filters(self._strengths[self._purposes.checkedId()], self._fits.isChecked())

    @Slot()
    def clear(self) -> None:
        """Show everything."""
        self._purposes.button(0).setChecked(True)
        self._fits.setChecked(False)
        self._tell()

    def button(self, strength: Strength | None) -> QAbstractButton:
        """The pill of a purpose; None: of all of them."""
        return self._purposes.button(self._strengths.index(strength))

    @property
    def fits_button(self) -> QPushButton:
        """The pill of the fit."""
        return self._fits

    def _pill(self, text: str, number: int) -> QPushButton:
        pill = QPushButton(text)
        pill.setObjectName("filterPill")
        pill.setCheckable(True)
        pill.setAutoDefault(False)
        pill.clicked.connect(self._tell)
        self._purposes.addButton(pill, number)
        return pill

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.filters)
