"""The list of connections, from a real log to what a person reads."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from desktop.core import paths
from desktop.core.errors import StoreError
from desktop.gui.connection_list import Column, ConnectionTableModel, outcome_text
from desktop.gui.connections_dialog import ConnectionsDialog
from desktop.gui.settings_holder import SettingsHolder
from desktop.gui.theme import LIGHT, theme
from desktop.store.connection_log import ConnectionLog, ConnectionOutcome
from desktop.store.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot


pytestmark = pytest.mark.usefixtures("american_numbers")


@pytest.fixture
def log() -> ConnectionLog:
    return ConnectionLog(kept=3, now=lambda: datetime(2026, 5, 1, 12, 30, tzinfo=UTC))


@pytest.fixture
def table(log: ConnectionLog, qtbot: QtBot, qtmodeltester: ModelTester) -> ConnectionTableModel:
    table = ConnectionTableModel(log)
    qtmodeltester.check(table)  # type: ignore[no-untyped-call]
    return table


@pytest.fixture
def settings(qtbot: QtBot) -> SettingsHolder:
    return SettingsHolder(Settings(), paths.settings_file())


@pytest.fixture
def dialog(
    qtbot: QtBot, table: ConnectionTableModel, settings: SettingsHolder
) -> ConnectionsDialog:
    dialog = ConnectionsDialog(table, settings)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def texts(table: ConnectionTableModel, row: int) -> list[str]:
    return [table.index(row, column).data() for column in Column]


def made(log: ConnectionLog, purpose: str, count: int, outcome: ConnectionOutcome) -> None:
    log.end(log.begin("hub.example", purpose), count, outcome)


def test_that_a_connection_is_said_in_words(
    log: ConnectionLog, table: ConnectionTableModel, qtbot: QtBot
) -> None:
    made(log, "list Qwen/Tiny", 18_324, ConnectionOutcome.ANSWERED)
    made(log, "download weights.gguf", 2_500_000_000, ConnectionOutcome.STOPPED)
    qtbot.waitUntil(lambda: table.rowCount() == 2 and texts(table, 0)[4] == "Stopped")
    local = datetime(2026, 5, 1, 12, 30, tzinfo=UTC).astimezone().strftime("%H:%M:%S")
    assert texts(table, 1) == [
        local, "hub.example", "Look up the files of Qwen/Tiny", "18 kB", "Complete",
    ]  # fmt: skip
    assert texts(table, 0)[2:4] == ["Download weights.gguf", "2.5 GB"]
    tips = [table.index(0, c).data(Qt.ItemDataRole.ToolTipRole) for c in Column]
    assert all(tips)
    assert "2,500,000,000 bytes" in tips


def test_that_the_list_follows_a_connection_of_another_thread(
    log: ConnectionLog, table: ConnectionTableModel, qtbot: QtBot
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def connect() -> None:
        record = log.begin("hub.example", "download a.gguf")
        log.progress(record, 1_000_000)
        began.set()
        go_on.wait(10)
        log.end(record, 5_000_000, ConnectionOutcome.ANSWERED)

    thread = threading.Thread(target=connect)
    thread.start()
    began.wait(10)
    qtbot.waitUntil(lambda: table.rowCount() == 1 and texts(table, 0)[3:] == ["1.0 MB", "Open"])
    go_on.set()
    thread.join()
    qtbot.waitUntil(lambda: texts(table, 0)[3:] == ["5.0 MB", "Complete"])
    assert table.received_bytes == 5_000_000


def test_that_only_the_latest_are_kept_newest_first(
    log: ConnectionLog, table: ConnectionTableModel, qtbot: QtBot
) -> None:
    for number in range(5):
        made(log, f"download {number}.gguf", 1, ConnectionOutcome.ANSWERED)
    qtbot.waitUntil(lambda: texts(table, 0)[2] == "Download 4.gguf")
    assert [texts(table, row)[2] for row in range(table.rowCount())] == [
        f"Download {number}.gguf" for number in (4, 3, 2)
    ]


@pytest.mark.parametrize("outcome", list(ConnectionOutcome))
def test_that_every_outcome_has_a_word_and_an_explanation(
    log: ConnectionLog, qtbot: QtBot, outcome: ConnectionOutcome
) -> None:
    made(log, "something else", 0, outcome)
    table = ConnectionTableModel(log)
    index = table.index(0, Column.OUTCOME)
    assert index.data() == outcome_text(outcome)
    assert index.data(Qt.ItemDataRole.ToolTipRole).endswith(".")
    assert texts(table, 0)[2:4] == ["something else", "–"]
    color = index.data(Qt.ItemDataRole.ForegroundRole).name()
    is_bad = outcome in {ConnectionOutcome.FAILED, ConnectionOutcome.REFUSED}
    assert (color == LIGHT.danger) is is_bad


def test_that_an_empty_list_says_so(dialog: ConnectionsDialog) -> None:
    assert dialog.empty_text.isVisible()
    assert "No connections" in dialog.empty_text.text()
    assert not dialog.clear_button.isEnabled()


def test_that_the_dialog_adds_up_and_can_be_cleared(
    dialog: ConnectionsDialog, log: ConnectionLog, qtbot: QtBot
) -> None:
    made(log, "list a/b", 1_000, ConnectionOutcome.ANSWERED)
    made(log, "download a", 2_000_000, ConnectionOutcome.ANSWERED)
    running = log.begin("hub.example", "download b")
    qtbot.waitUntil(lambda: dialog.summary.text().startswith("3 connections · 2.0 MB received"))
    assert dialog.table.isVisible()
    dialog.clear_button.click()
    assert dialog.summary.text().startswith("1 connection ·")
    log.end(running, 5, ConnectionOutcome.FAILED)
    qtbot.waitUntil(lambda: "5 bytes received" in dialog.summary.text())
    dialog.clear_button.click()
    assert dialog.empty_text.isVisible()


def test_that_the_switch_is_in_force_at_once_and_kept(
    dialog: ConnectionsDialog, settings: SettingsHolder
) -> None:
    dialog.offline.click()
    assert settings.value.is_offline
    assert load_settings(paths.settings_file()).is_offline
    assert "nothing can connect" in dialog.empty_text.text()
    settings.set(Settings())  # changed elsewhere
    assert not dialog.offline.isChecked()


def test_that_a_switch_that_is_not_kept_is_said(
    dialog: ConnectionsDialog, settings: SettingsHolder, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "in the way").touch()
    settings._path = tmp_path / "in the way" / "settings.json"
    with qtbot.waitSignal(dialog.failed) as caught:
        dialog.offline.click()
    assert caught.args is not None
    assert isinstance(caught.args[0], StoreError)
    assert settings.value.is_offline


def test_that_the_table_follows_the_theme(
    log: ConnectionLog, table: ConnectionTableModel, qtbot: QtBot
) -> None:
    made(log, "list a/b", 1, ConnectionOutcome.FAILED)
    qtbot.waitUntil(lambda: table.rowCount() == 1)
    before = table.index(0, Column.HOST).data(Qt.ItemDataRole.ForegroundRole)
    theme().set_appearance("dark")
    assert table.index(0, Column.HOST).data(Qt.ItemDataRole.ForegroundRole) != before
