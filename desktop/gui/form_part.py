"""The form of an answer in its place: it fills while that is written, then offers ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from desktop.core.json_answer import as_json, read_answer, read_so_far
from desktop.gui.answer_text import AnswerText
from desktop.gui.form_bar import FormBar
from desktop.gui.form_view import FormView

if TYPE_CHECKING:
    from desktop.core.json_answer import Value


class FormPart(QWidget):
    """Shows an answer that had to follow a schema; it lays itself out for a width."""

    failed = Signal(object)  # GroundglassError
    height_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = ""
        self.view: FormView | None = None
        self.bar: FormBar | None = None
        self.source: AnswerText | None = None

    def grow(self, text: str) -> None:
        """The answer's next words."""
        self._text += text
        value = read_so_far(self._text)
        if value is not None and value not in ({}, []):
            self._show(value)

    def show_answer(self, text: str, *, is_over: bool) -> str:
        """Show an answer; what of it is no part of the form is given back as Markdown.

        An answer that is over and is no whole JSON is given back as it is.
        """
        self._clear()
        if not is_over:
            self.grow(text)
            return ""
        found = read_answer(text)
        if found is None:
            return f"```json\n{text}\n```" if text.strip() else ""
        value, rest = found
        self._text = text
        self._show(value)
        self.bar = FormBar(value, self)
        self.bar.failed.connect(self.failed)
        self.bar.source_toggled.connect(self._show_source)
        self.bar.show()
        return rest

    @property
    def is_shown(self) -> bool:
        """Whether there is a form to see."""
        return self.view is not None

    def restart(self) -> None:
        """Forget what was written: the answer is begun anew."""
        self._clear()

    def arrange(self, width: int) -> int:
        """Lay out at this width; the height it then takes."""
        y = 0
        if self.view is not None:
            height = self.view.fit(width)
            self.view.setGeometry(0, 0, width, height)
            y += height
        if self.source is not None and not self.source.isHidden():
            height = self.source.fit(width)
            self.source.setGeometry(0, y, width, height)
            y += height
        if self.bar is not None:
            height = self.bar.sizeHint().height()
            self.bar.setGeometry(0, y, width, height)
            y += height
        return y

    def focus_chain(self) -> list[QWidget]:
        """What takes the keyboard focus, in reading order."""
        texts: list[QWidget] = [one for one in (self.view, self.source) if one is not None]
        return [*texts, *(self.bar.focus_chain() if self.bar is not None else [])]

    def _show(self, value: Value) -> None:
        if self.view is None:
            self.view = FormView(self)
            self.view.show()
        self.view.show_value(value)

    @Slot(bool)
    def _show_source(self, is_shown: bool) -> None:
        if self.source is None and self.view is not None:
            self.source = AnswerText(self)
            self.source.setAccessibleName(self.tr("The answer as JSON"))
            self.source.finish(f"```json\n{as_json(self.view.value)}\n```")
        if self.source is not None:
            self.source.setVisible(is_shown)
        self.height_changed.emit()

    def _clear(self) -> None:
        for part in (self.view, self.source, self.bar):
            if part is not None:
                part.hide()
                part.deleteLater()
        self.view = self.source = self.bar = None
        self._text = ""
