"""The model manager on a library of three models over a loopback hub, for the tests that use it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtWidgets import QAbstractButton, QLabel, QMessageBox, QWidget

from desktop.core.fit import Machine
from desktop.core.model_spec import RecommendedFor, Strength
from desktop.gui.import_dialog import ImportDialog
from desktop.gui.models_row import ModelRow
from desktop.gui.models_window import ModelsWindow
from tests.gui.models import WAIT_MS, LibraryDesk, model_spec, variant
from tests.store.downloads import FILES, OTHER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.hub import Hub

KEY = "tiny:q4_k_m"
GIB = 1 << 30
LARGE = {"large.gguf": OTHER, "vision/mmproj.gguf": FILES["vision/mmproj.gguf"]}


class Stage(LibraryDesk):
    """A window on a library of three models, the first of them recommended."""

    window: ModelsWindow

    def show(self, width: int = 1000, height: int = 700) -> None:
        self.library.set_machine(Machine(16 * GIB, 12 * GIB))
        self.window = ModelsWindow(self.library, self.settings)
        self.qtbot.addWidget(self.window)
        self.window.resize(width, height)
        with self.qtbot.waitExposed(self.window):
            self.window.show()
        self.qtbot.waitUntil(lambda: not self.library.is_looking, timeout=WAIT_MS)

    def row(self, row_id: str = "tiny") -> ModelRow:
        row = self.window.list.row(row_id)
        assert isinstance(row, ModelRow)
        return row

    def names(self) -> list[str]:
        """Of the rows in sight."""
        return [row.row_id for row in self.window.list.rows]

    def headings(self) -> list[str]:
        labels = self.window.list.findChildren(QLabel, "modelsHeading")
        return [label.text() for label in labels if label.isVisible()]

    def dialog(self) -> ImportDialog:
        (dialog,) = [d for d in self.window.findChildren(ImportDialog) if d.isVisible()]
        return dialog

    def answer(self, label: str) -> None:
        """Press a button of the question that is open."""
        (box,) = [box for box in self.window.findChildren(QMessageBox) if box.isVisible()]
        button = next(button for button in box.buttons() if button.text() == label)
        button.click()


@contextmanager
def stage_over(hub: Hub, qtbot: QtBot, folder: Path) -> Iterator[Stage]:
    """The window, shown; Tiny VL is recommended, and has two forms."""
    hub.files = {**FILES, **LARGE}
    specs = (
        model_spec("large", "Large VL", variant("q8_0", LARGE), good_at=frozenset(Strength)),
        model_spec("other", "Other OCR", good_at=frozenset({Strength.OCR}), licence=None),
        replace(
            model_spec("tiny", "Tiny VL", variant(), variant("q8_0")), recommended=RecommendedFor(0)
        ),
    )
    stage = Stage(qtbot, folder, hub, *specs)
    stage.show()
    yield stage
    stage.library.close()


def texts(widget: QWidget) -> str:
    """All words in sight."""
    labels = [each for each in widget.findChildren(QLabel) if each.isVisible()]
    buttons = [each for each in widget.findChildren(QAbstractButton) if each.isVisible()]
    return "\n".join([label.text() for label in labels] + [button.text() for button in buttons])
