"""A part of a picture, cut from its original at full resolution, as a picture of its own."""

from __future__ import annotations

import hashlib
import io
import math
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image

from desktop.core.errors import DocumentError, ErrorCode, ImageError
from desktop.core.types import ImageAttachment, PictureOrigin, Region
from desktop.intake import refusals
from desktop.intake.decode import PAGE_PIXELS, decode_upright, page_size, thumbnail
from desktop.intake.documents import open_document
from desktop.intake.formats import HEAD_BYTES, JPEG, PNG, is_pdf, recognise

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.intake.keeper import PictureKeeper

_TURNS = {
    1: Image.Transpose.ROTATE_270,  # Pillow counts against the clock
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}
# A region of a PDF page is drawn anew, at most so much finer than the page was: letters have no
# more detail to give, and a speck must not become a poster.
_MOST_ENLARGED = 8.0
# What the eye gets of a whole PDF page: twice as fine as the model, letters stay sharp when near.
_EYE_ENLARGED, _EYE_PIXELS = 2.0, 4 * PAGE_PIXELS
_PNG_PIXELS = 24_000_000  # larger regions are kept as JPEG: seconds less, and a tenth of the bytes
_JPEG_QUALITY = 95


class RegionRequest(Struct, frozen=True):
    """A part of a picture that a person wants to ask about.

    Attributes:
        attachment: The picture that it is cut from.
        region: In pixels of `attachment.width` x `attachment.height`; None for all of it.
        quarter_turns: How often the picture was turned clockwise when it was chosen.
    """

    attachment: ImageAttachment
    region: Region | None
    quarter_turns: int = 0


def cut_region(
    request: RegionRequest, original: Path | None, keeper: PictureKeeper
) -> ImageAttachment:
    """Cut it out and keep it; it remembers where it came from.

    `original` is the file that the picture came as, None when it is gone: then the page picture
    is what is left to cut from. Any thread may call it; it blocks until the region is on disk.

    Raises:
        ImageError: The original cannot be read.
        StoreError: The disk does not take the region.
    """
    source = request.attachment
    cut = _cut(request, original)
    if request.quarter_turns % 4:
        cut = cut.transpose(_TURNS[request.quarter_turns % 4])
    kind = PNG if math.prod(cut.size) <= _PNG_PIXELS else JPEG
    content = _encoded(cut, is_png=kind is PNG)
    sha256 = hashlib.sha256(content).hexdigest()
    kept = keeper.find(sha256, 0)
    if kept is None:
        page = cut.resize(page_size(*cut.size), Image.Resampling.LANCZOS, reducing_gap=3.0)
        kept = keeper.keep(
            sha256=sha256,
            page=0,
            media_type=kind.media_type,
            suffix=kind.suffix,
            width=cut.width,
            height=cut.height,
            original=(content,),
            page_png=_encoded(page, is_png=True),
            thumbnail_png=_encoded(thumbnail(page), is_png=True),
        )
    origin = PictureOrigin(source.sha256, source.page, request.region, request.quarter_turns % 4)
    return replace(kept, source_name=source.source_name, origin=origin)


def open_upright(attachment: ImageAttachment, original: Path | None) -> Image.Image:
    """All of a picture, upright, at the most pixels that there are. Blocks.

    A page of a PDF comes at a size that the eye can use. Raises `ImageError`.
    """
    request = RegionRequest(attachment, None)
    return _cut(request, original, most_enlarged=_EYE_ENLARGED, most_pixels=_EYE_PIXELS)


def _cut(
    request: RegionRequest,
    original: Path | None,
    *,
    most_enlarged: float = _MOST_ENLARGED,
    most_pixels: int = PAGE_PIXELS,
) -> Image.Image:
    source, region = request.attachment, request.region
    if original is None:
        return _from_page(source, region)
    try:
        with original.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
            kind = recognise(head)
            if kind is not None:
                stream.seek(0)
                return decode_upright(
                    stream, kind, source.source_name, page=source.page, region=region
                )
    except FileNotFoundError:
        return _from_page(source, region)
    except OSError as error:
        raise refusals.unreadable(source.source_name) from error
    if not is_pdf(head):
        raise refusals.damaged(source.source_name)
    part = region or Region(0, 0, source.width, source.height)
    try:
        with open_document(original, source_name=source.source_name) as document:
            return document.render(source.page, part, scale=most_enlarged, most_pixels=most_pixels)
    except DocumentError:
        # Most likely it needs the password again, which is not kept.
        return _from_page(source, region)


def _from_page(source: ImageAttachment, region: Region | None) -> Image.Image:
    """Out of the page picture, which may have fewer pixels than the original."""
    try:
        with Image.open(source.path, formats=("PNG",)) as picture:
            page = picture.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise ImageError(
            "A picture of this chat is missing or damaged on disk. Add it again.",
            ErrorCode.PICTURE_MISSING,
        ) from error
    if region is None:
        return page
    across, down = page.width / source.width, page.height / source.height
    box = (region.left * across, region.top * down, region.right * across, region.bottom * down)
    return page.crop(tuple(round(side) for side in box))  # type: ignore[arg-type]


def _encoded(picture: Image.Image, *, is_png: bool) -> bytes:
    buffer = io.BytesIO()
    if is_png:
        picture.save(buffer, "PNG", compress_level=1)
    else:
        picture.save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return buffer.getvalue()
