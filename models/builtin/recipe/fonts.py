"""The fonts of this system, parted into those for training and those kept for evaluation."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

from PIL import ImageFont

TRAINING = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSerif-Bold.ttf",
    "LiberationSans-Regular.ttf",
    "LiberationSans-Bold.ttf",
    "LiberationSerif-Regular.ttf",
    "LiberationSerif-Bold.ttf",
    "LiberationMono-Regular.ttf",
    "LiberationMono-Bold.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-Bold.ttc",
    "Roboto-Regular.ttf",
    "Roboto-Bold.ttf",
    "OpenSans-Regular.ttf",
    "OpenSans-Bold.ttf",
)
HELD_OUT = (
    "Lato-Regular.ttf",
    "Lato-Bold.ttf",
    "Carlito-Regular.ttf",
    "Carlito-Bold.ttf",
    "Hack-Regular.ttf",
    "Hack-Bold.ttf",
    "FreeSerif.ttf",
    "FreeSansBold.ttf",
)


@functools.cache
def _installed() -> dict[str, Path]:
    """Font files by name, as fontconfig knows them."""
    lister = shutil.which("fc-list")
    if lister is None:
        raise RuntimeError("fontconfig's fc-list is needed to find the fonts")
    listed = subprocess.run(
        [lister, "--format", "%{file}\n"], check=True, capture_output=True, text=True
    )
    return {Path(line).name: Path(line) for line in sorted(listed.stdout.split("\n")) if line}


@functools.cache
def names(*, held_out: bool) -> tuple[str, ...]:
    """The fonts to draw with; raises when fewer than four of them are installed."""
    found = tuple(name for name in (HELD_OUT if held_out else TRAINING) if name in _installed())
    if len(found) < 4:
        raise RuntimeError("too few fonts are installed; see README.md of this folder")
    return found


@functools.lru_cache(maxsize=4096)
def load(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """The font at this size."""
    return ImageFont.truetype(
        str(_installed()[name]), size_px, layout_engine=ImageFont.Layout.BASIC
    )


@functools.lru_cache(maxsize=65536)
def advance(name: str, size_px: int, char: str) -> float:
    """How far one character moves the pen; kerning is left out."""
    return load(name, size_px).getlength(char)
