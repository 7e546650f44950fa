"""Adapters and a model made to fit, in the window with real workers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QPushButton

from desktop.core import paths
from desktop.core.model_choices import ModelChoices, SamplingChoices
from desktop.core.types import Adapter, EngineOptions
from desktop.engine.api import Reduction
from desktop.gui.adapter_list import AdapterList, AdapterRow
from desktop.gui.engine_texts import reduction_text
from desktop.gui.model_state import ModelStatus
from desktop.gui.settings_dialog import Page, SettingsDialog
from desktop.gui.theme import install_theme
from desktop.store.settings import Settings, load_settings, save_settings
from tests import adapters
from tests.e2e.test_models import WAIT_MS, Run, ask, red_circle
from tests.e2e.test_shell import Stage
from tests.gui.asking import scripted_model, taken_down
from tests.hub import Hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@contextmanager
def running(qtbot: QtBot, app: QApplication, awaited: str = "builtin") -> Iterator[Run]:
    install_theme(app).set_appearance("light")
    with Hub() as hub:
        run = Run(qtbot, app, hub, awaited=awaited)
        try:
            yield run
        finally:
            run.close()


@contextmanager
def settings_on(run: Run) -> Iterator[SettingsDialog]:
    """The page with the adapters; OK is pressed at the end."""
    dialog = SettingsDialog(run.services, run.window, Page.ANSWERS)
    dialog.show()
    yield dialog
    next(each for each in dialog.findChildren(QPushButton) if each.text() == "OK").click()


def loaded_with(run: Run, *chosen: Adapter) -> bool:
    state = run.services.model_state
    return (
        state.status is ModelStatus.READY
        and state.model is not None
        and state.model.adapters == chosen
    )


def test_that_an_adapter_is_added_weighed_and_removed_in_the_settings(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    path = adapters.write_gguf(tmp_path / "适配器.gguf")
    picture = red_circle(tmp_path / "圆.png")
    brief = ModelChoices(sampling=SamplingChoices(max_tokens=12))
    save_settings(paths.settings_file(), Settings().with_choices("builtin", brief))
    with running(qtbot, qapp) as run:
        plain = ask(run, picture).message.text
        with settings_on(run) as dialog:
            (shown,) = dialog.findChildren(AdapterList)
            with qtbot.waitSignal(shown.changed, timeout=WAIT_MS):
                shown.add(path)
        qtbot.waitUntil(lambda: loaded_with(run, Adapter(path)), timeout=WAIT_MS)
        run.window.session.open_new()
        assert ask(run, picture).message.text != plain
        kept = load_settings(paths.settings_file()).choices("builtin")
        assert kept.adapters == (Adapter(path),)
        with settings_on(run) as dialog:
            (shown,) = dialog.findChildren(AdapterList)
            shown.set_value((Adapter(path, 0.0),), run.services.model_state.model)
        qtbot.waitUntil(lambda: loaded_with(run, Adapter(path, 0.0)), timeout=WAIT_MS)
        run.window.session.open_new()
        assert ask(run, picture).message.text == plain


def test_that_an_adapter_that_is_gone_is_said_and_can_be_removed(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    chosen = Settings()
    gone = replace(chosen.choices("builtin"), adapters=(Adapter(tmp_path / "gone.gguf"),))
    save_settings(paths.settings_file(), chosen.with_choices("builtin", gone))
    with running(qtbot, qapp, awaited="") as run:
        state = run.services.model_state
        qtbot.waitUntil(lambda: state.status is ModelStatus.FAILED, timeout=WAIT_MS)
        assert "gone.gguf" in run.window.pill.toolTip()
        button = run.window.pane.notice.findChild(QPushButton, "noticeAction")
        assert isinstance(button, QPushButton)
        assert button.text() == "Settings"
        button.click()
        (dialog,) = run.window.findChildren(SettingsDialog)
        (shown,) = dialog.findChildren(AdapterList)
        shown.findChildren(AdapterRow)[0].remove_button.click()
        next(each for each in dialog.findChildren(QPushButton) if each.text() == "OK").click()
        qtbot.waitUntil(lambda: loaded_with(run), timeout=WAIT_MS)


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    install_theme(qapp).set_appearance("light")
    with taken_down(Stage(qtbot, tmp_path)) as opened:
        opened.open()
        opened.start()
        yield opened


def test_that_what_was_made_smaller_is_said_once_and_leads_to_the_settings(
    qtbot: QtBot, stage: Stage, tmp_path: Path
) -> None:
    notice, state = stage.window.pane.notice, stage.services.model_state
    small = scripted_model(tmp_path, context_room=4096)
    state.load(small, EngineOptions(context_length=16_384))
    qtbot.waitUntil(notice.isVisible, timeout=WAIT_MS)
    said = reduction_text(Reduction(4096, context_wanted=16_384))
    assert notice.accessibleName() == said
    assert said in stage.window.pill._info.text()
    notice.settle()
    state.reload()
    qtbot.waitUntil(lambda: state.status is ModelStatus.READY, timeout=WAIT_MS)
    assert not notice.isVisible()
    state.load(small, EngineOptions(context_length=8_192))
    qtbot.waitUntil(notice.isVisible, timeout=WAIT_MS)
    button = next(b for b in notice.findChildren(QPushButton) if b.text() == "Settings")
    button.click()
    (dialog,) = stage.window.findChildren(SettingsDialog)
    assert dialog.isVisible()
    dialog.reject()
    state.load(small, EngineOptions(context_length=2_048))
    qtbot.waitUntil(lambda: state.status is ModelStatus.READY, timeout=WAIT_MS)
    assert not notice.isVisible()


def test_that_a_model_without_memory_leads_to_a_smaller_one(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    with running(qtbot, qapp) as run:
        greedy = scripted_model(tmp_path, fail={"phase": "load", "code": "out_of_memory"})
        state = run.services.model_state
        state.load(replace(greedy, id="local:greedy", name="Greedy"), EngineOptions())
        qtbot.waitUntil(lambda: state.status is ModelStatus.FAILED, timeout=WAIT_MS)
        notice = run.window.pane.notice
        assert notice.isVisible()
        names = [b.text() for b in notice.findChildren(QPushButton) if b.isVisible()]
        assert "Use Groundglass Mini instead" in names
