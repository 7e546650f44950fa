"""What a person asks of a model, told to the library; what deletes is confirmed first."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.core.errors import GroundglassError
from desktop.gui.amounts import size_text
from desktop.gui.error_texts import error_text
from desktop.gui.model_commands import Command
from desktop.gui.reveal import reveal
from desktop.store.local_models import Keep

if TYPE_CHECKING:
    from desktop.gui.model_entries import ModelEntry
    from desktop.gui.model_library import ModelLibrary


class ModelActions(QObject):
    """Knows the library and the window that questions are asked in."""

    verified = Signal(object, str, bool)  # key, sentence, whether it is bad news

    def __init__(self, library: ModelLibrary, window: QWidget) -> None:
        super().__init__(window)
        self._library = library
        self._window = window

    @Slot(object, object)
    def do(self, key: str, command: Command) -> None:
        """Do it, or ask whether to."""
        match command:
            case Command.GET:
                self._library.get(key)
            case Command.PAUSE:
                self._library.pause(key)
            case Command.RESUME:
                self._library.resume(key)
            case Command.USE:
                self._library.use(key)
            case Command.CANCEL | Command.REMOVE:
                self._ask_removal(key)
            case Command.VERIFY:
                self.verified.emit(key, self.tr("Reading every byte…"), False)
                self._library.verify(key, functools.partial(self._tell, key))
            case Command.REVEAL:
                place = self._library.place(key)
                if place is not None:
                    reveal(place)

    # --- inside -----------------------------------------------------------------------------------

    def _ask_removal(self, key: str) -> None:
        entry = self._library.entry(key)
        if entry is None:
            return
        question, detail, label = self._removal_words(entry)
        if not question:
            self._library.remove(key)
            return
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("Models"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(question)
        box.setInformativeText(detail)
        remove = box.addButton(label, QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        remove.clicked.connect(functools.partial(self._library.remove, key))
        box.open()

    def _removal_words(self, entry: ModelEntry) -> tuple[str, str, str]:
        """Question, detail and button; an empty question where nothing would be lost."""
        if entry.is_coming:
            progress = entry.download.progress if entry.download is not None else None
            if entry.spec is None or progress is None or not progress.done_bytes:
                return "", "", ""
            return (
                self.tr("Give up the download of {name}?").format(name=entry.name),
                self.tr("{size} that have come already are deleted.").format(
                    size=size_text(progress.done_bytes)
                ),
                self.tr("Delete"),
            )
        question = self.tr("Remove {name}?").format(name=entry.name)
        size = size_text(entry.size_bytes or 0)
        if entry.local is None:
            detail = self.tr("{size} are freed. You can get it again at any time.").format(
                size=size
            )
        elif entry.local.keep is Keep.COPY:
            detail = self.tr("The copy is deleted and {size} are freed.").format(size=size)
        else:
            detail = self.tr("It leaves this list. The file itself stays where it is.")
        return question, detail, self.tr("Remove")

    def _tell(self, key: str, outcome: tuple[str, ...] | GroundglassError) -> None:
        if isinstance(outcome, GroundglassError):
            text = error_text(outcome.code, outcome.details, outcome.message)
        elif outcome:
            text = self.tr("Damaged: {names}. Remove the model and get it again.").format(
                names=", ".join(outcome)
            )
        else:
            entry = self._library.entry(key)
            has_checksums = entry is not None and entry.spec is not None
            text = (
                self.tr("Every file is what was downloaded.")
                if has_checksums
                else self.tr("The files can be read and belong together.")
            )
        self.verified.emit(key, text, bool(outcome) or isinstance(outcome, GroundglassError))


def dropped_models(data: QMimeData) -> tuple[Path, ...]:
    """Paths of what is dragged if it may be a model: GGUF files, or one folder; else empty."""
    paths = tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    if paths and all(path.suffix.casefold() == ".gguf" for path in paths):
        return paths
    return paths if len(paths) == 1 and paths[0].is_dir() else ()
