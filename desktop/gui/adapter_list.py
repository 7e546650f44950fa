"""A model's adapters as rows: how strong each is, and a way to add and to remove one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from desktop.core.adapters import HIGHEST_SCALE, LOWEST_SCALE, check_adapter, is_for_engine
from desktop.core.types import Adapter, EngineKind
from desktop.gui.error_texts import error_text
from desktop.gui.icons import icon
from desktop.gui.jobs import run_job
from desktop.gui.number_field import NumberBox
from desktop.gui.setting_rows import hint
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from desktop.core.errors import GroundglassError
    from desktop.core.types import InstalledModel

_SCALE_PX = 96
_NAME_PX = 120  # at least so much of a name is seen


class AdapterList(QWidget):
    """Adapters in the order in which they are laid over the model.

    What is added is held against the model at once, off the main thread; one that cannot be used is
    refused with a sentence below the rows. Rows of the engine that does not run the model now say
    so and stay.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._model: InstalledModel | None = None
        self._adapters: list[Adapter] = []
        self._checking = 0
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self.add_button = QPushButton(self.tr("Add an adapter…"))
        self.add_button.setProperty("kind", "outline")
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(self._choose)
        self.problem_label: QLabel = hint("")
        self.problem_label.setProperty("kind", "danger")
        self.problem_label.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(self._rows)
        layout.addWidget(self.problem_label)
        layout.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self.add_button)
        self._show_state()

    def value(self) -> tuple[Adapter, ...]:
        """As `ModelChoices.adapters`."""
        return tuple(self._adapters)

    def set_value(self, adapters: tuple[Adapter, ...], model: InstalledModel | None) -> None:
        """Show these adapters of a model; without one nothing can be added."""
        self._model = model
        self._adapters = list(adapters)
        self._say("")
        self._fill()

    def add(self, path: Path) -> None:
        """Add an adapter at full strength if the model can take it."""
        model = self._model
        if model is None or any(one.path == path for one in self._adapters):
            return
        self._say("")
        self._checking += 1
        self._show_state()

        def keep(_none: None) -> None:
            self._checking -= 1
            if model is self._model:
                self._adapters.append(Adapter(path))
                self._fill()
                self.changed.emit()
            self._show_state()

        def refuse(error: GroundglassError) -> None:
            self._checking -= 1
            if model is self._model:
                self._say(error_text(error.code, error.details, error.message))
            self._show_state()

        run_job(lambda: check_adapter(path, model), keep, refuse, owner=self)

    # --- rows -------------------------------------------------------------------------------------

    def _fill(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.hide()
                row.deleteLater()
        for adapter in self._adapters:
            row = AdapterRow(adapter, self._note(adapter))
            row.scale_changed.connect(self._on_scale)
            row.removed.connect(self._on_removed)
            self._rows.addWidget(row)
        self._show_state()

    def _note(self, adapter: Adapter) -> str:
        """What is said beside a name; empty for one that is in use."""
        if self._model is None or is_for_engine(adapter.path, self._model.engine):
            return ""
        is_gguf = is_for_engine(adapter.path, EngineKind.LLAMA_CPP)
        return self.tr("for llama.cpp, not in use") if is_gguf else self.tr("for MLX, not in use")

    @Slot(object)
    def _on_scale(self, changed: Adapter) -> None:
        self._adapters = [changed if one.path == changed.path else one for one in self._adapters]
        self.changed.emit()

    @Slot(object)
    def _on_removed(self, path: Path) -> None:
        self._adapters = [one for one in self._adapters if one.path != path]
        self._say("")
        self._fill()
        self.add_button.setFocus()
        self.changed.emit()

    # --- adding -----------------------------------------------------------------------------------

    @Slot()
    def _choose(self) -> None:
        if self._model is None:
            return
        if self._model.engine is EngineKind.MLX:
            title = self.tr("Folder with an adapter for MLX")
            chosen = QFileDialog.getExistingDirectory(self, title)
        else:
            title, kind = self.tr("Adapter as a GGUF file"), self.tr("Adapters")
            chosen, _ = QFileDialog.getOpenFileName(self, title, "", f"{kind} (*.gguf)")
        if chosen:
            self.add(Path(chosen))

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._model is not None and _local_paths(event):
            event.acceptProposedAction()
        else:
            event.ignore()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        for path in _local_paths(event):
            self.add(path)

    # --- what is shown ----------------------------------------------------------------------------

    def _say(self, problem: str) -> None:
        self.problem_label.setText(problem)
        self.problem_label.setVisible(bool(problem))
        self.add_button.setAccessibleDescription(problem)

    @Slot()
    def _show_state(self) -> None:
        self.add_button.setEnabled(self._model is not None and self._checking == 0)


class AdapterRow(QWidget):
    """One adapter: its name, its scale, and a button that removes it."""

    scale_changed = Signal(object)  # the Adapter as it is now
    removed = Signal(object)  # its path

    def __init__(self, adapter: Adapter, note: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._adapter = adapter
        name = adapter.path.name or str(adapter.path)
        self._name = QLabel()
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setMinimumWidth(_NAME_PX)
        self._name.setToolTip(str(adapter.path))
        self._whole_name = name
        self._note = hint(note)
        self.scale = NumberBox(LOWEST_SCALE, HIGHEST_SCALE, 0.1, 2)
        self.scale.setPrefix("× ")
        self.scale.setFixedWidth(_SCALE_PX)
        self.scale.setAccessibleName(self.tr("Strength of {name}").format(name=name))
        self.scale.setToolTip(self.tr("Strength: 1 as it was made, 0 not at all"))
        self.scale.setValue(adapter.scale)
        self.scale.valueChanged.connect(self._on_value)
        self.remove_button = QPushButton()
        self.remove_button.setProperty("kind", "icon")
        self.remove_button.setIconSize(QSize(16, 16))
        self.remove_button.setFixedSize(28, 28)
        self.remove_button.setAutoDefault(False)
        self.remove_button.setAccessibleName(self.tr("Remove {name}").format(name=name))
        self.remove_button.setToolTip(self.tr("Remove"))
        self.remove_button.clicked.connect(self._on_remove)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._note)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(words, 1)
        layout.addWidget(self.scale)
        layout.addWidget(self.remove_button)
        self._note.setVisible(bool(note))  # not before it has a parent: it would be a window
        theme().changed.connect(self._draw_icon)
        self._draw_icon()

    @override
    def resizeEvent(self, event: object) -> None:
        width = self._name.width()
        mode = Qt.TextElideMode.ElideMiddle
        self._name.setText(self._name.fontMetrics().elidedText(self._whole_name, mode, width))

    @Slot(float)
    def _on_value(self, scale: float) -> None:
        self._adapter = replace(self._adapter, scale=round(scale, 2))
        self.scale_changed.emit(self._adapter)

    @Slot()
    def _on_remove(self) -> None:
        self.removed.emit(self._adapter.path)

    @Slot()
    def _draw_icon(self) -> None:
        self.remove_button.setIcon(icon("x", "secondary"))


def _local_paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
