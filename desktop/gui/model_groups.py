"""The model manager's rows: all forms of a model as one, in sections, through filters."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from desktop.core.fit import Fit
from desktop.core.model_spec import Strength
from desktop.gui.model_entries import EntryState, ModelEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The form that stands for its model: what moves or wants attention before what rests.
_ORDER = (
    EntryState.RUNNING,
    EntryState.QUEUED,
    EntryState.FAILED,
    EntryState.PAUSED,
    EntryState.READY,
    EntryState.UNUSABLE,
    EntryState.MISSING,
    EntryState.AVAILABLE,
)


class Section(StrEnum):
    """Where a row stands."""

    COMING = "coming"  # on its way
    HERE = "here"
    RECOMMENDED = "recommended"
    MORE = "more"


class ModelGroup(Struct, frozen=True):
    """A model with all its forms.

    Attributes:
        id: The catalogue's id, or the key of an entry that is alone.
        entries: At least one, the preferred form first.
        shown: The one that the row stands for.
    """

    id: str
    entries: tuple[ModelEntry, ...]
    shown: ModelEntry

    @property
    def section(self) -> Section:
        """Where the row stands."""
        if self.shown.is_coming:
            return Section.COMING
        if any(entry.is_here for entry in self.entries):
            return Section.HERE
        is_recommended = any(entry.is_recommended for entry in self.entries)
        return Section.RECOMMENDED if is_recommended else Section.MORE


class Filters(Struct, frozen=True):
    """What a person wants to see.

    Attributes:
        strength: Good at this; None: everything.
        fits_only: Only what fits this computer, if only tightly; what is here stays.
    """

    strength: Strength | None = None
    fits_only: bool = False

    def shows(self, group: ModelGroup) -> bool:
        """Whether a row stays in sight."""
        spec = group.shown.spec
        if self.strength is not None and (spec is None or self.strength not in spec.good_at):
            return False
        if not self.fits_only or group.section in {Section.COMING, Section.HERE}:
            return True
        return any(
            entry.fit is not None and entry.fit.fit in {Fit.WELL, Fit.TIGHT}
            for entry in group.entries
        )


def groups_of(
    entries: Iterable[ModelEntry], chosen: Mapping[str, str] | None = None
) -> tuple[ModelGroup, ...]:
    """Entries of one model together, in the order in which each model comes first.

    `chosen` maps a group's id to the key of the form that a person picked; what is on its way or
    here still stands for its model.
    """
    by_id: dict[str, list[ModelEntry]] = {}
    for entry in entries:
        by_id.setdefault(group_id(entry), []).append(entry)
    chosen = chosen or {}
    return tuple(
        ModelGroup(name, _in_catalogue_order(found), _shown(found, chosen.get(name)))
        for name, found in by_id.items()
    )


def group_id(entry: ModelEntry) -> str:
    """The id of the group that an entry belongs to."""
    return entry.spec.id if entry.spec is not None else entry.key


def _in_catalogue_order(entries: list[ModelEntry]) -> tuple[ModelEntry, ...]:
    """The recommended form comes first among all entries; in its model it has its place."""
    spec = entries[0].spec
    if spec is None:
        return tuple(entries)
    order = {variant.id: number for number, variant in enumerate(spec.variants)}
    return tuple(sorted(entries, key=lambda entry: order[entry.variant.id] if entry.variant else 0))


def _shown(entries: list[ModelEntry], chosen: str | None) -> ModelEntry:
    def rank(entry: ModelEntry) -> tuple[int, bool, bool, bool, bool]:
        fit = entry.fit.fit if entry.fit is not None else Fit.UNKNOWN
        return (
            _ORDER.index(entry.state),
            not entry.is_in_use,
            entry.key != chosen,
            not entry.is_recommended,
            fit is not Fit.WELL,
        )

    return min(_in_catalogue_order(entries), key=rank)
