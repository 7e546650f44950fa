"""The models that can be downloaded, from the TOML files that ship with the app.

A figure that is not known is absent from its file, and the hub's own metadata decides at download
time. The files are ours, so they are read strictly: an unknown key is a misspelt one.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Annotated, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from desktop.core.errors import CatalogError, ErrorCode
from desktop.core.model_spec import (
    Coordinates,
    FileRole,
    LocalText,
    ModelFile,
    ModelSpec,
    ModelVariant,
    RecommendedFor,
    Strength,
)
from desktop.core.paths import catalog_dir
from desktop.core.safe_path import is_safe_path
from desktop.core.types import EngineKind, GenerationSettings, PictureLimits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ID = r"^[a-z0-9]+([._-][a-z0-9]+)*\Z"
_NAME = r"^[A-Za-z0-9]+([._-]+[A-Za-z0-9]+)*"

_Id: TypeAlias = Annotated[str, Meta(pattern=_ID, max_length=64)]
_Text: TypeAlias = Annotated[str, Meta(pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*\S)?\Z")]
_Repo: TypeAlias = Annotated[str, Meta(pattern=rf"{_NAME}/{_NAME[1:]}\Z", max_length=128)]
_Commit: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9a-f]{40}\Z")]
_Sha256: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Bytes: TypeAlias = Annotated[int, Meta(gt=0, le=1 << 50)]
_Count: TypeAlias = Annotated[int, Meta(gt=0, le=1 << 30)]

_FIELD = re.compile(r" - at `\$\.?(?P<field>[^`]*)`\Z")
_KEY = re.compile(r"field `(?P<key>[^`]*)`")


class _Record(msgspec.Struct, forbid_unknown_fields=True):
    """A table of a file: no key too many."""


class _File(_Record):
    role: FileRole
    path: str
    size_bytes: _Bytes | None = None
    sha256: _Sha256 | None = None


class _Variant(_Record):
    id: _Id
    engine: EngineKind
    repo: _Repo
    revision: _Commit | None = None
    about_bytes: _Bytes | None = None
    files: tuple[_File, ...] = ()


class _Summary(_Record):
    en: _Text
    zh_cn: _Text = msgspec.field(name="zh_CN")


class _Sampling(_Record):
    """The first four always: the defaults of `GenerationSettings` for them are another model's."""

    temperature: Annotated[float, Meta(ge=0, le=5)]
    top_p: Annotated[float, Meta(gt=0, le=1)]
    top_k: Annotated[int, Meta(ge=0, le=1 << 20)]
    presence_penalty: Annotated[float, Meta(ge=-2, le=2)]
    max_tokens: _Count | UnsetType = UNSET
    min_p: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    repetition_penalty: Annotated[float, Meta(gt=0, le=2)] | UnsetType = UNSET


class _Pictures(_Record):
    min_tokens: _Count
    max_tokens: _Count
    best_tokens: _Count | None = None


class _Recommended(_Record):
    above_ram_gib: Annotated[int, Meta(ge=0, le=1 << 20)]
    is_unified_only: bool = False


class _Entry(_Record):
    id: _Id
    name: _Text
    family: _Text
    summary: _Summary
    good_at: tuple[Strength, ...]
    coordinates: Coordinates
    variants: tuple[_Variant, ...]
    licence: _Text | None = None
    parameters: _Text | None = None
    context_length: _Count | None = None
    kv_bytes_per_token: _Count | None = None
    reuses_prompts: bool | None = None
    sampling: _Sampling | None = None
    pictures: _Pictures | None = None
    recommended: _Recommended | None = None


class _RuleError(ValueError):
    """A rule that the types cannot say is broken."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def load_catalog(folder: Path | None = None) -> tuple[ModelSpec, ...]:
    """All models of the catalogue, by file name. None takes the one that ships with the app.

    Raises:
        CatalogError: CATALOG_DAMAGED; its details name the file and, where one is at fault, the
            field.
    """
    folder = catalog_dir() if folder is None else folder
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise _damaged(folder.name, "", "the folder cannot be read") from error
    specs: dict[str, ModelSpec] = {}
    for path in paths:
        spec = _read(path)
        if spec.id in specs:
            raise _damaged(path.name, "id", f"another file has “{spec.id}” already")
        specs[spec.id] = spec
    return tuple(specs.values())


def _read(path: Path) -> ModelSpec:
    try:
        entry = msgspec.convert(tomllib.loads(path.read_bytes().decode("utf-8")), _Entry)
        _check_entry(entry)
    except OSError as error:
        raise _damaged(path.name, "", "it cannot be read") from error
    except _RuleError as error:
        raise _damaged(path.name, error.field, error.reason) from error
    except msgspec.ValidationError as error:
        raise _damaged(path.name, *_explained(str(error))) from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path.name, "", "it is no TOML") from error
    return _to_spec(entry)


def _damaged(name: str, field: str, reason: str) -> CatalogError:
    place = f" ({field})" if field else ""
    return CatalogError(
        f"The list of models cannot be used: “{name}”{place}: {reason}. Install Groundglass again.",
        ErrorCode.CATALOG_DAMAGED,
        name=name,
        field=field,
    )


def _explained(message: str) -> tuple[str, str]:
    """Msgspec's message as (dotted field, reason)."""
    found = _FIELD.search(message)
    field = found["field"] if found else ""
    reason = message[: found.start()] if found else message
    if key := _KEY.search(reason):  # a missing or unknown key: the message names its table only
        field = f"{field}.{key['key']}" if field else key["key"]
    return field, reason


def _check_entry(entry: _Entry) -> None:
    if not is_safe_path(entry.id):
        raise _RuleError("id", "it is no name for a folder")
    if not entry.variants:
        raise _RuleError("variants", "there are none")
    _check_unique("good_at", entry.good_at)
    if Strength.BOXES in entry.good_at and entry.coordinates is Coordinates.NONE:
        raise _RuleError("coordinates", "boxes need a way to write them")
    if (pictures := entry.pictures) is not None:
        sizes = (pictures.min_tokens, pictures.best_tokens, pictures.max_tokens)
        known = [size for size in sizes if size is not None]
        if known != sorted(known):
            raise _RuleError("pictures", "its limits are not in order")
    for number, variant in enumerate(entry.variants):
        _check_variant(f"variants[{number}]", variant)
    _check_unique("variants.id", (variant.id for variant in entry.variants))


def _check_variant(place: str, variant: _Variant) -> None:
    for number, file in enumerate(variant.files):
        if not is_safe_path(file.path):
            raise _RuleError(
                f"{place}.files[{number}].path", "it may lead out of the model's folder"
            )
    # Two names that differ in case only are one file on most systems.
    _check_unique(f"{place}.files.path", (file.path.casefold() for file in variant.files))
    if variant.about_bytes is not None and _sizes_are_known(variant):
        raise _RuleError(f"{place}.about_bytes", "the exact sizes are known")
    match variant.engine:
        case EngineKind.LLAMA_CPP:
            _check_gguf(place, variant)
        case EngineKind.FAKE:
            raise _RuleError(f"{place}.engine", "no model is made for it")
        case EngineKind.MLX:
            if any(file.role is FileRole.PROJECTOR for file in variant.files):
                raise _RuleError(f"{place}.files", "MLX has no projector files")


def _sizes_are_known(variant: _Variant) -> bool:
    return bool(variant.files) and all(file.size_bytes is not None for file in variant.files)


def _check_gguf(place: str, variant: _Variant) -> None:
    roles = [file.role for file in variant.files]
    if roles.count(FileRole.MODEL) != 1:
        raise _RuleError(f"{place}.files", "there must be exactly one model")
    if roles.count(FileRole.PROJECTOR) > 1:
        raise _RuleError(f"{place}.files", "there may be only one projector")
    for number, file in enumerate(variant.files):
        if file.role is FileRole.OTHER:
            continue
        if not file.path.endswith(".gguf"):
            raise _RuleError(f"{place}.files[{number}].path", "it is no GGUF file")
        if file.role is FileRole.PROJECTOR and "bf16" in file.path.casefold():
            raise _RuleError(f"{place}.files[{number}].path", "BF16 does not run everywhere")


def _check_unique(field: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise _RuleError(field, f"“{value}” stands there twice")
        seen.add(value)


def _to_spec(entry: _Entry) -> ModelSpec:
    return ModelSpec(
        id=entry.id,
        name=entry.name,
        family=entry.family,
        licence=entry.licence,
        parameters=entry.parameters,
        summary=LocalText(en=entry.summary.en, zh_cn=entry.summary.zh_cn),
        good_at=frozenset(entry.good_at),
        coordinates=entry.coordinates,
        variants=tuple(_to_variant(variant) for variant in entry.variants),
        context_length=entry.context_length,
        kv_bytes_per_token=entry.kv_bytes_per_token,
        reuses_prompts=entry.reuses_prompts,
        sampling=msgspec.convert(msgspec.to_builtins(entry.sampling), GenerationSettings | None),
        pictures=msgspec.convert(msgspec.to_builtins(entry.pictures), PictureLimits | None),
        recommended=msgspec.convert(msgspec.to_builtins(entry.recommended), RecommendedFor | None),
    )


def _to_variant(variant: _Variant) -> ModelVariant:
    files = tuple(
        ModelFile(role=file.role, path=file.path, size_bytes=file.size_bytes, sha256=file.sha256)
        for file in variant.files
    )
    return ModelVariant(
        id=variant.id,
        engine=variant.engine,
        repo=variant.repo,
        revision=variant.revision,
        files=files,
        about_bytes=variant.about_bytes,
    )
