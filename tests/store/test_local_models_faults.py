from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode, ModelError, StoreError
from desktop.store import local_files
from desktop.store.files import unwritable
from desktop.store.local_models import (
    Candidate,
    Keep,
    LocalModel,
    LocalModels,
)
from desktop.store.stopping import StopFlag, StoppedError
from tests.store.adding import add, files_in

if TYPE_CHECKING:
    from pathlib import Path

# --- what goes wrong


def test_that_a_copy_without_room_is_refused_before_it_begins(
    models: LocalModels,
    candidate: Candidate,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_files, "free_disk_bytes", lambda _folder: candidate.size_bytes)
    with pytest.raises(StoreError) as caught:
        add(models, candidate, Keep.COPY)
    assert caught.value.code is ErrorCode.DISK_FULL
    assert set(caught.value.details) == {"needed", "available"}
    assert not models_dir.exists()
    assert add(models, candidate, Keep.LINK).keep is Keep.LINK  # takes none


def test_that_a_disk_that_fills_up_leaves_nothing_behind(
    models: LocalModels,
    candidate: Candidate,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = 0

    def write(descriptor: int, view: memoryview) -> int:
        nonlocal written
        if written > 4_000_000:
            raise OSError(28, "No space left on device")
        written += (count := os.write(descriptor, view[:1_000_000]))
        return count

    monkeypatch.setattr(local_files, "write", write)
    with pytest.raises(StoreError) as caught:
        add(models, candidate, Keep.COPY)
    assert caught.value.code is ErrorCode.DISK_FULL
    assert files_in(models_dir) == []
    assert models.models() == ()


def test_that_a_stopped_copy_leaves_nothing_behind(
    models: LocalModels, candidate: Candidate, models_dir: Path
) -> None:
    stop = StopFlag()
    with pytest.raises(StoppedError):
        models.add(candidate, Keep.COPY, stop, lambda _done, _total: stop.stop())
    assert list((models_dir / "local").iterdir()) == []
    assert models.models() == ()


def test_that_a_file_that_grows_while_it_is_copied_is_not_kept(
    models: LocalModels,
    candidate: Candidate,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def write(descriptor: int, view: memoryview) -> int:
        with candidate.model_path.open("ab") as file:
            file.write(b"more")
        return os.write(descriptor, view)

    monkeypatch.setattr(local_files, "write", write)
    with pytest.raises(ModelError, match="changed while"):
        add(models, candidate, Keep.COPY)
    assert files_in(models_dir) == []


def test_that_what_a_killed_process_left_is_swept_and_what_a_living_one_makes_is_not(
    models: LocalModels, candidate: Candidate, models_dir: Path
) -> None:
    killed = subprocess.Popen([sys.executable, "-c", "pass"])
    killed.wait()
    dead = models_dir / "local" / f".adding-{killed.pid}-x"
    alive = models_dir / "local" / f".adding-{os.getppid()}-x"
    for folder in (dead, alive):
        folder.mkdir(parents=True)
        (folder / "model.gguf").write_bytes(b"half")
    add(models, candidate, Keep.COPY)
    assert not dead.exists()
    assert alive.exists()


def test_that_a_list_that_cannot_be_written_keeps_no_copy(
    models: LocalModels, candidate: Candidate, list_file: Path, models_dir: Path
) -> None:
    list_file.mkdir(parents=True)
    with pytest.raises(StoreError):
        add(models, candidate, Keep.COPY)
    assert files_in(models_dir) == []


def test_that_a_copy_that_cannot_get_its_name_is_not_listed(
    models: LocalModels,
    candidate: Candidate,
    models_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def settle(_self: local_files.Placing, target: Path) -> None:
        raise unwritable(target)

    monkeypatch.setattr(local_files.Placing, "settle", settle)
    with pytest.raises(StoreError):
        add(models, candidate, Keep.COPY)
    assert models.models() == ()
    assert list((models_dir / "local").iterdir()) == []


# --- the list


def test_that_the_list_is_the_same_for_the_next_process(
    models: LocalModels, candidate: Candidate, list_file: Path, models_dir: Path
) -> None:
    added = [add(models, candidate, Keep.COPY)]
    again = LocalModels(list_file, models_dir)
    assert list(again.models()) == added
    again.remove(added[0].id)
    assert models.models() == ()


def test_that_copies_are_found_where_the_models_folder_was_moved_to(
    models: LocalModels, candidate: Candidate, list_file: Path, models_dir: Path
) -> None:
    add(models, candidate, Keep.COPY)
    moved = models_dir.parent / "moved"
    models_dir.rename(moved)
    (model,) = LocalModels(list_file, moved).models()
    assert model.missing() == ()
    assert model.model_path.is_relative_to(moved)


def test_that_a_damaged_list_is_moved_aside_and_empty(
    models: LocalModels, candidate: Candidate, list_file: Path
) -> None:
    list_file.parent.mkdir(parents=True)
    for content in (b"", b"{", b"{}", b"[" * 100_000, b"\xff\xfe"):
        list_file.write_bytes(content)
        assert models.models() == ()
        aside = list_file.with_name(f"{list_file.name}.damaged")
        assert aside.read_bytes() == content
        assert not list_file.exists()
    assert add(models, candidate, Keep.REFERENCE) in models.models()


@pytest.mark.parametrize(
    "change",
    [
        {"id": "local:../../precious"},
        {"id": "other"},
        {"id": "local:"},
        {"keep": "steal"},
        {"engine": "none"},
        {"origin": "none"},
        {"model": "../../precious"},
        {"files": ["/etc/passwd"]},
        {"projector": "a/../../b"},
        {"size_bytes": "many"},
    ],
)
def test_that_an_entry_that_is_none_of_ours_is_passed_over(
    models: LocalModels, candidate: Candidate, list_file: Path, change: dict[str, object]
) -> None:
    add(models, candidate, Keep.COPY)
    entries = json.loads(list_file.read_text())
    other = {**entries[0], "id": "local:other"}
    list_file.write_text(json.dumps([{**entries[0], **change}, "nonsense", other]))
    assert [model.id for model in models.models()] == ["local:other"]


def test_that_two_threads_that_add_the_same_get_the_same(
    list_file: Path, models_dir: Path, candidate: Candidate
) -> None:
    got: list[LocalModel] = []

    def work() -> None:
        got.append(add(LocalModels(list_file, models_dir), candidate, Keep.COPY))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({model.id for model in got}) == 1
    assert LocalModels(list_file, models_dir).models() == (got[0],)
    assert len(list((models_dir / "local").iterdir())) == 1
