from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Recipe = Callable[[str], Any]

SIZES = ((96, 128), (160, 160), (256, 192), (288, 96))


def shapes(recipe: Recipe, seed: int, **wanted: object) -> Any:
    rng = recipe("vocabulary").seeded("test", seed)
    return recipe("pictures").draw(rng, "shapes", *SIZES[seed % len(SIZES)], **wanted)


def test_that_a_seed_always_draws_the_same_picture(recipe: Recipe) -> None:
    first, again, other = (shapes(recipe, seed) for seed in (1, 1, 5))
    assert np.array_equal(first.pixels, again.pixels)
    assert first.shapes == again.shapes
    assert not np.array_equal(first.pixels, other.pixels)


@pytest.mark.parametrize("seed", range(24))
def test_that_pictures_have_the_wanted_size_and_shapes_lie_inside(
    recipe: Recipe, seed: int
) -> None:
    scene = shapes(recipe, seed)
    width, height = SIZES[seed % len(SIZES)]
    assert scene.pixels.shape == (height, width, 3)
    for shape in scene.shapes:
        left, top, right, bottom = shape.box
        assert 0 <= left < shape.x < right <= width
        assert 0 <= top < shape.y < bottom <= height
        assert shape.cell == (int(3 * shape.y / height), int(3 * shape.x / width))


def test_that_compositions_of_the_exam_never_occur_in_training(recipe: Recipe) -> None:
    composition = recipe("scene").composition

    def several(*, held_out: bool) -> set[str]:
        drawn = (shapes(recipe, seed, held_out=held_out) for seed in range(60))
        return {composition(scene.shapes) for scene in drawn if len(scene.shapes) > 1}

    assert several(held_out=True)
    assert not several(held_out=True) & several(held_out=False)


def test_that_fonts_of_the_exam_are_not_among_those_of_training(recipe: Recipe) -> None:
    fonts = recipe("fonts")
    assert len(set(fonts.TRAINING)) == len(fonts.TRAINING) > 100
    assert not set(fonts.TRAINING) & set(fonts.HELD_OUT)
    families = {name.split("-")[0].removesuffix(".ttf") for name in fonts.HELD_OUT}
    assert not [name for name in fonts.TRAINING if name.startswith(tuple(families))]


@pytest.mark.parametrize("held_out", [True, False])
def test_that_printed_words_keep_to_their_side(recipe: Recipe, held_out: bool) -> None:
    voc = recipe("vocabulary")
    rng = voc.seeded("words")
    words = [voc.printed_word(rng, held_out=held_out) for _ in range(300)]
    assert {voc.is_held_out(word) for word in words} == {held_out}
    assert {voc.sort_of_print(word) for word in words} == {"word", "price", "number", "code"}
    assert max(map(len, words)) == 8


def test_that_yes_and_no_are_balanced(recipe: Recipe) -> None:
    ask, rng = recipe("questions").ASKERS["yesno"], recipe("vocabulary").seeded("yes")
    scenes = [shapes(recipe, seed) for seed in range(60)]
    answers = [ask(rng, scene, "en").answer for scene in scenes for _ in range(10)]
    yes = sum(answer.startswith("Yes") for answer in answers)
    assert 0.4 < yes / len(answers) < 0.6


def test_that_a_box_is_given_in_thousandths_of_the_picture(recipe: Recipe) -> None:
    scene = recipe("scene").Scene("shapes", 200, 100)
    assert recipe("questions").thousandths((50, 25, 100, 75), scene) == [250, 250, 500, 750]


def test_that_several_pictures_are_described_one_after_another(recipe: Recipe) -> None:
    dialogue, rng = recipe("dialogue"), recipe("vocabulary").seeded("several")
    describe = recipe("questions").describe
    scenes = [shapes(recipe, seed) for seed in (1, 2)]
    english, chinese = (dialogue.all_of_them(rng, scenes, tongue).answer for tongue in ("en", "zh"))
    assert english == f"Image 1: {describe(scenes[0], 'en')} Image 2: {describe(scenes[1], 'en')}"
    assert chinese == f"图1：{describe(scenes[0], 'zh')}图2：{describe(scenes[1], 'zh')}"
