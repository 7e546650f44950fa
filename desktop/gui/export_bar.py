"""A quiet row of buttons that copy something out of an answer, or save it as a file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QStandardPaths, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QToolButton, QWidget
from typing_extensions import override

from desktop.gui.icons import icon
from desktop.gui.jobs import run_job
from desktop.gui.theme import theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from desktop.core.errors import GroundglassError

_DONE_MS = 1500
_ICON_PX = 16
_SPACING_PX = 2
_HEIGHT_PX = 32
_THIN_SPACE = "\u2009"  # the style puts a button's icon too close to its words


class ExportBar(QWidget):
    """One row; where there is no room for all words, some of the buttons are icons."""

    failed = Signal(object)  # GroundglassError: a file could not be written
    saved = Signal(object)  # Path

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        choose_path: Callable[[QWidget, str, str, str], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._choose_path = choose_path or _ask_for_path
        self._done: QToolButton | None = None
        self._icons: list[tuple[QToolButton, str, str]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_SPACING_PX)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DONE_MS)
        self._timer.timeout.connect(self._settle)
        theme().changed.connect(self._tint)

    def focus_chain(self) -> list[QWidget]:
        """What takes the keyboard focus, in reading order."""
        return [button for button, _, _ in self._icons if not button.isHidden()]

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _HEIGHT_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, _HEIGHT_PX)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    # --- building ---------------------------------------------------------------------------------

    def _button(self, icon_name: str, text: str, role: str = "secondary") -> QToolButton:
        button = QToolButton(self)
        button.setProperty("kind", "quiet")
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._icons.append((button, icon_name, role))
        self._name(button, text)
        return button

    @staticmethod
    def _name(button: QToolButton, text: str) -> None:
        button.setText(_THIN_SPACE + text)
        button.setAccessibleName(text)

    def _ways_out(self) -> tuple[QToolButton, ...]:
        """The buttons that do without words where there is no room."""
        raise NotImplementedError

    def _fit_words(self) -> None:
        both = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for button in self._ways_out():
            button.setToolButtonStyle(both)
        shown = [button for button, _, _ in self._icons if not button.isHidden()]
        needed = sum(button.sizeHint().width() + _SPACING_PX for button in shown)
        if needed > self.width():
            for button in self._ways_out():
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

    @Slot()
    def _tint(self) -> None:
        for button, name, role in self._icons:
            is_done = self._done is button
            button.setIcon(icon("check" if is_done else name, role))

    # --- saving -----------------------------------------------------------------------------------

    def _save(
        self,
        button: QToolButton,
        title: str,
        name: str,
        kind: tuple[str, str],
        work: Callable[[Path], None],
    ) -> None:
        """Ask for a place under this title; `kind` is (suffix, what such files are called)."""
        suffix, kind_name = kind
        chosen = self._choose_path(
            self.window(), title, _proposed(name, suffix), f"{kind_name} (*{suffix})"
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() != suffix:
            path = path.with_name(path.name + suffix)
        run_job(
            partial(work, path),
            partial(self._on_saved, button, path),
            self._on_failed,
            owner=self,
        )

    def _on_saved(self, button: QToolButton, path: Path, _nothing: None) -> None:
        self._say_done(button, self.tr("Saved"))
        self.saved.emit(path)

    def _on_failed(self, error: GroundglassError) -> None:
        self.failed.emit(error)

    def _say_done(self, button: QToolButton, words: str) -> None:
        self._settle()
        self._done = button
        button.setMinimumWidth(button.width())  # its neighbours stay where they are
        button.setText(_THIN_SPACE + words)
        self._tint()
        self._timer.start()

    @Slot()
    def _settle(self) -> None:
        if self._done is None:
            return
        button, self._done = self._done, None
        button.setText(_THIN_SPACE + button.accessibleName())
        button.setMinimumWidth(0)
        self._tint()


def _proposed(name: str, suffix: str) -> str:
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents))
    return str(folder / f"{name}{suffix}")


def _ask_for_path(window: QWidget, title: str, proposed: str, kinds: str) -> str:
    return QFileDialog.getSaveFileName(window, title, proposed, kinds)[0]
