"""One model, from "Get it" to "Use it", in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from desktop.core import paths
from desktop.core.errors import DownloadError, ErrorCode
from desktop.gui.model_entries import EntryState, ModelEntry
from desktop.gui.model_offer import ModelOffer
from desktop.gui.settings_holder import SettingsHolder
from desktop.store.download_list import DownloadState
from desktop.store.settings import Settings
from tests.gui.shelf import Shelf, catalog_entry, download_of, stand_in

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("american_numbers")


QWEN = catalog_entry(is_recommended=True)


class Scene:
    def __init__(self, qtbot: QtBot) -> None:
        self.library = stand_in(Shelf(QWEN))
        self.settings = SettingsHolder(Settings(), paths.settings_file(), self.library)
        self.offer = ModelOffer(self.library, self.settings)
        qtbot.addWidget(self.offer)
        self.offer.show()

    def put(self, state: EntryState, **changes: Any) -> ModelEntry:
        entry: ModelEntry = self.library.put(QWEN, state=state, **changes)
        return entry

    def press(self) -> tuple[str, str]:
        self.offer.main_button.click()
        asked: tuple[str, str] = self.library.asked[-1]
        return asked

    @property
    def button(self) -> str:
        return self.offer.main_button.text()


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return Scene(qtbot)


def test_that_a_model_is_offered_with_its_size_its_fit_and_its_licence(scene: Scene) -> None:
    assert scene.offer.is_wanted
    assert scene.offer.name.text() == "For real photos: Qwen3-VL 4B"
    assert scene.offer.facts.text() == "3.0 GB · fits this computer well · Apache-2.0"
    assert scene.offer.bar.isHidden()
    assert scene.button == "Get it"
    assert scene.press() == ("get", QWEN.key)


def test_that_the_time_is_told_once_a_speed_was_measured(scene: Scene) -> None:
    scene.library.speed = 12_000_000
    scene.offer.refresh()
    assert "about 4 minutes to download" in scene.offer.facts.text()


def test_that_its_download_shows_how_far_it_is_and_can_be_paused(
    scene: Scene, qtbot: QtBot
) -> None:
    running = download_of(QWEN, DownloadState.RUNNING, 1_200_000_000, 11_800_000, 150)
    scene.put(EntryState.RUNNING, download=running)
    assert scene.offer.facts.text() == "1.2 GB of 3.0 GB · 12 MB/s · 2 minutes left"
    assert 380 < scene.offer.bar.value() < 420
    assert scene.offer.bar.isVisible()
    assert scene.button == "Pause"
    assert scene.press() == ("pause", QWEN.key)
    further = download_of(QWEN, DownloadState.RUNNING, 2_000_000_000, 0.0)
    scene.library.shelf[QWEN.key] = replace(QWEN, state=EntryState.RUNNING, download=further)
    scene.library.progressed.emit(QWEN.key)
    assert scene.offer.facts.text() == "2.0 GB of 3.0 GB"


def test_that_a_paused_download_goes_on(scene: Scene) -> None:
    paused = download_of(QWEN, DownloadState.PAUSED, 1_200_000_000)
    scene.put(EntryState.PAUSED, download=paused)
    assert scene.offer.facts.text() == "1.2 GB of 3.0 GB · paused"
    assert scene.button == "Resume"
    assert scene.press() == ("resume", QWEN.key)


def test_that_a_failed_download_says_why_and_is_tried_again(scene: Scene) -> None:
    problem = DownloadError("No.", ErrorCode.DOWNLOAD_CONNECTION, host="hub.example")
    scene.put(EntryState.FAILED, problem=problem)
    assert "hub.example" in scene.offer.summary.text()
    assert scene.button == "Try again"
    assert scene.press() == ("resume", QWEN.key)


def test_that_a_finished_one_can_be_used_and_the_offer_is_over(scene: Scene, qtbot: QtBot) -> None:
    scene.put(EntryState.READY)
    assert scene.offer.name.text() == "Qwen3-VL 4B is ready"
    assert scene.press() == ("use", QWEN.key)
    with qtbot.waitSignal(scene.offer.shown_changed):
        scene.settings.set(Settings(model_id=QWEN.key))
    assert not scene.offer.is_wanted
    assert scene.offer.key is None


def test_that_offline_the_way_leads_to_the_switch(scene: Scene, qtbot: QtBot) -> None:
    scene.settings.set(Settings(is_offline=True))
    assert "stays offline" in scene.offer.facts.text()
    with qtbot.waitSignal(scene.offer.connections_requested):
        scene.offer.main_button.click()
    assert scene.library.asked == []
    scene.settings.set(Settings())
    assert scene.button == "Get it"


def test_that_a_download_of_another_model_is_shown_instead(scene: Scene) -> None:
    other = catalog_entry("qwen3-vl-2b")
    running = download_of(other, DownloadState.RUNNING, 1000)
    scene.library.put(other, state=EntryState.RUNNING, download=running)
    assert scene.offer.key == other.key


def test_that_nothing_is_offered_to_who_has_another_model(scene: Scene) -> None:
    scene.library.put(ModelEntry("local:a", "Mine", EntryState.READY, 1))
    assert not scene.offer.is_wanted


def test_that_nothing_is_offered_where_nothing_fits(scene: Scene) -> None:
    scene.library.put(QWEN, is_recommended=False)
    assert not scene.offer.is_wanted
