"""From the library's entries to the list's rows, which are kept for as long as there is a use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.gui.error_texts import error_text
from desktop.gui.found_row import FoundRow, found_id
from desktop.gui.model_commands import Command, main_command
from desktop.gui.model_groups import Filters, ModelGroup, Section, group_id, groups_of
from desktop.gui.models_list import ListSection
from desktop.gui.models_row import ModelRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.gui.model_entries import ModelEntry
    from desktop.gui.model_library import ModelLibrary
    from desktop.gui.models_list import ModelsList


class ModelsShelf(QObject):
    """Makes rows, fills them, and tells what is asked of them."""

    commanded = Signal(object, object)  # key, Command
    add_requested = Signal(object)  # Candidate
    reset_requested = Signal()  # of the filters

    def __init__(
        self, library: ModelLibrary, target: ModelsList, language: str, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._list = target
        self._language = language
        self._chosen: dict[str, str] = {}
        self._groups: dict[str, ModelGroup] = {}
        self._rows: dict[str, ModelRow] = {}
        self._found: dict[str, FoundRow] = {}
        self._nothing = _Words(self.tr("No model in the list matches."), self.tr("Show all"))
        self._nothing.asked.connect(self.reset_requested)
        self._damaged = _Words("", "")
        self._looking = _Words("", self.tr("Look again"))
        self._looking.asked.connect(self.look)

    def group(self, row_id: str | None) -> ModelGroup | None:
        """The one of a row that is in sight."""
        if row_id is None or self._list.row(row_id) is None:
            return None
        return self._groups.get(row_id)

    def model_rows(self) -> tuple[ModelRow, ...]:
        """Rows in sight, without other programs' models."""
        return tuple(row for row in self._list.rows if isinstance(row, ModelRow))

    def choose(self, key: str) -> None:
        """Let this form stand for its model; shown with the next refresh."""
        entry = self._library.entry(key)
        if entry is not None:
            self._chosen[group_id(entry)] = key

    def refresh(self, filters: Filters, *, is_offline: bool) -> None:
        """Show what the library has now."""
        groups = groups_of(self._library.entries(), self._chosen)
        self._groups = {group.id: group for group in groups}
        self._drop_old()
        shown: dict[Section, list[QWidget]] = {section: [] for section in Section}
        for group in groups:
            if filters.shows(group):
                shown[group.section].append(self._row(group, is_offline=is_offline))
        self._list.show_sections(self._sections(shown, filters))

    def show_progress(self, entry: ModelEntry) -> None:
        """Show how far an entry has come, if its row stands for it."""
        row = self._rows.get(group_id(entry))
        if row is not None and row.entry is not None and row.entry.key == entry.key:
            row.show_progress(entry)

    @Slot()
    def look(self) -> None:
        """Look for other programs' models."""
        self._library.look_around()
        self._show_looking()

    # --- inside -----------------------------------------------------------------------------------

    def _sections(
        self, shown: dict[Section, list[QWidget]], filters: Filters
    ) -> Sequence[ListSection]:
        problem = self._library.catalog_problem
        sections = []
        if problem is not None:
            self._damaged.say(error_text(problem.code, problem.details, problem.message))
            sections.append(ListSection("", [self._damaged]))
        elif not any(shown.values()):
            sections.append(ListSection("", [self._nothing]))
        titles = {
            Section.COMING: self.tr("On the way"),
            Section.RECOMMENDED: self.tr("Recommended for this computer"),
            Section.HERE: self.tr("On this computer"),
            Section.MORE: self.tr("More models"),
        }
        sections += [ListSection(title, shown[section]) for section, title in titles.items()]
        if filters.strength is None:
            sections.append(ListSection(self.tr("Found in other programs"), self._found_widgets()))
        return sections

    def _found_widgets(self) -> list[QWidget]:
        found = {found_id(candidate): candidate for candidate in self._library.found}
        for row_id, row in tuple(self._found.items()):
            if row.candidate != found.get(row_id):
                self._found.pop(row_id).deleteLater()
        for row_id, candidate in found.items():
            if row_id not in self._found:
                row = FoundRow(candidate)
                row.add_requested.connect(self.add_requested)
                self._found[row_id] = row
        self._show_looking()
        return [*(self._found[row_id] for row_id in found), self._looking]

    def _show_looking(self) -> None:
        if self._library.is_looking:
            self._looking.say(self.tr("Looking for models of other programs…"), has_button=False)
        elif self._found:
            self._looking.say("")
        else:
            self._looking.say(
                self.tr(
                    "None were found in Hugging Face's cache, LM Studio, Ollama or llama.cpp. "
                    "A model file can also be dropped on this window."
                )
            )

    def _row(self, group: ModelGroup, *, is_offline: bool) -> ModelRow:
        row = self._rows.get(group.id)
        if row is None:
            row = self._rows[group.id] = ModelRow(group.id, self._language)
            row.commanded.connect(self.commanded)
        row.show_group(group, self._library.measured_bytes_per_second())
        needs_network = main_command(group.shown) in {Command.GET, Command.RESUME}
        row.button.setEnabled(not (is_offline and needs_network))
        return row

    def _drop_old(self) -> None:
        for row_id in self._rows.keys() - self._groups.keys():
            self._rows.pop(row_id).deleteLater()


class _Words(QWidget):
    """A sentence in the place of rows, with a quiet button or none."""

    asked = Signal()

    def __init__(self, text: str, button: str) -> None:
        super().__init__()
        self._label = QLabel(text)
        self._label.setObjectName("modelsWords")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._button = QPushButton(button)
        self._button.setProperty("kind", "quiet")
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self.asked)
        self._button.setVisible(bool(button))
        self._has_button = bool(button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 4, 0, 4)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)

    def say(self, text: str, *, has_button: bool = True) -> None:
        """Say this instead."""
        self._label.setText(text)
        self._button.setVisible(self._has_button and has_button)
