"""An answer: a line while it is waited for, its text, how it ended, and a quiet footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from typing_extensions import override

from desktop.core.boxes import find_boxes
from desktop.core.tables import find_tables
from desktop.core.types import StopReason
from desktop.gui.answer_extras import AnswerExtras
from desktop.gui.answer_parts import LINE_PX, ProblemCard, WaitingLine
from desktop.gui.answer_text import PAGE_SCHEME, AnswerText
from desktop.gui.answer_words import (
    Waiting,
    WayOut,
    figures_text,
    stop_text,
)
from desktop.gui.figures_texts import figure_rows, plain_text
from desktop.gui.form_part import FormPart
from desktop.gui.link_prompt import ask_to_open
from desktop.gui.message_item import FOOTER_PX, MessageItem

if TYPE_CHECKING:
    from desktop.gui.answer_context import BoxSheet, Surroundings
    from desktop.store.history import AnswerError, StoredMessage

_COPIED_MS = 1500


class AnswerItem(MessageItem):
    """One answer, in progress while its `stop_reason` is None."""

    again_requested = Signal(object)  # message id
    models_requested = Signal()
    settings_requested = Signal()
    adapters_requested = Signal()
    new_chat_requested = Signal()
    boxes_requested = Signal(object, int)  # BoxSheet, index of the picture to begin with
    box_hovered = Signal(object)  # number of a box, None
    page_activated = Signal(object)  # ImageAttachment: a page that the text cites
    figures_requested = Signal(object)  # StoredMessage: this one, with its figures
    failed = Signal(object)  # GroundglassError
    gap_above = 4

    def __init__(
        self,
        message: StoredMessage,
        parent: QWidget | None = None,
        *,
        surroundings: Surroundings | None = None,
    ) -> None:
        super().__init__(message, parent)
        self._surroundings = surroundings
        self.sheet: BoxSheet | None = None
        self._extras: AnswerExtras | None = None
        self._waiting: WaitingLine | None = None
        self._problem: ProblemCard | None = None
        self._has_model = False
        self._form: FormPart | None = None
        if surroundings is not None and surroundings.context.is_form:
            self._form = FormPart(self)
            self._form.failed.connect(self.failed)
            self._form.height_changed.connect(self.height_changed)
        self._text = AnswerText(self, pages=surroundings.context.pages if surroundings else ())
        self._text.link_activated.connect(self._follow_link)
        self._text.part_hovered.connect(self._on_words_hovered)
        self._notice = QLabel(self)
        self._notice.setProperty("kind", "secondary")
        self._copy_button = self._add_quiet_button("copy", self.tr("Copy answer"))
        self._copy_button.clicked.connect(self._copy_markdown)
        self._again = self._add_quiet_button("rotate-ccw", self.tr("Answer again"))
        self._again.clicked.connect(self._request_again)
        self._boxes_button = self._add_quiet_button(
            "square-dashed", self.tr("Show the boxes on the picture")
        )
        self._boxes_button.clicked.connect(self._show_boxes)
        self._figures = QPushButton(self)
        self._figures.setObjectName("figuresLine")
        self._figures.setProperty("kind", "quiet")
        self._figures.setAutoDefault(True)  # Return presses it, as Space does
        self._figures.clicked.connect(self._request_figures)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(_COPIED_MS)
        self._copied.timeout.connect(self._show_copy_icon)
        self._show(message)

    # --- what happens -----------------------------------------------------------------------------

    def set_waiting(
        self, waiting: Waiting, fraction: float | None, step: tuple[int, int] | None = None
    ) -> None:
        """Say what is being waited for; the first word ends it."""
        if self._text.markdown or (self._form is not None and self._form.is_shown):
            return
        is_new = self._waiting is None
        if self._waiting is None:
            self._waiting = WaitingLine(self)
            self._waiting.show()
        self._waiting.tell(waiting, fraction, step)
        if is_new:
            self.height_changed.emit()

    def grow(self, text: str) -> None:
        """The answer's next words."""
        self._end_waiting()
        if self._form is not None:
            self._form.grow(text)
        else:
            self._text.grow(text)
            self._text.show()
        self.height_changed.emit()

    def restart(self) -> None:
        """Forget the words so far: the answer is begun anew."""
        if self._form is not None:
            self._form.restart()
        self._text.finish("")
        self._text.hide()
        self.height_changed.emit()

    def finish(self, message: StoredMessage) -> None:
        """The answer is over; show all of it, how it ended and its figures."""
        self.message = message
        self._end_waiting()
        self._show(message)
        self.height_changed.emit()

    def set_has_model(self, *, has_model: bool) -> None:
        """Say whether there is a model to answer: then an answer that had none can be tried."""
        self._has_model = has_model
        if self._problem is not None:
            self._problem.set_has_model(has_model=has_model)
            self.height_changed.emit()

    def _show(self, message: StoredMessage) -> None:
        text, reason = message.message.text, message.stop_reason
        is_over = reason is not None
        words = text
        if self._form is not None:
            words = self._form.show_answer(text, is_over=is_over)
        if is_over:
            self._text.finish(words)
        else:
            self._text.grow(words)
        self._text.setVisible(bool(words))
        notice = ""
        if reason is not None and message.error is None:  # an error has a sentence of its own
            notice = stop_text(reason, has_text=bool(text))
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))
        self._copy_button.setVisible(is_over and bool(text))
        self._again.setVisible(is_over and reason is not StopReason.FAILED)
        figures = message.figures
        self._figures.setVisible(figures is not None and figures.is_measured)
        if figures is not None:
            self._figures.setText(figures_text(figures))
            self._figures.setAccessibleDescription(self.tr("Show all figures of this answer"))
            self._figures.setToolTip(plain_text("", figure_rows(figures)))
        self._show_problem(message.error)
        self._show_extras(message)

    def _show_extras(self, message: StoredMessage) -> None:
        """Boxes and tables, once the answer is over."""
        if self._extras is not None:
            self._extras.deleteLater()
            self._extras = None
        self.sheet = None
        surroundings, text = self._surroundings, message.message.text
        if surroundings is not None and message.stop_reason is not None and text:
            self.sheet = surroundings.boxes_of(message)
            is_form = self._form is not None and self._form.is_shown
            tables = () if is_form else find_tables(text)
            if self.sheet is not None or tables:
                self._extras = AnswerExtras(self.sheet, tables, surroundings, self)
                self._extras.picture_activated.connect(self._show_boxes_on)
                self._extras.box_hovered.connect(self._on_preview_hovered)
                self._extras.failed.connect(self.failed)
                self._extras.show()
        self._boxes_button.setVisible(self.sheet is not None)
        self._mark_words(message)

    def _mark_words(self, message: StoredMessage) -> None:
        """Find the boxes' words again as they are shown, if they can be told apart there."""
        if self.sheet is None or self._surroundings is None:
            self._text.set_parts(())
            return
        model_id = message.figures.model_id if message.figures is not None else None
        way = self._surroundings.ways_of(model_id).coordinates
        found = find_boxes(self._text.shown_characters(), way)
        is_same = len(found) == len(self.sheet.boxes)
        self._text.set_parts([(box.start, box.end) for box in found] if is_same else ())

    def light_box(self, number: int | None) -> None:
        """Let a box stand out in the words and on the small picture."""
        self._text.light_part(number)
        if self._extras is not None:
            self._extras.light_box(number)

    @Slot(object)
    def _on_words_hovered(self, number: int | None) -> None:
        self.light_box(number)
        self.box_hovered.emit(number)

    @Slot(object)
    def _on_preview_hovered(self, number: int | None) -> None:
        self._text.light_part(number)
        self.box_hovered.emit(number)

    @Slot()
    def _show_boxes(self) -> None:
        if self.sheet is not None:
            self._show_boxes_on(min(box.picture for box in self.sheet.boxes))

    @Slot(int)
    def _show_boxes_on(self, index: int) -> None:
        if self.sheet is not None:
            self.boxes_requested.emit(self.sheet, index)

    def _show_problem(self, error: AnswerError | None) -> None:
        if self._problem is not None:
            self._problem.deleteLater()
            self._problem = None
        if error is not None:
            self._problem = ProblemCard(error, self, has_model=self._has_model)
            self._problem.way_chosen.connect(self._go)
            self._problem.show()

    def _end_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.hide()
            self._waiting.deleteLater()
            self._waiting = None

    # --- what a person does -----------------------------------------------------------------------

    def _request_again(self) -> None:
        self.again_requested.emit(self.message.id)

    def _request_figures(self) -> None:
        self.figures_requested.emit(self.message)

    @Slot(object)
    def _go(self, way: WayOut) -> None:
        match way:
            case WayOut.AGAIN:
                self._request_again()
            case WayOut.MODELS:
                self.models_requested.emit()
            case WayOut.SETTINGS:
                self.settings_requested.emit()
            case WayOut.ADAPTERS:
                self.adapters_requested.emit()
            case WayOut.NEW_CHAT:
                self.new_chat_requested.emit()

    def _copy_markdown(self) -> None:
        self._copy(self.message.message.text)
        self._copy_button.show_icon("check")
        self._copied.start()

    @Slot()
    def _show_copy_icon(self) -> None:
        self._copy_button.show_icon("copy")

    @Slot(str)
    def _follow_link(self, address: str) -> None:
        number = address.removeprefix(PAGE_SCHEME)
        pages = self._surroundings.context.pages if self._surroundings is not None else {}
        page = pages.get(int(number)) if number.isdecimal() else None
        if address.startswith(PAGE_SCHEME) and page is not None:
            self.page_activated.emit(page)
        else:
            ask_to_open(address, self.window())

    # --- where things are -------------------------------------------------------------------------

    @override
    def arrange(self, width: int) -> int:
        y = 0
        if self._waiting is not None:
            self._waiting.setGeometry(0, 0, width, WaitingLine.HEIGHT)
            y += WaitingLine.HEIGHT
        if self._form is not None and self._form.is_shown:
            height = self._form.arrange(width)
            self._form.setGeometry(0, y, width, height)
            y += height
        if self._text.markdown:
            height = self._text.fit(width)
            self._text.setGeometry(0, y, width, height)
            y += height
        if self._extras is not None:
            y += 10 if y else 0
            height = self._extras.arrange(width)
            self._extras.setGeometry(0, y, width, height)
            y += height
        if self._problem is not None:
            y += 12 if y else 0
            height = self._problem.arrange(width)
            self._problem.setGeometry(0, y, width, height)
            y += height
        if self._notice.text():
            y += 6 if y else 0
            self._notice.setGeometry(0, y, width, LINE_PX)
            y += LINE_PX
        y += 4
        x = 0
        for button in (self._copy_button, self._again, self._boxes_button):
            button.move(x, y)
            x += FOOTER_PX if not button.isHidden() else 0
        self._figures.ensurePolished()
        figures_px = self._figures.sizeHint().width()
        self._figures.setGeometry(width - figures_px, y, figures_px, FOOTER_PX)
        return y + FOOTER_PX

    @override
    def focus_chain(self) -> list[QWidget]:
        problem: list[QWidget] = [] if self._problem is None else [self._problem.button]
        extras = [] if self._extras is None else self._extras.focus_chain()
        form = [] if self._form is None else self._form.focus_chain()
        return [
            *form,
            self._text,
            *extras,
            *problem,
            self._copy_button,
            self._again,
            self._boxes_button,
            self._figures,
        ]
