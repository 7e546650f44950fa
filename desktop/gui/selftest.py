"""`groundglass --selftest`: the whole way in a few seconds, for a bundle that was just made.

Window, worker process, the built-in model with every engine that can run it here, a sample
picture, a PDF page, the HEIC decoder. What it writes goes to a folder of its own, which
`desktop.__main__` has chosen.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import PySide6
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QIODevice, QObject, QPoint, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPdfWriter

from desktop import __version__
from desktop.core.engine_choice import engine_name
from desktop.core.paths import resources_dir
from desktop.engine.api import EngineInspected
from desktop.gui.app import GroundglassApplication, open_shell
from desktop.gui.single_instance import StartRequest
from desktop.intake.documents import open_document
from desktop.store.model_store import builtin_forms, builtin_model
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from desktop.core.errors import GroundglassError
    from desktop.engine.api import EngineEvent
    from desktop.gui.app import Shell
    from desktop.store.history import StoredMessage

_QUESTION, _EXPECTED = "What colour is the circle?", "red"
_SAMPLE = "circle-and-triangle.png"
_LONGEST_MS = 120_000
_PASSED, _FAILED = 0, 1


class _Test(QObject):
    """Asks each engine one question in the window and ends the app with what came of it."""

    def __init__(self, app: GroundglassApplication, shell: Shell) -> None:
        super().__init__()
        self._app, self._shell = app, shell
        self._forms = list(builtin_forms())  # the first of them is what the window takes by itself
        self._has_inspected = False
        self._is_answered = False
        session = shell.window.session
        session.answer_finished.connect(self._check_answer)
        session.failed.connect(self._fail)
        shell.services.bridge.event_received.connect(self._follow)

    def start(self) -> None:
        """Show the window and ask; the app's loop must run soon after."""
        # The GPU of a hosted runner is a virtual one, with which llama.cpp ends its process.
        settings = self._shell.services.settings
        settings.set(replace(settings.value, engine=replace(settings.value.engine, gpu_layers=0)))
        _say("llama.cpp computes on the CPU here, whatever there is")
        self._shell.start(StartRequest((), BUILTIN_MODEL, None))
        self._ask()
        QTimer.singleShot(_LONGEST_MS, self._give_up)

    def _ask(self) -> None:
        session = self._shell.window.session
        session.set_text(_QUESTION)
        session.add_pictures([resources_dir() / "samples" / _SAMPLE])
        session.send()

    @Slot(object)
    def _follow(self, event: EngineEvent) -> None:
        if isinstance(event, EngineInspected):
            for name, version in sorted(event.versions.items()):
                _say(f"{name} {version}")
            for device in event.devices:
                _say(f"device: {device.kind} {device.description or device.name}")
            self._has_inspected = True
            self._go_on_if_done()

    @Slot(object)
    def _check_answer(self, answer: StoredMessage) -> None:
        text = answer.message.text
        _say(f"{_QUESTION} -> {text or answer.error}")
        if _EXPECTED not in text.casefold() or self._is_blank():
            self._app.exit(_FAILED)
            return
        self._is_answered = True
        self._go_on_if_done()

    def _go_on_if_done(self) -> None:
        """The next engine, or the end."""
        if not (self._has_inspected and self._is_answered):
            return
        if self._forms:
            _say(f"engine: {engine_name(self._forms.pop(0))}")
        if not self._forms:
            self._app.exit(_PASSED)
            return
        services = self._shell.services
        self._has_inspected = self._is_answered = False
        self._shell.window.session.open_new()
        services.model_state.load(builtin_model(self._forms[0]), services.settings.value.engine)
        services.bridge.client.inspect(self._forms[0])
        self._ask()

    @Slot(object)
    def _fail(self, error: GroundglassError) -> None:
        _say(error.message)
        self._app.exit(_FAILED)

    @Slot()
    def _give_up(self) -> None:
        _say("no answer came")
        self._app.exit(_FAILED)

    def _is_blank(self) -> bool:
        """Whether the window shows one colour only, as without fonts and style it might."""
        picture = self._shell.window.grab().toImage()
        first = picture.pixel(QPoint(0, 0))
        across, down = range(0, picture.width(), 7), range(0, picture.height(), 7)
        is_blank = all(picture.pixel(x, y) == first for x in across for y in down)
        if is_blank:
            _say("the window is blank")
        return is_blank


def run() -> int:
    """Test this installation; gives 0 when all is well, and says what is not."""
    _say(f"Groundglass {__version__}, Python {sys.version.split()[0]}, Qt {PySide6.__version__}")
    _read_pdf()
    importlib.import_module("_pi_heif")
    app = GroundglassApplication(sys.argv[:1])
    shell = open_shell(app)
    if shell is None:
        return _FAILED
    test = _Test(app, shell)
    test.start()
    code = app.exec()
    shell.window.close()
    shell.close()
    _say("passed" if code == _PASSED else "FAILED")
    return code


def _read_pdf() -> None:
    """Write a page and read it back; raises `DocumentError` where PDFium does not work."""
    content = QBuffer()
    content.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(content)
    writer.setResolution(72)
    painter = QPainter(writer)
    painter.fillRect(0, 0, 200, 200, QColor("black"))
    painter.end()
    with open_document(bytes(content.data().data()), source_name="selftest.pdf") as document:
        page = document.render(0)
    if page.convert("L").histogram()[0] == 0:
        raise RuntimeError("PDFium painted nothing")
    _say(f"PDF page: {page.width} x {page.height} pixels")


def _say(line: str) -> None:
    # Of no use without a terminal: a program for Windows' window has no output at all.
    if sys.stdout is not None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
