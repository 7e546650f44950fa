"""The theme, as the app installs it, for every test that has an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop.gui.theme import install_theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from desktop.gui.theme import Theme


@pytest.fixture(autouse=True)
def installed_theme(qapp: QApplication) -> Iterator[Theme]:
    """Light at the start of every test, whatever the last one did."""
    theme = install_theme(qapp)
    theme.set_appearance("light")
    yield theme
    theme.set_appearance("light")
