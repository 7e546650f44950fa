"""Which conversation on the disk is worth reading for a prompt, and what replaces what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.core import cache_files
from desktop.engine.shared.cache import PictureSpan
from desktop.engine.shared.disk_cache import DiskCache
from desktop.engine.shared.kept_states import KeptStates

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.engine.shared.cache import PromptItem

WAIT_S = 20.0
PICTURE = PictureSpan("sha:0:640x480", 300, 20)
CHAT: list[PromptItem] = [1, PICTURE, *range(2, 60)]


@pytest.fixture
def disk(tmp_path: Path) -> DiskCache:
    return DiskCache(tmp_path / "engine", 1 << 20, spare_bytes=0)


def keep(disk: DiskCache, *chats: list[PromptItem]) -> KeptStates:
    kept = KeptStates(disk, "model")
    for chat in chats:
        kept.keep(chat, b"form", [memoryview(b"state")], disk.epoch)
    assert disk.finish(WAIT_S)
    return KeptStates(disk, "model")  # as after a restart


def test_that_a_conversation_is_found_by_what_it_begins_with(disk: DiskCache) -> None:
    kept = keep(disk, CHAT, [7, *range(100, 200)])
    name = kept.best([*CHAT, 500, 501], beyond=0)
    assert name is not None
    found = kept.read(name)
    assert found is not None
    header, stored = found
    assert list(header.items) == CHAT
    assert (header.form, bytes(stored.data)) == (b"form", b"state")
    assert kept.holds(CHAT)
    assert not kept.holds([*CHAT, 500])


def test_that_another_model_does_not_see_it(disk: DiskCache) -> None:
    keep(disk, CHAT)
    assert KeptStates(disk, "other").best(CHAT, beyond=0) is None


@pytest.mark.parametrize(
    ("prompt", "beyond"),
    [
        ([1, 2, 3], 0),  # nothing but the beginning is shared
        ([1, PictureSpan("other:0:640x480", 300, 20), *range(2, 60)], 0),
        ([*CHAT, 500], len(CHAT)),  # all of it is in memory already
        ([*CHAT, 500], len(CHAT) - 20),  # little would be won
    ],
)
def test_that_what_wins_little_is_not_read(
    disk: DiskCache, prompt: list[PromptItem], beyond: int
) -> None:
    assert keep(disk, CHAT).best(prompt, beyond) is None


def test_that_a_long_state_is_not_read_for_a_small_part_of_it(disk: DiskCache) -> None:
    long: list[PromptItem] = [*range(1000)]
    kept = keep(disk, long)
    assert kept.best([*range(400), 5000], beyond=0) is None
    assert kept.best([*range(600), 5000], beyond=0) is not None


def test_that_a_later_moment_replaces_an_earlier_one(disk: DiskCache, tmp_path: Path) -> None:
    keep(disk, CHAT, [*CHAT, 500, 501])
    assert len(cache_files.cache_files(tmp_path / "engine")) == 1
    keep(disk, [9, *range(100, 200)])
    assert len(cache_files.cache_files(tmp_path / "engine")) == 2


def test_that_a_state_that_vanished_is_forgotten(disk: DiskCache, tmp_path: Path) -> None:
    kept = keep(disk, CHAT)
    cache_files.forget_all(tmp_path / "engine")
    name = kept.best(CHAT, beyond=0)
    assert name is not None
    assert kept.read(name) is None
    assert kept.best(CHAT, beyond=0) is None
    assert not kept.holds(CHAT)
