"""How much memory and disk this machine has."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psutil

from desktop.core.engine_choice import is_apple_silicon
from desktop.core.fit import Machine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop.core.types import Device

_SPARE_PERCENT = 5  # of a download stays free after it


def measure_machine(devices: Iterable[Device] = ()) -> Machine:
    """The memory there is now. `devices` are the engine's, for the GPU's part of it."""
    memory = psutil.virtual_memory()
    gpus = [device for device in devices if device.kind in {"gpu", "igpu"}]
    # A GPU of its own beside one that shares the RAM is the faster one, and where layers go.
    largest = max(gpus, key=lambda device: (device.kind == "gpu", device.total_bytes), default=None)
    is_unified = is_apple_silicon() or (largest is not None and largest.kind == "igpu")
    return Machine(
        total_ram_bytes=int(memory.total),
        available_ram_bytes=int(memory.available),
        gpu_bytes=largest.total_bytes or None if largest is not None else None,
        is_unified=is_unified,
    )


def free_disk_bytes(folder: Path) -> int:
    """What may be written where the folder is or will be; 0 where nothing can be asked."""
    place = folder.absolute()
    try:
        while not place.exists() and place != place.parent:
            place = place.parent
        return int(psutil.disk_usage(os.fspath(place)).free)
    except OSError:
        return 0


def disk_need(download_bytes: int) -> int:
    """What must be free for a download of this size: 5 % more."""
    return -(-download_bytes * (100 + _SPARE_PERCENT) // 100)
