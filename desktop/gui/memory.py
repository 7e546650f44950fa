"""Giving memory back to the system."""

from __future__ import annotations

import ctypes
import sys


def return_free_memory() -> None:
    """Let the C library hand back what nobody uses. Takes milliseconds; for a pool thread.

    glibc keeps what other threads have freed, which after a closed picture are tens of megabytes.
    Other systems' libraries give it back by themselves.
    """
    if not sys.platform.startswith("linux"):
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # musl has none
        trim(0)
