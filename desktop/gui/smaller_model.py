"""Which model to use instead of one for which there is not enough memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.core.fit import Fit, fits_by_size
from desktop.gui.model_entries import EntryState
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop.core.fit import Machine
    from desktop.gui.model_entries import ModelEntry


def smaller_installed(
    entries: Iterable[ModelEntry], machine: Machine, failed: str
) -> ModelEntry | None:
    """The largest model that is here, is smaller than the failed one and should fit now.

    `failed` is a key; of one that is not among the entries nothing is known, and any that fits is
    meant. None when nothing is left, as when the built-in model itself failed.
    """
    known = {entry.key: entry for entry in entries}
    size = known[failed].size_bytes if failed in known else None
    fitting = [
        entry
        for entry in known.values()
        if entry.key != failed
        and entry.state is EntryState.READY
        and (size is None or (entry.size_bytes or 0) < size)
        and _fits(entry, machine)
    ]
    return max(fitting, key=lambda entry: entry.size_bytes or 0, default=None)


def _fits(entry: ModelEntry, machine: Machine) -> bool:
    if entry.key == BUILTIN_MODEL:
        return True  # smaller than the window that asks
    if entry.fit is not None and entry.fit.fit is not Fit.UNKNOWN:
        return entry.fit.fit is not Fit.TOO_BIG and not entry.fit.is_short_now
    return entry.size_bytes is not None and fits_by_size(entry.size_bytes, machine)
