"""Everything about one model, beside the list: its buttons, its forms, its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.gui.flow_layout import FlowLayout
from desktop.gui.icons import icon
from desktop.gui.model_commands import (
    Command,
    command_name,
    command_text,
    main_command,
    more_commands,
)
from desktop.gui.model_entries import EntryState
from desktop.gui.model_marks import ProblemLine
from desktop.gui.model_words import problem_text, progress_fraction, progress_text, summary_text
from desktop.gui.models_facts import FactSheet
from desktop.gui.models_row import set_kind
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.types import EngineKind
    from desktop.gui.model_entries import ModelEntry
    from desktop.gui.model_files import FileFact
    from desktop.gui.model_groups import ModelGroup

_STEPS = 1000
_BUTTON_PX = 84
_MORE = (Command.VERIFY, Command.REVEAL, Command.REMOVE, Command.CANCEL)


class ModelDetails(QFrame):
    """Shows one group; the window tells it which."""

    commanded = Signal(object, object)  # key, Command
    variant_chosen = Signal(object)  # key
    engine_chosen = Signal(object, object)  # key, EngineKind
    back_requested = Signal()

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelDetails")
        self._language = language
        self._entry: ModelEntry | None = None
        self._sheet: FactSheet | None = None
        self._sheet_of: object = None
        self.back = QToolButton()
        self.back.setProperty("kind", "icon")
        self.back.setIconSize(QSize(20, 20))
        self.back.setAccessibleName(self.tr("Back to the list"))
        self.back.setToolTip(self.tr("Back to the list"))
        self.back.clicked.connect(self.back_requested)
        self._name = _wrapped("detailsName")
        self._summary = _wrapped("detailsSummary")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._progress = _wrapped("")
        self._progress.setProperty("kind", "secondary")
        self._problem = ProblemLine()
        self._verified = _wrapped("")
        self._verified.setProperty("kind", "secondary")
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.setMinimumWidth(_BUTTON_PX)
        self.button.clicked.connect(self._command)
        self._others: dict[Command, QPushButton] = {}
        self._arrange()
        theme().changed.connect(self._draw_icons)
        self._draw_icons()

    @property
    def entry(self) -> ModelEntry | None:
        """The one that is shown."""
        return self._entry

    def other_button(self, command: Command) -> QPushButton:
        """The quiet button of a command."""
        return self._others[command]

    def show_group(
        self, group: ModelGroup, files: tuple[FileFact, ...], place: Path | None
    ) -> None:
        """Show this group as it is now."""
        entry = group.shown
        if self._entry is None or self._entry.key != entry.key:
            self.show_verification("")
        self._entry = entry
        name = entry.spec.name if entry.spec is not None else entry.name
        self._name.setText(name)
        self.setAccessibleName(self.tr("Details of {name}").format(name=name))
        self._summary.setText(summary_text(entry, self._language))
        self._problem.show_text(problem_text(entry))
        self._show_buttons(entry)
        self.show_progress(entry)
        # Not made anew for every change, since a person may be in the middle of it.
        shown = (
            group.id,
            entry.key,
            entry.state,
            entry.fit,
            entry.engine,
            entry.forms,
            files,
            place,
        )
        if shown != self._sheet_of:
            self._sheet_of = shown
            self._replace_sheet(FactSheet(group, files, place))

    def show_progress(self, entry: ModelEntry) -> None:
        """Show how far it has come; the rest stays as it is."""
        fraction = progress_fraction(entry)
        is_busy = entry.state is EntryState.RUNNING and fraction is None
        self._bar.setVisible(entry.is_coming and (fraction is not None or is_busy))
        self._bar.setRange(0, 0 if is_busy else _STEPS)
        self._bar.setValue(round((fraction or 0.0) * _STEPS))
        self._bar.setAccessibleName(self.tr("Download of {name}").format(name=entry.name))
        words = progress_text(entry)
        self._progress.setText(words)
        self._progress.setVisible(entry.is_coming and bool(words))

    def show_verification(self, text: str, *, is_bad: bool = False) -> None:
        """Say what came out of a verification; empty takes it away."""
        self._verified.setText(text)
        self._verified.setVisible(bool(text))
        self._verified.setProperty("kind", "danger" if is_bad else "secondary")
        self._verified.style().unpolish(self._verified)
        self._verified.style().polish(self._verified)

    # --- inside -----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._name, 1)
        actions = QWidget()
        row = FlowLayout(actions, gap=4)
        row.addWidget(self.button)
        for command in _MORE:
            button = QPushButton()
            button.setProperty("kind", "quiet")
            button.setProperty("command", command.value)
            button.setAutoDefault(False)
            button.clicked.connect(self._other_command)
            self._others[command] = button
            row.addWidget(button)
        self._body = QWidget()
        self._body.setObjectName("modelDetailsBody")
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(20, 16, 20, 20)
        self._column.setSpacing(10)
        self._column.addLayout(head)
        for widget in (
            self._summary,
            actions,
            self._bar,
            self._progress,
            self._problem,
            self._verified,
        ):
            self._column.addWidget(widget)
        self._column.addSpacing(10)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("modelDetailsScroll")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def _replace_sheet(self, sheet: FactSheet) -> None:
        if self._sheet is not None:
            self._column.removeWidget(self._sheet)
            self._sheet.hide()
            self._sheet.deleteLater()
        self._sheet = sheet
        sheet.variant_chosen.connect(self.variant_chosen)
        sheet.engine_chosen.connect(self._choose_engine)
        self._column.insertWidget(self._column.count() - 1, sheet)

    def _show_buttons(self, entry: ModelEntry) -> None:
        command = main_command(entry)
        self.button.setEnabled(command is not None)
        if command is None:
            self.button.setText(self.tr("In use"))
            self.button.setAccessibleName(self.tr("In use"))
            set_kind(self.button, "outline")
        else:
            self.button.setText(command_text(command, entry))
            self.button.setAccessibleName(command_name(command, entry))
            is_first = command in {Command.GET, Command.USE, Command.RESUME}
            set_kind(self.button, "primary" if is_first else "outline")
        offered = more_commands(entry)
        for other, button in self._others.items():
            button.setVisible(other in offered)
            button.setText(command_text(other, entry))
            button.setAccessibleName(command_name(other, entry))

    @Slot(object)
    def _choose_engine(self, engine: EngineKind) -> None:
        if self._entry is not None:
            self.engine_chosen.emit(self._entry.key, engine)

    @Slot()
    def _draw_icons(self) -> None:
        self.back.setIcon(icon("chevron-left", "secondary"))

    @Slot()
    def _command(self) -> None:
        if self._entry is not None:
            command = main_command(self._entry)
            if command is not None:
                self.commanded.emit(self._entry.key, command)

    @Slot()
    def _other_command(self) -> None:
        sender = self.sender()
        if self._entry is not None and sender is not None:
            self.commanded.emit(self._entry.key, Command(sender.property("command")))


def _wrapped(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
