"""A large picture in tiles at several scales, for looking at it closely.

Small pictures are kept as they are. Large ones are kept as JPEG tiles, at a tenth of the bytes;
their pixels exist together only while the tiles are made.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from PIL import Image

TILE_PX = 512
_RAW_PIXELS = 24_000_000  # four bytes each, and a third more for the smaller levels: 128 MB
_JPEG_QUALITY = 92

TileKey: TypeAlias = tuple[int, int, int]  # level, column, row


class TilePixels(Struct, frozen=True):
    """One tile's pixels: `jpeg` bytes, or `raw` ones in the order blue, green, red, unused."""

    width: int
    height: int
    data: bytes
    is_jpeg: bool


class Pyramid:
    """The same picture at full size (level 0), half, a quarter ... until it fits one tile.

    Any thread may read it.
    """

    def __init__(self, picture: Image.Image) -> None:
        """Take an RGB picture; of a large one only tiles are kept."""
        self.size = picture.size
        self._is_jpeg = math.prod(picture.size) > _RAW_PIXELS
        self._sizes: list[tuple[int, int]] = []
        self._raw: list[Image.Image] = []
        self._tiles: dict[TileKey, bytes] = {}
        level = picture
        while True:
            self._take(level)
            if max(level.size) <= TILE_PX:
                return
            level = level.reduce(2)

    @property
    def level_count(self) -> int:
        """At least one."""
        return len(self._sizes)

    @property
    def kept_bytes(self) -> int:
        """About how much memory it takes."""
        raw = sum(4 * math.prod(level.size) for level in self._raw)
        return raw + sum(len(tile) for tile in self._tiles.values())

    def level_size(self, level: int) -> tuple[int, int]:
        """Width and height of a level."""
        return self._sizes[level]

    def grid(self, level: int) -> tuple[int, int]:
        """Columns and rows of tiles of a level."""
        width, height = self._sizes[level]
        return -(-width // TILE_PX), -(-height // TILE_PX)

    def tile(self, key: TileKey) -> TilePixels:
        """One tile; those at the right and at the bottom may be smaller than the others."""
        level, column, row = key
        box = self._box(level, column, row)
        width, height = box[2] - box[0], box[3] - box[1]
        if self._is_jpeg:
            return TilePixels(width, height, self._tiles[key], is_jpeg=True)
        data = self._raw[level].crop(box).tobytes("raw", "BGRX")
        return TilePixels(width, height, data, is_jpeg=False)

    def _take(self, level: Image.Image) -> None:
        number = len(self._sizes)
        self._sizes.append(level.size)
        if not self._is_jpeg:
            self._raw.append(level)
            return
        columns, rows = self.grid(number)
        for row in range(rows):
            for column in range(columns):
                buffer = io.BytesIO()
                tile = level.crop(self._box(number, column, row))
                tile.save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
                self._tiles[number, column, row] = buffer.getvalue()

    def _box(self, level: int, column: int, row: int) -> tuple[int, int, int, int]:
        width, height = self._sizes[level]
        left, top = column * TILE_PX, row * TILE_PX
        return left, top, min(left + TILE_PX, width), min(top + TILE_PX, height)
