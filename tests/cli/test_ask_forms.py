"""Answers in a form on the command line: a real process, the built-in model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from desktop.cli import exit_codes
from desktop.cli.entry import main
from tests.cli.test_ask_and_doctor import run
from tests.engine.harness import shape

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = "colour:choice(red|blue), round:yesno, 备注?"


@pytest.fixture
def red(tmp_path: Path) -> Path:
    return shape(tmp_path, "red").path


def test_that_fields_give_json_alone(red: Path) -> None:
    done = run("ask", red, "What is this?", "--fields", FIELDS, "--threads", 1)
    assert (done.returncode, done.stderr) == (exit_codes.OK, b"")
    assert done.stdout.count(b"\n") == 1
    found = json.loads(done.stdout)
    assert list(found) == ["colour", "round", "备注"]


def test_that_a_schema_comes_from_a_file_and_the_report_holds_the_answer(
    red: Path, tmp_path: Path
) -> None:
    path = tmp_path / "模式 1.json"
    path.write_text('\ufeff{"enum": ["红", "blue"]}', encoding="utf-8")
    done = run("ask", red, "What is this?", "--schema", path, "--json", "--threads", 1)
    assert done.returncode == exit_codes.OK, done.stderr
    assert json.loads(json.loads(done.stdout)["answer"]) in {"红", "blue"}


def test_that_an_answer_that_ends_too_early_is_an_error(red: Path) -> None:
    brief = ("--max-tokens", 3, "--threads", 1)
    done = run("ask", red, "What is this?", "--fields", FIELDS, *brief)
    assert (done.returncode, done.stdout) == (exit_codes.ENGINE_FAILED, b"")
    begun, sentence = done.stderr.decode().splitlines()
    assert begun.startswith('{"')
    assert "before its form was complete" in sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--schema", "{"), "line 1, column 2"),
        (("--schema", '{"not": {}}'), "“not”"),
        (("--schema", "[]"), "begins with {"),
        (("--schema", "missing.json"), "missing.json was not found"),
        (("--fields", "a:colour"), "name:kind"),
        (("--fields", ""), "at least one field"),
        (("--fields", "a", "--schema", "{}"), "not allowed with"),
    ],
)
def test_that_a_bad_form_is_told_before_anything_is_loaded(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(["ask", "nothing.png", "?", *arguments])
    except SystemExit as stop:  # what argparse itself refuses
        status = int(stop.code or 0)
    assert status == exit_codes.USAGE
    assert words in capsys.readouterr().err


def test_that_a_schema_that_cannot_be_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "latin.json"
    path.write_bytes(b'{"title": "\xff"}')
    assert main(["ask", "nothing.png", "?", "--schema", str(path)]) == exit_codes.USAGE
    assert "cannot be read" in capsys.readouterr().err


def test_that_a_schema_that_no_answer_can_follow_is_told(red: Path) -> None:
    schema = '{"type": "integer", "minimum": 4, "maximum": 2}'
    done = run("ask", red, "What is this?", "--schema", schema, "--json")
    assert done.returncode == exit_codes.USAGE
    assert json.loads(done.stdout)["error"]["code"] == "schema_refused"
