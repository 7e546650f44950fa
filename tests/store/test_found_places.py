from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.store.found_places import default_places


def test_that_the_apps_own_settings_are_followed(tmp_path: Path) -> None:
    studio = tmp_path / "studio home"
    studio.mkdir()
    (tmp_path / ".lmstudio-home-pointer").write_text(f"{studio}\n")
    (studio / "settings.json").write_text(json.dumps({"downloadsFolder": str(tmp_path / "big")}))
    variables = {
        "HF_HOME": "~/hf",
        "HF_HUB_CACHE": str(tmp_path / "hub"),
        "OLLAMA_MODELS": f' "{tmp_path / "ollama"}"',
        "LLAMA_CACHE": str(tmp_path / "llama"),
    }
    places = default_places(variables, tmp_path, "linux")
    assert places.hugging_face[:2] == (tmp_path / "hub", Path("~/hf/hub").expanduser())
    assert places.hugging_face[2:] == (tmp_path / ".cache/huggingface/hub",)
    assert places.lm_studio == (
        tmp_path / "big",
        studio / "models",
        tmp_path / ".lmstudio/models",
        tmp_path / ".cache/lm-studio/models",
    )
    assert places.ollama == (
        tmp_path / "ollama",
        tmp_path / ".ollama/models",
        Path("/usr/share/ollama/.ollama/models"),
    )
    assert places.llama_cpp == (tmp_path / "llama", tmp_path / ".cache/llama.cpp")


def test_that_every_system_has_its_own_cache_of_llama_cpp(tmp_path: Path) -> None:
    local = {"LOCALAPPDATA": str(tmp_path / "Local")}
    caches = {
        system: default_places(local, tmp_path, system).llama_cpp
        for system in ("darwin", "win32", "linux")
    }
    assert caches == {
        "darwin": (tmp_path / "Library/Caches/llama.cpp",),
        "win32": (tmp_path / "Local/llama.cpp",),
        "linux": (tmp_path / ".cache/llama.cpp",),
    }
    assert len(default_places({}, tmp_path, "darwin").ollama) == 1


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"downloadsFolder": 3}', b"[" * 99_999])
def test_that_settings_that_cannot_be_read_are_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".lmstudio").mkdir()
    (tmp_path / ".lmstudio" / "settings.json").write_bytes(content)
    (tmp_path / ".lmstudio-home-pointer").write_bytes(b"relative/path" + content)
    places = default_places({"HF_HOME": "~nobody-here/x"}, tmp_path, "linux")
    assert places.lm_studio == (
        tmp_path / ".lmstudio/models",
        tmp_path / ".cache/lm-studio/models",
    )
