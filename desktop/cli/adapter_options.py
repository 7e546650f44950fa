"""`--lora`: adapters on the model, in place of those in the settings."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from desktop.core.adapters import HIGHEST_SCALE, LOWEST_SCALE
from desktop.core.types import Adapter


def add_adapter_options(group: argparse._ArgumentGroup) -> None:
    """The option that `chosen_model` reads as `lora`, a list; empty where it was not given."""
    group.add_argument(
        "--lora",
        type=adapter,
        action="append",
        default=[],
        metavar="F[:SCALE]",
        help="lay an adapter over the model: a GGUF file, or a folder for MLX; a scale of 0 is "
        "none, 1 as trained; may be given several times (default: those in the settings)",
    )


def adapter(text: str) -> Adapter:
    """An adapter's path with perhaps its scale, for argparse."""
    name, separator, tail = text.rpartition(":")
    if not separator or Path(text).exists():
        return Adapter(Path(text).absolute())
    try:
        scale = float(tail)
    except ValueError:
        return Adapter(Path(text).absolute())  # a drive's letter, or a colon in the name
    if not (math.isfinite(scale) and LOWEST_SCALE <= scale <= HIGHEST_SCALE):
        raise argparse.ArgumentTypeError(
            f"the scale must be from {LOWEST_SCALE:g} to {HIGHEST_SCALE:g}"
        )
    return Adapter(Path(name).absolute(), scale)
