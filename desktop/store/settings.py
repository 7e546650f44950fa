"""What a person chose, as a JSON file that survives hand editing and other versions of the app."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import msgspec

from desktop.core.types import EngineOptions, PictureBudget
from desktop.store.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping

# Outside these an engine would refuse or abort; the upper ends are far above any machine's.
_ENGINE_RANGES: Mapping[str, tuple[int, int]] = {
    "context_length": (256, 1 << 22),
    "gpu_layers": (-1, 1 << 12),
    "threads": (1, 1 << 10),
    "cache_bytes": (0, 1 << 42),
}

_T = TypeVar("_T")


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """A person's choices.

    Attributes:
        language: `system`, `en` or `zh_CN`.
        appearance: `system`, `light` or `dark`.
        picture_budget: None chooses by the machine.
        model_path: The language model of a chosen GGUF pair; None for the built-in model.
        projector_path: Its vision encoder; None looks beside it.
        engine: How models are loaded.
    """

    language: Annotated[str, msgspec.Meta(pattern=r"^(system|en|zh_CN)\Z")] = "system"
    appearance: Annotated[str, msgspec.Meta(pattern=r"^(system|light|dark)\Z")] = "system"
    picture_budget: PictureBudget | None = None
    model_path: Path | None = None
    projector_path: Path | None = None
    engine: EngineOptions = EngineOptions()


def load_settings(path: Path) -> Settings:
    """The settings in a file. Never raises: what cannot be used is the default.

    A missing file gives the defaults. So does one that is no JSON object, which is moved aside as
    `*.damaged`. Unknown fields are ignored, and a field with a wrong value has its default.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return Settings()
    try:
        fields = json.loads(data)
        if not isinstance(fields, dict):
            raise TypeError("no JSON object")
    except (ValueError, TypeError, RecursionError):
        with contextlib.suppress(OSError):
            path.replace(path.with_name(f"{path.name}.damaged"))
        return Settings()
    return _from_fields(Settings, fields)


def save_settings(path: Path, settings: Settings) -> None:
    """Put these in place of the file at once or not at all; raises `StoreError`."""
    fields = msgspec.to_builtins(settings, enc_hook=_to_plain)
    # Escaped throughout, since paths may hold bytes that are no UTF-8 (as surrogates).
    write_atomically(path, json.dumps(fields, indent=2, ensure_ascii=True).encode() + b"\n")


def _from_fields(kind: type[_T], fields: Mapping[str, object]) -> _T:
    values = {}
    for name, field_kind in get_type_hints(kind, include_extras=True).items():
        if name in fields:
            with contextlib.suppress(ValueError):
                values[name] = _value(name, field_kind, fields[name])
    return kind(**values)


def _value(name: str, kind: Any, raw: object) -> object:  # noqa: ANN401 - a type expression
    """The field's value; raises `ValueError`."""
    if kind is EngineOptions and isinstance(raw, dict):
        return _from_fields(EngineOptions, raw)
    value = msgspec.convert(raw, kind, dec_hook=_from_plain)
    if name in _ENGINE_RANGES and value is not None:
        lowest, highest = _ENGINE_RANGES[name]
        if not lowest <= value <= highest:
            raise ValueError(f"{name} out of range")
    return value


def _to_plain(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"no JSON form for {type(value).__name__}")


def _from_plain(kind: type, value: object) -> Path:
    if kind is Path and isinstance(value, str) and value and "\0" not in value:
        os.fsencode(value)  # raises for what no file system call would take
        return Path(value)
    raise ValueError(f"no {kind.__name__}")
