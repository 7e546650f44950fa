"""The sample pictures of the first run, with a question each in the interface's language."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct

from desktop.core.paths import resources_dir

_FALLBACK = "en"


class Sample(Struct, frozen=True):
    """A picture and what to ask about it; `alt` says what it shows."""

    path: Path
    question: str
    alt: str


class _Entry(msgspec.Struct, frozen=True):
    file: str
    question: dict[str, str]
    alt: dict[str, str]


class _File(msgspec.Struct, frozen=True):
    samples: list[_Entry]


def load_samples(language: str) -> tuple[Sample, ...]:
    """All samples in their order; `language` as in settings, such as `zh_CN`."""
    folder = resources_dir() / "samples"
    parsed = msgspec.convert(tomllib.loads((folder / "samples.toml").read_text("utf-8")), _File)
    return tuple(
        Sample(
            folder / entry.file,
            entry.question.get(language, entry.question[_FALLBACK]),
            entry.alt.get(language, entry.alt[_FALLBACK]),
        )
        for entry in parsed.samples
    )
