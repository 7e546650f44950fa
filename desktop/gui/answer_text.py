"""The text of an answer: Markdown that may still be growing.

One document. Its settled part is written once and never laid out again while the answer streams;
only the tail, the block that is being written, is replaced at each update. Measured with
`tests.benchmarks.streaming`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QTextEdit
from typing_extensions import override

from desktop.core.citations import find_citations
from desktop.gui.flowing_text import FlowingText
from desktop.gui.markdown import link_definitions, presentable, split_settled, streaming_fence
from desktop.gui.markdown_writer import MarkdownWriter
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget


PAGE_SCHEME = "page:"  # of links that were made here from "p. 3"


class AnswerText(FlowingText):
    """Shows Markdown; it can grow at its end. Its height changes with every call.

    Of the pages that the text names those in `pages` become links, such as `page:3`.
    """

    part_hovered = Signal(object)  # index of one of the parts given to `set_parts`, None

    def __init__(self, parent: QWidget | None = None, *, pages: Iterable[int] = ()) -> None:
        super().__init__(parent)
        self._pages = frozenset(pages)
        self._parts: tuple[tuple[int, int], ...] = ()
        self._lit: int | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Answer"))
        self._writer = MarkdownWriter(self.document(), theme().colors)
        if self._pages:
            self._writer.find_links = self._cited_pages
        self._source = ""
        self._is_growing = False
        self._restart()
        self._has_old_colors = False
        theme().changed.connect(self._repaint_in_new_colors)

    @property
    def markdown(self) -> str:
        """The text as it was given."""
        return self._source

    def set_markdown(self, text: str) -> None:
        """Show this text, which is complete."""
        self._source = text
        self._is_growing = False
        self._write_again()

    def grow(self, text: str) -> None:
        """Add to the end; the settled part stays as it is, selection included."""
        if self._has_old_colors:
            self._write_again()
        self._source += text
        self._is_growing = True
        selection = self.textCursor()
        kept = (selection.anchor(), selection.position()) if selection.hasSelection() else None
        with self._writer.editing():
            self._write_new_part()
        if kept is not None and self.textCursor().selectionEnd() != max(kept):
            self._select(*kept)

    def finish(self, text: str) -> None:
        """The text is complete and reads like this; only what is new is written."""
        if self._has_old_colors:
            self._write_again()
        if link_definitions(text) or not (self._is_growing and text.startswith(self._source)):
            if self._is_growing or text != self._source:
                self.set_markdown(text)
            return
        self._source = text
        self._is_growing = False
        with self._writer.editing():
            self._writer.cut_back(self._mark)
            blocks, tail = split_settled(text[self._settled_end :])
            for block in (*blocks, tail):
                self._write_block(block, "")

    def _cited_pages(self, words: str) -> Iterator[tuple[int, int, str]]:
        for citation in find_citations(words):
            if citation.page in self._pages:
                yield citation.start, citation.end, f"{PAGE_SCHEME}{citation.page}"

    # --- parts that belong to something elsewhere -------------------------------------------------

    def shown_characters(self) -> str:
        """The text as it stands in the document: what `set_parts` counts in."""
        return self.document().toPlainText()

    def set_parts(self, parts: Sequence[tuple[int, int]]) -> None:
        """Stretches of `shown_characters` that tell when the pointer is on them."""
        # Qt counts a character beyond U+FFFF as two.
        shown = self.shown_characters()
        units = [0]
        for character in shown:
            units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
        self._parts = tuple((units[start], units[end]) for start, end in parts)
        self.light_part(None)

    def light_part(self, index: int | None) -> None:
        """Let one of the parts stand out."""
        selections = []
        if index is not None and index < len(self._parts):
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(self._parts[index][0])
            cursor.setPosition(self._parts[index][1], QTextCursor.MoveMode.KeepAnchor)
            selection.cursor = cursor
            selection.format.setBackground(QColor(theme().colors.selection))
            selections.append(selection)
        self.setExtraSelections(selections)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._parts and not event.buttons():
            self._hover(event.position())

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, point: QPointF | None) -> None:
        index: int | None = None
        if point is not None:
            moved = point + QPointF(self.horizontalScrollBar().value(), 0)
            layout = self.document().documentLayout()
            at = layout.hitTest(moved, Qt.HitTestAccuracy.ExactHit)
            index = next(
                (n for n, (start, end) in enumerate(self._parts) if start <= at < end), None
            )
        if index != self._lit:
            self._lit = index
            self.part_hovered.emit(index)

    # --- writing ----------------------------------------------------------------------------------

    def _restart(self) -> None:
        self._settled_end = 0
        self._mark = self._writer.mark()
        self._shown_tail = ""
        self._shown_code: str | None = None

    @Slot()
    def _repaint_in_new_colors(self) -> None:
        self._has_old_colors = True
        self.viewport().update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        # A long conversation changes its colours where it is looked at; heights stay the same.
        if self._has_old_colors:
            self._write_again()
        super().paintEvent(event)

    def _write_again(self) -> None:
        """Write everything anew: another text, or other colours."""
        self._has_old_colors = False
        with self._writer.editing():
            self._writer.clear(theme().colors)
            self._restart()
            if self._is_growing:
                self._write_new_part()
            else:
                definitions = link_definitions(self._source)
                blocks, tail = split_settled(self._source)
                for block in (*blocks, tail):
                    self._write_block(block, definitions)

    def _write_new_part(self) -> None:
        definitions = link_definitions(self._source)
        blocks, tail = split_settled(self._source[self._settled_end :])
        if blocks:
            self._writer.cut_back(self._mark)
            for block in blocks:
                self._write_block(block, definitions)
                self._settled_end += len(block)
            self._mark = self._writer.mark()
            self._shown_tail, self._shown_code = "", None
        fence = streaming_fence(tail)
        if fence is None:
            self._write_tail(presentable(tail), definitions)
        else:
            self._write_open_code(fence)

    def _write_block(self, block: str, definitions: str) -> None:
        if block.strip():
            self._writer.write(f"{definitions}\n\n{block}" if definitions else block)

    def _write_tail(self, tail: str, definitions: str) -> None:
        if tail == self._shown_tail and self._shown_code is None:
            return
        self._writer.cut_back(self._mark)
        self._write_block(tail, definitions)
        self._shown_tail, self._shown_code = tail, None

    def _write_open_code(self, code: str) -> None:
        # Growing code is the one tail that can become very long: it is extended, not replaced.
        code = code.removesuffix("\n")
        if self._shown_code is None:
            self._writer.cut_back(self._mark)
            self._writer.write_code(code)
        elif len(code) > len(self._shown_code):
            self._writer.extend_code(code[len(self._shown_code) :])
        self._shown_code = code

    def _select(self, anchor: int, position: int) -> None:
        last = self.document().characterCount() - 1
        cursor = self.textCursor()
        cursor.setPosition(min(anchor, last))
        cursor.setPosition(min(position, last), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
