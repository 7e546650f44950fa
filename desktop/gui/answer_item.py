"""An answer: a line while it is waited for, its text, how it ended, and a quiet footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QPushButton, QWidget
from typing_extensions import override

from desktop.core.types import StopReason
from desktop.gui.answer_text import AnswerText
from desktop.gui.answer_words import (
    Waiting,
    WayOut,
    figures_details,
    figures_text,
    stop_text,
    waiting_text,
    way_out,
    way_out_text,
)
from desktop.gui.error_texts import error_text
from desktop.gui.icons import icon
from desktop.gui.link_prompt import ask_to_open
from desktop.gui.message_item import FOOTER_PX, MessageItem
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from desktop.store.history import AnswerError, StoredMessage

_LINE_PX = 22
_BAR_WIDTH, _BAR_HEIGHT = 220, 4
_COPIED_MS = 1500


class AnswerItem(MessageItem):
    """One answer, in progress while its `stop_reason` is None."""

    again_requested = Signal(object)  # message id
    settings_requested = Signal()
    new_chat_requested = Signal()
    gap_above = 4

    def __init__(self, message: StoredMessage, parent: QWidget | None = None) -> None:
        super().__init__(message, parent)
        self._waiting: WaitingLine | None = None
        self._problem: ProblemCard | None = None
        self._text = AnswerText(self)
        self._text.link_activated.connect(self._ask_about_link)
        self._notice = QLabel(self)
        self._notice.setProperty("kind", "secondary")
        self._copy_button = self._add_quiet_button("copy", self.tr("Copy answer"))
        self._copy_button.clicked.connect(self._copy_markdown)
        self._again = self._add_quiet_button("rotate-ccw", self.tr("Answer again"))
        self._again.clicked.connect(self._request_again)
        self._figures = QLabel(self)
        self._figures.setProperty("kind", "secondary")
        self._figures.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(_COPIED_MS)
        self._copied.timeout.connect(self._show_copy_icon)
        self._show(message)

    # --- what happens -----------------------------------------------------------------------------

    def set_waiting(self, waiting: Waiting, fraction: float | None) -> None:
        """Say what is being waited for; the first word ends it."""
        if self._text.markdown:
            return
        is_new = self._waiting is None
        if self._waiting is None:
            self._waiting = WaitingLine(self)
            self._waiting.show()
        self._waiting.tell(waiting, fraction)
        if is_new:
            self.height_changed.emit()

    def grow(self, text: str) -> None:
        """The answer's next words."""
        self._end_waiting()
        self._text.grow(text)
        self._text.show()
        self.height_changed.emit()

    def finish(self, message: StoredMessage) -> None:
        """The answer is over; show all of it, how it ended and its figures."""
        self.message = message
        self._end_waiting()
        self._show(message)
        self.height_changed.emit()

    def _show(self, message: StoredMessage) -> None:
        text, reason = message.message.text, message.stop_reason
        if reason is None:
            self._text.grow(text)
        else:
            self._text.finish(text)
        self._text.setVisible(bool(text))
        is_over = reason is not None
        notice = ""
        if reason is not None and message.error is None:  # an error has a sentence of its own
            notice = stop_text(reason, has_text=bool(text))
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))
        self._copy_button.setVisible(is_over and bool(text))
        self._again.setVisible(is_over and reason is not StopReason.FAILED)
        figures = message.figures
        self._figures.setVisible(figures is not None)
        if figures is not None:
            self._figures.setText(figures_text(figures))
            self._figures.setToolTip(figures_details(figures))
        self._show_problem(message.error)

    def _show_problem(self, error: AnswerError | None) -> None:
        if self._problem is not None:
            self._problem.deleteLater()
            self._problem = None
        if error is not None:
            self._problem = ProblemCard(error, self)
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

    @Slot(object)
    def _go(self, way: WayOut) -> None:
        match way:
            case WayOut.AGAIN:
                self._request_again()
            case WayOut.SETTINGS:
                self.settings_requested.emit()
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
    def _ask_about_link(self, address: str) -> None:
        ask_to_open(address, self.window())

    # --- where things are -------------------------------------------------------------------------

    @override
    def arrange(self, width: int) -> int:
        y = 0
        if self._waiting is not None:
            self._waiting.setGeometry(0, 0, width, WaitingLine.HEIGHT)
            y += WaitingLine.HEIGHT
        if self._text.markdown:
            height = self._text.fit(width)
            self._text.setGeometry(0, y, width, height)
            y += height
        if self._problem is not None:
            y += 12 if y else 0
            height = self._problem.arrange(width)
            self._problem.setGeometry(0, y, width, height)
            y += height
        if self._notice.text():
            y += 6 if y else 0
            self._notice.setGeometry(0, y, width, _LINE_PX)
            y += _LINE_PX
        y += 4
        # The icons' strokes, not the buttons' edges, stand in line with the text.
        x = -6
        for button in (self._copy_button, self._again):
            button.move(x, y)
            x += FOOTER_PX if not button.isHidden() else 0
        self._figures.setGeometry(width // 2, y, width - width // 2, FOOTER_PX)
        return y + FOOTER_PX

    @override
    def focus_chain(self) -> list[QWidget]:
        problem: list[QWidget] = [] if self._problem is None else [self._problem.button]
        return [self._text, *problem, self._copy_button, self._again]


class WaitingLine(QWidget):
    """What is being waited for, over a thin bar."""

    HEIGHT = 36

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = QLabel(self)
        self._words.setObjectName("waitingWords")
        self._words.setGeometry(0, 0, 600, _LINE_PX)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setGeometry(0, _LINE_PX + 4, _BAR_WIDTH, _BAR_HEIGHT)

    def tell(self, waiting: Waiting, fraction: float | None) -> None:
        """Show this state; without a fraction the bar is empty."""
        self._words.setText(waiting_text(waiting, fraction))
        self._bar.setAccessibleName(self._words.text())
        self._bar.setValue(round(1000 * (fraction or 0.0)))


class ProblemCard(QFrame):
    """A sentence that says what went wrong, and the one way out."""

    way_chosen = Signal(object)  # WayOut

    def __init__(self, error: AnswerError, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("problemCard")
        self._sign = QLabel(self)
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setText(error_text(error.code, error.details, error.message))
        self.button = QPushButton(self)
        self.button.setProperty("kind", "outline")
        self._way = way_out(error.code)
        self.button.setText(way_out_text(self._way))
        self.button.clicked.connect(self._choose)
        self._tint()
        theme().changed.connect(self._tint)

    @Slot()
    def _tint(self) -> None:
        self._sign.setPixmap(icon("circle-alert", "danger").pixmap(20, 20))

    @Slot()
    def _choose(self) -> None:
        self.way_chosen.emit(self._way)

    def arrange(self, width: int) -> int:
        """Lay the card out at this width; the height it then needs."""
        words_width = width - 16 - 20 - 12 - 16
        words_height = max(_LINE_PX, self._words.heightForWidth(words_width))
        self._sign.setGeometry(16, 15, 20, 20)
        self._words.setGeometry(48, 14, words_width, words_height)
        hint = self.button.sizeHint()
        self.button.setGeometry(48, 14 + words_height + 10, hint.width(), hint.height())
        return 14 + words_height + 10 + hint.height() + 14
