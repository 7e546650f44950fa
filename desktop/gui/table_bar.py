"""Under an answer with tables: the way out of the app for them, and what does not fit in them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.core.table_checks import check
from desktop.gui.export_bar import ExportBar
from desktop.gui.table_texts import problem_text, table_name
from desktop.store.table_export import as_html, as_tsv, save_csv, save_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QShowEvent

    from desktop.core.tables import Table

_MOST_SENTENCES = 12
_POPUP_PX, _POPUP_MARGIN_PX = 420, 16


class TableBar(ExportBar):
    """One row of buttons for the tables of one answer.

    Several tables: the first button chooses which is copied and saved as CSV; a workbook holds all.
    """

    def __init__(
        self,
        tables: Sequence[Table],
        parent: QWidget | None = None,
        *,
        choose_path: Callable[[QWidget, str, str, str], str] | None = None,
    ) -> None:
        super().__init__(parent, choose_path=choose_path)
        self._tables = tuple(tables)
        self._index = 0
        self._chooser = self._button("table", "")
        self._chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._chooser.setMenu(self._menu)
        self.copy_button = self._button("copy", self.tr("Copy as table"))
        self.copy_button.setToolTip(self.tr("For a spreadsheet or a text document"))
        self.copy_button.clicked.connect(self.copy)
        self.csv_button = self._button("download", self.tr("Save CSV…"))
        self.csv_button.setToolTip(self.tr("Values with commas between them, for any program"))
        self.csv_button.clicked.connect(self._save_csv)
        self.xlsx_button = self._button("sheet", self.tr("Save XLSX…"))
        self.xlsx_button.setToolTip(self.tr("A workbook for Excel, Numbers or LibreOffice"))
        self.xlsx_button.clicked.connect(self._save_xlsx)
        self.problems = self._find_problems()
        self.problem_button = self._button("triangle-alert", self._problem_title(), "danger")
        self.problem_button.setVisible(bool(self.problems))
        self.problem_button.clicked.connect(self._show_problems)
        self._lay_out()
        self._fill_menu()
        self._tint()

    @property
    def table(self) -> Table:
        """The one that is copied and saved as CSV."""
        return self._tables[self._index]

    def choose(self, index: int) -> None:
        """Copy and save this one of several tables."""
        self._index = index
        self._fill_menu()

    @Slot()
    def copy(self) -> None:
        """Put the table on the clipboard, for spreadsheets and for text."""
        data = QMimeData()
        data.setText(as_tsv(self.table))
        data.setHtml(as_html(self.table))
        QApplication.clipboard().setMimeData(data)
        self._say_done(self.copy_button, self.tr("Copied"))

    # --- building ---------------------------------------------------------------------------------

    @override
    def _ways_out(self) -> tuple[QToolButton, ...]:
        return self.copy_button, self.csv_button, self.xlsx_button

    def _lay_out(self) -> None:
        # The first icon and the last word, not the buttons' edges, stand in line with the text.
        first = self._chooser if len(self._tables) > 1 else self.copy_button
        first.setProperty("edge", "left")
        self.problem_button.setProperty("edge", "right")
        for button, _, _ in self._icons[:-1]:
            self._row.addWidget(button)
        self._row.addStretch(1)
        self._row.addWidget(self.problem_button)

    def _fill_menu(self) -> None:
        self._chooser.setVisible(len(self._tables) > 1)
        self._menu.clear()
        for index, table in enumerate(self._tables):
            action = QAction(table_name(table, index + 1), self._menu)
            action.setCheckable(True)
            action.setChecked(index == self._index)
            action.triggered.connect(partial(self.choose, index))
            self._menu.addAction(action)
        name = self.tr("Table {number} of {count}").format(
            number=self.locale().toString(self._index + 1),
            count=self.locale().toString(len(self._tables)),
        )
        self._name(self._chooser, name)
        self._fit_words()

    # --- what does not fit ------------------------------------------------------------------------

    def _find_problems(self) -> tuple[str, ...]:
        """Sentences, one for each thing."""
        sentences = []
        for index, table in enumerate(self._tables):
            for problem in check(table):
                sentence = problem_text(table, problem)
                if len(self._tables) > 1:
                    sentence = self.tr("Table {number}: {sentence}").format(
                        number=self.locale().toString(index + 1), sentence=sentence
                    )
                sentences.append(sentence)
        return tuple(sentences)

    def _problem_title(self) -> str:
        if len(self.problems) == 1:
            return self.tr("1 place does not fit")
        return self.tr("{count} places do not fit").format(
            count=self.locale().toString(len(self.problems))
        )

    @Slot()
    def _show_problems(self) -> None:
        popup = ProblemsPopup(self._problem_title(), self.problems, self)
        popup.adjustSize()
        corner = self.problem_button.mapToGlobal(
            QPoint(self.problem_button.width() - popup.width(), self.problem_button.height() + 4)
        )
        screen = self.screen().availableGeometry()
        corner.setX(max(screen.left() + 4, corner.x()))
        if corner.y() + popup.height() > screen.bottom():
            above = self.problem_button.mapToGlobal(QPoint(0, -popup.height() - 4))
            corner.setY(max(screen.top() + 4, above.y()))
        popup.move(corner)
        popup.show()

    # --- saving -----------------------------------------------------------------------------------

    @Slot()
    def _save_csv(self) -> None:
        kind = (".csv", self.tr("CSV table"))
        title, name = self.tr("Save the table"), self._file_name()
        self._save(self.csv_button, title, name, kind, lambda path: save_csv(path, self.table))

    @Slot()
    def _save_xlsx(self) -> None:
        kind = (".xlsx", self.tr("Excel workbook"))
        title, name = self.tr("Save the table"), self._file_name()
        self._save(self.xlsx_button, title, name, kind, lambda path: save_xlsx(path, self._tables))

    def _file_name(self) -> str:
        title = "".join(s for s in self.table.title if s.isalnum() or s in " -_").strip()
        return title or self.tr("Table")


class ProblemsPopup(QFrame):
    """All that does not fit, until a click elsewhere."""

    def __init__(self, title: str, sentences: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("tableProblems")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_POPUP_PX)
        self.setAccessibleName(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_POPUP_MARGIN_PX, 12, _POPUP_MARGIN_PX, 12)
        layout.setSpacing(8)
        heading = QLabel(title)
        heading.setObjectName("popupTitle")
        layout.addWidget(heading)
        for sentence in sentences[:_MOST_SENTENCES]:
            layout.addWidget(_words(sentence))
        if len(sentences) > _MOST_SENTENCES:
            rest = self.tr("And {count} more.").format(count=len(sentences) - _MOST_SENTENCES)
            layout.addWidget(_words(rest))
        note = _words(self.tr("The model may have misread a figure: look at the picture."))
        note.setProperty("kind", "secondary")
        layout.addWidget(note)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus()


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.ensurePolished()
    label.setMinimumHeight(label.heightForWidth(_POPUP_PX - 2 * _POPUP_MARGIN_PX))
    return label
