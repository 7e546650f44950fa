"""The small drawn parts of a model's row: chips, the mark for fit, a line that is cut to fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from desktop.core.fit import Fit
from desktop.gui.icons import icon
from desktop.gui.model_words import fit_numbers, fit_text
from desktop.gui.theme import SMALL_PX, theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFont, QPaintEvent, QResizeEvent

    from desktop.core.fit import FitReport

_CHIP_PX = 22
_CHIP_SIDE_PX = 9
_GAP_PX = 6
_DOT_PX = 8
_SIGN_PX = 16
_BUTTON_SIDES_PX = 10  # its padding and border


class ChipLine(QWidget):
    """Words in pills, in as many lines as they need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme().changed.connect(self.update)

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show these words."""
        if tuple(texts) != self._texts:
            self._texts = tuple(texts)
            self.setAccessibleName(", ".join(texts))
            self.setVisible(bool(texts))
            self.updateGeometry()
            self.update()

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return places[-1].bottom() + 1 if places else 0

    @override
    def sizeHint(self) -> QSize:
        places = self._places(1 << 15)
        return QSize(places[-1].right() + 1, _CHIP_PX) if places else QSize()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(max((p.width() for p in self._places(1 << 15)), default=0), _CHIP_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small_font())
        colors = theme().colors
        for text, place in zip(self._texts, self._places(self.width()), strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.bubble))
            painter.drawRoundedRect(place, _CHIP_PX / 2, _CHIP_PX / 2)
            painter.setPen(QColor(colors.secondary))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def _small_font(self) -> QFont:
        font = self.font()
        font.setPixelSize(SMALL_PX)
        return font

    def _places(self, width: int) -> list[QRect]:
        metrics = QFontMetrics(self._small_font())
        places: list[QRect] = []
        x = y = 0
        for text in self._texts:
            needed = metrics.horizontalAdvance(text) + 2 * _CHIP_SIDE_PX
            if x and x + needed > width:
                x, y = 0, y + _CHIP_PX + _GAP_PX
            places.append(QRect(x, y, needed, _CHIP_PX))
            x += needed + _GAP_PX
        return places


class FitMark(QWidget):
    """A dot and a word: full and green, half and amber, an empty red ring. Numbers on hover."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fit: Fit | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)
        self.hide()

    def show_fit(self, report: FitReport | None) -> None:
        """Show this verdict; None shows nothing."""
        self._fit = report.fit if report is not None else None
        self.setVisible(report is not None)
        if report is not None:
            self.setToolTip(fit_numbers(report))
            self.setAccessibleName(fit_text(report.fit))
            self.setAccessibleDescription(fit_numbers(report))
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._small_font())
        words = fit_text(self._fit) if self._fit is not None else ""
        return QSize(_DOT_PX + 6 + metrics.horizontalAdvance(words) + 1, metrics.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._fit is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(_ink(self._fit))
        dot = QRectF(0.75, (self.height() - _DOT_PX) / 2 + 0.75, _DOT_PX - 1.5, _DOT_PX - 1.5)
        painter.setPen(QPen(ink, 1.5))
        if self._fit is Fit.WELL:
            painter.setBrush(ink)
        painter.drawEllipse(dot)
        if self._fit is Fit.TIGHT:
            painter.setBrush(ink)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawPie(dot, 270 * 16, 180 * 16)
        elif self._fit is Fit.TOO_BIG:
            corner = QPointF(2.2, 2.2)
            painter.drawLine(dot.topLeft() + corner, dot.bottomRight() - corner)
        painter.setFont(self._small_font())
        painter.setPen(ink)
        place = self.rect().adjusted(_DOT_PX + 6, 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, int(flags), fit_text(self._fit))
        painter.end()

    def _small_font(self) -> QFont:
        font = self.font()
        font.setPixelSize(SMALL_PX)
        return font


class ElidedLabel(QLabel):
    """One line of plain text, cut in the middle where it is too long; all of it on hover."""

    def __init__(
        self,
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Show this text."""
        self._whole = text
        self.setText(text)  # for screen readers and size hints
        self.setToolTip(text)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self._whole, self._mode, self.contentsRect().width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(self.contentsRect(), int(flags), text)
        painter.end()


class ElidedButton(QPushButton):
    """A button whose words are cut in the middle where they are too long."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._whole = text
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = max(0, self.width() - _BUTTON_SIDES_PX)
        mode = Qt.TextElideMode.ElideMiddle
        self.setText(self.fontMetrics().elidedText(self._whole, mode, room))


class ProblemLine(QWidget):
    """A sentence about what is wrong, with a sign before it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = QLabel()
        self._sign.setFixedSize(_SIGN_PX, _SIGN_PX)
        self._words = QLabel()
        self._words.setObjectName("problemText")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._words, 1)
        theme().changed.connect(self._draw)
        self._draw()
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def show_text(self, text: str) -> None:
        """Say this; empty says nothing and takes no room."""
        self._words.setText(text)
        self.setVisible(bool(text))

    @Slot()
    def _draw(self) -> None:
        size = QSize(_SIGN_PX, _SIGN_PX)
        pixmap = icon("circle-alert", "danger").pixmap(size, self.devicePixelRatioF())
        self._sign.setPixmap(pixmap)


def _ink(fit: Fit) -> str:
    colors = theme().colors
    match fit:
        case Fit.WELL:
            return colors.good
        case Fit.TIGHT:
            return colors.accent
        case Fit.TOO_BIG:
            return colors.danger
        case Fit.UNKNOWN:
            return colors.secondary
