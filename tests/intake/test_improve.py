"""What is wrong with a picture, and what is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from desktop.core.errors import ErrorCode, ImageError
from desktop.core.skew import straight_size
from desktop.intake.improve import Changes, Fault, improve, look_at, open_page, proposed
from tests.intake.pages import printed, scene
from tests.turned import to_straight

if TYPE_CHECKING:
    from pathlib import Path


def darkened(picture: Image.Image, factor: float, lift: float = 0.0) -> Image.Image:
    return picture.point(lambda value: int(value * factor + lift))


def spread(picture: Image.Image) -> float:
    low, high = np.percentile(np.asarray(picture.convert("L")), (1, 99))
    return float(high - low)


@pytest.mark.parametrize(
    "picture", [scene(), printed(24), printed(24, lines=2), Image.new("RGB", (400, 300), "white")]
)
def test_that_good_pictures_have_no_fault(picture: Image.Image) -> None:
    assert look_at(picture).faults == ()


def test_that_a_dim_picture_is_noticed() -> None:
    assert look_at(darkened(scene(), 0.35)).faults == (Fault.DIM,)
    assert look_at(darkened(printed(24), 0.4)).faults == (Fault.DIM,)


def test_that_low_contrast_is_noticed() -> None:
    assert look_at(darkened(scene(), 0.22, 140)).faults == (Fault.FAINT,)


def test_that_blur_is_noticed() -> None:
    blurred = scene().filter(ImageFilter.GaussianBlur(6))
    assert Fault.BLURRED in look_at(blurred).faults


def test_that_a_tilted_page_is_noticed_with_its_angle() -> None:
    look = look_at(printed(24, tilt=3))
    assert look.faults == (Fault.SKEWED,)
    assert look.skew_degrees == pytest.approx(3, abs=0.26)


def test_that_a_photo_without_print_is_never_called_tilted() -> None:
    assert Fault.SKEWED not in look_at(scene().rotate(5)).faults


def test_that_the_height_of_letters_is_told_as_a_share_of_the_page() -> None:
    share = look_at(printed(20, (900, 1200))).letter_share
    assert share is not None
    assert 0.55 * 20 / 1200 <= share <= 1.1 * 20 / 1200


def test_that_what_helps_is_proposed() -> None:
    changes = proposed(look_at(darkened(printed(24, tilt=3), 0.4)))
    assert changes.is_lit
    assert changes.turn_degrees == pytest.approx(-3, abs=0.26)
    assert not proposed(look_at(scene())).is_any


def test_that_light_makes_a_dim_picture_bright() -> None:
    dim = darkened(printed(24), 0.35)
    better = improve(dim, Changes(is_lit=True))
    assert look_at(better).faults == ()
    assert np.asarray(better).mean() > 150 > np.asarray(dim).mean()


def test_that_light_keeps_the_order_of_greys() -> None:
    ramp = Image.fromarray(np.tile(np.arange(0, 100, dtype=np.uint8), (50, 1))).convert("RGB")
    row = np.asarray(improve(ramp, Changes(is_lit=True)))[0, :, 0].astype(int)
    assert (np.diff(row) >= 0).all()
    assert row[0] == 0
    assert row[-1] == 255


def test_that_contrast_is_spread_without_seams() -> None:
    faint = darkened(scene(), 0.22, 140)
    better = improve(faint, Changes(has_contrast=True))
    assert spread(better) > 1.8 * spread(faint)
    ramp = np.tile(np.linspace(100, 140, 640), (640, 1)).astype(np.uint8)
    result = np.asarray(improve(Image.fromarray(ramp).convert("RGB"), Changes(has_contrast=True)))
    steps = np.diff(result[320, :, 0].astype(int))
    # One grey of the ramp is six of the result, or twice that; a seam would go back, or leap.
    assert steps.min() >= -1
    assert steps.max() <= 14


def test_that_the_colour_of_the_light_goes() -> None:
    warm = np.asarray(printed(24)).astype(float) * np.array([1.0, 0.82, 0.55])
    better = improve(Image.fromarray(warm.astype(np.uint8)), Changes(is_balanced=True))
    red, green, blue = np.asarray(better)[2, 2].tolist()
    assert max(red, green, blue) - min(red, green, blue) <= 3


def test_that_sharpening_makes_edges_steeper() -> None:
    soft = printed(24).filter(ImageFilter.GaussianBlur(1.5))
    better = improve(soft, Changes(is_sharpened=True))

    def steepest(picture: Image.Image) -> float:
        return float(np.abs(np.diff(np.asarray(picture.convert("L")).astype(int))).max())

    assert steepest(better) > 1.3 * steepest(soft)


def test_that_a_tilted_page_becomes_level() -> None:
    look = look_at(printed(24, tilt=-4))
    level = improve(printed(24, tilt=-4), proposed(look))
    assert look_at(level).faults == ()


@pytest.mark.parametrize("degrees", [-7.5, -0.75, 2.0, 11.0])
def test_that_a_mark_goes_where_the_arithmetic_says(degrees: float) -> None:
    picture = Image.new("RGB", (401, 300), "white")
    ImageDraw.Draw(picture).ellipse((300, 40, 308, 48), "black")  # its middle is 304.5, 44.5
    turned = improve(picture, Changes(turn_degrees=degrees))
    assert turned.size == straight_size(401, 300, degrees)
    darkness = 255.0 - np.asarray(turned.convert("L"))
    y, x = np.mgrid[0 : turned.height, 0 : turned.width] + 0.5
    middle = (x * darkness).sum() / darkness.sum(), (y * darkness).sum() / darkness.sum()
    assert middle == pytest.approx(to_straight((304.5, 44.5), (401, 300), degrees), abs=0.1)


def test_that_no_corner_is_cut_and_the_new_ones_look_like_the_edge() -> None:
    picture = Image.new("RGB", (400, 300), (200, 180, 160))
    for x in (2, 397):
        for y in (2, 297):
            picture.putpixel((x, y), (255, 0, 0))
    turned = np.asarray(improve(picture, Changes(turn_degrees=6))).astype(int)
    red = (turned[:, :, 0] - turned[:, :, 2]) > 60
    assert red.any(axis=1).sum() >= 4
    assert np.abs(turned[0, 0] - [200, 180, 160]).max() <= 2


def test_that_the_picture_itself_is_left_alone() -> None:
    picture = scene()
    before = picture.tobytes()
    improve(picture, Changes(True, True, True, True, 3.0))
    assert picture.tobytes() == before


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (33, 33)])
def test_that_any_size_can_be_looked_at_and_changed(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, (90, 80, 70))
    look_at(picture)
    better = improve(picture, Changes(True, True, True, True, 5.0))
    assert better.size == straight_size(*size, 5.0)


def test_that_a_page_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ImageError) as caught:
        open_page(tmp_path / "gone.png")
    assert caught.value.code is ErrorCode.PICTURE_MISSING
