"""What is asked when the app cannot start as usual: a sentence and a way on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox

from desktop.core.errors import ErrorCode, StoreError
from desktop.gui.error_texts import error_text
from desktop.store.history import History

if TYPE_CHECKING:
    from collections.abc import Callable


def open_history(path: Path, page_path: Callable[[str, int], Path]) -> History | None:
    """The history; if it cannot be used, what the person decides: None means quit.

    A damaged file is moved aside, never deleted, when an empty history is wanted instead. In every
    other case the way on is a history in memory, which ends with the app.
    """
    try:
        return History(path, page_path)
    except StoreError as error:
        if not _wants_to_go_on(error):
            return None
        if error.code is not ErrorCode.HISTORY_DAMAGED:
            return History(Path(":memory:"), page_path)
    try:
        _move_aside(path)
        return History(path, page_path)
    except (OSError, StoreError):
        return History(Path(":memory:"), page_path)


def _wants_to_go_on(error: StoreError) -> bool:
    box = QMessageBox()
    box.setObjectName("startProblem")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setText(QCoreApplication.translate("StartUp", "Your conversations cannot be opened"))
    box.setInformativeText(error_text(error.code, error.details, error.message))
    if error.code is ErrorCode.HISTORY_DAMAGED:
        label = QCoreApplication.translate("StartUp", "Start with an empty history")
    else:
        label = QCoreApplication.translate("StartUp", "Go on without saving")
    go_on = box.addButton(label, QMessageBox.ButtonRole.AcceptRole)
    leave = box.addButton(
        QCoreApplication.translate("StartUp", "Quit"), QMessageBox.ButtonRole.RejectRole
    )
    leave.setProperty("kind", "primary")
    box.setDefaultButton(leave)
    box.setEscapeButton(leave)
    box.exec()
    return box.clickedButton() is go_on


def _move_aside(path: Path) -> None:
    """Keep the damaged database, and the files that belong to it, under new names."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.replace(aside)
    for ending in ("-wal", "-shm"):
        companion = path.with_name(path.name + ending)
        if companion.exists():
            companion.replace(aside.with_name(aside.name + ending))
