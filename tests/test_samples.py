from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops

from desktop.core.paths import resources_dir
from tools import draw_samples

if TYPE_CHECKING:
    from pathlib import Path


def listed() -> list[dict[str, Any]]:
    content = (resources_dir() / "samples" / "samples.toml").read_text(encoding="utf-8")
    samples = tomllib.loads(content)["samples"]
    assert isinstance(samples, list)
    return samples


def test_that_the_listed_samples_are_the_drawn_ones() -> None:
    assert [sample["file"] for sample in listed()] == [
        sample.name for sample in draw_samples.SAMPLES
    ]
    for sample in listed():
        for texts in (sample["question"], sample["alt"]):
            assert set(texts) == {"en", "zh_CN"}
            assert all(texts.values())


def test_that_drawing_again_gives_the_same_pictures(tmp_path: Path) -> None:
    draw_samples.main(tmp_path)
    for sample in listed():
        kept = resources_dir() / "samples" / sample["file"]
        assert kept.stat().st_size < 10_000
        with Image.open(kept) as old, Image.open(tmp_path / sample["file"]) as new:
            assert (old.mode, old.size) == ("RGB", (512, 512))
            assert ImageChops.difference(old, new).getbbox() is None
