"""The cache from the command line, and answers that are begun anew."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from desktop.cli import exit_codes
from desktop.cli.answer_printer import AnswerPrinter
from desktop.cli.conversation import Conversation
from desktop.cli.entry import main
from desktop.core import cache_files, paths
from desktop.core.types import EngineOptions, Message, Role
from tests.cli.test_ask_and_doctor import run
from tests.engine.harness import GREEDY, fake_model, shape

if TYPE_CHECKING:
    from pathlib import Path

VOID, REPLY = "round and round ", "One circle."


def test_that_a_second_call_knows_the_picture_and_clearing_forgets_it(tmp_path: Path) -> None:
    red = shape(tmp_path, "red").path

    def asked() -> tuple[str, int, int]:
        flags = ("--json", "--temperature", 0, "--threads", 1)
        done = run("ask", red, "Describe this image.", *flags)
        assert done.returncode == exit_codes.OK, done.stderr
        report = json.loads(done.stdout)
        usage = report["usage"]
        return report["answer"], usage["pictures_encoded"], usage["pictures_from_disk"]

    answer, *first = asked()
    assert first == [1, 0]
    assert asked() == (answer, 0, 1)
    assert run("cache", "clear").returncode == exit_codes.OK
    assert cache_files.used_bytes(paths.engine_cache_dir()) == 0
    assert asked() == (answer, 1, 0)


def test_that_the_cache_tells_what_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    folder = paths.engine_cache_dir()
    cache_files.make_folder(folder)
    (folder / f"picture-{'ab' * 32}-0").write_bytes(bytes(3_000_000))
    assert main(["cache", "--json"]) == exit_codes.OK
    report = json.loads(capsys.readouterr().out)
    assert report["folder"] == str(folder)
    assert (report["bytes"], report["pictures"], report["conversations"]) == (3_000_000, 1, 0)
    assert report["most_bytes"] == EngineOptions().disk_cache_bytes
    assert main(["cache"]) == exit_codes.OK
    shown = capsys.readouterr().out
    assert str(folder) in shown
    assert "1, 3 MB" in shown
    assert main(["cache", "clear"]) == exit_codes.OK
    assert capsys.readouterr().out == "3 MB deleted\n"


def test_that_a_cache_that_cannot_be_cleared_is_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = paths.engine_cache_dir()
    (folder / f"picture-{'ab' * 32}-0").mkdir(parents=True)
    assert main(["cache", "clear"]) != exit_codes.OK
    assert "cannot be written" in capsys.readouterr().err


def answered(tmp_path: Path, *, is_shown: bool = True) -> AnswerPrinter:
    with Conversation() as talk:
        talk.load(fake_model(tmp_path, reply=REPLY, void=VOID), EngineOptions())
        talk.client.generate([Message(Role.USER, "What?")], GREEDY)
        with AnswerPrinter(is_shown=is_shown) as printer:
            assert talk.answer(printer).usage.retries == 1
    return printer


def test_that_a_file_gets_only_the_text_that_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(tmp_path).text == REPLY
    shown = capsys.readouterr()
    assert shown.out == f"{REPLY}\n"
    assert "begins anew" in shown.err


def test_that_a_terminal_gets_the_words_as_they_come_and_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert answered(tmp_path).text == REPLY
    shown = capsys.readouterr()
    assert shown.out == f"{VOID}\n{REPLY}\n"
    assert "begins anew" in shown.err


def test_that_a_gathered_answer_prints_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(tmp_path, is_shown=False).text == REPLY
    assert capsys.readouterr().out == ""


def test_that_an_interrupted_answer_is_printed_as_far_as_it_came(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted() -> None:
        with AnswerPrinter(is_shown=True) as printer:
            printer.write("One ")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert capsys.readouterr().out == "One \n"
