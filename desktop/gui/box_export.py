"""A picture with its boxes, and the boxes as data, to take elsewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QTransform

from desktop.gui.box_layer import paint_boxes
from desktop.intake import regions
from desktop.store.files import store_error, unwritable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop.core.types import ImageAttachment
    from desktop.gui.box_layer import ShownBox
    from desktop.gui.viewer_picture import Subject

_JPEG_SUFFIXES = (".jpg", ".jpeg")
_JPEG_QUALITY, _PNG_QUALITY = 92, 80  # of a PNG it says how little time to spend
_LINES_PER_SIDE, _LETTERS_PER_SIDE = 450.0, 55.0


def annotated(subject: Subject, boxes: Sequence[ShownBox], quarter_turns: int) -> QImage:
    """The original at all its pixels with the boxes painted on. Blocks; for a pool thread.

    Raises `ImageError` when the original cannot be read.
    """
    picture = regions.open_upright(subject.root, subject.original).convert("RGB")
    width, height = picture.size
    data = picture.tobytes("raw", "BGRX")
    image = QImage(data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
    del data
    scale = QTransform.fromScale(width / subject.root.width, height / subject.root.height)
    if quarter_turns % 4:
        turn = QTransform().rotate(90 * quarter_turns)
        scale *= QImage.trueMatrix(turn, width, height)
        image = image.transformed(turn)
    side = max(image.width(), image.height())
    painter = QPainter(image)
    paint_boxes(
        painter,
        boxes,
        scale,
        QRectF(image.rect()),
        line_px=max(2.0, side / _LINES_PER_SIDE),
        font_px=max(12.0, side / _LETTERS_PER_SIDE),
    )
    painter.end()
    return image


def save_annotated(
    subject: Subject, boxes: Sequence[ShownBox], quarter_turns: int, path: Path
) -> Path:
    """Write the annotated picture: JPEG for a path that says so, else PNG. For a pool thread."""
    image = annotated(subject, boxes, quarter_turns)
    is_jpeg = path.suffix.lower() in _JPEG_SUFFIXES
    kind, quality = ("JPEG", _JPEG_QUALITY) if is_jpeg else ("PNG", _PNG_QUALITY)
    if not image.save(str(path), kind, quality):  # type: ignore[call-overload]
        raise unwritable(path)
    return path


def save_text(text: str, path: Path) -> Path:
    """Write a text file. Raises `StoreError`."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise store_error(error, path) from error
    return path


def boxes_json(root: ImageAttachment, boxes: Sequence[ShownBox]) -> str:
    """The boxes as JSON, in whole pixels of the upright original."""
    listed = []
    for box in boxes:
        sides = (box.rect.left(), box.rect.top(), box.rect.right(), box.rect.bottom())
        corners = [round(side) for side in sides]
        entry: dict[str, object] = {"label": box.label, "bbox": corners}
        if box.doubt is not None:
            entry["doubtful"] = box.doubt.value
        listed.append(entry)
    document = {
        "picture": root.source_name,
        "page": root.page + 1,
        "width": root.width,
        "height": root.height,
        "boxes": listed,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
