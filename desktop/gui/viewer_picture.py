"""The picture in the viewer: found, decoded and cut into tiles off the main thread."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop.core.box_places import way_to_root
from desktop.core.geometry import Mapping
from desktop.core.types import ImageAttachment, Region
from desktop.gui.jobs import run_job
from desktop.intake import pyramid as pyramids
from desktop.intake import regions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from desktop.core.errors import GroundglassError
    from desktop.intake.pyramid import Pyramid, TileKey
    from desktop.store.attachments import AttachmentStore

_CACHE_BYTES = 96 * 1024 * 1024
_JOBS, _TILES_PER_JOB = 2, 4

# Which pyramid (0: of the page picture, 1: of the original) and which of its tiles.
TileName: TypeAlias = "tuple[int, TileKey]"


class Subject(Struct, frozen=True):
    """What the viewer shows for a picture of a message.

    Attributes:
        picture: The message's own.
        root: What is shown: the picture itself, or the original that it was cut from.
        original: The root's original file; None when it is gone.
        cut: Where on the root the picture was cut from; None when it is the root.
        to_root: From the picture's pixels to the root's.
    """

    picture: ImageAttachment
    root: ImageAttachment
    original: Path | None
    cut: Region | None
    to_root: Mapping


def find_subject(picture: ImageAttachment, store: AttachmentStore) -> Subject:
    """What to show for a picture. Reads the disk: not for the main thread."""
    origin = picture.origin
    if origin is not None and origin.region is not None and not origin.is_improved:
        found = store.find(origin.sha256, origin.page)
        if found is not None:
            root = replace(found, source_name=picture.source_name)
            return Subject(
                picture,
                root,
                store.original_path(origin.sha256),
                origin.region,
                way_to_root(picture, root),
            )
    return Subject(picture, picture, store.original_path(picture.sha256), None, Mapping())


class ViewerPicture(QObject):
    """One picture, first as its page picture, at need at all its pixels.

    Tiles are made for what is looked at, and forgotten when they have not been for a while. After
    `close` nothing of the picture is held.
    """

    changed = Signal()  # there is more to paint
    sharpening_changed = Signal()
    failed = Signal(object)  # GroundglassError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.subject: Subject | None = None
        self.is_sharpening = False  # the original is being decoded
        self._pyramids: list[Pyramid | None] = [None, None]
        self._tiles: OrderedDict[TileName, QImage] = OrderedDict()
        self._tile_bytes = 0
        self._wanted: list[TileName] = []
        self._in_work: set[TileName] = set()
        self._running = 0
        self._visit = 0  # results of an earlier picture are dropped
        self._has_tried_original = False

    @property
    def size(self) -> tuple[int, int]:
        """Of the upright root, in pixels; (1, 1) before a picture is there."""
        root = self.subject.root if self.subject is not None else None
        return (root.width, root.height) if root is not None else (1, 1)

    @property
    def is_loaded(self) -> bool:
        """Whether there is something to paint."""
        return self._pyramids[0] is not None

    @property
    def is_busy(self) -> bool:
        """Whether tiles are being made, or are about to be."""
        return bool(self._wanted or self._running)

    @property
    def kept_bytes(self) -> int:
        """About how much memory the picture takes."""
        kept = sum(pyramid.kept_bytes for pyramid in self._pyramids if pyramid is not None)
        return kept + self._tile_bytes

    def open(self, subject: Subject) -> None:
        """Show this one; its page picture follows off the main thread."""
        self.close()
        self.subject = subject
        self._build(0, partial(_make_pyramid, subject.root, None))

    def retarget(self, subject: Subject) -> None:
        """Another picture of the same root: what is loaded stays."""
        self.subject = subject

    def close(self) -> None:
        """Let go of everything."""
        self._visit += 1
        self.subject = None
        self.is_sharpening = self._has_tried_original = False
        self._pyramids = [None, None]
        self._tiles.clear()
        self._tile_bytes = 0
        self._wanted, self._in_work = [], set()

    def pyramid(self, pixels_per_pixel: float) -> tuple[int, Pyramid] | None:
        """The one that is sharp enough to show a pixel of the root this large, or the best so far.

        Asks for the original when the page picture is not sharp enough any more.
        """
        page, full = self._pyramids
        if page is None:
            return None
        is_enough = page.size[0] / self.size[0] >= min(pixels_per_pixel, 1.0) * 0.99
        if not is_enough or self._is_document:
            if full is not None:
                return 1, full
            if not is_enough or pixels_per_pixel > 1.0:
                self._sharpen()
        return 0, page

    def pyramid_at(self, number: int) -> Pyramid | None:
        """The page picture's (0) or the original's (1), if it is there."""
        return self._pyramids[number]

    def tile(self, name: TileName) -> QImage | None:
        """A tile, if it is there."""
        found = self._tiles.get(name)
        if found is not None:
            self._tiles.move_to_end(name)
        return found

    def want(self, names: Iterable[TileName]) -> None:
        """Make these tiles next; earlier wishes that were not begun are void."""
        self._wanted = [n for n in names if n not in self._tiles and n not in self._in_work]
        self._pump()

    # --- off the main thread ----------------------------------------------------------------------

    @property
    def _is_document(self) -> bool:
        """Whether more pixels than the root has can be drawn."""
        return self.subject is not None and self.subject.root.media_type == "application/pdf"

    def _sharpen(self) -> None:
        subject = self.subject
        if subject is None or subject.original is None or self._has_tried_original:
            return
        self._has_tried_original = self.is_sharpening = True
        self.sharpening_changed.emit()
        self._build(1, partial(_make_pyramid, subject.root, subject.original))

    def _build(self, number: int, make: Callable[[], Pyramid]) -> None:
        visit = self._visit

        def keep(pyramid: Pyramid) -> None:
            if visit == self._visit:
                self._pyramids[number] = pyramid
                self._end_sharpening(number)
                self.changed.emit()

        def give_up(error: GroundglassError) -> None:
            if visit == self._visit:
                self._end_sharpening(number)
                self.failed.emit(error)

        run_job(make, keep, give_up, owner=self)

    def _end_sharpening(self, number: int) -> None:
        if number == 1:
            self.is_sharpening = False
            self.sharpening_changed.emit()

    def _pump(self) -> None:
        while self._running < _JOBS and self._wanted:
            names, self._wanted = self._wanted[:_TILES_PER_JOB], self._wanted[_TILES_PER_JOB:]
            orders = [
                (name, pyramid)
                for name in names
                if (pyramid := self._pyramids[name[0]]) is not None
            ]
            if not orders:
                continue
            self._running += 1
            self._in_work.update(name for name, _ in orders)
            done = partial(self._keep_tiles, self._visit)
            run_job(partial(_make_tiles, orders), done, self._drop_tiles, owner=self)

    def _keep_tiles(self, visit: int, made: list[tuple[TileName, QImage]]) -> None:
        self._running -= 1
        if visit != self._visit:
            self._pump()
            return
        for name, image in made:
            self._in_work.discard(name)
            self._tiles[name] = image
            self._tile_bytes += image.sizeInBytes()
        while self._tile_bytes > _CACHE_BYTES and self._tiles:
            _, oldest = self._tiles.popitem(last=False)
            self._tile_bytes -= oldest.sizeInBytes()
        self._pump()
        self.changed.emit()

    def _drop_tiles(self, error: GroundglassError) -> None:
        self._running -= 1
        self.failed.emit(error)


def _make_pyramid(root: ImageAttachment, original: Path | None) -> Pyramid:
    return pyramids.Pyramid(regions.open_upright(root, original))


def _make_tiles(orders: list[tuple[TileName, Pyramid]]) -> list[tuple[TileName, QImage]]:
    return [(name, _image_of(pyramid, name[1])) for name, pyramid in orders]


def _image_of(pyramid: Pyramid, key: TileKey) -> QImage:
    tile = pyramid.tile(key)
    if tile.is_jpeg:
        return QImage.fromData(tile.data).convertToFormat(QImage.Format.Format_RGB32)
    shared = QImage(tile.data, tile.width, tile.height, 4 * tile.width, QImage.Format.Format_RGB32)
    return shared.copy()
