"""Connects a model that was just loaded with the cache on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from desktop.engine.shared.disk_cache import open_disk_cache
from desktop.engine.shared.identity import conversations_identity, pictures_identity
from desktop.engine.shared.kept_states import KeptStates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop.engine.api import LoadModel
    from desktop.engine.shared.disk_cache import DiskCache


class _Eyes(Protocol):
    def use_disk(self, disk: DiskCache, model_identity: str) -> None:
        """Keep pictures' embeddings there."""


class _Memory(Protocol):
    def use_disk(self, kept: KeptStates) -> None:
        """Keep conversations there."""


def use_disk(
    command: LoadModel,
    versions: Mapping[str, str],
    eyes: _Eyes | None,
    memory: _Memory,
    *,
    has_gpu: bool,
    kv_form: object,
) -> DiskCache | None:
    """Open the cache for a model as its options say; None for none.

    `kv_form` names how the attention cache is really stored.
    """
    disk = open_disk_cache(command.options)
    if disk is None:
        return None
    try:
        pictures = pictures_identity(command.model, command.options, versions, has_gpu=has_gpu)
    except OSError:  # the files vanished after they were loaded: nothing can be kept of them
        disk.close()
        return None
    if eyes is not None:
        eyes.use_disk(disk, pictures)
    if command.options.keeps_conversations:
        memory.use_disk(KeptStates(disk, conversations_identity(pictures, kv_form)))
    return disk
