"""The manager's list: rows under headings, kept while they move from one heading to another."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.gui.models_row import CardRow

_SIDE_PX, _GAP_PX, _SECTION_PX = 20, 8, 20


class ListSection(Struct, frozen=True):
    """A heading and what stands under it.

    Attributes:
        title: Empty for none.
        widgets: Rows, or words in their place. The list owns them.
    """

    title: str
    widgets: Sequence[QWidget]


class ModelsList(QScrollArea):
    """Scrolls; the arrow keys go from row to row."""

    row_selected = Signal(object)  # the id of a row
    row_opened = Signal(object)  # the id of a row

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelsList")
        self.setAccessibleName(self.tr("Models"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(24)
        self._body = QWidget()
        self._body.setObjectName("modelsListBody")
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(_SIDE_PX, 4, _SIDE_PX - 8, 16)
        self._column.setSpacing(_GAP_PX)
        self.setWidget(self._body)
        self._rows: list[CardRow] = []
        self._headings: list[QLabel] = []

    @property
    def rows(self) -> tuple[CardRow, ...]:
        """What is shown, from the top."""
        return tuple(self._rows)

    def row(self, row_id: str) -> CardRow | None:
        """The shown one of this id."""
        return next((row for row in self._rows if row.row_id == row_id), None)

    def show_sections(self, sections: Sequence[ListSection]) -> None:
        """Show these; widgets that are not among them are hidden, not deleted."""
        focused: QWidget | None = self.focusWidget()
        scrolled = self.verticalScrollBar().value()
        self._take_all()
        for section in sections:
            if not section.widgets:
                continue
            if section.title:
                self._column.addWidget(self._heading(section.title))
            for widget in section.widgets:
                self._column.addWidget(widget)
                widget.show()
                if isinstance(widget, CardRow):
                    self._adopt(widget)
        self._column.addStretch(1)
        if focused is not None and focused.isVisible() and not focused.hasFocus():
            focused.setFocus()
        # Hiding row after row sent the focus along, and the list scrolled after it.
        self._column.activate()
        self.verticalScrollBar().setValue(scrolled)

    def reveal(self, row_id: str) -> None:
        """Scroll to a row and give it the focus."""
        row = self.row(row_id)
        if row is not None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)
            # Once the layout has placed it.
            QTimer.singleShot(0, row, lambda: self.ensureWidgetVisible(row, 0, 40))

    def mark(self, row_id: str | None) -> None:
        """Mark the row whose details are shown."""
        for row in self._rows:
            row.set_selected(row.row_id == row_id)

    # --- inside -----------------------------------------------------------------------------------

    def _take_all(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
        for heading in self._headings:
            heading.deleteLater()
        self._headings.clear()
        self._rows.clear()

    def _heading(self, title: str) -> QLabel:
        heading = QLabel(title, self._body)
        heading.setObjectName("modelsHeading")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        top = _SECTION_PX - _GAP_PX if self._headings else 4
        heading.setContentsMargins(2, top, 0, 0)
        self._headings.append(heading)
        heading.show()
        return heading

    def _adopt(self, row: CardRow) -> None:
        self._rows.append(row)
        unique = Qt.ConnectionType.UniqueConnection
        row.selected.connect(self.row_selected, unique)
        row.opened.connect(self.row_opened, unique)
        row.step_requested.connect(self._step, unique)

    @Slot(object, int)
    def _step(self, row_id: str, direction: int) -> None:
        place = [row.row_id for row in self._rows].index(row_id) + direction
        if 0 <= place < len(self._rows):
            row = self._rows[place]
            row.setFocus(Qt.FocusReason.TabFocusReason)
            self.row_selected.emit(row.row_id)  # also where the window is not the active one
            self.ensureWidgetVisible(row, 0, 40)
