"""`groundglass models` against a hub on this machine that serves the built-in model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop.cli import (
    exit_codes,
    main,
    model_downloads,
    model_ids,
    model_list,
    model_options,
    models,
)
from desktop.core import paths
from desktop.core.model_spec import (
    Coordinates,
    FileRole,
    LocalText,
    ModelFile,
    ModelSpec,
    ModelVariant,
)
from desktop.core.types import EngineKind, GenerationSettings, PictureLimits
from desktop.store.model_store import builtin_model
from desktop.store.pausing import pausable
from desktop.store.settings import Settings, Source, save_settings
from desktop.store.stopping import StopFlag
from tests.engine.harness import shape
from tests.hub import REPO, Hub, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.store.progress import DownloadProgress

MODEL, EYES = "mini-f16.gguf", "mmproj-mini-f16.gguf"
SPEC = ModelSpec(
    id="mini",
    name="Mini",
    family="mini",
    licence="Apache-2.0",
    parameters="6M",
    summary=LocalText("Small.", "小。"),
    good_at=frozenset(),
    coordinates=Coordinates.NONE,
    variants=(
        ModelVariant(
            "f16",
            EngineKind.LLAMA_CPP,
            REPO,
            None,
            (ModelFile(FileRole.MODEL, MODEL), ModelFile(FileRole.PROJECTOR, EYES)),
        ),
    ),
    sampling=GenerationSettings(temperature=0.0, presence_penalty=0.0),
    pictures=PictureLimits(9, 64, 16),
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Serves the built-in model; the catalogue holds nothing else."""
    for module in (models, model_ids, model_list, model_options):
        monkeypatch.setattr(module, "load_catalog", lambda: (SPEC,))
    builtin = builtin_model(EngineKind.LLAMA_CPP)
    assert builtin.projector_path is not None
    files = {MODEL: builtin.model_path.read_bytes(), EYES: builtin.projector_path.read_bytes()}
    with Hub(files) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.base_url)
        yield hub


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


# What `groundglass models get mini` is in another process.
GET = """
from desktop.cli import main, model_ids
from tests.cli.test_models import SPEC

model_ids.load_catalog = lambda: (SPEC,)
raise SystemExit(main(["models", "get", "mini"]))
"""


def getting_elsewhere() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", GET],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupt_early(patch: pytest.MonkeyPatch) -> None:
    """As Ctrl+C does, in the middle of the first file."""

    def interrupt(progress: DownloadProgress) -> None:
        if progress.done_bytes > 0:
            raise KeyboardInterrupt

    patch.setattr("desktop.store.progress._INTERVAL_S", 0.0)
    patch.setattr(model_downloads, "_show", interrupt)


def test_that_a_model_is_got_asked_verified_and_removed(
    hub: Hub, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, err = run(capsys, "models", "get", "mini")
    assert (status, err) == (exit_codes.OK, "")
    folder = paths.models_dir() / "mini" / "f16"
    assert out.splitlines() == [str(folder / MODEL), str(folder / EYES)]
    red = shape(tmp_path, "red").path
    status, out, _ = run(capsys, "ask", red, "What colour is the circle?", "--model", "mini")
    assert status == exit_codes.OK
    assert "red" in out.lower()
    assert run(capsys, "models", "verify", "mini")[0] == exit_codes.OK
    content = bytearray((folder / EYES).read_bytes())
    content[5_000_000] ^= 1
    (folder / EYES).write_bytes(content)
    status, _, err = run(capsys, "models", "verify", "mini:f16")
    assert status == exit_codes.MODEL_REFUSED
    assert EYES in err
    assert run(capsys, "models", "remove", "mini")[0] == exit_codes.OK
    assert not [path for path in paths.models_dir().rglob("*") if path.is_file()]
    assert run(capsys, "models", "path", "mini")[0] == exit_codes.MODEL_REFUSED


def test_that_an_interrupted_download_goes_on_where_it_stopped(
    hub: Hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        interrupt_early(patch)
        status, out, err = run(capsys, "models", "get", "mini")
    assert (status, out) == (exit_codes.INTERRUPTED, "")
    assert "kept" in err
    assert run(capsys, "models", "path", "mini")[0] == exit_codes.MODEL_REFUSED
    asked_before = len(hub.requests)
    assert run(capsys, "models", "get", "mini")[0] == exit_codes.OK
    ranges = [request.headers.get("range", "") for request in hub.requests[asked_before:]]
    assert any(value and not value.startswith("bytes=0-") for value in ranges)
    assert run(capsys, "models", "verify", "mini")[0] == exit_codes.OK
    assert not list(paths.models_dir().rglob("*.part*"))


def test_that_removing_takes_a_half_finished_download_away(
    hub: Hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        interrupt_early(patch)
        run(capsys, "models", "get", "mini")
    assert list(paths.models_dir().rglob("*.part"))
    assert run(capsys, "models", "remove", "mini")[0] == exit_codes.OK
    assert not [path for path in paths.models_dir().rglob("*") if path.is_file()]


def test_that_the_list_tells_what_is_here_and_what_fits(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "models", "get", "mini")
    status, out, _ = run(capsys, "models", "list", "--json")
    row, builtin = json.loads(out)
    assert status == exit_codes.OK
    assert (row["id"], row["is_installed"], row["state"]) == ("mini:f16", True, "installed")
    assert (builtin["id"], builtin["is_in_use"]) == ("builtin", True)
    (paths.models_dir() / "mini" / "f16" / EYES).unlink()
    lines = run(capsys, "models", "list")[1].splitlines()
    assert "missing" in lines[0]
    assert "built-in, in use" in lines[1]


def test_that_the_list_tells_what_is_half_here(
    hub: Hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def state() -> object:
        return json.loads(run(capsys, "models", "list", "--json")[1])[0]["state"]

    assert state() == "available"
    with monkeypatch.context() as patch:
        interrupt_early(patch)
        run(capsys, "models", "get", "mini")
    assert state() == "paused"
    with pausable(paths.models_dir(), "mini/f16", StopFlag()):
        assert state() == "downloading"


def test_that_an_unknown_model_is_a_sentence(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("nothing", "mini:q9", "../mini"):
        status, _, err = run(capsys, "models", "get", name)
        assert status == exit_codes.MODEL_REFUSED
        assert name in err
    assert hub.requests == []
    status, out, _ = run(capsys, "models", "path", "nothing", "--json")
    assert json.loads(out)["error"]["code"] == "model_file_missing"


def test_that_an_endpoint_that_is_no_address_is_wrong_usage(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(capsys, "models", "get", "mini", "--endpoint", "ftp://x")
    assert status == exit_codes.USAGE
    assert err


def test_that_the_settings_say_where_to_download_from_and_whether(
    hub: Hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_ENDPOINT")
    settings = Settings(
        endpoint=hub.base_url,
        sources=(Source.MODELSCOPE,),
        hub_token="hf_secret",  # noqa: S106
        is_offline=True,
    )
    save_settings(paths.settings_file(), settings)
    status, out, _ = run(capsys, "models", "get", "mini", "--json")
    assert status == exit_codes.DOWNLOAD_FAILED
    assert json.loads(out)["error"]["code"] == "offline"
    assert hub.requests == []
    status, out, _ = run(capsys, "models", "get", "mini", "--online", "--json")
    assert status == exit_codes.OK
    assert set(json.loads(out)) == {"model", "projector"}
    # The endpoint is the person's own, and no token of Hugging Face's is for it.
    assert all("authorization" not in request.headers for request in hub.requests)


def test_that_flags_go_before_the_settings(
    hub: Hub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_ENDPOINT")
    save_settings(paths.settings_file(), Settings(endpoint="http://127.0.0.1:9/nowhere"))
    flags = ("--endpoint", hub.base_url, "--source", "hf_mirror", "--source", "hf_mirror")
    assert run(capsys, "models", "get", "mini", *flags)[0] == exit_codes.OK
    monkeypatch.setenv("HF_TOKEN", "no token")
    assert run(capsys, "models", "get", "mini", *flags)[0] == exit_codes.USAGE


def test_that_a_download_in_another_process_is_paused_and_goes_on(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "models", "pause", "mini")[0] == exit_codes.MODEL_REFUSED
    hub.troubles.append(Trouble(stall_after=100_000))
    with getting_elsewhere() as getting:
        try:
            assert hub.served.wait(30)
            status, out, err = run(capsys, "models", "pause", "mini:f16")
            _, said = getting.communicate(timeout=30)
        finally:
            getting.kill()
    assert (status, err) == (exit_codes.OK, "")
    assert "kept" in out
    assert getting.returncode == exit_codes.PAUSED
    assert "another Groundglass" in said
    assert run(capsys, "models", "get", "mini")[0] == exit_codes.OK
    assert run(capsys, "models", "verify", "mini")[0] == exit_codes.OK


def test_that_removing_ends_a_download_elsewhere_first(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.troubles.append(Trouble(stall_after=100_000))
    with getting_elsewhere() as getting:
        try:
            assert hub.served.wait(30)
            assert run(capsys, "models", "remove", "mini")[0] == exit_codes.OK
            getting.communicate(timeout=30)
        finally:
            getting.kill()
    assert getting.returncode == exit_codes.PAUSED
    assert not [path for path in paths.models_dir().rglob("*") if path.is_file()]


def test_that_the_shipped_catalogue_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "models", "list", "--json")
    rows = json.loads(out)
    assert status == exit_codes.OK
    assert {"qwen3-vl-4b:q4_k_m", "smolvlm-500m:q8_0"} <= {row["id"] for row in rows}
    assert sum(row["is_recommended"] for row in rows) <= 1
