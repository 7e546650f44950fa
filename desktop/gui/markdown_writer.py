"""From Markdown to blocks of a text document, in the app's typography.

Qt reads the Markdown into a scratch document that is never laid out; its words are then written to
the real one with formats made here. Only text crosses over, so that no picture, font size or colour
that an answer asks for can arrive, and a list cannot leak its format into what follows.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias, cast

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextList,
    QTextListFormat,
    QTextTable,
)

from desktop.gui.markdown import HAIR_SPACE, prepared
from desktop.gui.text_formats import (
    CODE_LINE_PX,
    HEADING_PX,
    INDENT_PX,
    ITEM_MARK,
    LINE_PX,
    QUOTE_INDENT_PX,
    QUOTE_LEVEL,
    TextFormats,
    block_format,
    code_frame_format,
    rule_format,
    table_format,
)
from desktop.gui.theme import BODY_PX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from desktop.gui.theme import Colors

    # From plain words to the parts of them that are links: start, end, address.
    FindLinks: TypeAlias = Callable[[str], Iterable[tuple[int, int, str]]]

_DIALECT = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)
_LANGUAGE = QTextFormat.Property.BlockCodeLanguage
_RULE = QTextFormat.Property.BlockTrailingHorizontalRulerWidth


_BULLETS = (
    QTextListFormat.Style.ListDisc,
    QTextListFormat.Style.ListCircle,
    QTextListFormat.Style.ListSquare,
)


class Mark(Struct, frozen=True):
    """The state of a document's end, to which it can be cut back."""

    position: int
    block_format: QTextBlockFormat
    char_format: QTextCharFormat
    is_fresh: bool


class MarkdownWriter:
    """Writes at the end of one document; the end can be marked and cut back to the mark."""

    def __init__(self, document: QTextDocument, colors: Colors) -> None:
        self.find_links: FindLinks | None = None
        self._document = document
        self._scratch = QTextDocument()
        document.setUndoRedoEnabled(False)
        document.setIndentWidth(INDENT_PX)
        self.clear(colors)

    def clear(self, colors: Colors) -> None:
        """Begin anew, in these colours."""
        self._formats = TextFormats(colors)
        self._document.clear()
        self._document.setDocumentMargin(0)
        self._cursor = QTextCursor(self._document)
        self._await_content()

    @contextmanager
    def editing(self) -> Iterator[None]:
        """The document is laid out once, when the `with` block ends."""
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        try:
            yield
        finally:
            cursor.endEditBlock()

    def mark(self) -> Mark:
        """The end as it is now."""
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        return Mark(
            self._cursor.position(),
            self._cursor.blockFormat(),
            self._cursor.blockCharFormat(),
            self._is_fresh,
        )

    def cut_back(self, mark: Mark) -> None:
        """Remove everything that was written after the mark was taken."""
        cursor = self._cursor
        cursor.setPosition(mark.position)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        # Setting even the same format would have the last settled block laid out again.
        if cursor.blockFormat() != mark.block_format:
            cursor.setBlockFormat(mark.block_format)
        if cursor.blockCharFormat() != mark.char_format:
            cursor.setBlockCharFormat(mark.char_format)
        self._is_fresh = mark.is_fresh

    def write(self, markdown: str) -> None:
        """Append rendered Markdown, which begins a block of its own."""
        self._scratch.setMarkdown(prepared(markdown), _DIALECT)
        block = self._scratch.begin()
        while block.isValid():
            table = _table_at(block)
            if table is not None:
                self._write_table(table)
                block = table.lastCursorPosition().block().next()
            elif _is_code(block):
                block = self._write_code_lines(block)
            else:
                self._write_block(block)
                block = block.next()

    def write_code(self, code: str, indent: int = 0) -> None:
        """Append lines of code on a surface of their own."""
        cursor = self._cursor
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertFrame(code_frame_format(top=8 if cursor.position() else 0, indent=indent))
        cursor.setBlockFormat(block_format(top=0, line=CODE_LINE_PX))
        cursor.setBlockCharFormat(self._formats.code())
        cursor.insertText(code, self._formats.code())
        self._await_content()

    def extend_code(self, code: str) -> None:
        """Append to the code that `write_code` wrote last."""
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter)
        self._cursor.insertText(code, self._formats.code())

    def write_plain(self, text: str) -> None:
        """Append text as it is; its lines follow each other closely."""
        for line in text.split("\n"):
            self._begin_block(block_format(top=0))
            self._cursor.insertText(line, self._formats.words())

    # --- one kind each ----------------------------------------------------------------------------

    def _write_block(self, block: QTextBlock) -> None:
        source, item_of = block.blockFormat(), _list_at(block)
        if source.hasProperty(_RULE):
            self._begin_block(rule_format())
            return
        if block.length() <= 1 and item_of is None:
            return  # Qt puts an empty block before and after tables and the like
        level, quote = source.headingLevel(), source.intProperty(QUOTE_LEVEL)
        _size, line = HEADING_PX.get(level, (BODY_PX, LINE_PX))
        target = block_format(top=4 if item_of is not None else 20 if level else 10, line=line)
        target.setHeadingLevel(level)
        target.setIndent(source.indent())
        if quote:
            target.setProperty(QUOTE_LEVEL, quote)
            target.setLeftMargin(quote * QUOTE_INDENT_PX)
        if item_of is not None:
            target.setIndent(source.indent() + item_of.format().indent())
            target.setProperty(ITEM_MARK, _item_mark(block, item_of))
        self._begin_block(target)
        self._write_words(block, level=level, is_quoted=bool(quote))

    def _write_code_lines(self, block: QTextBlock) -> QTextBlock:
        """Write the run of code lines that begins here; the block after them."""
        form, lines = block.blockFormat(), list[str]()
        language, indent = form.stringProperty(_LANGUAGE), form.indent()
        while block.isValid() and (_is_code(block) or _is_gap_in_code(block)):
            if block.blockFormat().stringProperty(_LANGUAGE) != language:
                break
            lines.append(block.text())
            block = block.next()
        self.write_code("\n".join(lines), indent)
        return block

    def _write_table(self, source: QTextTable) -> None:
        cursor = self._cursor
        cursor.movePosition(QTextCursor.MoveOperation.End)
        form = table_format(top=10 if cursor.position() else 0)
        table = cursor.insertTable(source.rows(), source.columns(), form)
        rows, columns = source.rows(), source.columns()
        for column in range(columns):
            target = block_format(top=0)
            target.setAlignment(_column_alignment(source, column))
            cell_format = self._formats.cell(0 if column == columns - 1 else _cell_gap(columns))
            for row in range(rows):
                cell = table.cellAt(row, column)
                cell.setFormat(cell_format)
                self._cursor = cell.firstCursorPosition()
                self._cursor.setBlockFormat(target)
                found = source.cellAt(row, column)
                if (found.row(), found.column()) != (row, column):
                    continue  # Qt merges a cell with the empty ones after it
                # The last block: after code, Qt begins the first cell with an empty one.
                block = found.lastCursorPosition().block()
                self._write_words(block, level=4 if row == 0 else 0)
        self._cursor = cursor
        self._await_content()

    def _write_words(self, block: QTextBlock, *, level: int = 0, is_quoted: bool = False) -> None:
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            source = fragment.charFormat()
            text = fragment.text().replace(HAIR_SPACE, "")
            if source.isImageFormat():
                text = source.stringProperty(QTextFormat.Property.ImageAltText) or "…"
            if text:
                for words, href in self._parted(text, source):
                    if href:
                        source.setAnchor(True)
                        source.setAnchorHref(href)
                    form = self._formats.words(source, level=level, is_quoted=is_quoted)
                    self._cursor.insertText(words, form)
                    if href:
                        source.setAnchor(False)
            iterator += 1

    def _parted(self, text: str, source: QTextCharFormat) -> Iterator[tuple[str, str]]:
        """The words cut where links begin and end, each with its address or nothing."""
        if self.find_links is None or source.isAnchor() or source.fontFixedPitch():
            yield text, ""
            return
        at = 0
        for start, end, href in self.find_links(text):
            if start > at:
                yield text[at:start], ""
            yield text[start:end], href
            at = end
        if at < len(text):
            yield text[at:], ""

    # --- the end of the document ------------------------------------------------------------------

    def _begin_block(self, form: QTextBlockFormat) -> None:
        cursor = self._cursor
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self._is_fresh:
            cursor.insertBlock(form, self._formats.words())
            return
        if cursor.position() == 0:
            form.setTopMargin(0)
        cursor.setBlockFormat(form)
        cursor.setBlockCharFormat(self._formats.words())
        self._is_fresh = False

    def _await_content(self) -> None:
        """Let the last block, which is empty, take no room until something is written to it.

        Qt keeps such a block at the start of a document and after every frame and table.
        """
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._cursor.setBlockFormat(block_format(top=0, line=1))
        tiny = QTextCharFormat()
        tiny.setProperty(QTextFormat.Property.FontPixelSize, 1)
        self._cursor.setBlockCharFormat(tiny)
        self._is_fresh = True


# The bindings' types say that these are always there; Qt returns null where there is none.


def _table_at(block: QTextBlock) -> QTextTable | None:
    return cast("QTextTable | None", QTextCursor(block).currentTable())


def _list_at(block: QTextBlock) -> QTextList | None:
    return cast("QTextList | None", block.textList())


def _item_mark(block: QTextBlock, item_of: QTextList) -> str:
    match block.blockFormat().marker():
        case QTextBlockFormat.MarkerType.Checked:
            return "☑"
        case QTextBlockFormat.MarkerType.Unchecked:
            return "☐"
        case _ if item_of.format().style() in _BULLETS:
            return "•" if item_of.format().indent() == 1 else "◦"
        case _:
            return item_of.itemText(block).strip()


def _column_alignment(table: QTextTable, column: int) -> Qt.AlignmentFlag:
    # Qt forgets the alignment of header cells; the row below knows it.
    row = min(1, table.rows() - 1)
    form = table.cellAt(row, column).firstCursorPosition().block().blockFormat()
    return form.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask


def _cell_gap(columns: int) -> int:
    return 24 if columns <= 4 else 16 if columns <= 6 else 8


def _is_code(block: QTextBlock) -> bool:
    if block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence):
        return True
    iterator = block.begin()
    if iterator.atEnd():
        return False
    # Indented code carries no property; inline code says fixed pitch, code blocks only a family.
    form = iterator.fragment().charFormat()
    return not form.fontFixedPitch() and form.fontFamilies() == ["monospace"]


def _is_gap_in_code(block: QTextBlock) -> bool:
    """Whether this is an empty line between two lines of indented code."""
    return block.length() <= 1 and block.next().isValid() and _is_code(block.next())
