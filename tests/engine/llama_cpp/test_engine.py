"""The llama.cpp engine with the built-in model: what only its files can do wrong."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.errors import GroundglassError, ModelError
from desktop.engine.api import LoadModel
from desktop.engine.llama_cpp.engine import LlamaCppEngine
from tests.engine.harness import question, shape
from tests.engine.real import DESCRIBE, OPTIONS, RealEngine, RecordingJob

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop.core.types import InstalledModel


def test_that_models_load_from_chinese_paths_with_spaces(
    builtin: InstalledModel, tmp_path: Path
) -> None:
    folder = tmp_path / "模型 文件夹"
    folder.mkdir()
    assert builtin.projector_path is not None
    moved = replace(
        builtin,
        model_path=_copy(builtin.model_path, folder / "小 模型.gguf"),
        projector_path=_copy(builtin.projector_path, folder / "mmproj 小.gguf"),
    )
    real = RealEngine(moved)
    assert "red" in real.ask(question(DESCRIBE, shape(folder, "red")))[0].lower()
    real.close()


def _copy(source: Path, target: Path) -> Path:
    shutil.copyfile(source, target)
    return target


def broken_models(builtin: InstalledModel, folder: Path) -> Sequence[tuple[str, InstalledModel]]:
    assert builtin.projector_path is not None
    cut = folder / "cut.gguf"
    cut.write_bytes(builtin.model_path.read_bytes()[:1_500_000])
    page = folder / "page.gguf"
    page.write_text("<html>404</html>")
    cut_eyes = folder / "cut-mmproj.gguf"
    cut_eyes.write_bytes(builtin.projector_path.read_bytes()[:1_500_000])
    return (
        ("truncated", replace(builtin, model_path=cut)),
        ("a web page", replace(builtin, model_path=page)),
        ("a projector as model", replace(builtin, model_path=builtin.projector_path)),
        ("a model as projector", replace(builtin, projector_path=builtin.model_path)),
        ("truncated projector", replace(builtin, projector_path=cut_eyes)),
        ("no file", replace(builtin, model_path=folder / "none.gguf")),
    )


def test_that_broken_model_files_are_sentences(builtin: InstalledModel, tmp_path: Path) -> None:
    engine = LlamaCppEngine()
    for name, broken in broken_models(builtin, tmp_path):
        with pytest.raises(GroundglassError) as caught:
            engine.load(LoadModel(broken, OPTIONS), RecordingJob())
        assert isinstance(caught.value, ModelError), name
        assert caught.value.message.endswith(".")
    assert engine.load(LoadModel(builtin, OPTIONS), RecordingJob()).can_see
    engine.unload()
