"""The pictures of a question that is still being written, imported off the main thread."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Signal
from PySide6.QtGui import QImage, QImageWriter

from desktop.core.errors import ErrorCode, GroundglassError
from desktop.core.types import ImageAttachment
from desktop.gui.jobs import run_job
from desktop.gui.noting_keeper import NotingKeeper
from desktop.gui.page_jobs import close_document
from desktop.intake import documents, images

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from desktop.intake.keeper import PictureKeeper
    from desktop.store.attachments import AttachmentStore

PictureSource: TypeAlias = Path | bytes | QImage
_PNG_COMPRESSION = 1  # of 100: a large screenshot in well under a second
_keys = count(1)


class PendingState(StrEnum):
    """How far a picture has come."""

    IMPORTING = "importing"
    READY = "ready"
    REFUSED = "refused"


class PendingPicture(Struct, frozen=True):
    """One picture beside the question's text.

    Attributes:
        key: Its identity while it is pending; unique within the process.
        name: The file name, empty for a pasted picture.
        state: How far it has come.
        attachment: Set when ready.
        error: Why it was refused.
        prepared: 0..1 while and after the engine looks at it in advance; None before that.
        is_new: Whether this import brought the files onto the disk; nothing else refers to them.
        before: The picture that this one, improved, stands in for.
        is_before_new: What `is_new` says, of that one.
    """

    key: int
    name: str
    state: PendingState
    attachment: ImageAttachment | None = None
    error: GroundglassError | None = None
    prepared: float | None = None
    is_new: bool = False
    before: ImageAttachment | None = None
    is_before_new: bool = False


class LockedSource(Struct, frozen=True):
    """A document that opens only with its password."""

    source: Path | bytes
    name: str


class PendingPictures(QObject):
    """An ordered list of pictures. It deletes no file: `dropped` tells who might.

    A file that turns out to be a document of several pages leaves the list; whoever hears of it
    has it from then on, and closes it.
    """

    changed = Signal()
    dropped = Signal(object)  # the sha256 of a new picture that was not wanted after all
    document_opened = Signal(object)  # Document
    document_locked = Signal(object)  # LockedSource

    def __init__(self, attachments: AttachmentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._attachments = attachments
        self._items: list[PendingPicture] = []
        self._sources: dict[int, Path | bytes] = {}  # of what is being imported

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
            name = source.name if isinstance(source, Path) else ""
            key = self._begin(name, partial(_import, source, self._attachments, name))
            if not isinstance(source, QImage):
                self._sources[key] = source
        self.changed.emit()

    def add_made(self, name: str, make: Callable[[PictureKeeper], ImageAttachment]) -> None:
        """Add a picture that is made here, such as a part of another one.

        `make` runs on a pool thread and gets the place where pictures are kept.
        """
        self._begin(name, partial(_make, make, self._attachments))
        self.changed.emit()

    def add_ready(self, attachment: ImageAttachment, *, is_new: bool) -> None:
        """Add a picture that is kept already."""
        key = next(_keys)
        self._items.append(
            PendingPicture(
                key, attachment.source_name, PendingState.READY, attachment, is_new=is_new
            )
        )
        self.changed.emit()

    def put_in_place(self, key: int, attachment: ImageAttachment, *, is_new: bool) -> None:
        """Let another picture stand where one stands, under its name.

        One that was improved can be put back.
        """
        found = self._find(key)
        if found is None or found.attachment is None:
            if is_new:
                self.dropped.emit(attachment.sha256)
            return
        is_improved = attachment.origin is not None and attachment.origin.is_improved
        fresh = replace(
            found,
            attachment=replace(attachment, source_name=found.attachment.source_name),
            is_new=is_new,
            prepared=None,
        )
        if is_improved and found.before is None:
            self._settle(replace(fresh, before=found.attachment, is_before_new=found.is_new))
        elif is_improved:
            self._settle(fresh)
            self._tell_replaced(found)
        else:
            self._settle(replace(fresh, before=None, is_before_new=False))
            self._tell_dropped(found)

    def put_back(self, key: int) -> None:
        """Let the picture that was improved stand in its place again."""
        found = self._find(key)
        if found is None or found.before is None:
            return
        self._settle(
            replace(
                found,
                attachment=found.before,
                is_new=found.is_before_new,
                before=None,
                is_before_new=False,
                prepared=None,
            )
        )
        self._tell_replaced(found)

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
        found = self._find(key)
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

    def show_preparation(self, fraction: float | None, *, before: int = 0) -> None:
        """Spread the progress over the pictures: the engine looks at them one after the other.

        `before` pages of documents come first. The caller tells those who show it; `changed` is
        for the pictures themselves.
        """
        total = before + len(self.ready)
        done = before
        for index, item in enumerate(self._items):
            if item.attachment is None:
                continue
            own = None if fraction is None else min(1.0, max(0.0, fraction * total - done))
            self._items[index] = replace(item, prepared=own)
            done += 1

    def _begin(self, name: str, work: Callable[[], _Imported]) -> int:
        key = next(_keys)
        self._items.append(PendingPicture(key, name, PendingState.IMPORTING))
        run_job(work, partial(self._keep, key), partial(self._refuse, key), owner=self)
        return key

    def _keep(self, key: int, imported: _Imported) -> None:
        self._sources.pop(key, None)
        taken = imported.taken
        if isinstance(taken, documents.Document):
            if self._take_out(key):
                self.document_opened.emit(taken)
            else:
                close_document(taken, self)
            return
        settled = PendingPicture(
            key, taken.source_name, PendingState.READY, attachment=taken, is_new=imported.is_new
        )
        if not self._settle(settled):
            self._tell_dropped(settled)

    def _refuse(self, key: int, error: GroundglassError) -> None:
        name = next((item.name for item in self._items if item.key == key), "")
        source = self._sources.pop(key, None)
        if error.code is ErrorCode.DOCUMENT_LOCKED and source is not None:
            if self._take_out(key):
                self.document_locked.emit(LockedSource(source, name))
            return
        self._settle(PendingPicture(key, name, PendingState.REFUSED, error=error))

    def _take_out(self, key: int) -> bool:
        """Take an item out that becomes something else; False if a person did so before."""
        found = self._find(key)
        if found is not None:
            self._items.remove(found)
        return found is not None

    def _find(self, key: int) -> PendingPicture | None:
        return next((item for item in self._items if item.key == key), None)

    def _settle(self, settled: PendingPicture) -> bool:
        """Put the outcome in its place; False if the picture was taken out meanwhile."""
        for index, item in enumerate(self._items):
            if item.key == settled.key:
                self._items[index] = settled
                self.changed.emit()
                return True
        return False

    def _tell_dropped(self, item: PendingPicture) -> None:
        if item.is_before_new and item.before is not None:
            self.dropped.emit(item.before.sha256)
        self._tell_replaced(item)

    def _tell_replaced(self, item: PendingPicture) -> None:
        if item.is_new and item.attachment is not None:
            self.dropped.emit(item.attachment.sha256)


def as_pending(attachments: Iterable[ImageAttachment]) -> tuple[PendingPicture, ...]:
    """Pictures that are kept already, such as those of an older question."""
    return tuple(
        PendingPicture(next(_keys), a.source_name, PendingState.READY, attachment=a)
        for a in attachments
    )


class _Imported(Struct, frozen=True):
    taken: ImageAttachment | documents.Document
    is_new: bool = False


def _import(source: PictureSource, store: AttachmentStore, name: str) -> _Imported:
    """On a pool thread; a picture from the clipboard becomes a PNG file first."""
    if isinstance(source, QImage):
        source = _as_png(source)
    keeper = NotingKeeper(store)
    taken = images.take_file(source, keeper, source_name=name)
    return _Imported(taken, is_new=keeper.is_new)


def _make(make: Callable[[PictureKeeper], ImageAttachment], store: AttachmentStore) -> _Imported:
    keeper = NotingKeeper(store)
    made = make(keeper)
    return _Imported(made, is_new=keeper.is_new)


def _as_png(image: QImage) -> bytes:
    encoded = QByteArray()
    buffer = QBuffer(encoded)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(_PNG_COMPRESSION)
    writer.write(image)
    buffer.close()
    return bytes(encoded.data())
