"""A question: its pictures, then its text in a soft bubble, at the right of the column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

from desktop.gui.flowing_text import FlowingText
from desktop.gui.markdown_writer import MarkdownWriter
from desktop.gui.message_item import FOOTER_PX, MessageItem
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
        self._pictures = [
            self._picture(attachment, thumbnails, thumbnail_path)
            for attachment in message.message.attachments
        ]
        self._bubble = QFrame(self)
        self._bubble.setObjectName("questionBubble")
        self._bubble.setVisible(bool(message.message.text))
        self._text = FlowingText(self._bubble)
        self._text.setAccessibleName(self.tr("Question"))
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
        sizes = picture_sizes(self.message.message.attachments, width)
        y = 0
        for row in rows_of(sizes, width):
            x = width - sum(sizes[number].width() + _GAP for number in row) + _GAP
            for number in row:
                self._pictures[number].setGeometry(
                    x, y, sizes[number].width(), sizes[number].height()
                )
                x += sizes[number].width() + _GAP
            y += max(sizes[number].height() for number in row) + _GAP
        if self.message.message.text:
            y += self._place_bubble(width, y)
        elif y:
            y -= _GAP
        self._copy_button.move(width - FOOTER_PX, y + 2)
        offset = FOOTER_PX if self.message.message.text else 0
        self._edit.move(width - FOOTER_PX - offset, y + 2)
        return y + 2 + FOOTER_PX

    def _place_bubble(self, width: int, y: int) -> int:
        across, above = _BUBBLE_PADDING
        text_width = self._text.natural_width(int(width * _BUBBLE_SHARE) - 2 * across)
        text_height = self._text.fit(text_width)
        self._text.setGeometry(across, above, text_width, text_height)
        bubble = QSize(text_width + 2 * across, text_height + 2 * above)
        self._bubble.setGeometry(width - bubble.width(), y, bubble.width(), bubble.height())
        return bubble.height()

    @override
    def focus_chain(self) -> list[QWidget]:
        text: list[QWidget] = [self._text] if self.message.message.text else []
        return [*self._pictures, *text, self._edit, self._copy_button]


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
