"""A model that is here for both engines, in the window with the real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtWidgets import QPushButton

from desktop.core import paths
from desktop.core.engine_choice import engines_here
from desktop.core.types import EngineKind, StopReason
from desktop.gui.model_state import ModelStatus
from desktop.gui.theme import install_theme
from desktop.store.settings import Settings, load_settings, save_settings
from tests.e2e.test_models import WAIT_MS, Run, ask, red_circle
from tests.hub import Hub
from tests.store.mlx_models import GGUF_FILES, GGUF_KEY, MLX_FILES, MLX_KEY, SPEC

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.engines import Engines

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.skipif(
        EngineKind.MLX not in engines_here(),
        reason="MLX is not installed on this kind of computer",
    ),
]


def put(variant_id: str, files: Mapping[str, bytes]) -> Path:
    """As a finished download leaves it."""
    folder = paths.models_dir() / "mini" / variant_id
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    known = [{"path": name, "size_bytes": len(content)} for name, content in files.items()]
    (folder / "installed.json").write_bytes(msgspec.json.encode({"files": known}))
    return folder


def notice_buttons(run: Run) -> list[QPushButton]:
    buttons = run.window.pane.notice.findChildren(QPushButton, "noticeAction")
    return [button for button in buttons if button.isVisible()]


def test_that_a_form_that_does_not_load_leads_to_the_other_one_and_back(
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    engines: Engines,
) -> None:
    engines.on_a_pc()
    monkeypatch.setenv("HOME", str(tmp_path))  # other programs' models are not looked for
    install_theme(qapp).set_appearance("light")
    put("f16", GGUF_FILES)
    weights = put("mlx_4bit", MLX_FILES) / "tokenizer.json"
    whole = weights.read_bytes()
    weights.write_bytes(b" " * len(whole))  # as long as it was, so that only the engine sees it
    save_settings(paths.settings_file(), Settings(model_id=MLX_KEY))
    with Hub() as hub:
        run = Run(qtbot, qapp, hub, SPEC, awaited="")
        try:
            state = run.services.model_state
            qtbot.waitUntil(lambda: state.status is ModelStatus.FAILED, timeout=WAIT_MS)
            (button,) = notice_buttons(run)
            assert button.text() == "Try with llama.cpp"
            button.click()
            run.wait_for_model(GGUF_KEY)
            assert notice_buttons(run) == []
            weights.write_bytes(whole)
            run.window.pill._switch.trigger()
            run.wait_for_model(MLX_KEY)
            answer = ask(run, red_circle(tmp_path / "圆.png"))
            assert answer.stop_reason is StopReason.END
            assert "red" in answer.message.text.lower()
            assert answer.figures is not None
            assert answer.figures.model_id == MLX_KEY
        finally:
            run.close()
    assert load_settings(paths.settings_file()).model_id == MLX_KEY
