"""What a drop would do, over the whole window while something is dragged across it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMimeData,
    QObject,
    QPointF,
    QRect,
    QRectF,
    Qt,
    QVariantAnimation,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop.gui.icons import icon
from desktop.gui.motion import fade_ms
from desktop.gui.pending import PictureSource
from desktop.gui.prompt_edit import pictures_in
from desktop.gui.theme import theme
from desktop.intake import images
from desktop.store.mlx_folder import looks_like_mlx

if TYPE_CHECKING:
    from collections.abc import Sequence

_INSET_PX = 12
_ICON_PX = 32
_TITLE_PX = 20
_MODEL_SUFFIX = ".gguf"


class DropOffer(Struct, frozen=True):
    """What is being dragged, in words.

    Attributes:
        title: What will happen, or why nothing will.
        note: What will not be added, or empty.
        sources: What to add to the question; empty when nothing of it can be.
        model_files: Of a model to add; then there are no `sources`.
    """

    title: str
    note: str
    sources: tuple[PictureSource, ...]
    model_files: tuple[Path, ...] = ()

    @property
    def is_wanted(self) -> bool:
        """Whether dropping it does something."""
        return bool(self.sources or self.model_files)


def offer_of(data: QMimeData) -> DropOffer | None:
    """Look at names only, not into files; None for what is not ours, such as dragged text."""
    translate = QCoreApplication.translate
    sources = pictures_in(data, is_text_wanted=False)
    if not sources:
        return None
    paths = [source for source in sources if isinstance(source, Path)]
    if len(paths) == len(sources) and all(is_model(path) for path in paths):
        note = translate(
            "DropOverlay", "You choose whether it is copied, linked or used where it is."
        )
        return DropOffer(translate("DropOverlay", "Add this model"), note, (), tuple(paths))
    folders = [path for path in paths if path.is_dir()]
    strange = [p for p in paths if p not in folders and not _may_be_picture(p)]
    wanted = tuple(s for s in sources if s not in folders and s not in strange)
    if wanted:
        left_out = len(folders) + len(strange)
        note = translate(
            "DropOverlay",
            "{count} of what you drag cannot be added: only pictures and documents can.",
        )
        return DropOffer(
            title=_title(wanted),
            note=note.format(count=left_out) if left_out else "",
            sources=wanted,
        )
    if folders and not strange:
        title = translate("DropOverlay", "Folders cannot be added")
        return DropOffer(title, translate("DropOverlay", "Drop the pictures that are in it."), ())
    title = translate("DropOverlay", "Only pictures and documents can be added")
    note = translate(
        "DropOverlay", "Such as photos, screenshots and scans: JPEG, PNG, HEIC, WebP, TIFF, PDF."
    )
    return DropOffer(title, note, ())


def _title(wanted: Sequence[PictureSource]) -> str:
    """What will be added. A TIFF counts as a picture: nobody looks into it yet."""
    translate = QCoreApplication.translate
    documents = sum(
        isinstance(source, Path) and source.suffix.lower() in images.DOCUMENT_SUFFIXES
        for source in wanted
    )
    if documents == 0:
        one = translate("DropOverlay", "Add 1 picture")
        many = translate("DropOverlay", "Add {count} pictures")
    elif documents == len(wanted):
        one = translate("DropOverlay", "Add 1 document")
        many = translate("DropOverlay", "Add {count} documents")
    else:
        one = many = translate("DropOverlay", "Add {count} pictures and documents")
    return one if len(wanted) == 1 else many.format(count=len(wanted))


def is_model(path: Path) -> bool:
    """Whether this looks like a model: a GGUF file, or a folder as MLX models come in."""
    if path.suffix.lower() == _MODEL_SUFFIX:
        return path.is_file()
    return looks_like_mlx(path)


def _may_be_picture(path: Path) -> bool:
    """A name without an ending says nothing; the content is looked at when it is added."""
    return (
        not path.suffix
        or path.suffix.lower() in images.SUPPORTED_SUFFIXES | images.DOCUMENT_SUFFIXES
    )


class DropOverlay(QWidget):
    """Covers its parent while something is dragged over it; it takes no events itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._window = parent
        self._offer: DropOffer | None = None
        self._fade = QVariantAnimation(self)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.valueChanged.connect(self.update)
        self._fade.finished.connect(self._on_faded)
        parent.installEventFilter(self)
        self.hide()

    @property
    def offer(self) -> DropOffer | None:
        """What is shown now."""
        return self._offer

    def show_offer(self, offer: DropOffer) -> None:
        """Come up, or show another offer."""
        self._offer = offer
        self.setAccessibleName(offer.title)
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()
        self._run(QVariantAnimation.Direction.Forward)

    def withdraw(self) -> None:
        """Go away."""
        self._offer = None
        if self.isVisible():
            self._run(QVariantAnimation.Direction.Backward)

    def _run(self, direction: QVariantAnimation.Direction) -> None:
        self._fade.setDirection(direction)
        self._fade.setDuration(fade_ms(self))
        if self._fade.state() is not QVariantAnimation.State.Running:
            self._fade.start()
        self.update()

    @Slot()
    def _on_faded(self) -> None:
        if self._fade.direction() is QVariantAnimation.Direction.Backward:
            self.hide()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._window.rect())
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        offer = self._offer
        colors = theme().colors
        opacity = float(self._fade.currentValue() or 0.0)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(opacity * 0.85)
        painter.fillRect(self.rect(), QColor(colors.canvas))
        painter.setOpacity(opacity)
        is_wanted = offer is None or offer.is_wanted
        pen = QPen(QColor(colors.accent if is_wanted else colors.secondary), 2)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        inset = QRectF(self.rect()).adjusted(_INSET_PX, _INSET_PX, -_INSET_PX, -_INSET_PX)
        painter.drawRoundedRect(inset, 12, 12)
        if offer is not None:
            self._paint_words(painter, offer)
        painter.end()

    def _paint_words(self, painter: QPainter, offer: DropOffer) -> None:
        colors = theme().colors
        middle = self.rect().center()
        card = QRectF(0, 0, min(440, self.width() - 64), 168 if offer.note else 128)
        card.moveCenter(QPointF(middle))
        top = round(card.top()) + 24
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(QColor(colors.surface))
        painter.drawRoundedRect(card, 12, 12)
        name, role = ("image-plus", "accent") if offer.sources else ("image-off", "secondary")
        if offer.model_files:
            name, role = "cpu", "accent"
        place = QRect(middle.x() - _ICON_PX // 2, top, _ICON_PX, _ICON_PX)
        icon(name, role, _ICON_PX).paint(painter, place)
        font = QFont(self.font())
        font.setPixelSize(_TITLE_PX)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colors.text))
        line = QRect(round(card.left()) + 16, top + 48, round(card.width()) - 32, 32)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), offer.title)
        painter.setFont(self.font())
        painter.setPen(QColor(colors.secondary))
        painter.drawText(
            line.translated(0, 32).adjusted(0, 0, 0, 12),
            int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap),
            offer.note,
        )
