from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from desktop import __version__
from desktop.gui.about_dialog import AboutDialog
from tests.gui.asking import WAIT_MS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.asking import Bench


def test_that_versions_devices_and_licences_are_shown_and_can_be_copied(
    bench: Bench, qtbot: QtBot
) -> None:
    bench.bridge.start()
    dialog = AboutDialog(bench.bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: "llama.cpp" in dialog.details.toPlainText(), timeout=WAIT_MS)
    assert f"Groundglass {__version__}" in dialog.details.toPlainText()
    qtbot.waitUntil(lambda: dialog.packages.count() > 10, timeout=WAIT_MS)
    names = [dialog.packages.item(row).text() for row in range(dialog.packages.count())]
    dialog.packages.setCurrentRow(next(i for i, n in enumerate(names) if n.startswith("PySide6")))
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in dialog.licence.toPlainText()
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == dialog.details.toPlainText()
