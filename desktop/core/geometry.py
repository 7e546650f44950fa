"""Where something is: from the picture that a model saw, back to the pixel in the file.

A chain of exact steps. All coordinates are continuous: a picture covers 0 to `width` and 0 to
`height`, its first pixel 0 to 1.

    model's numbers -> picture as the model saw it -> upright picture of the attachment
        -> (cut out, turned, straightened) upright original -> pixels as they stand in the file
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from desktop.core.model_spec import Coordinates
from desktop.core.skew import straight_size
from desktop.core.types import Region

if TYPE_CHECKING:
    from desktop.core.types import PictureOrigin

Size: TypeAlias = tuple[int, int]
Point: TypeAlias = tuple[float, float]
RELATIVE_SIDE = 1000
_NOISE = 1e-6  # of a pixel: what mapping there and back leaves


class Rect(Struct, frozen=True):
    """A rectangle with continuous sides; it may be empty, inverted, or outside of its picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Negative when inverted."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Negative when inverted."""
        return self.bottom - self.top

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """From the top left, clockwise."""
        return (
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        )

    def upright(self) -> Rect:
        """The same with left before right and top before bottom."""
        return Rect(
            min(self.left, self.right),
            min(self.top, self.bottom),
            max(self.left, self.right),
            max(self.top, self.bottom),
        )

    def within(self, size: Size) -> Rect:
        """What of it lies on a picture of this size; empty, at its edge, when nothing does."""
        width, height = size
        return Rect(
            min(max(self.left, 0.0), width),
            min(max(self.top, 0.0), height),
            min(max(self.right, 0.0), width),
            min(max(self.bottom, 0.0), height),
        )

    def to_region(self, size: Size) -> Region:
        """The whole pixels that it touches on a picture of this size, at least one."""
        inside = self.upright().within(size)
        left = min(math.floor(inside.left + _NOISE), size[0] - 1)
        top = min(math.floor(inside.top + _NOISE), size[1] - 1)
        right = max(math.ceil(inside.right - _NOISE), left + 1)
        return Region(left, top, right, max(math.ceil(inside.bottom - _NOISE), top + 1))


def rect_of(region: Region) -> Rect:
    """The same, continuous."""
    return Rect(region.left, region.top, region.right, region.bottom)


class Mapping(Struct, frozen=True):
    """An affine map of the plane: x' = xx*x + xy*y + x0, y' = yx*x + yy*y + y0."""

    xx: float = 1.0
    xy: float = 0.0
    x0: float = 0.0
    yx: float = 0.0
    yy: float = 1.0
    y0: float = 0.0

    def point(self, x: float, y: float) -> Point:
        """Where a point goes."""
        return self.xx * x + self.xy * y + self.x0, self.yx * x + self.yy * y + self.y0

    def rect(self, rect: Rect) -> Rect:
        """The upright rectangle around where a rectangle goes."""
        points = [self.point(x, y) for x, y in rect.corners]
        across, down = [x for x, _ in points], [y for _, y in points]
        return Rect(min(across), min(down), max(across), max(down))

    def then(self, after: Mapping) -> Mapping:
        """First this one, then the other."""
        x0, y0 = after.point(self.x0, self.y0)
        return Mapping(
            after.xx * self.xx + after.xy * self.yx,
            after.xx * self.xy + after.xy * self.yy,
            x0,
            after.yx * self.xx + after.yy * self.yx,
            after.yx * self.xy + after.yy * self.yy,
            y0,
        )

    def inverse(self) -> Mapping:
        """The way back; a map that flattens the plane raises `ZeroDivisionError`."""
        d = self.xx * self.yy - self.xy * self.yx
        xx, xy, yx, yy = self.yy / d, -self.xy / d, -self.yx / d, self.xx / d
        x0, y0 = xx * self.x0 + xy * self.y0, yx * self.x0 + yy * self.y0
        return Mapping(xx, xy, -x0, yx, yy, -y0)


def scaling(source: Size, target: Size) -> Mapping:
    """A picture of one size laid onto another size."""
    return Mapping(xx=target[0] / source[0], yy=target[1] / source[1])


def turned_size(size: Size, quarter_turns: int) -> Size:
    """The size of a picture after turning."""
    return (size[1], size[0]) if quarter_turns % 2 else size


def turning(size: Size, quarter_turns: int) -> Mapping:
    """A picture of this size turned clockwise by 90 degrees so many times."""
    width, height = size
    match quarter_turns % 4:
        case 1:
            return Mapping(0, -1, height, 1, 0, 0)
        case 2:
            return Mapping(-1, 0, width, 0, -1, height)
        case 3:
            return Mapping(0, 1, 0, -1, 0, width)
        case _:
            return Mapping()


def model_to_seen(coordinates: Coordinates, seen: Size) -> Mapping | None:
    """From a model's numbers to pixels of the picture it saw; None when it writes no boxes."""
    match coordinates:
        case Coordinates.RELATIVE_1000:
            return scaling((RELATIVE_SIDE, RELATIVE_SIDE), seen)
        case Coordinates.ABSOLUTE:
            return Mapping()
        case Coordinates.NONE:
            return None


def model_to_upright(coordinates: Coordinates, seen: Size, upright: Size) -> Mapping | None:
    """From a model's numbers to the upright picture of the attachment it looked at."""
    first = model_to_seen(coordinates, seen)
    return None if first is None else first.then(scaling(seen, upright))


def to_origin(origin: PictureOrigin, size: Size, original: Size) -> Mapping:
    """From an upright picture to the upright original that it was made from.

    `size` is the made picture's, `original` the original's. An improved one may have fewer pixels;
    straightening keeps the middle and lets the canvas grow until no corner is cut off.
    """
    region = origin.region or Region(0, 0, *original)
    cut = region.width, region.height
    upright = turned_size(cut, origin.quarter_turns)
    grown = straight_size(*upright, origin.skew_degrees)
    back = Mapping(xx=grown[0] / size[0], yy=grown[1] / size[1])
    if origin.skew_degrees:
        back = back.then(Mapping(x0=-grown[0] / 2, y0=-grown[1] / 2))
        back = back.then(_rotation(-origin.skew_degrees))
        back = back.then(Mapping(x0=upright[0] / 2, y0=upright[1] / 2))
    back = back.then(turning(cut, origin.quarter_turns).inverse())
    return back.then(Mapping(x0=region.left, y0=region.top))


def upright_to_file(orientation: int, file_size: Size) -> Mapping:
    """From the upright original to the pixels as they stand in the file.

    `orientation` is EXIF's, 1 to 8 (any other counts as 1); `file_size` is the stored one.
    """
    width, height = file_size
    maps = {
        2: Mapping(xx=-1, x0=width),
        3: Mapping(xx=-1, x0=width, yy=-1, y0=height),
        4: Mapping(yy=-1, y0=height),
        5: Mapping(0, 1, 0, 1, 0, 0),
        6: Mapping(0, 1, 0, -1, 0, height),
        7: Mapping(0, -1, width, -1, 0, height),
        8: Mapping(0, -1, width, 1, 0, 0),
    }
    return maps.get(orientation, Mapping())


def _rotation(degrees: float) -> Mapping:
    """Clockwise about the origin, as y points down."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return Mapping(xx=cosine, xy=-sine, yx=sine, yy=cosine)
