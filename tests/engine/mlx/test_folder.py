"""What is refused before it is loaded, and said."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from desktop.core.errors import ErrorCode, ModelError
from desktop.engine.mlx.folder import read_folder
from tests.engine.harness import question, shape
from tests.engine.real import DESCRIBE, RealEngine

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.core.types import InstalledModel


@pytest.fixture
def folder(builtin_mlx: InstalledModel, tmp_path: Path) -> Path:
    """A copy of the built-in model's folder, in a place with spaces and Chinese characters."""
    copy = tmp_path / "模型 文件夹"
    shutil.copytree(builtin_mlx.model_path, copy)
    return copy


def edit(path: Path, **fields: Any) -> None:
    """Set fields of a JSON file."""
    known = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(known | fields), encoding="utf-8")


def refusal(folder: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        read_folder(folder)
    assert caught.value.message.endswith(".")
    return caught.value


def test_that_the_builtin_folder_is_understood(folder: Path) -> None:
    found = read_folder(folder)
    assert found.config.vision_config is not None
    assert found.config.vision_config.token_side == 32
    assert found.config.text_config.kv_numbers_per_token == 2 * 4 * 3 * 32
    assert "<|im_start|>" in found.template
    assert found.end_ids >= {822}
    assert found.bos_text is None
    assert found.weight_bytes == (folder / "model.safetensors").stat().st_size


def test_that_a_model_loads_from_a_chinese_path_with_spaces(
    builtin_mlx: InstalledModel, folder: Path
) -> None:
    real = RealEngine(replace(builtin_mlx, model_path=folder))
    assert "red" in real.ask(question(DESCRIBE, shape(folder.parent, "red")))[0].lower()
    real.close()


@pytest.mark.parametrize(
    "name", ["config.json", "tokenizer.json", "preprocessor_config.json", "model.safetensors"]
)
def test_that_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / "processor_config.json").unlink()
    (folder / name).unlink()
    error = refusal(folder)
    assert error.code is ErrorCode.MODEL_FILE_MISSING
    assert error.details["name"] == name


def test_that_weights_without_an_index_are_needed_too(folder: Path) -> None:
    (folder / "model.safetensors.index.json").unlink()
    assert read_folder(folder).weight_bytes > 10_000_000
    (folder / "model.safetensors").unlink()
    assert refusal(folder).code is ErrorCode.MODEL_FILE_MISSING


def test_that_a_model_without_a_chat_template_is_refused(folder: Path) -> None:
    for name in ("chat_template.jinja", "chat_template.json"):
        (folder / name).unlink()
    edit(folder / "tokenizer_config.json", chat_template=None)
    error = refusal(folder)
    assert error.code is ErrorCode.MODEL_FILE_MISSING
    assert error.details["name"] == "chat_template.jinja"


def test_that_the_template_is_found_wherever_it_stands(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()
    assert "<|im_start|>" in read_folder(folder).template
    (folder / "chat_template.json").unlink()
    named = [{"name": "tools", "template": "T"}, {"name": "default", "template": "D"}]
    edit(folder / "tokenizer_config.json", chat_template=named)
    assert read_folder(folder).template == "D"
    edit(folder / "tokenizer_config.json", chat_template="plain")
    assert read_folder(folder).template == "plain"


@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "tokenizer_config.json",
        "generation_config.json",
        "preprocessor_config.json",
        "model.safetensors.index.json",
    ],
)
def test_that_a_damaged_settings_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_text("<html>404</html>")
    error = refusal(folder)
    assert error.code is ErrorCode.MODEL_UNREADABLE
    assert error.details["name"] == name


@pytest.mark.parametrize("name", ["../elsewhere.safetensors", "..", "/etc/passwd", "a\\b"])
def test_that_an_index_cannot_point_out_of_the_folder(folder: Path, name: str) -> None:
    edit(folder / "model.safetensors.index.json", weight_map={"x": name})
    assert refusal(folder).code is ErrorCode.MODEL_UNREADABLE


@pytest.mark.parametrize("kind", ["llava", "qwen3_vl.evil", None, 7, "../qwen3_vl"])
def test_that_unknown_kinds_are_refused(folder: Path, kind: object) -> None:
    edit(folder / "config.json", model_type=kind)
    assert refusal(folder).code is ErrorCode.MODEL_LOAD_FAILED


def test_that_stop_strings_and_ends_are_taken_from_the_settings(folder: Path) -> None:
    edit(folder / "generation_config.json", eos_token_id=5, stop_strings=["END", "STOP"])
    found = read_folder(folder)
    assert {5, 822} <= found.end_ids
    assert found.stops == ("END", "STOP")


def test_that_a_models_own_code_never_runs(builtin_mlx: InstalledModel, folder: Path) -> None:
    trace = folder.parent / "ran"
    code = f"import pathlib; pathlib.Path({str(trace)!r}).touch()\n"
    (folder / "own.py").write_text(code)
    auto_map = {
        "AutoProcessor": "own.P",
        "AutoTokenizer": ["own.T", "own.T"],
        "AutoConfig": "own.C",
    }
    for name in ("tokenizer_config.json", "preprocessor_config.json", "processor_config.json"):
        edit(folder / name, auto_map=auto_map)
    edit(folder / "config.json", auto_map=auto_map)
    real = RealEngine(replace(builtin_mlx, model_path=folder))  # loads, without it
    real.close()
    edit(folder / "config.json", model_file="own.py")
    with pytest.raises(ModelError) as caught:
        real.load()
    assert caught.value.code is ErrorCode.MODEL_LOAD_FAILED
    assert "code" in caught.value.message
    assert not trace.exists()


def damage(folder: Path, how: str) -> None:
    weights = folder / "model.safetensors"
    match how:
        case "truncated":
            weights.write_bytes(weights.read_bytes()[:5_000_000])
        case "a web page":
            weights.write_text("<html>404</html>")
        case "other sizes":
            text = json.loads((folder / "config.json").read_text())["text_config"]
            edit(folder / "config.json", text_config=text | {"hidden_size": 256})
        case "more layers than weights":
            text = json.loads((folder / "config.json").read_text())["text_config"]
            edit(folder / "config.json", text_config=text | {"num_hidden_layers": 5})
        case "a broken tokenizer":
            (folder / "tokenizer.json").write_text('{"model": {"type": "BPE"}}')
        case _:
            raise AssertionError(how)


@pytest.mark.parametrize(
    "how",
    [
        "truncated",
        "a web page",
        "other sizes",
        "more layers than weights",
        "a broken tokenizer",
    ],
)
def test_that_broken_models_are_sentences_and_the_next_load_works(
    builtin_mlx: InstalledModel, folder: Path, how: str
) -> None:
    damage(folder, how)
    with pytest.raises(ModelError) as caught:
        RealEngine(replace(builtin_mlx, model_path=folder))
    assert caught.value.code in {ErrorCode.MODEL_LOAD_FAILED, ErrorCode.MODEL_UNREADABLE}
    assert caught.value.message.endswith(".")
    RealEngine(builtin_mlx).close()
