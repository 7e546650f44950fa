"""Pictures are pasted into the question, wherever the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QAction, QColor, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

from desktop.gui.pasting import PicturePasting

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


class Window(QMainWindow):
    """A text field, and a command for pasting that counts."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.setCentralWidget(self.field)
        self.pasted = 0
        action = QAction("Paste", self)
        action.setShortcut(QKeySequence.StandardKey.Paste)
        action.triggered.connect(self.count)
        self.addAction(action)
        self.pasting = PicturePasting(self)

    def count(self) -> None:
        self.pasted += 1


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    window.field.setFocus()
    qtbot.waitUntil(window.field.hasFocus)
    return window


def press_paste(window: Window) -> None:
    QTest.keyClick(window.field, Qt.Key.Key_V, modifier=Qt.KeyboardModifier.ControlModifier)


def test_that_a_picture_goes_past_a_text_field(window: Window) -> None:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    QApplication.clipboard().setImage(image)
    press_paste(window)
    assert (window.pasted, window.field.text()) == (1, "")


def test_that_files_go_past_a_text_field(window: Window, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.pdf"))])
    data.setText(str(tmp_path / "a.pdf"))
    QApplication.clipboard().setMimeData(data)
    press_paste(window)
    assert (window.pasted, window.field.text()) == (1, "")


def test_that_text_stays_the_fields(window: Window) -> None:
    QApplication.clipboard().setText("receipts")
    press_paste(window)
    assert (window.pasted, window.field.text()) == (0, "receipts")


def test_that_other_keys_stay_the_fields(window: Window) -> None:
    QApplication.clipboard().setImage(QImage(4, 4, QImage.Format.Format_RGB32))
    QTest.keyClicks(window.field, "v")
    assert (window.pasted, window.field.text()) == (0, "v")


def test_that_fields_of_other_windows_are_left_alone(window: Window, qtbot: QtBot) -> None:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    QApplication.clipboard().setImage(image)
    other = QLineEdit()
    qtbot.addWidget(other)
    other.show()
    QTest.keyClick(other, Qt.Key.Key_V, modifier=Qt.KeyboardModifier.ControlModifier)
    assert window.pasted == 0


def test_that_a_field_may_go_while_it_has_the_focus(window: Window, qtbot: QtBot) -> None:
    editor = QLineEdit(window)
    editor.show()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    with qtbot.waitSignal(editor.destroyed):
        editor.deleteLater()
    window.field.setFocus()
    QApplication.clipboard().setText("receipts")
    press_paste(window)
    assert window.field.text() == "receipts"
