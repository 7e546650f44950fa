"""One document beside a question: its pages to choose from, or the field for its password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.core.page_ranges import parse_pages, write_pages
from desktop.gui.document_draft import DocumentStatus
from desktop.gui.document_password import PasswordRow
from desktop.gui.error_texts import error_text
from desktop.gui.icons import icon
from desktop.gui.page_strip import PageStrip
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.gui.document_draft import DraftDocument

_RANGES_PX = 132


class DocumentCard(QFrame):
    """Shows a `DraftDocument` and tells it what a person wants."""

    remove_requested = Signal(object)  # key
    fold_requested = Signal(object)  # key: fold or unfold it
    page_activated = Signal(object)  # ImageAttachment
    height_changed = Signal()

    def __init__(self, document: DraftDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentCard")
        self.setAccessibleName(self.tr("Document {name}").format(name=document.name))
        self._document = document
        self._picture = QLabel()
        self._name = QLabel()
        self._name.setObjectName("documentName")
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._note = QLabel()
        self._note.setObjectName("documentNote")
        self._is_folded = False
        self.fold_button = self._icon_button(self._ask_folding)
        self.fold_button.hide()
        self._remove = self._icon_button(self._ask_removal)
        self._remove.setToolTip(self.tr("Remove"))
        self._remove.setAccessibleName(self.tr("Remove {name}").format(name=document.name))
        self._problem = QLabel()
        self._problem.setObjectName("documentProblem")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self.password = PasswordRow()
        self.password.entered.connect(document.unlock)
        self.strip: PageStrip | None = None
        self.all_button = self._quiet_button(self.tr("All"), self._choose_all)
        self.none_button = self._quiet_button(self.tr("None"), self._choose_none)
        self.ranges = self._make_ranges()
        self.text_switch = QCheckBox(self.tr("Read the text layer too"))
        self.text_switch.setToolTip(
            self.tr("Gives the model the words that the file itself holds, beside the pictures.")
        )
        self.text_switch.toggled.connect(self._on_text_toggled)
        self.progress = self._make_progress()
        self._controls = QWidget()
        self._lay_out()
        document.changed.connect(self.refresh)
        document.page_taken.connect(self.refresh)
        theme().changed.connect(self._tint)
        self._tint()
        self.refresh()

    @property
    def document(self) -> DraftDocument:
        """What is shown."""
        return self._document

    def show_note(self, note: str) -> None:
        """Say how many pages and tokens that is."""
        self._note.setText(note)

    def show_prepared(self, fraction: float | None) -> None:
        """How far the engine has looked at the pages in advance; a bar while it does."""
        is_shown = fraction is not None and fraction < 1
        self.progress.setVisible(is_shown)
        self.progress.setValue(round(1000 * (fraction or 0.0)))

    def set_folded(self, *, is_folded: bool, is_foldable: bool) -> None:
        """Show the head alone, or all of it; `is_foldable` shows the button for it."""
        self._is_folded = is_folded
        self.fold_button.setVisible(is_foldable)
        name = self.tr("Show the pages") if is_folded else self.tr("Hide the pages")
        self.fold_button.setAccessibleName(name)
        self.fold_button.setToolTip(name)
        self._tint()
        self.refresh()

    def focus_password(self) -> None:
        """The question waits for it."""
        if self.password.isVisible():
            self.password.edit.setFocus()

    # --- building ---------------------------------------------------------------------------------

    def _quiet_button(self, text: str, on_click: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("kind", "quiet")
        button.clicked.connect(on_click)
        return button

    @staticmethod
    def _icon_button(on_click: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "icon")
        button.setIconSize(QSize(16, 16))
        button.setFixedSize(28, 28)
        button.clicked.connect(on_click)
        return button

    def _make_progress(self) -> QProgressBar:
        progress = QProgressBar()
        progress.setRange(0, 1000)
        progress.setTextVisible(False)
        progress.setAccessibleName(self.tr("Looking at the pages"))
        policy = progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing moves when it comes and goes
        progress.setSizePolicy(policy)
        progress.hide()
        return progress

    def _make_ranges(self) -> QLineEdit:
        ranges = QLineEdit()
        ranges.setPlaceholderText("1-3, 7")
        ranges.setAccessibleName(self.tr("Pages to ask about"))
        ranges.setToolTip(self.tr("Pages to ask about, such as 1-3, 7"))
        ranges.setMinimumWidth(_RANGES_PX // 2)
        ranges.setMaximumWidth(_RANGES_PX)
        ranges.setAcceptDrops(False)  # pictures dropped on it are meant for the window
        ranges.textEdited.connect(self._on_ranges_edited)
        ranges.editingFinished.connect(self._show_ranges)
        return ranges

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._picture)
        head.addWidget(self._name, 1)
        head.addWidget(self._note)
        head.addWidget(self.fold_button)
        head.addWidget(self._remove)
        controls = QHBoxLayout(self._controls)
        controls.setContentsMargins(0, 0, 10, 0)
        controls.setSpacing(4)
        controls.addWidget(self.all_button)
        controls.addWidget(self.none_button)
        controls.addWidget(self.ranges, 1000)
        controls.addStretch(1)
        controls.addWidget(self.text_switch)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 6, 6, 4)
        self._column.setSpacing(4)
        self._column.addLayout(head)
        self._column.addWidget(self._problem)
        self._column.addWidget(self.password)
        self._column.addWidget(self._controls)
        self._column.addWidget(self.progress)

    @Slot()
    def _tint(self) -> None:
        name = "file-text" if self._document.status is DocumentStatus.OPEN else "lock"
        self._picture.setPixmap(icon(name, "secondary").pixmap(16, 16))
        self._remove.setIcon(icon("x", "secondary"))
        arrow = "chevron-right" if self._is_folded else "chevron-down"
        self.fold_button.setIcon(icon(arrow, "secondary"))

    # --- from the document ------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Show the document as it is now."""
        document = self._document
        self._name.setText(document.name)
        self._name.setToolTip(document.name)
        is_locked = document.status in {DocumentStatus.LOCKED, DocumentStatus.UNLOCKING}
        self.password.setVisible(is_locked and not self._is_folded)
        self.password.set_busy(is_busy=document.status is DocumentStatus.UNLOCKING)
        error = document.error
        self._problem.setText(
            error_text(error.code, error.details, error.message) if error is not None else ""
        )
        self._problem.setVisible(error is not None and not self._is_folded)
        self.password.set_wrong(is_wrong=error is not None and is_locked)
        is_open = document.document is not None
        self._controls.setVisible(is_open and not self._is_folded)
        if document.document is not None and self.strip is None:
            self.strip = PageStrip(document.document)
            self.strip.chosen.connect(document.choose)
            self.strip.page_activated.connect(self._on_page_activated)
            self._column.insertWidget(3, self.strip)
            self._tint()
        if self.strip is not None:
            self.strip.setVisible(not self._is_folded)
            self.strip.show_chosen(document.pages)
        if not self.ranges.hasFocus():
            self._show_ranges()
        self.text_switch.setVisible(document.has_text)
        self.text_switch.setChecked(document.is_text_wanted)
        self.height_changed.emit()

    @Slot()
    def _show_ranges(self) -> None:
        self.ranges.setText(write_pages(self._document.pages))
        self._mark_ranges(is_wrong=False)

    def _mark_ranges(self, *, is_wrong: bool) -> None:
        self.ranges.setProperty("wrong", is_wrong)
        self.ranges.style().unpolish(self.ranges)
        self.ranges.style().polish(self.ranges)

    # --- from the person --------------------------------------------------------------------------

    @Slot()
    def _ask_removal(self) -> None:
        self.remove_requested.emit(self._document.key)

    @Slot()
    def _ask_folding(self) -> None:
        self.fold_requested.emit(self._document.key)

    @Slot()
    def _choose_all(self) -> None:
        self._document.choose(range(self._document.page_count))

    @Slot()
    def _choose_none(self) -> None:
        self._document.choose(())

    @Slot(str)
    def _on_ranges_edited(self, text: str) -> None:
        pages = parse_pages(text, self._document.page_count)
        self._mark_ranges(is_wrong=pages is None)
        if pages is not None:
            self._document.choose(pages)
            if self.strip is not None and pages:
                self.strip.reveal(pages[0])

    @Slot(bool)
    def _on_text_toggled(self, is_on: bool) -> None:
        self._document.set_text_wanted(is_wanted=is_on)

    @Slot(int)
    def _on_page_activated(self, page: int) -> None:
        attachment = self._document.taken.get(page)
        if attachment is not None:
            self.page_activated.emit(attachment)
