"""The options of `ask` end to end: a real worker, the built-in model, the person's settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from desktop.cli import exit_codes
from desktop.cli.entry import main
from desktop.core import paths
from desktop.core.model_choices import ModelChoices, SamplingChoices
from desktop.store.settings import BUILTIN_MODEL, Settings, save_settings
from tests.engine.harness import shape

if TYPE_CHECKING:
    from pathlib import Path

DESCRIBE = "Describe this image."
TOLD = "Answer in one word. 只用一个词回答。"


@pytest.fixture
def red(tmp_path: Path) -> Path:
    return shape(tmp_path, "red", side=96).path


class Asking:
    """`groundglass ask` in this process."""

    def __init__(self, output: pytest.CaptureFixture[str]) -> None:
        self._output = output

    def __call__(self, *arguments: object) -> dict[str, Any]:
        flags = ("--json", "--budget", "fast", "--context", "1024", "--threads", "1")
        code = main(["ask", *map(str, arguments), *flags])
        said = self._output.readouterr()
        assert code == exit_codes.OK, said
        report: dict[str, Any] = json.loads(said.out)
        return report


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Asking:
    return Asking(capsys)


def test_that_every_option_reaches_the_engine(asked: Asking, red: Path) -> None:
    wild = ("--temperature", 2, "--top-p", 1, "--top-k", 0, "--presence-penalty", 0)
    free = asked(red, DESCRIBE, *wild, "--seed", 1)
    likeliest = asked(red, DESCRIBE, *wild, "--seed", 1, "--min-p", 1)
    assert free["answer"] != likeliest["answer"]
    assert free["usage"]["context_length"] == 1024
    assert likeliest["answer"] == asked(red, DESCRIBE, *wild, "--seed", 7, "--top-k", 1)["answer"]


def test_that_what_the_model_is_told_takes_its_tokens(asked: Asking, red: Path) -> None:
    def usage(*more: object) -> tuple[int, int]:
        used = asked(red, DESCRIBE, *more)["usage"]
        return used["prompt_tokens"], used["answer_tokens"]

    loading = ("--gpu-layers", 0, "--flash-attention", "off", "--kv-type", "q8_0")
    drawing = ("--temperature", 0, "--repetition-penalty", 2, "--max-tokens", 2)
    plain, _ = usage(*loading)
    told, count = usage(*drawing, "--system", TOLD)
    assert told > plain + 10
    assert count == 2
    chosen = ModelChoices(sampling=SamplingChoices(max_tokens=3), system_prompt=TOLD)
    save_settings(paths.settings_file(), Settings(models={BUILTIN_MODEL: chosen}))
    assert usage() == (told, 3)
    assert usage("--system", "", "--max-tokens", 1) == (plain, 1)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--temperature", "2.1", "from 0 to 2"),
        ("--temperature", "nan", "from 0 to 2"),
        ("--temperature", "warm", "from 0 to 2"),
        ("--top-p", "-0.1", "from 0 to 1"),
        ("--top-k", "2.5", "a whole number from 0 to"),
        ("--min-p", "1.5", "from 0 to 1"),
        ("--presence-penalty", "3", "from -2 to 2"),
        ("--repetition-penalty", "0", "from 0.5 to 2"),
        ("--seed", "-1", "a whole number from 0 to 4294967295"),
        ("--max-tokens", "0", "a whole number from 1 to"),
        ("--context", "10", "a whole number from 256 to"),
        ("--gpu-layers", "-2", "a whole number from -1 to"),
        ("--threads", "0", "a whole number from 1 to"),
        ("--flash-attention", "maybe", "choose from"),
        ("--kv-type", "q2", "choose from"),
    ],
)
def test_that_a_value_out_of_range_is_refused_with_its_range(
    option: str, value: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["ask", "a.png", "what", option, value])
    assert caught.value.code == exit_codes.USAGE
    said = capsys.readouterr().err
    assert f"argument {option}: " in said
    assert words in said
