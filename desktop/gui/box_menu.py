"""What can be taken out of the viewer: the picture with its boxes, and the boxes as JSON."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from desktop.gui.box_export import annotated, boxes_json, save_annotated, save_text
from desktop.gui.jobs import run_job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.gui.box_layer import ShownBox
    from desktop.gui.viewer_picture import Subject


class BoxMenu(QMenu):
    """Works on what the viewer shows; the pictures are made off the main thread."""

    failed = Signal(object)  # GroundglassError
    saved = Signal(object)  # Path
    copied = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.quarter_turns = 0
        self._subject: Subject | None = None
        self._boxes: tuple[ShownBox, ...] = ()
        self.copy_picture = self.addAction(self.tr("Copy the picture with its boxes"))
        self.copy_picture.triggered.connect(self._copy_picture)
        self.save_picture = self.addAction(self.tr("Save the picture with its boxes…"))
        self.save_picture.triggered.connect(self._choose_picture_file)
        self.addSeparator()
        self.copy_json = self.addAction(self.tr("Copy the boxes as JSON"))
        self.copy_json.triggered.connect(self._copy_json)
        self.save_json = self.addAction(self.tr("Save the boxes as JSON…"))
        self.save_json.triggered.connect(self._choose_json_file)
        self.addSeparator()
        self.open_elsewhere = self.addAction(self.tr("Open the original in another app"))
        self.open_elsewhere.triggered.connect(self._open_elsewhere)
        self.set_content(None, ())

    def set_content(self, subject: Subject | None, boxes: Sequence[ShownBox]) -> None:
        """Work on this picture and these boxes from now on."""
        self._subject, self._boxes = subject, tuple(boxes)
        for action in (self.copy_picture, self.save_picture, self.copy_json, self.save_json):
            action.setEnabled(subject is not None and bool(boxes))
        self.open_elsewhere.setEnabled(subject is not None)

    def save_picture_to(self, path: Path) -> None:
        """Write the annotated picture; `saved` or `failed` follows."""
        if self._subject is not None:
            work = partial(save_annotated, self._subject, self._boxes, self.quarter_turns, path)
            run_job(work, self.saved.emit, self.failed.emit, owner=self)

    def save_json_to(self, path: Path) -> None:
        """Write the boxes; `saved` or `failed` follows."""
        if self._subject is not None:
            text = boxes_json(self._subject.root, self._boxes)
            run_job(partial(save_text, text, path), self.saved.emit, self.failed.emit, owner=self)

    @Slot()
    def _copy_picture(self) -> None:
        if self._subject is not None:
            work = partial(annotated, self._subject, self._boxes, self.quarter_turns)
            run_job(work, self._to_clipboard, self.failed.emit, owner=self)

    def _to_clipboard(self, image: QImage) -> None:
        QApplication.clipboard().setImage(image)
        self.copied.emit()

    @Slot()
    def _copy_json(self) -> None:
        if self._subject is not None:
            QApplication.clipboard().setText(boxes_json(self._subject.root, self._boxes))
            self.copied.emit()

    @Slot()
    def _choose_picture_file(self) -> None:
        pictures = self.tr("Pictures")
        chosen, _ = QFileDialog.getSaveFileName(
            self.parentWidget(),
            self.tr("Save the picture with its boxes"),
            f"{self._stem()}.png",
            f"{pictures} (*.png *.jpg)",
        )
        if chosen:
            self.save_picture_to(Path(chosen))

    @Slot()
    def _choose_json_file(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self.parentWidget(),
            self.tr("Save the boxes as JSON"),
            f"{self._stem()}.json",
            "JSON (*.json)",
        )
        if chosen:
            self.save_json_to(Path(chosen))

    def _stem(self) -> str:
        name = self._subject.root.source_name if self._subject is not None else ""
        stem = Path(name).stem or self.tr("Picture")
        return self.tr("{name} with boxes").format(name=stem)

    @Slot()
    def _open_elsewhere(self) -> None:
        if self._subject is not None:
            path = self._subject.original or self._subject.root.path
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
