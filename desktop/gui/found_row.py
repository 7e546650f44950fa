"""Another program's model in the manager's list, with the way to use it here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.gui.error_texts import error_text
from desktop.gui.model_marks import ElidedLabel
from desktop.gui.model_words import candidate_text
from desktop.gui.models_row import BUTTON_PX, CardRow, name_label, set_kind

if TYPE_CHECKING:
    from desktop.store.local_models import Candidate


class FoundRow(CardRow):
    """A candidate: its name, whose it is, where it is; or why it cannot be used."""

    add_requested = Signal(object)  # Candidate

    def __init__(self, candidate: Candidate, parent: QWidget | None = None) -> None:
        super().__init__(found_id(candidate), parent)
        self.candidate = candidate
        name = name_label()
        name.show_text(candidate.name)
        meta = QLabel("  ·  ".join(candidate_text(candidate)))
        meta.setProperty("kind", "secondary")
        place = ElidedLabel()
        place.setProperty("kind", "secondary")
        place.show_text(str(candidate.model_path))
        self.button = QPushButton(self.tr("Add…"))
        self.button.setAutoDefault(False)
        self.button.setMinimumWidth(BUTTON_PX)
        self.button.setAccessibleName(self.tr("Add {name}").format(name=candidate.name))
        self.button.setVisible(candidate.problem is None)
        self.button.clicked.connect(self._ask)
        set_kind(self.button, "outline")
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(name)
        words.addWidget(meta)
        words.addWidget(place)
        described = meta.text()
        if candidate.problem is not None:
            problem = candidate.problem
            text = error_text(problem.code, problem.details, problem.message)
            sentence = QLabel(text)
            sentence.setProperty("kind", "secondary")
            sentence.setTextFormat(Qt.TextFormat.PlainText)
            sentence.setWordWrap(True)
            words.addWidget(sentence)
            described = f"{described}. {text}"
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 14, 12)
        layout.setSpacing(16)
        layout.addLayout(words, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(candidate.name)
        self.setAccessibleDescription(described)

    @Slot()
    def _ask(self) -> None:
        self.add_requested.emit(self.candidate)


def found_id(candidate: Candidate) -> str:
    """What tells rows of candidates apart."""
    return f"found:{candidate.model_path}"
