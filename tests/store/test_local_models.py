from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, GroundglassError, ModelError, StoreError
from desktop.core.types import EngineKind
from desktop.store import local_files
from desktop.store.import_model import inspect_paths
from desktop.store.local_models import (
    Candidate,
    Keep,
    LocalModel,
    LocalModels,
    Origin,
    as_local_model,
)
from desktop.store.stopping import StopFlag
from tests.store.adding import EYES, NAME, add, files_in
from tests.store.ggufs import MLX, MODEL, PROJECTOR

if TYPE_CHECKING:
    from tests.engines import Engines

# --- adding


@pytest.mark.parametrize("keep", Keep)
def test_that_an_added_model_is_listed_and_can_be_loaded(
    models: LocalModels, candidate: Candidate, keep: Keep
) -> None:
    added = add(models, candidate, keep)
    assert (added.id, added.name) == ("local:小-mini-q8_0", "小 Mini-Q8_0")
    assert (added.keep, added.origin) == (keep, Origin.FILE)
    assert added.size_bytes == MODEL.stat().st_size + PROJECTOR.stat().st_size
    assert models.models() == (added,)
    assert models.find(added.id) == added
    assert models.find("local:other") is None
    loaded = as_local_model(added)
    assert (loaded.id, loaded.name) == (added.id, added.name)
    assert loaded.model_path.read_bytes() == MODEL.read_bytes()
    assert loaded.projector_path is not None
    assert loaded.projector_path.read_bytes() == PROJECTOR.read_bytes()


def test_that_a_copy_outlives_what_it_was_copied_from(
    models: LocalModels, candidate: Candidate, elsewhere: Path, models_dir: Path
) -> None:
    added = add(models, candidate, Keep.COPY)
    shutil.rmtree(elsewhere)
    assert added.missing() == ()
    assert added.model_path == models_dir / "local" / "小-mini-q8_0" / NAME
    assert as_local_model(added).id == added.id


def test_that_a_copy_tells_how_far_it_has_come(models: LocalModels, candidate: Candidate) -> None:
    told: list[tuple[int, int]] = []
    models.add(candidate, Keep.COPY, StopFlag(), lambda done, total: told.append((done, total)))
    assert told[-1] == (candidate.size_bytes, candidate.size_bytes)
    assert told == sorted(told)


def test_that_a_link_takes_no_room_and_outlives_the_original_name(
    models: LocalModels, candidate: Candidate, elsewhere: Path
) -> None:
    added = add(models, candidate, Keep.LINK)
    assert added.model_path.stat().st_ino == (elsewhere / NAME).stat().st_ino
    (elsewhere / NAME).unlink()
    assert added.missing() == ()


def test_that_a_link_to_another_disk_is_a_symbolic_one(
    models: LocalModels, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    added = add(models, candidate, Keep.LINK)
    assert added.model_path.is_symlink()
    assert added.missing() == ()
    candidate.model_path.unlink()
    assert added.missing() == (added.model_path,)


def test_that_a_disk_without_links_is_a_sentence_and_leaves_nothing(
    models: LocalModels,
    candidate: Candidate,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    monkeypatch.setattr(Path, "symlink_to", refuse)
    with pytest.raises(StoreError, match="Copy the model") as caught:
        add(models, candidate, Keep.LINK)
    assert caught.value.code is ErrorCode.LINK_REFUSED
    assert models.models() == ()
    assert list((models_dir / "local").iterdir()) == []


def test_that_a_link_leads_to_the_file_and_not_to_another_link(
    models: LocalModels, tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = tmp_path / "snapshot"
    snapshot.mkdir()
    for name in (NAME, EYES):
        (snapshot / name).symlink_to(elsewhere / name)

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    added = add(models, inspect_paths([snapshot / NAME]), Keep.LINK)
    shutil.rmtree(snapshot)
    assert added.model_path.is_symlink()
    assert added.missing() == ()


def test_that_the_same_files_again_are_the_same_model(
    models: LocalModels, candidate: Candidate
) -> None:
    first = add(models, candidate, Keep.COPY)
    assert models.find_same(candidate) == first
    assert add(models, candidate, Keep.REFERENCE) == first
    assert add(models, inspect_paths([first.model_path]), Keep.COPY) == first
    assert models.models() == (first,)


def test_that_two_models_of_one_name_have_two_ids(
    models: LocalModels, candidate: Candidate, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for path in candidate.files:
        shutil.copyfile(path, other / path.name)
    first = add(models, candidate, Keep.COPY)
    second = add(models, inspect_paths([other / NAME]), Keep.COPY)
    assert [first.id, second.id] == ["local:小-mini-q8_0", "local:小-mini-q8_0-2"]
    assert first.model_path != second.model_path
    assert models.models() == (first, second)


def test_that_adding_again_puts_a_damaged_copy_in_order_under_its_id(
    models: LocalModels, candidate: Candidate
) -> None:
    first = add(models, candidate, Keep.COPY)
    first.model_path.unlink()
    assert first.missing() == (first.model_path,)
    again = add(models, candidate, Keep.COPY)
    assert again.id == first.id
    assert again.missing() == ()
    assert models.models() == (again,)


def test_that_files_that_vanished_before_they_were_added_are_a_sentence(
    models: LocalModels, candidate: Candidate
) -> None:
    candidate.model_path.unlink()
    for keep in Keep:
        with pytest.raises(ModelError) as caught:
            add(models, candidate, keep)
        assert caught.value.code is ErrorCode.MODEL_FILE_MISSING
    assert models.models() == ()


def test_that_a_candidate_with_a_problem_is_not_added(
    models: LocalModels, engines: Engines
) -> None:
    engines.are_here(EngineKind.LLAMA_CPP)
    candidate = inspect_paths([MLX])
    with pytest.raises(ModelError) as caught:
        add(models, candidate, Keep.COPY)
    assert caught.value is candidate.problem
    assert models.models() == ()


@pytest.mark.parametrize("keep", list(Keep))
def test_that_a_folder_for_mlx_is_kept_whole(
    models: LocalModels, engines: Engines, keep: Keep
) -> None:
    added = add(models, inspect_paths([MLX]), keep)
    assert files_in(added.model_path) == files_in(MLX)
    assert models.models() == (added,)
    model = as_local_model(added)
    assert (model.id, model.engine, model.name) == (added.id, EngineKind.MLX, "mlx")
    assert (model.model_path, model.projector_path) == (added.model_path, None)
    engines.are_here(EngineKind.LLAMA_CPP)
    with pytest.raises(ModelError) as caught:
        as_local_model(added)
    assert caught.value.code is ErrorCode.MODEL_NEEDS_MLX
    models.remove(added.id)
    assert added.model_path.exists() is (keep is Keep.REFERENCE)
    assert (MLX / "config.json").is_file()


def test_that_files_named_by_their_checksum_get_a_name_of_their_own(
    models: LocalModels, candidate: Candidate, tmp_path: Path
) -> None:
    blobs = [tmp_path / f"sha256-{digit * 64}" for digit in "ab"]
    for source, blob in zip(candidate.files, blobs, strict=True):
        shutil.copyfile(source, blob)
    blob_candidate = replace(
        candidate,
        name="qwen3-vl:4b",
        model_path=blobs[0],
        projector_path=blobs[1],
        files=tuple(blobs),
        origin=Origin.OLLAMA,
    )
    added = add(models, blob_candidate, Keep.COPY)
    assert added.id == "local:qwen3-vl-4b"
    assert [path.name for path in added.files] == ["qwen3-vl-4b.gguf", "mmproj-qwen3-vl-4b.gguf"]
    assert as_local_model(added).projector_path == added.projector_path


# --- missing and removing


def test_that_a_vanished_reference_is_missing_and_says_so(
    models: LocalModels, candidate: Candidate, elsewhere: Path
) -> None:
    added = add(models, candidate, Keep.REFERENCE)
    assert added.missing() == ()
    (elsewhere / EYES).unlink()
    assert models.models()[0].missing() == (elsewhere / EYES,)
    with pytest.raises(ModelError) as caught:
        as_local_model(added)
    assert caught.value.code is ErrorCode.MODEL_FILE_MISSING
    assert EYES in caught.value.message


def test_that_removing_a_reference_touches_no_file(
    models: LocalModels, candidate: Candidate, elsewhere: Path
) -> None:
    added = add(models, candidate, Keep.REFERENCE)
    models.remove(added.id)
    assert models.models() == ()
    assert files_in(elsewhere) == sorted([NAME, EYES])


@pytest.mark.parametrize("keep", [Keep.COPY, Keep.LINK])
def test_that_removing_deletes_what_is_ours_and_nothing_else(
    models: LocalModels, candidate: Candidate, elsewhere: Path, models_dir: Path, keep: Keep
) -> None:
    added = add(models, candidate, keep)
    models.remove(added.id)
    models.remove(added.id)
    assert list((models_dir / "local").iterdir()) == []
    assert files_in(elsewhere) == sorted([NAME, EYES])
    again = add(models, candidate, keep)
    mine = again.model_path.with_name("notes.txt")
    mine.write_text("mine")
    models.remove(again.id)
    assert files_in(models_dir / "local") == [str(mine.relative_to(models_dir / "local"))]


def test_that_only_files_of_the_folder_are_ever_deleted(tmp_path: Path, elsewhere: Path) -> None:
    local_files.remove_placed(tmp_path / "own", [elsewhere / NAME])
    assert (elsewhere / NAME).exists()


def test_that_a_model_without_a_list_of_files_still_tells_what_is_missing(tmp_path: Path) -> None:
    gone = tmp_path / "gone.gguf"
    model = LocalModel(
        "local:x", "X", EngineKind.LLAMA_CPP, MODEL, gone, Origin.FILE, Keep.REFERENCE, 1
    )
    assert model.missing() == (gone,)


def test_that_what_cannot_be_removed_stays_in_the_list(
    models: LocalModels, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = add(models, candidate, Keep.COPY)

    def refuse(_self: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(GroundglassError):
            models.remove(added.id)
    assert models.find(added.id) == added
