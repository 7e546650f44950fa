"""What stands in an answer's place while it is waited for, and where it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QPushButton, QWidget

from desktop.gui.answer_words import Waiting, waiting_text, way_out, way_out_text
from desktop.gui.error_texts import error_text
from desktop.gui.icons import icon
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from desktop.store.history import AnswerError

LINE_PX = 22
_BAR_WIDTH, _BAR_HEIGHT = 220, 4


class WaitingLine(QWidget):
    """What is being waited for, over a thin bar."""

    HEIGHT = 36

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = QLabel(self)
        self._words.setObjectName("waitingWords")
        self._words.setGeometry(0, 0, 600, LINE_PX)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setGeometry(0, LINE_PX + 4, _BAR_WIDTH, _BAR_HEIGHT)

    def tell(
        self, waiting: Waiting, fraction: float | None, step: tuple[int, int] | None = None
    ) -> None:
        """Show this state; without a fraction the bar is empty."""
        self._words.setText(waiting_text(waiting, fraction, step))
        self._bar.setAccessibleName(self._words.text())
        self._bar.setValue(round(1000 * (fraction or 0.0)))


class ProblemCard(QFrame):
    """A sentence that says what went wrong, and the one way out.

    It leads elsewhere once there is a model to answer (`has_model`), see `way_out`.
    """

    way_chosen = Signal(object)  # WayOut

    def __init__(self, error: AnswerError, parent: QWidget, *, has_model: bool = False) -> None:
        super().__init__(parent)
        self._error = error
        self.setObjectName("problemCard")
        self._sign = QLabel(self)
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setText(error_text(error.code, error.details, error.message))
        self.button = QPushButton(self)
        self.button.setProperty("kind", "outline")
        self.button.setAutoDefault(True)  # Return presses it, as Space does
        self.button.clicked.connect(self._choose)
        self.set_has_model(has_model=has_model)
        self._tint()
        theme().changed.connect(self._tint)

    def set_has_model(self, *, has_model: bool) -> None:
        """Offer what helps now; lay the card out afterwards."""
        self._way = way_out(self._error, has_model=has_model)
        self.button.setText(way_out_text(self._way))

    @Slot()
    def _tint(self) -> None:
        self._sign.setPixmap(icon("circle-alert", "danger").pixmap(20, 20))

    @Slot()
    def _choose(self) -> None:
        self.way_chosen.emit(self._way)

    def arrange(self, width: int) -> int:
        """Lay the card out at this width; the height it then needs."""
        words_width = width - 16 - 20 - 12 - 16
        words_height = max(LINE_PX, self._words.heightForWidth(words_width))
        self._sign.setGeometry(16, 15, 20, 20)
        self._words.setGeometry(48, 14, words_width, words_height)
        hint = self.button.sizeHint()
        self.button.setGeometry(48, 14 + words_height + 10, hint.width(), hint.height())
        return 14 + words_height + 10 + hint.height() + 14
