"""Adding a model of this computer: what it is, what is wrong with it, and how to keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.core.types import EngineKind
from desktop.gui.amounts import size_text
from desktop.gui.error_texts import error_text
from desktop.gui.jobs import run_job
from desktop.gui.model_marks import ElidedLabel, ProblemLine
from desktop.gui.model_words import candidate_text
from desktop.store.import_model import inspect_paths
from desktop.store.local_models import Keep
from desktop.store.machine import free_disk_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop.core.errors import GroundglassError
    from desktop.gui.model_library import ModelLibrary
    from desktop.store.local_models import Candidate

_WIDTH_PX = 480
_MOST_FILES = 4
_INDENT_PX = 24


class ImportDialog(QDialog):
    """Shows a candidate, or reads files first; accepted, it adds the model to the library."""

    def __init__(self, library: ModelLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importDialog")
        self.setWindowTitle(self.tr("Add a model"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._library = library
        self._candidate: Candidate | None = None
        self._name = _label("importName")
        self._about = _label("", kind="secondary")
        self._files = QVBoxLayout()
        self._files.setSpacing(2)
        self._problem = ProblemLine()
        self._keeps = QButtonGroup(self)
        self._choices = self._make_choices()
        self.add_button = QPushButton(self.tr("Add"))
        self.add_button.setProperty("kind", "primary")
        self.add_button.setDefault(True)
        self.add_button.clicked.connect(self.accept)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setAutoDefault(False)
        self._cancel.clicked.connect(self.reject)
        self._arrange()

    def read(self, paths: Sequence[Path]) -> None:
        """Look at these files or this folder, off the main thread."""
        names = ", ".join(path.name for path in paths[:_MOST_FILES])
        self._name.setText(names)
        self._about.setText(self.tr("Reading what it is…"))
        self._choices.hide()
        self.add_button.setEnabled(False)
        wanted = tuple(paths)
        run_job(lambda: inspect_paths(wanted), self.show_candidate, self._refuse, owner=self)

    def show_candidate(self, candidate: Candidate) -> None:
        """Offer this model."""
        self._candidate = candidate
        self._name.setText(candidate.name)
        self._about.setText(" · ".join(candidate_text(candidate)))
        # A folder for MLX is taken as a whole.
        is_folder = candidate.engine is EngineKind.MLX
        places = (candidate.model_path,) if is_folder else candidate.files
        for path in places[:_MOST_FILES]:
            line = ElidedLabel()
            line.setProperty("kind", "secondary")
            line.show_text(str(path))
            self._files.addWidget(line)
        if len(places) > _MOST_FILES:
            rest = self.tr("and {count} more files").format(count=len(places) - _MOST_FILES)
            self._files.addWidget(_label("", rest, kind="secondary"))
        if candidate.problem is not None:
            self._refuse(candidate.problem)
            return
        self._show_costs(candidate)
        self._choices.show()
        self.add_button.setEnabled(True)
        self.add_button.setFocus()

    @property
    def keep(self) -> Keep:
        """How it will be kept."""
        return tuple(Keep)[self._keeps.checkedId()]

    @override
    @Slot()
    def accept(self) -> None:
        """Add it; the library goes on with that after the window has closed."""
        if self._candidate is not None and self._candidate.problem is None:
            self._library.add_local(self._candidate, self.keep)
            super().accept()

    @override
    def event(self, event: QEvent) -> bool:
        """Become as high as what it says needs at this width, whenever that changes."""
        is_due = event.type() is QEvent.Type.LayoutRequest
        is_done = super().event(event)  # after which, at its end, there may be no dialog any more
        if is_due and (layout := self.layout()) is not None:
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))
        return is_done

    def choice(self, keep: Keep) -> QRadioButton:
        """The button of a way to keep it."""
        button = self._keeps.button(tuple(Keep).index(keep))
        if not isinstance(button, QRadioButton):
            raise TypeError("no radio button")
        return button

    # --- inside -----------------------------------------------------------------------------------

    def _make_choices(self) -> QWidget:
        titles = {
            Keep.REFERENCE: self.tr("Use it where it is"),
            Keep.COPY: self.tr("Copy it"),
            Keep.LINK: self.tr("Link it"),
        }
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(2)
        self._costs: dict[Keep, QLabel] = {}
        for keep, title in titles.items():
            button = QRadioButton(title)
            self._keeps.addButton(button, tuple(Keep).index(keep))
            cost = self._costs[keep] = _label("", kind="secondary")
            cost.setContentsMargins(_INDENT_PX, 0, 0, 8)
            column.addWidget(button)
            column.addWidget(cost)
        self._keeps.button(tuple(Keep).index(Keep.REFERENCE)).setChecked(True)
        return box

    def _show_costs(self, candidate: Candidate) -> None:
        free = free_disk_bytes(self._library.models_dir)
        texts = {
            Keep.REFERENCE: self.tr(
                "Takes no room. When the file is moved or deleted, the model is gone here too."
            ),
            Keep.COPY: self.tr(
                "Takes {size} more, {free} are free. What happens to the original does not matter."
            ).format(size=size_text(candidate.size_bytes), free=size_text(free)),
            Keep.LINK: self.tr(
                "Takes no room. On the same disk the model stays when the original is deleted."
            ),
        }
        for keep, text in texts.items():
            self._costs[keep].setText(text)
            self.choice(keep).setAccessibleDescription(text)

    def _refuse(self, error: GroundglassError) -> None:
        if self._candidate is None:
            self._about.hide()
        self._problem.show_text(error_text(error.code, error.details, error.message))
        self._choices.hide()
        self.add_button.hide()
        self._cancel.setText(self.tr("Close"))

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self.add_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(6)
        layout.addWidget(self._name)
        layout.addWidget(self._about)
        layout.addLayout(self._files)
        layout.addWidget(self._problem)
        layout.addWidget(self._choices)
        layout.addStretch(1)
        layout.addSpacing(8)
        layout.addLayout(buttons)
        self.setMinimumWidth(_WIDTH_PX)


def _label(name: str, text: str = "", *, kind: str = "") -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    if kind:
        label.setProperty("kind", kind)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
