"""The rows on the cache in the settings, and what goes with a deleted chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.core import cache_files, paths
from desktop.core.cache_files import Kind
from desktop.core.types import EngineOptions
from desktop.gui.settings_pages import EnginePage
from desktop.store.settings import Settings
from tests.gui.asking import WAIT_MS, Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.gui.cache_settings import CacheSettings

OTHER = f"{Kind.PICTURE}-{'cd' * 32}-0"
CONVERSATION = f"{Kind.CONVERSATION}-m-0"


def fill(*names: str, size: int = 2_000_000) -> Path:
    folder = paths.engine_cache_dir()
    cache_files.make_folder(folder)
    for name in names:
        (folder / name).write_bytes(bytes(size))
    return folder


def names(folder: Path) -> set[str]:
    return {file.path.name for file in cache_files.cache_files(folder)}


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[EnginePage]:
    shown = EnginePage()
    qtbot.addWidget(shown)
    shown.show_settings(Settings())
    yield shown
    shown.hide()


@pytest.fixture
def rows(page: EnginePage) -> CacheSettings:
    found: CacheSettings = page._cache
    return found


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (0, "Nothing"),
        (250_000_000, "Up to 250 MB"),
        (1_000_000_000, "Up to 1 GB"),
        (123_456_789, "Up to 123 MB"),
    ],
)
def test_that_a_budget_is_shown_and_kept(
    page: EnginePage, rows: CacheSettings, budget: int, words: str
) -> None:
    settings = Settings(engine=EngineOptions(disk_cache_bytes=budget, keeps_conversations=True))
    page.show_settings(settings)
    assert rows.budget.currentText() == words
    assert page.change(settings) == settings


def test_that_without_a_budget_no_conversations_can_be_kept(rows: CacheSettings) -> None:
    assert rows.conversations.isEnabled()
    rows.budget.choose(0)
    assert not rows.conversations.isEnabled()


def test_that_both_choices_reach_the_engine(page: EnginePage, rows: CacheSettings) -> None:
    assert not rows.conversations.isChecked()  # private unless wanted
    rows.budget.choose(4_000_000_000)
    rows.conversations.click()
    engine = page.change(Settings()).engine
    assert (engine.disk_cache_bytes, engine.keeps_conversations) == (4_000_000_000, True)


def test_that_the_button_clears_what_is_there(
    page: EnginePage, rows: CacheSettings, qtbot: QtBot
) -> None:
    folder = fill(OTHER, CONVERSATION)
    page.show()
    contents = rows.contents
    qtbot.waitUntil(lambda: contents.words == "On the disk now: 4.0 MB", timeout=WAIT_MS)
    contents.clear.click()
    qtbot.waitUntil(lambda: contents.words == "Nothing on the disk now", timeout=WAIT_MS)
    assert names(folder) == set()
    assert not contents.clear.isEnabled()


def test_that_a_folder_that_cannot_be_cleared_is_a_sentence(
    page: EnginePage, rows: CacheSettings, qtbot: QtBot
) -> None:
    folder = fill(OTHER)
    page.show()
    qtbot.waitUntil(rows.contents.clear.isEnabled, timeout=WAIT_MS)
    (folder / OTHER).unlink()
    (folder / OTHER).mkdir()  # cannot be unlinked, whoever runs the test
    rows.contents.clear.click()
    qtbot.waitUntil(
        lambda: "Not all of it could be deleted" in rows.contents.words, timeout=WAIT_MS
    )
    assert rows.contents.clear.isEnabled()


def test_that_a_deleted_chat_takes_its_pictures_and_all_conversations_along(
    bench: Bench, qtbot: QtBot
) -> None:
    bench.load(reply="Yes.")
    bench.add(bench.picture())
    bench.ask("Red?")
    sha256 = bench.session.messages[0].message.attachments[0].sha256
    folder = fill(f"{Kind.PICTURE}-{sha256}-0", f"{Kind.PICTURE}-{sha256}-1", OTHER, CONVERSATION)
    conversation_id = bench.session.conversation_id
    assert conversation_id is not None
    bench.session.delete(conversation_id)
    qtbot.waitUntil(lambda: names(folder) == {OTHER}, timeout=WAIT_MS)


def test_that_a_picture_taken_out_of_a_draft_leaves_nothing(bench: Bench, qtbot: QtBot) -> None:
    bench.load(reply="Yes.")
    bench.add(bench.picture())
    (picture,) = bench.session.draft.ready
    folder = fill(f"{Kind.PICTURE}-{picture.sha256}-0", CONVERSATION)
    bench.session.remove_picture(bench.session.pictures[0].key)
    qtbot.waitUntil(lambda: names(folder) == {CONVERSATION}, timeout=WAIT_MS)
