"""What is known of a question's pictures before it is sent: how they are seen, what would be lost.

Each page picture is looked at once, off the main thread, one after the other.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from desktop.core.cost import PictureCost, Remedy, cost_of, letters_seen, remedy_for
from desktop.core.types import ImageAttachment, PictureBudget, PictureLimits
from desktop.gui.jobs import run_job
from desktop.gui.pending import PendingState
from desktop.gui.speeds import Estimate, SpeedBook
from desktop.intake import improve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from desktop.core.errors import GroundglassError
    from desktop.gui.pending import PendingPicture
    from desktop.intake.improve import Look

_Page: TypeAlias = tuple[str, int]

_KEPT = 2_000
# What an answer and the question's own words need at the least, in tokens. A judgement.
_ROOM_FOR_ANSWER = 512


class Seeing(Struct, frozen=True):
    """By what pictures are shown to the model.

    Attributes:
        speed_key: Under which the speeds of the model in use are kept; empty while there is none.
        context_length: In tokens; None while it is not known.
    """

    budget: PictureBudget = PictureBudget.NORMAL
    limits: PictureLimits = PictureLimits()
    speed_key: str = ""
    context_length: int | None = None


class Check(Struct, frozen=True):
    """What is to be said of one picture.

    Attributes:
        cost: What the model is shown.
        estimate: Time and memory; None before they were measured.
        letters_px: How high its small print is shown; None where there is none.
        remedy: What helps against small print that is lost; None when nothing is lost.
        faults: What else is wrong with it; empty for one that was improved already.
    """

    cost: PictureCost
    estimate: Estimate | None = None
    letters_px: float | None = None
    remedy: Remedy | None = None
    faults: tuple[improve.Fault, ...] = ()


class AdviceKind(StrEnum):
    """What the one line under the pictures is about, the most pressing first."""

    TOO_MUCH = "too_much"  # more tokens than the context has
    SMALL_PRINT = "small_print"
    FAULTS = "faults"


class Advice(Struct, frozen=True):
    """One thing to say, with its way out.

    Attributes:
        kind: What it is about.
        key: The picture it is about; None for all of them.
        name: That picture's.
        check: That picture's.
        others: How many more pictures have the same trouble.
        tokens: Of all pictures together.
        room: Tokens there are for them; 0 where that is not known.
        page: The page of a document that it is about, in place of a picture with a key.
    """

    kind: AdviceKind
    key: int | None
    name: str = ""
    check: Check | None = None
    others: int = 0
    tokens: int = 0
    room: int = 0
    page: ImageAttachment | None = None


class Preflight(QObject):
    """Knows the looks of pages. `changed` follows when one more is known.

    Attributes:
        speeds: What was measured on this machine; empty until `set_speeds`.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.speeds = SpeedBook(parent=self)
        self._looks: OrderedDict[_Page, Look] = OrderedDict()
        self._waiting: OrderedDict[_Page, Path] = OrderedDict()
        self._looking: _Page | None = None

    def set_speeds(self, speeds: SpeedBook) -> None:
        """Take the times from here."""
        self.speeds = speeds
        speeds.changed.connect(self.changed)

    def look_of(self, picture: ImageAttachment) -> Look | None:
        """What was seen in its page; None before that."""
        return self._looks.get((picture.sha256, picture.page))

    def want(self, pictures: Iterable[ImageAttachment]) -> None:
        """Look at these and at no others that are still waiting."""
        self._waiting.clear()
        for picture in pictures:
            page = picture.sha256, picture.page
            if page not in self._looks and page != self._looking:
                self._waiting[page] = picture.path
        self._go_on()

    def check(self, picture: ImageAttachment, seeing: Seeing) -> Check:
        """What is to be said of a picture, as far as it is known by now."""
        size = picture.width, picture.height
        cost = cost_of(*size, seeing.budget, seeing.limits)
        estimate = self.speeds.estimate(seeing.speed_key, cost.tokens)
        look = self.look_of(picture)
        if look is None:
            return Check(cost, estimate)
        is_improved = picture.origin is not None and picture.origin.is_improved
        faults = () if is_improved else look.faults
        if look.letter_share is None:
            return Check(cost, estimate, faults=faults)
        return Check(
            cost,
            estimate,
            letters_seen(look.letter_share, cost),
            remedy_for(look.letter_share, size, seeing.budget, seeing.limits),
            faults,
        )

    def advice(self, items: Sequence[PendingPicture], seeing: Seeing) -> Advice | None:
        """The most pressing thing to say of these; None when all is well."""
        checks = [
            (item, self.check(item.attachment, seeing))
            for item in items
            if item.state is PendingState.READY and item.attachment is not None
        ]
        tokens = sum(check.cost.tokens for _, check in checks)
        room = max(0, (seeing.context_length or 0) - _ROOM_FOR_ANSWER)
        if seeing.context_length is not None and tokens > room:
            return Advice(AdviceKind.TOO_MUCH, None, tokens=tokens, room=room)
        for kind in (AdviceKind.SMALL_PRINT, AdviceKind.FAULTS):
            having = [pair for pair in checks if _has(kind, pair[1])]
            if having:
                item, check = having[0]
                return Advice(kind, item.key, item.name, check, len(having) - 1, tokens, room)
        return None

    def page_advice(self, pages: Sequence[ImageAttachment], seeing: Seeing) -> Advice | None:
        """Whether small print on these pages of documents would be lost."""
        having = [(page, check) for page in pages if (check := self.check(page, seeing)).remedy]
        if not having:
            return None
        page, check = having[0]
        others = len(having) - 1
        kind = AdviceKind.SMALL_PRINT
        return Advice(kind, None, page.source_name, check, others, page=page)

    def _go_on(self) -> None:
        if self._looking is not None or not self._waiting:
            return
        page, path = self._waiting.popitem(last=False)
        self._looking = page
        run_job(
            partial(_look, path),
            partial(self._keep, page),
            partial(self._give_up, page),
            owner=self,
        )

    def _keep(self, page: _Page, look: Look) -> None:
        self._looks[page] = look
        while len(self._looks) > _KEPT:
            self._looks.popitem(last=False)
        self._looking = None
        self.changed.emit()
        self._go_on()

    def _give_up(self, page: _Page, _error: GroundglassError) -> None:
        # A page that is gone has nothing to warn about: asking will bring the error.
        self._keep(page, improve.Look())


def _look(path: Path) -> Look:
    return improve.look_at(improve.open_page(path))


def _has(kind: AdviceKind, check: Check) -> bool:
    return bool(check.remedy if kind is AdviceKind.SMALL_PRINT else check.faults)
