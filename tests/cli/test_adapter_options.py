"""`--lora` and what a load had to make smaller, on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from desktop.cli import exit_codes
from desktop.cli.adapter_options import adapter
from desktop.cli.conversation import Conversation
from desktop.cli.reduction_words import reduction_words
from desktop.core import paths
from desktop.core.model_choices import ModelChoices
from desktop.core.types import Adapter, EngineOptions, KvType
from desktop.engine.api import Reduction
from desktop.store.settings import Settings, save_settings
from tests import adapters
from tests.cli.test_ask_and_doctor import run
from tests.engine.harness import fake_model, shape

ASKED = "What colour is the circle?"


@pytest.fixture
def red(tmp_path: Path) -> Path:
    return shape(tmp_path, "red").path


def test_that_an_adapter_is_a_path_with_perhaps_a_scale(tmp_path: Path) -> None:
    odd = tmp_path / "a:2"
    odd.touch()
    assert adapter("a.gguf") == Adapter(Path("a.gguf").absolute())
    assert adapter("a.gguf:0.5") == Adapter(Path("a.gguf").absolute(), 0.5)
    assert adapter("a.gguf:-1") == Adapter(Path("a.gguf").absolute(), -1.0)
    assert adapter(str(odd)) == Adapter(odd)
    assert adapter(f"{odd}:2") == Adapter(odd, 2.0)
    assert adapter("a:b.gguf") == Adapter(Path("a:b.gguf").absolute())
    for wrong in ("a.gguf:9", "a.gguf:nan", "a.gguf:inf"):
        with pytest.raises(argparse.ArgumentTypeError):
            adapter(wrong)


def test_that_adapters_change_the_answer_by_their_scale(red: Path, tmp_path: Path) -> None:
    path = adapters.write_gguf(tmp_path / "lora.gguf")
    save_settings(
        paths.settings_file(),
        Settings().with_choices("builtin", ModelChoices(adapters=(Adapter(path),))),
    )
    brief = ("--max-tokens", 12, "--threads", 1)
    changed = run("ask", red, ASKED, *brief)
    assert changed.returncode == exit_codes.OK
    plain = run("ask", red, ASKED, *brief, "--lora", f"{path}:0")
    assert b"red" in plain.stdout.lower()
    assert plain.stdout != changed.stdout
    both = run("ask", red, ASKED, *brief, "--lora", f"{path}:1", "--lora", f"{path}:-1")
    assert both.stdout == plain.stdout


def test_that_a_wrong_adapter_is_a_sentence_and_a_code(red: Path, tmp_path: Path) -> None:
    other = adapters.write_gguf(tmp_path / "other.gguf", architecture="llama")
    refused = run("ask", red, ASKED, "--lora", other)
    assert refused.returncode == exit_codes.MODEL_REFUSED
    assert refused.stdout == b""
    sentence = "“other.gguf” was made for another model than this one.\n"
    assert refused.stderr.decode() == sentence
    assert run("ask", red, ASKED, "--lora", "a.gguf:99").returncode == exit_codes.USAGE


def test_that_what_was_made_smaller_is_said_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Conversation() as talk:
        talk.load(fake_model(tmp_path, context_room=4096), EngineOptions(context_length=16_384))
        said = "To fit the memory: context of 4,096 tokens instead of 16,384.\n"
        assert capsys.readouterr() == ("", said)
        talk.load(fake_model(tmp_path), EngineOptions(context_length=16_384))
        assert capsys.readouterr() == ("", "")
        limited = fake_model(tmp_path, context_limit=4096)
        talk.load(limited, EngineOptions(context_length=4096))
        assert capsys.readouterr() == ("", "")
        talk.load(limited, EngineOptions(context_length=16_384))
        said = "This model reads at most 4,096 tokens at once; that is used.\n"
        assert capsys.readouterr() == ("", said)


def test_that_everything_that_can_be_smaller_has_its_words() -> None:
    whole = Reduction(2048, KvType.Q8_0, 0, context_wanted=8192)
    assert reduction_words(whole) == (
        "To fit the memory: context of 2,048 tokens instead of 8,192; attention cache kept as "
        "Q8_0; nothing on the GPU."
    )
    assert reduction_words(Reduction(gpu_layers=9)) == "To fit the memory: 9 layers on the GPU."


def test_that_an_adapter_is_no_model(red: Path, tmp_path: Path) -> None:
    path = adapters.write_gguf(tmp_path / "lora.gguf")
    refused = run("ask", red, ASKED, "--model", path)
    assert refused.returncode == exit_codes.MODEL_REFUSED
    assert "is no model but an adapter (LoRA)" in refused.stderr.decode()
