"""The memory of this process, as it says itself."""

from __future__ import annotations

import sys

import psutil
import pytest

from desktop.engine import footprint
from desktop.engine.footprint import own_bytes

MIB = 1 << 20


def test_that_it_is_what_the_system_says() -> None:
    seen = psutil.Process().memory_info().rss
    assert seen - 16 * MIB < own_bytes()
    if sys.platform != "darwin":  # where the GPU's memory counts too
        assert own_bytes() < seen + 16 * MIB


def test_that_what_is_taken_is_seen_and_what_is_given_back_too() -> None:
    before = own_bytes()
    taken = bytearray(b"\1") * (64 * MIB)
    assert own_bytes() - before > 48 * MIB
    del taken
    assert own_bytes() - before < 32 * MIB


@pytest.mark.skipif(sys.platform != "darwin", reason="only macOS keeps a footprint")
def test_that_macos_tells_its_footprint() -> None:
    assert MIB < footprint._footprint() < 1 << 40
