"""What tells models and ways of running them apart in the cache, and what does not."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from desktop.core.types import (
    Adapter,
    EngineKind,
    EngineOptions,
    FlashAttention,
    InstalledModel,
    KvType,
)
from desktop.engine.shared.identity import (
    conversations_identity,
    fingerprint,
    pictures_identity,
)

VERSIONS = {"llama.cpp": "1"}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "weights.gguf"
    path.write_bytes(random.Random(1).randbytes(600_000))
    return path


def test_that_a_file_that_was_moved_or_copied_is_the_same(weights: Path, tmp_path: Path) -> None:
    before = fingerprint(weights)
    copy = Path(shutil.copy2(weights, tmp_path / "copy.gguf"))
    assert fingerprint(copy) == before
    assert fingerprint(weights.rename(tmp_path / "moved.gguf")) == before


def test_that_other_weights_of_the_same_size_and_time_are_another_model(weights: Path) -> None:
    before, status = fingerprint(weights), weights.stat()
    raw = bytearray(weights.read_bytes())
    raw[100_000:] = random.Random(2).randbytes(500_000)  # the header is the same
    weights.write_bytes(raw)
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert fingerprint(weights) != before


def test_that_a_folder_is_all_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    before = fingerprint(folder)
    assert fingerprint(folder) == before
    (folder / "model.safetensors").write_bytes(b"weights")
    whole = fingerprint(folder)
    (folder / "model.safetensors").write_bytes(b"weightz")
    assert len({before, whole, fingerprint(folder)}) == 3


def test_that_whatever_changes_the_numbers_changes_the_identity(weights: Path) -> None:
    model = InstalledModel("m", "M", EngineKind.LLAMA_CPP, weights, None)
    adapted = replace(model, adapters=(Adapter(weights, 1.0),))
    off = EngineOptions(flash_attention=FlashAttention.OFF)
    identities = [
        pictures_identity(model, EngineOptions(), VERSIONS, has_gpu=False),
        pictures_identity(model, EngineOptions(), VERSIONS, has_gpu=True),
        pictures_identity(model, EngineOptions(), {"llama.cpp": "2"}, has_gpu=False),
        pictures_identity(model, off, VERSIONS, has_gpu=False),
        pictures_identity(adapted, EngineOptions(), VERSIONS, has_gpu=False),
        pictures_identity(
            replace(model, adapters=(Adapter(weights, 0.5),)),
            EngineOptions(),
            VERSIONS,
            has_gpu=False,
        ),
        pictures_identity(
            replace(model, projector_path=weights), EngineOptions(), VERSIONS, has_gpu=False
        ),
        pictures_identity(
            replace(model, engine=EngineKind.MLX), EngineOptions(), VERSIONS, has_gpu=False
        ),
    ]
    assert len(set(identities)) == len(identities)


def test_that_a_split_model_is_all_its_parts(weights: Path, tmp_path: Path) -> None:
    first, second = (tmp_path / f"big-{number:05}-of-00002.gguf" for number in (1, 2))
    shutil.copy2(weights, first)
    shutil.copy2(weights, second)
    model = InstalledModel("m", "M", EngineKind.LLAMA_CPP, first, None)
    before = pictures_identity(model, EngineOptions(), VERSIONS, has_gpu=False)
    second.write_bytes(b"other weights")
    assert pictures_identity(model, EngineOptions(), VERSIONS, has_gpu=False) != before


def test_that_what_changes_no_numbers_changes_nothing(weights: Path, tmp_path: Path) -> None:
    model = InstalledModel("m", "M", EngineKind.LLAMA_CPP, weights, None)
    copy = Path(shutil.copy2(weights, tmp_path / "copy.gguf"))
    other = replace(model, id="n", name="N", model_path=copy)
    more = EngineOptions(context_length=4096, threads=3, kv_type=KvType.Q8_0, cache_bytes=5)
    assert pictures_identity(model, EngineOptions(), VERSIONS, has_gpu=False) == (
        pictures_identity(other, more, VERSIONS, has_gpu=False)
    )


def test_that_conversations_differ_by_their_form() -> None:
    assert conversations_identity("m", KvType.F16) != conversations_identity("m", KvType.Q8_0)
