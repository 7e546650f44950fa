"""What else could run a model that is here in several forms, and the settings in which it does.

A form of a catalogue's model is its key: another form is another key. The built-in model has one
key for all its forms, and the choice is kept beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from desktop.core.types import EngineKind
from desktop.gui.model_entries import EntryState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.gui.model_entries import ModelEntry
    from desktop.gui.model_state import ModelState
    from desktop.store.settings import Settings


class OtherForm(Struct, frozen=True):
    """Another form of a model: its key as it is now, and the engine that would run it."""

    key: str
    engine: EngineKind


def other_form(entries: Iterable[ModelEntry], state: ModelState) -> OtherForm | None:
    """Of the model that is loaded, asleep, or failed to load; None where there is no other."""
    entry = _meant(entries, state)
    if entry is None:
        return None
    now = entry.engine if state.model is None else state.model.engine
    engine = next((kind for kind in entry.forms if kind is not now), None)
    return None if engine is None else OtherForm(entry.key, engine)


def key_in_form(entries: Iterable[ModelEntry], key: str, engine: EngineKind) -> str:
    """The key under which this engine runs the same model; the given one if there is no other."""
    found = {entry.key: entry for entry in entries}
    entry = found.get(key)
    if entry is None or entry.spec is None or entry.engine is engine:
        return key
    forms = (
        other.key
        for other in found.values()
        if other.spec is not None
        and other.spec.id == entry.spec.id
        and other.engine is engine
        and other.state is EntryState.READY
    )
    return next(forms, key)


def with_engine(
    settings: Settings, entries: Iterable[ModelEntry], key: str, engine: EngineKind
) -> Settings:
    """These settings with this engine for the model of a key, in use or not.

    Another form of a catalogue's model takes over what was chosen for this one, apart from
    adapters, unless something was chosen for it already.
    """
    form, choices = key_in_form(entries, key, engine), settings.choices(key)
    if form == key:
        return settings.with_choices(key, replace(choices, engine=engine))
    if form not in settings.models:
        settings = settings.with_choices(form, replace(choices, engine=None, adapters=()))
    return replace(settings, model_id=form) if settings.model_id == key else settings


def _meant(entries: Iterable[ModelEntry], state: ModelState) -> ModelEntry | None:
    """The entry of the model that the state speaks of; None for one that is no entry."""
    if state.model is not None:
        model_id = state.model.id
        return next((entry for entry in entries if entry.key == model_id), None)
    # Its files were refused: all that is known of it is its name.
    return next((e for e in entries if e.is_in_use and e.name == state.name), None)
