"""What an answer took, exactly; and beside it what the model's last answers took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.core.engine_choice import engine_name
from desktop.core.errors import GroundglassError
from desktop.gui.figures_plot import SIDE_PX, RunsPlot
from desktop.gui.figures_texts import figure_rows, plain_text, when_text
from desktop.store.history import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.core.types import EngineKind
    from desktop.gui.figures_texts import FigureRow
    from desktop.store.history import History, StoredMessage

_MOST_RUNS = 60
_WIDTH_PX = 480
_COPIED_MS = 1500


class FiguresDialog(QDialog):
    """Stays beside the window. The table is of one answer, the plot of its model.

    Args:
        history: Where the figures are kept; nothing else is.
        name_of: A model's name for people, from its id.
    """

    failed = Signal(object)  # GroundglassError: the history could not be read

    def __init__(
        self, history: History, name_of: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("figuresDialog")
        self.setWindowTitle(self.tr("Figures"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._history = history
        self._name_of = name_of
        self._shown: Run | None = None
        self.rows: list[FigureRow] = []
        self._title = QLabel()
        self._title.setObjectName("figuresTitle")
        self._when = QLabel()
        self._when.setProperty("kind", "secondary")
        for label in (self._title, self._when):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._table = QGridLayout()
        self._heading = QLabel()
        self._heading.setProperty("kind", "secondary")
        self.plot = RunsPlot()
        self.plot.run_chosen.connect(self._show_run)
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.setProperty("kind", "quiet")
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        self._close = QPushButton(self.tr("Close"))
        self._close.clicked.connect(self.close)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(_COPIED_MS)
        self._copied.timeout.connect(self._forget_copied)
        self._lay_out()
        self._close.setFocus()

    @property
    def shown(self) -> Run | None:
        """The answer in the table; None while there is none."""
        return self._shown

    def show_answer(self, answer: StoredMessage) -> None:
        """Show this one; one that was not measured changes nothing."""
        if answer.figures is None or not answer.figures.is_measured:
            return
        run = Run(answer.id, answer.created_at, answer.figures)
        self._show_runs(answer.figures.model_id, answer.figures.engine, run)

    def show_latest(self, model_id: str, engine: EngineKind | None) -> None:
        """Show the newest answer of a model with this engine, or that there is none."""
        self._show_runs(model_id, engine, None)

    def _show_runs(self, model_id: str, engine: EngineKind | None, run: Run | None) -> None:
        try:
            runs = self._history.recent_runs(model_id, engine, _MOST_RUNS)
        except GroundglassError as error:
            self.failed.emit(error)
            runs = []
        shown = run or (runs[-1] if runs else None)
        self.plot.show_runs(runs, shown.message_id if shown is not None else None)
        self.plot.setVisible(len(runs) > 1)
        self._heading.setVisible(len(runs) > 1)
        self._heading.setText(
            self.tr("The last {count} answers of this model").format(
                count=QLocale().toString(len(runs))
            )
        )
        self._title.setText(self._name_of(model_id) or self.tr("No model"))
        self._show_run(shown)

    @Slot(object)
    def _show_run(self, run: Run | None) -> None:
        self._shown = run
        self.copy_button.setEnabled(run is not None)
        self.rows = [] if run is None else figure_rows(run.figures)
        self._when.setText(
            self.tr("No answer of this model has been measured yet.")
            if run is None
            else _origin_text(run)
        )
        self._fill_table()

    # --- how it looks -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._table.setHorizontalSpacing(16)
        self._table.setVerticalSpacing(6)
        self._table.setColumnStretch(2, 1)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._title)
        head.addWidget(self._when)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.setContentsMargins(0, 0, SIDE_PX, 0)
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(self._close)
        column = QVBoxLayout(self)
        # The words of the plot and of the quiet button stand in line with all others.
        column.setContentsMargins(24 - SIDE_PX, 20, 24 - SIDE_PX, 16)
        head.setContentsMargins(SIDE_PX, 0, SIDE_PX, 0)
        self._table.setContentsMargins(SIDE_PX, 0, SIDE_PX, 0)
        self._heading.setContentsMargins(SIDE_PX, 0, SIDE_PX, 0)
        column.setSpacing(16)
        column.addLayout(head)
        column.addLayout(self._table)
        column.addStretch(1)
        column.addWidget(self._heading)
        column.addWidget(self.plot)
        column.addLayout(buttons)
        self.setMinimumWidth(_WIDTH_PX)

    def _fill_table(self) -> None:
        while (item := self._table.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for number, row in enumerate(self.rows):
            label, value, detail = QLabel(row.label), QLabel(row.value), QLabel(row.detail)
            value.setObjectName("figureValue")
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            detail.setProperty("kind", "secondary")
            for column, cell in enumerate((label, value, detail)):
                cell.setTextFormat(Qt.TextFormat.PlainText)
                self._table.addWidget(cell, number, column)

    # --- the clipboard ----------------------------------------------------------------------------

    def as_text(self) -> str:
        """All of the table, for the clipboard."""
        return plain_text(f"{self._title.text()}, {self._when.text()}", self.rows)

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText(self.as_text())
        self.copy_button.setText(self.tr("Copied"))
        self._copied.start()

    @Slot()
    def _forget_copied(self) -> None:
        self.copy_button.setText(self.tr("Copy"))


def _origin_text(run: Run) -> str:
    """Such as "llama.cpp · 22/11/2026 05:31"."""
    when, engine = when_text(run.answered_at), run.figures.engine
    return when if engine is None else f"{engine_name(engine)} · {when}"
