"""The work behind the improving of a picture, for pool threads."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image
from PySide6.QtGui import QImage

from desktop.core.types import ImageAttachment, PictureOrigin
from desktop.intake.images import take_picture
from desktop.intake.improve import Changes, Look, improve, look_at, open_page

if TYPE_CHECKING:
    from desktop.store.attachments import AttachmentStore

_PREVIEW_SIDE = 1100


class Preview(Struct, frozen=True):
    """A page, small enough to be changed at once.

    Attributes:
        page: For `improve`; nobody changes it.
        image: The same, to be shown.
        look: What is wrong with the whole page.
    """

    page: Image.Image
    image: QImage
    look: Look


class Improved(Struct, frozen=True):
    """A kept picture; `is_new` when this brought its files onto the disk."""

    attachment: ImageAttachment
    is_new: bool


def load_preview(picture: ImageAttachment, look: Look | None) -> Preview:
    """The page reduced to what a sheet shows; looks at it if nobody did. Raises `ImageError`."""
    page = open_page(picture.path)
    known = look if look is not None else look_at(page)
    page.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return Preview(page, as_qimage(page), known)


def change_preview(preview: Preview, changes: Changes) -> QImage:
    """The preview with these changes."""
    return as_qimage(improve(preview.page, changes))


def keep_improved(
    picture: ImageAttachment, changes: Changes, name: str, store: AttachmentStore
) -> Improved:
    """Change the whole page and keep it as a picture of its own; raises `GroundglassError`.

    It remembers what it was made from. A region stays a region of its own original.
    """
    page = improve(open_page(picture.path), changes)
    buffer = io.BytesIO()
    page.save(buffer, "PNG", compress_level=1)
    data = buffer.getvalue()
    is_new = store.find(hashlib.sha256(data).hexdigest(), 0) is None
    kept = take_picture(data, store, source_name=name)
    earlier = picture.origin or PictureOrigin(picture.sha256, picture.page)
    origin = replace(
        earlier,
        is_improved=True,
        skew_degrees=earlier.skew_degrees + changes.turn_degrees,
    )
    return Improved(replace(kept, text=picture.text, origin=origin), is_new)


def as_qimage(picture: Image.Image) -> QImage:
    """An RGB picture for Qt, with pixels of its own."""
    data = picture.tobytes()
    shared = QImage(
        data, picture.width, picture.height, 3 * picture.width, QImage.Format.Format_RGB888
    )
    return shared.copy()
