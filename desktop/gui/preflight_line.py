"""The line under a question's pictures: what they cost together, and the one thing to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop.core.cost import Remedy
from desktop.core.types import PictureBudget
from desktop.gui.icons import icon
from desktop.gui.preflight import AdviceKind
from desktop.gui.preflight_texts import advice_text, remedy_text, total_text
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from desktop.gui.preflight import Advice, Seeing

_ICON_PX = 16
_LESS_CLOSE = {
    PictureBudget.DETAIL: PictureBudget.NORMAL,
    PictureBudget.NORMAL: PictureBudget.FAST,
}


class PreflightLine(QWidget):
    """Shows an advice with its buttons, or the sum alone."""

    budget_requested = Signal(object)  # PictureBudget, for this question
    region_requested = Signal(object)  # key
    page_region_requested = Signal(object)  # ImageAttachment, a page of a document
    improve_requested = Signal(object)  # key

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._advice: Advice | None = None
        self._budget = PictureBudget.NORMAL
        self._sign = QLabel()
        self._sign.setFixedSize(_ICON_PX, _ICON_PX)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setProperty("kind", "secondary")
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.closer_button = self._button(remedy_text(Remedy.CLOSER))
        self.closer_button.clicked.connect(self._look_closer)
        self.region_button = self._button(remedy_text(Remedy.REGION))
        self.region_button.clicked.connect(self._choose_region)
        self.less_button = self._button(self.tr("Look less closely"))
        self.less_button.clicked.connect(self._look_less)
        self.improve_button = self._button(self.tr("Improve…"))
        self.improve_button.clicked.connect(self._improve)
        self._total = QLabel()
        self._total.setProperty("kind", "secondary")
        self._lay_out()
        theme().changed.connect(self._tint)

    @property
    def text(self) -> str:
        """The sentence that is shown; empty when there is nothing to say."""
        return self._words.text() if self._advice is not None else ""

    @property
    def total(self) -> str:
        """What the pictures cost together, as shown; empty when it is not."""
        return "" if self._total.isHidden() else self._total.text()

    def tell(self, advice: Advice | None, count: int, tokens: int, seeing: Seeing) -> None:
        """Show this of so many pictures; hides itself when nothing of it needs saying."""
        self._advice, self._budget = advice, seeing.budget
        kind = advice.kind if advice else None
        remedy = advice.check.remedy if advice and advice.check else None
        is_print = kind is AdviceKind.SMALL_PRINT
        self._sign.setVisible(advice is not None)
        self._words.setText(advice_text(advice) if advice else "")
        self._words.setVisible(advice is not None)
        self.closer_button.setVisible(is_print and remedy is Remedy.CLOSER)
        self.region_button.setVisible(is_print)
        can_reduce = seeing.budget in _LESS_CLOSE
        self.less_button.setVisible(kind is AdviceKind.TOO_MUCH and can_reduce)
        # A page of a document has no chip that an improved one could take the place of.
        is_bad = bool(advice and advice.check and advice.check.faults and advice.page is None)
        self.improve_button.setVisible(is_bad)
        is_sum_told = kind is None and count > 1
        self._total.setVisible(is_sum_told)
        self._total.setText(total_text(tokens, seeing) if is_sum_told else "")
        self.setVisible(advice is not None or is_sum_told)
        self._tint()

    def height_for(self, width: int) -> int:
        """The height it needs at this width, in pixels; 0 while it is hidden."""
        if self.isHidden():
            return 0
        self._row.invalidate()
        return max(self._row.heightForWidth(width), self._row.minimumSize().height())

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("kind", "quiet")
        button.setObjectName("preflightAction")
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return button

    def _lay_out(self) -> None:
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._sign)
        self._row.addWidget(self._words, 1)
        for button in (
            self.closer_button,
            self.region_button,
            self.less_button,
            self.improve_button,
        ):
            self._row.addWidget(button)
        self._row.addWidget(self._total, 1)
        self._total.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    @Slot()
    def _tint(self) -> None:
        is_fault = self._advice is not None and self._advice.kind is AdviceKind.FAULTS
        name, role = ("wand-sparkles", "secondary") if is_fault else ("triangle-alert", "accent")
        self._sign.setPixmap(
            icon(name, role).pixmap(QSize(_ICON_PX, _ICON_PX), self.devicePixelRatioF())
        )

    @Slot()
    def _look_closer(self) -> None:
        self.budget_requested.emit(PictureBudget.DETAIL)

    @Slot()
    def _look_less(self) -> None:
        self.budget_requested.emit(_LESS_CLOSE[self._budget])

    @Slot()
    def _choose_region(self) -> None:
        if self._advice is None:
            return
        if self._advice.page is not None:
            self.page_region_requested.emit(self._advice.page)
        else:
            self.region_requested.emit(self._advice.key)

    @Slot()
    def _improve(self) -> None:
        if self._advice is not None:
            self.improve_requested.emit(self._advice.key)
