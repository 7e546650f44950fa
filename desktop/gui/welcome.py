"""What an empty conversation shows: what to do, three samples to click, and two promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from desktop.gui.error_texts import error_text
from desktop.gui.icons import icon
from desktop.gui.model_offer import ModelOffer
from desktop.gui.model_state import ModelStatus
from desktop.gui.samples import Sample, load_samples
from desktop.gui.theme import theme
from desktop.gui.thumbnails import ThumbnailLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent

    from desktop.gui.model_library import ModelLibrary
    from desktop.gui.model_state import ModelState
    from desktop.gui.settings_holder import SettingsHolder
    from desktop.gui.thumbnails import ThumbnailCache

_CARD_PX = 184
_SMALLEST_CARD_PX = 112
_AROUND_CARDS_PX = 290  # the height of everything but the pictures
_OFFER_PX = 90  # what an offer adds to that
_CARD_GAP_PX = 16
_SIDE_PX = 24
_LINE_PX = 520
_OFFER_WIDTH_PX = 3 * _CARD_PX + 2 * _CARD_GAP_PX
_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})


class SampleCard(QFrame):
    """A picture with its question; a click, Enter or Space asks it."""

    activated = Signal(object)  # the Sample

    def __init__(
        self, sample: Sample, thumbnails: ThumbnailCache, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sampleCard")
        self.sample = sample
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(sample.question)
        self.setAccessibleDescription(sample.alt)
        self._picture = picture = ThumbnailLabel(thumbnails, sample.path, radius=8)
        picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        question = QLabel(sample.question)
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setWordWrap(True)
        question.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 12)
        layout.setSpacing(10)
        layout.addWidget(picture)
        layout.addWidget(question, 1, Qt.AlignmentFlag.AlignTop)
        self.set_width(_CARD_PX)

    def set_width(self, width: int) -> None:
        """Fit into this many pixels; the picture stays square."""
        self.setFixedWidth(width)
        self._picture.setFixedHeight(width - 18)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_inside = self.rect().contains(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and is_inside:
            self.activated.emit(self.sample)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _KEYS:
            self.activated.emit(self.sample)
        else:
            super().keyPressEvent(event)


class Welcome(QScrollArea):
    """The first-run state; it follows the model."""

    sample_chosen = Signal(object)  # a Sample
    models_requested = Signal()
    connections_requested = Signal()

    def __init__(
        self,
        model_state: ModelState,
        library: ModelLibrary,
        settings: SettingsHolder,
        thumbnails: ThumbnailCache,
        language: str = "en",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._model_state = model_state
        self.cards = [SampleCard(sample, thumbnails) for sample in load_samples(language)]
        self.title = _centred("", "welcomeTitle")
        self._lead = _centred("", "welcomeLead")
        self.promise = QPushButton(self.tr("Nothing leaves this computer"))
        self.model_line = QLabel()
        self.models_button = QPushButton(self.tr("Choose a model…"))
        self.offer = ModelOffer(library, settings, language)
        self.offer.models_requested.connect(self.models_requested)
        self.offer.connections_requested.connect(self.connections_requested)
        self.offer.shown_changed.connect(self.refresh)
        self.setWidget(self._make_page())
        self.set_pictures(0)
        model_state.state_changed.connect(self.refresh)
        theme().changed.connect(self._refresh_icon)
        self._refresh_icon()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what the model in use can do."""
        text = self._model_text()
        self.model_line.setText(text)
        is_offered = self._is_offer_shown
        self.model_line.setVisible(bool(text) and not is_offered)
        self.models_button.setVisible(bool(text) and not is_offered)
        if self.offer.isHidden() is is_offered:
            self.offer.setVisible(is_offered)
            self._fit_cards()

    @property
    def _is_offer_shown(self) -> bool:
        """A problem with the model in use comes first: its sentence leads to all models."""
        return self.offer.is_wanted and self._model_state.error is None

    def _model_text(self) -> str:
        """Empty when there is nothing to say: a full model is there, or on its way."""
        error, model = self._model_state.error, self._model_state.model
        if error is not None:
            return error_text(error.code, error.details, error.message)
        if self._model_state.status is ModelStatus.LOADING and model is None:
            return ""
        if model is None:
            return self.tr("No model is chosen yet.")
        if not model.is_builtin:
            return ""
        return self.tr(
            "{name} is a demonstration model for simple pictures. A full model reads real photos."
        ).format(name=model.name)

    def set_pictures(self, count: int) -> None:
        """Speak of the pictures beside the question, once there are some; the samples give way."""
        for card in self.cards:
            card.setHidden(count > 0)
        if count == 0:
            self.title.setText(self.tr("Drop a photo or a document"))
            self._lead.setText(self.tr("Then ask about it, in any language. Or try one of these:"))
        else:
            self.title.setText(self.tr("What do you want to know?"))
            self._lead.setText(self.tr("Ask below, in any language. Enter sends."))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_cards()

    def _fit_cards(self) -> None:
        gaps = _CARD_GAP_PX * (len(self.cards) - 1) + 2 * _SIDE_PX
        room = (self.viewport().width() - gaps) // max(1, len(self.cards))
        height = self.viewport().height() - _AROUND_CARDS_PX
        height -= _OFFER_PX if self._is_offer_shown else 0
        self.offer.set_compact(is_compact=height < _SMALLEST_CARD_PX)
        for card in self.cards:
            card.set_width(max(_SMALLEST_CARD_PX, min(_CARD_PX, room, height)))

    def _make_page(self) -> QWidget:
        page = QWidget()
        page.setObjectName("welcomePage")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(_SIDE_PX, 16, _SIDE_PX, 8)
        layout.setSpacing(0)
        layout.addStretch(3)
        layout.addWidget(self.title)
        layout.addSpacing(6)
        layout.addWidget(self._lead)
        layout.addSpacing(20)
        layout.addLayout(self._make_cards())
        layout.addSpacing(20)
        layout.addLayout(self._make_model_line())
        layout.addSpacing(12)
        layout.addLayout(self._make_promise())
        layout.addStretch(4)
        return page

    def _make_cards(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(_CARD_GAP_PX)
        row.addStretch(1)
        for card in self.cards:
            card.activated.connect(self.sample_chosen)
            row.addWidget(card)
        row.addStretch(1)
        return row

    def _make_promise(self) -> QHBoxLayout:
        self.promise.setProperty("kind", "quiet")
        self.promise.setObjectName("promise")
        self.promise.setIconSize(QSize(16, 16))
        self.promise.setCursor(Qt.CursorShape.PointingHandCursor)
        self.promise.setToolTip(self.tr("Show all connections"))
        self.promise.clicked.connect(self.connections_requested)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.promise)
        row.addStretch(1)
        return row

    def _make_model_line(self) -> QVBoxLayout:
        self.model_line.setProperty("kind", "secondary")
        self.model_line.setWordWrap(True)
        self.model_line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.model_line.setTextFormat(Qt.TextFormat.PlainText)
        self.model_line.setMaximumWidth(_LINE_PX)
        self.models_button.setProperty("kind", "quiet")
        self.models_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.models_button.clicked.connect(self.models_requested)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.model_line, 1000)
        line.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self.models_button, 0, Qt.AlignmentFlag.AlignHCenter)
        offer = QHBoxLayout()
        offer.addStretch(1)
        offer.addWidget(self.offer, 1000)
        offer.addStretch(1)
        self.offer.setMaximumWidth(_OFFER_WIDTH_PX)
        column.addLayout(offer)
        return column

    @Slot()
    def _refresh_icon(self) -> None:
        self.promise.setIcon(icon("lock", "secondary"))


def _centred(text: str, name: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setWordWrap(True)
    return label
