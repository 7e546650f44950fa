"""An adapter beside a model is neither that model nor another one."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode, ModelError
from desktop.store.found_models import Places, find_models
from desktop.store.import_model import inspect_paths
from tests import adapters
from tests.store.ggufs import MODEL, PROJECTOR

if TYPE_CHECKING:
    from pathlib import Path


def test_that_an_adapter_is_refused_as_a_model_with_what_to_do(tmp_path: Path) -> None:
    path = adapters.write_gguf(tmp_path / "适配器.gguf")
    with pytest.raises(ModelError) as caught:
        inspect_paths([path])
    assert caught.value.code is ErrorCode.MODEL_IS_ADAPTER
    assert caught.value.details == {"name": "适配器.gguf"}


def test_that_an_adapter_in_another_programs_folder_is_not_listed(tmp_path: Path) -> None:
    folder = tmp_path / "publisher" / "mini"
    folder.mkdir(parents=True)
    shutil.copyfile(MODEL, folder / "mini.gguf")
    shutil.copyfile(PROJECTOR, folder / "mmproj-mini.gguf")
    adapters.write_gguf(folder / "lora.gguf")
    (candidate,) = find_models(Places(lm_studio=(tmp_path,)))
    assert candidate.problem is None
    assert {path.name for path in candidate.files} == {"mini.gguf", "mmproj-mini.gguf"}
