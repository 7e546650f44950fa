from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.model_spec import (
    FileRole,
    ModelFile,
    ModelVariant,
)
from desktop.core.types import EngineKind, GenerationSettings
from desktop.store.download import WantedFile
from desktop.store.hubs import HubKind
from desktop.store.installed import (
    as_model,
    damaged_files,
    find_installed,
    note_installed,
    remove_variant,
    request_for,
)
from desktop.store.model_store import builtin_model
from tests.store.mini import mini

if TYPE_CHECKING:
    from pathlib import Path

MODEL, EYES = "mini.gguf", "mmproj-mini.gguf"
VARIANT = ModelVariant(
    "f16",
    EngineKind.LLAMA_CPP,
    "someone/mini",
    None,
    (ModelFile(FileRole.MODEL, MODEL), ModelFile(FileRole.PROJECTOR, EYES)),
)
SPEC = mini(GenerationSettings(temperature=0.0), VARIANT)


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    """A models folder with the built-in model's files as a downloaded model."""
    builtin = builtin_model(EngineKind.LLAMA_CPP)
    assert builtin.projector_path is not None
    root = tmp_path / "我的 models"
    folder = root / SPEC.id / VARIANT.id
    folder.mkdir(parents=True)
    wanted = []
    for name, source in ((MODEL, builtin.model_path), (EYES, builtin.projector_path)):
        shutil.copyfile(source, folder / name)
        content = source.read_bytes()
        wanted.append(WantedFile(name, len(content), hashlib.sha256(content).hexdigest()))
    note_installed(root, replace(request_for(SPEC, VARIANT), files=tuple(wanted)))
    return root


def test_that_a_whole_variant_is_found_and_can_be_loaded(models_dir: Path) -> None:
    (found,) = find_installed(models_dir, [SPEC])
    model = as_model(found)
    assert (model.id, model.name, model.is_builtin) == ("mini", "Mini", False)
    assert model.pictures == SPEC.pictures
    assert model.sampling == SPEC.sampling
    assert model.projector_path == models_dir / "mini" / "f16" / EYES
    assert found.size_bytes == sum(p.stat().st_size for p in found.folder.glob("*.gguf"))


def test_that_nothing_is_found_in_an_empty_place(tmp_path: Path) -> None:
    assert find_installed(tmp_path / "none", [SPEC]) == ()


@pytest.mark.parametrize("name", [MODEL, EYES])
def test_that_a_missing_or_cut_file_is_not_whole(models_dir: Path, name: str) -> None:
    path = models_dir / "mini" / "f16" / name
    path.write_bytes(path.read_bytes()[:-1])
    assert find_installed(models_dir, [SPEC]) == ()
    path.unlink()
    assert find_installed(models_dir, [SPEC]) == ()


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"[]",
        b'{"files":[]}',
        b'{"files":[{"path":"../../escape"}]}',
        b'{"files":[{"path":"mini.gguf","size_bytes":1}]}',
    ],
)
def test_that_a_damaged_record_counts_as_none(models_dir: Path, record: bytes) -> None:
    (models_dir / "mini" / "f16" / "installed.json").write_bytes(record)
    assert find_installed(models_dir, [SPEC]) == ()


def test_that_damage_of_the_same_length_is_found_by_verifying(models_dir: Path) -> None:
    (found,) = find_installed(models_dir, [SPEC])
    assert damaged_files(found) == []
    path = found.folder / MODEL
    content = bytearray(path.read_bytes())
    content[1_000_000] ^= 1
    path.write_bytes(content)
    assert find_installed(models_dir, [SPEC]) == (found,)
    assert damaged_files(found) == [MODEL]


def test_that_removing_leaves_nothing_and_twice_is_once(models_dir: Path) -> None:
    (models_dir / "mini" / "f16" / f"{MODEL}.part").write_bytes(b"half")
    remove_variant(models_dir, SPEC, VARIANT)
    assert [path for path in models_dir.rglob("*") if path.is_file()] == []
    remove_variant(models_dir, SPEC, VARIANT)


def test_that_removing_follows_no_record_out_of_the_folder(models_dir: Path) -> None:
    precious = models_dir / "precious.txt"
    precious.write_text("mine")
    record = {"files": [{"path": "../../precious.txt", "size_bytes": 4}]}
    (models_dir / "mini" / "f16" / "installed.json").write_text(json.dumps(record))
    remove_variant(models_dir, SPEC, VARIANT)
    assert precious.read_text() == "mine"


def test_that_a_pinned_commit_is_asked_only_of_the_hub_that_knows_it() -> None:
    pinned = replace(VARIANT, revision="a" * 40)
    (source,) = request_for(SPEC, pinned).sources
    assert (source.kind, source.revision) == (HubKind.HUGGING_FACE, "a" * 40)
    newest = {source.kind: source.revision for source in request_for(SPEC, VARIANT).sources}
    assert newest == {HubKind.HUGGING_FACE: "main", HubKind.MODELSCOPE: "master"}
