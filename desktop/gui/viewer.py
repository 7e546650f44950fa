"""The viewer beside the chat: a picture looked at closely, its regions and its boxes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from desktop.core.types import ImageAttachment, PictureOrigin
from desktop.gui.box_layer import ShownBox, shown_boxes
from desktop.gui.box_menu import BoxMenu
from desktop.gui.error_texts import error_text
from desktop.gui.jobs import run_job
from desktop.gui.memory import return_free_memory
from desktop.gui.viewer_bars import BottomBar, FindRow, RegionCard, TopBar
from desktop.gui.viewer_canvas import ViewerCanvas
from desktop.gui.viewer_keys import KeyCommand
from desktop.gui.viewer_picture import Subject, ViewerPicture, find_subject
from desktop.intake import regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QResizeEvent

    from desktop.core.errors import GroundglassError
    from desktop.gui.answer_context import BoxSheet
    from desktop.store.attachments import AttachmentStore


_GAP_PX = 8
_LEAST_PX = 344


class FindRequest(Struct, frozen=True):
    """Look for something in a picture."""

    picture: ImageAttachment
    thing: str


class Viewer(QFrame):
    """Shows one picture of several. It asks for what it cannot do itself by signals."""

    region_requested = Signal(object)  # RegionRequest
    find_requested = Signal(object)  # FindRequest
    box_hovered = Signal(object)  # number of a box of the sheet, None
    box_clicked = Signal(object)  # number of a box of the sheet
    failed = Signal(object)  # GroundglassError
    closed = Signal()

    def __init__(self, store: AttachmentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewer")
        self.setMinimumWidth(_LEAST_PX)
        self._store = store
        self._pictures: tuple[ImageAttachment, ...] = ()
        self._index = 0
        self._sheet: BoxSheet | None = None
        self._boxes: tuple[ShownBox, ...] = ()
        self._origins: tuple[PictureOrigin, ...] = ()
        self._visit = 0
        self._is_region_wanted = False
        self.picture = ViewerPicture(self)
        self.top = TopBar()
        self.canvas = ViewerCanvas(self.picture)
        self.bottom = BottomBar()
        self.card = RegionCard(self.canvas)
        self.find_row = FindRow(self.canvas)
        self.problem = QLabel(self.canvas)
        self.problem.setObjectName("viewerProblem")
        self.problem.setWordWrap(True)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.problem.hide()
        self.menu = BoxMenu(self)
        self.bottom.more.setMenu(self.menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.bottom)
        self._connect()

    def _connect(self) -> None:
        canvas, top, bottom = self.canvas, self.top, self.bottom
        top.previous.clicked.connect(self.show_previous)
        top.next.clicked.connect(self.show_next)
        top.close_button.clicked.connect(self.dismiss)
        bottom.farther.clicked.connect(partial(canvas.step, -1))
        bottom.closer.clicked.connect(partial(canvas.step, 1))
        bottom.fit.clicked.connect(canvas.fit)
        bottom.fit_chosen.connect(canvas.fit)
        bottom.zoom_chosen.connect(canvas.zoom_to)
        bottom.turn.clicked.connect(partial(canvas.turn, 1))
        bottom.select.toggled.connect(self._select)
        bottom.find_button.clicked.connect(self._open_find)
        bottom.boxes.toggled.connect(self._draw_boxes)
        canvas.zoom_changed.connect(self._show_zoom)
        canvas.region_changed.connect(self._place_card)
        canvas.zoom_changed.connect(self._place_card)
        canvas.box_hovered.connect(self.box_hovered)
        canvas.box_clicked.connect(self.box_clicked)
        canvas.command_given.connect(self._obey)
        self.card.asked.connect(self.ask)
        self.card.dismissed.connect(canvas.clear_region)
        self.find_row.find_requested.connect(self._find)
        self.find_row.closed.connect(self._close_find)
        self.picture.changed.connect(self._show_hint)
        self.picture.sharpening_changed.connect(self._show_hint)
        self.picture.failed.connect(self._show_problem)
        self.menu.failed.connect(self.failed)
        self.menu.saved.connect(bottom.hint.say_saved)
        self.menu.copied.connect(bottom.hint.say_copied)

    # --- what is shown ----------------------------------------------------------------------------

    @property
    def subject(self) -> Subject | None:
        """What is shown now; None while it is looked for, and when the viewer is closed."""
        return self.picture.subject

    @property
    def sheet(self) -> BoxSheet | None:
        """The boxes that are shown, if any."""
        return self._sheet

    @property
    def boxes(self) -> tuple[ShownBox, ...]:
        """The boxes of the sheet that lie on what is shown, in the root's pixels."""
        return self._boxes

    def show_pictures(
        self,
        pictures: Sequence[ImageAttachment],
        index: int = 0,
        sheet: BoxSheet | None = None,
        *,
        is_region_wanted: bool = False,
    ) -> None:
        """Show one of these; `is_region_wanted` when a person means to choose a part of it."""
        self._pictures, self._sheet = tuple(pictures), sheet
        self._is_region_wanted = is_region_wanted
        self._go_to(index)
        self.show()

    def show_sheet(self, sheet: BoxSheet, index: int = 0) -> None:
        """Show the boxes of an answer, beginning with this picture of its question."""
        self.bottom.boxes.setChecked(True)
        self.show_pictures(sheet.pictures, index, sheet)

    def light_box(self, number: int | None) -> None:
        """Let a box of the sheet stand out, as the pointer is on its words."""
        self.canvas.light_box(number, is_revealed=True)

    def set_origins(self, origins: Iterable[PictureOrigin]) -> None:
        """Where pictures of this chat were cut from, to mark those places."""
        self._origins = tuple(origins)
        self._show_marks()

    @Slot()
    def show_next(self) -> None:
        """The next picture, if there is one."""
        self._go_to(self._index + 1)

    @Slot()
    def show_previous(self) -> None:
        """The one before, if there is one."""
        self._go_to(self._index - 1)

    @Slot()
    def dismiss(self) -> None:
        """Close, and give the memory back."""
        self._visit += 1
        self._pictures, self._sheet, self._boxes = (), None, ()
        self.canvas.set_boxes(())
        self.canvas.clear_region()
        self.picture.close()
        self._close_find()
        self.hide()
        run_job(return_free_memory, lambda _: None, self.failed.emit, owner=self)
        self.closed.emit()

    def _go_to(self, index: int) -> None:
        if not 0 <= index < len(self._pictures):
            return
        self._index = index
        self._visit += 1
        chosen = self._pictures[index]
        name = chosen.source_name or self.tr("Pasted picture")
        if chosen.page_count > 1:
            page = self.tr("{name}, page {page}")
            name = page.format(name=name, page=chosen.page + 1)
        self.top.show_picture(name, index, len(self._pictures))
        self.canvas.setAccessibleName(self.tr("Picture {name}").format(name=name))
        if self.subject is not None and self.subject.picture == chosen:
            self._show_boxes()
            self._want_region()
            return
        visit = self._visit

        def show(subject: Subject) -> None:
            if visit == self._visit:
                self._open(subject)

        run_job(partial(find_subject, chosen, self._store), show, self._show_problem, owner=self)

    def _open(self, subject: Subject) -> None:
        is_same = self.subject is not None and self.subject.root == subject.root
        if is_same:
            self.picture.retarget(subject)
        else:
            self.picture.open(subject)
        self.problem.hide()
        self.canvas.show_picture(subject.cut)
        self._show_boxes()
        self._show_marks()
        self._show_hint()
        self._want_region()

    def _want_region(self) -> None:
        if self._is_region_wanted:
            self._is_region_wanted = False
            self.bottom.select.setChecked(True)
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_boxes(self) -> None:
        """The boxes of the sheet that lie on this picture, moved to the root's pixels."""
        subject, sheet = self.subject, self._sheet
        self._boxes = ()
        if subject is not None and sheet is not None:
            placed = [box for box in sheet.boxes if box.picture == self._index]
            self._boxes = shown_boxes(placed, self.picture.size, subject.to_root)
        self.bottom.show_boxes(len(self._boxes))
        self.menu.set_content(subject, self._boxes)
        names = ", ".join(box.caption for box in self._boxes)
        words = self.tr("Boxes on the picture: {names}").format(names=names)
        self.canvas.setAccessibleDescription(words if names else "")
        self._draw_boxes()

    @Slot()
    def _draw_boxes(self) -> None:
        self.canvas.set_boxes(self._boxes if self.bottom.boxes.isChecked() else ())

    def _show_marks(self) -> None:
        if self.subject is None:
            return
        root = self.subject.root
        self.canvas.set_marks(
            [
                origin.region
                for origin in self._origins
                if origin.region is not None
                and (origin.sha256, origin.page) == (root.sha256, root.page)
                and origin.region != self.subject.cut
            ]
        )

    @Slot(object)
    def _show_problem(self, error: GroundglassError) -> None:
        if self.picture.is_loaded:
            self.failed.emit(error)
            return
        self.problem.setText(error_text(error.code, error.details, error.message))
        self.problem.show()
        self._arrange()

    @Slot()
    def _show_zoom(self) -> None:
        self.bottom.show_zoom(self.canvas.view.zoom)
        self.menu.quarter_turns = self.canvas.view.quarter_turns
        self._show_hint()

    @Slot()
    def _show_hint(self) -> None:
        if self.picture.is_sharpening:
            hint = self.tr("Loading all the detail…")
        elif self.canvas.region.rect is not None or not self.picture.is_loaded:
            hint = ""
        elif self.canvas.view.can_pan and not self.bottom.select.isChecked():
            hint = self.tr("Shift and drag to choose a region")
        else:
            hint = self.tr("Drag to choose a region")
        self.bottom.hint.set_hint(hint)

    # --- asking -----------------------------------------------------------------------------------

    @Slot()
    def ask(self) -> None:
        """Ask about the region, or about the whole picture as it is turned now."""
        subject = self.subject
        if subject is None:
            return
        region, turns = self.canvas.chosen_region(), self.canvas.view.quarter_turns
        if region is None and turns == 0:
            return
        self.region_requested.emit(regions.RegionRequest(subject.root, region, turns))
        self.bottom.select.setChecked(False)
        self.canvas.clear_region()

    @Slot(bool)
    def _select(self, is_selecting: bool) -> None:
        self.canvas.set_selecting(is_selecting=is_selecting)
        self._show_hint()

    @Slot()
    def _open_find(self) -> None:
        self.find_row.show()
        self.find_row.field.selectAll()
        self.find_row.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._arrange()

    @Slot()
    def _close_find(self) -> None:
        if self.find_row.isVisible():
            self.find_row.hide()
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _find(self, thing: str) -> None:
        if self.subject is not None:
            self.find_requested.emit(FindRequest(self.subject.picture, thing))
            self._close_find()

    def _step_box(self, direction: int) -> None:
        """Let the next box stand out, in the picture and in the answer."""
        numbers = [box.number for box in self._boxes]
        if not numbers or not self.bottom.boxes.isChecked():
            return
        lit = self.canvas.lit_box
        at = numbers.index(lit) + direction if lit in numbers else min(direction, 0)
        number = numbers[at % len(numbers)]
        self.canvas.light_box(number, is_revealed=True)
        self.box_hovered.emit(number)

    @Slot(object)
    def _obey(self, command: KeyCommand) -> None:
        match command:
            case KeyCommand.NEXT:
                self.show_next()
            case KeyCommand.PREVIOUS:
                self.show_previous()
            case KeyCommand.ASK:
                self.ask()
            case KeyCommand.NEXT_BOX:
                self._step_box(1)
            case KeyCommand.PREVIOUS_BOX:
                self._step_box(-1)
            case KeyCommand.CLOSE:
                if self.canvas.region.rect is not None:
                    self.canvas.clear_region()
                else:
                    self.dismiss()
            case _:
                pass

    # --- where things are -------------------------------------------------------------------------

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return handled

    def _arrange(self) -> None:
        width = min(480, self.canvas.width() - 2 * _GAP_PX)
        self.find_row.setGeometry(
            (self.canvas.width() - width) // 2, _GAP_PX, width, self.find_row.sizeHint().height()
        )
        self.problem.setGeometry(self.canvas.rect().adjusted(24, 24, -24, -24))
        self._place_card()

    @Slot()
    def _place_card(self) -> None:
        region, turns = self.canvas.chosen_region(), self.canvas.view.quarter_turns
        self.card.setVisible(region is not None or (turns != 0 and self.picture.is_loaded))
        self._show_hint()
        if region is None:
            self.card.show_turned(turns)
            self.card.place_under(None)
        else:
            self.card.show_size(region.width, region.height)
            rect = QRectF(region.left, region.top, region.width, region.height)
            self.card.place_under(self.canvas.view.transform().mapRect(rect))
