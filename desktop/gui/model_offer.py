"""The way from the built-in model to a real one: what to get, how far it is, and "Use it"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.core.fit import Fit
from desktop.gui.amounts import done_text, duration_text, size_text, speed_text, time_left_text
from desktop.gui.error_texts import error_text
from desktop.gui.model_entries import EntryState
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from desktop.gui.model_entries import ModelEntry
    from desktop.gui.model_library import ModelLibrary
    from desktop.gui.settings_holder import SettingsHolder

_BAR_STEPS = 1000


class ModelOffer(QFrame):
    """Follows the recommended model from "Get it" to "Use it", all in this place.

    Shown as long as the built-in model is in use and nothing better is, so that a person without a
    real model always sees the next step; `key` tells which model it is about.
    """

    models_requested = Signal()
    connections_requested = Signal()
    shown_changed = Signal()

    def __init__(
        self,
        library: ModelLibrary,
        settings: SettingsHolder,
        language: str = "en",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("modelOffer")
        self._library = library
        self._settings = settings
        self._language = language
        self.is_wanted = False
        self._is_compact = False
        self.name = QLabel()
        self.name.setObjectName("offerName")
        self.summary = QLabel()
        self.facts = QLabel()
        for label in (self.name, self.summary, self.facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.facts.setProperty("kind", "secondary")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _BAR_STEPS)
        self.bar.setAccessibleName(self.tr("Download"))
        self.main_button = QPushButton()
        self.main_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.main_button.clicked.connect(self._act)
        self.all_button = QPushButton(self.tr("All models…"))
        self.all_button.setProperty("kind", "quiet")
        self.all_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.all_button.clicked.connect(self.models_requested)
        self._lay_out()
        library.changed.connect(self.refresh)
        library.progressed.connect(self._on_progress)
        settings.changed.connect(self.refresh)
        self.refresh()

    @property
    def key(self) -> str | None:
        """The model that is offered; None while nothing is."""
        entry = self._entry()
        return entry.key if entry is not None else None

    def set_compact(self, *, is_compact: bool) -> None:
        """Leave out what the model is good at, where there is little room."""
        self._is_compact = is_compact
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show how things are now."""
        entry = self._entry()
        was_wanted, self.is_wanted = self.is_wanted, entry is not None
        if entry is not None:
            self.name.setText(self._title_of(entry))
            self.summary.setText(self._summary_of(entry))
            self.summary.setVisible(not self._is_compact or entry.problem is not None)
            kind = "danger" if entry.problem is not None else ""
            if self.summary.property("kind") != kind:
                self.summary.setProperty("kind", kind)
                self.summary.style().polish(self.summary)
            self.facts.setText(self._facts_of(entry))
            self._show_bar(entry)
            self._show_button(entry)
        if self.is_wanted != was_wanted:
            self.shown_changed.emit()

    def _lay_out(self) -> None:
        low = QHBoxLayout()
        low.setSpacing(4)
        low.addWidget(self.facts, 1)
        low.addWidget(self.all_button)
        low.addWidget(self.main_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 14, 12)
        column.setSpacing(4)
        column.addWidget(self.name)
        column.addWidget(self.summary)
        column.addSpacing(4)
        column.addWidget(self.bar)
        column.addLayout(low)

    def _entry(self) -> ModelEntry | None:
        """The model to speak of: one on its way before the recommended one."""
        entries = self._library.entries()
        in_use = self._settings.value.model_id
        others = [entry for entry in entries if entry.key != BUILTIN_MODEL]
        recommended = self._library.recommended()
        if in_use != BUILTIN_MODEL or any(
            entry.state is EntryState.READY and entry is not recommended for entry in others
        ):
            return None
        coming = next((entry for entry in others if entry.is_coming), None)
        if recommended is not None and (recommended.is_coming or recommended.is_here):
            return recommended
        return coming or recommended

    # --- the words --------------------------------------------------------------------------------

    def _title_of(self, entry: ModelEntry) -> str:
        if entry.state is EntryState.READY:
            return self.tr("{name} is ready").format(name=entry.name)
        return self.tr("For real photos: {name}").format(name=entry.name)

    def _summary_of(self, entry: ModelEntry) -> str:
        error = entry.problem
        if error is not None:
            return error_text(error.code, error.details, error.message)
        return entry.spec.summary.in_language(self._language) if entry.spec is not None else ""

    def _facts_of(self, entry: ModelEntry) -> str:
        match entry.state:
            case EntryState.FAILED | EntryState.MISSING | EntryState.UNUSABLE:
                return self._done(entry)
            case EntryState.RUNNING:
                return self._running_text(entry)
            case EntryState.PAUSED | EntryState.QUEUED:
                is_paused = entry.state is EntryState.PAUSED
                words = self.tr("paused") if is_paused else self.tr("waits for its turn")
                return self._join(self._done(entry), words)
            case EntryState.READY | EntryState.AVAILABLE:
                if self._is_blocked(entry):
                    return self.tr("Groundglass stays offline, as you chose.")
                facts = self._join(self._size(entry), self._fit(entry))
                if entry.state is EntryState.READY:
                    return facts
                licence = entry.spec.licence if entry.spec is not None else None
                return self._join(facts, self._duration(entry), licence or "")

    def _running_text(self, entry: ModelEntry) -> str:
        progress = entry.download.progress if entry.download is not None else None
        if progress is None:
            return self._join(self._size(entry), self.tr("connecting"))
        if progress.is_checking:
            return self._join(self._done(entry), self.tr("checking what is here"))
        speed = speed_text(progress.bytes_per_second) if progress.bytes_per_second > 0 else ""
        left = progress.seconds_left
        return self._join(
            self._done(entry), speed, time_left_text(left) if left is not None else ""
        )

    @staticmethod
    def _join(*parts: str) -> str:
        return " · ".join(part for part in parts if part)

    @staticmethod
    def _size(entry: ModelEntry) -> str:
        return size_text(entry.size_bytes) if entry.size_bytes is not None else ""

    def _done(self, entry: ModelEntry) -> str:
        progress = entry.download.progress if entry.download is not None else None
        if progress is None:
            return self._size(entry)
        return done_text(progress.done_bytes, progress.total_bytes)

    def _fit(self, entry: ModelEntry) -> str:
        match entry.fit.fit if entry.fit is not None else Fit.UNKNOWN:
            case Fit.WELL:
                return self.tr("fits this computer well")
            case Fit.TIGHT:
                return self.tr("just fits this computer")
            case Fit.TOO_BIG:
                return self.tr("too big for this computer")
            case Fit.UNKNOWN:
                return ""

    def _duration(self, entry: ModelEntry) -> str:
        """How long it takes, once a download has shown how fast the connection is."""
        speed = self._library.measured_bytes_per_second()
        if not speed or entry.size_bytes is None:
            return ""
        seconds = entry.size_bytes / speed
        return self.tr("about {duration} to download").format(duration=duration_text(seconds))

    # --- the controls -----------------------------------------------------------------------------

    def _show_bar(self, entry: ModelEntry) -> None:
        progress = entry.download.progress if entry.download is not None else None
        self.bar.setVisible(entry.state in {EntryState.RUNNING, EntryState.PAUSED})
        share = progress.done_bytes / max(1, progress.total_bytes) if progress is not None else 0.0
        self.bar.setValue(round(share * _BAR_STEPS))

    def _show_button(self, entry: ModelEntry) -> None:
        is_quiet = entry.state in {EntryState.RUNNING, EntryState.QUEUED} or self._is_blocked(entry)
        self.main_button.setText(self._button_text(entry))
        self.main_button.setVisible(entry.state is not EntryState.UNUSABLE)
        kind = "outline" if is_quiet else "primary"
        if self.main_button.property("kind") != kind:
            self.main_button.setProperty("kind", kind)
            self.main_button.style().polish(self.main_button)

    def _is_blocked(self, entry: ModelEntry) -> bool:
        return self._settings.value.is_offline and entry.state is EntryState.AVAILABLE

    def _button_text(self, entry: ModelEntry) -> str:
        if self._is_blocked(entry):
            return self.tr("Connections…")
        match entry.state:
            case EntryState.AVAILABLE | EntryState.MISSING:
                return self.tr("Get it")
            case EntryState.QUEUED | EntryState.RUNNING:
                return self.tr("Pause")
            case EntryState.PAUSED:
                return self.tr("Resume")
            case EntryState.FAILED:
                return self.tr("Try again")
            case EntryState.READY | EntryState.UNUSABLE:
                return self.tr("Use it")

    @Slot(object)
    def _on_progress(self, key: str) -> None:
        if key == self.key:
            self.refresh()

    @Slot()
    def _act(self) -> None:
        entry = self._entry()
        if entry is None:
            return
        if self._is_blocked(entry):
            self.connections_requested.emit()
            return
        match entry.state:
            case EntryState.AVAILABLE | EntryState.MISSING:
                self._library.get(entry.key)
            case EntryState.QUEUED | EntryState.RUNNING:
                self._library.pause(entry.key)
            case EntryState.PAUSED | EntryState.FAILED:
                self._library.resume(entry.key)
            case EntryState.READY | EntryState.UNUSABLE:
                self._library.use(entry.key)
