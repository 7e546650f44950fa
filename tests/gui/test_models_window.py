"""The model manager, used as a person would, over a loopback hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QRadioButton, QWidget

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.fit import Machine
from desktop.core.model_spec import Strength
from desktop.gui import model_actions, model_library
from desktop.gui.model_commands import Command
from desktop.gui.model_library import EntryState
from tests.gui.models import WAIT_MS
from tests.gui.models_stage import GIB, KEY, Stage, stage_over, texts
from tests.hub import Hub, Trouble
from tests.store.downloads import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as hub:
        yield hub


@pytest.fixture
def stage(
    qtbot: QtBot, tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    monkeypatch.setattr(model_library, "find_models", lambda *_: ())
    with stage_over(hub, qtbot, tmp_path) as stage:
        yield stage


# --- the list -------------------------------------------------------------------------------------


def test_that_the_recommended_model_stands_first_and_its_details_are_open(stage: Stage) -> None:
    assert stage.names() == ["tiny", "builtin", "large", "other"]
    assert stage.headings() == [
        "Recommended for this computer",
        "On this computer",
        "More models",
        "Found in other programs",
    ]
    assert stage.row().button.text() == "Get"
    assert stage.window.details.entry == stage.entry()
    assert "Apache-2.0" in texts(stage.row()), "the licence is told before the download"
    assert "Licence: see its page" in texts(stage.row("other"))


def test_that_a_model_is_got_paused_resumed_and_used_with_its_one_button(
    stage: Stage, hub: Hub
) -> None:
    hub.troubles.append(Trouble(stall_after=200_000))
    button = stage.row().button
    button.click()
    stage.wait(EntryState.RUNNING)
    assert button.text() == "Pause"
    assert stage.headings()[0] == "On the way"
    stage.wait_for_bytes(150_000)
    button.click()
    stage.wait(EntryState.PAUSED)
    assert button.text() == "Resume"
    button.click()
    stage.wait(EntryState.READY)
    assert button.text() == "Use"
    assert stage.window.footer.text.startswith("Models take 390 kB")
    with stage.qtbot.waitSignal(stage.library.used) as caught:
        button.click()
    assert caught.args == [KEY]
    stage.settings.set(replace(stage.settings.value, model_id=KEY))
    assert button.isHidden()
    assert "In use" in texts(stage.row())


def test_that_the_list_does_not_scroll_by_itself_when_a_row_moves(stage: Stage, hub: Hub) -> None:
    stage.window.resize(900, 420)
    hub.troubles.append(Trouble(stall_after=200_000))
    bar = stage.window.list.verticalScrollBar()
    stage.qtbot.waitUntil(lambda: bar.maximum() > 0)
    before = bar.value()
    button = stage.row("other").button
    button.setFocus()
    button.click()
    stage.qtbot.waitUntil(lambda: stage.headings()[0] == "On the way")
    stage.qtbot.wait(50)
    assert bar.value() == before


def test_that_a_row_says_how_long_it_takes_once_a_speed_is_known(stage: Stage) -> None:
    assert "about" not in texts(stage.row())
    stage.library._downloads.bytes_per_second = 10_000.0
    stage.library.changed.emit()
    assert "390 kB  ·  about 39 seconds" in texts(stage.row())


def test_that_a_failed_download_shows_its_sentence_and_a_way_out(stage: Stage, hub: Hub) -> None:
    hub.troubles.append(Trouble(status=403))
    stage.row().button.click()
    stage.wait(EntryState.FAILED)
    assert "refuses to send this model" in texts(stage.row())
    assert "refuses to send this model" in texts(stage.window.details)
    stage.row().button.click()
    stage.wait(EntryState.READY)


def test_that_the_filters_narrow_the_list_and_an_empty_list_has_a_way_back(stage: Stage) -> None:
    filters = stage.window.filters
    filters.button(Strength.OCR).click()
    assert stage.names() == ["large", "other"]
    assert stage.window.details.entry == stage.entry("large:q8_0")
    filters.fits_button.click()
    stage.library.set_machine(Machine(GIB, GIB))
    assert stage.names() == []
    assert "No model in the list matches." in texts(stage.window.list)
    assert not stage.window.details.isVisible()
    (again,) = [
        button
        for button in stage.window.list.findChildren(QAbstractButton)
        if button.isVisible() and button.text() == "Show all"
    ]
    again.click()
    assert len(stage.names()) == 4


def test_that_arrows_go_from_row_to_row_and_delete_asks(stage: Stage) -> None:
    stage.get()
    QTest.keyClick(stage.window, Qt.Key.Key_Down)
    QTest.keyClick(stage.row(), Qt.Key.Key_Down)
    assert stage.window.details.entry == stage.entry("builtin")
    QTest.keyClick(stage.row("builtin"), Qt.Key.Key_Up)
    assert stage.window.details.entry == stage.entry()
    QTest.keyClick(stage.row(), Qt.Key.Key_Delete)
    stage.answer("Keep")
    assert stage.state() is EntryState.READY
    QTest.keyClick(stage.row(), Qt.Key.Key_Delete)
    stage.answer("Remove")
    stage.wait(EntryState.AVAILABLE)
    assert stage.left() == []


def test_that_a_half_finished_download_is_deleted_only_after_a_question(
    stage: Stage, hub: Hub
) -> None:
    hub.troubles.append(Trouble(stall_after=200_000))
    stage.row().button.click()
    stage.wait_for_bytes(150_000)
    stage.row().button.click()
    stage.wait(EntryState.PAUSED)
    stage.window.details.other_button(Command.CANCEL).click()
    assert stage.state() is EntryState.PAUSED
    stage.answer("Delete")
    stage.wait(EntryState.AVAILABLE)
    assert stage.left() == []


def test_that_every_control_has_a_name_for_a_screen_reader(stage: Stage) -> None:
    stage.get()
    for button in stage.window.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.accessibleName() or button.text(), button
    assert stage.row().accessibleName() == "Tiny VL"
    assert "Fits well" in stage.row().accessibleDescription()
    assert stage.row().button.accessibleName() == "Use: Tiny VL"


def test_that_tab_goes_from_the_filters_through_the_rows_to_the_details(stage: Stage) -> None:
    places = [
        stage.window.add_button,
        stage.window.filters.button(None),
        stage.row(),
        stage.row().button,
        stage.row("large"),
        stage.window.details.button,
        stage.window.footer.connections,
    ]
    order: list[QWidget] = []
    widget: QWidget | None = places[0]
    while widget is not None and widget not in order:
        order.append(widget)
        widget = widget.nextInFocusChain()
    assert [order.index(place) for place in places] == sorted(order.index(p) for p in places)


def test_that_rows_are_kept_when_they_move_to_another_section(stage: Stage) -> None:
    row = stage.row()
    row.button.setFocus()
    stage.get()
    assert stage.row() is row
    assert row.button.hasFocus()


# --- the details ----------------------------------------------------------------------------------


def test_that_the_details_list_files_hashes_source_and_memory(stage: Stage) -> None:
    words = texts(stage.window.details)
    for name in FILES:
        assert name in words
    file = stage.library.files(KEY)[0]
    assert file.sha256 is not None
    assert file.sha256 in words
    assert "Qwen/Tiny-VL-GGUF" in words
    assert "Needs 1.6 GB of memory" in words


def test_that_another_form_can_be_chosen_and_got(stage: Stage) -> None:
    choices = stage.window.details.findChildren(QRadioButton)
    assert len(choices) == 2
    choices[1].click()
    assert stage.window.details.entry == stage.entry("tiny:q8_0")
    stage.window.details.button.click()
    stage.wait(EntryState.READY, "tiny:q8_0")
    assert stage.state() is EntryState.AVAILABLE
    entry = stage.row().entry
    assert entry is not None
    assert entry.key == "tiny:q8_0"


def test_that_verify_says_what_it_found(stage: Stage) -> None:
    stage.get()
    verify = stage.window.details.other_button(Command.VERIFY)
    verify.click()
    said = "Every file is what was downloaded."
    stage.qtbot.waitUntil(lambda: said in texts(stage.window.details), timeout=WAIT_MS)
    path = next(stage.library.models_dir.rglob("mmproj.gguf"))
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    verify.click()
    said = "Damaged: vision/mmproj.gguf."
    stage.qtbot.waitUntil(lambda: said in texts(stage.window.details), timeout=WAIT_MS)


def test_that_the_files_are_shown_in_the_file_manager(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.get()
    shown: list[Path] = []
    monkeypatch.setattr(model_actions, "reveal", shown.append)
    stage.window.details.other_button(Command.REVEAL).click()
    assert shown == [stage.library.place(KEY)]
    assert shown[0].is_file()


def test_that_a_narrow_window_shows_list_and_details_in_turn(stage: Stage) -> None:
    stage.window.resize(QSize(500, 500))
    assert not stage.window.details.isVisible()
    QTest.keyClick(stage.row("large"), Qt.Key.Key_Return)
    assert stage.window.details.isVisible()
    assert not stage.window.list.isVisible()
    QTest.keyClick(stage.window.details.back, Qt.Key.Key_Escape)
    assert stage.window.list.isVisible()
    assert stage.window.isVisible()
    QTest.keyClick(stage.window, Qt.Key.Key_Escape)
    assert not stage.window.isVisible()


def test_that_an_entry_can_be_shown_from_outside_whatever_is_filtered(stage: Stage) -> None:
    stage.window.filters.button(Strength.OCR).click()
    stage.window.show_entry("tiny:q8_0")
    assert stage.window.details.entry == stage.entry("tiny:q8_0")
    assert stage.row().property("selected")


# --- offline, errors ------------------------------------------------------------------------------


def test_that_staying_offline_is_said_and_no_download_can_be_started(stage: Stage) -> None:
    stage.settings.set(replace(stage.settings.value, is_offline=True))
    assert "stays offline" in texts(stage.window)
    assert not stage.row().button.isEnabled()
    with stage.qtbot.waitSignal(stage.window.connections_requested):
        stage.window.offline.activated.emit()
    stage.settings.set(replace(stage.settings.value, is_offline=False))
    assert "stays offline" not in texts(stage.window)
    assert stage.row().button.isEnabled()


def test_that_the_foot_leads_to_the_connections(stage: Stage) -> None:
    with stage.qtbot.waitSignal(stage.window.connections_requested):
        stage.window.footer.connections.click()


def test_that_what_did_not_work_is_a_sentence_in_the_window(stage: Stage) -> None:
    stage.library.failed.emit(ModelError("x", ErrorCode.DISK_FULL))
    assert "The disk is full" in texts(stage.window.notice)
