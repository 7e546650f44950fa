"""The theme, as the app installs it, for every test with an application, and the bench."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale

from desktop.gui.theme import install_theme
from tests.gui.asking import Bench, taken_down

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop.gui.theme import Theme


@pytest.fixture(autouse=True)
def installed_theme(qapp: QApplication) -> Iterator[Theme]:
    """Light at the start of every test, whatever the last one did."""
    theme = install_theme(qapp)
    theme.set_appearance("light")
    yield theme
    theme.set_appearance("light")


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    with taken_down(Bench(qtbot, tmp_path)) as opened:
        yield opened


@pytest.fixture
def american_numbers() -> Iterator[None]:
    """Numbers as in "1,000.5" for one test."""
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)
