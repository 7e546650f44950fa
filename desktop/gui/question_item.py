"""A question: its pictures, then its text in a soft bubble, at the right of the column."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget
from typing_extensions import override

from desktop.gui.flowing_text import FlowingText
from desktop.gui.icons import icon
from desktop.gui.markdown_writer import MarkdownWriter
from desktop.gui.message_item import FOOTER_PX, MessageItem
from desktop.gui.schema_words import schema_name
from desktop.gui.theme import theme
from desktop.gui.thumbnails import ThumbnailCache, ThumbnailLabel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from desktop.core.types import ImageAttachment
    from desktop.store.history import StoredMessage

_GAP = 8
_BUBBLE_SHARE = 0.82
_BUBBLE_PADDING = (16, 10)
_MOST_WIDTH_SHARE = 0.7
# How high pictures are, by how many there are.
_ONE_PX, _FEW, _FEW_PX, _MANY_PX = 220, 3, 160, 120
_LEAST_PX = 48
_MORE_PX = 20
_MARK_PX = 24
_FORM_GAP, _FORM_ICON_PX = 6, 16
# Of a document with many pages so many are shown; the rest is a number.
_MOST_PAGES = 6


class QuestionItem(MessageItem):
    """Pictures in rows that end at the right, the bubble under them, quiet buttons below."""

    edit_requested = Signal(object)  # message id
    picture_activated = Signal(object)  # ImageAttachment
    gap_above = 20

    def __init__(
        self,
        message: StoredMessage,
        thumbnails: ThumbnailCache,
        thumbnail_path: Callable[[str, int], Path],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(message, parent)
        self._shown, left_out = shown_pictures(message.message.attachments)
        self._pictures = [
            self._picture(attachment, thumbnails, thumbnail_path) for attachment in self._shown
        ]
        self._more = QLabel(self)
        self._more.setProperty("kind", "secondary")
        self._more.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._more.setText(self.tr("+ %n page(s)", "", left_out))
        self._more.setVisible(left_out > 0)
        self._bubble = QFrame(self)
        self._bubble.setObjectName("questionBubble")
        self._form = None
        if message.json_schema is not None:
            self._form = FormLine(schema_name(message.json_schema), self._bubble)
        self._bubble.setVisible(bool(message.message.text or self._form))
        self._text = FlowingText(self._bubble)
        self._text.setAccessibleName(self.tr("Question"))
        self._text.setVisible(bool(message.message.text))
        writer = MarkdownWriter(self._text.document(), theme().colors)
        writer.write_plain(message.message.text)
        self._edit = self._add_quiet_button("pencil", self.tr("Edit question"))
        self._edit.clicked.connect(self._request_edit)
        self._copy_button = self._add_quiet_button("copy", self.tr("Copy question"))
        self._copy_button.setVisible(bool(message.message.text))
        self._copy_button.clicked.connect(self._copy_text)

    def _picture(
        self,
        attachment: ImageAttachment,
        thumbnails: ThumbnailCache,
        thumbnail_path: Callable[[str, int], Path],
    ) -> ThumbnailLabel:
        path = thumbnail_path(attachment.sha256, attachment.page)
        label = ThumbnailLabel(thumbnails, path, radius=12, is_clickable=True, parent=self)
        name = attachment.source_name or self.tr("Pasted picture")
        if attachment.page_count > 1:
            name = self.tr("{name}, page {page}").format(name=name, page=attachment.page + 1)
        if attachment.origin is not None and attachment.origin.region is not None:
            name = self.tr("Part of {name}").format(name=name)
            mark = CropMark(label)
            mark.move(8, 8)
        label.setAccessibleName(name)
        label.setToolTip(f"{name}\n{attachment.width} × {attachment.height}")
        label.activated.connect(lambda: self.picture_activated.emit(attachment))
        return label

    def _request_edit(self) -> None:
        self.edit_requested.emit(self.message.id)

    def _copy_text(self) -> None:
        self._copy(self.message.message.text)

    @override
    def arrange(self, width: int) -> int:
        sizes = picture_sizes(self._shown, width)
        y = 0
        for row in rows_of(sizes, width):
            x = width - sum(sizes[number].width() + _GAP for number in row) + _GAP
            for number in row:
                self._pictures[number].setGeometry(
                    x, y, sizes[number].width(), sizes[number].height()
                )
                x += sizes[number].width() + _GAP
            y += max(sizes[number].height() for number in row) + _GAP
        if not self._more.isHidden():
            self._more.setGeometry(0, y - 4, width, _MORE_PX)
            y += _MORE_PX
        if not self._bubble.isHidden():
            y += self._place_bubble(width, y)
        elif y:
            y -= _GAP
        self._copy_button.move(width - FOOTER_PX, y + 2)
        offset = FOOTER_PX if self.message.message.text else 0
        self._edit.move(width - FOOTER_PX - offset, y + 2)
        return y + 2 + FOOTER_PX

    def _place_bubble(self, width: int, y: int) -> int:
        across, above = _BUBBLE_PADDING
        most = int(width * _BUBBLE_SHARE) - 2 * across
        inner = QSize(0, 0)
        if self.message.message.text:
            text_width = self._text.natural_width(most)
            inner = QSize(text_width, self._text.fit(text_width))
            self._text.setGeometry(across, above, inner.width(), inner.height())
        if self._form is not None:
            top = inner.height() + _FORM_GAP if inner.height() else 0
            form = self._form.fit(most)
            self._form.setGeometry(across, above + top, form.width(), form.height())
            inner = QSize(max(inner.width(), form.width()), top + form.height())
        bubble = QSize(inner.width() + 2 * across, inner.height() + 2 * above)
        self._bubble.setGeometry(width - bubble.width(), y, bubble.width(), bubble.height())
        return bubble.height()

    @override
    def focus_chain(self) -> list[QWidget]:
        text: list[QWidget] = [self._text] if self.message.message.text else []
        return [*self._pictures, *text, self._edit, self._copy_button]


class FormLine(QWidget):
    """Says which form the answer is held to: an icon and a name, on one line."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._icon = QLabel(self)
        self._icon.setFixedSize(_FORM_ICON_PX, _FORM_ICON_PX)
        self._words = QLabel(self)
        self._words.setProperty("kind", "secondary")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        whole = self.tr("Answer as a form: {name}").format(name=name)
        self._words.setAccessibleName(whole)
        self.setToolTip(whole)
        self._tint()
        theme().changed.connect(self._tint)

    def fit(self, most_px: int) -> QSize:
        """Lay the line out, its name shortened where it is wider than this; the size it takes."""
        self._words.ensurePolished()
        beside = _FORM_ICON_PX + 6
        right = Qt.TextElideMode.ElideRight
        self._words.setText(
            self._words.fontMetrics().elidedText(self._name, right, most_px - beside)
        )
        hint = self._words.sizeHint()
        height = max(hint.height(), _FORM_ICON_PX)
        self._icon.move(0, (height - _FORM_ICON_PX) // 2)
        self._words.setGeometry(beside, 0, hint.width(), height)
        return QSize(beside + hint.width(), height)

    @Slot()
    def _tint(self) -> None:
        side = _FORM_ICON_PX
        self._icon.setPixmap(icon("clipboard-list", "secondary").pixmap(side, side))


class CropMark(QWidget):
    """Says that a picture is a part of another one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(_MARK_PX, _MARK_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme().changed.connect(self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plate = QColor(theme().colors.surface)
        plate.setAlpha(230)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate)
        painter.drawRoundedRect(self.rect(), 6, 6)
        icon("crop", "text").paint(painter, self.rect().adjusted(4, 4, -4, -4))
        painter.end()


def shown_pictures(
    pictures: Sequence[ImageAttachment],
) -> tuple[list[ImageAttachment], int]:
    """The pictures to show, and how many pages of documents are left out."""
    shown: list[ImageAttachment] = []
    pages: dict[str, int] = {}
    left_out = 0
    counts = Counter(picture.sha256 for picture in pictures if picture.page_count > 1)
    for picture in pictures:
        pages[picture.sha256] = pages.get(picture.sha256, 0) + 1
        # A last single page is shown: it takes no more room than the words "+ 1 page".
        is_long = counts[picture.sha256] > _MOST_PAGES + 1
        if is_long and pages[picture.sha256] > _MOST_PAGES:
            left_out += 1
        else:
            shown.append(picture)
    return shown, left_out


def picture_sizes(pictures: Sequence[ImageAttachment], width: int) -> list[QSize]:
    """How large each picture is shown in a column of this width: one height for all of them.

    A picture that is smaller than that is not enlarged, one that is very long is cropped.
    """
    count = len(pictures)
    height = _ONE_PX if count == 1 else _FEW_PX if count <= _FEW else _MANY_PX
    most = int(width * _MOST_WIDTH_SHARE)
    sizes = []
    for picture in pictures:
        shown = min(height, max(picture.height, _LEAST_PX)) if count == 1 else height
        aspect = picture.width / max(1, picture.height)
        wide = min(max(round(shown * aspect), _LEAST_PX), most)
        if wide == most:
            shown = min(shown, max(_LEAST_PX, round(most / aspect)))
        sizes.append(QSize(wide, shown))
    return sizes


def rows_of(sizes: Sequence[QSize], width: int) -> list[list[int]]:
    """Which pictures stand in which row; every row fits the width."""
    rows: list[list[int]] = []
    used = 0
    for number, size in enumerate(sizes):
        if rows and used + _GAP + size.width() <= width:
            rows[-1].append(number)
            used += _GAP + size.width()
        else:
            rows.append([number])
            used = size.width()
    return rows
