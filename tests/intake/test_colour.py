from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.intake import profiles
from tests.intake.pictures import BLUE, CORNERS, RED, corners, encoded, is_close, pixel, quarters

PageOf = Callable[[Path | bytes], Image.Image]
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def ramp(dtype: Any, top: float) -> np.ndarray[Any, Any]:
    """256 columns from 0 to `top`, 8 rows."""
    return np.tile(np.linspace(0, top, 256), (8, 1)).astype(dtype)


def greys(page: Image.Image) -> list[int]:
    array = np.asarray(page)
    assert (array[..., 0] == array[..., 1]).all()
    assert (array[..., 0] == array[..., 2]).all()
    return [int(value) for value in array[4, :, 0]]


# --- transparency and palettes --------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF"])
def test_that_transparency_becomes_white(kind: str, page_of: PageOf) -> None:
    picture = Image.new("RGBA", (64, 64), (*BLUE, 255))
    picture.paste((255, 0, 0, 0), (0, 0, 32, 64))
    picture.paste((0, 0, 0, 128), (32, 32, 64, 64))
    page = page_of(
        encoded(picture, kind, lossless=True) if kind == "WEBP" else encoded(picture, kind)
    )
    assert is_close(pixel(page, (8, 8)), WHITE)
    assert is_close(pixel(page, (56, 8)), BLUE, 10)
    assert is_close(pixel(page, (56, 56)), (127, 127, 127), 10)


def test_that_hidden_colours_do_not_bleed_when_a_picture_is_reduced(page_of: PageOf) -> None:
    checks = np.zeros((2400, 2400, 4), np.uint8)
    checks[::2, :, :] = (0, 0, 255, 255)
    checks[1::2, :, :] = (255, 0, 0, 0)  # invisible red
    middle = pixel(page_of(encoded(Image.fromarray(checks), "PNG")), (1000, 1000))
    assert abs(middle[0] - middle[1]) < 8  # blue mixed with white, no red


def test_that_grey_with_alpha_stands_on_white(page_of: PageOf) -> None:
    picture = Image.new("LA", (32, 32), (40, 255))
    picture.paste((0, 0), (0, 0, 16, 32))
    page = page_of(encoded(picture, "PNG"))
    assert (pixel(page, (4, 4)), pixel(page, (28, 4))) == (WHITE, (40, 40, 40))


def test_that_palettes_keep_their_colours(page_of: PageOf) -> None:
    for kind in ("PNG", "GIF", "BMP", "TIFF"):
        page = page_of(encoded(quarters().quantize(16), kind))
        assert is_close(corners(page), CORNERS, 2)


def test_that_transparent_palette_entries_become_white(page_of: PageOf) -> None:
    picture = quarters().quantize(4)
    first = picture.getpixel((3, 3))
    for kind in ("PNG", "GIF"):
        page = page_of(encoded(picture, kind, transparency=first))
        assert is_close(corners(page), (WHITE, *CORNERS[1:]), 2)
    half = bytes(128 if entry == first else 255 for entry in range(4))
    page = page_of(encoded(picture, "PNG", transparency=half))
    assert is_close(pixel(page), tuple((value + 255) // 2 for value in RED), 3)


def test_that_a_transparent_colour_key_becomes_white(page_of: PageOf) -> None:
    assert pixel(page_of(encoded(quarters(), "PNG", transparency=RED))) == WHITE
    assert pixel(page_of(encoded(quarters(), "PNG", transparency=RED)), (90, 3)) == CORNERS[1]
    grey = Image.new("L", (16, 16), 70)
    assert pixel(page_of(encoded(grey, "PNG", transparency=70))) == WHITE


def test_that_one_bit_pictures_are_black_and_white(page_of: PageOf) -> None:
    picture = Image.new("1", (32, 32), 0)
    picture.paste(1, (16, 0, 32, 32))
    for kind in ("PNG", "TIFF", "BMP", "GIF"):
        page = page_of(encoded(picture, kind))
        assert (pixel(page, (4, 4)), pixel(page, (28, 4))) == (BLACK, WHITE)


# --- depth ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_that_16_bit_grey_is_scaled_not_clipped(kind: str, page_of: PageOf) -> None:
    page = page_of(encoded(Image.fromarray(ramp(np.uint16, 65535)), kind))
    assert is_close(greys(page), list(range(256)), 1)


def test_that_big_endian_16_bit_tiff_reads_the_same(page_of: PageOf) -> None:
    array = ramp(np.uint16, 65535)
    picture = Image.frombytes("I;16B", (256, 8), array.astype(">u2").tobytes())
    assert is_close(greys(page_of(encoded(picture, "TIFF"))), list(range(256)), 1)


def test_that_12_bits_stored_in_16_are_not_black(page_of: PageOf) -> None:
    page = page_of(encoded(Image.fromarray(ramp(np.uint16, 4095)), "TIFF"))
    assert is_close(greys(page), list(range(256)), 1)


def test_that_a_black_16_bit_picture_stays_black(page_of: PageOf) -> None:
    assert set(greys(page_of(encoded(Image.fromarray(ramp(np.uint16, 0)), "PNG")))) == {0}


@pytest.mark.parametrize("top", [1.0, 255.0, 0.5, 4000.0])
def test_that_float_tiffs_show_their_range(top: float, page_of: PageOf) -> None:
    found = greys(page_of(encoded(Image.fromarray(ramp(np.float32, top)), "TIFF")))
    white = 127 if top == 0.5 else 255
    assert is_close(found, [round(value * white / 255) for value in range(256)], 1)


def test_that_numbers_that_are_none_are_no_failure(page_of: PageOf) -> None:
    array = ramp(np.float32, 1)
    array[0, 0], array[0, 1], array[0, 2] = np.nan, np.inf, -np.inf
    assert is_close(greys(page_of(encoded(Image.fromarray(array), "TIFF"))), list(range(256)), 1)
    array[:] = np.nan
    assert set(greys(page_of(encoded(Image.fromarray(array), "TIFF")))) == {0}


def test_that_signed_integers_show_their_range(page_of: PageOf) -> None:
    array = ramp(np.int32, 3000) - 1000
    found = greys(page_of(encoded(Image.fromarray(array), "TIFF")))
    assert (found[0], found[-1]) == (0, 255)
    assert found == sorted(found)


def png_of_16_bit_rgb(color: tuple[int, int, int]) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    row = b"\0" + struct.pack(">3H", *color) * 8
    header = chunk(b"IHDR", struct.pack(">2I5B", 8, 8, 16, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(row * 8)) + chunk(b"IEND", b"")
    )


def test_that_16_bit_colour_keeps_its_high_bits(page_of: PageOf) -> None:
    assert is_close(pixel(page_of(png_of_16_bit_rgb((0xC800, 0x3210, 0x00FF)))), (200, 50, 0), 1)


# --- colour spaces --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_that_cmyk_without_a_profile_is_ink_on_white(kind: str, page_of: PageOf) -> None:
    # JPEG stores CMYK inverted, as Adobe does.
    picture = Image.new("CMYK", (32, 32), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 0), (16, 0, 32, 16))
    picture.paste((0, 0, 0, 255), (0, 16, 16, 32))
    picture.paste((0, 255, 255, 0), (16, 16, 32, 32))
    expected = (WHITE, (0, 255, 255), BLACK, (255, 0, 0))
    assert is_close(corners(page_of(encoded(picture, kind, quality=95))), expected, 12)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_that_a_cmyk_profile_decides_what_an_ink_looks_like(kind: str, page_of: PageOf) -> None:
    picture = Image.new("CMYK", (32, 32), (255, 0, 0, 0))
    profile = profiles.cmyk_profile_where_cyan_is_red()
    red, green, blue = pixel(page_of(encoded(picture, kind, icc_profile=profile, quality=95)))
    assert red > 220
    assert max(green, blue) < 60


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_that_display_p3_becomes_srgb(kind: str, page_of: PageOf) -> None:
    color = (200, 110, 60)
    expected = profiles.srgb_of(color)
    assert not is_close(color, expected, 8)  # else this would show nothing
    profile = profiles.rgb_profile(profiles.DISPLAY_P3)
    content = encoded(Image.new("RGB", (32, 32), color), kind, icc_profile=profile, quality=98)
    assert is_close(pixel(page_of(content)), expected, 3)


def test_that_profiles_reach_palette_alpha_and_grey_pictures(page_of: PageOf) -> None:
    color = (200, 110, 60)
    expected = profiles.srgb_of(color)
    profile = profiles.rgb_profile(profiles.DISPLAY_P3)
    solid = Image.new("RGB", (32, 32), color)
    faded = solid.convert("RGBA")
    faded.paste((0, 0, 0, 0), (16, 0, 32, 32))
    assert is_close(
        pixel(page_of(encoded(solid.quantize(2), "PNG", icc_profile=profile))), expected, 3
    )
    page = page_of(encoded(faded, "PNG", icc_profile=profile))
    assert is_close(pixel(page), expected, 3)
    assert pixel(page, (28, 3)) == WHITE
    linear = encoded(Image.new("L", (32, 32), 55), "PNG", icc_profile=profiles.grey_profile(1.0))
    assert is_close(pixel(page_of(linear)), (128, 128, 128), 3)
    display = profiles.rgb_profile(profiles.SRGB, gamma=1.0)
    neutral = encoded(Image.new("L", (32, 32), 55), "PNG", icc_profile=display)
    assert is_close(pixel(page_of(neutral)), (128, 128, 128), 3)


@pytest.mark.parametrize(
    "profile",
    [
        b"rubbish",
        profiles.rgb_profile(profiles.DISPLAY_P3)[:200],
        bytes(128),
        profiles.grey_profile(1.0),  # of another kind of picture
        profiles.cmyk_profile_where_cyan_is_red(),
    ],
)
def test_that_a_profile_that_does_not_fit_is_ignored(profile: bytes, page_of: PageOf) -> None:
    for kind in ("JPEG", "PNG"):
        content = encoded(quarters(), kind, icc_profile=profile, quality=95)
        assert is_close(corners(page_of(content)), CORNERS)


def test_that_lab_and_ycbcr_tiffs_have_their_colours(page_of: PageOf) -> None:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    picture = ImageCms.profileToProfile(quarters(), srgb, lab, outputMode="LAB")
    assert picture is not None
    assert is_close(corners(page_of(encoded(picture, "TIFF"))), CORNERS, 8)
    assert is_close(corners(page_of(encoded(quarters().convert("YCbCr"), "TIFF"))), CORNERS)


def test_that_white_is_zero_tiffs_are_not_negatives(page_of: PageOf) -> None:
    for array in (ramp(np.uint16, 65535), ramp(np.uint8, 255)):
        content = io.BytesIO()
        Image.fromarray(array).save(content, "TIFF")
        # BlackIsZero (1) becomes WhiteIsZero (0) in the tag: the same numbers mean the reverse.
        tag = (262).to_bytes(2, "little") + (3).to_bytes(2, "little") + (1).to_bytes(4, "little")
        assert content.getvalue().count(tag + b"\1") == 1
        reverse = content.getvalue().replace(tag + b"\1", tag + b"\0")
        assert is_close(greys(page_of(reverse)), list(range(255, -1, -1)), 1)
