"""How much memory this process takes, as a person would find it in the system's own monitor."""

from __future__ import annotations

import ctypes
import os
import sys

import psutil

# rusage_info_v0 of macOS <sys/resource.h>: a uuid of 16 bytes, then ten 64-bit counters.
_RUSAGE_V0 = 0
_RUSAGE_BYTES = 16 + 10 * 8
_FOOTPRINT_OFFSET = 16 + 7 * 8


def own_bytes() -> int:
    """Memory that this process takes, in bytes; 0 where the system does not say.

    It is what lies in RAM, the pages of a mapped model file among it. On macOS that leaves out what
    was given to the GPU, which the system's own measure, the footprint, holds; that in turn leaves
    out mapped files. So there it is the larger of the two.
    """
    try:
        resident = int(psutil.Process().memory_info().rss)
    except psutil.Error:
        resident = 0
    return max(resident, _footprint()) if sys.platform == "darwin" else resident


def _footprint() -> int:
    usage = ctypes.create_string_buffer(_RUSAGE_BYTES)
    status = ctypes.CDLL(None).proc_pid_rusage(os.getpid(), _RUSAGE_V0, usage)
    if status != 0:
        return 0
    return int.from_bytes(usage.raw[_FOOTPRINT_OFFSET : _FOOTPRINT_OFFSET + 8], sys.byteorder)
