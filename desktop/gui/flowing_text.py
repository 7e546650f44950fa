"""Text that is as high as its content, and safe to show whatever it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QMimeData, QPointF, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextOption,
    QTextTable,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit, QWidget
from typing_extensions import override

from desktop.gui.text_formats import (
    CODE_FRAME,
    INDENT_PX,
    IS_RULE,
    ITEM_MARK,
    LINE_PX,
    QUOTE_INDENT_PX,
    QUOTE_LEVEL,
)
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QTextFrame

_SCROLL_KEYS = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End)


class FlowingText(QTextBrowser):
    """A read-only text without frame and scroll bars; its owner gives it a width.

    Selectable by mouse, links reachable by keyboard. It loads nothing: every resource that a
    document could name is an invisible dot. `link_activated` carries the address of a link as it
    was written; nothing is opened here.
    """

    link_activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizeAdjustPolicy(QTextEdit.SizeAdjustPolicy.AdjustIgnored)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setLineWrapColumnOrWidth(640)
        self.setObjectName("flowingText")
        self.viewport().setAutoFillBackground(False)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.setContentsMargins(0, 0, 0, 0)
        self.anchorClicked.connect(self._announce_link)

    def fit(self, width: int) -> int:
        """Wrap at this width, in pixels; the height that the text then takes."""
        if self.lineWrapColumnOrWidth() != width:
            self.setLineWrapColumnOrWidth(width)
        size = self.document().size()
        height = round(size.height() + 0.49)
        # Only a table with very many columns cannot be wrapped into the width.
        is_too_wide = size.width() > width + 1
        policy = Qt.ScrollBarPolicy
        wanted = policy.ScrollBarAlwaysOn if is_too_wide else policy.ScrollBarAlwaysOff
        if self.horizontalScrollBarPolicy() != wanted:
            self.setHorizontalScrollBarPolicy(wanted)
        return height + (self.horizontalScrollBar().sizeHint().height() if is_too_wide else 0)

    def natural_width(self, most: int) -> int:
        """The width that the text would like, at most `most`."""
        self.fit(most)
        return min(most, round(self.document().idealWidth() + 0.99))

    def selected_text(self) -> str:
        """The selection as clean text: list marks kept, table cells parted by tabs."""
        return text_between(self.textCursor())

    def _announce_link(self, url: QUrl) -> None:
        self.link_activated.emit(url.toString())

    # --- nothing is loaded ------------------------------------------------------------------------

    @override
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        # Returning nothing would let Qt read local files by itself.
        dot = QImage(1, 1, QImage.Format.Format_ARGB32)
        dot.fill(0)
        return dot

    # --- copying ----------------------------------------------------------------------------------

    @override
    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(self.selected_text())
        return data

    # --- scrolling belongs to the view around -----------------------------------------------------

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        is_sideways = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        if is_sideways and self.horizontalScrollBar().maximum():
            super().wheelEvent(event)
        else:
            event.ignore()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() in _SCROLL_KEYS and is_plain:
            event.ignore()
        else:
            super().keyPressEvent(event)

    # --- surfaces under code, bars beside quotes --------------------------------------------------

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        dirty = QRectF(event.rect())
        self._paint_surfaces(painter, dirty)
        for block in self._blocks_within(dirty):
            form = block.blockFormat()
            if form.propertyCount() <= 2:
                continue  # a plain paragraph: line height and margin
            rect = self.document().documentLayout().blockBoundingRect(block)
            if form.hasProperty(ITEM_MARK):
                self._paint_mark(painter, form, rect)
            if form.hasProperty(IS_RULE):
                line = QRectF(0, rect.center().y(), self.viewport().width(), 1)
                painter.fillRect(line, QColor(theme().colors.line))
            if form.hasProperty(QUOTE_LEVEL):
                self._paint_bars(painter, block, rect)
        painter.end()
        super().paintEvent(event)

    def _paint_surfaces(self, painter: QPainter, dirty: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme().colors.bubble))
        layout = self.document().documentLayout()
        for frame in self.document().rootFrame().childFrames():
            if frame.format().hasProperty(CODE_FRAME):
                rect = _surface(frame, layout.frameBoundingRect(frame), self.viewport().width())
                if rect.intersects(dirty):
                    painter.drawRoundedRect(rect, 8, 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_mark(self, painter: QPainter, form: QTextBlockFormat, rect: QRectF) -> None:
        mark = form.stringProperty(ITEM_MARK)
        painter.setPen(QColor(theme().colors.secondary))
        right = form.leftMargin() + form.indent() * INDENT_PX - 7
        if mark in "•◦":  # drawn, since fonts disagree on their size
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(theme().colors.secondary if mark == "•" else "transparent"))
            painter.drawEllipse(QPointF(right - 4, rect.top() + LINE_PX / 2 + 1), 2.25, 2.25)
            return
        place = QRectF(right - 60, rect.top(), 60, LINE_PX)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, mark)

    def _paint_bars(self, painter: QPainter, block: QTextBlock, rect: QRectF) -> None:
        above = block.previous()
        for level in range(block.blockFormat().intProperty(QUOTE_LEVEL)):
            top = rect.top()
            if above.blockFormat().intProperty(QUOTE_LEVEL) > level:
                top = self.document().documentLayout().blockBoundingRect(above).bottom()
            bar = QRectF(level * QUOTE_INDENT_PX, top, 3, rect.bottom() - top)
            painter.fillRect(bar, QColor(theme().colors.line))

    def _blocks_within(self, rect: QRectF) -> list[QTextBlock]:
        layout = self.document().documentLayout()
        first = layout.hitTest(rect.topLeft(), Qt.HitTestAccuracy.FuzzyHit)
        found = []
        block = self.document().findBlock(max(0, first)).previous()
        block = block if block.isValid() else self.document().begin()
        while block.isValid() and layout.blockBoundingRect(block).top() <= rect.bottom():
            found.append(block)
            block = block.next()
        return found


def _surface(frame: QTextFrame, bounds: QRectF, width: int) -> QRectF:
    form = frame.frameFormat()
    left = form.leftMargin()
    inner = bounds.adjusted(0, form.topMargin(), 0, -form.bottomMargin())
    return QRectF(left, inner.top(), width - left, inner.height())


def text_between(selection: QTextCursor) -> str:
    """What a selection covers as clean text: list marks kept, table cells parted by tabs."""
    document = selection.document()
    start, end = selection.selectionStart(), selection.selectionEnd()
    block = document.findBlock(start)
    parts: list[str] = []
    previous_row: tuple[int, int] | None = None
    while block.isValid() and block.position() <= end:
        row = _row_of(block)
        is_between_frames = block.length() <= 1 and block.charFormat().font().pixelSize() == 1
        if not is_between_frames:
            if parts:
                parts.append("\t" if row is not None and row == previous_row else "\n")
            parts.append(_clipped(block, start, end))
            previous_row = row
        block = block.next()
    return "".join(parts).replace("\u2028", "\n").replace("\xa0", " ")


def _clipped(block: QTextBlock, start: int, end: int) -> str:
    first, last = max(0, start - block.position()), end - block.position()
    return (_list_mark(block) if first == 0 else "") + block.text()[first:last]


def _list_mark(block: QTextBlock) -> str:
    form = block.blockFormat()
    mark = form.stringProperty(ITEM_MARK)
    if not mark:
        return ""
    plain = {"•": "-", "◦": "-", "☑": "- [x]", "☐": "- [ ]"}.get(mark, mark)
    return f"{'  ' * (form.indent() - 1)}{plain} "


def _row_of(block: QTextBlock) -> tuple[int, int] | None:
    cursor = QTextCursor(block)
    table = cast("QTextTable | None", cursor.currentTable())
    return None if table is None else (table.objectIndex(), table.cellAt(cursor).row())
