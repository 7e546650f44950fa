"""Which model, and which way of running it, a piece of the cache on disk belongs to.

Files are known by their size, their time and samples of their bytes, not by their path: a model
that was moved is the same, and one that was replaced is not. All bytes would take as long to read
as the model takes to load.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import desktop
from desktop.core.gguf import split_parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from desktop.core.types import EngineOptions, InstalledModel

_BEGINNING = 65_536  # bytes; holds the names and the sizes of a model's tensors, or most of them
_SAMPLES, _SAMPLE = 64, 4_096  # how many, and bytes of each
_SIZE = 16  # bytes of a digest


def fingerprint(path: Path) -> str:
    """Of a file, or of a folder with all files in it; raises `OSError`."""
    digest = hashlib.blake2b(digest_size=_SIZE)
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    for file in files:
        if not file.is_file():
            continue
        if path.is_dir():
            digest.update(file.name.encode("utf-8", "surrogateescape"))
        _add_file(digest, file)
    return digest.hexdigest()


def identity(*facts: object) -> str:
    """32 hexadecimal digits that stand for all of these, in this order."""
    text = "\0".join(str(fact) for fact in facts)
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=_SIZE).hexdigest()


def pictures_identity(
    model: InstalledModel, options: EngineOptions, versions: Mapping[str, str], *, has_gpu: bool
) -> str:
    """What decides the numbers that a picture becomes, beside the picture; raises `OSError`."""
    paths = (*split_parts(model.model_path), model.projector_path)
    return identity(
        desktop.__version__,
        model.engine,
        *(f"{name} {version}" for name, version in sorted(versions.items())),
        *("" if path is None else fingerprint(path) for path in paths),
        *(f"{fingerprint(one.path)} {one.scale!r}" for one in model.adapters),
        options.flash_attention,
        has_gpu,
    )


def conversations_identity(pictures: str, kv_form: object) -> str:
    """The same for an attention cache, of which `kv_form` says how it is stored."""
    return identity(pictures, kv_form)


def _add_file(digest: hashlib.blake2b, file: Path) -> None:
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        digest.update(f"{size} {file.stat().st_mtime_ns}".encode())
        stream.seek(0)
        digest.update(stream.read(_BEGINNING))
        for index in range(_SAMPLES):
            place = size * index // _SAMPLES
            if place >= _BEGINNING:
                stream.seek(place)
                digest.update(stream.read(_SAMPLE))
