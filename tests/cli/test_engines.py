"""The command line with both engines: which one answers, and models made for MLX."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from desktop.cli import exit_codes, main, model_ids, model_list, model_options, models
from desktop.core import paths
from desktop.core.engine_choice import engines_here
from desktop.core.model_choices import ModelChoices
from desktop.core.types import EngineKind
from desktop.store.settings import Settings, save_settings
from tests.engine.harness import shape
from tests.hub import Hub
from tests.store.ggufs import MLX, MODEL
from tests.store.mlx_models import GGUF_FILES, MLX_FILES, MLX_KEY, SPEC, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop.store.progress import DownloadProgress
    from tests.engines import Engines

with_mlx = pytest.mark.skipif(
    EngineKind.MLX not in engines_here(), reason="MLX is not installed on this kind of computer"
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Serves the built-in model in MLX's form; the catalogue holds nothing else."""
    for module in (models, model_ids, model_list, model_options):
        monkeypatch.setattr(module, "load_catalog", lambda: (SPEC,))
    with Hub() as hub:
        serve(hub)
        monkeypatch.setenv("HF_ENDPOINT", hub.base_url)
        yield hub


@pytest.fixture(autouse=True)
def on_a_pc(engines: Engines) -> None:
    engines.on_a_pc()


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def rows(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in json.loads(run(capsys, "models", "list", "--json")[1])}


def put_gguf() -> None:
    folder = paths.models_dir() / "mini" / "f16"
    folder.mkdir(parents=True)
    files = []
    for name, content in GGUF_FILES.items():
        (folder / name).write_bytes(content)
        files.append({"path": name, "size_bytes": len(content)})
    (folder / "installed.json").write_text(json.dumps({"files": files}))


@with_mlx
@pytest.mark.parametrize("arguments", [("--engine", "mlx"), ("--model", str(MLX))])
def test_that_mlx_answers_when_it_is_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, str]
) -> None:
    red = shape(tmp_path, "red").path
    status, out, err = run(capsys, "ask", red, "What colour is the circle?", *arguments)
    assert (status, err) == (exit_codes.OK, "")
    assert "red" in out.lower()


@with_mlx
def test_that_doctor_tells_of_the_engine_that_runs_the_model(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = run(capsys, "doctor")
    assert status == exit_codes.OK
    assert "llama.cpp, CPU" in out
    builtin = ModelChoices(engine=EngineKind.MLX)
    save_settings(paths.settings_file(), Settings(models={"builtin": builtin}))
    status, out, _ = run(capsys, "doctor")
    assert status == exit_codes.OK
    lines = dict(line.split(maxsplit=1) for line in out.splitlines() if len(line.split()) > 1)
    assert (lines["runs"], lines["files"]) == ("on              MLX, CPU", str(MLX))
    assert {"mlx", "tokenizers"} <= set(lines)


def test_that_doctor_tells_what_the_computer_has_although_the_model_is_gone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = run(capsys, "doctor", "--model", "nothing")
    assert status == exit_codes.MODEL_REFUSED
    assert "nothing" in err
    assert "Devices" in out


@with_mlx
def test_that_a_model_for_mlx_is_got_listed_asked_verified_and_removed(
    hub: Hub, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = paths.models_dir() / "mini" / "mlx_4bit"
    assert rows(capsys)[MLX_KEY]["state"] == "available"
    status, out, _ = run(capsys, "models", "get", MLX_KEY)
    assert (status, out.splitlines()) == (exit_codes.OK, [str(folder)])
    row = rows(capsys)[MLX_KEY]
    assert (row["engine"], row["state"], row["folder"]) == ("mlx", "installed", str(folder))
    assert "MLX" in run(capsys, "models", "list")[1].splitlines()[1]
    put_gguf()
    red = shape(tmp_path, "red").path
    question = ("ask", red, "What colour is the circle?", "--json", "--model")
    status, out, _ = run(capsys, *question, "mini", "--engine", "mlx")
    assert "red" in json.loads(out)["answer"].lower()
    assert run(capsys, "models", "verify", MLX_KEY)[0] == exit_codes.OK
    config = folder / "config.json"
    config.write_bytes(config.read_bytes().replace(b" ", b"\t", 1))
    status, _, err = run(capsys, "models", "verify", MLX_KEY)
    assert (status, "config.json" in err) == (exit_codes.MODEL_REFUSED, True)
    status, _, err = run(capsys, "models", "remove", "mini")
    assert (status, MLX_KEY in err) == (exit_codes.MODEL_REFUSED, True)
    assert run(capsys, "models", "remove", MLX_KEY)[0] == exit_codes.OK
    assert not folder.exists()
    status, _, err = run(capsys, *question, "mini", "--engine", "mlx")
    assert status == exit_codes.MODEL_REFUSED
    assert run(capsys, "models", "remove", "mini")[0] == exit_codes.OK
    assert not [path for path in paths.models_dir().rglob("*") if path.is_file()]


@with_mlx
def test_that_a_form_that_does_not_load_names_the_other_one(
    hub: Hub, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run(capsys, "models", "get", MLX_KEY)
    tokenizer = paths.models_dir() / "mini" / "mlx_4bit" / "tokenizer.json"
    tokenizer.write_bytes(b" " * tokenizer.stat().st_size)  # only the engine sees it
    put_gguf()
    red = shape(tmp_path, "red").path
    status, out, err = run(capsys, "ask", red, "?", "--model", MLX_KEY, "--json")
    assert status == exit_codes.MODEL_REFUSED
    assert "here for llama.cpp as well: try --engine llama_cpp" in err
    assert "error" in json.loads(out)
    shutil.rmtree(paths.models_dir() / "mini" / "f16")
    assert "--engine" not in run(capsys, "ask", red, "?", "--model", MLX_KEY, "--json")[2]


def test_that_half_a_repository_is_paused_and_removed(
    hub: Hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(progress: DownloadProgress) -> None:
        if progress.done_bytes > 0:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("desktop.store.progress._INTERVAL_S", 0.0)
        patch.setattr("desktop.cli.model_downloads._show", interrupt)
        assert run(capsys, "models", "get", MLX_KEY)[0] == exit_codes.INTERRUPTED
    assert rows(capsys)[MLX_KEY]["state"] == "paused"
    assert run(capsys, "models", "remove", "mini")[0] == exit_codes.OK
    assert rows(capsys)[MLX_KEY]["state"] == "available"
    assert not [path for path in paths.models_dir().rglob("*") if path.is_file()]


def test_that_without_mlx_nothing_of_it_is_offered(
    hub: Hub, capsys: pytest.CaptureFixture[str], engines: Engines, tmp_path: Path
) -> None:
    engines.are_here(EngineKind.LLAMA_CPP)
    assert MLX_KEY not in rows(capsys)
    status, _, err = run(capsys, "models", "get", MLX_KEY)
    assert (status, "MLX" in err) == (exit_codes.MODEL_REFUSED, True)
    red = shape(tmp_path, "red").path
    status, out, _ = run(capsys, "ask", red, "?", "--engine", "mlx", "--json")
    assert status == exit_codes.ENGINE_FAILED
    assert json.loads(out)["error"]["code"] == "engine_unavailable"
    status, out, _ = run(capsys, "ask", red, "?", "--model", MLX, "--json")
    assert json.loads(out)["error"]["code"] == "model_needs_mlx"
    assert hub.requests == []


def test_that_a_model_from_another_computer_is_listed_and_can_be_removed(
    hub: Hub, capsys: pytest.CaptureFixture[str], engines: Engines
) -> None:
    run(capsys, "models", "get", MLX_KEY)
    engines.are_here(EngineKind.LLAMA_CPP)
    assert rows(capsys)[MLX_KEY]["state"] == "unusable"
    assert run(capsys, "models", "remove", MLX_KEY)[0] == exit_codes.OK
    assert MLX_KEY not in rows(capsys)


def test_that_an_engine_that_a_model_is_not_made_for_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    red = shape(tmp_path, "red").path
    for model, engine in ((MODEL, "mlx"), (MLX, "llama_cpp")):
        status, out, _ = run(
            capsys, "ask", red, "?", "--model", model, "--engine", engine, "--json"
        )
        assert status == exit_codes.MODEL_REFUSED
        assert json.loads(out)["error"]["code"] == "model_form_missing"
    with pytest.raises(SystemExit):
        main(["ask", str(red), "?", "--engine", "fake"])
    assert "--engine: choose from llama_cpp, mlx" in capsys.readouterr().err


@with_mlx
def test_that_a_folder_is_added_listed_and_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, _ = run(capsys, "models", "import", MLX, "--reference", "--json")
    assert status == exit_codes.OK
    (added,) = json.loads(out)
    assert len(added["files"]) == len(MLX_FILES)
    row = rows(capsys)[added["id"]]
    assert (row["engine"], row["state"]) == ("mlx", "installed")
    assert run(capsys, "models", "path", added["id"])[1].splitlines() == [str(MLX)]
    red = shape(tmp_path, "red").path
    status, out, _ = run(
        capsys, "ask", red, "What colour is the circle?", "--model", added["id"], "--temperature", 0
    )
    assert (status, "red" in out.lower()) == (exit_codes.OK, True)
