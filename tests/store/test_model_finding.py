from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.model_spec import (
    FileRole,
    ModelFile,
    ModelVariant,
)
from desktop.core.types import EngineKind, GenerationSettings
from desktop.store.catalog import load_catalog
from desktop.store.download import WantedFile
from desktop.store.import_model import inspect_paths
from desktop.store.installed import note_installed, request_for
from desktop.store.local_models import Keep, LocalModels
from desktop.store.model_finding import find_model, verify_model
from desktop.store.stopping import StopFlag
from tests.store.ggufs import MODEL, PROJECTOR
from tests.store.mini import mini

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("mini.gguf", "mmproj-mini.gguf")
FILES = (
    ModelFile(FileRole.MODEL, NAMES[0], MODEL.stat().st_size),
    ModelFile(FileRole.PROJECTOR, NAMES[1]),
)
VARIANTS = tuple(
    ModelVariant(name, EngineKind.LLAMA_CPP, "someone/mini", None, FILES) for name in ("q4", "q8")
)
SPEC = mini(GenerationSettings(temperature=0.0, max_tokens=99), *VARIANTS)


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def local(tmp_path: Path, models_dir: Path) -> LocalModels:
    return LocalModels(tmp_path / "local.json", models_dir)


def install(models_dir: Path, variant: ModelVariant) -> Path:
    folder = models_dir / SPEC.id / variant.id
    folder.mkdir(parents=True)
    for name, source in zip(NAMES, (MODEL, PROJECTOR), strict=True):
        shutil.copyfile(source, folder / name)
    wanted = tuple(WantedFile(name, (folder / name).stat().st_size) for name in NAMES)
    note_installed(models_dir, replace(request_for(SPEC, variant), files=wanted))
    return folder


def add(local: LocalModels, folder: Path) -> str:
    candidate = inspect_paths([folder / NAMES[0]])
    return local.add(candidate, Keep.REFERENCE, StopFlag(), lambda _done, _total: None).id


def test_that_every_kind_of_id_is_found_and_kept_as_the_models_id(
    models_dir: Path, local: LocalModels
) -> None:
    folder = install(models_dir, VARIANTS[1])
    added = add(local, folder)
    for key, wanted in (
        ("builtin", "builtin"),
        ("mini:q8", "mini:q8"),
        ("mini", "mini:q8"),
        (added, "local:mini"),
    ):
        assert find_model(key, models_dir, [SPEC], local).id == wanted
        assert verify_model(key, models_dir, [SPEC], local) == ()


@pytest.mark.parametrize("key", ["mini:q4", "other", "local:other", "", "../mini"])
def test_that_what_is_not_here_is_a_sentence(
    models_dir: Path, local: LocalModels, key: str
) -> None:
    install(models_dir, VARIANTS[1])
    for ask in (find_model, verify_model):
        with pytest.raises(ModelError, match="not on this computer") as caught:
            ask(key, models_dir, [SPEC], local)
        assert caught.value.code is ErrorCode.MODEL_FILE_MISSING


def test_that_an_added_file_of_the_catalogue_has_the_catalogues_defaults(
    models_dir: Path, local: LocalModels, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, source in zip(NAMES, (MODEL, PROJECTOR), strict=True):
        shutil.copyfile(source, folder / name)
    key = add(local, folder)
    found = find_model(key, models_dir, [SPEC], local)
    assert (found.sampling, found.pictures) == (SPEC.sampling, SPEC.pictures)
    unknown = find_model(key, models_dir, [], local)
    assert unknown.sampling != SPEC.sampling


def test_that_verifying_reads_what_can_be_compared(models_dir: Path, local: LocalModels) -> None:
    folder = install(models_dir, VARIANTS[0])
    key = add(local, folder)
    (folder / NAMES[1]).write_bytes(PROJECTOR.read_bytes()[:1000])
    with pytest.raises(ModelError) as caught:
        verify_model(key, models_dir, [SPEC], local)
    assert caught.value.code is ErrorCode.MODEL_UNREADABLE


def test_that_no_entry_of_the_catalogue_takes_an_id_of_ours() -> None:
    assert not {"local", "builtin"} & {spec.id for spec in load_catalog()}
