"""The pictures of a question that is still being written, imported off the main thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal
from PySide6.QtGui import QImage, QImageWriter

from desktop.core.errors import GroundglassError
from desktop.core.types import ImageAttachment
from desktop.gui.jobs import run_job
from desktop.intake.images import take_picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.store.attachments import AttachmentStore

PictureSource: TypeAlias = Path | bytes | QImage
_PNG_COMPRESSION = 1  # of 100: a large screenshot in well under a second
_keys = count(1)


class PendingState(StrEnum):
    """How far a picture has come."""

    IMPORTING = "importing"
    READY = "ready"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PendingPicture:
    """One picture beside the question's text.

    Attributes:
        key: Its identity while it is pending; unique within the process.
        name: The file name, empty for a pasted picture.
        state: How far it has come.
        attachment: Set when ready.
        error: Why it was refused.
        prepared: 0..1 while and after the engine looks at it in advance; None before that.
        is_new: Whether this import brought the files onto the disk; nothing else refers to them.
    """

    key: int
    name: str
    state: PendingState
    attachment: ImageAttachment | None = None
    error: GroundglassError | None = None
    prepared: float | None = None
    is_new: bool = False


class PendingPictures(QObject):
    """An ordered list of pictures. It deletes no file: `dropped` tells who might."""

    changed = Signal()
    dropped = Signal(object)  # the sha256 of a new picture that was not wanted after all

    def __init__(self, attachments: AttachmentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._attachments = attachments
        self._items: list[PendingPicture] = []

    @property
    def items(self) -> tuple[PendingPicture, ...]:
        """All of them, in the order in which the question shows them."""
        return tuple(self._items)

    @property
    def ready(self) -> tuple[ImageAttachment, ...]:
        """Those that can be asked about, in order."""
        return tuple(item.attachment for item in self._items if item.attachment is not None)

    @property
    def is_importing(self) -> bool:
        """Whether one is still on its way."""
        return any(item.state is PendingState.IMPORTING for item in self._items)

    @property
    def has_refused(self) -> bool:
        """Whether one shows its sentence."""
        return any(item.state is PendingState.REFUSED for item in self._items)

    def add(self, sources: Iterable[PictureSource]) -> None:
        """Import files or pictures; they stand in the list at once."""
        for source in sources:
            key = next(_keys)
            name = source.name if isinstance(source, Path) else ""
            self._items.append(PendingPicture(key, name, PendingState.IMPORTING))
            run_job(
                partial(_import, source, self._attachments, name),
                partial(self._keep, key),
                partial(self._refuse, key),
                owner=self,
            )
        self.changed.emit()

    def put(self, items: Sequence[PendingPicture]) -> None:
        """Replace the whole list."""
        replaced, self._items = self._items, list(items)
        self.changed.emit()
        for item in replaced:
            self._tell_dropped(item)

    def remove(self, key: int) -> None:
        """Take one out; an unknown key is ignored."""
        for item in [item for item in self._items if item.key == key]:
            self._items.remove(item)
            self.changed.emit()
            self._tell_dropped(item)

    def move(self, key: int, index: int) -> None:
        """Put one at this place, counted in the list without it."""
        found = next((item for item in self._items if item.key == key), None)
        if found is None:
            return
        rest = [item for item in self._items if item is not found]
        rest.insert(max(0, min(index, len(rest))), found)
        if rest != self._items:
            self._items = rest
            self.changed.emit()

    def clear(self) -> None:
        """Empty the list: its pictures belong to a message now."""
        if self._items:
            self._items = []
            self.changed.emit()

    def show_preparation(self, fraction: float | None) -> None:
        """Spread the progress over the pictures: the engine looks at them one after the other.

        The caller tells those who show it; `changed` is for the pictures themselves.
        """
        total = len(self.ready)
        done = 0
        for index, item in enumerate(self._items):
            if item.attachment is None:
                continue
            own = None if fraction is None else min(1.0, max(0.0, fraction * total - done))
            self._items[index] = replace(item, prepared=own)
            done += 1

    def _keep(self, key: int, imported: _Imported) -> None:
        settled = PendingPicture(
            key,
            imported.attachment.source_name,
            PendingState.READY,
            attachment=imported.attachment,
            is_new=imported.is_new,
        )
        if not self._settle(settled):
            self._tell_dropped(settled)

    def _refuse(self, key: int, error: GroundglassError) -> None:
        name = next((item.name for item in self._items if item.key == key), "")
        self._settle(PendingPicture(key, name, PendingState.REFUSED, error=error))

    def _settle(self, settled: PendingPicture) -> bool:
        """Put the outcome in its place; False if the picture was taken out meanwhile."""
        for index, item in enumerate(self._items):
            if item.key == settled.key:
                self._items[index] = settled
                self.changed.emit()
                return True
        return False

    def _tell_dropped(self, item: PendingPicture) -> None:
        if item.is_new and item.attachment is not None:
            self.dropped.emit(item.attachment.sha256)


def as_pending(attachments: Iterable[ImageAttachment]) -> tuple[PendingPicture, ...]:
    """Pictures that are kept already, such as those of an older question."""
    return tuple(
        PendingPicture(next(_keys), a.source_name, PendingState.READY, attachment=a)
        for a in attachments
    )


@dataclass(frozen=True, slots=True)
class _Imported:
    attachment: ImageAttachment
    is_new: bool


class _NotingKeeper:
    """The attachment store, remembering whether the picture was new to it."""

    def __init__(self, store: AttachmentStore) -> None:
        self._store = store
        self.is_new = False

    def find(self, sha256: str, page: int) -> ImageAttachment | None:
        return self._store.find(sha256, page)

    def keep(
        self,
        *,
        sha256: str,
        page: int,
        media_type: str,
        suffix: str,
        width: int,
        height: int,
        original: Iterable[bytes],
        page_png: bytes,
        thumbnail_png: bytes,
    ) -> ImageAttachment:
        self.is_new = True
        return self._store.keep(
            sha256=sha256,
            page=page,
            media_type=media_type,
            suffix=suffix,
            width=width,
            height=height,
            original=original,
            page_png=page_png,
            thumbnail_png=thumbnail_png,
        )


def _import(source: PictureSource, store: AttachmentStore, name: str) -> _Imported:
    """On a pool thread; a picture from the clipboard becomes a PNG file first."""
    if isinstance(source, QImage):
        source = _as_png(source)
    keeper = _NotingKeeper(store)
    attachment = take_picture(source, keeper, source_name=name)
    return _Imported(attachment, is_new=keeper.is_new)


def _as_png(image: QImage) -> bytes:
    encoded = QByteArray()
    buffer = QBuffer(encoded)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(_PNG_COMPRESSION)
    writer.write(image)
    buffer.close()
    return bytes(encoded.data())
