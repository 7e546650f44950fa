"""What each step of the training sees, given how far it has come (0 to 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recipe import dialogue, pictures
from recipe.batches import collate, pictures_only
from recipe.vocabulary import seeded

if TYPE_CHECKING:
    import random

    from recipe.model import Batch

SQUARE = (128, 128)
USUAL = ((160, 160), (160, 160), (192, 128), (128, 192), (192, 160), (160, 192), (160, 128))
SIZES = (
    *((w, h) for w in (96, 128, 160, 192) for h in (96, 128, 160, 192) if (w, h) != SQUARE),
    (224, 128),
    (128, 224),
    (256, 128),
    (128, 256),
    (224, 160),
    (160, 224),
    (256, 160),
    (160, 256),
    (256, 192),
    (192, 256),
    (224, 224),
    (256, 256),
    (288, 96),
    (256, 96),
    (96, 224),
)
DENSE_KINDS = {"dense": 0.16, "text": 0.20, "receipt": 0.36, "shapes": 0.25, "mixed": 0.03}
READING_KINDS = {"shapes": 0.38, "text": 0.28, "receipt": 0.22, "mixed": 0.09, "clutter": 0.03}
SMALL_KINDS = {"shapes": 0.6, "text": 0.35, "clutter": 0.05}
TOKENS_A_BATCH = 400  # of pictures, in each process: 16 of 160 x 160
QUESTIONS_A_PICTURE = 6  # as many of them as fit the row


def _kind(rng: random.Random, weights: dict[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _size(rng: random.Random) -> tuple[int, int]:
    """Mostly what the app scales pictures to, about 25 tokens; all shapes come up."""
    draw = rng.random()
    if draw < 0.15:
        return SQUARE
    return rng.choice(USUAL if draw < 0.55 else SIZES)


def _dense_share(progress: float) -> float:
    """How many of the steps train only the eyes: many at first, few at the end."""
    if progress < 0.45:
        return 0.45
    return 0.3 if progress < 0.75 else 0.12


def batch_at(seed: int, step: int, rank: int, progress: float) -> Batch:
    """This process's batch of a step. The same arguments give the same batch."""
    common = seeded(seed, step)  # decides for all processes alike, so that they take equally long
    rng = seeded(seed, step, rank)
    draw = common.random()
    size = _size(common)
    width, height = size
    number = max(6, TOKENS_A_BATCH * 1024 // (width * height))
    roomy = width >= 128 and height >= 128
    if draw < _dense_share(progress):
        kinds = DENSE_KINDS if roomy else {"dense": 0.6, "shapes": 0.4}
        more = number * 5 // 4
        return pictures_only([pictures.draw(rng, _kind(rng, kinds), *size) for _ in range(more)])
    draw = common.random()
    if draw < 0.03:
        return collate(rng, [dialogue.about_nothing(rng, 4) for _ in range(24)], 160)
    if draw < 0.15:
        small = common.choice(((96, 96), (128, 96), (96, 128), SQUARE, SQUARE, (160, 128)))
        count = common.choice((2, 2, 3))
        several = [dialogue.about_several(rng, count, small, 4) for _ in range(24 // count)]
        return collate(rng, several, 256)
    kinds = READING_KINDS if roomy else SMALL_KINDS
    scenes = [pictures.draw(rng, _kind(rng, kinds), *size) for _ in range(number)]
    about = [dialogue.about_one(rng, scene, QUESTIONS_A_PICTURE) for scene in scenes]
    return collate(rng, about, 144 + width * height // 1024)
