"""How high letters are, and how far lines are from level."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from desktop.intake.small_print import find_print, find_skew
from tests.intake.pages import printed


@pytest.mark.parametrize("type_px", [10, 14, 20, 32, 48])
def test_that_the_height_follows_the_type_size(type_px: int) -> None:
    found = find_print(printed(type_px).convert("L"))
    assert found is not None
    assert 0.55 * type_px <= found.height <= 1.1 * type_px


def test_that_white_on_black_is_print_too() -> None:
    found = find_print(printed(16, ink=230, paper=20).convert("L"))
    assert found is not None
    assert 9 <= found.height <= 18


def test_that_a_tilted_page_is_still_print() -> None:
    found = find_print(printed(20, tilt=4).convert("L"))
    assert found is not None
    assert 10 <= found.height <= 26


def test_that_noise_and_shapes_are_no_print() -> None:
    generator = np.random.default_rng(1)
    noise = Image.fromarray(generator.integers(0, 255, (900, 900), dtype=np.uint8))
    assert find_print(noise) is None
    smooth = noise.resize((90, 90)).resize((900, 900), Image.Resampling.BICUBIC)
    assert find_print(smooth) is None
    shapes = Image.new("L", (900, 900), 220)
    draw = ImageDraw.Draw(shapes)
    draw.ellipse((100, 100, 400, 400), 40)
    draw.rectangle((500, 500, 800, 700), 80)
    assert find_print(shapes) is None


@pytest.mark.parametrize("size", [(1, 1), (40, 900), (900, 3)])
def test_that_tiny_pictures_are_no_print(size: tuple[int, int]) -> None:
    assert find_print(Image.new("L", size, 128)) is None
    assert find_skew(Image.new("L", size, 128)) == 0


@pytest.mark.parametrize("tilt", [-8.0, -2.5, -1.0, 1.5, 4.0, 9.0])
def test_that_the_tilt_is_found(tilt: float) -> None:
    assert find_skew(printed(22, tilt=tilt).convert("L")) == pytest.approx(tilt, abs=0.26)


def test_that_a_level_page_is_level() -> None:
    assert find_skew(printed(22).convert("L")) == 0
