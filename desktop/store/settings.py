"""What a person chose, as a JSON file that survives hand editing and other versions of the app."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar, get_type_hints

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace
from typing_extensions import override

from desktop.core.model_choices import ModelChoices, SamplingChoices
from desktop.core.types import EngineOptions, PictureBudget
from desktop.store.files import write_atomically

BUILTIN_MODEL: Final = "builtin"
"""The `Settings.model_id` of the model that comes with the app."""

MOST_IDLE_MINUTES: Final = 24 * 60

ENDPOINT_PATTERN: Final = r"^https?://[^\s/?#@]+(/[^\s?#]*)?\Z"
TOKEN_PATTERN: Final = r"^[!-~]+\Z"  # noqa: S105 - a pattern, no token

# Outside these an engine would refuse or abort; the upper ends are far above any machine's.
RANGES: Mapping[str, tuple[float, float]] = {
    "idle_minutes": (1, MOST_IDLE_MINUTES),
    "context_length": (256, 1 << 22),
    "gpu_layers": (-1, 1 << 12),
    "threads": (1, 1 << 10),
    "cache_bytes": (0, 1 << 42),
    "disk_cache_bytes": (0, 1 << 42),
    "max_tokens": (1, 1 << 22),
    "temperature": (0, 2),
    "top_p": (0, 1),
    "top_k": (0, 1 << 20),
    "min_p": (0, 1),
    "presence_penalty": (-2, 2),
    "repetition_penalty": (0.5, 2),
    "seed": (0, (1 << 32) - 1),
}

_NESTED = frozenset({EngineOptions, SamplingChoices})

_T = TypeVar("_T")


class Source(StrEnum):
    """A place that models are downloaded from."""

    HUGGING_FACE = "hugging_face"
    HF_MIRROR = "hf_mirror"
    MODELSCOPE = "modelscope"


class Settings(Struct, frozen=True):
    """A person's choices.

    Attributes:
        language: `system`, `en` or `zh_CN`.
        appearance: `system`, `light` or `dark`.
        picture_budget: None chooses by the machine.
        model_id: The model in use: `builtin`, `<id>:<variant>` of the catalogue, or `local:<id>`.
        idle_minutes: How long a model stays loaded that nobody asks; None keeps it for good.
        is_offline: Forbid every connection.
        sources: Where to download from, in the order of trying; no source twice.
        endpoint: A place of the person's own that speaks as Hugging Face does; tried first.
        hub_token: For Hugging Face only; no other host sees it.
        engine: How models are loaded.
        models: What was chosen for single models, by their id.
    """

    language: Annotated[str, msgspec.Meta(pattern=r"^(system|en|zh_CN)\Z")] = "system"
    appearance: Annotated[str, msgspec.Meta(pattern=r"^(system|light|dark)\Z")] = "system"
    picture_budget: PictureBudget | None = None
    model_id: Annotated[str, msgspec.Meta(pattern=r"^[^\s:]+(:[^\s:]+)?\Z", max_length=400)] = (
        BUILTIN_MODEL
    )
    idle_minutes: int | None = 10
    is_offline: bool = False
    sources: tuple[Source, ...] = tuple(Source)
    endpoint: Annotated[str, msgspec.Meta(pattern=ENDPOINT_PATTERN, max_length=2000)] | None = None
    hub_token: Annotated[str, msgspec.Meta(pattern=TOKEN_PATTERN, max_length=2000)] | None = None
    engine: EngineOptions = EngineOptions()
    models: Mapping[str, ModelChoices] = field(default_factory=dict)

    @override
    def __repr__(self) -> str:
        return Struct.__repr__(replace(self, hub_token=None))

    def choices(self, model_id: str) -> ModelChoices:
        """What was chosen for a model."""
        return self.models.get(model_id, ModelChoices())

    def with_choices(self, model_id: str, choices: ModelChoices) -> Settings:
        """These settings with other choices for a model."""
        models = {key: value for key, value in self.models.items() if key != model_id}
        if choices != ModelChoices():
            models[model_id] = choices
        return replace(self, models=models)


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
    fields = msgspec.to_builtins(settings, enc_hook=str)
    write_atomically(path, json.dumps(fields, indent=2, ensure_ascii=True).encode() + b"\n")


def _from_fields(kind: type[_T], fields: Mapping[str, object]) -> _T:
    values = {}
    for name, field_kind in get_type_hints(kind, include_extras=True).items():
        if name in fields:
            with contextlib.suppress(ValueError, TypeError):
                values[name] = _value(name, field_kind, fields[name])
    return kind(**values)


def _value(name: str, kind: Any, raw: object) -> object:  # noqa: ANN401 - a type expression
    """The field's value; raises `ValueError`."""
    if kind in _NESTED and isinstance(raw, dict):
        return _from_fields(kind, raw)
    if name == "models":
        return _choices_by_id(raw)
    value = msgspec.convert(raw, kind, dec_hook=_path_from)
    if name in RANGES and value is not None:
        lowest, highest = RANGES[name]
        if not lowest <= value <= highest:
            raise ValueError(f"{name} out of range")
    if name == "sources" and (not value or len(set(value)) != len(value)):
        raise ValueError("no order of sources")
    return value


def _choices_by_id(raw: object) -> dict[str, ModelChoices]:
    if not isinstance(raw, dict):
        raise TypeError("no JSON object")
    return {
        model_id: _from_fields(ModelChoices, fields)
        for model_id, fields in raw.items()
        if isinstance(fields, dict)
    }


def _path_from(kind: type, value: object) -> Path:
    if kind is not Path or not isinstance(value, str):
        raise NotImplementedError
    return Path(value)
