"""`groundglass models import`, and what else the command line does with models that were added."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop.cli import exit_codes, main, model_imports
from desktop.core import paths
from desktop.core.types import EngineKind
from desktop.store.found_models import find_models
from desktop.store.found_places import Places
from desktop.store.settings import Settings, save_settings
from tests.engine.harness import shape
from tests.store.ggufs import MLX, MODEL, PROJECTOR, write, write_model

if TYPE_CHECKING:
    from tests.engines import Engines

NAME, EYES = "小 Mini.gguf", "mmproj-小 Mini.gguf"
ID = "local:小-mini"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "studio" / "someone" / "下载"
    folder.mkdir(parents=True)
    shutil.copyfile(MODEL, folder / NAME)
    shutil.copyfile(PROJECTOR, folder / EYES)
    return folder


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other apps keep models in the test's folder only."""
    places = Places(lm_studio=(tmp_path / "studio",))
    monkeypatch.setattr(model_imports, "find_models", lambda: find_models(places))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def local_rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    rows = json.loads(run(capsys, "models", "list", "--json")[1])
    return [row for row in rows if row["kind"] == "local"]


@pytest.mark.parametrize("keep", ["--copy", "--link", "--reference"])
def test_that_an_added_model_is_listed_asked_verified_and_removed(
    capsys: pytest.CaptureFixture[str], elsewhere: Path, tmp_path: Path, keep: str
) -> None:
    status, out, err = run(capsys, "models", "import", elsewhere / NAME, keep)
    assert (status, err) == (exit_codes.OK, "")
    assert out.startswith(ID)
    (row,) = local_rows(capsys)
    assert (row["id"], row["state"], row["keep"]) == (ID, "installed", keep.removeprefix("--"))
    assert ID in run(capsys, "models", "list")[1]
    red = shape(tmp_path, "red").path
    question = (red, "What colour is the circle?")
    status, out, _ = run(capsys, "ask", *question, "--model", ID)
    assert status == exit_codes.OK
    assert "red" in out.lower()
    status, out, _ = run(capsys, "models", "verify", ID)
    assert (status, "No checksum" in out) == (exit_codes.OK, True)
    status, out, _ = run(capsys, "models", "path", ID)
    assert [Path(line).name for line in out.splitlines()] == [NAME, EYES]
    assert run(capsys, "models", "remove", ID)[0] == exit_codes.OK
    assert local_rows(capsys) == []
    assert sorted(path.name for path in elsewhere.iterdir()) == sorted([NAME, EYES])
    assert not [path for path in paths.models_dir().rglob("*") if path.is_file()]
    status, _, err = run(capsys, "ask", *question, "--model", ID)
    assert status == exit_codes.MODEL_REFUSED
    assert ID in err


def test_that_the_model_of_the_settings_is_asked(
    capsys: pytest.CaptureFixture[str], elsewhere: Path, tmp_path: Path
) -> None:
    run(capsys, "models", "import", elsewhere / NAME, "--reference")
    save_settings(paths.settings_file(), Settings(model_id=ID))
    question = (shape(tmp_path, "red").path, "What colour is the circle?", "--json")
    assert json.loads(run(capsys, "ask", *question)[1])["model"] == "小 Mini"
    (elsewhere / NAME).unlink()
    status, out, _ = run(capsys, "ask", *question)
    assert status == exit_codes.MODEL_REFUSED
    assert json.loads(out)["error"]["code"] == "model_file_missing"
    builtin = json.loads(run(capsys, "ask", *question, "--model", "builtin")[1])
    assert builtin["model"] == "Groundglass Mini"


def test_that_a_vanished_model_is_listed_as_missing(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    run(capsys, "models", "import", elsewhere / NAME, "--reference")
    (elsewhere / EYES).unlink()
    (row,) = local_rows(capsys)
    assert (row["state"], row["missing"]) == ("missing", [str(elsewhere / EYES)])
    status, _, err = run(capsys, "models", "verify", ID)
    assert status == exit_codes.MODEL_REFUSED
    assert EYES in err


def test_that_what_other_apps_have_is_listed_and_added_by_name(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    own = write(elsewhere / "own.gguf", "gemma3", {"gemma3.vision.block_count": 27})
    write_model(elsewhere.parent / "text.gguf", architecture="llama", deepstack=0)
    shutil.copytree(MLX, elsewhere.parent / "Mini-4bit")
    status, out, _ = run(capsys, "models", "import", "--found", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert status == exit_codes.OK
    assert set(rows) == {"小 Mini", "own", "Mini-4bit"}
    assert rows["小 Mini"]["files"] == [str(elsewhere / NAME), str(elsewhere / EYES)]
    assert (rows["小 Mini"]["problem"], rows["小 Mini"]["added_as"]) == (None, None)
    status, out, _ = run(capsys, "models", "import", "--found", "小 Mini", "--copy", "--json")
    assert [row["id"] for row in json.loads(out)] == [ID]
    shown = run(capsys, "models", "import", "--found")[1]
    assert f"LM Studio, added as {ID}" in shown
    assert "LM Studio, MLX" in shown
    assert "only Ollama" in shown
    status, _, err = run(capsys, "models", "import", "--found", own.stem, "--copy")
    assert (status, "only Ollama" in err) == (exit_codes.MODEL_REFUSED, True)
    status, _, err = run(capsys, "models", "import", "--found", "nothing", "--copy")
    assert (status, "nothing" in err) == (exit_codes.MODEL_REFUSED, True)


def test_that_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "models", "import", "--found")
    assert (status, "No other app" in out) == (exit_codes.OK, True)
    assert json.loads(run(capsys, "models", "import", "--found", "--json")[1]) == []


def test_that_how_to_keep_it_has_to_be_said(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    status, _, err = run(capsys, "models", "import", elsewhere / NAME)
    assert status == exit_codes.USAGE
    assert "--copy, --link or --reference" in err
    status, _, err = run(capsys, "models", "import", "--copy")
    assert (status, "--found" in err) == (exit_codes.USAGE, True)
    assert local_rows(capsys) == []


def test_that_a_file_that_is_no_model_is_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, engines: Engines
) -> None:
    picture = shape(tmp_path, "red").path
    status, _, err = run(capsys, "models", "import", picture, "--copy")
    assert (status, picture.name in err) == (exit_codes.MODEL_REFUSED, True)
    engines.are_here(EngineKind.LLAMA_CPP)
    status, out, _ = run(capsys, "models", "import", MLX, "--copy", "--json")
    assert status == exit_codes.MODEL_REFUSED
    assert json.loads(out)["error"]["code"] == "model_needs_mlx"


def test_that_the_built_in_model_has_an_id_like_the_others(
    capsys: pytest.CaptureFixture[str], engines: Engines
) -> None:
    engines.on_a_pc()
    status, out, _ = run(capsys, "models", "path", "builtin")
    assert out.splitlines() == [str(MODEL), str(PROJECTOR)]
    assert run(capsys, "models", "verify", "builtin")[0] == exit_codes.OK
    status, _, err = run(capsys, "models", "remove", "builtin")
    assert (status, "cannot be removed" in err) == (exit_codes.USAGE, True)
    assert MODEL.exists()
