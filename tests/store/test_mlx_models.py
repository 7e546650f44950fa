"""Models for MLX from a hub to what the engine loads, and which form of a model is meant."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.errors import DownloadError, ErrorCode, ModelError
from desktop.core.model_spec import FileRole
from desktop.core.paths import builtin_model_dir
from desktop.core.types import EngineKind
from desktop.store import model_store
from desktop.store.catalog import load_catalog
from desktop.store.import_model import inspect_paths
from desktop.store.installed import (
    as_model,
    damaged_files,
    downloaded_bytes,
    find_installed,
    note_installed,
    remove_variant,
    request_for,
    was_installed,
)
from desktop.store.local_models import Keep, LocalModels
from desktop.store.model_finding import (
    find_model,
    find_variant,
    form_for,
    model_from_path,
    verify_model,
)
from desktop.store.model_store import builtin_forms, builtin_model
from desktop.store.stopping import StopFlag, StoppedError
from tests.hub import REPO
from tests.store.adding import add, files_in
from tests.store.ggufs import MLX, MODEL, PROJECTOR
from tests.store.mlx_models import (
    GGUF,
    GGUF_FILES,
    GGUF_KEY,
    MLX_FILES,
    MLX_KEY,
    SPEC,
    WHOLE,
    serve,
)

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.store.progress import DownloadProgress
    from tests.engines import Engines
    from tests.hub import Hub
    from tests.store.downloads import Setup

LLAMA = EngineKind.LLAMA_CPP
SIZE = sum(map(len, MLX_FILES.values()))


@pytest.fixture(autouse=True)
def on_a_pc_with_mlx(engines: Engines) -> None:
    engines.on_a_pc()


@pytest.fixture
def models_dir(setup: Setup, hub: Hub) -> Path:
    serve(hub)
    return setup.folder


def get(setup: Setup) -> None:
    stop, downloader = StopFlag(), setup.downloader()
    resolved = downloader.resolve(request_for(SPEC, WHOLE), stop)
    downloader.fetch(resolved, stop, setup.progress.append)
    note_installed(setup.folder, resolved)


def put_gguf(models_dir: Path) -> None:
    folder = models_dir / "mini" / "f16"
    folder.mkdir(parents=True)
    for name, content in GGUF_FILES.items():
        (folder / name).write_bytes(content)
    note_installed(models_dir, request_for(SPEC, GGUF))


def test_that_a_whole_repository_comes_and_is_a_model(setup: Setup, models_dir: Path) -> None:
    get(setup)
    (found,) = find_installed(models_dir, [SPEC])
    assert {file.path for file in found.files} == set(MLX_FILES)  # nothing hidden
    assert found.size_bytes == SIZE == downloaded_bytes(models_dir, SPEC, WHOLE)
    assert (found.path(FileRole.MODEL), found.path(FileRole.PROJECTOR)) == (found.folder, None)
    model = as_model(found)
    assert (model.name, model.engine, model.model_path) == ("Mini", EngineKind.MLX, found.folder)
    assert (model.sampling, model.pictures) == (SPEC.sampling, SPEC.pictures)
    assert model.projector_path is None


def test_that_every_file_of_a_repository_is_verified(setup: Setup, models_dir: Path) -> None:
    get(setup)
    (found,) = find_installed(models_dir, [SPEC])
    assert damaged_files(found) == []
    for name in ("config.json", "model.safetensors"):  # by git's id, and by sha256
        path = found.folder / name
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert damaged_files(found) == [name]
        path.write_bytes(content)


def test_that_half_a_repository_can_be_removed(setup: Setup, models_dir: Path) -> None:
    stop = StopFlag()

    def stop_in_the_weights(progress: DownloadProgress) -> None:
        if progress.file == "model.safetensors":
            stop.stop()

    downloader = setup.downloader()
    resolved = downloader.resolve(request_for(SPEC, WHOLE), stop)
    with pytest.raises(StoppedError):
        downloader.fetch(resolved, stop, stop_in_the_weights)
    assert find_installed(models_dir, [SPEC]) == ()
    assert 0 < downloaded_bytes(models_dir, SPEC, WHOLE) <= SIZE
    remove_variant(models_dir, SPEC, WHOLE)
    assert downloaded_bytes(models_dir, SPEC, WHOLE) == 0
    assert files_in(models_dir) == []
    remove_variant(models_dir, SPEC, WHOLE)


def test_that_removing_takes_all_of_a_repository(setup: Setup, models_dir: Path) -> None:
    get(setup)
    assert was_installed(models_dir, SPEC, WHOLE)
    remove_variant(models_dir, SPEC, WHOLE)
    assert files_in(models_dir) == []
    assert not was_installed(models_dir, SPEC, WHOLE)


def test_that_names_that_meet_on_some_disks_are_the_hubs_fault(
    setup: Setup, models_dir: Path, hub: Hub
) -> None:
    serve(hub, {**MLX_FILES, "CONFIG.json": b"{}"})
    with pytest.raises(DownloadError) as caught:
        get(setup)
    assert caught.value.code is ErrorCode.DOWNLOAD_UNUSABLE
    assert files_in(models_dir) == []


def test_that_a_model_for_mlx_is_a_sentence_where_mlx_cannot_run(
    setup: Setup, models_dir: Path, engines: Engines
) -> None:
    get(setup)
    engines.are_here(LLAMA)
    with pytest.raises(ModelError) as caught:
        find_model(MLX_KEY, models_dir, [SPEC], locals_in(models_dir))
    assert caught.value.code is ErrorCode.MODEL_NEEDS_MLX
    assert caught.value.details == {"name": "Mini"}


# --- which form is meant


def locals_in(models_dir: Path) -> LocalModels:
    return LocalModels(models_dir / "local-models.json", models_dir)


def test_that_an_id_without_a_form_means_the_better_or_the_chosen_one(
    setup: Setup, models_dir: Path, engines: Engines
) -> None:
    get(setup)
    assert find_variant("mini", models_dir, [SPEC]).variant is WHOLE  # the only one here
    put_gguf(models_dir)
    assert find_variant("mini", models_dir, [SPEC]).variant is GGUF
    assert find_variant("mini", models_dir, [SPEC], EngineKind.MLX).variant is WHOLE
    assert find_variant(MLX_KEY, models_dir, [SPEC], LLAMA).variant is WHOLE  # it says so itself
    engines.on_a_mac()
    assert find_variant("mini", models_dir, [SPEC]).variant is WHOLE
    assert find_variant("mini", models_dir, [SPEC], LLAMA).variant is GGUF
    local = locals_in(models_dir)
    assert find_model("mini", models_dir, [SPEC], local).id == MLX_KEY
    assert find_model("mini", models_dir, [SPEC], local, LLAMA).id == GGUF_KEY


def test_that_the_form_for_an_engine_has_an_id(setup: Setup, models_dir: Path) -> None:
    local = locals_in(models_dir)
    get(setup)

    def form(engine: EngineKind, key: str) -> str:
        return form_for(engine, key, models_dir, [SPEC], local)

    with pytest.raises(ModelError) as caught:
        form(LLAMA, MLX_KEY)
    assert caught.value.code is ErrorCode.MODEL_FORM_MISSING
    assert caught.value.details == {"name": "Mini", "engine": "llama.cpp"}
    put_gguf(models_dir)
    assert form(LLAMA, MLX_KEY) == form(LLAMA, "mini") == form(LLAMA, GGUF_KEY) == GGUF_KEY
    assert form(EngineKind.MLX, GGUF_KEY) == MLX_KEY
    assert form(EngineKind.MLX, "builtin") == form(LLAMA, "builtin") == "builtin"
    added = add(local, inspect_paths([MLX]), Keep.REFERENCE)
    assert form(EngineKind.MLX, added.id) == added.id
    with pytest.raises(ModelError) as caught:
        form(LLAMA, added.id)
    assert caught.value.code is ErrorCode.MODEL_FORM_MISSING


def test_that_the_built_in_model_is_here_for_both_engines(engines: Engines) -> None:
    assert builtin_forms() == (LLAMA, EngineKind.MLX)
    assert builtin_model().engine is LLAMA
    chosen = builtin_model(EngineKind.MLX)
    assert (chosen.engine, chosen.model_path, chosen.projector_path) == (
        EngineKind.MLX,
        builtin_model_dir() / "mlx",
        None,
    )
    assert replace(builtin_model(), engine=chosen.engine, model_path=MLX, projector_path=None) == (
        chosen
    )
    engines.on_a_mac()
    assert builtin_model().engine is EngineKind.MLX
    assert builtin_model(LLAMA).projector_path == PROJECTOR
    engines.are_here(LLAMA)
    assert builtin_forms() == (LLAMA,)
    assert builtin_model(EngineKind.MLX).engine is LLAMA


def test_that_the_built_in_model_runs_in_its_other_form_where_one_is_damaged(
    engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mlx").mkdir()
    shutil.copy(builtin_model_dir() / "entry.toml", tmp_path)
    (tmp_path / MODEL.name).write_bytes(b"GGUF")
    (tmp_path / PROJECTOR.name).write_bytes(b"GGUF")
    monkeypatch.setattr(model_store, "builtin_model_dir", lambda: tmp_path)
    with pytest.raises(ModelError) as caught:
        builtin_model(LLAMA)
    assert caught.value.code is ErrorCode.MODEL_UNREADABLE
    assert builtin_model(EngineKind.MLX).model_path == tmp_path / "mlx"


def test_that_verifying_the_built_in_model_looks_at_all_its_forms(
    models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "builtin"
    shutil.copytree(builtin_model_dir(), folder, ignore=shutil.ignore_patterns("recipe"))
    monkeypatch.setattr("desktop.store.model_store.builtin_model_dir", lambda: folder)
    assert verify_model("builtin", models_dir, [], locals_in(models_dir)) == ()
    (folder / "mlx" / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelError) as caught:
        verify_model("builtin", models_dir, [], locals_in(models_dir))
    assert caught.value.details["name"] == "model.safetensors"


# --- models of the person's own


def test_that_a_path_means_a_file_or_a_folder_of_either_kind(tmp_path: Path) -> None:
    whole = model_from_path(MLX)
    assert (whole.engine, whole.model_path, whole.id) == (EngineKind.MLX, MLX, "mlx")
    assert model_from_path(MODEL).engine is LLAMA
    shutil.copy(MODEL, tmp_path)
    shutil.copy(PROJECTOR, tmp_path)
    assert model_from_path(tmp_path).model_path == tmp_path / MODEL.name
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ModelError) as caught:
        model_from_path(empty)
    assert caught.value.code is ErrorCode.FOLDER_WITHOUT_MODEL


def test_that_a_folder_called_like_a_repository_has_the_catalogues_defaults(
    models_dir: Path, tmp_path: Path
) -> None:
    local = locals_in(models_dir)
    folder = tmp_path / REPO.rpartition("/")[2]
    shutil.copytree(MLX, folder)
    model = find_model(
        add(local, inspect_paths([folder]), Keep.REFERENCE).id, models_dir, [SPEC], local
    )
    assert (model.sampling, model.pictures) == (SPEC.sampling, SPEC.pictures)
    other = find_model(
        add(local, inspect_paths([MLX]), Keep.REFERENCE).id, models_dir, [SPEC], local
    )
    assert other.sampling.temperature == pytest.approx(0.7)


def test_that_the_catalogue_has_forms_for_mlx_without_sizes_that_nobody_knows() -> None:
    variants = [v for spec in load_catalog() for v in spec.variants if v.engine is EngineKind.MLX]
    assert variants
    assert all(not variant.files for variant in variants)
