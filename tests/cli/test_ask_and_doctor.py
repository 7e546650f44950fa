"""The command line as a person calls it: a real process, the built-in model."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from desktop.cli import exit_codes
from desktop.cli.entry import _parser
from desktop.cli.model_options import chosen_model
from desktop.core.types import EngineKind
from desktop.store.model_store import builtin_model
from tests.documents import fax
from tests.engine.harness import shape
from tests.intake.pictures import FIXTURES

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "desktop", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def red(tmp_path: Path) -> Path:
    return shape(tmp_path, "red").path


def test_that_ask_streams_an_answer(red: Path) -> None:
    done = run("ask", red, "What colour is the circle?")
    assert (done.returncode, done.stderr) == (exit_codes.OK, b"")
    assert b"red" in done.stdout.lower()


def test_that_several_pictures_are_seen_in_order(red: Path, tmp_path: Path) -> None:
    blue = shape(tmp_path, "blue", "square").path
    for first, second, colour in ((red, blue, "blue"), (blue, red, "red")):
        done = run("ask", first, second, "Describe the second image.")
        assert colour in done.stdout.decode().lower()


def test_that_a_picture_comes_from_stdin_and_json_goes_out(red: Path) -> None:
    done = run("ask", "-", "圆形是什么颜色？", "--json", "--budget", "fast", stdin=red.read_bytes())
    report = json.loads(done.stdout)
    assert done.returncode == exit_codes.OK
    assert "红" in report["answer"]
    assert report["stop_reason"] == "end"
    assert report["pictures"][0]["width"] == 256
    assert report["usage"]["pictures_encoded"] == 1
    assert report["timings"]["first_token_s"] > 0


def test_that_all_pages_of_a_document_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "传真.tif"
    done = run("ask", fax(path, ["One", "Two"]), "What is this?", "--json", "--max-tokens", 3)
    assert done.returncode == exit_codes.OK, done.stderr
    assert [picture["page"] for picture in json.loads(done.stdout)["pictures"]] == [0, 1]


def test_that_a_protected_document_is_refused_with_a_sentence() -> None:
    done = run("ask", FIXTURES / "locked.pdf", "What is this?")
    assert done.returncode == exit_codes.PICTURE_REFUSED
    assert b"password" in done.stderr


def test_that_a_pair_on_disk_is_used(red: Path, tmp_path: Path) -> None:
    builtin = builtin_model(EngineKind.LLAMA_CPP)
    folder = tmp_path / "我的 模型"
    folder.mkdir()
    assert builtin.projector_path is not None
    model = shutil.copyfile(builtin.model_path, folder / "mine.gguf")
    eyes = shutil.copyfile(builtin.projector_path, folder / "mmproj-mine.gguf")
    done = run("ask", red, "Describe this image.", "--model", model, "--mmproj", eyes, "--json")
    assert done.returncode == exit_codes.OK, done.stderr
    assert json.loads(done.stdout)["answer"]


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", b"empty"), (b"just words\n", b"neither a picture")],
    ids=["empty", "text"],
)
def test_that_a_refused_picture_is_a_sentence_and_its_exit_code(
    tmp_path: Path, content: bytes, word: bytes
) -> None:
    path = tmp_path / "坏 file.png"
    path.write_bytes(content)
    done = run("ask", path, "what")
    assert done.returncode == exit_codes.PICTURE_REFUSED
    assert word in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_that_an_error_in_json_mode_is_json(tmp_path: Path) -> None:
    done = run("ask", tmp_path / "none.png", "what", "--json")
    assert done.returncode == exit_codes.PICTURE_REFUSED
    assert json.loads(done.stdout)["error"]["code"] == "file_not_found"


def test_that_a_model_that_is_no_model_has_its_exit_code(red: Path) -> None:
    done = run("ask", red, "what", "--model", red)
    assert done.returncode == exit_codes.MODEL_REFUSED
    assert b"Traceback" not in done.stderr
    assert run("ask", red, "what", "--mmproj", red).returncode == exit_codes.MODEL_REFUSED


def test_that_every_command_is_a_command_and_no_window() -> None:
    listed = re.search(r"\{([a-z,]+)\}", run("--help").stdout.decode())
    assert listed is not None
    for name in listed[1].split(","):
        assert f"groundglass {name}".encode() in run(name, "--help").stdout


def test_that_a_folder_called_like_a_model_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "builtin").mkdir()
    monkeypatch.chdir(tmp_path)
    options = _parser().parse_args(["doctor"])
    assert chosen_model(options)[0].is_builtin


def test_that_wrong_usage_has_its_exit_code(red: Path) -> None:
    assert run("ask", red).returncode == exit_codes.USAGE
    assert run("ask", red, "what", "--threads", "0").returncode == exit_codes.USAGE
    assert run("ask", red, "what", "--budget", "huge").returncode == exit_codes.USAGE


def test_that_a_maximum_length_is_kept_and_said(red: Path) -> None:
    done = run("ask", red, "Describe this image.", "--max-tokens", "2")
    assert done.returncode == exit_codes.OK
    assert b"maximum length" in done.stderr


def test_that_doctor_tells_what_there_is() -> None:
    done = run("doctor")
    text = done.stdout.decode()
    assert done.returncode == exit_codes.OK, done.stderr
    for word in ("llama-cpp-python", "CPU", "data", "built-in", "loads in"):
        assert word in text
    assert os.environ["GROUNDGLASS_HOME"] in text


def test_that_help_names_the_exit_codes() -> None:
    assert b"130" in run("--help").stdout
    assert b"exit codes" in run("ask", "--help").stdout
    assert run("--version").stdout.startswith(b"groundglass ")


def test_that_a_reader_that_leaves_early_is_no_error(red: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop", "doctor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    _, errors = process.communicate(timeout=60)
    assert errors == b""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_that_ctrl_c_ends_with_its_exit_code_and_no_traceback() -> None:
    # A background job starts with the signal ignored, and its children inherit that.
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop", "ask", "-", "what"],
        stdin=subprocess.PIPE,  # stays open: reading the picture leaves time for the signal
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    signal.signal(signal.SIGINT, previous)
    parent = psutil.Process(process.pid)
    while not parent.children():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == exit_codes.INTERRUPTED
    assert b"Traceback" not in errors
