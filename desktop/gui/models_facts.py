"""The parts of a model's details that are made anew for each: forms, memory, source, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop.core.engine_choice import engine_name, engine_order
from desktop.gui.amounts import size_text
from desktop.gui.model_entries import EntryState
from desktop.gui.model_marks import ElidedButton, ElidedLabel, FitMark
from desktop.gui.model_words import (
    fit_parts,
    fit_sentence,
    keep_text,
    licence_text,
    origin_text,
    variant_note,
    variant_title,
)
from desktop.gui.theme import mono_font
from desktop.store.hubs import HUGGING_FACE_URL

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.fit import FitReport
    from desktop.gui.model_entries import ModelEntry
    from desktop.gui.model_files import FileFact
    from desktop.gui.model_groups import ModelGroup

_HASH_PX = 11


class FactSheet(QWidget):
    """Headings and what stands under them, for one model in one state."""

    variant_chosen = Signal(object)  # key
    engine_chosen = Signal(object)  # EngineKind

    def __init__(
        self,
        group: ModelGroup,
        files: tuple[FileFact, ...],
        place: Path | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        entry = group.shown
        if len(group.entries) > 1:
            self._add_forms(group)
        elif len(entry.forms) > 1:
            self._add_engines(entry)
        if entry.fit is not None:
            self._add_memory(entry.fit)
        self._add_about(entry, place)
        if files:
            self._add_files(files, is_here=entry.variant is None)

    # --- inside -----------------------------------------------------------------------------------

    def _heading(self, title: str) -> None:
        if self._column.count():
            self._column.addSpacing(12)
        heading = QLabel(title)
        heading.setObjectName("factHeading")
        self._column.addWidget(heading)

    def _add_forms(self, group: ModelGroup) -> None:
        self._heading(self.tr("Form"))
        self._forms = QButtonGroup(self)
        self._keys = [entry.key for entry in group.entries]
        for number, entry in enumerate(group.entries):
            row = QHBoxLayout()
            row.setSpacing(8)
            choice = QRadioButton(self._form_title(entry, group))
            choice.setChecked(entry.key == group.shown.key)
            self._forms.addButton(choice, number)
            mark = FitMark()
            mark.show_fit(entry.fit)
            row.addWidget(choice)
            row.addStretch(1)
            row.addWidget(mark)
            note = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
            note.setProperty("kind", "secondary")
            note.show_text(self._form_note(entry))
            note.setContentsMargins(24, 0, 0, 2)
            choice.setAccessibleDescription(f"{note.text()}. {mark.accessibleName()}")
            self._column.addLayout(row)
            self._column.addWidget(note)
        self._forms.idClicked.connect(self._choose)

    def _add_engines(self, entry: ModelEntry) -> None:
        """Of a model that is here for several engines under one name."""
        self._heading(self.tr("Runs with"))
        self._engines = QButtonGroup(self)
        self._kinds = entry.forms
        for number, kind in enumerate(entry.forms):
            choice = QRadioButton(engine_name(kind))
            choice.setChecked(kind is entry.engine)
            self._engines.addButton(choice, number)
            self._column.addWidget(choice)
        self._engines.idClicked.connect(self._choose_engine)

    def _form_title(self, entry: ModelEntry, group: ModelGroup) -> str:
        title = entry.name
        if entry.variant is not None:
            title = variant_title(entry.variant, [e.variant for e in group.entries if e.variant])
        if entry.is_recommended:
            return self.tr("{form} · recommended").format(form=title)
        return title

    def _form_note(self, entry: ModelEntry) -> str:
        unknown = self.tr("size not known yet")
        size = size_text(entry.size_bytes) if entry.size_bytes is not None else unknown
        parts = [size]
        if entry.state is EntryState.READY:
            parts.append(self.tr("installed"))
        if entry.variant is not None:
            parts.append(variant_note(entry.variant))
        return " · ".join(parts)

    def _add_memory(self, report: FitReport) -> None:
        self._heading(self.tr("Memory"))
        sentence = QLabel(fit_sentence(report))
        sentence.setObjectName("factText")
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        self._column.addWidget(sentence)
        for name, size in fit_parts(report):
            row = QHBoxLayout()
            row.addWidget(quiet(name))
            row.addStretch(1)
            row.addWidget(quiet(size_text(size)))
            self._column.addLayout(row)

    def _add_about(self, entry: ModelEntry, place: Path | None) -> None:
        self._heading(self.tr("About"))
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, text in self._facts(entry):
            value = ElidedLabel()
            value.setObjectName("factText")
            value.show_text(text)
            form.addRow(quiet(name), value)
        if entry.variant is not None:
            form.addRow(quiet(self.tr("Source")), self._source(entry.variant.repo))
        if place is not None:
            where = ElidedLabel()
            where.setObjectName("factText")
            where.show_text(str(place))
            form.addRow(quiet(self.tr("Place")), where)
        self._column.addLayout(form)

    def _facts(self, entry: ModelEntry) -> list[tuple[str, str]]:
        facts = []
        if len(engine_order()) > 1 and (len(entry.forms) < 2 or entry.spec is not None):
            facts.append((self.tr("Runs with"), engine_name(entry.engine)))
        if licence := licence_text(entry):
            facts.append((self.tr("Licence"), licence))
        if entry.spec is not None and entry.spec.parameters:
            facts.append((self.tr("Parameters"), entry.spec.parameters))
        if entry.spec is not None and entry.spec.context_length:
            tokens = QLocale().toString(entry.spec.context_length)
            facts.append((self.tr("Context"), self.tr("{count} tokens").format(count=tokens)))
        if entry.spec is not None and entry.spec.reuses_prompts is False:
            facts.append((self.tr("Follow-ups"), self.tr("reads everything again, so slower")))
        if entry.local is not None:
            facts.append((self.tr("From"), origin_text(entry.local.origin)))
            facts.append((self.tr("Kept"), keep_text(entry.local.keep)))
        return facts

    def _source(self, repo: str) -> QPushButton:
        self._repo = repo
        link = ElidedButton(repo)
        link.setObjectName("factLink")
        link.setProperty("kind", "quiet")
        link.setToolTip(f"{HUGGING_FACE_URL}/{repo}")
        link.setAccessibleName(self.tr("Open {repo} in the browser").format(repo=repo))
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.clicked.connect(self._open_source)
        return link

    def _add_files(self, files: tuple[FileFact, ...], *, is_here: bool) -> None:
        """List them; of files that should be here no size means that they are not."""
        self._heading(self.tr("Files"))
        no_size = self.tr("not there") if is_here else self.tr("size not known yet")
        for file in files:
            row = QHBoxLayout()
            row.setSpacing(12)
            name = ElidedLabel()
            name.setObjectName("factText")
            name.show_text(file.name)
            row.addWidget(name, 1)
            size = size_text(file.size_bytes) if file.size_bytes is not None else no_size
            row.addWidget(quiet(size))
            self._column.addLayout(row)
            if file.sha256 is not None:
                self._column.addWidget(_hash_label(file.sha256))

    @Slot(int)
    def _choose(self, number: int) -> None:
        self.variant_chosen.emit(self._keys[number])

    @Slot(int)
    def _choose_engine(self, number: int) -> None:
        self.engine_chosen.emit(self._kinds[number])

    @Slot()
    def _open_source(self) -> None:
        QDesktopServices.openUrl(QUrl(f"{HUGGING_FACE_URL}/{self._repo}"))


def quiet(text: str) -> QLabel:
    """A label in the second colour."""
    label = QLabel(text)
    label.setProperty("kind", "secondary")
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _hash_label(sha256: str) -> ElidedLabel:
    """The checksum, cut in the middle; all of it on hover."""
    label = ElidedLabel()
    label.setObjectName("factHash")
    font = mono_font()
    font.setPixelSize(_HASH_PX)
    label.setFont(font)
    label.show_text(sha256)
    label.setAccessibleName(f"sha256 {sha256}")
    return label
