"""The settings' page on the model: the built-in one, or a GGUF pair on this computer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from desktop.gui.error_texts import error_text
from desktop.gui.jobs import run_job
from desktop.gui.setting_rows import FileField, SettingsPage, hint
from desktop.store.model_store import model_from_files

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.errors import GroundglassError
    from desktop.core.types import InstalledModel
    from desktop.store.settings import Settings

_PAUSE_MS = 250  # between the last letter typed and a look at the files


class ModelPage(SettingsPage):
    """Which model answers. A GGUF pair is looked at off the main thread while it is typed."""

    validity_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Model"), parent)
        self._is_valid = True
        self._looked_at: object = None  # the latest look; older ones are of no interest
        self._builtin = QRadioButton(self.tr("Groundglass Mini, built in"))
        self._own = QRadioButton(self.tr("A model on this computer"))
        kinds_of_model = QButtonGroup(self)  # they sit in different rows
        kinds_of_model.addButton(self._builtin)
        kinds_of_model.addButton(self._own)
        self.add(
            _option(
                self._builtin,
                self.tr("A small demonstration model for simple pictures. Needs no download."),
            )
        )
        self.add(
            _option(
                self._own,
                self.tr(
                    "A vision-language model as GGUF files, such as Qwen3-VL. Reads real photos; "
                    "takes memory about the size of its files."
                ),
            )
        )
        self._own.toggled.connect(self._look)
        kinds = self.tr("GGUF files (*.gguf);;All files (*)")
        self._model = FileField(self.tr("Choose a language model"), kinds)
        self._projector = FileField(self.tr("Choose a vision file"), kinds)
        self._projector.line.setPlaceholderText(self.tr("Found by itself beside the model"))
        self._fields = QWidget()
        self._fields.setLayout(self._field_column())
        self.add(self._fields)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._check)
        for field in (self._model, self._projector):
            field.changed.connect(self._look)

    @property
    def is_valid(self) -> bool:
        """Whether the choice can be loaded, as far as a look at the files tells."""
        return self._is_valid

    def show_settings(self, settings: Settings) -> None:
        """Fill the controls."""
        self._model.set_path(settings.model_path)
        self._projector.set_path(settings.projector_path)
        self._own.setChecked(settings.model_path is not None)
        self._builtin.setChecked(settings.model_path is None)
        self._look()

    def change(self, settings: Settings) -> Settings:
        """These settings with this page's choices."""
        if self._builtin.isChecked():
            return replace(settings, model_path=None, projector_path=None)
        return replace(
            settings, model_path=self._model.path(), projector_path=self._projector.path()
        )

    def _field_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(26, 0, 0, 0)
        column.setSpacing(6)
        self._verdict = hint("")
        for title, field in (
            (self.tr("Language model"), self._model),
            (self.tr("Vision file (mmproj)"), self._projector),
        ):
            label = QLabel(title)
            label.setBuddy(field.line)
            field.line.setAccessibleName(title)
            column.addWidget(label)
            column.addWidget(field)
            column.addSpacing(6)
        column.addWidget(self._verdict)
        return column

    @Slot()
    def _look(self) -> None:
        """Something changed: what was found out about the files does not hold any more."""
        self._fields.setEnabled(self._own.isChecked())
        self._looked_at = None
        if self._builtin.isChecked():
            self._pause.stop()
            self._judge(is_valid=True, text="")
        elif self._model.path() is None:
            self._pause.stop()
            self._judge(is_valid=False, text=self.tr("Choose the model's GGUF file."))
        else:
            self._judge(is_valid=False, text=self.tr("Looking at the files…"))
            self._pause.start()

    @Slot()
    def _check(self) -> None:
        model_path, projector_path = self._model.path(), self._projector.path()
        if model_path is None:
            return
        look = self._looked_at = object()

        def work(model_path: Path = model_path) -> InstalledModel:
            return model_from_files(model_path, projector_path)

        def accept(model: InstalledModel) -> None:
            if look is self._looked_at:
                self._judge(is_valid=True, text=self._found_text(model))

        def refuse(error: GroundglassError) -> None:
            if look is self._looked_at:
                text = error_text(error.code, error.details, error.message)
                self._judge(is_valid=False, text=text, is_error=True)

        run_job(work, accept, refuse, owner=self)

    def _found_text(self, model: InstalledModel) -> str:
        if model.projector_path is None:
            return self.tr("{name} is ready to be loaded; it cannot see pictures.").format(
                name=model.name
            )
        return self.tr("{name} is ready to be loaded, with {file}.").format(
            name=model.name, file=model.projector_path.name
        )

    def _judge(self, *, is_valid: bool, text: str, is_error: bool = False) -> None:
        self._verdict.setText(text)
        self._verdict.setProperty("kind", "danger" if is_error else "secondary")
        self._verdict.style().polish(self._verdict)
        self._is_valid = is_valid
        self.validity_changed.emit()


def _option(button: QRadioButton, cost: str) -> QWidget:
    """A radio button with a line below it."""
    option = QWidget()
    column = QVBoxLayout(option)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(button)
    line = hint(cost)
    line.setContentsMargins(26, 0, 0, 0)
    column.addWidget(line)
    button.setAccessibleDescription(cost)
    return option
