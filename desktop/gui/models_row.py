"""One model in the manager's list: what it is, how it fits, how far it has come, one button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.core.model_spec import Strength
from desktop.gui.amounts import duration_text, size_text
from desktop.gui.icons import icon
from desktop.gui.model_commands import (
    Command,
    command_icon,
    command_name,
    command_text,
    main_command,
    more_commands,
)
from desktop.gui.model_entries import EntryState
from desktop.gui.model_groups import ModelGroup, Section
from desktop.gui.model_marks import ChipLine, ElidedLabel, FitMark, ProblemLine
from desktop.gui.model_words import (
    licence_text,
    problem_text,
    progress_fraction,
    progress_text,
    strength_text,
    summary_text,
    variant_title,
)
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

    from desktop.gui.model_entries import ModelEntry

BUTTON_PX = 96
_STEPS = 1000  # of a progress bar


class CardRow(QFrame):
    """A card that takes the focus, with the arrow keys to the next one. Focus selects."""

    selected = Signal(object)  # its id
    opened = Signal(object)  # its id: Enter, or a click
    step_requested = Signal(object, int)  # its id, -1 or 1

    def __init__(self, row_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelRow")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.row_id = row_id

    def set_selected(self, is_selected: bool) -> None:
        """Mark it as the one whose details are shown."""
        if self.property("selected") != is_selected:
            self.setProperty("selected", is_selected)
            self.style().unpolish(self)
            self.style().polish(self)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selected.emit(self.row_id)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self.step_requested.emit(self.row_id, -1 if event.key() == Qt.Key.Key_Up else 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.opened.emit(self.row_id)
            case _:
                super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(self.row_id)


class ModelRow(CardRow):
    """A group of the catalogue, or a model that stands alone."""

    commanded = Signal(object, object)  # key, Command

    def __init__(self, group_id: str, language: str, parent: QWidget | None = None) -> None:
        super().__init__(group_id, parent)
        self._language = language
        self._entry: ModelEntry | None = None
        self._name = name_label()
        self._tag = QLabel()
        self._tag.setObjectName("modelTag")
        self._summary = _quiet_label()
        self._chips = ChipLine()
        self._fit = FitMark()
        self._meta = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._meta.setProperty("kind", "secondary")
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._progress = _quiet_label()
        self._problem = ProblemLine()
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.setMinimumWidth(BUTTON_PX)
        self.button.clicked.connect(self._command)
        self.more = QToolButton()
        self.more.setProperty("kind", "icon")
        self.more.setIconSize(QSize(16, 16))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.triggered.connect(self._choose)
        self.more.setMenu(self._menu)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self._arrange()
        theme().changed.connect(self._draw_icons)

    @property
    def entry(self) -> ModelEntry | None:
        """The one that is shown."""
        return self._entry

    def show_group(self, group: ModelGroup, bytes_per_second: float | None = None) -> None:
        """Show this group as it is now; with a speed, also how long a download takes."""
        entry = self._entry = group.shown
        self._name.show_text(entry.spec.name if entry.spec is not None else entry.name)
        tag = self._tag_text(group)
        self._tag.setText(tag)
        self._tag.setVisible(bool(tag))
        self._tag.setProperty("strong", entry.is_in_use)
        self._tag.style().unpolish(self._tag)
        self._tag.style().polish(self._tag)
        self._summary.setText(summary_text(entry, self._language))
        good_at = entry.spec.good_at if entry.spec is not None else frozenset()
        self._chips.show_texts([strength_text(each) for each in Strength if each in good_at])
        self._chips.setVisible(bool(good_at) and not entry.is_coming)
        self._fit.show_fit(entry.fit)
        self._meta.show_text(self._meta_text(group, bytes_per_second))
        self._problem.show_text(problem_text(entry))
        self._show_button(entry)
        self._fill_menu(entry)
        self.show_progress(entry)

    def show_progress(self, entry: ModelEntry) -> None:
        """Show how far it has come; the rest stays as it is."""
        self._entry = entry
        fraction = progress_fraction(entry)
        is_busy = entry.state is EntryState.RUNNING and fraction is None
        self._bar.setVisible(entry.is_coming and (fraction is not None or is_busy))
        if is_busy:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round((fraction or 0.0) * _STEPS))
        words = progress_text(entry)
        self._progress.setText(words)
        self._progress.setVisible(entry.is_coming and bool(words))
        self._bar.setAccessibleName(self.tr("Download of {name}").format(name=entry.name))
        self.setAccessibleName(self._name.text())
        state = words if entry.is_coming else self._tag.text()
        described = (state, self._problem.text, self._summary.text(), self._fit.accessibleName())
        self.setAccessibleDescription(". ".join(text for text in described if text))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        entry = self._entry
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and entry is not None:
            for command in (Command.REMOVE, Command.CANCEL):
                if command in more_commands(entry):
                    self.commanded.emit(entry.key, command)
            return
        super().keyPressEvent(event)

    # --- inside -----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._name)
        top.addWidget(self._tag)
        top.addStretch(1)
        meta = QHBoxLayout()
        meta.setSpacing(8)
        meta.addWidget(self._fit)
        meta.addWidget(self._meta, 1)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addLayout(top)
        words.addWidget(self._summary)
        words.addWidget(self._chips)
        words.addLayout(meta)
        words.addSpacing(2)
        words.addWidget(self._bar)
        words.addWidget(self._progress)
        words.addWidget(self._problem)
        words.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.more)
        buttons.addWidget(self.button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 14, 12)
        layout.setSpacing(16)
        layout.addLayout(words, 1)
        layout.addLayout(buttons)
        layout.setAlignment(buttons, Qt.AlignmentFlag.AlignTop)
        self._draw_icons()

    def _tag_text(self, group: ModelGroup) -> str:
        entry = group.shown
        if entry.is_in_use and entry.state is EntryState.READY:
            return self.tr("In use")
        is_recommended = any(each.is_recommended for each in group.entries)
        if is_recommended and group.section is not Section.RECOMMENDED:  # its heading says it
            return self.tr("Recommended")
        return ""

    def _meta_text(self, group: ModelGroup, bytes_per_second: float | None) -> str:
        entry = group.shown
        parts = []
        if entry.size_bytes is not None:
            parts.append(size_text(entry.size_bytes))
        elif entry.spec is not None:
            parts.append(self.tr("size not known yet"))
        if entry.state is EntryState.AVAILABLE and entry.size_bytes and bytes_per_second:
            duration = duration_text(entry.size_bytes / bytes_per_second)
            parts.append(self.tr("about {duration}").format(duration=duration))
        if entry.variant is not None and len(group.entries) > 1:
            others = [each.variant for each in group.entries if each.variant is not None]
            parts.append(variant_title(entry.variant, others))
        parts.append(licence_text(entry))
        return "  ·  ".join(part for part in parts if part)

    def _show_button(self, entry: ModelEntry) -> None:
        command = main_command(entry)
        self.button.setVisible(command is not None)
        if command is not None:
            is_first = command is Command.GET and entry.is_recommended
            set_kind(self.button, "primary" if is_first else "outline")
            self.button.setText(command_text(command, entry))
            self.button.setAccessibleName(command_name(command, entry))

    def _fill_menu(self, entry: ModelEntry) -> None:
        self._menu.clear()
        for command in more_commands(entry):
            action = QAction(command_text(command, entry), self._menu)
            action.setData(command)
            self._menu.addAction(action)
        self.more.setVisible(not self._menu.isEmpty())
        self.more.setAccessibleName(self.tr("More on {name}").format(name=entry.name))
        self.more.setToolTip(self.tr("More"))
        self._draw_icons()

    @Slot()
    def _draw_icons(self) -> None:
        self.more.setIcon(icon("ellipsis", "secondary"))
        for action in self._menu.actions():
            action.setIcon(icon(command_icon(action.data()), "secondary"))

    @Slot()
    def _command(self) -> None:
        if self._entry is not None:
            command = main_command(self._entry)
            if command is not None:
                self.commanded.emit(self._entry.key, command)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        if self._entry is not None:
            self.commanded.emit(self._entry.key, action.data())

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        if not self._menu.isEmpty():
            self._menu.popup(self.mapToGlobal(position))


def set_kind(button: QPushButton, kind: str) -> None:
    """Give a button the look of this kind of the style sheet."""
    if button.property("kind") != kind:
        button.setProperty("kind", kind)
        button.style().unpolish(button)
        button.style().polish(button)


def name_label() -> ElidedLabel:
    """For a model's name: as wide as it is, or cut where there is no room."""
    label = ElidedLabel()
    label.setObjectName("modelName")
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return label


def _quiet_label() -> QLabel:
    label = QLabel()
    label.setProperty("kind", "secondary")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
