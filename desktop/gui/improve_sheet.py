"""The sheet that makes a bad picture better: before and after, and what to change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from desktop.gui.error_texts import error_text
from desktop.gui.improve_job import change_preview, keep_improved, load_preview
from desktop.gui.improve_view import BeforeAfterView
from desktop.gui.jobs import run_job
from desktop.gui.labels import wrapped_label
from desktop.gui.preflight_texts import fault_text
from desktop.intake.improve import Changes, proposed

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from desktop.core.errors import GroundglassError
    from desktop.core.types import ImageAttachment
    from desktop.gui.improve_job import Improved, Preview
    from desktop.intake.improve import Look
    from desktop.store.attachments import AttachmentStore

_SIZE = QSize(820, 540)
_CHOICES_PX = 232
_STEPS_PER_DEGREE, _MOST_DEGREES = 4, 12
_SETTLE_MS = 60
_SLIDER_PX = 24


class ImproveSheet(QDialog):
    """For one picture of a draft. It ends with `applied`, or leaves everything as it was.

    Args:
        key: The chip's.
        picture: What the chip holds.
        look: What was seen in it, if it was looked at already.
        store: Where the improved picture is kept.
    """

    applied = Signal(object, object, bool)  # key, ImageAttachment, whether its files are new

    def __init__(
        self,
        key: int,
        picture: ImageAttachment,
        look: Look | None,
        store: AttachmentStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("improveSheet")
        self.setWindowTitle(self.tr("Improve the picture"))
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._key, self._picture, self._store = key, picture, store
        self._preview: Preview | None = None
        self._drawn = Changes()  # what the preview shows
        self._is_drawing = False
        self.view = BeforeAfterView()
        self.light = self._box(
            self.tr("Light"), self.tr("Brightens dark pictures; bright parts stay as they are")
        )
        self.contrast = self._box(
            self.tr("Contrast"), self.tr("Evens out the contrast place by place, as in shadows")
        )
        self.balance = self._box(
            self.tr("White balance"),
            self.tr("Takes the colour of the light away: paper becomes white"),
        )
        self.sharpen = self._box(
            self.tr("Sharpen"),
            self.tr("Makes edges clearer; what was never caught stays lost"),
        )
        self.straighten = QSlider(Qt.Orientation.Horizontal)
        self.straighten.setRange(
            -_MOST_DEGREES * _STEPS_PER_DEGREE, _MOST_DEGREES * _STEPS_PER_DEGREE
        )
        self.straighten.setPageStep(_STEPS_PER_DEGREE)
        self.straighten.setAccessibleName(self.tr("Straighten"))
        self.straighten.setMinimumHeight(_SLIDER_PX)
        self._degrees = QLabel()
        self._degrees.setProperty("kind", "secondary")
        self._finding = wrapped_label("secondary")
        self._problem = wrapped_label("danger")
        self._problem.hide()
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.apply_button = QPushButton(self.tr("Use this picture"))
        self.apply_button.setProperty("kind", "primary")
        self.apply_button.setDefault(True)
        self.apply_button.clicked.connect(self._apply)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._draw)
        self._lay_out()
        self.straighten.valueChanged.connect(self._on_changed)
        self._on_changed()
        run_job(partial(load_preview, picture, look), self._on_loaded, self._on_failed, owner=self)

    @property
    def changes(self) -> Changes:
        """What is chosen."""
        return Changes(
            is_lit=self.light.isChecked(),
            has_contrast=self.contrast.isChecked(),
            is_balanced=self.balance.isChecked(),
            is_sharpened=self.sharpen.isChecked(),
            turn_degrees=self.straighten.value() / _STEPS_PER_DEGREE,
        )

    @property
    def drawn(self) -> Changes:
        """What the preview shows."""
        return self._drawn

    @property
    def problem(self) -> str:
        """What went wrong; empty when nothing did."""
        return self._problem.text()

    @property
    def _boxes(self) -> tuple[QCheckBox, ...]:
        return self.light, self.contrast, self.balance, self.sharpen

    # --- building ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        choices = QVBoxLayout()
        choices.setSpacing(12)
        choices.addWidget(self._finding)
        choices.addSpacing(4)
        for box in self._boxes:
            choices.addWidget(box)
        choices.addSpacing(4)
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("Straighten")), 1)
        row.addWidget(self._degrees)
        choices.addLayout(row)
        choices.addWidget(self.straighten)
        choices.addStretch(1)
        choices.addWidget(self._problem)
        note = wrapped_label("secondary")
        note.setText(self.tr("The original is kept and can be put back."))
        choices.addWidget(note)
        side = QWidget()
        side.setFixedWidth(_CHOICES_PX)
        side.setLayout(choices)
        choices.setContentsMargins(0, 0, 0, 0)
        upper = QHBoxLayout()
        upper.setSpacing(24)
        upper.addWidget(self.view, 1)
        upper.addWidget(side)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.apply_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(upper, 1)
        layout.addLayout(buttons)
        self.resize(_SIZE)
        self.light.setFocus()

    def _box(self, name: str, meaning: str) -> QCheckBox:
        box = QCheckBox(name)
        box.setToolTip(meaning)
        box.toggled.connect(self._on_changed)
        return box

    # --- the preview ------------------------------------------------------------------------------

    def _on_loaded(self, preview: Preview) -> None:
        self._preview = preview
        self.view.show_before(preview.image)
        faults = preview.look.faults
        finding = (
            self.tr("This picture is {faults}.").format(faults=fault_text(faults))
            if faults
            else self.tr("Nothing seems wrong with this picture; you may still change it.")
        )
        self._finding.setText(finding)
        self._choose(proposed(preview.look))
        self._on_changed()

    def _choose(self, changes: Changes) -> None:
        for box, is_on in zip(
            self._boxes,
            (changes.is_lit, changes.has_contrast, changes.is_balanced, changes.is_sharpened),
            strict=True,
        ):
            box.setChecked(is_on)
        self.straighten.setValue(round(changes.turn_degrees * _STEPS_PER_DEGREE))

    @Slot()
    def _on_changed(self) -> None:
        changes = self.changes
        degrees = self.locale().toString(changes.turn_degrees, "f", 2)
        self._degrees.setText(self.tr("{degrees}°").format(degrees=degrees))
        self.apply_button.setEnabled(self._preview is not None and changes.is_any)
        if self._preview is not None:
            self._timer.start()

    @Slot()
    def _draw(self) -> None:
        """One drawing at a time; the newest choice is drawn when the last one is done."""
        preview, changes = self._preview, self.changes
        if preview is None or self._is_drawing or changes == self._drawn:
            return
        self._is_drawing = True
        run_job(
            partial(change_preview, preview, changes),
            partial(self._on_drawn, changes),
            self._on_failed,
            owner=self,
        )

    def _on_drawn(self, changes: Changes, image: QImage) -> None:
        self._is_drawing = False
        self._drawn = changes
        self.view.show_after(image)
        self._draw()

    # --- the end ----------------------------------------------------------------------------------

    @Slot()
    def _apply(self) -> None:
        self.apply_button.setEnabled(False)
        run_job(
            partial(keep_improved, self._picture, self.changes, self._name(), self._store),
            self._on_kept,
            self._on_failed,
            owner=self,
        )

    def _name(self) -> str:
        """What the improved picture is called: a page keeps its number in the name."""
        picture = self._picture
        if picture.page_count < 2:
            return picture.source_name
        page = self.locale().toString(picture.page + 1)
        return self.tr("{name} · p. {page}").format(name=picture.source_name, page=page)

    def _on_kept(self, improved: Improved) -> None:
        self.applied.emit(self._key, improved.attachment, improved.is_new)
        self.accept()

    def _on_failed(self, error: GroundglassError) -> None:
        self._is_drawing = False
        self._problem.setText(error_text(error.code, error.details, error.message))
        self._problem.show()
        self.apply_button.setEnabled(self._preview is not None and self.changes.is_any)
