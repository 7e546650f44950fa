from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop.core.errors import ErrorCode, ModelError
from desktop.core.types import EngineKind
from desktop.store.import_model import inspect_paths
from desktop.store.local_models import Origin
from desktop.store.model_store import model_from_files
from tests.store.ggufs import MLX, MODEL, PROJECTOR, Q8_0, write, write_model, write_projector

if TYPE_CHECKING:
    from tests.engines import Engines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "我的 模型"
    path.mkdir()
    return path


def refusal(code: ErrorCode, *paths: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        inspect_paths(paths)
    assert caught.value.code is code
    assert caught.value.message.endswith(".")
    assert caught.value.details["name"]
    return caught.value


def split_model(folder: Path, stem: str = "big", count: int = 3) -> list[Path]:
    return [
        write_model(folder / f"{stem}-{number:05}-of-{count:05}.gguf", parts=count)
        for number in range(1, count + 1)
    ]


# --- GGUF files


def test_that_a_model_is_completed_by_the_encoder_beside_it(folder: Path) -> None:
    model = Path(shutil.copy(MODEL, folder / "Mini-Q8_0.gguf"))
    eyes = Path(shutil.copy(PROJECTOR, folder / "mmproj-Mini.gguf"))
    candidate = inspect_paths([model])
    assert candidate.name == "Mini-Q8_0"
    assert (candidate.engine, candidate.origin) == (EngineKind.LLAMA_CPP, Origin.FILE)
    assert (candidate.model_path, candidate.projector_path) == (model, eyes)
    assert candidate.files == (model, eyes)
    assert candidate.size_bytes == MODEL.stat().st_size + PROJECTOR.stat().st_size
    assert candidate.problem is None


def test_that_a_pair_in_any_order_is_one_model(folder: Path, tmp_path: Path) -> None:
    model = write_model(folder / "a.gguf")
    eyes = write_projector(tmp_path / "eyes.gguf")  # in another folder, without “mmproj” in it
    write_projector(folder / "mmproj-a.gguf")
    for paths in ([model, eyes], [eyes, model]):
        candidate = inspect_paths(paths)
        assert (candidate.model_path, candidate.projector_path) == (model, eyes)


def test_that_of_several_encoders_that_were_chosen_the_best_is_taken(
    folder: Path, tmp_path: Path
) -> None:
    model = write_model(folder / "a.gguf")
    plain = write_projector(tmp_path / "mmproj-F16.gguf")
    small = write_projector(tmp_path / "mmproj-Q8_0.gguf", file_type=Q8_0)
    write_projector(folder / "mmproj-a.gguf", file_type=Q8_0)  # closer, but nobody chose it
    assert inspect_paths([plain, model, small]).projector_path == small


def test_that_a_later_part_means_the_whole_model(folder: Path) -> None:
    parts = split_model(folder)
    eyes = write_projector(folder / "mmproj-big.gguf")
    for paths in ([parts[2]], [parts[1], parts[0]], parts):
        candidate = inspect_paths(paths)
        assert candidate.model_path == parts[0]
        assert candidate.files == (*parts, eyes)
        assert candidate.name == "big"
        assert candidate.size_bytes == sum(path.stat().st_size for path in candidate.files)


def test_that_a_missing_part_is_named(folder: Path) -> None:
    parts = split_model(folder)
    write_projector(folder / "mmproj-big.gguf")
    parts[1].unlink()
    assert refusal(ErrorCode.MODEL_FILE_MISSING, parts[0]).details["name"] == parts[1].name
    parts[0].unlink()
    assert refusal(ErrorCode.MODEL_FILE_MISSING, parts[2]).details["name"] == parts[0].name


def test_that_only_an_encoder_finds_the_model_that_it_fits(folder: Path) -> None:
    write_model(folder / "wide.gguf", width=4096)
    model = write_model(folder / "narrow.gguf")
    eyes = write_projector(folder / "mmproj.gguf")
    candidate = inspect_paths([eyes])
    assert (candidate.model_path, candidate.projector_path) == (model, eyes)
    parts = split_model(folder, "narrow-8B")
    assert inspect_paths([write_projector(folder / "mmproj-narrow-8B.gguf")]).files[:3] == (*parts,)


def test_that_an_encoder_for_two_quantisations_asks_for_one(folder: Path) -> None:
    write_model(folder / "a-Q4_K_M.gguf")
    write_model(folder / "a-Q8_0.gguf")
    error = refusal(ErrorCode.MODELS_SEVERAL, write_projector(folder / "mmproj-a.gguf"))
    assert "a-Q4_K_M.gguf" in error.message
    assert "a-Q8_0.gguf" in error.message


def test_that_an_encoder_without_a_model_says_what_it_is(folder: Path) -> None:
    write_model(folder / "wide.gguf", width=4096)
    (folder / "broken.gguf").write_bytes(b"GGUF")
    error = refusal(ErrorCode.PROJECTOR_MISMATCH, write_projector(folder / "mmproj.gguf"))
    assert "only a vision encoder" in error.message


def test_that_a_model_without_its_encoder_is_told_what_to_look_for(folder: Path) -> None:
    error = refusal(ErrorCode.PROJECTOR_MISSING, write_model(folder / "Qwen3-VL-2B-Q4_K_M.gguf"))
    assert error.details["wanted"] == "mmproj-Qwen3-VL-2B-F16.gguf"


def test_that_an_encoder_of_another_model_is_refused(folder: Path) -> None:
    model, eyes = write_model(folder / "a.gguf"), write_projector(folder / "m.gguf", width=4096)
    assert refusal(ErrorCode.PROJECTOR_MISMATCH, model, eyes).details["model"] == "a.gguf"


def test_that_a_model_that_only_ollama_reads_is_told_so(folder: Path) -> None:
    for architecture, key in (("gemma3", "gemma3.vision.block_count"), ("mllama", "x")):
        path = write(folder / f"{architecture}.gguf", architecture, {key: 27})
        write_projector(folder / "mmproj.gguf", kind="gemma3")
        assert "only Ollama" in refusal(ErrorCode.MODEL_OLLAMA_ONLY, path).message
        with pytest.raises(ModelError) as caught:
            model_from_files(path, None)
        assert caught.value.code is ErrorCode.MODEL_OLLAMA_ONLY


def test_that_two_models_at_once_are_refused(folder: Path) -> None:
    first, second = write_model(folder / "a.gguf"), write_model(folder / "b.gguf")
    write_projector(folder / "mmproj.gguf")
    refusal(ErrorCode.MODELS_SEVERAL, first, second)
    refusal(ErrorCode.MODELS_SEVERAL, folder)
    refusal(ErrorCode.MODELS_SEVERAL, first, folder)


def test_that_what_is_no_model_is_told_so(folder: Path) -> None:
    picture = folder / "cat.jpg"
    picture.write_bytes(b"\xff\xd8\xff")
    refusal(ErrorCode.MODEL_UNREADABLE, picture)
    refusal(ErrorCode.MODEL_FILE_MISSING, folder / "gone.gguf")
    refusal(ErrorCode.MODEL_FILE_MISSING, folder / "\0.gguf")
    refusal(ErrorCode.FOLDER_WITHOUT_MODEL, folder)


def test_that_a_file_without_a_suffix_is_known_by_its_content(folder: Path) -> None:
    model = write_model(folder / f"sha256-{'a' * 64}", name="Qwen3 VL 2B")
    eyes = write_projector(folder / f"sha256-{'b' * 64}")
    assert inspect_paths([model, eyes]).name == "Qwen3 VL 2B"


def test_that_a_file_name_that_says_nothing_gives_way_to_the_name_inside(folder: Path) -> None:
    write_projector(folder / "mmproj.gguf")
    for file, name in (("ggml-model-Q4_K_M.gguf", "Tiny Eye"), ("Eye-2B-Q4.gguf", "Eye-2B-Q4")):
        path = write_model(folder / file, name="Tiny Eye")
        assert inspect_paths([path]).name == name


def test_that_a_folder_with_one_model_is_that_model(folder: Path) -> None:
    parts = split_model(folder)
    eyes = write_projector(folder / "mmproj.gguf")
    assert inspect_paths([folder]).files == (*parts, eyes)


# --- MLX folders


@pytest.fixture
def mlx(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MLX, tmp_path / "Mini-4bit"))


def test_that_a_folder_for_mlx_is_known_and_usable_where_mlx_runs(
    mlx: Path, engines: Engines
) -> None:
    (mlx / "modeling.py").write_text("import os")
    (mlx / ".cache").mkdir()
    weights = mlx / "model.safetensors"
    for paths in ([mlx], [weights], [mlx / "config.json", weights]):
        candidate = inspect_paths(paths)
        assert (candidate.name, candidate.engine) == ("Mini-4bit", EngineKind.MLX)
        assert candidate.model_path == mlx
        assert candidate.projector_path is None
        assert {path.name for path in candidate.files} == {path.name for path in MLX.iterdir()}
        assert candidate.size_bytes == sum(path.stat().st_size for path in MLX.iterdir())
        assert candidate.problem is None
    engines.are_here(EngineKind.LLAMA_CPP)
    problem = inspect_paths([mlx]).problem
    assert problem is not None
    assert (problem.code, problem.details) == (ErrorCode.MODEL_NEEDS_MLX, {"name": "Mini-4bit"})


@pytest.mark.parametrize(
    ("fields", "code", "details"),
    [
        ({"model_type": "gemma3"}, ErrorCode.MODEL_LOAD_FAILED, {"kind": "gemma3"}),
        ({"model_file": "model.py"}, ErrorCode.MODEL_LOAD_FAILED, {"code_file": "model.py"}),
        (None, ErrorCode.MODEL_FILE_MISSING, {}),
    ],
)
@pytest.mark.usefixtures("engines")
def test_that_a_folder_that_the_engine_would_refuse_is_refused_early(
    mlx: Path, fields: dict[str, str] | None, code: ErrorCode, details: dict[str, str]
) -> None:
    if fields is None:
        (mlx / "tokenizer.json").unlink()
    else:
        config = json.loads((mlx / "config.json").read_text(encoding="utf-8"))
        (mlx / "config.json").write_text(json.dumps({**config, **fields}), encoding="utf-8")
    problem = inspect_paths([mlx]).problem
    assert problem is not None
    assert problem.code is code
    assert details.items() <= problem.details.items()


def test_that_weights_that_the_index_names_are_missed(mlx: Path) -> None:
    index = mlx / "model.safetensors.index.json"
    index.write_text(
        json.dumps({"weight_map": {"a": "model.safetensors", "b": "more.safetensors"}})
    )
    assert refusal(ErrorCode.MODEL_FILE_MISSING, mlx).details["name"] == "more.safetensors"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", b"{"),
        ("config.json", b"[]"),
        ("config.json", b"[" * 100_000),
        ("model.safetensors", b""),
        ("model.safetensors", b"\xff" * 64),
        ("model.safetensors", (2).to_bytes(8, "little") + b"[]"),
        ("model.safetensors", (1 << 40).to_bytes(8, "little") + b"{}"),
        ("model.safetensors.index.json", b"{}"),
        ("model.safetensors.index.json", b'{"weight_map": {"a": "../secret.safetensors"}}'),
        ("model.safetensors.index.json", b'{"weight_map": {"a": 7}}'),
    ],
)
def test_that_a_damaged_folder_is_a_sentence(mlx: Path, file: str, content: bytes) -> None:
    (mlx / file).write_bytes(content)
    assert refusal(ErrorCode.MODEL_UNREADABLE, mlx).details["name"] == file


def test_that_weights_that_were_cut_off_are_damaged(mlx: Path) -> None:
    weights = mlx / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    refusal(ErrorCode.MODEL_UNREADABLE, mlx)


def test_that_a_model_for_text_alone_is_told_so(tmp_path: Path) -> None:
    header = json.dumps({"lm.weight": {"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}})
    data = len(header).to_bytes(8, "little") + header.encode() + b"\0\0"
    (tmp_path / "model.safetensors").write_bytes(data)
    (tmp_path / "config.json").write_text('{"model_type": "qwen3"}')
    assert refusal(ErrorCode.MODEL_CANNOT_SEE, tmp_path).details["name"] == tmp_path.name
