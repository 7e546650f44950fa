from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.gguf import read_gguf_metadata
from desktop.core.paths import builtin_model_dir
from desktop.core.types import EngineKind, PictureLimits
from desktop.store.model_store import builtin_model, model_from_files
from tests.store.ggufs import (
    BF16,
    F16,
    F32,
    MODEL,
    PROJECTOR,
    Q8_0,
    write,
    write_model,
    write_projector,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "我的 模型"
    path.mkdir()
    return path


def refusal(code: ErrorCode, model: Path, projector: Path | None = None) -> ModelError:
    with pytest.raises(ModelError) as caught:
        model_from_files(model, projector)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert caught.value.details["name"] in caught.value.message
    return caught.value


# --- the built-in model


def test_that_the_built_in_model_is_what_its_entry_says() -> None:
    built_in = builtin_model(EngineKind.LLAMA_CPP)
    assert (built_in.id, built_in.name, built_in.is_builtin) == (
        "builtin",
        "Groundglass Mini",
        True,
    )
    assert built_in.engine == EngineKind.LLAMA_CPP
    assert (built_in.model_path, built_in.projector_path) == (MODEL, PROJECTOR)
    assert built_in.pictures == PictureLimits(min_tokens=9, max_tokens=64, best_tokens=25)
    assert built_in.sampling.temperature == 0
    assert built_in.sampling.presence_penalty == 0
    assert built_in.sampling.max_tokens == 256


def test_that_the_entry_names_the_files_that_are_there() -> None:
    entry = tomllib.loads((builtin_model_dir() / "entry.toml").read_text(encoding="utf-8"))
    assert [file["role"] for file in entry["files"]] == ["model", "projector"]
    for file in entry["files"]:
        content = (builtin_model_dir() / file["path"]).read_bytes()
        assert len(content) == file["size_bytes"]
        assert hashlib.sha256(content).hexdigest() == file["sha256"]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "bundle 包"
    built_in = root / "models" / "builtin"
    built_in.mkdir(parents=True)
    for file in (MODEL, PROJECTOR, builtin_model_dir() / "entry.toml"):
        shutil.copy(file, built_in)
    monkeypatch.setattr(sys, "_MEIPASS", str(root), raising=False)
    assert builtin_model().model_path.is_relative_to(root)
    return built_in


def test_that_an_installation_without_its_files_is_a_sentence(installation: Path) -> None:
    for name in (PROJECTOR.name, "entry.toml"):
        (installation / name).unlink()
        with pytest.raises(ModelError, match="Install") as caught:
            builtin_model()
        assert caught.value.code == ErrorCode.MODEL_FILE_MISSING


@pytest.mark.parametrize("content", ["", "id =", "id = 5", "\ufeff"])
def test_that_a_damaged_entry_is_a_sentence(installation: Path, content: str) -> None:
    (installation / "entry.toml").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="Install") as caught:
        builtin_model()
    assert caught.value.code == ErrorCode.MODEL_UNREADABLE


def test_that_a_cut_file_of_the_installation_is_a_sentence(installation: Path) -> None:
    os.truncate(installation / MODEL.name, 1000)
    with pytest.raises(ModelError, match="Install") as caught:
        builtin_model()
    assert caught.value.code == ErrorCode.MODEL_UNREADABLE


# --- pairs by path


def test_that_a_real_pair_is_taken_with_and_without_naming_the_projector(folder: Path) -> None:
    model = Path(shutil.copy(MODEL, folder / "小 眼睛.gguf"))
    projector = Path(shutil.copy(PROJECTOR, folder / "mmproj 小.gguf"))
    found = model_from_files(model, None)
    assert found == model_from_files(model, projector)
    assert (found.model_path, found.projector_path) == (model, projector)
    assert found.id == "小 眼睛"
    assert found.name == "Hf"
    assert found.engine == EngineKind.LLAMA_CPP
    assert found.pictures == PictureLimits()
    assert not found.is_builtin


def test_that_relative_paths_become_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_model(folder / "a.gguf")
    write_projector(folder / "mmproj.gguf")
    monkeypatch.chdir(folder)
    found = model_from_files(Path("a.gguf"), Path("mmproj.gguf"))
    assert found.model_path == Path.cwd() / "a.gguf"
    assert found.projector_path == Path.cwd() / "mmproj.gguf"


def test_that_the_name_is_the_files_own_or_else_its_stem(folder: Path) -> None:
    write_projector(folder / "mmproj.gguf")
    named = write_model(folder / "a.gguf", name="Qwen3 VL 2B")
    assert model_from_files(named, None).name == "Qwen3 VL 2B"
    for name in ("", "  "):
        assert model_from_files(write_model(folder / "b.gguf", name=name), None).name == "b"


@pytest.mark.parametrize(
    ("architecture", "kind", "deepstack", "expected"),
    [
        ("qwen3vl", "qwen3vl_merger", 3, (0.7, 0.8, 20, 1.5)),
        ("qwen3vlmoe", "qwen3vl_merger", 3, (0.7, 0.8, 20, 1.5)),
        ("qwen2vl", "qwen2.5vl_merger", 0, (0.7, 0.8, 20, 1.5)),
        ("gemma3", "gemma3", 0, (0.7, 0.95, 40, 0.0)),
        ("llama", "idefics3", 0, (0.7, 0.95, 40, 0.0)),
    ],
)
def test_that_sampling_follows_the_family(
    folder: Path,
    architecture: str,
    kind: str,
    deepstack: int,
    expected: tuple[float, float, int, float],
) -> None:
    model = write_model(folder / "a.gguf", architecture=architecture, deepstack=deepstack)
    write_projector(folder / "mmproj.gguf", kind=kind, deepstack=deepstack)
    sampling = model_from_files(model, None).sampling
    assert expected == (
        sampling.temperature,
        sampling.top_p,
        sampling.top_k,
        sampling.presence_penalty,
    )


def test_that_missing_files_are_named(folder: Path) -> None:
    model = write_model(folder / "a.gguf")
    error = refusal(ErrorCode.MODEL_FILE_MISSING, folder / "没有.gguf")
    assert error.details == {"name": "没有.gguf", "folder": str(folder)}
    error = refusal(ErrorCode.MODEL_FILE_MISSING, model, folder / "mmproj.gguf")
    assert error.details["name"] == "mmproj.gguf"


def test_that_files_of_another_kind_are_refused(folder: Path) -> None:
    page = folder / "page.gguf"
    page.write_text("<html>not found</html>", encoding="utf-8")
    model = write_model(folder / "a.gguf")
    refusal(ErrorCode.MODEL_UNREADABLE, page)
    refusal(ErrorCode.MODEL_UNREADABLE, folder)
    refusal(ErrorCode.MODEL_UNREADABLE, model, page)
    refusal(ErrorCode.MODEL_UNREADABLE, write(folder / "nameless.gguf", "", {}))


def test_that_a_projector_in_the_models_place_is_explained() -> None:
    for projector in (MODEL, PROJECTOR, None):
        error = refusal(ErrorCode.PROJECTOR_MISMATCH, PROJECTOR, projector)
        assert "Choose the language model" in error.message


def test_that_a_language_model_in_the_projectors_place_is_explained(folder: Path) -> None:
    other = write_model(folder / "other.gguf")
    error = refusal(ErrorCode.PROJECTOR_MISMATCH, MODEL, other)
    assert "not a vision encoder" in error.message
    assert error.details == {"name": "other.gguf", "model": MODEL.name}
    refusal(ErrorCode.PROJECTOR_MISMATCH, MODEL, MODEL)


@pytest.mark.parametrize(
    ("difference", "fault"),
    [
        ({"width": 2560}, "width 2560"),
        ({"kind": "gemma3"}, "another family"),
        ({"kind": "qwen2vl_merger"}, "another family"),
        ({"deepstack": 2}, "layers"),
        ({"deepstack": 4}, "layers"),
        ({"sees": False}, "no vision encoder"),
        ({"kind_key": "clip.vision.projector_type", "kind": "gemma4v"}, "another family"),
        ({"is_old": True, "width": 2560}, "width 2560"),
    ],
)
def test_that_a_projector_of_another_model_is_refused_chosen_or_found(
    folder: Path, difference: dict[str, Any], fault: str
) -> None:
    model = write_model(folder / "a.gguf")
    projector = write_projector(folder / "mmproj.gguf", **difference)
    assert fault in refusal(ErrorCode.PROJECTOR_MISMATCH, model, projector).message
    refusal(ErrorCode.PROJECTOR_MISSING, model)


def test_that_the_projector_type_may_stand_under_vision(folder: Path) -> None:
    model = write_model(folder / "a.gguf")
    projector = write_projector(folder / "mmproj.gguf", kind_key="clip.vision.projector_type")
    assert model_from_files(model, projector).projector_path == projector


def test_that_old_converters_own_dimension_is_not_taken_for_the_width(folder: Path) -> None:
    model = write_model(folder / "llava.gguf", 4096, "llama", deepstack=0)
    projector = write_projector(folder / "mmproj.gguf", 768, "mlp", is_old=True, deepstack=0)
    assert model_from_files(model, projector).projector_path == projector


def test_that_a_model_without_a_projector_is_told_what_to_look_for(folder: Path) -> None:
    model = write_model(folder / "Qwen3VL-2B-Instruct-Q4_K_M.gguf")
    write_projector(folder / "vision.gguf")  # no "mmproj" in its name
    (folder / "mmproj-empty.gguf").touch()
    error = refusal(ErrorCode.PROJECTOR_MISSING, model)
    assert error.details["wanted"] == "mmproj-Qwen3VL-2B-Instruct-F16.gguf"
    assert error.details["wanted"] in error.message
    assert error.details["folder"] == str(folder)


def test_that_a_text_model_gets_the_same_sentence(folder: Path) -> None:
    model = write_model(folder / "text.gguf", 2048, "qwen3", deepstack=0)
    write_projector(folder / "mmproj.gguf")
    refusal(ErrorCode.PROJECTOR_MISSING, model)


def test_that_the_projector_that_fits_is_found_among_others(folder: Path) -> None:
    model = write_model(folder / "Qwen3-VL-4B-Q4_K_M.gguf", 2560)
    write_projector(folder / "mmproj-Qwen3-VL-4B-F16.gguf", 4096)  # the name lies
    right = write_projector(folder / "MMPROJ of something else.GGUF", 2560)
    assert model_from_files(model, None).projector_path == right


def test_that_the_closest_name_wins_over_the_number_format(folder: Path) -> None:
    model = write_model(folder / "Qwen3VL-2B-Thinking-Q4_K_M.gguf")
    write_projector(folder / "mmproj-Qwen3VL-2B-Instruct-Q8_0.gguf", file_type=Q8_0)
    right = write_projector(folder / "mmproj-Qwen3VL-2B-Thinking-F16.gguf", file_type=F16)
    assert model_from_files(model, None).projector_path == right


def test_that_q8_and_f16_are_preferred_to_f32_and_bf16(folder: Path) -> None:
    model = write_model(folder / "a.gguf")
    for stem, file_type in [
        ("BF16", BF16),
        ("F32", F32),
        ("Q4_0", 2),
        ("F16", F16),
        ("Q8_0", Q8_0),
    ]:
        right = write_projector(folder / f"mmproj-{stem}.gguf", file_type=file_type)
        assert model_from_files(model, None).projector_path == right


def test_that_of_one_width_and_family_the_stated_size_tells(folder: Path) -> None:
    model = write_model(folder / "Qwen3-VL-30B-A3B-Instruct-Q4_K_M.gguf", architecture="qwen3vlmoe")
    write_projector(folder / "mmproj-F16.gguf", name="Qwen3 VL 2B Instruct")
    refusal(ErrorCode.PROJECTOR_MISSING, model)
    right = write_projector(folder / "mmproj-BF16.gguf", name="Qwen3 VL 30B A3B", file_type=BF16)
    assert model_from_files(model, None).projector_path == right


# --- split models


def write_parts(folder: Path, count: int) -> list[Path]:
    write_projector(folder / "mmproj-Big-F16.gguf")
    return [
        write_model(folder / f"Big-Q4_K_M-{number:05}-of-{count:05}.gguf", parts=count)
        for number in range(1, count + 1)
    ]


def test_that_the_first_part_of_a_whole_split_model_is_taken(folder: Path) -> None:
    parts = write_parts(folder, 3)
    found = model_from_files(parts[0], None)
    assert found.model_path == parts[0]
    assert (found.id, found.name) == ("Big-Q4_K_M", "Big-Q4_K_M")


def test_that_a_missing_part_is_named(folder: Path) -> None:
    parts = write_parts(folder, 3)
    parts[1].unlink()
    error = refusal(ErrorCode.MODEL_FILE_MISSING, parts[0])
    assert error.details["name"] == parts[1].name


def test_that_a_later_part_is_refused_and_the_first_named(folder: Path) -> None:
    parts = write_parts(folder, 3)
    error = refusal(ErrorCode.MODEL_UNREADABLE, parts[2])
    assert error.details["first"] == parts[0].name
    assert parts[0].name in error.message


def test_that_a_renamed_part_is_refused(folder: Path) -> None:
    parts = write_parts(folder, 2)
    assert (
        "renamed"
        in refusal(ErrorCode.MODEL_UNREADABLE, parts[0].rename(folder / "big.gguf")).message
    )


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_that_a_name_that_is_no_utf8_gives_an_id_that_is(folder: Path) -> None:
    model = write_model(Path(os.fsdecode(os.fsencode(folder) + b"/a\xff.gguf")))
    write_projector(folder / "mmproj.gguf")
    found = model_from_files(model, None)
    assert found.id == found.name == "a\ufffd"
    assert read_gguf_metadata(found.model_path).architecture == "qwen3vl"
