"""Under an answer with tables: the way out of the app for them, and what does not fit in them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QSize, QStandardPaths, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.core.table_checks import check
from desktop.gui.icons import icon
from desktop.gui.jobs import run_job
from desktop.gui.table_texts import problem_text, table_name
from desktop.gui.theme import theme
from desktop.store.table_export import as_html, as_tsv, save_csv, save_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from desktop.core.errors import GroundglassError
    from desktop.core.tables import Table

_DONE_MS = 1500
_ICON_PX = 16
_SPACING_PX = 2
_HEIGHT_PX = 32
_MOST_SENTENCES = 12
_POPUP_PX, _POPUP_MARGIN_PX = 420, 16
_THIN_SPACE = "\u2009"  # the style puts a button's icon too close to its words


class TableBar(QWidget):
    """One row of buttons for the tables of one answer.

    Several tables: the first button chooses which is copied and saved as CSV; a workbook holds all.
    """

    failed = Signal(object)  # GroundglassError: a file could not be written
    saved = Signal(object)  # Path

    def __init__(
        self,
        tables: Sequence[Table],
        parent: QWidget | None = None,
        *,
        choose_path: Callable[[QWidget, str, str, str], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._tables = tuple(tables)
        self._index = 0
        self._choose_path = choose_path or _ask_for_path
        self._done: QToolButton | None = None
        self._icons: list[tuple[QToolButton, str, str]] = []
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
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DONE_MS)
        self._timer.timeout.connect(self._settle)
        self._lay_out()
        self._fill_menu()
        theme().changed.connect(self._tint)
        self._tint()

    @property
    def table(self) -> Table:
        """The one that is copied and saved as CSV."""
        return self._tables[self._index]

    def focus_chain(self) -> list[QWidget]:
        """What takes the keyboard focus, in reading order."""
        buttons = (
            self._chooser,
            self.copy_button,
            self.csv_button,
            self.xlsx_button,
            self.problem_button,
        )
        return [button for button in buttons if not button.isHidden()]

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _HEIGHT_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, _HEIGHT_PX)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

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

    def _button(self, icon_name: str, text: str, role: str = "secondary") -> QToolButton:
        button = QToolButton(self)
        button.setProperty("kind", "quiet")
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setText(_THIN_SPACE + text)
        button.setAccessibleName(text)
        self._icons.append((button, icon_name, role))
        return button

    def _lay_out(self) -> None:
        # The first icon and the last word, not the buttons' edges, stand in line with the text.
        first = self._chooser if len(self._tables) > 1 else self.copy_button
        first.setProperty("edge", "left")
        self.problem_button.setProperty("edge", "right")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_SPACING_PX)
        for button, _, _ in self._icons[:-1]:
            self._row.addWidget(button)
        self._row.addStretch(1)
        self._row.addWidget(self.problem_button)

    def _fit_words(self) -> None:
        """Where there is no room for all words, the ways out are icons; the problem stays said."""
        both = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        ways_out = (self.copy_button, self.csv_button, self.xlsx_button)
        for button in ways_out:
            button.setToolButtonStyle(both)
        shown = [button for button, _, _ in self._icons if not button.isHidden()]
        needed = sum(button.sizeHint().width() + _SPACING_PX for button in shown)
        if needed > self.width():
            for button in ways_out:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

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
        self._chooser.setText(_THIN_SPACE + name)
        self._chooser.setAccessibleName(name)
        self._fit_words()

    @Slot()
    def _tint(self) -> None:
        for button, name, role in self._icons:
            is_done = self._done is button
            button.setIcon(icon("check" if is_done else name, role))

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
        name = self.tr("CSV table")
        self._save(self.csv_button, ".csv", name, lambda path: save_csv(path, self.table))

    @Slot()
    def _save_xlsx(self) -> None:
        name = self.tr("Excel workbook")
        self._save(self.xlsx_button, ".xlsx", name, lambda path: save_xlsx(path, self._tables))

    def _save(
        self, button: QToolButton, suffix: str, kind: str, work: Callable[[Path], None]
    ) -> None:
        chosen = self._choose_path(
            self.window(), self.tr("Save the table"), self._proposed(suffix), f"{kind} (*{suffix})"
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() != suffix:
            path = path.with_name(path.name + suffix)
        run_job(
            partial(work, path),
            partial(self._on_saved, button, path),
            self._on_failed,
            owner=self,
        )

    def _proposed(self, suffix: str) -> str:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(documents))
        title = "".join(s for s in self.table.title if s.isalnum() or s in " -_").strip()
        name = title or self.tr("Table")
        return str(folder / f"{name}{suffix}")

    def _on_saved(self, button: QToolButton, path: Path, _nothing: None) -> None:
        self._say_done(button, self.tr("Saved"))
        self.saved.emit(path)

    def _on_failed(self, error: GroundglassError) -> None:
        self.failed.emit(error)

    def _say_done(self, button: QToolButton, words: str) -> None:
        self._settle()
        self._done = button
        button.setMinimumWidth(button.width())  # its neighbours stay where they are
        button.setText(_THIN_SPACE + words)
        self._tint()
        self._timer.start()

    @Slot()
    def _settle(self) -> None:
        if self._done is None:
            return
        button, self._done = self._done, None
        button.setText(_THIN_SPACE + button.accessibleName())
        button.setMinimumWidth(0)
        self._tint()


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


def _ask_for_path(window: QWidget, title: str, proposed: str, kinds: str) -> str:
    return QFileDialog.getSaveFileName(window, title, proposed, kinds)[0]
