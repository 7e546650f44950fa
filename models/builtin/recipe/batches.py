"""Turns dialogues into tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from recipe import tokens
from recipe.model import Batch
from recipe.questions import thousandths
from recipe.vocabulary import COLORS, NUMBERS_ZH, PRINTED, SHAPES

if TYPE_CHECKING:
    import random

    from torch import Tensor

    from recipe.dialogue import Dialogue
    from recipe.scene import Scene

PATCH = 16
CHAR_CLASS = {char: index + 1 for index, char in enumerate(PRINTED)}
CHARACTERS = np.array([tokens.encode(char)[0] for char in PRINTED if char.isalnum()])
DECIDING = np.array(
    [
        tokens.encode(word)[0]
        for word in (
            *("Yes", "No", " yes", " no", " left", " right", " above", " below"),
            *("是", "不是", "有", "没有", "左侧", "右侧", "上方", "下方"),
            *NUMBERS_ZH,
        )
    ]
)
COLOR_CLASS = {name: index + 1 for index, name in enumerate(COLORS)}


def patches(pixels: np.ndarray) -> np.ndarray:
    """Patches x 768: the four of each token together, channel by channel."""
    height, width, _ = pixels.shape
    parts = pixels.reshape(height // 32, 2, PATCH, width // 32, 2, PATCH, 3)
    return parts.transpose(0, 3, 1, 4, 6, 2, 5).reshape(-1, 768)


def _in_token_order(grid: np.ndarray) -> np.ndarray:
    height, width, *rest = grid.shape
    parts = grid.reshape(height // 2, 2, width // 2, 2, *rest)
    return np.moveaxis(parts, 2, 1).reshape(height * width, *rest)


def _price_digits(scene: Scene, line: int) -> list[int]:
    """Four digits of the price on a receipt's line, from tens down; 10 where there is none."""
    if scene.kind != "receipt":
        return [-1] * 4
    digits = [int(char) for char in scene.lines[line - 1] if char.isdigit()]
    return [10] * (4 - len(digits)) + digits


def dense_targets(scene: Scene) -> tuple[np.ndarray, ...]:
    """What each patch shows: two characters (left and right half), and more of a shape.

    That is its kind, colour, box, place, and its kind again where its middle is. Last come numbers
    for the language model to copy. Of a shape: the hundreds of its box in thousandths, cut off and
    rounded, and which it is in reading order, of its kind and of its colour. Of the two characters:
    which in the line they are, the first one's line and that line's price.
    """
    height, width = scene.height // PATCH, scene.width // PATCH
    chars = np.zeros((height, width, 2), np.int64)
    kinds, tones, places, middles = np.zeros((4, height, width), np.int64)
    boxes = np.zeros((height, width, 8), np.float32)
    figures, orders = np.full((height, width, 11), -1), np.full((height, width, 7), -1)
    for glyph in scene.glyphs:
        row, column = int(glyph.y // PATCH), int(glyph.x // PATCH)
        half = int((glyph.x % PATCH) // (PATCH // 2))
        if 0 <= row < height and 0 <= column < width and not chars[row, column, half]:
            chars[row, column, half] = CHAR_CLASS[glyph.char]
            if glyph.line:
                orders[row, column, half] = min(10, glyph.index)
                if orders[row, column, 2] < 0:
                    orders[row, column, 2] = glyph.line
                    orders[row, column, 3:] = _price_digits(scene, glyph.line)
    sides = (scene.width, scene.height, scene.width, scene.height)
    for number, shape in enumerate(scene.shapes, 1):
        edges = thousandths(shape.box, scene)
        hundreds = [digit for edge in edges for digit in (edge // 100, (edge + 50) // 100)]
        before = scene.shapes[:number]
        alike = (
            sum(s.kind == shape.kind for s in before),
            sum(s.color == shape.color for s in before),
        )
        left, top, right, bottom = shape.box
        for row in range(max(0, int(top // PATCH)), min(height, int(bottom // PATCH) + 1)):
            for column in range(max(0, int(left // PATCH)), min(width, int(right // PATCH) + 1)):
                x, y = column * PATCH, row * PATCH
                over_x, over_y = (
                    min(right, x + PATCH) - max(left, x),
                    min(bottom, y + PATCH) - max(top, y),
                )
                if over_x >= 6 and over_y >= 6:
                    kinds[row, column] = SHAPES.index(shape.kind) + 1
                    tones[row, column] = COLOR_CLASS[shape.color]
                    middle = (x + 8, y + 8, x + 8, y + 8)
                    boxes[row, column, :4] = np.subtract(shape.box, middle) / 32
                    boxes[row, column, 4:] = np.divide(shape.box, sides)
                    figures[row, column] = [*hundreds, number, *alike]
                    places[row, column] = 1 + 3 * shape.cell[0] + shape.cell[1]
        row, column = int((top + bottom) / 2 // PATCH), int((left + right) / 2 // PATCH)
        middles[row, column] = SHAPES.index(shape.kind) + 1
    grids = (chars, kinds, tones, boxes, places, middles, figures, orders)
    return tuple(_in_token_order(grid) for grid in grids)


def _row(dialogue: Dialogue, longest: int, *, system: bool) -> tokens.Sequence:
    """One dialogue as tokens: questions side by side are blocks after the same pictures."""
    scenes = dialogue.scenes
    shapes = [(scene.height // 32, scene.width // 32) for scene in scenes]
    row = tokens.opening(shapes, system=system)
    start, first = row.next_position, True
    for number, exchange in enumerate(dialogue.exchanges, 1):
        question, answer = tokens.encode(exchange.question), tokens.encode(exchange.answer)
        if len(row.ids) + len(question) + len(answer) + 14 > longest:
            continue
        block = 0 if dialogue.chained else number
        if dialogue.chained and not first:
            row.text([*tokens.NEWLINE, *tokens.USER])
        if not dialogue.chained:
            row.next_position = start
        row.text([*question, tokens.IM_END, *tokens.NEWLINE, *tokens.ASSISTANT], block)
        row.text([*answer, tokens.IM_END], block, learned=True)
        first = False
    return row


def _see(scenes: list[Scene]) -> tuple[Tensor, tuple[int, int], tuple[Tensor, ...]]:
    if not scenes:
        return torch.zeros(0), (0, 0), ()
    shown = torch.from_numpy(np.stack([patches(scene.pixels) for scene in scenes]))
    targets = [dense_targets(scene) for scene in scenes]
    dense = tuple(torch.from_numpy(np.stack(part)) for part in zip(*targets, strict=True))
    return shown, (scenes[0].height // PATCH, scenes[0].width // PATCH), dense


def pictures_only(scenes: list[Scene]) -> Batch:
    """A batch without text."""
    empty = torch.zeros(0)
    return Batch(*_see(scenes), empty, empty, empty, empty, empty, empty, empty)


def _answer_weights(targets: np.ndarray) -> np.ndarray:
    """Long answers count less than their length; what decides counts two or three times."""
    weights = np.zeros(targets.shape, np.float32)
    for row, line in enumerate(targets):
        column = 0
        while column < len(line):
            end = column
            while end < len(line) and line[end] >= 0:
                end += 1
            if end > column:
                weights[row, column:end] = (end - column) ** -0.25
            column = max(end, column + 1)
    factors = 1 + np.isin(targets, CHARACTERS) + 2 * np.isin(targets, DECIDING)
    return weights * factors.astype(np.float32)


def collate(rng: random.Random, dialogues: list[Dialogue], longest: int = 1024) -> Batch:
    """One batch; all pictures have the same size and all rows the same number of them."""
    system = rng.random() < 0.1
    rows = [_row(dialogue, longest, system=system) for dialogue in dialogues]
    length = -(-max(len(row.ids) for row in rows) // 16) * 16
    count = len(rows)
    ids = np.full((count, length), tokens.END_OF_TEXT, np.int64)
    positions = np.zeros((3, count, length), np.int64)
    block = np.full((count, length), -1, np.int64)
    targets = np.full((count, length), -1, np.int64)
    for index, row in enumerate(rows):
        used = len(row.ids)
        ids[index, :used], block[index, :used] = row.ids, row.block
        positions[:, index, :used] = np.array(row.positions).T
        targets[index, : used - 1] = row.targets[1:]
    same = (block[:, None, :] == 0) | (block[:, None, :] == block[:, :, None])
    mask = np.tril(np.ones((length, length), bool))[None] & same
    mask |= np.eye(length, dtype=bool)[None]
    flat = targets.reshape(-1)
    answer_at = np.nonzero(flat >= 0)[0]
    scenes = [scene for dialogue in dialogues for scene in dialogue.scenes]
    text = (
        ids,
        positions,
        mask[:, None],
        np.nonzero(ids.reshape(-1) == tokens.IMAGE_PAD)[0],
        answer_at,
        flat[answer_at],
        _answer_weights(targets).reshape(-1)[answer_at],
    )
    return Batch(*_see(scenes), *(torch.from_numpy(array) for array in text))
