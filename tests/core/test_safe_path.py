from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from desktop.core.safe_path import is_safe_path

UNSAFE = [
    "",
    ".",
    "..",
    "/",
    "/etc/passwd",
    "//server/share",
    "../model.gguf",
    "a/../../model.gguf",
    "a/..",
    "a/./b",
    "a//b",
    "a/",
    "a\\b",
    "..\\model.gguf",
    "C:model.gguf",
    "C:/model.gguf",
    "model.gguf:stream",
    "model\0.gguf",
    "model\n.gguf",
    "model\x7f",
    "model?.gguf",
    "a*b",
    'a"b',
    "a<b",
    "a|b",
    "...",
    "a/...",
    ".. ",
    ". ./x",
    "model.gguf.",
    "model.gguf ",
    "con",
    "CON.gguf",
    "con .gguf",
    "a/NUL",
    "com1.tar.gz",
    "LPT9",
    "COM¹",
    "x" * 256,
    "的" * 86,
    "a/" * 600 + "b",
    "\ud800",
]


@pytest.mark.parametrize("path", UNSAFE)
def test_that_what_leads_out_or_names_no_file_everywhere_is_unsafe(path: str) -> None:
    assert not is_safe_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "model.gguf",
        "Qwen3VL-2B-Instruct-Q4_K_M.gguf",
        ".gitattributes",
        "a/b c/模型.gguf",
        "..hidden",
        "~",
        "console.txt",
        "com10",
        "x" * 255,
    ],
)
def test_that_ordinary_names_are_safe_and_stay_inside(path: str) -> None:
    assert is_safe_path(path)
    for kind in (PurePosixPath, PureWindowsPath):
        joined = kind("/models/one") / path
        assert joined.is_relative_to(kind("/models/one"))
        assert ".." not in joined.parts
