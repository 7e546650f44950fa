from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton

from desktop.gui import window_actions
from desktop.gui.connection_list import purpose_text
from desktop.gui.link_prompt import LinkPrompt
from desktop.gui.main_window import MainWindow
from desktop.gui.update_dialog import UpdateDialog
from desktop.store.connection_log import ConnectionLog
from desktop.store.network import Network
from desktop.store.releases import PURPOSE
from tests.gui.asking import WAIT_MS
from tests.publisher import Publisher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QUrl
    from pytestqt.qtbot import QtBot

    from tests.gui.asking import Bench


@pytest.fixture
def site() -> Iterator[Publisher]:
    with Publisher() as opened:
        opened.publish("v0.2.0")
        yield opened


def opened(
    qtbot: QtBot, site: Publisher, version: str = "0.1.0", *, is_offline: bool = False
) -> UpdateDialog:
    network = Network(ConnectionLog(), is_offline=is_offline)
    dialog = UpdateDialog(network, site.url, version=version)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def wait(qtbot: QtBot, dialog: UpdateDialog) -> None:
    qtbot.waitUntil(lambda: dialog.close_button.text() == "Close", timeout=WAIT_MS)


def test_that_a_newer_version_leads_to_its_page_and_only_when_told_to(
    qtbot: QtBot, site: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", went.append)
    dialog = opened(qtbot, site)
    assert site.base.removeprefix("http://") in dialog.headline.text()
    wait(qtbot, dialog)
    assert dialog.headline.text() == "Version 0.2.0 is there"
    assert "0.1.0" in dialog.details.text()
    assert dialog.open_button.isVisible()
    assert not went
    dialog.open_button.click()
    (prompt,) = dialog.findChildren(LinkPrompt)
    assert not went
    button = prompt.findChild(QPushButton, "openLink")
    assert button is not None
    button.click()
    assert [url.toString() for url in went] == [f"{site.base}/ground/glass/releases/tag/v0.2.0"]


@pytest.mark.parametrize(
    ("version", "headline"),
    [
        ("0.2.0", "You have the newest version"),
        ("0.3.0", "You have a version that is not published yet"),
    ],
)
def test_that_the_same_and_an_older_version_are_not_offered(
    qtbot: QtBot, site: Publisher, version: str, headline: str
) -> None:
    dialog = opened(qtbot, site, version)
    wait(qtbot, dialog)
    assert dialog.headline.text() == headline
    assert not dialog.open_button.isVisible()
    assert not dialog.again_button.isVisible()


def test_that_a_place_without_releases_says_so(qtbot: QtBot, site: Publisher) -> None:
    site.status = 404
    dialog = opened(qtbot, site)
    wait(qtbot, dialog)
    assert dialog.headline.text() == "No version has been published yet"


def test_that_a_failure_is_a_sentence_and_can_be_tried_again(qtbot: QtBot, site: Publisher) -> None:
    site.body = b"nonsense"
    dialog = opened(qtbot, site)
    wait(qtbot, dialog)
    assert dialog.headline.text() == "There is no answer"
    assert "makes no sense" in dialog.details.text()
    site.publish("v0.2.0")
    dialog.again_button.click()
    wait(qtbot, dialog)
    assert dialog.headline.text() == "Version 0.2.0 is there"


def test_that_staying_offline_is_respected(qtbot: QtBot, site: Publisher) -> None:
    dialog = opened(qtbot, site, is_offline=True)
    wait(qtbot, dialog)
    assert "offline" in dialog.details.text()
    assert site.requests == []


def test_that_closing_ends_the_question(qtbot: QtBot, site: Publisher) -> None:
    site.stalls_after = 10
    dialog = opened(qtbot, site)
    qtbot.waitUntil(site.asked.is_set, timeout=WAIT_MS)
    assert dialog.close_button.text() == "Cancel"
    dialog.close_button.click()
    records = dialog._network.log.records
    qtbot.waitUntil(lambda: records()[0].outcome.value == "stopped", timeout=WAIT_MS)


def test_that_the_command_is_there_only_in_builds_with_an_address(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = MainWindow(bench.services)
    qtbot.addWidget(window)
    assert not window.actions_of_window.updates.isVisible()
    monkeypatch.setattr(window_actions, "releases_url", lambda: "https://example.org/latest")
    actions = window_actions.WindowActions(window)
    assert actions.updates.isVisible()
    assert actions.updates in actions.make_menu().actions()


def test_that_the_list_of_connections_has_words_for_it() -> None:
    assert purpose_text(PURPOSE) == "Look for a newer version"
