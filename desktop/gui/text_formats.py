"""The typography of questions and answers: formats for blocks, words, code and table cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextFormat,
    QTextFrameFormat,
    QTextTableCellFormat,
    QTextTableFormat,
)

from desktop.gui.theme import BODY_PX, mono_font

if TYPE_CHECKING:
    from desktop.gui.theme import Colors

LINE_PX = 22  # Body text: 14 px at line height 1.5, rounded up to stay on the grid at 200 %.
CODE_LINE_PX = 20
CODE_PADDING_PX = 12
INDENT_PX = 24
QUOTE_INDENT_PX = 16
HEADING_PX = {1: (19, 28), 2: (17, 26), 3: (15, 24)}  # level: size, line height
# Frames with this property are code; whoever paints the document lays a surface under them.
CODE_FRAME = QTextFormat.Property.UserProperty.value + 1
# Blocks with these are list items (the text of the mark, drawn in the indent) and rules.
ITEM_MARK = CODE_FRAME + 1
IS_RULE = CODE_FRAME + 2
QUOTE_LEVEL = QTextFormat.Property.BlockQuoteLevel
FIXED_HEIGHT = QTextBlockFormat.LineHeightTypes.FixedHeight.value


class TextFormats:
    """Formats in these colours; equal ones are made once."""

    def __init__(self, colors: Colors) -> None:
        self._colors = colors
        self._known: dict[object, QTextCharFormat] = {}

    def words(
        self,
        source: QTextCharFormat | None = None,
        *,
        level: int = 0,
        is_quoted: bool = False,
    ) -> QTextCharFormat:
        """For words that Qt's Markdown reader gave the format `source`; `level` of the heading."""
        source = QTextCharFormat() if source is None else source
        is_code = source.fontFixedPitch()
        is_bold = bool(level) or source.fontWeight() > QFont.Weight.Medium.value
        href = source.anchorHref() if source.isAnchor() else ""
        shape = (is_code, is_bold, source.fontItalic(), source.fontStrikeOut())
        key = (shape, level, is_quoted, href)
        form = self._known.get(key)
        if form is None:
            form = self._known[key] = QTextCharFormat()
            size, _line = HEADING_PX.get(level, (BODY_PX, LINE_PX))
            form.setProperty(QTextFormat.Property.FontPixelSize, size - is_code)
            if is_code:
                form.setFontFamilies(mono_font().families())
                form.setBackground(QColor(self._colors.bubble))
            if is_bold:
                form.setFontWeight(QFont.Weight.DemiBold.value)
            form.setFontItalic(source.fontItalic())
            form.setFontStrikeOut(source.fontStrikeOut())
            if is_quoted:
                form.setForeground(QColor(self._colors.secondary))
            if href:
                form.setAnchor(True)
                form.setAnchorHref(href)
                form.setForeground(QColor(self._colors.accent))
                form.setFontUnderline(True)
        return form

    def code(self) -> QTextCharFormat:
        """For the lines of a code block."""
        form = self._known.get("code")
        if form is None:
            form = self._known["code"] = QTextCharFormat()
            form.setFont(mono_font())
        return form

    def cell(self, gap: int) -> QTextTableCellFormat:
        """For a table cell: a gap, in pixels, to the next one in its row, and a hairline below."""
        form = QTextTableCellFormat()
        form.setTopPadding(6)
        form.setBottomPadding(6)
        form.setLeftPadding(0)
        form.setRightPadding(gap)
        form.setBottomBorder(1)
        form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBottomBorderBrush(QBrush(QColor(self._colors.line)))
        return form


def block_format(*, top: int = 10, line: int = LINE_PX) -> QTextBlockFormat:
    """For a paragraph or a line, in pixels: the space above it and its line height.

    Line heights are fixed, because Latin and Chinese fonts ask for different ones and lines of
    mixed text would dance.
    """
    form = QTextBlockFormat()
    form.setTopMargin(top)
    form.setLineHeight(line, FIXED_HEIGHT)
    return form


def rule_format() -> QTextBlockFormat:
    """For an empty block that shows a hairline."""
    form = block_format(line=21)
    form.setProperty(IS_RULE, True)
    return form


def code_frame_format(*, top: int, indent: int) -> QTextFrameFormat:
    """For the frame around a code block; its surface is painted by `FlowingText`."""
    form = QTextFrameFormat()
    form.setProperty(CODE_FRAME, True)
    form.setPadding(CODE_PADDING_PX)
    form.setTopMargin(top)
    form.setBottomMargin(10)
    form.setLeftMargin(indent * INDENT_PX)
    return form


def table_format(*, top: int) -> QTextTableFormat:
    """For a table that is as wide as its words; the cells draw the lines."""
    form = QTextTableFormat()
    form.setBorder(0)
    form.setBorderCollapse(True)
    form.setCellPadding(0)
    form.setCellSpacing(0)
    form.setTopMargin(top)
    form.setBottomMargin(10)
    form.setHeaderRowCount(1)
    return form
