from __future__ import annotations

import pytest

from desktop.core.safe_path import is_safe_path
from desktop.store.text import slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Qwen3-VL-4B-Instruct-Q4_K_M", "qwen3-vl-4b-instruct-q4_k_m"),
        ("qwen2.5vl:7b", "qwen2.5vl-7b"),
        ("hf.co/unsloth/Mini-GGUF:Q8_0", "hf.co-unsloth-mini-gguf-q8_0"),
        ("小 模型（二）", "小-模型-二"),
        ("Ｆｕｌｌ Ｗｉｄｔｈ", "full-width"),
        ("../../etc", "etc"),
        ("...", "model"),
        ("", "model"),
        ("con", "model"),
        ("bad\udc80name", "bad-name"),
    ],
)
def test_that_a_slug_is_readable_and_safe(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_that_a_slug_of_any_length_fits_into_a_file_system() -> None:
    for name in ("a" * 1000, "𠀀" * 1000, "ﷺ" * 100, "é" * 300):
        found = slug(name)
        assert is_safe_path(f"{found}-12345")
        assert ":" not in found
        assert " " not in found
