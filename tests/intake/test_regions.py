"""Parts of pictures: cut from the original at all its pixels, and found again where they were."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image, ImageDraw

from desktop.core.errors import ErrorCode, ImageError
from desktop.core.geometry import (
    Rect,
    model_to_upright,
    to_origin,
    turned_size,
    upright_to_file,
)
from desktop.core.model_spec import Coordinates
from desktop.core.sizing import target_size
from desktop.core.types import PictureBudget, PictureLimits, PictureOrigin, Region
from desktop.intake.documents import open_document, take_page
from desktop.intake.images import take_picture
from desktop.intake.regions import RegionRequest, cut_region, open_upright
from tests.intake.pictures import (
    BLUE,
    CORNERS,
    FIXTURES,
    RED,
    corners,
    encoded,
    is_close,
    pixel,
    quarters,
)

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.types import ImageAttachment
    from desktop.store.attachments import AttachmentStore
    from tests.intake.pictures import Take

FILE_SIZE = (900, 600)
MARKER = Rect(520, 140, 600, 190)  # in the file's own pixels
Shares: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
NORMAL, LIMITS = PictureBudget.NORMAL, PictureLimits()


def turned_photo(orientation: int, kind: str = "PNG", size: tuple[int, int] = FILE_SIZE) -> bytes:
    """A green marker on grey, in a file that says how it is to be turned."""
    picture = Image.new("RGB", size, (128, 128, 128))
    across, down = size[0] / FILE_SIZE[0], size[1] / FILE_SIZE[1]
    box = (MARKER.left * across, MARKER.top * down)
    ImageDraw.Draw(picture).rectangle(
        (*box, MARKER.right * across - 1, MARKER.bottom * down - 1), fill=(0, 255, 0)
    )
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(picture, kind, exif=exif)


def marker_in(picture: Image.Image, least: float = 0.05) -> Rect:
    """Where the marker is, to a part of a pixel: each edge pixel counts by its share of green.

    Pixels with less than the share `least` belong to its surroundings.
    """
    values = np.asarray(picture.convert("RGB"), dtype=np.float64)
    share = np.clip((values[..., 1] - values[..., 0]) / 255, 0, 1)
    across, down = share.max(axis=0), share.max(axis=1)
    return Rect(
        _first(across, least), _first(down, least), _last(across, least), _last(down, least)
    )


def _first(shares: Shares, least: float) -> float:
    index = int(np.argmax(shares > least))
    return index + 1 - float(shares[index])


def _last(shares: Shares, least: float) -> float:
    return len(shares) - _first(shares[::-1], least)


def seen_by_a_model(
    attachment: ImageAttachment, budget: PictureBudget, limits: PictureLimits
) -> Image.Image:
    """What an engine makes of a stored page: the same size, the same filter."""
    size = target_size(attachment.width, attachment.height, budget, limits)
    with Image.open(attachment.path) as page:
        return page.convert("RGB").resize(size, Image.Resampling.BICUBIC)


def largest_difference(left: Rect, right: Rect) -> float:
    pairs = zip(
        (left.left, left.top, left.right, left.bottom),
        (right.left, right.top, right.right, right.bottom),
        strict=True,
    )
    return max(abs(a - b) for a, b in pairs)


# --- the proof ------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("budget", "limits"),
    [
        (PictureBudget.NORMAL, LIMITS),
        (PictureBudget.FAST, LIMITS),
        (PictureBudget.FAST, PictureLimits(9, 64, 25)),  # the built-in model's
    ],
)
def test_that_a_marker_is_found_at_its_place_in_the_file(
    take: Take, orientation: int, budget: PictureBudget, limits: PictureLimits
) -> None:
    attachment = take(turned_photo(orientation))
    upright = attachment.width, attachment.height
    assert upright == (turned_size(FILE_SIZE, 1) if orientation >= 5 else FILE_SIZE)
    picture = seen_by_a_model(attachment, budget, limits)
    way = model_to_upright(Coordinates.ABSOLUTE, picture.size, upright)
    assert way is not None
    found = way.then(upright_to_file(orientation, FILE_SIZE)).rect(marker_in(picture))
    model_pixel = max(upright[0] / picture.width, upright[1] / picture.height)
    assert largest_difference(found, MARKER) <= model_pixel


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("turns", range(4))
def test_that_a_marker_in_a_turned_region_is_found_at_its_place_in_the_file(
    take: Take, store: AttachmentStore, orientation: int, turns: int
) -> None:
    original = take(turned_photo(orientation))
    upright = original.width, original.height
    in_file = upright_to_file(orientation, FILE_SIZE)
    region = in_file.inverse().rect(Rect(430, 90, 701, 260)).to_region(upright)
    request = RegionRequest(original, region, turns)
    cut = cut_region(request, store.original_path(original.sha256), store)
    assert (cut.width, cut.height) == turned_size((region.width, region.height), turns)
    assert cut.origin == PictureOrigin(original.sha256, 0, region, turns)
    picture = seen_by_a_model(cut, PictureBudget.FAST, LIMITS)
    numbers = marker_in(picture)
    to_cut = model_to_upright(Coordinates.ABSOLUTE, picture.size, (cut.width, cut.height))
    assert to_cut is not None
    way = to_cut.then(to_origin(cut.origin, (cut.width, cut.height), upright)).then(in_file)
    model_pixel = max(cut.width / picture.width, cut.height / picture.height)
    assert largest_difference(way.rect(numbers), MARKER) <= model_pixel


def test_that_thousandths_lose_no_more_than_a_thousandth(take: Take) -> None:
    attachment = take(turned_photo(6))
    upright = attachment.width, attachment.height
    picture = seen_by_a_model(attachment, NORMAL, LIMITS)
    found = marker_in(picture)
    said = Rect(
        round(found.left / picture.width * 1000),
        round(found.top / picture.height * 1000),
        round(found.right / picture.width * 1000),
        round(found.bottom / picture.height * 1000),
    )
    way = model_to_upright(Coordinates.RELATIVE_1000, picture.size, upright)
    assert way is not None
    rect = way.then(upright_to_file(6, FILE_SIZE)).rect(said)
    assert largest_difference(rect, MARKER) <= max(upright) / 1000 + 1


def test_that_a_region_of_a_reduced_jpeg_still_comes_from_all_its_pixels(
    take: Take, store: AttachmentStore
) -> None:
    original = take(turned_photo(6, "JPEG", (3600, 2400)))
    with Image.open(original.path) as page:
        assert page.width < original.width  # the page picture has fewer pixels
    region = Region(1500, 1900, 1900, 2500)
    cut = cut_region(RegionRequest(original, region), store.original_path(original.sha256), store)
    assert (cut.width, cut.height) == (400, 600)
    marker = marker_in(Image.open(cut.path))
    whole = upright_to_file(6, (3600, 2400)).inverse()
    wanted = whole.rect(Rect(MARKER.left * 4, MARKER.top * 4, MARKER.right * 4, MARKER.bottom * 4))
    moved = Rect(
        wanted.left - 1500, wanted.top - 1900, wanted.right - 1500, wanted.bottom - 1900
    ).within((400, 600))
    assert largest_difference(marker, moved) <= 1.5  # what JPEG smears


# --- what a region is -----------------------------------------------------------------------------


def test_that_all_of_a_picture_can_be_turned_upright(take: Take, store: AttachmentStore) -> None:
    original = take(encoded(quarters(), "PNG"))
    cut = cut_region(RegionRequest(original, None, 1), store.original_path(original.sha256), store)
    assert (cut.width, cut.height) == (64, 96)
    with Image.open(cut.path) as page:
        assert corners(page) == [CORNERS[2], CORNERS[0], CORNERS[3], CORNERS[1]]


def test_that_a_region_keeps_its_name_and_is_the_same_picture_the_second_time(
    take: Take, store: AttachmentStore
) -> None:
    original = replace(take(encoded(quarters(), "PNG")), source_name="合同.png")
    request = RegionRequest(original, Region(0, 0, 48, 32))
    path = store.original_path(original.sha256)
    first, second = (cut_region(request, path, store) for _ in range(2))
    assert first == second
    assert first.source_name == "合同.png"
    assert first.media_type == "image/png"


@pytest.mark.parametrize(("mode", "color"), [("L", 200), ("I;16", 51400), ("CMYK", None)])
def test_that_odd_colours_are_the_same_in_a_region_as_in_the_page(
    take: Take, store: AttachmentStore, mode: str, color: int | None
) -> None:
    if mode == "CMYK":
        content = encoded(quarters().convert("CMYK"), "TIFF")
    else:
        content = encoded(Image.new(mode, (96, 64), color), "TIFF")
    original = take(content)
    cut = cut_region(
        RegionRequest(original, Region(8, 8, 40, 24)),
        store.original_path(original.sha256),
        store,
    )
    with Image.open(original.path) as page, Image.open(cut.path) as part:
        assert is_close(pixel(part, (4, 4)), pixel(page, (12, 12)))


def test_that_later_frames_of_a_tiff_can_be_cut(store: AttachmentStore, take: Take) -> None:
    buffer = io.BytesIO()
    first, second = (Image.new("RGB", (96, 64), color) for color in (RED, BLUE))
    first.save(buffer, "TIFF", save_all=True, append_images=[second])
    kept = take(buffer.getvalue())
    path = store.original_path(kept.sha256)
    later = replace(kept, page=1, page_count=2)
    cut = cut_region(RegionRequest(later, Region(0, 0, 10, 10)), path, store)
    with Image.open(cut.path) as part:
        assert is_close(pixel(part), BLUE)
    assert cut.origin is not None
    assert cut.origin.page == 1


def test_that_without_its_original_a_region_comes_from_the_page_picture(
    take: Take, store: AttachmentStore
) -> None:
    original = take(encoded(quarters(), "PNG"))
    cut = cut_region(RegionRequest(original, Region(48, 32, 96, 64)), None, store)
    with Image.open(cut.path) as part:
        assert pixel(part) == CORNERS[3]


def test_that_a_missing_page_picture_is_a_sentence(take: Take, store: AttachmentStore) -> None:
    original = take(encoded(quarters(), "PNG"))
    original.path.unlink()
    with pytest.raises(ImageError) as caught:
        cut_region(RegionRequest(original, Region(0, 0, 8, 8)), None, store)
    assert caught.value.code is ErrorCode.PICTURE_MISSING


def test_that_an_original_that_turned_into_something_else_is_a_sentence(
    take: Take, store: AttachmentStore
) -> None:
    original = take(encoded(quarters(), "PNG"))
    path = store.original_path(original.sha256)
    assert path is not None
    path.write_bytes(b"not a picture any more")
    with pytest.raises(ImageError) as caught:
        cut_region(RegionRequest(original, Region(0, 0, 8, 8)), path, store)
    assert caught.value.code is ErrorCode.PICTURE_DAMAGED


def test_that_a_rotated_heic_is_cut_as_it_is_seen(take: Take, store: AttachmentStore) -> None:
    original = take(FIXTURES / "rotated.heic")
    path = store.original_path(original.sha256)
    half = Region(0, 0, original.width, original.height // 2)
    cut = cut_region(RegionRequest(original, half), path, store)
    with Image.open(original.path) as page, Image.open(cut.path) as part:
        assert part.size == (half.width, half.height)
        spots = [(3, 3), (half.width - 4, 3), (half.width // 2, half.height - 3)]
        assert all(is_close(pixel(part, spot), pixel(page, spot)) for spot in spots)


def test_that_a_region_of_a_photo_above_100_megapixels_has_all_its_pixels(
    take: Take, store: AttachmentStore
) -> None:
    size = (13_500, 9_000)
    original = take(turned_photo(8, "JPEG", size))
    in_file = upright_to_file(8, size)
    scale = size[0] / FILE_SIZE[0]
    wanted = in_file.inverse().rect(
        Rect(*(side * scale for side in (MARKER.left, MARKER.top, MARKER.right, MARKER.bottom)))
    )
    around = Rect(wanted.left - 64, wanted.top - 96, wanted.right + 32, wanted.bottom + 48)
    region = around.to_region((original.width, original.height))
    path = store.original_path(original.sha256)
    cut = cut_region(RegionRequest(original, region), path, store)
    assert (cut.width, cut.height) == (region.width, region.height)
    with Image.open(cut.path) as part:
        found = marker_in(part.resize((cut.width, cut.height)), least=0.5)  # JPEG smears colour
    inside = Rect(64, 96, 64 + wanted.width, 96 + wanted.height)
    assert largest_difference(found, inside) <= 1.5


# --- pages of a PDF -------------------------------------------------------------------------------


def drawn_pdf() -> bytes:
    """One page of 200 x 100 points with a green rectangle, 40 x 20 points, at (100, 60)."""
    drawing = b"0 1 0 rg 100 60 40 20 re f"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
    )
    content, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    foot = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    return content + head + table + foot % (len(objects) + 1, len(content))


def test_that_a_region_of_a_pdf_is_drawn_anew_and_finer(store: AttachmentStore) -> None:
    with open_document(drawn_pdf(), source_name="plan.pdf") as document:
        page = take_page(document, 0, store)
    scale = page.width / 200
    region = Rect(95 * scale, 15 * scale, 145 * scale, 45 * scale).to_region(
        (page.width, page.height)
    )
    cut = cut_region(RegionRequest(page, region), store.original_path(page.sha256), store)
    assert cut.width > 2 * region.width
    assert cut.origin is not None
    with Image.open(cut.path) as picture:
        found = marker_in(picture.resize((cut.width, cut.height)))
    way = to_origin(cut.origin, (cut.width, cut.height), (page.width, page.height))
    wanted = Rect(100 * scale, 20 * scale, 140 * scale, 40 * scale)
    assert largest_difference(way.rect(found), wanted) <= 1


def test_that_the_whole_page_of_a_pdf_opens_finer_than_the_model_sees_it(
    store: AttachmentStore,
) -> None:
    with open_document(drawn_pdf(), source_name="plan.pdf") as document:
        page = take_page(document, 0, store)
    picture = open_upright(page, store.original_path(page.sha256))
    assert picture.width > 1.5 * page.width


# --- all of it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
def test_that_the_original_opens_upright_at_all_its_pixels(
    take: Take, store: AttachmentStore, orientation: int
) -> None:
    attachment = take(turned_photo(orientation))
    picture = open_upright(attachment, store.original_path(attachment.sha256))
    assert picture.size == (attachment.width, attachment.height)
    back = upright_to_file(orientation, FILE_SIZE)
    assert largest_difference(back.rect(marker_in(picture)), MARKER) < 0.01


def test_that_a_huge_picture_keeps_its_pixels_when_opened(
    tmp_path: Path, store: AttachmentStore
) -> None:
    path = tmp_path / "大 照片.jpg"
    Image.new("RGB", (7000, 6000), BLUE).save(path, quality=60)
    attachment = take_picture(path, store)
    with Image.open(attachment.path) as page:
        assert math.prod(page.size) < 5_000_000
    picture = open_upright(attachment, store.original_path(attachment.sha256))
    assert picture.size == (7000, 6000)
