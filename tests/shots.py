"""Pictures of the real window, with the real worker and the built-in model: `make shots`.

The three that the README shows go to docs/screenshots, all others to ./shots. Every look (language,
appearance, size) is a process of its own, under an Xvfb of its own where there is one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from desktop.core.types import InstalledModel
    from desktop.gui.app import Shell
    from desktop.gui.samples import Sample
    from desktop.gui.single_instance import StartRequest

ROOT = Path(__file__).resolve().parents[1]
README_SHOTS = ROOT / "docs" / "screenshots"
OTHER_SHOTS = ROOT / "shots"
README_NAMES = {
    "answered-light-en": "answer-light",
    "first-run-dark-en": "first-run-dark",
    "answered-light-zh_CN": "answer-chinese",
    "viewer-boxes-light-en": "viewer",
    "models-downloading-light-en": "models",
}
README_LIMIT_BYTES = 300_000
WAIT_MS = 60_000
SETTLE_MS = 400  # thumbnails, short animations, a caret
REPLIES = {
    "en": """The picture holds **two shapes** on a plain, cream-coloured ground:

| shape | colour | where |
|---|---|---|
| star | orange | top left |
| square | blue | bottom right |

1. The star has five points and stands upright.
2. The square is the smaller of the two, about as wide as an arm of the star is long.

Nothing is written in the picture, and there is no frame around it.""",
    "zh_CN": """图中浅米色的背景上有**两个图形**：

| 图形 | 颜色 | 位置 |
|---|---|---|
| 星形 | 橙色 | 左上角 |
| 正方形 | 蓝色 | 右下角 |

1. 星形有五个角，正立着。
2. 正方形较小，边长与星形的一个角差不多。

图中没有文字，四周也没有边框。""",
}


@dataclass(frozen=True)
class Look:
    language: str
    appearance: str
    width: int = 1280
    height: int = 800

    @property
    def name(self) -> str:
        size = "" if (self.width, self.height) == (1280, 800) else f"-{self.width}x{self.height}"
        return f"{self.appearance}-{self.language}{size}"


LOOKS = (
    Look("en", "light"),
    Look("en", "dark"),
    Look("zh_CN", "light"),
    Look("zh_CN", "dark"),
    Look("en", "light", 900, 600),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--look", help="only this one, such as light-en")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return shoot(next(look for look in LOOKS if look.name == arguments.inside))
    status = 0
    for look in LOOKS:
        if arguments.look in {None, look.name}:
            status = max(status, start(look))
    return status


def start(look: Look) -> int:
    """Run one look in a process of its own."""
    command = [sys.executable, "-m", "tests.shots", "--inside", look.name]
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, GROUNDGLASS_HOME=home)
        if shutil.which("Xvfb") is None:
            environment["QT_QPA_PLATFORM"] = "offscreen"
            return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        with x_server() as display:
            environment |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
            return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


class x_server:  # noqa: N801 - used as `with x_server() as display`
    """An Xvfb on a free display."""

    def __enter__(self) -> str:
        reading, writing = os.pipe()
        # Without -noreset it starts anew, deaf for a moment, whenever its last client leaves.
        options = ["-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"]
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), *options],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        return f":{number}"

    def __exit__(self, *_exception: object) -> None:
        self._process.terminate()
        self._process.wait(10)


# --- inside -------------------------------------------------------------------------------------

Step = Iterator[Callable[[], bool]]


def shoot(look: Look) -> int:
    """The app itself, directed by a script that yields what it waits for."""
    from PySide6.QtCore import QElapsedTimer, QTimer  # noqa: PLC0415

    from desktop.core import paths  # noqa: PLC0415
    from desktop.gui import app, model_library  # noqa: PLC0415
    from desktop.store.settings import Settings, save_settings  # noqa: PLC0415

    settings = Settings(language=look.language, appearance=look.appearance)
    save_settings(paths.settings_file(), settings)
    failures: list[str] = []

    class DirectedShell(app.Shell):
        @override
        def start(self, request: StartRequest) -> None:
            super().start(request)
            self.window.resize(look.width, look.height)
            self.script = Director(self, look).script()
            self.condition: Callable[[], bool] = lambda: True
            self.clock = QElapsedTimer()
            self.clock.start()
            self.timer = QTimer(self, interval=20)
            self.timer.timeout.connect(self.go_on)
            self.timer.start()

        def go_on(self) -> None:
            if not self.condition():
                if self.clock.elapsed() > WAIT_MS:
                    failures.append(f"{look.name}: waited in vain")
                    self.window.close()
                return
            self.clock.restart()
            try:
                self.condition = next(self.script)
            except StopIteration:
                self.timer.stop()
                self.window.close()

    app.Shell = DirectedShell  # type: ignore[misc]
    # What this machine happens to have is not for pictures.
    model_library.find_models = lambda *_: ()  # type: ignore[attr-defined]
    status = app.run([])
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else status


class Director:
    def __init__(self, shell: Shell, look: Look) -> None:
        from desktop.gui.samples import load_samples  # noqa: PLC0415

        self.window, self.services, self.look = shell.window, shell.services, look
        self.session = shell.window.session
        self.samples = load_samples(look.language)

    def script(self) -> Step:
        # With Qt, which must not be imported before the screen is chosen.
        from desktop.gui.model_state import ModelStatus  # noqa: PLC0415
        from tests.document_scenes import reading  # noqa: PLC0415
        from tests.engine_scenes import choosing  # noqa: PLC0415
        from tests.figures_scenes import measured  # noqa: PLC0415
        from tests.form_scenes import forms  # noqa: PLC0415
        from tests.helping_scenes import helping  # noqa: PLC0415
        from tests.looking_scenes import looking  # noqa: PLC0415

        state = self.services.model_state
        yield lambda: state.status is ModelStatus.READY and self.window.isVisible()
        yield from self.settle()
        self.take("first-run")
        if self.look.width < 1000:
            yield from self.ask(self.samples[0])
            yield from self.settle()
            self.take("answered")
            yield from measured(self)
            return
        yield from self.ask(self.samples[1])
        self.window.actions_of_window.new_chat.trigger()
        yield from self.ask(self.samples[2])
        self.window.actions_of_window.new_chat.trigger()
        yield from self.ask(self.samples[0])
        yield from self.attach(self.samples[2])
        self.window.pane.composer.edit.setPlainText(self.samples[2].question)
        yield from self.settle(2_000)  # also until the engine has prepared the new picture
        self.take("answered")
        yield from measured(self)
        yield from self.settings()
        yield from choosing(self)
        yield from self.models()
        yield from looking(self)
        yield from helping(self)
        yield from reading(self)
        yield from forms(self)
        yield from self.interrupted()

    def ask(self, sample: Sample) -> Step:
        yield from self.write(sample)
        self.session.send()
        yield self.is_idle

    def write(self, sample: Sample) -> Step:
        yield from self.attach(sample)
        self.window.pane.composer.edit.setPlainText(sample.question)
        yield from self.settle()

    def attach(self, sample: Sample) -> Step:
        self.session.add_pictures([sample.path])
        yield lambda: bool(self.session.draft.pictures.ready)

    def settings(self) -> Step:
        from desktop.gui.settings_dialog import Page, SettingsDialog  # noqa: PLC0415

        for page in Page:
            dialog = SettingsDialog(self.services, self.window, page)
            dialog.open()
            yield from self.settle()
            self.take(f"settings-{page.name.lower()}")
            dialog.reject()

    def models(self) -> Step:
        """The model manager, in scenes that need no network."""
        from desktop.gui.models_window import ModelsWindow  # noqa: PLC0415
        from tests.model_scenes import Scene, set_scene  # noqa: PLC0415

        manager = ModelsWindow(self.services.library, self.services.settings)
        for scene in Scene:
            set_scene(self.services.library, scene)
            manager.show()
            yield from self.settle()
            self.save(manager.grab(), f"models-{scene.value}")
        manager.resize(900, 600)
        manager.show_entry("qwen3-vl-4b:q4_k_m")
        yield from self.settle()
        self.save(manager.grab(), "models-small")
        manager.close()
        set_scene(self.services.library, Scene.EMPTY)

    def interrupted(self) -> Step:
        """A longer answer while it streams, then an error: scripted, since Mini is too quick."""
        from desktop.core import paths  # noqa: PLC0415
        from tests.engine.harness import fake_model  # noqa: PLC0415

        folder, reply = paths.data_dir(), REPLIES[self.look.language]
        yield from self.use(fake_model(folder, "Scripted answer", reply=reply, tokens_per_s=60))
        self.window.actions_of_window.new_chat.trigger()
        yield from self.write(self.samples[0])
        self.session.send()
        yield lambda: len(self.said()) > len(reply) * 0.7
        self.take("streaming")
        self.session.stop()
        yield self.is_idle
        crash = {"phase": "decode", "signal": "SIGKILL"}
        yield from self.use(fake_model(folder, "Crashing answer", reply=reply, crash=crash))
        yield from self.write(self.samples[1])
        self.session.send()
        yield self.is_idle
        yield from self.settle()
        self.take("error")

    def use(self, model: InstalledModel) -> Step:
        from desktop.core.types import EngineOptions  # noqa: PLC0415
        from desktop.gui.model_state import ModelStatus  # noqa: PLC0415

        state = self.services.model_state
        state.load(model, EngineOptions())
        yield lambda: state.status is ModelStatus.READY and state.model == model

    def said(self) -> str:
        """The text of the answer in progress."""
        return self.session.running.text if self.session.running else ""

    def is_idle(self) -> bool:
        return self.session.running is None

    def settle(self, pause_ms: int = SETTLE_MS) -> Step:
        from PySide6.QtCore import QElapsedTimer  # noqa: PLC0415

        clock = QElapsedTimer()
        clock.start()
        yield lambda: clock.elapsed() > pause_ms

    def take(self, scene: str) -> None:
        """The window and the dialogs on it, as one picture."""
        from PySide6.QtCore import QPoint, QRect  # noqa: PLC0415
        from PySide6.QtGui import QColor, QPainter  # noqa: PLC0415
        from PySide6.QtWidgets import QDialog  # noqa: PLC0415

        from desktop.gui.theme import theme  # noqa: PLC0415

        picture = self.window.grab()
        painter = QPainter(picture)
        for dialog in self.window.findChildren(QDialog):
            if dialog.isVisible():
                painter.fillRect(picture.rect(), QColor(0, 0, 0, 60))  # as desktops dim what waits
                place = dialog.mapToGlobal(QPoint()) - self.window.mapToGlobal(QPoint())
                painter.drawPixmap(place, dialog.grab())
                painter.setPen(QColor(theme().colors.line))
                painter.drawRect(QRect(place, dialog.size()).adjusted(-1, -1, 0, 0))
        painter.end()
        self.save(picture, scene)

    def save(self, picture: QPixmap, scene: str) -> None:
        """Into its folder, under its name."""
        name = f"{scene}-{self.look.name}"
        folder = README_SHOTS if name in README_NAMES else OTHER_SHOTS
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{README_NAMES.get(name, name)}.png"
        if not picture.save(str(path)):
            raise OSError(f"{path} could not be written")
        if folder is README_SHOTS and path.stat().st_size > README_LIMIT_BYTES:
            raise ValueError(f"{path.name} is larger than {README_LIMIT_BYTES} bytes")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
