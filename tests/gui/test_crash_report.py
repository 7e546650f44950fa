from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from desktop import __version__
from desktop.gui.app import Shell
from desktop.gui.crash_report import CRASH_FILE, take_crash
from desktop.gui.main_window import MainWindow

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.gui.asking import Bench

TRACE = """Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "/home/王小明/apps/groundglass/desktop/gui/chat_view.py", line 12 in add_message
  File "/home/王小明/.venv/lib/python3.11/site-packages/PIL/Image.py", line 3 in open
  File "C:\\Users\\Ann Example\\Python311\\Lib\\threading.py", line 9 in run
"""


def test_that_a_run_that_ended_well_leaves_nothing_to_say(tmp_path: Path) -> None:
    assert take_crash(tmp_path) is None
    (tmp_path / CRASH_FILE).write_text("")
    assert take_crash(tmp_path) is None


def test_that_a_crash_is_told_once_and_kept_aside(tmp_path: Path) -> None:
    (tmp_path / CRASH_FILE).write_text(TRACE, encoding="utf-8")
    report = take_crash(tmp_path)
    assert report is not None
    assert report.startswith(f"Groundglass {__version__}\n")
    assert "Segmentation fault" in report
    assert take_crash(tmp_path) is None
    assert len(list(tmp_path.iterdir())) == 1


def test_that_a_report_names_places_in_the_code_and_no_persons_folders(tmp_path: Path) -> None:
    (tmp_path / CRASH_FILE).write_text(TRACE, encoding="utf-8")
    report = take_crash(tmp_path) or ""
    assert 'File "desktop/gui/chat_view.py", line 12' in report
    assert 'File "site-packages/PIL/Image.py"' in report
    assert "threading.py" in report
    assert "王小明" not in report
    assert "Ann Example" not in report


@pytest.mark.skipif(sys.platform == "win32", reason="os.abort shows a dialog there")
def test_that_a_real_crash_of_the_process_is_found_by_the_next_start(tmp_path: Path) -> None:
    code = """
import os
from desktop.gui.app_log import start_logging
start_logging()
os.abort()
"""
    environment = {"GROUNDGLASS_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False
    )
    assert done.returncode < 0
    report = take_crash(tmp_path / "logs")
    assert report is not None
    assert "Aborted" in report


def test_that_a_crash_of_the_last_run_is_told_and_its_report_can_be_copied(
    bench: Bench, qtbot: QtBot
) -> None:
    window = MainWindow(bench.services)
    qtbot.addWidget(window)
    window.show()
    shell = Shell(bench.services, window)
    shell.tell_of_crash("Groundglass 0\nSegmentation fault")
    button = window.pane.notice.findChild(QPushButton, "noticeAction")
    assert isinstance(button, QPushButton)
    assert button.isVisible()
    button.click()
    assert QGuiApplication.clipboard().text() == "Groundglass 0\nSegmentation fault"
