"""Large pictures in tiles: every pixel is there, and little memory is kept."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from desktop.intake import pyramid as pyramids
from desktop.intake.pyramid import TILE_PX, Pyramid, TilePixels
from tests.intake.pictures import is_close, quarters


def decoded(tile: TilePixels) -> Image.Image:
    if tile.is_jpeg:
        return Image.open(io.BytesIO(tile.data))
    return Image.frombytes("RGB", (tile.width, tile.height), tile.data, "raw", "BGRX")


def assembled(pyramid: Pyramid, level: int) -> Image.Image:
    whole = Image.new("RGB", pyramid.level_size(level))
    columns, rows = pyramid.grid(level)
    for row in range(rows):
        for column in range(columns):
            tile = pyramid.tile((level, column, row))
            whole.paste(decoded(tile), (column * TILE_PX, row * TILE_PX))
    return whole


@pytest.mark.parametrize("size", [(1, 1), (512, 512), (513, 40), (1700, 1100)])
def test_that_the_tiles_of_the_first_level_are_the_picture(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    picture = Image.fromarray(noise)
    assert assembled(Pyramid(picture), 0).tobytes() == picture.tobytes()


def test_that_every_level_is_half_of_the_one_before_down_to_one_tile() -> None:
    pyramid = Pyramid(quarters(3000, 1000))
    sizes = [pyramid.level_size(level) for level in range(pyramid.level_count)]
    assert sizes == [(3000, 1000), (1500, 500), (750, 250), (375, 125)]
    assert pyramid.grid(pyramid.level_count - 1) == (1, 1)
    for level in range(pyramid.level_count):
        small = assembled(pyramid, level).resize((96, 64), Image.Resampling.NEAREST)
        assert small.tobytes() == quarters(96, 64).tobytes()


def test_that_a_very_long_picture_has_levels_too() -> None:
    pyramid = Pyramid(Image.new("RGB", (9000, 3)))
    assert pyramid.level_size(pyramid.level_count - 1)[1] >= 1
    assert pyramid.tile((0, 17, 0)).width == 9000 - 17 * TILE_PX


def test_that_a_large_picture_is_kept_in_a_fraction_of_its_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pyramids, "_RAW_PIXELS", 1_000_000)
    pyramid = Pyramid(quarters(2000, 1400))
    assert pyramid.kept_bytes < 2000 * 1400 * 4 / 10
    tile = pyramid.tile((0, 0, 0))
    assert tile.is_jpeg
    assert (tile.width, tile.height) == decoded(tile).size == (TILE_PX, TILE_PX)
    whole = assembled(pyramid, 1)
    spots = (100, 100), (900, 100), (100, 600), (900, 600)
    wanted = quarters(1000, 700)
    assert all(is_close(whole.getpixel(s), wanted.getpixel(s)) for s in spots)
